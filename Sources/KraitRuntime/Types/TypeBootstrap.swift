// From the definitions of the areas to type objects: first layout and slots of all types, then the objects that their dicts hold.

import CKraitCore

extension TypeDefinitions {
  /// The builtin types to whose instances weak references can be made.
  private static var weaklyReferable: [TypeObject] {
    let types: [TypeObject] = [
      .type, .set, .frozenset, .function, .method, .builtinFunction, .builtinMethod, .generator, .coroutine, .asyncGenerator, .code, .module, .memoryview, .genericAlias, .union,
      .typeVar, .paramSpec, .typeVarTuple,
    ]
    return types.filter { $0.rootShape.flags.contains(.hasState) }
  }

  /// Makes all builtin types. Types that nobody defines behave as their bases do.
  func finish() throws(PyError) {
    var all: [TypeDefinition] = []
    for number in BuiltinTypes.table.indices {
      let type = TypeObject.builtin(number)
      all.append(definitions[number] ?? TypeDefinition(builtin: type))
    }
    // Bases precede their subclasses in the table.
    for definition in all { definition.layOut() }
    for definition in all { try definition.makeObjects() }
    for definition in all { try definition.fillDict() }
    for definition in all { definition.type.contents.pointee.flags.insert(.ready) }
    for type in TypeDefinitions.weaklyReferable { type.contents.pointee.flags.insert(.managedWeakReference) }
  }
}

extension TypeSlots {
  fileprivate static var newOffset: Int { MemoryLayout<TypeSlots>.offset(of: \.new).unsafelyUnwrapped }
  fileprivate static var initializeOffset: Int { MemoryLayout<TypeSlots>.offset(of: \.initialize).unsafelyUnwrapped }
  fileprivate static var compareOffset: Int { MemoryLayout<TypeSlots>.offset(of: \.compare).unsafelyUnwrapped }
}

extension TypeDefinition {
  /// Flags of a shape that subclasses have too.
  static let inheritedShapeFlags: ShapeFlags = [
    .integer, .list, .tuple, .bytes, .string, .dict, .exception, .type, .float, .set, .tracked, .hasAttributes, .hasState, .hasFinalizer, .hasMembers,
  ]

  /// Fields, flags and slots: all that objects of the type need to be made.
  func layOut() {
    let contents = type.contents
    let base = contents.pointee.base
    let baseContents = base?.contents
    // Fields of subclasses and attribute words are words.
    contents.pointee.basicSize = Int32(basicSize != 0 ? (basicSize + 7) & ~7 : Int(baseContents?.pointee.basicSize ?? Int32(ObjectHeader.size)))
    contents.pointee.itemSize = itemSize != 0 ? Int32(itemSize) : baseContents?.pointee.itemSize ?? 0
    // Attribute words of subclasses stand behind the fields and must be aligned; items follow them as they are.
    if contents.pointee.itemSize == 0 { contents.pointee.basicSize = Int32(alignedToWord(Int(contents.pointee.basicSize))) }
    contents.pointee.itemCountOffset = itemCountOffset != 0 ? Int32(itemCountOffset) : baseContents?.pointee.itemCountOffset ?? 0

    var shapeFlags = self.shapeFlags
    if let base { shapeFlags.formUnion(base.rootShape.flags.intersection(TypeDefinition.inheritedShapeFlags)) }
    if slots.finalize != nil { shapeFlags.insert(.hasFinalizer) }
    // The flag is read together with that of a builtin type: a defaultdict is no exact dict.
    let isDerived = flags.contains(.moduleType) && !shapeFlags.isDisjoint(with: [.integer, .list, .tuple, .bytes, .string, .dict, .float, .set])
    if !isDerived { shapeFlags.insert(.exact) }
    // Shapes with slots belong to one interpreter; builtin types are shared, so their instances keep attributes in dicts.
    if shapeFlags.contains(.hasAttributes) { shapeFlags.insert(.dictionaryMode) }
    // The base's objects have no room for a state behind the header.
    if let base, shapeFlags.contains(.hasState), base != .object, !base.rootShape.flags.contains(.hasState) || base.rootShape.flags.contains(.displacedState) {
      shapeFlags.insert(.displacedState)
    }
    let shape = type.rootShape.contents
    shape.pointee.flags = shapeFlags
    shape.pointee.instanceSize = contents.pointee.basicSize
    if shapeFlags.contains(.hasAttributes) && contents.pointee.itemSize == 0 { shape.pointee.instanceSize += Int32(MemoryLayout<Value>.size) }
    if shapeFlags.contains(.displacedState) && contents.pointee.itemSize == 0 { shape.pointee.instanceSize += Int32(MemoryLayout<ObjectState>.size) }

    if newFunction != nil { slots.new = CallSlot(nativeNew) }
    if initializeFunction != nil { slots.initialize = InitializeSlot(nativeInitialize) }
    markOwnSlots()
    var flags = self.flags.union(.immutable)
    if shapeFlags.contains(.tracked) { flags.insert(.haveGarbageCollection) }
    flags.formUnion(TypeObject.subclassFlags(shapeFlags))
    // Every exception class can be derived from.
    if shapeFlags.contains(.exception) { flags.insert(.baseType) }
    if let base, let baseContents {
      flags.formUnion(baseContents.pointee.flags.intersection([.sequence, .mapping, .managedWeakReference]))
      if type.slots.pointee.new == nil {
        // A type directly below `object` says itself how it is made, or cannot be made; others may refuse it.
        if base == .object && !inheritsNew || flags.contains(.disallowInstantiation) {
          flags.insert(.disallowInstantiation)
        } else {
          type.slots.pointee.new = base.slots.pointee.new
          if baseContents.pointee.flags.contains(.disallowInstantiation) { flags.insert(.disallowInstantiation) }
        }
      }
      type.inheritSlots(from: base)
    }
    contents.pointee.flags = flags
    if type.slots.pointee.hash == nil { type.slots.pointee.hash = HashSlot(hashNotImplemented) }
  }

  /// Names, bases, MRO, an empty dict, native functions.
  func makeObjects() throws(PyError) {
    let contents = type.contents
    contents.pointee.name = intern(try Owned.string(name)).take()
    contents.pointee.qualifiedName = contents.pointee.name
    contents.pointee.module = intern(try Owned.string(module)).take()
    contents.pointee.dict = try Owned.dict().take()
    contents.pointee.documentation = try documentationValue(documentation).take()
    var bases: [TypeObject] = contents.pointee.base.map { [$0] } ?? []
    if let secondBase { bases.append(secondBase) }
    contents.pointee.bases = try Owned.tuple(copying: bases.map(\.value)).take()
    contents.pointee.expectedAttributes = 0
    contents.pointee.mro = try Owned.tuple(copying: methodResolutionOrder.map(\.value)).take()
    try TypeObject.addSubclass(type, of: TupleObject(contents.pointee.bases))

    let base = contents.pointee.base?.contents
    if let newFunction {
      contents.pointee.newFunction = newFunction
      contents.pointee.textSignature = .true
    } else if !hasOwnSlot(TypeSlots.newOffset) {
      contents.pointee.newFunction = base?.pointee.newFunction
    }
    if let initializeFunction {
      contents.pointee.initializeFunction = initializeFunction
      contents.pointee.textSignature = .true
    } else if !hasOwnSlot(TypeSlots.initializeOffset) {
      contents.pointee.initializeFunction = base?.pointee.initializeFunction
    }
    if textSignature.utf8CodeUnitCount > 0 { contents.pointee.textSignature = try Owned.string(textSignature).take() }
    if contents.pointee.textSignature.isAbsent { contents.pointee.textSignature = .none }
  }

  /// The type and its bases; the second one's own stand before what the two have in common.
  private var methodResolutionOrder: [TypeObject] {
    func chain(_ type: TypeObject?) -> [TypeObject] {
      var result: [TypeObject] = []
      var next = type
      while let this = next {
        result.append(this)
        next = this.contents.pointee.base
      }
      return result
    }
    let first = chain(type)
    if secondBase == nil { return first }
    let second = chain(secondBase).filter { !first.contains($0) }
    let common = first.firstIndex { chain(secondBase).contains($0) } ?? first.count
    return first[..<common] + second + first[common...]
  }

  /// The type's attributes, in CPython's order: `__new__`, slot wrappers, methods and attributes, `__doc__`.
  func fillDict() throws(PyError) {
    let dict = type.dict
    if hasOwnSlot(TypeSlots.newOffset) {
      try dict.set(Name.__new__, taking: try NativeFunctionObject.make(newWrapperFunction, receiver: type.value))
    }
    let rows = SlotTable.rows
    for number in rows.indices {
      let offset = rows[number].offset
      guard hasOwnSlot(offset), rows[number].kind != .none, dict.get(interned: rows[number].name).isAbsent else { continue }
      let name = rows[number].name
      let code = rows[number].kind == .initialize && initializeFunction != nil ? nativeInitializeCode : type.slotWord(offset)
      try dict.set(name, taking: try DescriptorObject.make(.wrapperDescriptor, of: type, name: name, payload: code, detail: number))
    }
    for entry in entries { try add(entry, to: dict) }
    if shapeFlags.contains(.hasAttributes) && dict.get(interned: Name.__dict__).isAbsent {
      try dict.set(
        Name.__dict__, taking: try DescriptorObject.make(.getSetDescriptor, of: type, name: Name.__dict__, payload: UInt(bitPattern: nativeInstanceDictAttribute)))
    }
    if dict.get(interned: Name.__doc__).isAbsent { try dict.set(Name.__doc__, type.contents.pointee.documentation) }
    if type.slots.pointee.hash?.code == HashSlot(hashNotImplemented).code && dict.get(interned: Name.__hash__).isAbsent && hasOwnSlot(TypeSlots.compareOffset) {
      try dict.set(Name.__hash__, .none)
    }
    if !dict.get(interned: Name.__hash__).isAbsent, dict.get(interned: Name.__hash__).isNone { type.slots.pointee.hash = HashSlot(hashNotImplemented) }
  }

  private func add(_ entry: Entry, to dict: DictObject) throws(PyError) {
    switch entry {
    case .method(let function):
      let object: Owned
      switch function.pointee.kind {
      case .classMethod:
        object = try DescriptorObject.make(.classMethodDescriptor, of: type, name: function.pointee.name, payload: UInt(bitPattern: function))
      case .staticMethod:
        let callable = try NativeFunctionObject.make(function, receiver: type.value)
        object = try StaticMethodObject.make(callable.value)
      default: object = try DescriptorObject.make(.methodDescriptor, of: type, name: function.pointee.name, payload: UInt(bitPattern: function))
      }
      try dict.set(function.pointee.name, object.value)
    case .attribute(let attribute):
      let name = intern(try Owned.string(attribute.pointee.name))
      try dict.set(name.value, taking: try DescriptorObject.make(.getSetDescriptor, of: type, name: name.value, payload: UInt(bitPattern: attribute)))
    case .computedMember(let attribute):
      let name = intern(try Owned.string(attribute.pointee.name))
      let text = try documentationValue(attribute.pointee.documentation)
      let member = try DescriptorObject.make(
        .memberDescriptor, of: type, name: name.value, payload: UInt(bitPattern: attribute), detail: MemberKind.computed.rawValue, documentation: text.value)
      try dict.set(name.value, member.value)
    case .member(let name, let offset, let documentation):
      let name = intern(try Owned.string(name))
      let text = try documentationValue(documentation)
      let member = try DescriptorObject.make(
        .memberDescriptor, of: type, name: name.value, payload: UInt(offset), detail: MemberKind.readOnly.rawValue, documentation: text.value)
      try dict.set(name.value, member.value)
    case .value(let name, let value): try dict.set(name, value)
    case .matchArguments(let names):
      let tuple = try Owned.tuple(count: names.count)
      for index in names.indices { TupleObject(tuple.value).initialize(index, intern(try Owned.string(names[index]))) }
      try dict.set(Name.__match_args__, tuple.value)
    }
  }
}

/// `__new__` of every builtin type: checks that the class to instantiate is one of the type's before it calls the type's own function.
nonisolated(unsafe) let newWrapperFunction: UnsafePointer<NativeFunction> = NativeFunction.make(
  raw: "__new__(*args, **kwargs)", "Make an object; see help(type) for the parameters.", kind: .classMethod, callNewWrapper)

private func callNewWrapper(_ receiver: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let type = TypeObject(receiver)
  guard arguments.positionalCount > 0 else { throw .typeError("\(type.shownName).__new__(): not enough arguments") }
  let given = arguments.base[0]
  guard given.isType else { throw .typeError("\(type.shownName).__new__(X): X is not a type object (\(given.typeName))") }
  let subtype = given.asType
  guard subtype.isSubtype(of: type) else {
    throw .typeError("\(type.shownName).__new__(\(subtype.shownName)): \(subtype.shownName) is not a subtype of \(type.shownName)")
  }
  // The function must know the fields of the nearest native base: `object.__new__(dict)` would leave a dict without its table.
  let native = subtype.nativeBase
  if native.contents.pointee.flags.contains(.disallowInstantiation) { throw .typeError("cannot create '\(native.shownName)' instances") }
  if !native.makesInstances(as: type) { throw .typeError("\(type.nameText).__new__(\(subtype.nameText)) is not safe, use \(native.nameText).__new__()") }
  return try type.new(given, arguments.withoutFirst)
}

extension TypeObject {
  /// Whether this type makes its instances with the same function as `other`.
  fileprivate func makesInstances(as other: TypeObject) -> Bool {
    self == other || slots.pointee.new?.code == other.slots.pointee.new?.code && contents.pointee.newFunction == other.contents.pointee.newFunction
  }

  /// The bits of `__flags__` that tell which builtin type a class derives from.
  static func subclassFlags(_ shape: ShapeFlags) -> TypeFlags {
    var flags: TypeFlags = []
    if shape.contains(.integer) { flags.insert(.integerSubclass) }
    if shape.contains(.list) { flags.insert(.listSubclass) }
    if shape.contains(.tuple) { flags.insert(.tupleSubclass) }
    if shape.contains(.bytes) { flags.insert(.bytesSubclass) }
    if shape.contains(.string) { flags.insert(.stringSubclass) }
    if shape.contains(.dict) { flags.insert(.dictSubclass) }
    if shape.contains(.exception) { flags.insert(.exceptionSubclass) }
    if shape.contains(.type) { flags.insert(.typeSubclass) }
    return flags
  }

  /// Copies from a base the slots that this type leaves open. Comparison and hash go together: who changes one must think of the other.
  func inheritSlots(from base: TypeObject) {
    let compare = TypeSlots.compareOffset
    let hash = MemoryLayout<TypeSlots>.offset(of: \TypeSlots.hash).unsafelyUnwrapped
    let new = TypeSlots.newOffset
    let inheritsComparison = slotWord(compare) == 0 && slotWord(hash) == 0
    for offset in stride(from: 0, to: MemoryLayout<TypeSlots>.size, by: MemoryLayout<UInt>.size) where slotWord(offset) == 0 {
      if offset == new || (offset == compare || offset == hash) && !inheritsComparison { continue }
      setSlotWord(offset, base.slotWord(offset))
    }
    if !inheritsComparison && slotWord(compare) == 0 { setSlotWord(compare, base.slotWord(compare)) }
  }
}

extension BuiltinTypes {
  static func number(of type: TypeObject) -> Int { Int(UInt(bitPattern: type.raw) - base) / stride }
}
