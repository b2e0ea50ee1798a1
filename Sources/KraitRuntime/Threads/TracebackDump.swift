// Writes what threads are doing to a descriptor, from a signal handler too: nothing here allocates, takes a lock or touches a reference count.
// The module faulthandler and fatal errors use it.

import CKraitCore
import CKraitSystem
import Glibc
import KraitCompiler

/// Texts, numbers and Python strings, written at once.
public struct SignalSafeOutput {
  public let descriptor: Int32

  /// Characters of a name that are shown.
  private static let longestText = 500

  public init(_ descriptor: Int32) { self.descriptor = descriptor }

  public func write(_ text: StaticString) { write(UnsafeRawPointer(text.utf8Start), text.utf8CodeUnitCount) }

  /// Bytes up to a zero.
  public func write(cString: UnsafePointer<CChar>) { write(UnsafeRawPointer(cString), strlen(cString)) }

  public func write(_ bytes: UnsafeRawPointer, _ count: Int) {
    var done = 0
    while done < count {
      let written = Glibc.write(descriptor, bytes + done, count - done)
      if written < 0 {
        if errno == EINTR { continue }
        return
      }
      done += written
    }
  }

  /// A number in base 10 or 16, with at least `width` digits.
  public func write(_ number: UInt, base: UInt = 10, width: Int = 1) {
    withUnsafeTemporaryAllocation(byteCount: 24, alignment: 8) { digits in
      var place = 24
      var rest = number
      while rest != 0 || 24 - place < width {
        place -= 1
        let digit = UInt8(truncatingIfNeeded: rest % base)
        digits[place] = digit < 10 ? 48 &+ digit : 87 &+ digit
        rest /= base
        if place == 0 { break }
      }
      guard let start = digits.baseAddress else { return }
      write(UnsafeRawPointer(start + place), 24 - place)
    }
  }

  /// A str, cut when it is long; what is not printable ASCII is escaped.
  public func write(text value: Value) {
    guard !value.isAbsent, value.isString else {
      write("???")
      return
    }
    let text = StringObject(value)
    let count = min(text.length, SignalSafeOutput.longestText)
    for index in 0..<count {
      let point = text.codePoint(at: index)
      if point >= 0x20 && point < 0x7F {
        var byte = UInt8(truncatingIfNeeded: point)
        write(&byte, 1)
      } else if point <= 0xFF {
        write("\\x")
        write(UInt(point), base: 16, width: 2)
      } else if point <= 0xFFFF {
        write("\\u")
        write(UInt(point), base: 16, width: 4)
      } else {
        write("\\U")
        write(UInt(point), base: 16, width: 8)
      }
    }
    if count < text.length { write("...") }
  }
}

/// What threads are doing.
public enum TracebackDump {
  /// Frames of a thread, threads, and frames of native code that are shown.
  private static let mostFrames = 100
  private static let mostThreads = 100
  private static let mostNativeFrames: Int32 = 32

  /// The Python frames of one thread, the innermost first.
  public static func writeStack(_ thread: ThreadPointer, to output: SignalSafeOutput, heading: Bool) {
    if heading { output.write("Stack (most recent call first):\n") }
    var frame = thread.pointee.frame
    if frame.isBase {
      output.write("  <no Python frame>\n")
      return
    }
    var count = 0
    while !frame.isBase && count < mostFrames {
      writeFrame(frame, to: output)
      frame = frame.caller
      count += 1
    }
  }

  private static func writeFrame(_ frame: FramePointer, to output: SignalSafeOutput) {
    let code = frame.pointee.code
    output.write("  File \"")
    output.write(text: code.fileName)
    output.write("\", line ")
    // What is not read yet has not run.
    let offset = code.isPending ? -1 : frame.lastInstruction
    if offset < 0 {
      output.write(UInt(max(code.firstLineNumber, 0)))
    } else if let line = code.line(at: offset), line >= 0 {
      output.write(UInt(line))
    } else {
      output.write("???")
    }
    output.write(" in ")
    output.write(text: code.name)
    output.write("\n")
  }

  /// The Python frames of all threads of an interpreter, the newest thread first.
  ///
  /// - Parameter current: the thread that asks, if it is one of them.
  public static func writeThreads(of interpreter: UnsafeMutablePointer<InterpreterState>, current: ThreadPointer?, to output: SignalSafeOutput) {
    var thread = interpreter.pointee.threads
    var count = 0
    while let this = thread {
      if count > 0 { output.write("\n") }
      if count == mostThreads {
        output.write("...\n")
        return
      }
      output.write(this == current ? "Current thread 0x" : "Thread 0x")
      output.write(this.pointee.systemIdentifier, base: 16, width: 16)
      writeName(this, to: output)
      output.write(" (most recent call first):\n")
      if this == current && interpreter.pointee.collector.isCollecting { output.write("  Garbage-collecting\n") }
      writeStack(this, to: output, heading: false)
      thread = this.pointee.next
      count += 1
    }
  }

  private static func writeName(_ thread: ThreadPointer, to output: SignalSafeOutput) {
    withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { memory in
      guard let name = memory.baseAddress?.assumingMemoryBound(to: CChar.self), thread.pointee.systemIdentifier != 0,
        pthread_getname_np(pthread_t(thread.pointee.systemIdentifier), name, 32) == 0, name[0] != 0
      else { return }
      output.write(" [")
      output.write(cString: name)
      output.write("]")
    }
  }

  /// What the calling thread's interpreter does, as it is shown when the process is about to end.
  ///
  /// - Parameters:
  ///   - current: the calling thread, if it runs Python.
  ///   - interpreter: whose threads are shown when it does not.
  public static func write(current: ThreadPointer?, interpreter: UnsafeMutablePointer<InterpreterState>?, allThreads: Bool, to output: SignalSafeOutput) {
    if allThreads && Runtime.isFree { output.write("<Cannot show all threads while the GIL is disabled>\n") }
    if allThreads && !Runtime.isFree {
      if let interpreter = current?.pointee.interpreter ?? interpreter { writeThreads(of: interpreter, current: current, to: output) }
    } else if let current {
      writeStack(current, to: output, heading: true)
    }
  }

  /// The native frames of the calling thread.
  @inline(never)
  public static func writeNativeStack(to output: SignalSafeOutput) {
    output.write("Current thread's C stack trace (most recent call first):\n")
    withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: Int(mostNativeFrames)) { addresses in
      guard let start = addresses.baseAddress else { return }
      let count = krait_backtrace(start, mostNativeFrames)
      for index in 0..<Int(count) {
        guard let address = addresses[index] else { continue }
        var symbol = krait_symbol()
        guard krait_find_symbol(address, &symbol) != 0, let file = symbol.file else {
          output.write("  <cannot look up a symbol>\n")
          continue
        }
        output.write("  Binary file \"")
        output.write(cString: file)
        output.write("\"")
        let isNamed = symbol.name != nil
        let base = isNamed ? symbol.address : symbol.base
        let place = UInt(bitPattern: address)
        output.write(", at ")
        if let name = symbol.name { output.write(cString: name) }
        output.write(place >= base ? "+0x" : "-0x")
        output.write(place >= base ? place - base : base - place, base: 16)
        output.write(" [0x")
        output.write(place, base: 16)
        output.write("]\n")
      }
      if count == mostNativeFrames { output.write("  <truncated rest of calls>\n") }
    }
  }

  /// The modules that native code made and that are not of the standard library; nothing when there is none.
  ///
  /// - Parameter names: of all native modules: address and length of each.
  public static func writeNativeModules(
    of interpreter: UnsafeMutablePointer<InterpreterState>, names: UnsafeBufferPointer<(start: UnsafePointer<UInt8>, count: Int)>, to output: SignalSafeOutput
  ) {
    let modules = interpreter.pointee.modules
    let sys = interpreter.pointee.sys
    guard !modules.isAbsent, modules.isDict, !sys.isAbsent else { return }
    let known = DictObject(sys).get(interned: Name.stdlib_module_names)
    var position = 0
    var count: UInt = 0
    var key = Value.absent
    var module = Value.absent
    while DictObject(modules).next(&position, &key, &module) {
      guard key.isString, StringObject(key).isASCII, names.contains(where: { isText(key, $0.start, $0.count) }) else { continue }
      if !known.isAbsent, known.isObject, known.type == .frozenset || known.type == .set {
        var place = 0
        var name = Value.absent
        var isStandard = false
        while !isStandard, SetObject(known).next(&place, &name) {
          if name.isString, StringObject(name).isASCII { isStandard = isText(key, StringObject(name).data.assumingMemoryBound(to: UInt8.self), StringObject(name).length) }
        }
        if isStandard { continue }
      }
      output.write(count == 0 ? "\nExtension modules: " : ", ")
      output.write(text: key)
      count += 1
    }
    guard count > 0 else { return }
    output.write(" (total: ")
    output.write(count)
    output.write(")\n")
  }

  /// Whether an ASCII str is a text.
  private static func isText(_ value: Value, _ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let text = StringObject(value)
    return text.length == count && memcmp(text.data, start, count) == 0
  }
}
