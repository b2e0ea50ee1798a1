// Arguments of Python functions: from positions and keywords to the first slots of a frame.

import CKraitCore
import KraitCompiler

extension FunctionObject {
  /// Fills the slots of the parameters (``CodeObject/parameterCount`` words, uninitialised) with references that the frame owns.
  ///
  /// On an error all of them are absent again.
  @inline(__always)
  public func bind(_ arguments: Arguments, into slots: UnsafeMutablePointer<Value>) throws(PyError) {
    if _fastPath(Int(code.contents.pointee.exactCount) == arguments.positionalCount && arguments.keywordNames.isAbsent) {
      for index in 0..<arguments.positionalCount {
        let value = arguments.base[index]
        value.retain()
        slots[index] = value
      }
      return
    }
    try bindInFull(arguments, into: slots)
  }

  /// Whether so many arguments by position may stay where they are: there is one for each parameter, and what else the function takes comes behind them. Without a lock
  /// they are published on the way into `*args`, which is left to the general way.
  @inline(__always)
  func bindsInPlace(_ given: Int) -> Bool {
    let wanted = Int(code.contents.pointee.argumentCount)
    return given == wanted || given > wanted && code.flags.contains(.variableArguments)
  }

  /// Whether there are more parameters than arguments, by position, and no others: those that are left have defaults, or it is an error.
  func takesWithDefaults(_ given: Int) -> Bool {
    let contents = code.contents
    return given < Int(contents.pointee.argumentCount) && contents.pointee.keywordOnlyCount == 0 && code.flags.isDisjoint(with: [.variableArguments, .variableKeywords])
  }

  /// Binds arguments that stand in a frame's first slots already, the rest of its locals unbound: those beyond the parameters go into `*args`, and `**kw` is empty.
  ///
  /// On an error the slots are still the frame's.
  func bindInPlace(_ given: Int, _ slots: UnsafeMutablePointer<Value>) throws(PyError) {
    let contents = code.contents
    let wanted = Int(contents.pointee.argumentCount)
    let named = wanted + Int(contents.pointee.keywordOnlyCount)
    var next = named
    if code.flags.contains(.variableArguments) {
      // Tuples hold nothing private.
      if _slowPath(Runtime.isFree) && currentThread.pointee.hasPeers { Privacy.publishSlots(slots + wanted, given - wanted) }
      let surplus = try Owned.tuple(taking: UnsafeBufferPointer(start: slots + wanted, count: given - wanted))
      // Behind the locals stand temporaries, which are never absent.
      let locals = code.localsPlusCount
      for index in wanted..<given { slots[index] = index < locals ? .absent : .none }
      slots[next] = surplus.take()
      next += 1
    }
    if code.flags.contains(.variableKeywords) {
      slots[next] = try makeKeywordDict()
    }
    if named > wanted { try fillKeywordDefaults(slots, named: named) }
  }

  /// A dict for `**kw`, owned. Beside other threads it is private until somebody else gets it.
  private func makeKeywordDict() throws(PyError) -> Value {
    let dict = try Owned.dict().take()
    if _slowPath(Runtime.isFree) && currentThread.pointee.hasPeers { Privacy.adopt(dict) }
    return dict
  }

  /// Defaults, keywords, `*args` and `**kw`.
  @inline(never)
  public func bindInFull(_ arguments: Arguments, into slots: UnsafeMutablePointer<Value>) throws(PyError) {
    slots.initialize(repeating: .absent, count: code.parameterCount)
    do throws(PyError) {
      try fill(slots, arguments)
    } catch {
      for index in 0..<code.parameterCount {
        slots[index].releaseIfPresent()
        slots[index] = .absent
      }
      throw error
    }
  }

  private func fill(_ slots: UnsafeMutablePointer<Value>, _ arguments: Arguments) throws(PyError) {
    let code = self.code
    let contents = code.contents
    let named = Int(contents.pointee.argumentCount + contents.pointee.keywordOnlyCount)
    let positionalLimit = Int(contents.pointee.argumentCount)
    let given = arguments.positionalCount
    let takesVariadic = code.flags.contains(.variableArguments)
    let takesKeywords = code.flags.contains(.variableKeywords)

    if _slowPath(Runtime.isFree) && (takesVariadic || takesKeywords) && currentThread.pointee.hasPeers {
      let total = given + (arguments.keywordNames.isAbsent ? 0 : TupleObject(arguments.keywordNames).count)
      Privacy.publishSlots(UnsafeMutablePointer(mutating: arguments.base), total)
    }
    var keywordDict = Value.absent
    if takesKeywords {
      keywordDict = try makeKeywordDict()
      slots[named + (takesVariadic ? 1 : 0)] = keywordDict
    }
    for index in 0..<min(given, positionalLimit) { slots[index] = Owned(copying: arguments.base[index]).take() }
    if takesVariadic {
      let surplus = max(given - positionalLimit, 0)
      slots[named] = try Owned.tuple(UnsafeBufferPointer(start: arguments.base + min(given, positionalLimit), count: surplus)).take()
    }
    if !arguments.keywordNames.isAbsent { try fillKeywords(slots, arguments, named: named, keywordDict: keywordDict) }
    if given > positionalLimit && !takesVariadic { throw tooManyPositional(given, slots) }
    if given < positionalLimit { try fillDefaults(slots, from: given) }
    if contents.pointee.keywordOnlyCount > 0 { try fillKeywordDefaults(slots, named: named) }
  }

  /// The parameter that a keyword names, positional-only ones aside.
  private func parameterIndex(_ name: Value, named: Int) -> Int? {
    let names = code.localsPlusNames.items
    let first = Int(code.contents.pointee.positionalOnlyCount)
    var index = first
    while index < named {
      if names[index] === name { return index }
      index &+= 1
    }
    // A str that some program made. Those that are no parameters come here, too, on their way into `**kw`.
    let hash = StringObject(name).hashValue
    index = first
    while index < named {
      let parameter = StringObject(names[index])
      if _slowPath(parameter.hashValue == hash) && parameter.isEqual(to: StringObject(name)) { return index }
      index &+= 1
    }
    return nil
  }

  private func fillKeywords(
    _ slots: UnsafeMutablePointer<Value>, _ arguments: Arguments, named: Int, keywordDict: Value
  ) throws(PyError) {
    let names = TupleObject(arguments.keywordNames)
    for position in 0..<names.count {
      let name = names[position]
      let value = arguments.base[arguments.positionalCount + position]
      guard name.isString else { throw .typeError("\(qualifiedName.text)() keywords must be strings") }
      if let index = parameterIndex(name, named: named) {
        if !slots[index].isAbsent { throw .typeError("\(qualifiedName.text)() got multiple values for argument '\(name.text)'") }
        slots[index] = Owned(copying: value).take()
      } else if !keywordDict.isAbsent {
        try DictObject(keywordDict).set(name, value)
      } else {
        throw unexpectedKeyword(name, arguments, named: named)
      }
    }
  }

  private func unexpectedKeyword(_ name: Value, _ arguments: Arguments, named: Int) -> PyError {
    let parameters = code.localsPlusNames
    let positionalOnly = Int(code.contents.pointee.positionalOnlyCount)
    let keywords = TupleObject(arguments.keywordNames)
    var misplaced: [String] = []
    for index in 0..<positionalOnly {
      for position in 0..<keywords.count
      where keywords[position].isString && StringObject(keywords[position]).isEqual(to: StringObject(parameters[index])) {
        misplaced.append(parameters[index].text)
      }
    }
    if !misplaced.isEmpty {
      let list = misplaced.joined(separator: ", ")
      return .typeError("\(qualifiedName.text)() got some positional-only arguments passed as keyword arguments: '\(list)'")
    }
    let candidates = (positionalOnly..<max(positionalOnly, named)).map { parameters[$0] }
    if let suggestion = Suggestions.closest(to: name, among: candidates) {
      return .typeError("\(qualifiedName.text)() got an unexpected keyword argument '\(name.text)'. Did you mean '\(suggestion.text)'?")
    }
    return .typeError("\(qualifiedName.text)() got an unexpected keyword argument '\(name.text)'")
  }

  private func tooManyPositional(_ given: Int, _ slots: UnsafeMutablePointer<Value>) -> PyError {
    let limit = Int(code.contents.pointee.argumentCount)
    let defaultCount = defaults.isAbsent ? 0 : TupleObject(defaults).count
    let keywordOnlyGiven = (limit..<limit + Int(code.contents.pointee.keywordOnlyCount)).count { !slots[$0].isAbsent }
    let range = defaultCount > 0 ? "from \(limit - defaultCount) to \(limit)" : "\(limit)"
    let plural = defaultCount > 0 || limit != 1 ? "s" : ""
    var more = ""
    if keywordOnlyGiven > 0 {
      more = " positional argument\(given != 1 ? "s" : "") (and \(keywordOnlyGiven) keyword-only argument\(keywordOnlyGiven != 1 ? "s" : ""))"
    }
    let verb = given == 1 && keywordOnlyGiven == 0 ? "was" : "were"
    return .typeError("\(qualifiedName.text)() takes \(range) positional argument\(plural) but \(given)\(more) \(verb) given")
  }

  private func fillDefaults(_ slots: UnsafeMutablePointer<Value>, from given: Int) throws(PyError) {
    let limit = Int(code.contents.pointee.argumentCount)
    let defaultCount = defaults.isAbsent ? 0 : TupleObject(defaults).count
    let required = limit - defaultCount
    var index = given
    while index < required {
      if _slowPath(slots[index].isAbsent) { throw missingArguments((index..<required).filter { slots[$0].isAbsent }, "positional") }
      index += 1
    }
    index = max(given, max(required, 0))
    while index < limit {
      if slots[index].isAbsent { slots[index] = Owned(copying: TupleObject(defaults)[index - required]).take() }
      index += 1
    }
  }

  private func fillKeywordDefaults(_ slots: UnsafeMutablePointer<Value>, named: Int) throws(PyError) {
    let first = Int(code.contents.pointee.argumentCount)
    let names = code.localsPlusNames.items
    var index = first
    var missing = 0
    while index < named {
      if slots[index].isAbsent {
        slots[index] = keywordDefaults.isAbsent ? .absent : try keywordDefault(names[index], index &- first)
        if slots[index].isAbsent { missing += 1 }
      }
      index += 1
    }
    if _slowPath(missing > 0) { throw missingArguments((first..<named).filter { slots[$0].isAbsent }, "keyword-only") }
  }

  /// The default of a keyword-only parameter, owned; absent if it has none. When all have one, the dict's keys are in the parameters' order.
  @inline(__always)
  private func keywordDefault(_ name: Value, _ position: Int) throws(PyError) -> Value {
    // Without a lock, others may be changing the dict.
    if _slowPath(Runtime.isFree) && currentThread.pointee.hasPeers { return try keywordDefaultBesideOthers(name) }
    let keys = DictObject(keywordDefaults).keys
    if keys.hasStringKeys && position < keys.entryCount && keys.stringEntry(position)[0] === name {
      let value = keys.stringEntry(position)[1]
      if !value.isAbsent {
        value.retain()
        return value
      }
    }
    return Owned(copyingIfPresent: try DictObject(keywordDefaults).get(name)).take()
  }

  @inline(never)
  private func keywordDefaultBesideOthers(_ name: Value) throws(PyError) -> Value {
    let thread = currentThread
    if !thread.pointee.holdsSharing {
      let found = Ops<Free>.sharedDictItem(DictObject(keywordDefaults), name)
      if !found.isAbsent { return found === Ops<Free>.missing ? .absent : found }
    }
    // Who binds arguments gives it up.
    Sharing.take(thread)
    return Owned(copyingIfPresent: try DictObject(keywordDefaults).get(name)).take()
  }

  /// "f() missing 3 required positional arguments: 'a', 'b', and 'c'".
  private func missingArguments(_ indices: [Int], _ kind: String) -> PyError {
    let names = code.localsPlusNames
    let quoted = indices.map { "'\(names[$0].text)'" }
    let list: String
    switch quoted.count {
    case 1: list = quoted[0]
    case 2: list = "\(quoted[0]) and \(quoted[1])"
    default: list = quoted.dropLast().joined(separator: ", ") + ", and " + quoted[quoted.count - 1]
    }
    return .typeError("\(qualifiedName.text)() missing \(indices.count) required \(kind) argument\(indices.count == 1 ? "" : "s"): \(list)")
  }
}
