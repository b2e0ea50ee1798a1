// Threads of one interpreter in the model without a lock: who excludes whom, and when memory that others may still read is given back.
//
// What runs in parallel is the evaluator's fast paths: bodies of instructions that touch the thread's own frame, immutable objects, and shared ones by the means of
// Instructions+Sharing. Whatever else there is (slow paths, bodies that change shared objects, native functions, the end of objects that are not plain) runs while its thread
// holds the interpreter's ``SharingLock``, which is taken where the fast path is left and given up where it is entered again: around a native function, not around the Python
// code that this calls. So native code sees what it sees under an interpreter's lock: nobody else runs native code, and nothing changes but where Python code is called or the
// thread detaches. RFC 0005 has the whole picture.

import CKraitCore
import Glibc

/// A futex that is held for the time of one instruction or native call.
///
/// Ordering: taking is an acquire, giving up a release. Who waits looks again for a while before it sleeps, as most holders are done in less time than a sleep takes.
struct SharingLock: @unchecked Sendable {
  /// A cache line for the word. 0: free; 1: held; 2: held, and somebody may sleep.
  private let word: UnsafeMutableRawPointer

  init() {
    word = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128)
    memset(word, 0, 128)
  }

  func free() { word.deallocate() }

  @inline(__always)
  func take() {
    if _slowPath(!krait_cas32(word, 0, 1)) { wait() }
  }

  @inline(__always)
  func giveUp() {
    if _slowPath(krait_exchange32(word, 0) == 2) { krait_futex_wake(word, 1) }
  }

  /// Nobody holds it: in a forked child.
  func reset() { krait_store32_release(word, 0) }

  @inline(never)
  private func wait() {
    let code = errno
    for round in 0..<60 {
      for _ in 0..<(1 << min(round, 5)) { krait_pause() }
      if krait_load32(word) == 0 && krait_cas32(word, 0, 1) { return }
    }
    while krait_exchange32(word, 2) != 0 { _ = krait_futex_wait(word, 2, -1) }
    errno = code
  }
}

/// What an interpreter's threads have given up that other threads may still read.
///
/// A batch is closed when it is full; it is given back when every thread has left its fast path since, or is not in it: none of them can have what it read before.
struct RetiredMemory: ~Copyable {
  struct Item {
    /// Plain memory with its size, or with a size of -1 a reference.
    let memory: UnsafeMutableRawPointer
    let size: Int
  }

  private static let limit = 512

  private var open: [Item] = []
  private var closed: [Item] = []
  /// References that nobody reads any more. Giving them up may run code, which waits for a safepoint: what retires something is in the middle of a change.
  private var dead: [UnsafeMutableRawPointer] = []
  /// Where threads were when the batch was closed.
  private var strides: [(thread: ThreadPointer, stride: UInt64)] = []

  /// Adds an item, and gives memory back for which it is time. Whether there are references to be given up at the next safepoint.
  mutating func add(_ item: Item, _ interpreter: UnsafeMutablePointer<InterpreterState>) -> Bool {
    open.append(item)
    if open.count < RetiredMemory.limit { return false }
    if !closed.isEmpty && !isPast { return false }
    giveBackClosed()
    closed = open
    open = []
    strides = []
    Threads.forEach(interpreter) { thread in
      let stride = krait_load64_acquire(&thread.pointee.stride)
      guard stride & 1 != 0 else { return }
      strides.append((thread, stride))
      // A long loop of fast paths is interrupted, so that this does not wait for its end.
      ThreadState.request(.stopTheWorld, of: thread)
    }
    return !dead.isEmpty
  }

  private mutating func giveBackClosed() {
    for item in closed {
      if item.size < 0 { dead.append(item.memory) } else { freeMemory(item.memory, size: item.size) }
    }
    closed = []
  }

  /// Whether all threads have moved on since the batch was closed.
  private var isPast: Bool { strides.allSatisfy { krait_load64_acquire(&$0.thread.pointee.stride) != $0.stride } }

  /// Everything may be given back: there is no other thread.
  mutating func closeAll() {
    giveBackClosed()
    (closed, open, strides) = (open, [], [])
    giveBackClosed()
  }

  /// The references to be given up.
  mutating func takeDead() -> [UnsafeMutableRawPointer] {
    defer { dead = [] }
    return dead
  }
}

enum Sharing {
  // MARK: Fast paths and native code

  /// The fast path is left.
  @inline(__always)
  static func enter(_ thread: ThreadPointer) {
    if _slowPath(thread.pointee.hasPeers) { take(thread) }
  }

  /// The fast path is entered.
  @inline(__always)
  static func leave(_ thread: ThreadPointer) {
    if _slowPath(thread.pointee.holdsSharing) { giveUp(thread) }
  }

  @inline(never)
  static func take(_ thread: ThreadPointer) {
    // Taken by ``begin(_:)`` in a native function that a fast path called.
    if thread.pointee.holdsSharing { return }
    // Release: who sees it sees what the fast path did.
    if thread.pointee.stride & 1 != 0 { krait_store64_release(&thread.pointee.stride, thread.pointee.stride &+ 1) }
    if _slowPath(LockTrace.isOn) { takeTraced(thread) } else { thread.pointee.interpreter.pointee.sharing.take() }
    krait_store8_release(&thread.pointee.holdsSharing, 1)
  }

  /// A wait of less than a microsecond is none.
  @inline(never)
  private static func takeTraced(_ thread: ThreadPointer) {
    let start = monotonicNanoseconds()
    thread.pointee.interpreter.pointee.sharing.take()
    let end = monotonicNanoseconds()
    if end &- start > 1000 { LockTrace.record(.waited, thread, from: start, to: end) }
  }

  @inline(never)
  static func giveUp(_ thread: ThreadPointer) {
    if _slowPath(thread.pointee.stoppedOthersAt != 0) { recordStop(thread) }
    krait_store8_release(&thread.pointee.holdsSharing, 0)
    krait_store64_release(&thread.pointee.stride, thread.pointee.stride | 1)
    thread.pointee.interpreter.pointee.sharing.giveUp()
  }

  /// The thread waits for something outside.
  static func detach(_ thread: ThreadPointer) {
    guard thread.pointee.holdsSharing else { return }
    if _slowPath(krait_load64(thread) & EvalBreaker.mergeQueue.rawValue != 0 || Heap.hasQueuedObjects(currentHeap) || ThreadCounts.wantsToSettle) { mergeBeforeWaiting(thread) }
    if _slowPath(thread.pointee.stoppedOthersAt != 0) { recordStop(thread) }
    krait_store8_release(&thread.pointee.holdsSharing, 0)
    thread.pointee.interpreter.pointee.sharing.giveUp()
  }

  static func attach(_ thread: ThreadPointer) {
    if thread.pointee.hasPeers { take(thread) }
  }

  /// Runs native code that may be called from a fast path.
  @inline(__always)
  static func exclusively<Result>(_ thread: ThreadPointer, _ body: () -> Result) -> Result {
    if _fastPath(!thread.pointee.hasPeers || thread.pointee.holdsSharing) { return body() }
    take(thread)
    let result = body()
    leave(thread)
    return result
  }

  // MARK: Stopping others

  /// Waits until no other thread of the interpreter runs Python or native code; they stay where they are until this thread leaves its native code or detaches.
  static func stopOthers(_ thread: ThreadPointer) {
    guard thread.pointee.holdsSharing else { return }
    if _slowPath(LockTrace.isOn && thread.pointee.stoppedOthersAt == 0) { thread.pointee.stoppedOthersAt = monotonicNanoseconds() }
    Threads.forEach(thread.pointee.interpreter) { other in
      guard other != thread else { return }
      var rounds = 0
      while krait_load64_acquire(&other.pointee.stride) & 1 != 0 {
        if rounds & 1023 == 0 { ThreadState.request(.stopTheWorld, of: other) }
        rounds += 1
        if rounds > 64 { sched_yield() } else { krait_pause() }
      }
    }
  }

  /// The others, which ``stopOthers(_:)`` stopped, go on.
  @inline(never)
  private static func recordStop(_ thread: ThreadPointer) {
    let (start, end) = (thread.pointee.stoppedOthersAt, monotonicNanoseconds())
    thread.pointee.stoppedOthersAt = 0
    Threads.forEach(thread.pointee.interpreter) { if $0 != thread && $0.pointee.tracedSince != 0 { LockTrace.record(.stopped, $0, from: start, to: end) } }
  }

  // MARK: Memory

  /// Gives plain memory back that other threads may read without a lock.
  @inline(__always)
  static func freeMemory(_ memory: UnsafeMutableRawPointer, size: Int) {
    if _slowPath(Runtime.isFree) && currentThread.pointee.hasPeers { return retire(RetiredMemory.Item(memory: memory, size: size)) }
    KraitRuntime.freeMemory(memory, size: size)
  }

  /// Gives up a reference that other threads may read without a lock from where it was.
  static func release(_ value: Value) {
    guard value.isObject, !value.isAbsent else { return }
    if Runtime.isFree && currentThread.pointee.hasPeers { return retire(RetiredMemory.Item(memory: value.object, size: -1)) }
    value.object.release()
  }

  @inline(never)
  private static func retire(_ item: RetiredMemory.Item) {
    let thread = currentThread
    let interpreter = thread.pointee.interpreter
    if exclusively(thread, { interpreter.pointee.retired.add(item, interpreter) }) { ThreadState.request(.mergeQueue, of: thread) }
  }

  // MARK: Counts

  /// A thread's heap got its first object whose counts are to be merged: its thread is told, and this one, which does it if that one does not run.
  static func requestMerge(_ heap: UnsafeMutablePointer<Heap>) {
    guard Runtime.isFree else { return }
    ThreadState.request(.mergeQueue, of: currentThread)
    if let owner = heap.pointee.thread { ThreadState.request(.mergeQueue, of: owner) }
  }

  /// Folds the owner's count of an object in for a thread that neither runs nor is about to: whether that was so.
  static func mergeCounts(of object: UnsafeMutableRawPointer, insteadOf heap: UnsafeMutablePointer<Heap>) -> Bool {
    guard Runtime.isFree, isIdle(heap) else { return false }
    return exclusively(currentThread) {
      guard isIdle(heap) else { return false }
      object.mergeCounts()
      return true
    }
  }

  /// Whether the thread that allocates from a heap has ended or waits; without the sharing lock a guess. States of threads are never freed.
  private static func isIdle(_ heap: UnsafeMutablePointer<Heap>) -> Bool {
    guard let owner = heap.pointee.thread else { return true }
    return krait_load64_acquire(&owner.pointee.stride) & 1 == 0 && krait_load8(&owner.pointee.holdsSharing) == 0
  }

  /// Another thread changed the shared count of an object between two instructions of this one: what several threads use so often costs them more time than all else they do.
  /// An immutable atom, or what lasts as long as its module, is made immortal therefore, at the next safepoint, while its owner does not run; of anything else each thread keeps a count of its own (``ThreadCounts``).
  @inline(never)
  static func noteContention(_ object: UnsafeMutableRawPointer) {
    let thread = currentThread
    guard thread.pointee.contended == nil, thread.pointee.hasPeers, mayBecomeImmortal(object) || ThreadCounts.mayBegin(object, thread) else { return }
    keepForSafepoint(object, thread)
  }

  private static func mayBecomeImmortal(_ object: UnsafeMutableRawPointer) -> Bool {
    let flags = object.shape.flags
    return flags.contains(.exact) && !flags.isDisjoint(with: [.string, .float, .integer, .bytes]) || object.shape == TypeObject.slice.rootShape || lasts(object)
  }

  private static func keepForSafepoint(_ object: UnsafeMutableRawPointer, _ thread: ThreadPointer) {
    // The caller has a reference.
    _ = krait_add32(object.sharedCount, 4)
    thread.pointee.contended = object
    ThreadState.request(.mergeQueue, of: thread)
  }

  /// How often a thread counts before it looks what it is that it counts.
  private static var countingsOfASample: UInt32 { 1024 }

  /// The calling thread counted an object in its shared count, unhindered: at a price, and if the object's owner counts it as well, in the other half of the word, the two hinder one another and neither sees it. So an
  /// object that is met twice where a thread looks what it counts is counted by each thread for itself from then on.
  @inline(__always)
  static func noteCounting(_ object: UnsafeMutableRawPointer) {
    guard Runtime.isFree else { return }
    let thread = currentThread
    thread.pointee.sharedCountings &+= 1
    if _slowPath(thread.pointee.sharedCountings & (countingsOfASample - 1) == 0) { sample(object, thread) }
  }

  @inline(never)
  private static func sample(_ object: UnsafeMutableRawPointer, _ thread: ThreadPointer) {
    guard ThreadCounts.hasMet(object, thread), thread.pointee.contended == nil, thread.pointee.hasPeers, !mayBecomeImmortal(object), ThreadCounts.mayBegin(object, thread) else { return }
    keepForSafepoint(object, thread)
  }

  private static func treatContended(_ thread: ThreadPointer) {
    guard let object = thread.pointee.contended else { return }
    thread.pointee.contended = nil
    if thread.pointee.holdsSharing {
      stopOthers(thread)
      if mayBecomeImmortal(object) { return immortalize(object) }
      ThreadCounts.begin(object, thread)
    }
    object.release()
  }

  /// Ends objects that threads counted for themselves and nobody has any more.
  private static func settle(_ thread: ThreadPointer) {
    let dead = exclusively(thread) {
      stopOthers(thread)
      return ThreadCounts.settle(thread.pointee.interpreter)
    }
    for object in dead { object.release() }
  }

  /// At a safepoint: merges what waits for this thread, and for others that do not run.
  static func merge(_ thread: ThreadPointer) {
    if _slowPath(thread.pointee.contended != nil) { treatContended(thread) }
    if _slowPath(ThreadCounts.wantsToSettle) { settle(thread) }
    if !thread.pointee.hasPeers {
      thread.pointee.interpreter.pointee.retired.closeAll()
      for object in ThreadCounts.endAll(thread.pointee.interpreter) { object.release() }
    }
    for object in thread.pointee.interpreter.pointee.retired.takeDead() { object.release() }
    Heap.mergeQueuedObjects(currentHeap)
    guard thread.pointee.holdsSharing || !thread.pointee.hasPeers else { return }
    thread.pointee.interpreter.pointee.forEachHeap { heap in
      guard Heap.hasQueuedObjects(heap), heap != currentHeap else { return }
      guard let owner = heap.pointee.thread, krait_load64_acquire(&owner.pointee.stride) & 1 != 0 else { return Heap.mergeQueuedObjects(heap) }
      ThreadState.request(.mergeQueue, of: owner)
    }
  }

  /// A thread that is about to wait leaves what waits for a safepoint to another one that runs, or does it first. What it found to be contended it must not hold meanwhile.
  @inline(never)
  private static func mergeBeforeWaiting(_ thread: ThreadPointer) {
    _ = krait_and64(thread, ~EvalBreaker.mergeQueue.rawValue)
    let exception = thread.pointee.exception
    thread.pointee.exception = .absent
    if let object = thread.pointee.contended {
      thread.pointee.contended = nil
      object.release()
    }
    var running: ThreadPointer?
    Threads.forEach(thread.pointee.interpreter) { if $0 != thread && krait_load64(&$0.pointee.stride) & 1 != 0 { running = $0 } }
    if let running { ThreadState.request(.mergeQueue, of: running) } else { merge(thread) }
    thread.pointee.exception = exception
  }

  // MARK: Threads

  /// Whether the interpreter without a lock has had one thread only.
  nonisolated(unsafe) private(set) static var isAlone = true

  /// The interpreter gets another thread: from now on its threads exclude one another.
  static func begin(_ thread: ThreadPointer) {
    guard !thread.pointee.hasPeers else { return }
    if isAlone {
      isAlone = false
      #if arch(x86_64) || arch(arm64)
        AloneTrampolines.end()
      #endif
    }
    thread.pointee.hasPeers = true
    ThreadCounts.prepare(thread)
    take(thread)
    // A body that called this function when there were no others goes on with what was taken here: not for long.
    ThreadState.request(.stopTheWorld, of: thread)
    thread.pointee.interpreter.pointee.retired.closeAll()
    // What was private when there were other threads before was stored without a barrier since.
    Privacy.publishAll(thread.pointee.interpreter)
    immortalizeCommon(thread.pointee.interpreter)
    wordBudget = min(wordBudget, 1 << 20)
  }

  /// How much of what modules' variables name may still become immortal, in words: whatever is there when the program gets its second thread, and so much after that, as it may drop what it has and begin to have
  /// threads again and again.
  nonisolated(unsafe) private static var wordBudget = Int.max

  /// What all threads use all the time is counted no more, as counts that several threads change cost each of them more than what they count for: modules, their dicts, functions
  /// and classes that were not made by functions, code and its constants.
  private static func immortalizeCommon(_ interpreter: UnsafeMutablePointer<InterpreterState>) {
    interpreter.pointee.forEachObject { if lasts($0) { immortalize($0) } }
    var visits = 1 << 16
    let modules = interpreter.pointee.modules
    guard !modules.isAbsent, modules.isDict else { return }
    var position = 0
    var key = Value.absent
    var module = Value.absent
    while DictObject(modules).next(&position, &key, &module) {
      guard module.isObject, module.type == .module else { continue }
      immortalize(module.object)
      let dict = ModuleObject(module).dict
      immortalize(dict.object)
      var place = 0
      var name = Value.absent
      var value = Value.absent
      while DictObject(dict).next(&place, &name, &value) {
        immortalizeGlobal(value, depth: 0, &visits)
        // Patterns and cached functions are used as functions are.
        if value.isObject && !value.isAbsent && (value.object.shape.type == .function || value.object.shape.flags.contains(.callsAlone)) { immortalize(value.object) }
      }
    }
  }

  /// What mostly lasts as long as the module that made it: functions and classes that no function made, native functions, code, modules.
  private static func lasts(_ object: UnsafeMutableRawPointer) -> Bool {
    let type = object.shape.type
    if type == .function { return !FunctionObject(raw: object).code.flags.contains(.nested) }
    if type == .code || type == .module { return true }
    if type == .builtinFunction {
      let receiver = NativeFunctionObject(Value(object)).receiver
      return !receiver.isAbsent && receiver.isObject && receiver.type == .module
    }
    guard object.shape.flags.contains(.type) else { return false }
    let name = TypeObject(raw: object).contents.pointee.qualifiedName
    return !name.isAbsent && !name.text.contains("<")
  }

  /// About how many words an atom or a container takes, without what a container leads to.
  private static func size(_ value: Value, _ flags: ShapeFlags) -> Int {
    if flags.contains(.list) { return 4 + ListObject(value).count }
    if flags.contains(.tuple) { return 4 + TupleObject(value).count }
    if flags.contains(.dict) { return 4 + DictObject(value).count }
    if flags.contains(.set) { return 4 + SetObject(value).count }
    if flags.contains(.string) { return 4 + StringObject(value).length >> 3 }
    return flags.contains(.bytes) ? 4 + BytesObject(value).count >> 3 : 4
  }

  /// A builtin container that a module's variable names, and the atoms and tuples in it: so many in all that what a program drops later does not matter.
  private static func immortalizeGlobal(_ value: Value, depth: Int, _ visits: inout Int) {
    guard value.isObject, !value.isAbsent, !value.object.isImmortal, value.object.shape.flags.contains(.exact) else { return }
    let flags = value.object.shape.flags
    visits -= 1
    if visits < 0 && depth > 0 { return }
    // What is not made immortal itself stays with what leads to it.
    wordBudget -= size(value, flags)
    let isContainer = !flags.isDisjoint(with: [.list, .dict, .set, .tuple])
    guard wordBudget >= 0, isContainer ? depth == 0 || flags.contains(.tuple) : !flags.isDisjoint(with: [.string, .float, .integer, .bytes]) else { return }
    value.object.makeImmortal()
    guard isContainer, depth < 3, visits > 0 else { return }
    if flags.contains(.list) {
      for item in ListObject(value).buffer { immortalizeGlobal(item, depth: depth + 1, &visits) }
    } else if flags.contains(.tuple) {
      for item in TupleObject(value).buffer { immortalizeGlobal(item, depth: depth + 1, &visits) }
    } else if flags.contains(.dict) {
      var position = 0
      var key = Value.absent
      var item = Value.absent
      while DictObject(value).next(&position, &key, &item) {
        immortalizeGlobal(key, depth: depth + 1, &visits)
        immortalizeGlobal(item, depth: depth + 1, &visits)
      }
    } else {
      var position = 0
      var key = Value.absent
      while SetObject(value).next(&position, &key) { immortalizeGlobal(key, depth: depth + 1, &visits) }
    }
  }

  /// The calling thread makes another interpreter, whose threads may come into this one: they find threads that exclude one another.
  static func expectVisitors(_ thread: ThreadPointer) {
    guard thread.pointee.interpreter.pointee.lock == nil else { return }
    begin(thread)
    thread.pointee.interpreter.pointee.expectsVisitors = true
  }

  private static func immortalize(_ object: UnsafeMutableRawPointer) {
    if object.isImmortal { return }
    ThreadCounts.forget(object, currentInterpreter)
    object.makeImmortal()
    if object.shape.type == .code {
      let code = CodeObject(raw: object)
      immortalizeConstants(code.contents.pointee.constants)
      // Functions that are made of it have these.
      immortalizeConstants(code.contents.pointee.name)
      immortalizeConstants(code.contents.pointee.qualifiedName)
    } else if object.shape.type == .function {
      let closure = FunctionObject(raw: object).closure
      guard !closure.isAbsent, closure.isExactTuple, !closure.object.isImmortal else { return }
      // Each call takes the cells.
      closure.object.makeImmortal()
      for cell in TupleObject(closure).buffer where cell.isObject && !cell.object.isImmortal { cell.object.makeImmortal() }
    } else if object.shape.flags.contains(.type) {
      // Methods that a function made: those of data classes, and decorated ones.
      let members = TypeObject(raw: object).dict
      var (position, name, member) = (0, Value.absent, Value.absent)
      while members.next(&position, &name, &member) {
        if member.isObject && member.object.shape.type == .function { immortalize(member.object) }
      }
    }
  }

  private static func immortalizeConstants(_ value: Value) {
    guard value.isObject, !value.isAbsent, !value.object.isImmortal, !value.has(.type) else { return }
    if value.isExactTuple {
      for index in 0..<TupleObject(value).count { immortalizeConstants(TupleObject(value)[index]) }
    } else if value.isSlice {
      for part in [SliceObject(value).start, SliceObject(value).stop, SliceObject(value).step] { immortalizeConstants(part) }
    } else if !(value.isString || value.isBytes || value.isInteger || value.isFloat) {
      return
    }
    value.object.makeImmortal()
  }

  /// A heap for a new thread: one of a thread that has ended, if there is one. Nil when there is no memory.
  static func adoptHeap(_ thread: ThreadPointer, _ interpreter: UnsafeMutablePointer<InterpreterState>) -> UnsafeMutablePointer<Heap>? {
    var adopted: UnsafeMutablePointer<Heap>?
    interpreter.pointee.forEachHeap { if adopted == nil && $0.pointee.thread == nil { adopted = $0 } }
    if adopted == nil, let heap = Heap.create(owner: thread.pointee.identifier, debugging: interpreter.pointee.heap.pointee.isDebugging) {
      let first = interpreter.pointee.heap
      heap.pointee.root = first
      heap.pointee.due = first.pointee.due
      heap.pointee.memoryLimit = first.pointee.memoryLimit
      heap.pointee.next = first.pointee.next
      first.pointee.next = heap
      adopted = heap
    }
    guard let adopted else { return nil }
    adopted.pointee.thread = thread
    ThreadCounts.prepare(thread)
    return adopted
  }

  /// The calling thread ends: its heap is for another, and what waits to be merged is.
  static func abandonHeap(_ thread: ThreadPointer) {
    merge(thread)
    currentHeap.pointee.thread = nil
  }

  /// After a thread has been taken from the list: whoever is left may be alone.
  static func end(_ interpreter: UnsafeMutablePointer<InterpreterState>, _ thread: ThreadPointer) {
    if !interpreter.pointee.expectsVisitors, let last = interpreter.pointee.threads, last.pointee.next == nil, last.pointee.hasPeers {
      last.pointee.hasPeers = false
      // What was retired is for nobody any more.
      ThreadState.request(.mergeQueue, of: last)
    }
    thread.pointee.hasPeers = false
    if thread.pointee.holdsSharing {
      krait_store8_release(&thread.pointee.holdsSharing, 0)
      interpreter.pointee.sharing.giveUp()
    }
  }

  /// In a forked child, which has the calling thread only.
  static func afterFork(_ thread: ThreadPointer, _ interpreter: UnsafeMutablePointer<InterpreterState>) {
    krait_store8_release(&thread.pointee.holdsSharing, 0)
    thread.pointee.hasPeers = false
    interpreter.pointee.sharing.reset()
    interpreter.pointee.forEachHeap { if $0 != currentHeap { $0.pointee.thread = nil } }
    interpreter.pointee.retired.closeAll()
  }
}
