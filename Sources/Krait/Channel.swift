// Channels between Swift and Python, and between interpreters.

import Glibc
import KraitModules
import KraitRuntime

/// A queue whose one end may be in Swift and the other in Python, or both in Swift.
///
/// Python code has it as a `concurrent.interpreters.Queue` (``Interpreter/set(_:to:)-(_,Channel<Element>)``), and need not poll. In Swift it is an asynchronous sequence,
/// which ends when the channel is closed.
public final class Channel<Element: PythonConvertible>: AsyncSequence, Sendable {
  let number: Int

  /// - Parameter capacity: how many elements may wait; senders wait for room. 0 for any number.
  public init(capacity: Int = 0) {
    guard let number = QueueAccess.make(maximum: capacity) else { fatalError("no memory for a channel") }
    self.number = number
  }

  deinit { QueueAccess.release(number) }

  /// Puts an element into the channel, after waiting for room if need be.
  public func send(_ element: Element) async throws {
    let data = try SharedData(element.pythonValue)
    while true {
      switch QueueAccess.put(number, data) {
      case .done: return
      case .wait: await change(orUntil: { QueueAccess.hasRoom(self.number) })
      case .closed:
        data.release()
        throw InterpreterError.closed
      }
    }
  }

  /// The next element; nil when the channel is closed.
  public func receive() async throws -> Element? {
    while true {
      let (outcome, taken) = QueueAccess.take(number)
      switch outcome {
      case .wait: await change(orUntil: { QueueAccess.hasItem(self.number) })
      case .closed: return nil
      case .done:
        guard let data = taken else { continue }
        defer { data.release() }
        let value = PythonValue(data)
        guard let element = Element(value) else { throw InterpreterError.unexpectedResult("\(value)") }
        return element
      }
    }
  }

  /// Waits until the queue changes; not at all when `isReady` says so by the time that the change would be noticed.
  private func change(orUntil isReady: @Sendable () -> Bool) async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      let once = Once(continuation)
      QueueAccess.listen(number) { once.resume() }
      if isReady() { once.resume() }
    }
  }

  /// Ends the channel for all.
  public func close() { QueueAccess.close(number) }

  public struct AsyncIterator: AsyncIteratorProtocol {
    let channel: Channel
    public mutating func next() async throws -> Element? { try await channel.receive() }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(channel: self) }
}

/// A continuation that several may resume: the first does.
private final class Once: @unchecked Sendable {
  private var continuation: CheckedContinuation<Void, Never>?
  private var mutex = pthread_mutex_t()

  init(_ continuation: CheckedContinuation<Void, Never>) {
    self.continuation = continuation
    pthread_mutex_init(&mutex, nil)
  }

  deinit { pthread_mutex_destroy(&mutex) }

  func resume() {
    pthread_mutex_lock(&mutex)
    let continuation = self.continuation
    self.continuation = nil
    pthread_mutex_unlock(&mutex)
    continuation?.resume()
  }
}

extension SharedData {
  /// The message for a value: plain data and tuples of it; lists are sent as tuples.
  init(_ value: PythonValue) throws {
    switch value {
    case .none: self = .none
    case .bool(let flag): self.init(boolean: flag)
    case .int(let number): self.init(integer: number)
    case .double(let number): self.init(double: number)
    case .string(let text): self.init(string: text)
    case .bytes(let bytes): self.init(bytes: bytes)
    case .tuple(let items), .list(let items): self.init(tuple: try items.map { try SharedData($0) })
    case .bigInteger, .dict, .object: throw InterpreterError.unexpectedResult("\(value)")
    }
  }
}

extension PythonValue {
  /// What a message says.
  init(_ data: SharedData) {
    switch data.content {
    case .none: self = .none
    case .boolean(let flag): self = .bool(flag)
    case .integer(let number): self = .int(number)
    case .double(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .bytes(let bytes): self = .bytes(bytes)
    case .tuple(let items): self = .tuple(items.map { PythonValue($0) })
    case .opaque: self = .object("<an object of Python's>")
    }
  }
}
