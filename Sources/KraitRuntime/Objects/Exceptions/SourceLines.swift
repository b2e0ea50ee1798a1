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

  /// Tells `linecache` of the source of a program that is in no file, so that reports show its lines, and `inspect` finds them. Errors of that module are the program's.
  ///
  /// - Parameter name: of the source, without the number that tells statements of a prompt apart.
  static func register(_ code: Value, source: UnsafeBufferPointer<UInt8>, name: Value) throws(PyError) {
    let text = try Owned.string(utf8: source)
    let module = try importModule("linecache")
    let function = try module.value.getAttribute(Name.make("_register_code"))
    _ = try function.value.call(code, text.value, name)
  }

  private static func registeredLine(_ number: Int, _ code: CodeObject) -> CodePoints {
    do throws(PyError) {
      let name = try Owned.string("linecache" as StaticString)
      let module = try DictObject(currentInterpreter.pointee.modules).get(name.value)
      if module.isAbsent || module.isNone { return [] }
      let held = Owned(copying: module)
      let function = try held.value.getAttribute(Name.make("_getlines_from_code"))
      let lines = try function.value.call(Value(code.raw))
      guard lines.value.isList, number >= 1, number <= ListObject(lines.value).count, ListObject(lines.value)[number - 1].isString else { return [] }
      let line = CodePoints(ListObject(lines.value)[number - 1])
      return line.last == CodePoint.newline ? line.dropLast() : line
    } catch {
      PyError.clear()
      return []
    }
  }
}
