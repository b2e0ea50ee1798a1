// Calling a slot as its special method: what the type `wrapper_descriptor` does with its arguments.

import CKraitCore

extension SlotRow {
  /// Calls the slot's function `code` of `type` with `self` and the arguments that the method was given.
  func callWrapped(_ code: UInt, of type: TypeObject, _ object: Value, _ arguments: Arguments) throws(PyError) -> Owned {
    if kind != .call && kind != .initialize && !arguments.keywordNames.isAbsent && TupleObject(arguments.keywordNames).count > 0 {
      throw .typeError("wrapper \(name.text)() takes no keyword arguments")
    }
    let given = arguments.base
    switch kind {
    case .call: return try unsafeBitCast(code, to: CallSlot.self)(object, arguments)
    case .initialize:
      try type.initialize(object, arguments, code)
      return .none
    case .unary:
      try expect(0, arguments)
      return try unsafeBitCast(code, to: UnarySlot.self)(object)
    case .binary:
      try expect(1, arguments)
      return try unsafeBitCast(code, to: BinarySlot.self)(object, given[0])
    case .binaryReflected:
      try expect(1, arguments)
      return try unsafeBitCast(code, to: BinarySlot.self)(given[0], object)
    case .ternary, .ternaryReflected:
      guard (1...2).contains(arguments.positionalCount) else { throw .typeError("expected 1 or 2 arguments, got \(arguments.positionalCount)") }
      let third = arguments.positionalCount == 2 ? given[1] : Value.none
      let slot = unsafeBitCast(code, to: TernarySlot.self)
      return kind == .ternary ? try slot(object, given[0], third) : try slot(given[0], object, third)
    case .less, .lessEqual, .equal, .notEqual, .greater, .greaterEqual:
      try expect(1, arguments)
      let comparison = Comparison(rawValue: kind.rawValue - WrapperKind.less.rawValue).unsafelyUnwrapped
      return try unsafeBitCast(code, to: CompareSlot.self)(object, given[0], comparison)
    case .hash:
      try expect(0, arguments)
      return try Owned.integer(try unsafeBitCast(code, to: HashSlot.self)(object))
    case .length:
      try expect(0, arguments)
      return try Owned.integer(try unsafeBitCast(code, to: LengthSlot.self)(object))
    case .truth:
      try expect(0, arguments)
      return .boolean(try unsafeBitCast(code, to: TruthSlot.self)(object))
    case .contains:
      try expect(1, arguments)
      return .boolean(try unsafeBitCast(code, to: ContainsSlot.self)(object, given[0]))
    case .item:
      try expect(1, arguments)
      return try unsafeBitCast(code, to: IndexSlot.self)(object, try object.sequenceIndex(given[0]))
    case .repeat:
      try expect(1, arguments)
      return try unsafeBitCast(code, to: IndexSlot.self)(object, try given[0].asIndex(overflow: .overflowError))
    case .setItem:
      try expectBetween(2, 2, arguments)
      try unsafeBitCast(code, to: StoreSlot.self)(object, given[0], given[1])
      return .none
    case .deleteItem:
      try expect(1, arguments)
      try unsafeBitCast(code, to: StoreSlot.self)(object, given[0], .absent)
      return .none
    case .next:
      try expect(0, arguments)
      let result = try unsafeBitCast(code, to: NextSlot.self)(object)
      if result.value.isAbsent { throw PyError.raise(.stopIteration) }
      return result
    case .setAttribute:
      try expectBetween(2, 2, arguments)
      try refuseForeignStore(code, object)
      try unsafeBitCast(code, to: StoreSlot.self)(object, given[0], given[1])
      return .none
    case .deleteAttribute:
      try expect(1, arguments)
      try refuseForeignStore(code, object)
      try unsafeBitCast(code, to: StoreSlot.self)(object, given[0], .absent)
      return .none
    case .descriptorGet:
      try expectBetween(1, 2, arguments)
      let instance = given[0].isNone ? Value.absent : given[0]
      let owner = arguments.positionalCount == 1 || given[1].isNone ? Value.absent : given[1]
      if instance.isAbsent && owner.isAbsent { throw .typeError("__get__(None, None) is invalid") }
      return try unsafeBitCast(code, to: TernarySlot.self)(object, instance, owner)
    case .descriptorSet:
      try expectBetween(2, 2, arguments)
      try unsafeBitCast(code, to: StoreSlot.self)(object, given[0], given[1])
      return .none
    case .descriptorDelete:
      try expect(1, arguments)
      try unsafeBitCast(code, to: StoreSlot.self)(object, given[0], .absent)
      return .none
    case .finalize:
      try expect(0, arguments)
      unsafeBitCast(code, to: FinalizeSlot.self)(object)
      return .none
    case .buffer:
      try expect(1, arguments)
      return try callBufferSlot(unsafeBitCast(code, to: BufferSlot.self), object, given[0])
    case .releaseBuffer:
      try expect(1, arguments)
      return try callReleaseBufferSlot(object, given[0])
    case .none: throw .typeError("'\(name.text)' cannot be called")
    }
  }

  private func expect(_ count: Int, _ arguments: Arguments) throws(PyError) {
    if _slowPath(arguments.positionalCount != count) { throw .typeError("expected \(count) argument\(count == 1 ? "" : "s"), got \(arguments.positionalCount)") }
  }

  private func expectBetween(_ least: Int, _ most: Int, _ arguments: Arguments) throws(PyError) {
    let given = arguments.positionalCount
    if _fastPath(given >= least && given <= most) { return }
    let bound = given < least ? least : most
    let word = least == most ? "" : given < least ? "at least " : "at most "
    throw .typeError("\(name.text) expected \(word)\(bound) argument\(bound == 1 ? "" : "s"), got \(given)")
  }

  /// `object.__setattr__(X, …)` on an instance of a type with a setter of its own would go round what that protects.
  private func refuseForeignStore(_ code: UInt, _ object: Value) throws(PyError) {
    let offset = MemoryLayout<TypeSlots>.offset(of: \TypeSlots.setAttribute).unsafelyUnwrapped
    let generic = SlotTable.genericCode(offset)
    // The nearest class whose setter is not that of a class statement is the one that counts.
    var type: TypeObject? = object.type
    while let this = type, this.slotWord(offset) == generic || this.isHeapType && this.base?.slotWord(offset) == this.slotWord(offset) { type = this.base }
    var base = type
    while let this = base {
      let word = this.slotWord(offset)
      if word == code { return }
      if word != generic { break }
      base = this.base
    }
    if let type, type.slotWord(offset) != code { throw .typeError("can't apply this \(name.text) to \(object.typeName) object") }
  }
}

extension TypeObject {
  /// Calls the `initialize` slot with this code as this type would: native functions with a signature are found by the type.
  func initialize(_ object: Value, _ arguments: Arguments, _ code: UInt) throws(PyError) {
    if code == nativeInitializeCode, let function = contents.pointee.initializeFunction { return try function.initialize(object, arguments) }
    try unsafeBitCast(code, to: InitializeSlot.self)(object, arguments)
  }

  /// Calls `__init__` of this native type for an instance of it or of a subclass, as the `__init__` of a derived native type does.
  public func initialize(_ object: Value, _ arguments: Arguments) throws(PyError) {
    if let function = contents.pointee.initializeFunction { return try function.initialize(object, arguments) }
    try slots.pointee.initialize?(object, arguments)
  }

  /// Calls `__new__` of this native type for `type`, which is it or a subclass.
  public func new(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
    if let function = contents.pointee.newFunction { return try function.call(type, arguments) }
    guard let slot = slots.pointee.new else { throw .typeError("cannot create '\(shownName)' instances") }
    return try slot(type, arguments)
  }
}

/// The slot `initialize` of types whose `__init__` is a native function with a signature.
func nativeInitialize(_ object: Value, _ arguments: Arguments) throws(PyError) {
  guard let function = object.type.contents.pointee.initializeFunction else { return }
  try function.initialize(object, arguments)
}

/// The slot `new` of types whose `__new__` is a native function with a signature.
func nativeNew(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  guard let function = TypeObject(type).contents.pointee.newFunction else { throw .typeError("cannot create '\(TypeObject(type).shownName)' instances") }
  return try function.call(type, arguments)
}
