// From the dict of `f(**keywords)` to the names that a call has its keywords by.

import CKraitCore

extension Owned {
  /// The keys of a dict in a tuple, as the names of keywords.
  ///
  /// - Throws: `TypeError` where a key is no str, unless the callee looks at such keys itself.
  static func keywordNames(_ keywords: DictObject, of callee: Value) throws(PyError) -> Owned {
    let names = try Owned.tuple(count: keywords.count)
    var position = 0
    var index = 0
    var key = Value.absent
    var value = Value.absent
    while keywords.next(&position, &key, &value) {
      if !key.isString && !takesAnyKeywords(callee) { throw .typeError("keywords must be strings") }
      TupleObject(names.value).initialize(index, Owned(copying: key))
      index += 1
    }
    return names
  }

  /// Whether the native function that will look at the keywords takes any. A class has its `__init__` look.
  private static func takesAnyKeywords(_ callee: Value) -> Bool {
    if callee.isObject, callee.type == .builtinFunction { return NativeFunctionObject(callee).function.pointee.takesAnyKeywords }
    guard callee.isType, callee.type == .type else { return false }
    let type = callee.asType
    let slots = type.slots
    guard slots.pointee.new?.code == CallSlot(nativeNew).code, slots.pointee.initialize.map({ UInt(bitPattern: $0.code) }) == nativeInitializeCode else { return false }
    return type.contents.pointee.initializeFunction?.pointee.takesAnyKeywords ?? false
  }
}
