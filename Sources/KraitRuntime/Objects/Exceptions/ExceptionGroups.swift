// `BaseExceptionGroup` and `ExceptionGroup`: making, splitting, and what `except*` does with them (PEP 654).

import CKraitCore

/// The fields of an exception group.
enum ExceptionGroupField {
  static let message = 0, exceptions = 1
  /// The representation of exceptions that were given in a sequence that is neither list nor tuple.
  static let representation = 2
}

extension Value {
  var isExceptionGroup: Bool { isException && isInstance(of: .baseExceptionGroup) }
}

func defineExceptionGroups(_ types: TypeDefinitions) {
  defineException(types, .baseExceptionGroup) { t in
    t.documentation = "Several exceptions that are raised together."
    t.basicSize = ExceptionObject.size + 8 * 3
    t.rawNew("BaseExceptionGroup", newGroup)
    t.rawInitialize("BaseExceptionGroup") { (object: Value, arguments: Arguments) throws(PyError) -> Void in
      try refuseKeywords(object, arguments)
      try setArgs(object, arguments)
    }
    t.slots.str = UnarySlot { (object) throws(PyError) in
      let exception = ExceptionObject(object)
      let count = TupleObject(exception[ExceptionGroupField.exceptions]).count
      var builder = try StringBuilder()
      try builder.append(exception[ExceptionGroupField.message])
      try builder.append(" (\(count) sub-exception\(count == 1 ? "" : "s"))")
      return try builder.finish()
    }
    t.slots.repr = UnarySlot(representation)
    t.member("message", "What happened.") { (object) throws(PyError) in exceptionField(object, ExceptionGroupField.message) }
    t.member("exceptions", "The exceptions: a tuple.") { (object) throws(PyError) in exceptionField(object, ExceptionGroupField.exceptions) }
    t.method("derive(excs, /)", "A group of the same kind with other exceptions.") { (call: Call) throws(PyError) -> Owned in
      try TypeObject.baseExceptionGroup.value.call(ExceptionObject(call.receiver)[ExceptionGroupField.message], call[0])
    }
    t.method("split(matcher_value, /)", "The part that matches, and the rest.") { (call: Call) throws(PyError) -> Owned in
      let matcher = try GroupMatcher(call[0])
      let split = try ExceptionGroups.split(call.receiver, matcher, wantsRest: true)
      return try Owned.tuple(split.match.value, split.rest.value)
    }
    t.method("subgroup(matcher_value, /)", "The part that matches, or None.") { (call: Call) throws(PyError) -> Owned in
      let matcher = try GroupMatcher(call[0])
      return try ExceptionGroups.split(call.receiver, matcher, wantsRest: false).match.copy()
    }
    t.classMethod("__class_getitem__(object, /)", "See PEP 585") { (call: Call) throws(PyError) -> Owned in
      try Owned.genericAlias(call.receiver, call[0])
    }
  }
  defineException(types, .exceptionGroup) { t in
    t.documentation = "Several exceptions that are raised together, all of them derived from Exception."
    t.secondBase = .exception
  }
}

private func newGroup(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  var type = TypeObject(raw: type.object)
  let base = arguments.base
  // Keywords are looked at by `__init__`.
  guard arguments.positionalCount == 2 else {
    throw PyError.typeError("BaseExceptionGroup.__new__() takes exactly 2 arguments (\(arguments.positionalCount) given)")
  }
  guard base[0].isString else { throw PyError.typeError("BaseExceptionGroup.__new__() argument 1 must be str, not \(base[0].isNone ? "None" : base[0].typeName)") }
  let isPlain = base[1].isList || base[1].isTuple
  let isSequence = isPlain || !base[1].isDict && (base[1].type.slots.pointee.item != nil || base[1].type.lookUp(Name.__getitem__).isAbsent == false)
  if !isSequence {
    throw PyError.typeError("second argument (exceptions) must be a sequence")
  }
  let representation = isPlain ? Owned(taking: .absent) : try base[1].repr()
  let exceptions = try Owned.tuple(from: base[1])
  let items = TupleObject(exceptions.value)
  if items.count == 0 { throw PyError.valueError("second argument (exceptions) must be a non-empty sequence") }
  var hasBase = false
  for index in 0..<items.count {
    guard items[index].isException else { throw PyError.valueError("Item \(index) of second argument (exceptions) is not an exception") }
    if !items[index].isInstance(of: .exception) { hasBase = true }
  }
  if type == .baseExceptionGroup {
    if !hasBase { type = .exceptionGroup }
  } else if hasBase && type.isSubtype(of: .exception) {
    throw PyError.typeError(
      type == .exceptionGroup ? "Cannot nest BaseExceptions in an ExceptionGroup" : "Cannot nest BaseExceptions in '\(type.nameText)'")
  }
  let group = try ExceptionObject.make(type, args: try Owned.tuple(base[0], base[1]))
  let object = ExceptionObject(group.value)
  object.set(ExceptionGroupField.message, copying: base[0])
  object.set(ExceptionGroupField.exceptions, exceptions)
  object.set(ExceptionGroupField.representation, representation)
  return group
}

private func representation(_ object: Value) throws(PyError) -> Owned {
  let exception = ExceptionObject(object)
  let exceptions: Owned
  let args = TupleObject(exception.args)
  if !exception[ExceptionGroupField.representation].isAbsent {
    exceptions = Owned(copying: exception[ExceptionGroupField.representation])
  } else if args.count == 2 && args[1].isList {
    exceptions = try Owned.list(from: exception[ExceptionGroupField.exceptions]).repr()
  } else {
    exceptions = try exception[ExceptionGroupField.exceptions].repr()
  }
  var builder = try StringBuilder()
  try builder.append(object.type.nameText)
  try builder.append("(")
  try builder.append(sharing: try exception[ExceptionGroupField.message].repr())
  try builder.append(", ")
  try builder.append(exceptions.value)
  try builder.append(")")
  return try builder.finish()
}

/// What selects exceptions of a group.
private struct GroupMatcher {
  enum Kind { case type, predicate, members }
  let kind: Kind
  /// A class or tuple of classes, a callable, or a set of exceptions' addresses.
  let value: Value

  init(_ value: Value) throws(PyError) {
    self.value = value
    if !value.isType && value.type.slots.pointee.call != nil {
      kind = .predicate
    } else if value.isExceptionClass || value.isExactTuple && TupleObject(value).buffer.allSatisfy({ $0.isExceptionClass }) {
      kind = .type
    } else {
      throw PyError.typeError("expected an exception type, a tuple of exception types, or a callable (other than a class)")
    }
  }

  init(members: Value) {
    kind = .members
    value = members
  }

  func matches(_ exception: Value) throws(PyError) -> Bool {
    switch kind {
    case .type: return ExceptionGroups.isInstance(exception, of: value)
    case .predicate: return try value.call(exception).isTruthy()
    case .members:
      if exception.isExceptionGroup { return false }
      let member = try address(exception)
      return try SetObject(value).contains(member.value)
    }
  }
}

private func address(_ value: Value) throws(PyError) -> Owned { try Owned.integer(Int(bitPattern: value.object)) }

/// A group's exceptions in two parts; None for an empty one.
public struct GroupSplit: ~Copyable {
  public var match: Owned
  public var rest: Owned
}

/// What the evaluator needs for `except*`.
public enum ExceptionGroups {
  /// Whether `except` with a class, or a tuple of classes, takes an exception.
  public static func isInstance(_ exception: Value, of type: Value) -> Bool {
    if type.isTuple { return TupleObject(type).buffer.contains { isInstance(exception, of: $0) } }
    return type.isType && exception.type.isSubtype(of: TypeObject(raw: type.object))
  }

  fileprivate static func split(_ exception: Value, _ matcher: GroupMatcher, wantsRest: Bool) throws(PyError) -> GroupSplit {
    if try matcher.matches(exception) { return GroupSplit(match: Owned(copying: exception), rest: .none) }
    guard exception.isExceptionGroup else { return GroupSplit(match: .none, rest: wantsRest ? Owned(copying: exception) : .none) }
    try checkNativeRecursion(" in exceptiongroup_split_recursive")
    let matches = try Owned.list()
    let rests = try Owned.list()
    let exceptions = Owned(copying: ExceptionObject(exception)[ExceptionGroupField.exceptions])
    for item in TupleObject(exceptions.value).buffer {
      let part = try split(item, matcher, wantsRest: wantsRest)
      if !part.match.value.isNone { try ListObject(matches.value).append(part.match.value) }
      if !part.rest.value.isNone { try ListObject(rests.value).append(part.rest.value) }
    }
    let match = try subset(exception, matches.value)
    return GroupSplit(match: match, rest: wantsRest ? try subset(exception, rests.value) : .none)
  }

  /// A group with some of the exceptions of another, and its traceback, context, cause and notes. None for no exceptions.
  private static func subset(_ original: Value, _ exceptions: Value) throws(PyError) -> Owned {
    if ListObject(exceptions).count == 0 { return .none }
    let group = try original.callMethod(Name.derive, exceptions)
    guard group.value.isExceptionGroup else { throw PyError.typeError("derive must return an instance of BaseExceptionGroup") }
    let (from, to) = (ExceptionObject(original), ExceptionObject(group.value))
    if !from.traceback.isAbsent { to.setTraceback(Owned(copying: from.traceback)) }
    to.setContext(Owned(copyingIfPresent: from.context))
    to.setCause(Owned(copyingIfPresent: from.cause))
    let notes = try original.lookUpAttribute(Name.__notes__)
    if !notes.value.isAbsent && (notes.value.isList || notes.value.isTuple || notes.value.isString) {
      let copy = try Owned.list(from: notes.value)
      try group.value.setAttribute(Name.__notes__, copy.value)
    }
    return group
  }

  /// The part of an exception that `except* type` handles, and the rest. A naked exception is wrapped into a group.
  ///
  /// - Parameter traceback: makes the traceback of such a group, the entry of the running frame; absent for none.
  public static func match(
    _ exception: Value, _ type: Value, traceback: () throws(PyError) -> Owned
  ) throws(PyError) -> GroupSplit {
    if exception.isNone { return GroupSplit(match: .none, rest: .none) }
    if isInstance(exception, of: type) {
      if exception.isExceptionGroup { return GroupSplit(match: Owned(copying: exception), rest: .none) }
      let exceptions = try Owned.tuple(exception)
      let group = try make("", exceptions.value)
      ExceptionObject(group.value).setTraceback(try traceback())
      return GroupSplit(match: group, rest: .none)
    }
    guard exception.isExceptionGroup else { return GroupSplit(match: .none, rest: Owned(copying: exception)) }
    let pair = try exception.callMethod(Name.split, type)
    guard pair.value.isTuple else { throw PyError.typeError("\(exception.typeName).split must return a tuple, not \(pair.value.typeName)") }
    let parts = TupleObject(pair.value)
    guard parts.count >= 2 else { throw PyError.typeError("\(exception.typeName).split must return a 2-tuple, got tuple of size \(parts.count)") }
    return GroupSplit(match: Owned(copying: parts[0]), rest: Owned(copying: parts[1]))
  }

  /// `BaseExceptionGroup(message, exceptions)`.
  public static func make(_ message: String, _ exceptions: Value) throws(PyError) -> Owned {
    let text = try Owned.string(message)
    return try TypeObject.baseExceptionGroup.value.call(text.value, exceptions)
  }

  /// What is raised at the end of a `try` with `except*` clauses; None for nothing.
  ///
  /// - Parameters:
  ///   - original: the exception that was handled.
  ///   - exceptions: a list of what the clauses raised, and of the rest that none handled; None for clauses that raised nothing.
  public static func prepareReraise(_ original: Value, _ exceptions: Value) throws(PyError) -> Owned {
    let list = ListObject(exceptions)
    if list.count == 0 { return .none }
    // At most one clause has run for a naked exception.
    if !original.isExceptionGroup { return Owned(copying: list[0]) }
    let raised = try Owned.list()
    let reraised = try Owned.list()
    for index in 0..<list.count where !list[index].isNone {
      try ListObject(hasSameOrigin(list[index], original) ? reraised.value : raised.value).append(list[index])
    }
    let rest = try projection(original, reraised.value)
    if ListObject(raised.value).count == 0 { return rest }
    if !rest.value.isNone { try ListObject(raised.value).append(rest.value) }
    if ListObject(raised.value).count == 1 { return Owned(copying: ListObject(raised.value)[0]) }
    return try make("", raised.value)
  }

  /// Whether an exception is a part of another: the parts share what the whole came with.
  private static func hasSameOrigin(_ a: Value, _ b: Value) -> Bool {
    let (x, y) = (ExceptionObject(a), ExceptionObject(b))
    return x.traceback === y.traceback && x.cause === y.cause && x.context === y.context
  }

  /// The part of a group that has the leaves of the given groups, in the structure of the whole.
  private static func projection(_ group: Value, _ kept: Value) throws(PyError) -> Owned {
    let members = try Owned.set()
    let list = ListObject(kept)
    for index in 0..<list.count { try collectLeaves(list[index], members.value) }
    return try split(group, GroupMatcher(members: members.value), wantsRest: false).match.copy()
  }

  private static func collectLeaves(_ exception: Value, _ members: Value) throws(PyError) {
    guard exception.isExceptionGroup else {
      let member = try address(exception)
      try SetObject(members).add(member.value)
      return
    }
    try checkNativeRecursion(" in collect_exception_group_leaf_ids")
    for item in TupleObject(ExceptionObject(exception)[ExceptionGroupField.exceptions]).buffer { try collectLeaves(item, members) }
  }
}
