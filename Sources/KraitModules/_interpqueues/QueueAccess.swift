// Queues for Swift code outside of any interpreter: the channels of the library `Krait`.

import CKraitCore
import Glibc
import KraitRuntime

extension SharedData {
  /// What a message says, as far as Swift code can read it without an interpreter.
  public enum Content {
    case none
    case boolean(Bool)
    case integer(Int)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case tuple([SharedData])
    /// Only an interpreter can make something of it.
    case opaque
  }

  public init(integer: Int) {
    if integer >= -(1 << 62) && integer < 1 << 62 { self = .immediate(Value(smallInteger: integer)) } else { self.init(.integer, UInt64(bitPattern: Int64(integer))) }
  }

  public init(double: Double) { self.init(.float, double.bitPattern) }
  public init(boolean: Bool) { self = .immediate(Value(boolean)) }

  /// Memory that cannot be had ends the process, as everywhere in Swift.
  public init(bytes: [UInt8]) {
    self.init(.bytes, UInt64(bytes.count))
    memory = SharedData.copy(bytes)
    size = bytes.count
  }

  public init(string: String) {
    let scalars = Array(string.unicodeScalars)
    let largest = scalars.reduce(0) { max($0, $1.value) }
    let width = largest < 0x100 ? 1 : largest < 0x10000 ? 2 : 4
    self.init(.string, UInt64(scalars.count), detail: UInt8(width))
    switch width {
    case 1: memory = SharedData.copy(scalars.map { UInt8(truncatingIfNeeded: $0.value) })
    case 2: memory = SharedData.copy(scalars.map { UInt16(truncatingIfNeeded: $0.value) })
    default: memory = SharedData.copy(scalars.map(\.value))
    }
    size = scalars.count * width
  }

  /// Takes the messages over.
  public init(tuple: [SharedData]) {
    self.init(.tuple, UInt64(tuple.count))
    memory = SharedData.copy(tuple)
  }

  private static func copy<Element>(_ elements: [Element]) -> UnsafeMutableRawPointer {
    let size = elements.count * MemoryLayout<Element>.stride
    guard let memory = malloc(max(size, 1)) else { fatalError("no memory for a message") }
    elements.withUnsafeBytes { if let base = $0.baseAddress { memory.copyMemory(from: base, byteCount: size) } }
    return memory
  }

  public var content: Content {
    switch kind {
    case .value:
      let value = Value(bits: word)
      if value.isNone { return .none }
      if value === .true || value === .false { return .boolean(value === .true) }
      if value.isSmallInteger { return .integer(value.smallInteger) }
      if let double = doubleValue(of: value) { return .double(double) }
      if value.isExactString { return .string(value.text) }
      if value.isExact(.bytes) { return .bytes(Array(UnsafeRawBufferPointer(start: BytesObject(value).data, count: BytesObject(value).count))) }
      return .opaque
    case .integer: return .integer(Int(Int64(bitPattern: word)))
    case .float: return .double(Double(bitPattern: word))
    case .string:
      guard let memory else { return .opaque }
      var text = ""
      let units = CodeUnits(base: memory, count: Int(word), width: Int(detail))
      for index in 0..<units.count { text.unicodeScalars.append(Unicode.Scalar(units[index]) ?? "\u{FFFD}") }
      return .string(text)
    case .bytes: return .bytes(Array(UnsafeRawBufferPointer(start: memory, count: size)))
    case .tuple:
      guard let memory else { return .opaque }
      return .tuple((0..<Int(word)).map { memory.assumingMemoryBound(to: SharedData.self)[$0] })
    default: return .opaque
    }
  }
}

/// A queue that Swift code holds. Python code has it as `concurrent.interpreters.Queue`.
public enum QueueAccess {
  public enum Outcome {
    case done
    /// There is no room, or no item, at present.
    case wait
    case closed
  }

  /// The number of a new queue, which lives until ``release(_:)`` and as long as Python code has it.
  ///
  /// - Parameter maximum: how many items it has at most; 0 for any number.
  public static func make(maximum: Int) -> Int? {
    guard let number = SharedQueues.make(maximum, .replace, .full) else { return nil }
    _ = SharedQueues.with(number) { $0.pointee.bindings += 1 }
    return number
  }

  public static func release(_ number: Int) { QueueHandles.release(UInt64(number)) }

  /// Ends the queue for all.
  public static func close(_ number: Int) {
    _ = SharedQueues.end(number)
    SharedQueues.callListeners(number)
  }

  /// Puts a message into the queue, which takes it over when that is done.
  public static func put(_ number: Int, _ data: SharedData) -> Outcome {
    let outcome = SharedQueues.with(number) { queue -> Outcome in
      if queue.pointee.isFull { return .wait }
      // Of no interpreter: it stays whoever ends.
      guard queue.pointee.items.append(SharedItem(data: data, interpreter: -1, unbound: .replace)) else { fatalError("no memory for a message") }
      queue.pointee.notEmpty.notify()
      return .done
    }
    if case .done = outcome { SharedQueues.callListeners(number) }
    return outcome ?? .closed
  }

  /// Takes the first message out of the queue; the caller gives it up. Nil with ``Outcome/done`` stands for one whose sender has ended.
  public static func take(_ number: Int) -> (Outcome, SharedData?) {
    let result = SharedQueues.with(number) { queue -> (Outcome, SharedData?) in
      guard let item = queue.pointee.items.removeFirst() else { return (.wait, nil) }
      queue.pointee.notFull.notify()
      return (.done, item.isUnbound ? nil : item.data)
    }
    if case .done = result?.0 { SharedQueues.callListeners(number) }
    return result ?? (.closed, nil)
  }

  /// Calls a function once when the queue changes or ends; at once when there is no such queue.
  public static func listen(_ number: Int, _ listener: @escaping @Sendable () -> Void) {
    if SharedQueues.with(number, { SharedQueues.listen($0, listener) }) == nil { listener() }
  }

  /// Whether something can be put into the queue, or it is at its end.
  public static func hasRoom(_ number: Int) -> Bool { SharedQueues.with(number) { !$0.pointee.isFull } ?? true }
  /// Whether something can be taken out of the queue, or it is at its end.
  public static func hasItem(_ number: Int) -> Bool { SharedQueues.with(number) { $0.pointee.items.count > 0 } ?? true }
}

extension SharedQueues {
  nonisolated(unsafe) private static var listenersLock = SharedLock()
  nonisolated(unsafe) private static var listeners: [Int: [@Sendable () -> Void]] = [:]

  /// Calls a function once when the queue changes. Under the queue's lock.
  fileprivate static func listen(_ queue: QueuePointer, _ listener: @escaping @Sendable () -> Void) {
    let number = queue.pointee.identifier
    queue.pointee.hasListeners = true
    listenersLock.synchronized { listeners[number, default: []].append(listener) }
  }

  /// The queue has changed. Not under its lock.
  static func callListeners(_ number: Int) {
    let called = listenersLock.synchronized { listeners.removeValue(forKey: number) ?? [] }
    for listener in called { listener() }
  }
}
