// "Did you mean: 'x'?": names like the one that was not found.

import CKraitCore

/// Suggestions for NameError, AttributeError and ImportError.
enum NameSuggestion {
  /// What follows the message of an exception; empty for nothing. Errors on the way mean that there is no suggestion.
  static func text(for exception: Value) -> CodePoints {
    do throws(PyError) {
      let isImport = exception.isInstance(of: .importError)
      guard isImport || exception.isInstance(of: .nameError) || exception.isInstance(of: .attributeError) else { return [] }
      let wrong = try exception.getAttribute(isImport ? Name.name_from : Name.name)
      guard wrong.value.isString else { return [] }
      let suggestion = isImport
        ? try fromModule(exception, wrong.value)
        : exception.isInstance(of: .attributeError) ? try fromObject(exception, wrong.value) : try fromFrame(exception, wrong.value)
      var text: CodePoints = []
      if !suggestion.isEmpty {
        text += ". Did you mean: '"
        text += suggestion
        text += "'?"
      }
      if exception.isInstance(of: .nameError) && isStandardModule(wrong.value) {
        text += suggestion.isEmpty ? ". Did you forget to import '" : " Or did you forget to import '"
        text += CodePoints(wrong.value)
        text += "'?"
      }
      return text
    } catch {
      PyError.clear()
      return []
    }
  }

  private static func isStandardModule(_ name: Value) -> Bool {
    do throws(PyError) {
      let names = DictObject(currentInterpreter.pointee.sys).get(interned: Name.stdlib_module_names)
      if names.isAbsent { return false }
      return try names.contains(name)
    } catch {
      PyError.clear()
      return false
    }
  }

  private static func closest(to name: Value, _ candidates: borrowing Owned) -> CodePoints {
    let list = ListObject(candidates.value)
    let values = (0..<list.count).map { list[$0] }
    return Suggestions.closest(to: name, among: values).map { CodePoints($0) } ?? []
  }

  /// The names that `dir()` gives, sorted; hidden ones only if wanted.
  private static func names(of object: Value, hidesUnderscored: Bool) throws(PyError) -> Owned {
    var names: Owned
    do throws(PyError) {
      names = try object.callMethod(Name.__dir__)
    } catch {
      // A class: its metaclass's method.
      guard PyError.matches(.typeError) else { throw error }
      PyError.clear()
      names = try object.type.value.callMethod(Name.__dir__, object)
    }
    let kept = try Owned.list()
    let list = ListObject(kept.value)
    try names.value.iterateEach { (name: Value) throws(PyError) -> Bool in
      if name.isString && !(hidesUnderscored && isUnderscored(name)) { try list.append(name) }
      return true
    }
    _ = try kept.value.callMethod(Name.sort)
    return kept
  }

  private static func isUnderscored(_ name: Value) -> Bool {
    let string = StringObject(name)
    return string.length > 0 && string.codePoint(at: 0) == UInt32(UInt8(ascii: "_"))
  }

  /// The innermost frame that the exception went through; absent when there is none.
  private static func innermostFrame(_ exception: Value) -> Value {
    var entry = ExceptionObject(exception).traceback
    guard !entry.isAbsent else { return .absent }
    while !TracebackObject(entry).next.isAbsent { entry = TracebackObject(entry).next }
    return TracebackObject(entry).frame
  }

  /// The `self` of a frame; absent when it has none.
  private static func receiver(of frame: Value) throws(PyError) -> Owned {
    let locals = try frame.getAttribute(Name.f_locals)
    guard try locals.value.contains(Name.`self`) else { return Owned(taking: .absent) }
    return try locals.value.getItem(Name.`self`)
  }

  private static func fromObject(_ exception: Value, _ wrong: Value) throws(PyError) -> CodePoints {
    let object = try exception.getAttribute(Name.obj)
    var hides = !isUnderscored(wrong)
    let frame = innermostFrame(exception)
    if hides && !frame.isAbsent {
      let receiver = try receiver(of: frame)
      if receiver.value === object.value { hides = false }
    }
    return closest(to: wrong, try names(of: object.value, hidesUnderscored: hides))
  }

  private static func fromModule(_ exception: Value, _ wrong: Value) throws(PyError) -> CodePoints {
    let name = try exception.getAttribute(Name.name)
    let importer = try currentInterpreter.pointee.builtins.getItem(Name.__import__)
    let module = try importer.call(name.value)
    return closest(to: wrong, try names(of: module.value, hidesUnderscored: !isUnderscored(wrong)))
  }

  private static func fromFrame(_ exception: Value, _ wrong: Value) throws(PyError) -> CodePoints {
    let frame = innermostFrame(exception)
    guard !frame.isAbsent else { return [] }
    let receiver = try receiver(of: frame)
    if !receiver.isAbsent {
      let attribute = try receiver.value.lookUpAttribute(wrong)
      if !attribute.isAbsent { return CodePoints("self.") + CodePoints(wrong) }
    }
    let candidates = try Owned.list()
    let list = ListObject(candidates.value)
    for attribute in [Name.f_locals, Name.f_globals, Name.f_builtins] {
      let mapping = try frame.getAttribute(attribute)
      try mapping.value.iterateEach { (name: Value) throws(PyError) -> Bool in
        if name.isString { try list.append(name) }
        return true
      }
    }
    return closest(to: wrong, candidates)
  }
}
