// The thread on which an interpreter's jobs run.

import Glibc
import KraitModules
import KraitRuntime

/// A serial executor on a thread of its own, which belongs to one interpreter and holds its lock while a job runs.
///
/// The thread ends when the executor goes, and with it the interpreter, unless it was closed before. Never waits for that thread: the last reference may be given up there.
final class InterpreterExecutor: SerialExecutor, @unchecked Sendable {
  /// What the thread and the executor share.
  private final class State: @unchecked Sendable {
    var mutex = pthread_mutex_t()
    var condition = pthread_cond_t()
    /// Guarded by the mutex, as are the next.
    var jobs: [UnownedJob] = []
    var isAbandoned = false
    var number = 0
    /// The run that is under way, for its cancellation.
    var run: InterpreterRun?
    /// The thread's alone.
    var isOpen = false

    init() {
      pthread_mutex_init(&mutex, nil)
      pthread_cond_init(&condition, nil)
    }

    deinit {
      pthread_cond_destroy(&condition)
      pthread_mutex_destroy(&mutex)
    }

    func locked<Result>(_ body: () -> Result) -> Result {
      pthread_mutex_lock(&mutex)
      defer { pthread_mutex_unlock(&mutex) }
      return body()
    }

    /// The next job; nil when there will be none.
    func next() -> UnownedJob? {
      locked {
        while jobs.isEmpty && !isAbandoned { pthread_cond_wait(&condition, &mutex) }
        return jobs.isEmpty ? nil : jobs.removeFirst()
      }
    }
  }

  private let state = State()
  /// The reserved size of the thread's stack.
  private static let stackSize = 64 << 20

  /// Starts the thread and makes its interpreter.
  init(_ configuration: InterpreterConfiguration) async throws {
    let state = self.state
    let executor = UnownedSerialExecutor(ordinary: self)
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      OnThread.start(stackSize: InterpreterExecutor.stackSize) {
        switch InterpreterExecutor.open(configuration) {
        case .failure(let error): return continuation.resume(throwing: error)
        case .success(let number): state.number = number
        }
        state.isOpen = true
        continuation.resume()
        InterpreterExecutor.serve(state, executor)
      }
    }
  }

  deinit {
    state.locked {
      state.isAbandoned = true
      pthread_cond_signal(&state.condition)
    }
  }

  private static func open(_ configuration: InterpreterConfiguration) -> Result<Int, any Error> {
    switch Interpreters.make(configuration) {
    case .success(let number)?:
      guard Interpreters.moveIn(number) else { return .failure(InterpreterError.noMemory) }
      ThreadState.detach(currentThread)
      return .success(number)
    case .failure(let captured)?: return .failure(PythonError(captured))
    case nil: return .failure(InterpreterError.noMemory)
    }
  }

  private static func serve(_ state: State, _ executor: UnownedSerialExecutor) {
    while let job = state.next() {
      if state.isOpen {
        ThreadState.attach(currentThread)
        job.runSynchronously(on: executor)
        // The job may have closed the interpreter.
        if state.isOpen { ThreadState.detach(currentThread) }
      } else {
        job.runSynchronously(on: executor)
      }
    }
    if state.isOpen {
      ThreadState.attach(currentThread)
      leave(state)
    }
  }

  /// On the thread, with the lock: the interpreter ends.
  private static func leave(_ state: State) {
    state.isOpen = false
    Interpreters.moveOut()
    _ = Interpreters.endFromOutside(state.number)
  }

  /// Ends the interpreter; on its thread.
  func close() {
    if state.isOpen { InterpreterExecutor.leave(state) }
  }

  var number: Int { state.number }
  /// On the thread.
  var isOpen: Bool { state.isOpen }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.locked {
      state.jobs.append(job)
      pthread_cond_signal(&state.condition)
    }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  // MARK: Cancellation

  /// A run begins on the thread; false when it was cancelled before.
  func begin(_ run: InterpreterRun) -> Bool {
    state.locked {
      if run.isCancelled { return false }
      state.run = run
      return true
    }
  }

  func end(_ run: InterpreterRun) { state.locked { state.run = nil } }

  /// Cancels a run, from anywhere: if it is under way, KeyboardInterrupt is raised in it.
  func cancel(_ run: InterpreterRun) {
    state.locked {
      run.isCancelled = true
      if state.run === run { _ = Interpreters.interrupt(state.number) }
    }
  }
}

/// One piece of work of an interpreter.
final class InterpreterRun: @unchecked Sendable {
  /// Guarded by the executor's mutex.
  var isCancelled = false
}
