// `-X gil-trace=FILE`: which thread held the lock of which interpreter when, who waited for it, who was asked to give it up, and collections; written at the process's
// end as a trace that Chrome, Perfetto and `krait -m krait.trace` show. Of threads without a lock (`-X gil=none`): when they run, wait for the sharing lock, and are stopped by another.
//
// Recorded are intervals, each when it ends, in one block of memory that all threads fill: a place is taken by an atomic addition, and the kind is stored last. When the
// block is full, the rest is only counted.

import CKraitCore
import Glibc

enum LockTrace {
  /// Set before the start.
  nonisolated(unsafe) static var isOn = false
  nonisolated(unsafe) private static var file: Int32 = -1
  nonisolated(unsafe) private static var events: UnsafeMutablePointer<Event>?
  /// The number of events so far, more than there is room for when some were left out.
  nonisolated(unsafe) private static var count: UnsafeMutablePointer<UInt64>?
  private static let capacity = 1 << 20

  enum Kind: UInt32, CaseIterable {
    case unfinished
    /// From taking the lock to giving it up.
    case held
    /// From asking for the lock to having it.
    case waited
    /// The lock was given up because another thread had asked for it; until it was taken by one.
    case handedOver
    case collected
    /// Without a lock: from attaching to detaching; from the time that another thread stopped this one to that at which it let it go.
    case ran, stopped

    var name: StaticString {
      switch self {
      case .unfinished: "unfinished"
      case .held: "holds the lock"
      case .waited: "waits for the lock"
      case .handedOver: "hands over"
      case .collected: "collection"
      case .ran: "runs"
      case .stopped: "stopped"
      }
    }
  }

  private struct Event {
    var kind: UInt32
    var thread: Int32
    var interpreter: Int
    var start: Int
    var end: Int
  }

  /// Opens the file that the option names. False when it cannot be written.
  static func start(_ path: String) -> Bool {
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { return false }
    let size = capacity * MemoryLayout<Event>.stride + 64
    guard let memory = AddressSpace.reserve(size) else { return false }
    count = memory.assumingMemoryBound(to: UInt64.self)
    events = (memory + 64).assumingMemoryBound(to: Event.self)
    isOn = true
    return true
  }

  @inline(never)
  static func record(_ kind: Kind, _ thread: ThreadPointer, from start: Int, to end: Int) {
    guard let events, let count else { return }
    let number = krait_add64(count, 1)
    guard number < UInt64(capacity) else { return }
    let event = events + Int(number)
    event.pointee = Event(
      kind: Kind.unfinished.rawValue, thread: thread.pointee.nativeIdentifier, interpreter: thread.pointee.interpreter.pointee.identifier, start: start, end: end)
    krait_store32_release(UnsafeMutableRawPointer(event), kind.rawValue)
  }

  /// A thread without a lock has run until now.
  @inline(never)
  static func recordRun(_ thread: ThreadPointer) {
    let start = thread.pointee.tracedSince
    if start != 0 { record(.ran, thread, from: start, to: monotonicNanoseconds()) }
    thread.pointee.tracedSince = 0
  }

  /// A forked child has nothing to tell: the file is its parent's.
  static func afterFork() { isOn = false }

  /// Writes the trace. What other threads still do is left out.
  static func finish() {
    guard isOn, let events, let count else { return }
    // What the calling thread does until here it does with the lock.
    if let lock = currentInterpreter.pointee.lock { lock.recordHold(currentThread) } else { recordRun(currentThread) }
    isOn = false
    let total = krait_load64(count)
    let number = Int(min(total, UInt64(capacity)))
    var output = Output(file: file)
    output.write("{\"displayTimeUnit\": \"ms\", \"otherData\": {\"left out\": ")
    output.write(Int(total) - number)
    output.write("}, \"traceEvents\": [")
    var isFirst = true
    for index in 0..<number {
      let event = events[index]
      guard let kind = Kind(rawValue: event.kind), kind != .unfinished else { continue }
      output.write(isFirst ? "\n" : ",\n")
      isFirst = false
      output.write("{\"ph\": \"X\", \"name\": \"")
      output.write(kind.name)
      output.write("\", \"pid\": ")
      output.write(event.interpreter)
      output.write(", \"tid\": ")
      output.write(Int(event.thread))
      output.write(", \"ts\": ")
      output.writeMicroseconds(event.start)
      output.write(", \"dur\": ")
      output.writeMicroseconds(event.end - event.start)
      output.write("}")
    }
    output.write("\n]}\n")
    output.flush()
    close(file)
  }

  /// Text on its way to the file.
  private struct Output {
    let file: Int32
    private var bytes: [UInt8] = []

    init(file: Int32) { self.file = file }

    mutating func write(_ text: StaticString) {
      bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
      if bytes.count > 1 << 16 { flush() }
    }

    mutating func write(_ number: Int) {
      if number < 0 { bytes.append(UInt8(ascii: "-")) }
      write(digits: number.magnitude, atLeast: 1)
    }

    mutating func writeMicroseconds(_ nanoseconds: Int) {
      write(nanoseconds / 1000)
      bytes.append(UInt8(ascii: "."))
      write(digits: (nanoseconds % 1000).magnitude, atLeast: 3)
    }

    /// Strings would cost more than all that is recorded.
    private mutating func write(digits number: UInt, atLeast least: Int) {
      var power: UInt = 1
      var count = 1
      while count < least || number / power >= 10 {
        power *= 10
        count += 1
      }
      var rest = number
      while power > 0 {
        bytes.append(UInt8(ascii: "0") + UInt8(rest / power))
        rest %= power
        power /= 10
      }
    }

    mutating func flush() {
      bytes.withUnsafeBytes { buffer in
        var position = 0
        while position < buffer.count {
          let written = Glibc.write(file, buffer.baseAddress! + position, buffer.count - position)
          if written < 0 && errno != EINTR { return }
          position += max(0, written)
        }
      }
      bytes.removeAll(keepingCapacity: true)
    }
  }
}
