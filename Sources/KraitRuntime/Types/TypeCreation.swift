// `type.__new__`: a class from a name, bases and a namespace.

import CKraitCore

extension TypeObject {
  /// A new class. `keywords` is a dict for `__init_subclass__`, or absent.
  public static func create(_ metatype: TypeObject, _ name: Value, _ bases: Value, _ namespace: Value, _ keywords: Value) throws(PyError) -> Owned {
    var effective = Owned(copying: bases)
    if TupleObject(bases).count == 0 { effective = try Owned.tuple(TypeObject.object.value) }
    let base = try bestBase(TupleObject(effective.value))
    var creation = ClassCreation(name: name, bases: effective.value, base: base, dict: try DictObject(namespace).copy())
    let result = try creation.make(metatype)
    let type = TypeObject(result.value)
    try type.setNames()
    try type.initializeSubclass(keywords)
    return result
  }

  /// Tells each value of the namespace its name (`__set_name__`).
  private func setNames() throws(PyError) {
    // A copy: `__set_name__` may change the class.
    let names = try dict.copy()
    var position = 0
    var key = Value.absent
    var value = Value.absent
    while DictObject(names.value).next(&position, &key, &value) {
      let method = try value.lookUpSpecial(Name.__set_name__)
      if method.value.isAbsent { continue }
      do throws(PyError) { _ = try method.value.call(self.value, key) } catch {
        let note = "Error calling __set_name__ on '\(value.typeName)' instance \(try key.repr().text) in '\(nameText)'"
        try addNoteToPendingException(note)
        throw error
      }
    }
  }

  /// `super(cls, cls).__init_subclass__(**keywords)`
  private func initializeSubclass(_ keywords: Value) throws(PyError) {
    if !(0..<mro.count).contains(where: { mro[$0] === value }) { throw .typeError("super(type, obj): obj (type \(nameText)) is not an instance or subtype of type (\(nameText)).") }
    let function = try superLookUp(start: self, object: value, objectType: self, Name.__init_subclass__)
    // A class whose mro() puts nothing behind it has none but that of `super` objects, which takes no arguments and does nothing.
    if function.value.isAbsent && (keywords.isAbsent || DictObject(keywords).count == 0) { return }
    guard !function.value.isAbsent else { throw missingAttribute(value, Name.__init_subclass__) }
    guard !keywords.isAbsent, DictObject(keywords).count > 0 else {
      _ = try function.value.call()
      return
    }
    let held = Owned(copying: keywords)
    _ = try callWithKeywords(function.value, DictObject(held.value))
  }
}

/// A type's name is text that UTF-8 can write, without NUL.
func checkTypeName(_ name: Value) throws(PyError) {
  let text = StringObject(name)
  if !text.isASCII { _ = try encodeUTF8(text, .strict) }
  for index in 0..<text.length where text.codePoint(at: index) == 0 { throw .valueError("type name must not contain null characters") }
}

/// Adds a line to the notes of the exception that is on its way.
public func addNoteToPendingException(_ text: String) throws(PyError) {
  let exception = currentThread.pointee.takeException()
  let note = try Owned.string(text)
  do throws(PyError) { _ = try exception.value.callMethod(Name.add_note, note.value) } catch { PyError.clear() }
  currentThread.pointee.setException(exception)
}

/// Calls with the items of a dict as keywords.
func callWithKeywords(_ function: Value, _ keywords: DictObject) throws(PyError) -> Owned {
  var values: [Value] = []
  let names = try Owned.keywordNames(keywords, of: function)
  var position = 0
  var key = Value.absent
  var value = Value.absent
  while keywords.next(&position, &key, &value) { values.append(value) }
  // A tuple keeps the values alive and in one place during the call.
  let held = try Owned.tuple(copying: values)
  return try function.call(arguments: Arguments(base: TupleObject(held.value).items, positionalCount: 0, keywordNames: names.value))
}

/// One run of `type.__new__`.
private struct ClassCreation: ~Copyable {
  let name: Value
  let bases: Value
  let base: TypeObject
  /// A copy of the namespace: the new class's dict.
  let dict: Owned
  /// The fields that `__slots__` adds, mangled and sorted.
  var members: [Value] = []
  var addsAttributes = false
  var addsWeakReferences = false

  init(name: Value, bases: Value, base: TypeObject, dict: consuming Owned) {
    self.name = name
    self.bases = bases
    self.base = base
    self.dict = dict
  }

  mutating func make(_ metatype: TypeObject) throws(PyError) -> Owned {
    guard name.isString else { throw .typeError("type.__new__() argument 1 must be str, not \(name.typeName)") }
    try checkTypeName(name)
    try readSlots()
    let result = Owned(taking: try metatype.allocate())
    let type = TypeObject(result.value)
    try setFields(type)
    try prepareNamespace(type)
    try addMembers(type)
    type.slots.pointee = base.slots.pointee
    setInstanceSlots(type)
    type.contents.pointee.newFunction = base.contents.pointee.newFunction
    type.contents.pointee.initializeFunction = base.contents.pointee.initializeFunction
    type.contents.pointee.expectedAttributes = UInt16(expectedAttributes(type))
    try type.makeRootShape(flags: shapeFlags(type))
    // A metatype's `mro` sees the class, which must be whole enough to be used.
    try type.computeMRO()
    try addOwnAttributes(type)
    inheritPatternFlags(type)
    if TupleObject(type.contents.pointee.bases).count == 1 && TupleObject(type.contents.pointee.mro).count == base.mro.count + 1 {
      type.fixSlotsOfOwnMethods()
    } else {
      try type.fixSlots()
    }
    try TypeObject.addSubclass(type, of: TupleObject(bases))
    type.contents.pointee.flags.insert(.ready)
    return result
  }

  // MARK: Layout

  private func setFields(_ type: TypeObject) throws(PyError) {
    let contents = type.contents
    contents.pointee.name = Owned.exactString(name).take()
    let qualifiedName = dictObject.get(interned: Name.__qualname__)
    if qualifiedName.isAbsent {
      contents.pointee.qualifiedName = Owned.exactString(name).take()
    } else {
      guard qualifiedName.isString else { throw .typeError("type __qualname__ must be a str, not \(qualifiedName.typeName)") }
      contents.pointee.qualifiedName = Owned(copying: qualifiedName).take()
      _ = try dictObject.remove(Name.__qualname__)
    }
    contents.pointee.bases = Owned(copying: bases).take()
    contents.pointee.dict = dict.copy().take()
    base.raw.retain()
    contents.pointee.base = base
    contents.pointee.flags = [.heapType, .baseType, .haveGarbageCollection]
    contents.pointee.flags.formUnion(TypeObject.subclassFlags(base.rootShape.flags))
    if givesAttributes { contents.pointee.flags.insert(.managedDict) }
    if base.flags.contains(.managedWeakReference) || addsWeakReferences { contents.pointee.flags.insert(.managedWeakReference) }
    let native = base.nativeBase
    // A class directly below `object` has an ObjectState behind the header.
    var start = Int(base.contents.pointee.basicSize)
    if native == .object && !base.isHeapType { start = ObjectHeader.size + MemoryLayout<ObjectState>.size }
    contents.pointee.memberOffset = Int32(start)
    contents.pointee.memberCount = Int32(members.count)
    contents.pointee.basicSize = Int32(start + members.count * MemoryLayout<Value>.size)
    contents.pointee.itemSize = base.contents.pointee.itemSize
    contents.pointee.itemCountOffset = base.contents.pointee.itemCountOffset
  }

  private var givesAttributes: Bool { addsAttributes || base.givesAttributes }

  private func shapeFlags(_ type: TypeObject) -> ShapeFlags {
    var flags = base.rootShape.flags.intersection(TypeDefinition.inheritedShapeFlags)
    flags.formUnion([.heapType, .tracked, .hasState])
    if addsAttributes { flags.insert(.hasAttributes) }
    if !members.isEmpty { flags.insert(.hasMembers) }
    if flags.contains(.hasAttributes) && type.contents.pointee.itemSize != 0 { flags.insert(.dictionaryMode) }
    let native = base.nativeBase
    if native != .object && (!native.rootShape.flags.contains(.hasState) || native.rootShape.flags.contains(.displacedState)) { flags.insert(.displacedState) }
    return flags
  }

  /// How many attributes instances will have, judging by the assignments to attributes of `self` that the compiler saw.
  private func expectedAttributes(_ type: TypeObject) -> Int {
    var names: [Value] = []
    var level = type
    while level.isHeapType {
      let attributes = level.dict.get(interned: Name.__static_attributes__)
      if !attributes.isAbsent, attributes.isTuple {
        for name in TupleObject(attributes).buffer where !names.contains(where: { $0 === name }) {
          if names.count == TypeObject.inlineAttributeLimit { return names.count }
          names.append(name)
        }
      }
      guard let base = level.contents.pointee.base else { break }
      level = base
    }
    return names.count
  }

  private func setInstanceSlots(_ type: TypeObject) {
    type.slots.pointee.traverse = TraverseSlot(traverseInstance)
    type.slots.pointee.clear = ClearSlot(clearInstance)
  }

  /// What `match` statements take for a sequence or mapping.
  private func inheritPatternFlags(_ type: TypeObject) {
    let mro = type.mro
    for index in 1..<max(mro.count, 1) {
      let pattern = TypeObject(mro[index]).flags.intersection([.sequence, .mapping])
      if !pattern.isEmpty {
        type.contents.pointee.flags.formUnion(pattern)
        return
      }
    }
  }

  // MARK: Namespace

  private var dictObject: DictObject { DictObject(dict.value) }

  /// `__module__`, the methods that are static or class methods without saying so, the cells of the class body.
  private func prepareNamespace(_ type: TypeObject) throws(PyError) {
    try internKeys()
    if dictObject.get(interned: Name.__module__).isAbsent {
      let globals = currentThread.pointee.currentGlobals
      let module = globals.isAbsent ? Value.absent : try DictObject(globals).get(Name.__name__)
      if !module.isAbsent { try dictObject.set(Name.__module__, module) }
    }
    let new = dictObject.get(interned: Name.__new__)
    if !new.isAbsent, new.isObject, new.type == .function { try dictObject.set(Name.__new__, taking: try StaticMethodObject.make(new)) }
    for name in [Name.__init_subclass__, Name.__class_getitem__] {
      let function = dictObject.get(interned: name)
      if !function.isAbsent, function.isObject, function.type == .function { try dictObject.set(name, taking: try ClassMethodObject.make(function)) }
    }
    let cell = dictObject.get(interned: Name.__classcell__)
    if !cell.isAbsent {
      guard cell.isObject, cell.type == .cell else { throw .typeError("__classcell__ must be a nonlocal cell, not \(try cell.type.value.repr().text)") }
      CellObject(cell).replace(Owned(copying: type.value))
      _ = try dictObject.remove(Name.__classcell__)
    }
    let dictCell = dictObject.get(interned: Name.__classdictcell__)
    if !dictCell.isAbsent {
      guard dictCell.isObject, dictCell.type == .cell else {
        throw .typeError("__classdictcell__ must be a nonlocal cell, not \(try dictCell.type.value.repr().text)")
      }
      CellObject(dictCell).replace(Owned(copying: dict.value))
      _ = try dictObject.remove(Name.__classdictcell__)
    }
  }

  /// Look-ups compare names by address, so names that were computed are replaced by their interned twins.
  private func internKeys() throws(PyError) {
    var position = 0
    var key = Value.absent
    var value = Value.absent
    var needsIt = false
    var hasOtherKeys = false
    while dictObject.next(&position, &key, &value) {
      if !key.isExactString { hasOtherKeys = true } else if !StringObject(key).isInterned { needsIt = true }
    }
    if hasOtherKeys {
      TypeObject.someHaveOtherKeys = true
      try warn(.runtimeWarning, "non-string key in the __dict__ of class \(name.text)")
    }
    guard needsIt else { return }
    let original = try dictObject.copy()
    dictObject.clear()
    position = 0
    while DictObject(original.value).next(&position, &key, &value) {
      if key.isExactString {
        let name = intern(Owned(copying: key))
        try dictObject.set(name.value, value)
      } else {
        try dictObject.set(key, value)
      }
    }
  }

  /// `__dict__`, `__weakref__`, `__doc__`, and `__hash__ = None` where only `__eq__` is defined.
  private func addOwnAttributes(_ type: TypeObject) throws(PyError) {
    if addsAttributes { try setAttribute(type, Name.__dict__, instanceDictAttribute) }
    if addsWeakReferences { try setAttribute(type, Name.__weakref__, weakReferenceAttribute) }
    let documentation = dictObject.get(interned: Name.__doc__)
    if documentation.isAbsent {
      try dictObject.set(Name.__doc__, .none)
    } else if documentation.isString {
      // A class's docstring must be text that can be encoded, as CPython keeps it in UTF-8.
      let text = Owned.exactString(documentation)
      if !StringObject(text.value).isASCII { _ = try encodeUTF8(StringObject(text.value), .strict) }
    }
    if dictObject.get(interned: Name.__hash__).isAbsent && !dictObject.get(interned: Name.__eq__).isAbsent { try dictObject.set(Name.__hash__, .none) }
  }

  private func setAttribute(_ type: TypeObject, _ name: Value, _ attribute: UnsafePointer<NativeAttribute>) throws(PyError) {
    // A class may have one of its own.
    if !dictObject.get(interned: name).isAbsent { return }
    try dictObject.set(name, taking: try DescriptorObject.make(.getSetDescriptor, of: type, name: name, payload: UInt(bitPattern: attribute)))
  }

  // MARK: __slots__

  /// Decides from `__slots__` and the bases which fields instances get.
  private mutating func readSlots() throws(PyError) {
    let mayAddAttributes = !base.givesAttributes
    let mayAddWeakReferences = !base.flags.contains(.managedWeakReference) && base.contents.pointee.itemSize == 0
    let slots = dictObject.get(interned: Name.__slots__)
    if slots.isAbsent {
      addsAttributes = mayAddAttributes
      addsWeakReferences = mayAddWeakReferences
      return
    }
    let names = slots.isString ? try Owned.tuple(slots) : try Owned.tuple(from: slots)
    let tuple = TupleObject(names.value)
    if tuple.count > 0 && (base.contents.pointee.itemSize != 0 || base.isSubtype(of: .type)) {
      throw .typeError("nonempty __slots__ not supported for subtype of '\(base.nameText)'")
    }
    for index in 0..<tuple.count {
      let slot = tuple[index]
      guard slot.isString else { throw .typeError("__slots__ items must be strings, not '\(slot.typeName)'") }
      guard StringObject(slot).isIdentifier else { throw .typeError("__slots__ must be identifiers") }
      if StringObject(slot).isEqual(to: "__dict__") {
        if !mayAddAttributes || addsAttributes { throw .typeError("__dict__ slot disallowed: we already got one") }
        addsAttributes = true
      }
      if StringObject(slot).isEqual(to: "__weakref__") {
        if !mayAddWeakReferences || addsWeakReferences { throw .typeError("__weakref__ slot disallowed: we already got one") }
        addsWeakReferences = true
      }
    }
    try collectMembers(tuple)
    addFromSecondaryBases(mayAddAttributes, mayAddWeakReferences)
  }

  private mutating func collectMembers(_ slots: TupleObject) throws(PyError) {
    let sorted = try Owned.list()
    for index in 0..<slots.count {
      let slot = slots[index]
      if StringObject(slot).isEqual(to: "__dict__") || StringObject(slot).isEqual(to: "__weakref__") { continue }
      let mangled = intern(try mangledName(slot, inClass: name))
      try ListObject(sorted.value).append(mangled.value)
      // The compiler puts these into the namespace on its own.
      let isOwn = slot === Name.__qualname__ || slot === Name.__classcell__ || slot === Name.__classdictcell__
      if !isOwn, !(try dictObject.get(mangled.value)).isAbsent {
        throw .valueError("\(try slot.repr().text) in __slots__ conflicts with class variable")
      }
    }
    _ = try sorted.value.callMethod(Name.sort)
    // Interned names are kept alive by `__slots__` or, if mangled, by the member descriptors made below.
    for index in 0..<ListObject(sorted.value).count {
      let member = ListObject(sorted.value)[index]
      member.retain()
      members.append(member)
    }
  }

  private mutating func addFromSecondaryBases(_ mayAddAttributes: Bool, _ mayAddWeakReferences: Bool) {
    for index in 0..<TupleObject(bases).count {
      let other = TypeObject(TupleObject(bases)[index])
      if other == base { continue }
      if mayAddAttributes && other.givesAttributes { addsAttributes = true }
      if mayAddWeakReferences && other.flags.contains(.managedWeakReference) { addsWeakReferences = true }
    }
  }

  private func addMembers(_ type: TypeObject) throws(PyError) {
    for (index, member) in members.enumerated() {
      let offset = Int(type.contents.pointee.memberOffset) + index * MemoryLayout<Value>.size
      try dictObject.set(member, taking: try DescriptorObject.make(.memberDescriptor, of: type, name: member, payload: UInt(offset), detail: MemberKind.slot.rawValue))
    }
  }

  deinit { for member in members { member.release() } }
}

/// `__name` in a class `C` is `_C__name`.
func mangledName(_ name: Value, inClass cls: Value) throws(PyError) -> Owned {
  let text = name.text
  guard text.hasPrefix("__"), !text.hasSuffix("__"), !text.contains(".") else { return Owned.exactString(name) }
  let stripped = cls.text.drop { $0 == "_" }
  if stripped.isEmpty { return Owned.exactString(name) }
  return try Owned.string("_\(stripped)\(text)")
}

extension TypeObject {
  /// Whether instances have a `__dict__`, generic or of the type's own making (`type`, `module`).
  var givesAttributes: Bool { rootShape.flags.contains(.hasAttributes) || flags.contains(.managedDict) }
}

// MARK: - Attributes of instances that every class adds

private func immortalAttribute(
  _ name: StaticString, _ documentation: StaticString, get: UnarySlot, set: SetterSlot?
) -> UnsafePointer<NativeAttribute> {
  let place = UnsafeMutablePointer<NativeAttribute>.allocate(capacity: 1)
  place.initialize(to: NativeAttribute(name: name, documentation: documentation, get: get, set: set))
  return UnsafePointer(place)
}

nonisolated(unsafe) let instanceDictAttribute = immortalAttribute("__dict__", "dictionary for instance variables", get: UnarySlot(getInstanceDict), set: SetterSlot(setInstanceDict))

nonisolated(unsafe) let nativeInstanceDictAttribute = immortalAttribute(
  "__dict__", "dictionary for instance variables", get: UnarySlot(getInstanceDict), set: SetterSlot(setNativeInstanceDict))

nonisolated(unsafe) private let weakReferenceAttribute = immortalAttribute("__weakref__", "list of weak references to the object", get: UnarySlot(firstWeakReference), set: nil)

public func getInstanceDict(_ object: Value) throws(PyError) -> Owned {
  guard object.isObject, object.object.shape.flags.contains(.hasAttributes) else {
    let own = nativeDictDescriptor(object)
    if own.value.isAbsent { throw missingAttribute(object, Name.__dict__) }
    return try own.value.callMethod(Name.__get__, object)
  }
  return Owned(copying: try object.object.materializedDict())
}

/// What classes and modules, whose dicts are of their own making, have as `__dict__`: for classes that are derived from an ordinary class and one of those.
private func nativeDictDescriptor(_ object: Value) -> Owned { Owned(copyingIfPresent: object.type.nativeBase.dict.get(interned: Name.__dict__)) }

public func setInstanceDict(_ object: Value, _ value: Value) throws(PyError) {
  guard object.isObject, object.object.shape.flags.contains(.hasAttributes) else {
    let own = nativeDictDescriptor(object)
    guard !own.value.isAbsent, let set = own.value.type.slots.pointee.descriptorSet else { throw missingAttribute(object, Name.__dict__) }
    return try set(own.value, object, value)
  }
  if value.isAbsent {
    let empty = try Owned.dict()
    return try object.object.replaceAttributeDict(empty.value)
  }
  guard value.isDict else { throw .typeError("__dict__ must be set to a dictionary, not a '\(value.typeName)'") }
  try object.object.replaceAttributeDict(value)
}

/// As ``setInstanceDict(_:_:)``, for builtin types, whose dict cannot be deleted.
public func setNativeInstanceDict(_ object: Value, _ value: Value) throws(PyError) {
  if value.isAbsent { throw .typeError("cannot delete __dict__") }
  try setInstanceDict(object, value)
}

private func firstWeakReference(_ object: Value) throws(PyError) -> Owned {
  guard object.isObject, object.object.shape.flags.contains(.hasState) else { return .none }
  guard object.object.objectState.pointee.flags.contains(.hasWeakReferences) else { return .none }
  guard let reference = currentInterpreter.pointee.weakReferences.first(of: object.object) else { return .none }
  return Owned(copying: Value(reference))
}
