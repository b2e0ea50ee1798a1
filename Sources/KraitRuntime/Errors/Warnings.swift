// Warnings: the filters, the registries of what was shown, and the report; what native code and the module `_warnings` share.

import CKraitCore
import KraitSyntax
import Glibc

/// Issues a warning for the code that runs.
///
/// - Parameter stackLevel: how many calls up the code stands that the warning is for.
public func warn(_ category: TypeObject, _ message: String, stackLevel: Int = 1) throws(PyError) {
  let text = try Owned.string(message)
  try Warnings.warn(category.value, text.value, stackLevel: stackLevel, source: .none, skippedPrefixes: .absent)
}

/// Issues a ResourceWarning about an object.
public func warnResource(_ message: Value, source: Value) throws(PyError) {
  try Warnings.warn(TypeObject.resourceWarning.value, message, stackLevel: 1, source: source, skippedPrefixes: .absent)
}

public func warnDeprecated(_ message: String) throws(PyError) { try warn(.deprecationWarning, message) }

/// Issues a warning for a place in a source file.
///
/// - Parameters:
///   - file: the file's name, a str.
///   - module: the module's name, a str, or absent when it is not known.
public func warnExplicit(_ category: TypeObject, _ message: Value, file: Value, line: Int, module: Value) throws(PyError) {
  try Warnings.warnExplicit(category.value, message, file: file, line: line, module: module, registry: .none, sourceLine: .absent, source: .none)
}

/// The state of `_warnings`, of one interpreter; all owned, absent until it is first asked for.
struct WarningsState {
  var filters: Value = .absent
  var onceRegistry: Value = .absent
  var defaultAction: Value = .absent
  /// A `ContextVar`, or absent.
  var context: Value = .absent
  var filtersVersion = 0
  var lockDepth = 0
}

enum Warnings {
  /// The state, with the filters of CPython's release build.
  static func state() throws(PyError) -> UnsafeMutablePointer<WarningsState> {
    let interpreter = currentInterpreter
    if interpreter.pointee.warnings.filters.isAbsent {
      interpreter.pointee.warnings.onceRegistry = try Owned.dict().take()
      interpreter.pointee.warnings.defaultAction = Name.make("default")
      let filters = try Owned.list()
      try ListObject(filters.value).append(sharing: try filter("default", .deprecationWarning, Name.__main__))
      for category in [TypeObject.deprecationWarning, .pendingDeprecationWarning, .importWarning, .resourceWarning] {
        try ListObject(filters.value).append(sharing: try filter("ignore", category, .none))
      }
      interpreter.pointee.warnings.filters = filters.take()
    }
    return withUnsafeMutablePointer(to: &interpreter.pointee.warnings) { $0 }
  }

  private static func filter(_ action: StaticString, _ category: TypeObject, _ module: Value) throws(PyError) -> Owned {
    try Owned.tuple(Name.make(action), .none, category.value, module, Value(smallInteger: 0))
  }

  // MARK: The code that is warned

  /// A warning's category: the message's own class, else the one given, else UserWarning.
  static func category(_ message: Value, _ category: Value) throws(PyError) -> Value {
    if message.isInstance(of: .warning) { return message.type.value }
    if category.isAbsent || category.isNone { return TypeObject.userWarning.value }
    guard category.isType, TypeObject(raw: category.object).isSubtype(of: .warning) else {
      throw .typeError("category must be a Warning subclass, not '\(category.isType ? TypeObject(raw: category.object).nameText : category.typeName)'")
    }
    return category
  }

  /// - Parameter skippedPrefixes: a tuple of str, or absent.
  static func warn(_ category: Value, _ message: Value, stackLevel: Int, source: Value, skippedPrefixes: Value) throws(PyError) {
    let thread = currentThread
    var frame = thread.pointee.frame
    var level = stackLevel
    func isInternal(_ frame: UnsafeMutablePointer<Frame>) -> Bool {
      let file = frame.pointee.code.fileName.text
      return file.position(of: "importlib") != nil && file.position(of: "_bootstrap") != nil
    }
    func isSkipped(_ frame: UnsafeMutablePointer<Frame>) -> Bool {
      guard !skippedPrefixes.isAbsent else { return false }
      let file = frame.pointee.code.fileName.text
      for index in 0..<TupleObject(skippedPrefixes).count where file.hasPrefix(TupleObject(skippedPrefixes)[index].text) { return true }
      return false
    }
    if level <= 0 || !frame.isBase && isInternal(frame) {
      while level > 1 && !frame.isBase {
        frame = frame.caller
        level -= 1
      }
    } else {
      while level > 1 && !frame.isBase {
        repeat { frame = frame.caller } while !frame.isBase && (isInternal(frame) || isSkipped(frame))
        level -= 1
      }
    }
    let globals = Owned(copying: frame.isBase ? thread.pointee.interpreter.pointee.sys : frame.pointee.globals)
    let file = frame.isBase ? try Owned.string("<sys>" as StaticString) : Owned(copying: frame.pointee.code.fileName)
    var line = 0
    if !frame.isBase {
      let offset = frame.lastInstruction
      line = offset < 0 ? frame.pointee.code.firstLineNumber : frame.pointee.code.line(at: offset) ?? 0
    }
    let names = DictObject(globals.value)
    var registry = Owned(copyingIfPresent: try names.get(Name.__warningregistry__))
    if registry.value.isAbsent {
      registry = try Owned.dict()
      try names.set(Name.__warningregistry__, registry.value)
    }
    let name = Owned(copyingIfPresent: try names.get(Name.__name__))
    let hasName = !name.value.isAbsent && (name.value.isString || name.value.isNone)
    let module = hasName ? name : try Owned.string("<string>" as StaticString)
    try warnExplicit(category, message, file: file.value, line: line, module: module.value, registry: registry.value, sourceLine: .absent, source: source)
  }

  // MARK: Registries

  /// Whether the registry has the key since the filters last changed.
  private static func isKnown(_ registry: Value, _ key: Value, sets: Bool) throws(PyError) -> Bool {
    let dict = DictObject(registry)
    let version = try dict.get(Name.version)
    let current = try state().pointee.filtersVersion
    if version.isAbsent || !version.isSmallInteger || version.smallInteger != current {
      dict.clear()
      try dict.set(Name.version, Value(smallInteger: current))
    } else {
      let known = Owned(copyingIfPresent: try dict.get(key))
      if !known.value.isAbsent, try known.isTruthy() { return true }
    }
    if sets { try dict.set(key, .true) }
    return false
  }

  // MARK: Filters

  /// An attribute of the module `warnings` if that is loaded; absent otherwise.
  private static func moduleAttribute(_ name: Value, imports: Bool) throws(PyError) -> Owned {
    let interpreter = currentInterpreter
    var module = Owned(taking: .absent)
    if imports && !interpreter.pointee.isFinalizing && !interpreter.pointee.importlib.isAbsent {
      do throws(PyError) { module = try importModule("warnings") } catch {
        guard PyError.matches(.importError) else { throw error }
        PyError.clear()
      }
    } else if interpreter.pointee.modules.isDict {
      module = Owned(copyingIfPresent: try DictObject(interpreter.pointee.modules).get(Name.warnings))
    }
    return module.value.isAbsent || module.value.isNone ? Owned(taking: .absent) : try module.value.lookUpAttribute(name)
  }

  private static func matches(_ pattern: Value, _ argument: Value) throws(PyError) -> Bool {
    if pattern.isNone { return true }
    if pattern.isExactString { return try pattern.isEqual(to: argument) }
    return try pattern.callMethod(Name.make("match"), argument).isTruthy()
  }

  /// The action for a warning, a str; `item` is the filter that says so.
  private static func action(
    _ category: Value, _ text: Value, _ line: Int, _ module: Value, item: inout Owned
  ) throws(PyError) -> Owned {
    let state = try state()
    if !state.pointee.context.isAbsent {
      let context = try state.pointee.context.callMethod(Name.get, .none)
      if !context.value.isNone {
        let filters = try context.getAttribute(Name.make("_filters"))
        let found = try action(in: filters.value, "warnings_context", category, text, line, module, item: &item)
        if !found.value.isAbsent { return found }
      }
    }
    let attribute = try moduleAttribute(Name.make("filters"), imports: false)
    if !attribute.value.isAbsent {
      // The last ones hold, should the program take them away.
      let old = Owned(taking: state.pointee.filters)
      state.pointee.filters = attribute.copy().take()
      _ = old
    }
    let filters = attribute.value.isAbsent ? Owned(copying: state.pointee.filters) : attribute
    let found = try action(in: filters.value, "filters", category, text, line, module, item: &item)
    if !found.value.isAbsent { return found }
    let fallback = try moduleAttribute(Name.make("defaultaction"), imports: false)
    if fallback.value.isAbsent { return Owned(copying: state.pointee.defaultAction) }
    guard fallback.value.isString else { throw .typeError("_warnings.defaultaction must be a string, not '\(fallback.value.typeName)'") }
    return fallback
  }

  private static func action(
    in filters: Value, _ name: String, _ category: Value, _ text: Value, _ line: Int, _ module: Value, item: inout Owned
  ) throws(PyError) -> Owned {
    guard filters.isList else { throw .valueError("_warnings.\(name) must be a list") }
    var index = 0
    while index < ListObject(filters).count {
      let filter = Owned(copying: ListObject(filters)[index])
      guard filter.value.isTuple, TupleObject(filter.value).count == 5 else { throw .valueError("_warnings.\(name) item \(index) isn't a 5-tuple") }
      let parts = TupleObject(filter.value)
      guard parts[0].isString else { throw .typeError("action must be a string, not '\(parts[0].typeName)'") }
      var isMatch = try matches(parts[1], text)
      if isMatch { isMatch = try isSubclass(category, parts[2]) }
      if isMatch { isMatch = try matches(parts[3], module) }
      if isMatch {
        let wanted = try parts[4].asInt()
        if wanted == 0 || wanted == line {
          item = Owned(copying: filter.value)
          return Owned(copying: parts[0])
        }
      }
      index += 1
    }
    return Owned(taking: .absent)
  }

  private static func isSubclass(_ category: Value, _ wanted: Value) throws(PyError) -> Bool {
    if category.isType && wanted.isType && wanted.type == .type { return TypeObject(raw: category.object).isSubtype(of: TypeObject(raw: wanted.object)) }
    let builtins = DictObject(currentInterpreter.pointee.builtins)
    let function = Owned(copyingIfPresent: builtins.get(interned: Name.make("issubclass")))
    return function.value.isAbsent ? false : try function.call(category, wanted).isTruthy()
  }

  // MARK: Issuing

  /// - Parameters:
  ///   - module: a str, None when the module is going away, absent to take it from the file's name.
  ///   - registry: a dict or None.
  ///   - sourceLine: a str to show instead of the file's line, or absent.
  static func warnExplicit(
    _ category: Value, _ message: Value, file: Value, line: Int, module: Value, registry: Value, sourceLine: Value, source: Value
  ) throws(PyError) {
    if module.isNone { return }
    if !registry.isNone && !registry.isDict { throw .typeError("'registry' must be a dict or None, not '\(registry.typeName)'") }
    let module = module.isAbsent ? try moduleName(file) : Owned(copying: module)
    let isInstance = message.isInstance(of: .warning)
    let text = isInstance ? try message.str() : Owned(copying: message)
    let category = isInstance ? message.type.value : category
    let instance = isInstance ? Owned(copying: message) : try category.call(message)
    let number = try Owned.integer(line)
    let key = try Owned.tuple(text.value, category, number.value)
    if !registry.isNone, try isKnown(registry, key.value, sets: false) { return }
    var item = Owned.none
    let action = try action(category, text.value, line, module.value, item: &item)
    let name = action.text
    switch name {
    case "error": throw PyError.raise(instance)
    case "ignore": return
    case "always", "all": break
    case "default": if !registry.isNone { try DictObject(registry).set(key.value, .true) }
    case "module":
      if !registry.isNone {
        try DictObject(registry).set(key.value, .true)
        let other = try Owned.tuple(text.value, category, Value(smallInteger: 0))
        if try isKnown(registry, other.value, sets: true) { return }
      }
    case "once":
      if !registry.isNone { try DictObject(registry).set(key.value, .true) }
      let attribute = try moduleAttribute(Name.make("onceregistry"), imports: false)
      let once = registry.isNone ? (attribute.value.isAbsent ? Owned(copying: try state().pointee.onceRegistry) : attribute) : Owned(copying: registry)
      guard once.value.isDict else { throw .typeError("_warnings.onceregistry must be a dict, not '\(once.value.typeName)'") }
      let other = try Owned.tuple(text.value, category)
      if try isKnown(once.value, other.value, sets: true) { return }
    default: throw .runtimeError("Unrecognized action (\(try action.repr().text)) in warnings.filters:\n \(try item.repr().text)")
    }
    try show(category, text.value, instance.value, file, line, sourceLine, source)
  }

  /// A module's name from its file's.
  private static func moduleName(_ file: Value) throws(PyError) -> Owned {
    let units = StringObject(file).units
    if units.count == 0 { return try Owned.string("<unknown>" as StaticString) }
    return file.text.hasSuffix(".py") ? try Owned.string(units[0..<units.count - 3]) : Owned(copying: file)
  }

  /// Hands the warning to `warnings._showwarnmsg`, or writes the report when that module is not loaded.
  private static func show(
    _ category: Value, _ text: Value, _ instance: Value, _ file: Value, _ line: Int, _ sourceLine: Value, _ source: Value
  ) throws(PyError) {
    let function = try moduleAttribute(Name.make("_showwarnmsg"), imports: !source.isNone)
    if function.value.isAbsent { return try report(category, text, file, line, sourceLine) }
    guard function.value.isCallable else { throw .typeError("warnings._showwarnmsg() must be set to a callable") }
    let type = try moduleAttribute(Name.make("WarningMessage"), imports: false)
    if type.value.isAbsent { throw .runtimeError("unable to get warnings.WarningMessage") }
    let number = try Owned.integer(line)
    let shown = sourceLine.isAbsent ? Value.none : sourceLine
    let arguments = try Owned.tuple([instance, category, file, number.value, .none, shown, source])
    let warning = try type.value.call(tuple: arguments.value)
    _ = try function.call(warning.value)
  }

  private static func report(_ category: Value, _ text: Value, _ file: Value, _ line: Int, _ sourceLine: Value) throws(PyError) {
    let stream = systemObject(Name.stderr)
    if stream.value.isAbsent || stream.value.isNone { return }
    var report = StringBuilder()
    try report.append(file)
    try report.append(":\(line): \(TypeObject(raw: category.object).nameText): ")
    try report.append(text)
    try report.append("\n" as StaticString)
    if !sourceLine.isAbsent {
      let line = sourceLine.text
      try report.append("  \(String(line.drop { $0 == " " || $0 == "\t" || $0 == "\u{0C}" }))\n")
    } else if let source = KraitRuntime.sourceLine(of: file.text, line) {
      try report.append("  \(source)\n")
    }
    let whole = try report.finish()
    _ = try stream.value.callMethod(Name.write, whole.value)
  }
}

/// A line of a file without the space around it; nil when the file or the line is not there or the line is blank.
func sourceLine(of path: String, _ number: Int) -> String? {
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
