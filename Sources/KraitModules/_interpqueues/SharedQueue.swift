// Queues between interpreters: a ring of messages each, known by their numbers.

import CKraitCore
import Glibc
import KraitRuntime

/// What becomes of an item when the interpreter that sent it ends.
enum UnboundItem: Int {
  case remove = 1
  case raiseError = 2
  case replace = 3
}

/// A message that waits, and who sent it.
struct SharedItem {
  var data: SharedData
  var interpreter: Int
  var unbound: UnboundItem
  /// The sender is gone, and with it the data.
  var isUnbound = false
}

/// A ring of messages that grows.
struct SharedRing {
  private var base: UnsafeMutablePointer<SharedItem>?
  private var capacity = 0
  private var first = 0
  private(set) var count = 0

  /// False when there is no memory.
  mutating func append(_ item: SharedItem) -> Bool {
    if count == capacity {
      let larger = max(16, capacity * 2)
      guard let memory = malloc(larger * MemoryLayout<SharedItem>.stride)?.assumingMemoryBound(to: SharedItem.self) else { return false }
      for index in 0..<count { (memory + index).initialize(to: self[index]) }
      free(base)
      base = memory
      first = 0
      capacity = larger
    }
    (base.unsafelyUnwrapped + ((first + count) & (capacity - 1))).initialize(to: item)
    count += 1
    return true
  }

  private(set) subscript(index: Int) -> SharedItem {
    get { base.unsafelyUnwrapped[(first + index) & (capacity - 1)] }
    set { base.unsafelyUnwrapped[(first + index) & (capacity - 1)] = newValue }
  }

  mutating func removeFirst() -> SharedItem? {
    if count == 0 { return nil }
    let item = self[0]
    first = (first + 1) & (capacity - 1)
    count -= 1
    return item
  }

  /// An interpreter ends: its items are taken out or become unbound. What they held is added to `freed`, to be released without the lock.
  mutating func unbind(_ interpreter: Int, _ freed: inout [SharedData]) {
    var kept = 0
    for index in 0..<count {
      var item = self[index]
      if item.interpreter == interpreter && !item.isUnbound {
        freed.append(item.data)
        if item.unbound == .remove { continue }
        item.isUnbound = true
        item.data = .none
      }
      self[kept] = item
      kept += 1
    }
    count = kept
  }

  /// Takes everything out.
  mutating func drain() -> [SharedData] {
    var result: [SharedData] = []
    while let item = removeFirst() { if !item.isUnbound { result.append(item.data) } }
    free(base)
    self = SharedRing()
    return result
  }
}

/// A queue. Its memory is never given back but used again, so that a late look by its old number finds another number there.
struct SharedQueue {
  var lock = SharedLock()
  /// 0: not in use.
  var identifier = 0
  var items = SharedRing()
  /// At most so many items; 0 or less for any number.
  var maximum = 0
  var unbound = UnboundItem.replace
  var fallback = SharedData.Fallback.full
  /// How many objects of Python's stand for the queue; it ends with the last.
  var bindings = 0
  var notEmpty = ChangeSignal()
  var notFull = ChangeSignal()
  /// Swift code waits for a change.
  var hasListeners = false
  var nextSpare: UnsafeMutablePointer<SharedQueue>?

  var isFull: Bool { maximum > 0 && items.count >= maximum }
}

typealias QueuePointer = UnsafeMutablePointer<SharedQueue>

/// The queues of the process by number.
enum SharedQueues {
  private static let chunkSize = 1024
  private static let chunkCount = 1 << 16
  private typealias Chunk = UnsafeMutablePointer<QueuePointer?>
  /// Guards the making and ending of queues; looking one up needs no lock.
  nonisolated(unsafe) private static var lock = SharedLock()
  nonisolated(unsafe) private static var last = 0
  nonisolated(unsafe) private static var spare: QueuePointer?
  nonisolated(unsafe) private static let chunks: UnsafeMutablePointer<Chunk?> = {
    let memory = calloc(chunkCount, MemoryLayout<Chunk?>.stride)!
    return memory.assumingMemoryBound(to: Chunk?.self)
  }()

  /// The number of a new queue; nil when there is no memory.
  static func make(_ maximum: Int, _ unbound: UnboundItem, _ fallback: SharedData.Fallback) -> Int? {
    lock.synchronized {
      let number = last + 1
      let chunkIndex = number / chunkSize
      if chunkIndex >= chunkCount { return nil }
      if chunks[chunkIndex] == nil {
        guard let memory = calloc(chunkSize, MemoryLayout<QueuePointer?>.stride) else { return nil }
        krait_store64_release(chunks + chunkIndex, UInt64(UInt(bitPattern: memory)))
      }
      let queue: QueuePointer
      if let known = spare {
        queue = known
        spare = known.pointee.nextSpare
      } else {
        guard let memory = malloc(MemoryLayout<SharedQueue>.size)?.assumingMemoryBound(to: SharedQueue.self) else { return nil }
        queue = memory
        queue.initialize(to: SharedQueue())
      }
      queue.pointee.lock.synchronized {
        queue.pointee.identifier = number
        queue.pointee.maximum = maximum
        queue.pointee.unbound = unbound
        queue.pointee.fallback = fallback
        queue.pointee.bindings = 0
        queue.pointee.hasListeners = false
      }
      last = number
      krait_store64_release(chunks[chunkIndex].unsafelyUnwrapped + number % chunkSize, UInt64(UInt(bitPattern: queue)))
      return number
    }
  }

  private static func pointer(_ number: Int) -> QueuePointer? {
    guard number > 0, number / chunkSize < chunkCount else { return nil }
    guard let chunk = UnsafeMutableRawPointer(bitPattern: UInt(krait_load64_acquire(chunks + number / chunkSize))) else { return nil }
    return QueuePointer(bitPattern: UInt(krait_load64_acquire(chunk.assumingMemoryBound(to: UInt64.self) + number % chunkSize)))
  }

  /// Runs code with a queue, under its lock; nil when there is none of that number.
  @inline(__always)
  static func with<Result>(_ number: Int, _ body: (QueuePointer) -> Result) -> Result? {
    guard let queue = pointer(number) else { return nil }
    return queue.pointee.lock.synchronized { queue.pointee.identifier == number ? body(queue) : nil }
  }

  /// Ends a queue if `condition`, asked under its lock, says so; nil when there is none of that number.
  static func end(_ number: Int, if condition: (QueuePointer) -> Bool = { _ in true }) -> Bool? {
    var freed: [SharedData] = []
    guard let queue = pointer(number) else { return nil }
    let answer = queue.pointee.lock.synchronized { () -> Bool? in
      guard queue.pointee.identifier == number else { return nil }
      guard condition(queue) else { return false }
      queue.pointee.identifier = 0
      freed = queue.pointee.items.drain()
      queue.pointee.notEmpty.notifyAll()
      queue.pointee.notFull.notifyAll()
      return true
    }
    if answer == true {
      lock.synchronized {
        krait_store64_release(chunks[number / chunkSize].unsafelyUnwrapped + number % chunkSize, 0)
        queue.pointee.nextSpare = spare
        spare = queue
      }
      for data in freed { data.release() }
    }
    return answer
  }

  /// The numbers of all queues, the newest first.
  static var all: [Int] {
    let last = lock.synchronized { self.last }
    return (0..<last).reversed().map { $0 + 1 }.filter { pointer($0) != nil }
  }

  /// An interpreter ends: what it put into queues goes with it.
  static func unbind(_ interpreter: Int) {
    var freed: [SharedData] = []
    for number in all {
      _ = with(number) { queue in
        queue.pointee.items.unbind(interpreter, &freed)
        if !queue.pointee.isFull { queue.pointee.notFull.notifyAll() }
      }
    }
    for data in freed { data.release() }
  }
}
