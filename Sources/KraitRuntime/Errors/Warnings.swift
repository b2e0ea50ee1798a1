// Warnings of native code, with the filters that CPython starts with.

import CKraitCore
import Glibc

/// Issues a warning for the code that runs.
public func warn(_ category: TypeObject, _ message: String) throws(PyError) {
  let thread = currentThread
  let text = try Owned.string(message)
  let globals = thread.pointee.currentGlobals
  var module = Owned(taking: .absent)
  if !globals.isAbsent {
    let name = DictObject(globals).get(interned: Name.__name__)
    if name.isString { module = Owned(copying: name) }
  }
  let code = thread.pointee.currentCode
  let file = code.isAbsent ? try Owned.string("sys") : Owned(copying: CodeObject(code).fileName)
  try warnExplicit(category, text.value, file: file.value, line: max(1, thread.pointee.currentLine), module: module.value)
}

public func warnDeprecated(_ message: String) throws(PyError) { try warn(.deprecationWarning, message) }

/// Issues a warning for a place in a source file.
///
/// - Parameters:
///   - file: the file's name, a str.
///   - module: the module's name, a str, or absent when it is not known.
public func warnExplicit(_ category: TypeObject, _ message: Value, file: Value, line: Int, module: Value) throws(PyError) {
  let interpreter = currentInterpreter
  switch WarningFilters.action(for: category, message.text, module: module, line: line) {
  case .ignore: return
  case .error: throw PyError.raise(category, message)
  case .always: break
  case .default:
    // Each text is shown once for a place; those of the compiler, which come without a module, always.
    if module.isAbsent { break }
    if interpreter.pointee.shownWarnings.isAbsent { interpreter.pointee.shownWarnings = try Owned.set().take() }
    let shown = SetObject(interpreter.pointee.shownWarnings)
    let place = try Owned.tuple(file, Value(smallInteger: line))
    let key = try Owned.tuple(message, category.value, place.value)
    if try shown.contains(key.value) { return }
    try shown.add(key.value)
  }
  var report = "\(file.text):\(line): \(category.nameText): \(message.text)\n"
  if let source = sourceLine(of: file.text, line) { report += "  \(source)\n" }
  let stream = Owned(copying: DictObject(interpreter.pointee.sys).get(interned: Name.stderr))
  if stream.value.isAbsent || stream.value.isNone { return }
  let text = try Owned.string(report)
  _ = try stream.value.callMethod(Name.write, text.value)
}

/// What happens to warnings, by category and module.
enum WarningFilters {
  enum Action: Sendable {
    case `default`
    case ignore
    case error
    case always
  }

  /// The options of the command line, then the filters of CPython's release build.
  static func action(for category: TypeObject, _ message: String, module: Value, line: Int) -> Action {
    for option in WarningOption.given where option.matches(category, message, module: module, line: line) { return option.action }
    if category.isSubtype(of: .deprecationWarning) { return !module.isAbsent && module.text == "__main__" ? .default : .ignore }
    for hidden in [TypeObject.pendingDeprecationWarning, .importWarning, .resourceWarning] where category.isSubtype(of: hidden) { return .ignore }
    return .default
  }
}

/// A line of a file without the space around it; nil when the file or the line is not there or the line is blank.
private func sourceLine(of path: String, _ number: Int) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var line: UnsafeMutablePointer<CChar>?
  var capacity = 0
  defer { free(line) }
  for _ in 1..<max(number, 1) where getline(&line, &capacity, file) < 0 { return nil }
  let length = getline(&line, &capacity, file)
  guard length > 0, let line else { return nil }
  let bytes = UnsafeRawBufferPointer(start: line, count: length)
  let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
  let text = bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
  return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
}
