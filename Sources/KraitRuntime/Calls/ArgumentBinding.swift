// Arguments of native functions: from positions and keywords to parameters, with the error messages of CPython's Argument Clinic.

import CKraitCore

extension UnsafePointer where Pointee == NativeFunction {
  /// Fills `slots` (all absent, ``Signature/bufferSize`` words): parameters in order, base and count of `*args`, the dict of `**kw` (owned).
  @inline(never)
  func bind(_ arguments: Arguments, into slots: UnsafeMutablePointer<Value>) throws(PyError) {
    let signature = pointee.signature
    let keywordCount = arguments.keywordNames.isAbsent ? 0 : TupleObject(arguments.keywordNames).count
    if !signature.pointee.takesKeywords {
      if keywordCount > 0 { throw .typeError("\(qualifiedDescription)() takes no keyword arguments") }
      try bindPositional(arguments, signature, into: slots)
    } else {
      try bindAll(arguments, keywordCount, signature, into: slots)
    }
    for index in 0..<signature.pointee.parameters.count where slots[index].isAbsent {
      slots[index] = signature.pointee.parameters[index].default
    }
  }

  /// The name that errors about the number of arguments use: with its module or type unless that is `builtins`.
  var qualifiedDescription: String {
    if pointee.kind == .new || pointee.kind == .initialize || pointee.owner.isAbsent { return moduleDescription }
    if pointee.owner.isType { return "\(TypeObject(raw: pointee.owner.object).contents.pointee.qualifiedName.text).\(pointee.name.text)" }
    return moduleDescription
  }

  private var moduleDescription: String {
    // The owner of a module's function is the module's name.
    if pointee.owner.isString && pointee.owner.text != "builtins" { return "\(pointee.owner.text).\(pointee.name.text)" }
    return displayName
  }

  /// The name in most errors: the type's for `__new__` and `__init__`, else the function's own.
  var displayName: String {
    if (pointee.kind == .new || pointee.kind == .initialize) && pointee.owner.isType {
      return TypeObject(raw: pointee.owner.object).contents.pointee.name.text
    }
    return pointee.name.text
  }

  /// Functions without keywords. One parameter and none have messages of their own, as `METH_O` and `METH_NOARGS` have; types do not.
  private func bindPositional(
    _ arguments: Arguments, _ signature: UnsafePointer<Signature>, into slots: UnsafeMutablePointer<Value>
  ) throws(PyError) {
    let given = arguments.positionalCount
    let maximum = signature.pointee.positionalCount
    let minimum = signature.pointee.requiredPositionalCount
    if given < minimum || given > maximum && !signature.pointee.hasVariadic {
      let isType = pointee.kind == .new || pointee.kind == .initialize
      if !isType && !signature.pointee.hasVariadic {
        if maximum == 0 { throw .typeError("\(qualifiedDescription)() takes no arguments (\(given) given)") }
        if maximum == 1 && minimum == 1 { throw .typeError("\(qualifiedDescription)() takes exactly one argument (\(given) given)") }
      }
      let bound = given < minimum ? minimum : maximum
      let isExact = minimum == maximum && !signature.pointee.hasVariadic
      let quantity = isExact ? "" : given < minimum ? "at least " : "at most "
      throw .typeError("\(displayName) expected \(quantity)\(bound) argument\(bound == 1 ? "" : "s"), got \(given)")
    }
    let count = Swift.min(given, maximum)
    slots.initialize(fromFew: arguments.base, count: count)
    if signature.pointee.hasVariadic { setVariadic(arguments, from: count, signature, slots) }
  }

  private func setVariadic(
    _ arguments: Arguments, from start: Int, _ signature: UnsafePointer<Signature>, _ slots: UnsafeMutablePointer<Value>
  ) {
    let count = signature.pointee.parameters.count
    slots[count] = Value(bits: UInt64(UInt(bitPattern: arguments.base + start)))
    slots[count + 1] = Value(bits: UInt64(arguments.positionalCount - start))
  }

  /// Functions some of whose parameters can be given by keyword.
  private func bindAll(
    _ arguments: Arguments, _ keywordCount: Int, _ signature: UnsafePointer<Signature>, into slots: UnsafeMutablePointer<Value>
  ) throws(PyError) {
    let parameters = signature.pointee.parameters
    let given = arguments.positionalCount
    let maximum = signature.pointee.positionalCount
    let minimum = signature.pointee.requiredPositionalCount
    let hasVariadic = signature.pointee.hasVariadic
    let hasKeywords = signature.pointee.hasKeywords
    if !hasVariadic && !hasKeywords && given + keywordCount > parameters.count {
      if parameters.isEmpty { throw .typeError("\(displayName)() takes no arguments") }
      // "keyword" only when there is no positional argument: else the message would blame the wrong ones.
      let plural = parameters.count == 1 ? "" : "s"
      throw .typeError(
        "\(displayName)() takes at most \(parameters.count) \(given == 0 ? "keyword " : "")argument\(plural) (\(given + keywordCount) given)")
    }
    if !hasVariadic && given > maximum {
      if maximum == 0 { throw .typeError("\(displayName)() takes no positional arguments") }
      let quantity = minimum < maximum ? "at most" : "exactly"
      throw .typeError("\(displayName)() takes \(quantity) \(maximum) positional argument\(maximum == 1 ? "" : "s") (\(given) given)")
    }
    let minimumPositionalOnly = Swift.min(signature.pointee.positionalOnlyCount, minimum)
    if given < minimumPositionalOnly {
      let quantity = minimumPositionalOnly < maximum ? "at least" : "exactly"
      let plural = minimumPositionalOnly == 1 ? "" : "s"
      throw .typeError("\(displayName)() takes \(quantity) \(minimumPositionalOnly) positional argument\(plural) (\(given) given)")
    }

    let positional = Swift.min(given, maximum)
    slots.initialize(fromFew: arguments.base, count: positional)
    if hasVariadic { setVariadic(arguments, from: positional, signature, slots) }

    let first = Swift.max(positional, signature.pointee.positionalOnlyCount)
    if takeInterned(arguments, keywordCount, parameters, from: first, into: slots) {
      for index in first..<Swift.max(parameters.count, positional) where slots[index].isAbsent && !parameters[index].isOptional {
        throw .typeError("\(displayName)() missing required argument '\(parameters[index].name.text)' (pos \(index + 1))")
      }
      return
    }
    var left = keywordCount
    for index in first..<Swift.max(parameters.count, positional) {
      var value = Value.absent
      if left > 0 {
        value = arguments.keyword(parameters[index].name, count: keywordCount)
        if !value.isAbsent {
          slots[index] = value
          left -= 1
        }
      }
      if value.isAbsent && !parameters[index].isOptional {
        throw .typeError("\(displayName)() missing required argument '\(parameters[index].name.text)' (pos \(index + 1))")
      }
    }
    if left > 0 { try bindSurplus(arguments, keywordCount, signature, into: slots) }
  }

  /// Takes keywords with the names of parameters, mostly the very objects, as those that stand in programs are; false as soon as one is of none, or of one that has its argument.
  @inline(__always)
  private func takeInterned(
    _ arguments: Arguments, _ keywordCount: Int, _ parameters: UnsafeBufferPointer<Signature.Parameter>, from first: Int, into slots: UnsafeMutablePointer<Value>
  ) -> Bool {
    for keyword in 0..<keywordCount {
      let name = TupleObject(arguments.keywordNames)[keyword]
      var index = first
      while index < parameters.count && parameters[index].name !== name { index &+= 1 }
      if index >= parameters.count {
        // The interpreter may have had a name of its own before the module with this function came.
        index = first
        while index < parameters.count && !hasName(parameters[index], name) { index &+= 1 }
        if index >= parameters.count || !slots[index].isAbsent { return false }
      }
      slots[index] = arguments.base[arguments.positionalCount &+ keyword]
    }
    return true
  }

  @inline(__always)
  private func hasName(_ parameter: Signature.Parameter, _ name: Value) -> Bool {
    guard name.isExactString, StringObject(name).hashValue == StringObject(parameter.name).hashValue else { return false }
    return StringObject(name).isEqual(to: StringObject(parameter.name))
  }

  /// Keywords that are no parameters: the dict of `**kw`, or an error.
  private func bindSurplus(
    _ arguments: Arguments, _ keywordCount: Int, _ signature: UnsafePointer<Signature>, into slots: UnsafeMutablePointer<Value>
  ) throws(PyError) {
    let parameters = signature.pointee.parameters
    let first = signature.pointee.positionalOnlyCount
    for index in first..<Swift.max(first, Swift.min(arguments.positionalCount, signature.pointee.positionalCount)) {
      if !arguments.keyword(parameters[index].name, count: keywordCount).isAbsent {
        throw .typeError("argument for \(displayName)() given by name ('\(parameters[index].name.text)') and position (\(index + 1))")
      }
    }
    let names = TupleObject(arguments.keywordNames)
    for index in 0..<keywordCount {
      let name = names[index]
      guard name.isString else { throw .typeError("keywords must be strings") }
      if parameters[first...].contains(where: { $0.name === name || StringObject($0.name).isEqual(to: StringObject(name)) }) { continue }
      guard signature.pointee.hasKeywords else {
        let candidates = parameters[first...].map(\.name)
        if let suggestion = Suggestions.closest(to: name, among: candidates) {
          throw .typeError("\(displayName)() got an unexpected keyword argument '\(name.text)'. Did you mean '\(suggestion.text)'?")
        }
        throw .typeError("\(displayName)() got an unexpected keyword argument '\(name.text)'")
      }
      let dict = parameters.count + 2
      if slots[dict].isAbsent { slots[dict] = try Owned.dict().take() }
      try DictObject(slots[dict]).set(name, arguments.base[arguments.positionalCount + index])
    }
  }
}

extension Arguments {
  /// The value given for a keyword, or absent.
  @inline(__always)
  func keyword(_ name: Value, count: Int) -> Value {
    let names = TupleObject(keywordNames)
    for index in 0..<count where names[index] === name { return base[positionalCount + index] }
    // Names that were made at run time need not be interned.
    for index in 0..<count where names[index].isString && StringObject(names[index]).isEqual(to: StringObject(name)) {
      return base[positionalCount + index]
    }
    return .absent
  }

  /// How many keywords were given.
  @inline(__always) public var keywordCount: Int { keywordNames.isAbsent ? 0 : TupleObject(keywordNames).count }

  /// The positional arguments.
  public var positional: UnsafeBufferPointer<Value> { UnsafeBufferPointer(start: base, count: positionalCount) }

  /// For functions that look at their arguments themselves and take no keywords: "f expected at most 2 arguments, got 3".
  public func check(_ name: StaticString, _ minimum: Int, _ maximum: Int) throws(PyError) {
    if _slowPath(positionalCount < minimum || positionalCount > maximum) {
      let bound = positionalCount < minimum ? minimum : maximum
      let quantity = minimum == maximum ? "" : positionalCount < minimum ? "at least " : "at most "
      throw .typeError("\(name) expected \(quantity)\(bound) argument\(bound == 1 ? "" : "s"), got \(positionalCount)")
    }
  }

  /// The same for a `__new__`: a class with an `__init__` of its own may want the keywords there.
  public func checkNoKeywords(_ name: StaticString, new type: Value) throws(PyError) {
    if _slowPath(keywordCount > 0), TypeObject(type).slots.pointee.initialize?.code == TypeObject.object.slots.pointee.initialize?.code {
      throw .typeError("\(name)() takes no keyword arguments")
    }
  }

  /// "f() takes no keyword arguments".
  public func checkNoKeywords(_ name: StaticString) throws(PyError) {
    if _slowPath(keywordCount > 0) { throw .typeError("\(name)() takes no keyword arguments") }
  }
}

extension Arguments {
  /// The keywords as a new dict; absent when there are none.
  public func keywordDict() throws(PyError) -> Owned {
    if keywordCount == 0 { return Owned(taking: .absent) }
    let dict = try Owned.dict()
    let names = TupleObject(keywordNames)
    for index in 0..<names.count { try DictObject(dict.value).set(names[index], base[positionalCount + index]) }
    return dict
  }
}
