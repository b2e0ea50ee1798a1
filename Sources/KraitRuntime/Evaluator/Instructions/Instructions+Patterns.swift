// The `match` statement (PEP 634).

import CKraitCore

extension Slow {
  static func MATCH_MAPPING(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    set(fp, operandA(pc), Owned.boolean(fp[operandB(pc)].type.contents.pointee.flags.contains(.mapping)))
  }

  static func MATCH_SEQUENCE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    set(fp, operandA(pc), Owned.boolean(fp[operandB(pc)].type.contents.pointee.flags.contains(.sequence)))
  }

  /// The values of the keys as a tuple, or None when one is missing.
  static func MATCH_KEYS(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let subject = fp[operandB(pc)]
    let keys = fp[operandC(pc)]
    guard keys.isExactTuple else { throw .systemError("MATCH_KEYS needs a tuple of keys") }
    let names = TupleObject(keys)
    let values = try Owned.list(capacity: names.count)
    let seen = try Owned.set()
    let get: Owned = names.count > 0 ? try subject.getAttribute(Name.get) : .none
    let marker = try TypeObject.object.value.call()
    for index in 0..<names.count {
      let key = names[index]
      if try SetObject(seen.value).contains(key) {
        throw .valueError("mapping pattern checks duplicate key (\(try key.repr().text))")
      }
      try SetObject(seen.value).add(key)
      let value = try get.value.call(key, marker.value)
      if value.value === marker.value {
        set(fp, operandA(pc), .none)
        return
      }
      try ListObject(values.value).append(taking: value)
    }
    set(fp, operandA(pc), try Owned.tuple(from: values.value))
  }

  /// A: subject, class, names of keyword patterns; B positional patterns. Afterwards a tuple of attributes or None.
  static func MATCH_CLASS(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let result = try matchClass(fp[base], fp[base + 1], fp[base + 2], operandB(pc))
    Evaluator.releaseSlots(fp, base + 1, base + 3)
    set(fp, base, result)
  }

  private static func matchClass(_ subject: Value, _ type: Value, _ keywordNames: Value, _ count: Int) throws(PyError) -> Owned {
    guard type.isType else { throw .typeError("called match pattern must be a class") }
    guard keywordNames.isExactTuple else { throw .systemError("MATCH_CLASS needs a tuple of names") }
    guard try isInstanceOrSubclassHook(subject, type) else { return .none }
    let attributes = try Owned.list()
    let list = ListObject(attributes.value)
    let seen = try Owned.set()
    let typeName = TypeObject(raw: type.object).nameText
    if count > 0 {
      let matchArguments = try type.lookUpAttribute(Name.__match_args__)
      var names = Value.absent
      var matchesSelf = false
      if matchArguments.value.isAbsent {
        matchesSelf = TypeObject(raw: type.object).matchesSelf
      } else if matchArguments.value.isExactTuple {
        names = matchArguments.value
      } else {
        throw .typeError("\(typeName).__match_args__ must be a tuple (got \(matchArguments.value.typeName))")
      }
      let allowed = matchesSelf ? 1 : names.isAbsent ? 0 : TupleObject(names).count
      if allowed < count {
        throw .typeError("\(typeName)() accepts \(allowed) positional sub-pattern\(allowed == 1 ? "" : "s") (\(count) given)")
      }
      if matchesSelf {
        try list.append(subject)
      } else {
        for index in 0..<count {
          let name = TupleObject(names)[index]
          guard name.isString else { throw .typeError("__match_args__ elements must be strings (got \(name.typeName))") }
          guard try appendAttribute(subject, name, typeName, seen.value, list) else { return .none }
        }
      }
    }
    let keywords = TupleObject(keywordNames)
    for index in 0..<keywords.count {
      guard try appendAttribute(subject, keywords[index], typeName, seen.value, list) else { return .none }
    }
    return try Owned.tuple(from: attributes.value)
  }

  private static func appendAttribute(
    _ subject: Value, _ name: Value, _ typeName: String, _ seen: Value, _ list: ListObject
  ) throws(PyError) -> Bool {
    if try SetObject(seen).contains(name) { throw .typeError("\(typeName)() got multiple sub-patterns for attribute \(try name.repr().text)") }
    try SetObject(seen).add(name)
    let value = try subject.lookUpAttribute(name)
    if value.value.isAbsent { return false }
    try list.append(taking: value)
    return true
  }

  /// `isinstance`, with `__instancecheck__`.
  private static func isInstanceOrSubclassHook(_ subject: Value, _ type: Value) throws(PyError) -> Bool { try isInstance(subject, of: type) }
}

extension TypeObject {
  /// Builtin types whose instances a single positional pattern captures whole (`int(x)`), and subclasses of them.
  var matchesSelf: Bool {
    for type in [TypeObject.bool, .bytearray, .bytes, .dict, .float, .frozenset, .int, .list, .set, .str, .tuple] where isSubtype(of: type) { return true }
    return false
  }
}
