// Lines of source files for reports: what Python's `linecache` finds.

import CKraitCore
import Glibc
import KraitSyntax

/// The lines of source that reports show. Files are read once for a report.
struct SourceLines {
  private var files: [String: [CodePoints]] = [:]

  /// A line without its end, counted from 1; empty when there is none.
  ///
  /// - Parameter frame: whose module's own file stands in for a file that is not there, as Python asks the module's loader.
  mutating func line(_ number: Int, of file: String, code: CodeObject, frame: Value) -> CodePoints {
    // When modules have been given up at the end, Python cannot import what reads files.
    let modules = currentInterpreter.pointee.modules
    if currentInterpreter.pointee.isFinalizing && (modules.isAbsent || DictObject(modules).count == 0) { return [] }
    if let lines = files[file] { return number >= 1 && number <= lines.count ? lines[number - 1] : [] }
    var lines = SourceLines.read(file)
    if lines.isEmpty && !file.hasPrefix("<"), let own = SourceLines.moduleFile(of: frame) { lines = SourceLines.read(own) }
    if !lines.isEmpty || !file.hasPrefix("<") {
      files[file] = lines
      return number >= 1 && number <= lines.count ? lines[number - 1] : []
    }
    return SourceLines.registeredLine(number, code)
  }

  /// `__file__` of the module whose globals a frame has.
  private static func moduleFile(of frame: Value) -> String? {
    do throws(PyError) {
      let globals = try frame.getAttribute(Name.f_globals)
      guard globals.value.isDict else { return nil }
      let file = DictObject(globals.value).get(interned: Name.__file__)
      return !file.isAbsent && file.isString ? file.text : nil
    } catch {
      PyError.clear()
      return nil
    }
  }

  private static func read(_ file: String) -> [CodePoints] {
    guard !file.isEmpty, let bytes = contents(of: file) else { return [] }
    guard let source = try? SourceFile(bytes: bytes, fileName: file) else { return [] }
    return lines(of: source.text)
  }

  private static func lines(of text: UnsafeBufferPointer<UInt8>) -> [CodePoints] {
    var lines = text.split(separator: 10, omittingEmptySubsequences: false).map { CodePoints(String(decoding: $0, as: UTF8.self)) }
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// The file's bytes; a relative name is also looked for on `sys.path`.
  static func contents(of file: String) -> [UInt8]? {
    if let bytes = bytes(of: file) { return bytes }
    if file.hasPrefix("/") || (file.hasPrefix("<") && file.hasSuffix(">")) { return nil }
    let sys = currentInterpreter.pointee.sys
    guard !sys.isAbsent else { return nil }
    let path = DictObject(sys).get(interned: Name.path)
    guard !path.isAbsent, path.isList else { return nil }
    for index in 0..<ListObject(path).count where ListObject(path)[index].isString {
      if let bytes = bytes(of: ListObject(path)[index].text + "/" + file) { return bytes }
    }
    return nil
  }

  private static func bytes(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while true {
      let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in count = fread(buffer.baseAddress, 1, buffer.count, file) }
      if chunk.isEmpty { return ferror(file) != 0 ? nil : bytes }
      bytes += chunk
    }
  }

  // MARK: Sources that are in no file

  private struct Registration: Hashable {
    let name: String
    let fileName: String
    let firstLine: Int

    init(_ code: CodeObject) {
      name = code.qualifiedName.text
      fileName = code.fileName.text
      firstLine = code.firstLineNumber
    }
  }

  /// A program whose lines nobody has asked for: most end without a report, and splitting them would be work of each start.
  private final class Unread {
    let registration: Registration
    let source: [UInt8]
    let next: Unread?

    init(_ registration: Registration, _ source: [UInt8], _ next: Unread?) {
      self.registration = registration
      self.source = source
      self.next = next
    }
  }

  private nonisolated(unsafe) static var unread: Unread?
  private nonisolated(unsafe) static var registrations: [Registration: [CodePoints]] = [:]
  /// Guards the two above: interpreters share them.
  private nonisolated(unsafe) static var lock: UInt8 = 0

  private static func synchronized<Result>(_ body: () -> Result) -> Result {
    while !krait_cas8(&lock, 0, 1) { sched_yield() }
    defer { krait_store8_release(&lock, 0) }
    return body()
  }

  /// Keeps the source of a program that is in no file, so that reports show its lines. The latest of several alike is shown.
  public static func register(_ code: CodeObject, source: UnsafeBufferPointer<UInt8>) {
    let source = Array(source)
    var pending = [code]
    while let code = pending.popLast() {
      let registration = Registration(code)
      synchronized { unread = Unread(registration, source, unread) }
      for constant in code.constants.buffer where constant.type == .code { pending.append(CodeObject(constant)) }
    }
  }

  /// The lines of a program; those that came since the last report are put in their places first, the latest of several alike. Under the lock.
  private static func linesOfRegistered(_ registration: Registration) -> [CodePoints]? {
    var fresh: [Registration: [CodePoints]] = [:]
    while let this = unread {
      unread = this.next
      if fresh[this.registration] == nil { fresh[this.registration] = this.source.withUnsafeBufferPointer { lines(of: $0) } }
    }
    registrations.merge(fresh) { _, new in new }
    return registrations[registration]
  }

  private static func registeredLine(_ number: Int, _ code: CodeObject) -> CodePoints {
    let registration = Registration(code)
    guard let lines = synchronized({ linesOfRegistered(registration) }) else { return [] }
    return number >= 1 && number <= lines.count ? lines[number - 1] : []
  }
}
