// Slots of classes of the program: which function each has follows from the special methods along the MRO.

import CKraitCore

extension TypeObject {
  /// Sets the slots of a new class: those of its base, then what the special methods of the class and of its other bases say.
  func fixSlots() throws(PyError) {
    var number = 0
    while number < SlotTable.rows.count {
      let group = SlotTable.group(of: number)
      updateSlot(group)
      number = group.upperBound + 1
    }
    updateFinalizerFlag()
  }

  /// As ``fixSlots()`` for a class with one base, whose slots it has already: only what its own namespace defines can differ.
  func fixSlotsOfOwnMethods() {
    var position = 0
    var key = Value.absent
    var value = Value.absent
    while dict.next(&position, &key, &value) {
      updateSlots(named: key)
    }
    updateFinalizerFlag()
  }

  /// The slots that a special method of this name serves; whether there are any.
  @discardableResult
  private func updateSlots(named name: Value) -> Bool {
    guard let first = SlotTable.firstRow(named: name) else { return false }
    var next = Optional(first)
    while let number = next {
      updateSlot(SlotTable.group(of: number))
      next = SlotTable.row(after: number)
    }
    return true
  }

  /// A special method was set or deleted: the slots of this class and of the subclasses that do not define it themselves follow.
  func specialMethodChanged(_ name: Value) {
    guard updateSlots(named: name) else { return }
    if name === Name.__del__ { updateFinalizerFlag() }
    // Instances may stand in any class: caches knew them as plain values, or as descriptors.
    if name === Name.__get__ || name === Name.__set__ || name === Name.__delete__ { TypeObject.object.invalidate() }
    for subclass in directSubclasses where subclass.dict.get(interned: name).isAbsent { subclass.specialMethodChanged(name) }
  }

  private func updateFinalizerFlag() {
    let hasFinalizer = slots.pointee.finalize != nil
    forEachShape { shape in
      if hasFinalizer { shape.contents.pointee.flags.insert(.hasFinalizer) } else { shape.contents.pointee.flags.remove(.hasFinalizer) }
    }
  }

  /// Finds the function of one slot from the methods that share it.
  ///
  /// If all that are found are wrappers of one native function, that function serves; if any is another kind of object, the function that calls methods does.
  private func updateSlot(_ group: ClosedRange<Int>) {
    let offset = SlotTable.rows[group.lowerBound].offset
    var specific: UInt = 0
    var generic: UInt = 0
    var useGeneric = false
    var initializeFunction: UnsafePointer<NativeFunction>?
    for number in group {
      let row = SlotTable.rows[number]
      let found = lookUp(row.name)
      if found.isAbsent { continue }
      if found.isObject, found.type == .wrapperDescriptor, DescriptorObject(found).name === row.name {
        let descriptor = DescriptorObject(found)
        let rowCode = UInt(bitPattern: row.generic)
        if servesSlot(row.name, offset) { generic = rowCode }
        let payload = descriptor.contents.pointee.payload
        if specific == 0 || specific == payload, descriptor.row.kind == row.kind, descriptor.row.offset == offset, isSubtype(of: descriptor.type) {
          specific = payload
          if row.kind == .initialize { initializeFunction = descriptor.type.contents.pointee.initializeFunction }
        } else {
          useGeneric = true
        }
      } else if row.name === Name.__new__, found.isObject, found.type == .builtinFunction, NativeFunctionObject(found).function == newWrapperFunction {
        // Not a wrapper descriptor: `__new__` of a builtin type. The slot that the base gave is the one that knows the fields.
        // A class that once had a method of its own keeps the slot that looks for one.
        let current = slotWord(offset)
        specific = current == UInt(bitPattern: row.generic) ? current : newSlotOfBase()
      } else if row.name === Name.__hash__, found.isNone {
        specific = UInt(bitPattern: HashSlot(hashNotImplemented).code)
      } else {
        useGeneric = true
        generic = UInt(bitPattern: row.generic)
      }
    }
    let word = specific != 0 && !useGeneric ? specific : generic
    setSlotWord(offset, word)
    if SlotTable.rows[group.lowerBound].kind == .initialize, let initializeFunction { contents.pointee.initializeFunction = initializeFunction }
  }

  /// The nearest native base's `new`.
  private func newSlotOfBase() -> UInt {
    let native = nativeBase
    contents.pointee.newFunction = native.contents.pointee.newFunction
    return native.slotWord(MemoryLayout<TypeSlots>.offset(of: \TypeSlots.new).unsafelyUnwrapped)
  }

  /// Whether this slot is the one that a method's name stands for, when several slots share the name (`__add__` of numbers and of sequences): the only one that is set.
  private func servesSlot(_ name: Value, _ offset: Int) -> Bool {
    guard let first = SlotTable.firstRow(named: name), SlotTable.row(after: first) != nil else { return true }
    var only = -1
    var next = Optional(first)
    while let number = next {
      next = SlotTable.row(after: number)
      let candidate = SlotTable.rows[number].offset
      guard slotWord(candidate) != 0 else { continue }
      if only >= 0 { return false }
      only = candidate
    }
    return only < 0 || only == offset
  }
}
