// `-X importtime`: how long each import took, told on standard error.

import CKraitCore
import Glibc

/// The imports of a thread that are under way. Each thread has its own: what others import meanwhile takes none of its time.
struct ImportTimes {
  /// Microseconds that the imports inside the innermost one took.
  private var inner = 0
  private var depth = 0

  /// 1 tells loaded modules, 2 also those that were there already.
  static var level: Int { RuntimeConfiguration.current.importTimes }

  /// Loads a module and tells how long that took.
  static func measure(_ name: Value, _ load: () throws(PyError) -> Owned) throws(PyError) -> Owned {
    writeHeader()
    let thread = currentThread
    let outer = thread.pointee.importTimes.inner
    thread.pointee.importTimes.inner = 0
    thread.pointee.importTimes.depth += 1
    let start = now()
    defer {
      let whole = now() - start
      thread.pointee.importTimes.depth -= 1
      let (inner, depth) = (thread.pointee.importTimes.inner, thread.pointee.importTimes.depth)
      write("import time: \(padded(whole - inner, 9)) | \(padded(whole, 10)) | \(String(repeating: " ", count: depth * 2))\(text(of: name))\n")
      thread.pointee.importTimes.inner = outer + whole
    }
    return try load()
  }

  /// Tells of a module that need not be loaded.
  static func noteCached(_ name: Value) {
    writeHeader()
    let name = text(of: name)
    let space = String(repeating: " ", count: max(0, currentThread.pointee.importTimes.depth * 2 - name.unicodeScalars.count))
    write("import time: cached    | cached     | \(space)\(name)\n")
  }

  private static func writeHeader() {
    let interpreter = currentInterpreter
    if interpreter.pointee.hasImportTimesHeader { return }
    interpreter.pointee.hasImportTimesHeader = true
    write("import time: self [us] | cumulative | imported package\n")
  }

  private static func write(_ line: String) { writeToStandardError(line) }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: " ", count: max(0, width - digits.utf8.count)) + digits
  }

  /// The name as the terminal can have it: a lone surrogate is escaped.
  private static func text(of name: Value) -> String {
    var text = ""
    let string = StringObject(name)
    for index in 0..<string.length {
      let point = string.codePoint(at: index)
      if let scalar = Unicode.Scalar(point) { text.unicodeScalars.append(scalar) } else { text += "\\u" + String(point, radix: 16) }
    }
    return text
  }

  private static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec &* 1_000_000 &+ time.tv_nsec / 1000
  }
}
