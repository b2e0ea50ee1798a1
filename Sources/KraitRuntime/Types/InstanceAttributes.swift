// The attributes that an instance has itself: reading, setting, deleting, and turning to dictionary mode.

import CKraitCore

extension UnsafeMutableRawPointer {
  /// The attribute, borrowed; absent if the instance has none of this name or its type gives instances no attributes. The name must be interned.
  func instanceAttribute(_ name: Value) throws(PyError) -> Value {
    let shape = self.shape
    if _slowPath(!shape.flags.contains(.hasAttributes)) { return try moduleAttribute(name, shape.type) }
    let slot = shape.slot(of: name)
    if slot >= 0 { return attributePlace(slot).pointee }
    guard shape.mayHaveMoreInDict else { return .absent }
    let dict = attributeWord.load(as: Value.self)
    return dict.isAbsent ? .absent : try DictObject(dict).get(name)
  }

  /// A module's attributes are in a dict of its own.
  @inline(never)
  private func moduleAttribute(_ name: Value, _ type: TypeObject) throws(PyError) -> Value {
    guard type.flags.contains(.managedDict), type.isSubtype(of: .module) else { return .absent }
    let dict = ModuleObject(raw: self).dict
    return dict.isAbsent ? .absent : try DictObject(dict).get(name)
  }

  /// Sets an attribute of an instance whose type has them.
  func setInstanceAttribute(_ name: Value, _ value: Value) throws(PyError) {
    let shape = self.shape
    if shape.flags.contains(.dictionaryMode) { return try DictObject(attributeDict()).set(name, value) }
    if let next = TransitionTable.find(shape.contents.pointee.transitions, name) { return try addAttribute(next, value) }
    let slot = shape.slot(of: name)
    if slot >= 0 {
      let place = attributePlace(slot)
      let old = place.pointee
      value.retain()
      place.pointee = value
      old.releaseIfPresent()
      return
    }
    if let next = try shape.adding(name) { return try addAttribute(next, value) }
    try turnToDictionaryMode()
    try DictObject(attributeDict()).set(name, value)
  }

  /// Puts a value into the slot that `next` has more than the present shape, and takes on that shape.
  func addAttribute(_ next: Shape, _ value: Value) throws(PyError) {
    let index = Int(next.contents.pointee.attributeCount) - 1
    let inside = Int(next.contents.pointee.inlineCapacity)
    if index >= inside { try growOverflow(toHold: index - inside + 1) }
    value.retain()
    shape = next
    attributePlace(index).initialize(to: value)
  }

  /// Makes room behind the inline slots; lets the type learn that its next instances should have more of these.
  @inline(never)
  private func growOverflow(toHold count: Int) throws(PyError) {
    let word = attributeWord
    if let raw = word.load(as: UnsafeMutableRawPointer?.self) {
      let old = OverflowAttributes(raw: raw)
      if old.capacity >= count { return }
      let larger = try OverflowAttributes.make(capacity: old.capacity * 2)
      larger.values.update(from: old.values, count: count - 1)
      old.free()
      word.storeBytes(of: larger.raw, as: UnsafeMutableRawPointer.self)
    } else {
      word.storeBytes(of: try OverflowAttributes.make(capacity: 4).raw, as: UnsafeMutableRawPointer.self)
    }
    try shape.type.expectAttributes(Int(shape.contents.pointee.inlineCapacity) + count + 1)
  }

  /// Deletes an attribute; false if there is none.
  func deleteInstanceAttribute(_ name: Value) throws(PyError) -> Bool {
    let shape = self.shape
    guard shape.flags.contains(.hasAttributes) else { return false }
    if !shape.flags.contains(.dictionaryMode) {
      let slot = shape.slot(of: name)
      if slot < 0 { return false }
      if slot == Int(shape.contents.pointee.attributeCount) - 1, let parent = shape.contents.pointee.parent {
        // The last one: back to the shape before it. Its place may be another attribute's next: no fast path is storing in it meanwhile.
        if _slowPath(Runtime.isFree) { Sharing.stopOthers(currentThread) }
        let place = attributePlace(slot)
        let old = place.pointee
        place.pointee = .absent
        self.shape = Shape(raw: parent)
        old.releaseIfPresent()
        return true
      }
      if !Runtime.isFree, let next = try shape.removing(slot) {
        let place = attributePlace(slot)
        let old = place.pointee
        let last = Int(shape.contents.pointee.attributeCount) - 1
        for index in slot..<last { attributePlace(index).pointee = attributePlace(index + 1).pointee }
        attributePlace(last).pointee = .absent
        self.shape = next
        old.releaseIfPresent()
        return true
      }
      try turnToDictionaryMode()
    }
    let dict = attributeWord.load(as: Value.self)
    if dict.isAbsent { return false }
    let held = Owned(copying: dict)
    guard !(try DictObject(held.value).get(name)).isAbsent else { return false }
    _ = try DictObject(held.value).remove(name)
    return true
  }

  /// The dict of an instance in dictionary mode, borrowed; made when there is none yet.
  func attributeDict() throws(PyError) -> Value {
    let word = attributeWord
    let dict = word.load(as: Value.self)
    if !dict.isAbsent { return dict }
    let new = try Owned.dict().take()
    word.storeBytes(of: new, as: Value.self)
    return new
  }

  /// `__dict__`, borrowed: the instance is in dictionary mode afterwards.
  func materializedDict() throws(PyError) -> Value {
    if !shape.flags.contains(.dictionaryMode) { try turnToDictionaryMode(mirrored: true) }
    return try attributeDict()
  }

  /// Moves the attributes into a dict.
  ///
  /// - Parameter mirrored: the slots keep them, too, if all are inside (``ShapeFlags/mirrored``). Never without a lock, as others may read a slot whose value the dict gives up.
  @inline(never)
  func turnToDictionaryMode(mirrored: Bool = false) throws(PyError) {
    let shape = self.shape
    if shape.flags.contains(.dictionaryMode) { return endMirror() }
    let mayStay = mirrored && !Runtime.isFree && attributeWord.load(as: UInt.self) == 0
    let next = mayStay ? try shape.mirror() : try shape.type.dictionaryShape()
    let staysInside = next.flags.contains(.mirrored)
    let dict = try Owned.dict()
    let count = Int(shape.contents.pointee.attributeCount)
    if count > 0 || staysInside {
      let keys = try DictKeys.make(stringEntries: count, owner: staysInside ? self : nil)
      var this = shape
      while let parent = this.contents.pointee.parent {
        let index = Int(this.contents.pointee.attributeCount) - 1
        let entry = keys.stringEntry(index)
        entry[0] = Owned(copying: this.contents.pointee.name).take()
        // Without a lock fast paths exchange values: from here on they find none (``SharedBodies``).
        entry[1] = Runtime.isFree ? Value(bits: krait_exchange64(attributePlace(index), 0)) : attributePlace(index).pointee
        this = Shape(raw: parent)
      }
      DictObject(dict.value).fill(keys, count)
    }
    if Runtime.isFree {
      releaseAttributes(self)
    } else if let overflow = attributeWord.load(as: UnsafeMutableRawPointer?.self) {
      OverflowAttributes(raw: overflow).free()
    }
    self.shape = next
    attributeWord.storeBytes(of: dict.take(), as: Value.self)
  }

  /// `__dict__ = value`: the value must be a dict.
  func replaceAttributeDict(_ dict: Value) throws(PyError) {
    let next = try shape.type.dictionaryShape()
    let held = Owned(copying: dict)
    if _slowPath(Runtime.isFree) { Sharing.stopOthers(currentThread) }
    releaseAttributes(self)
    shape = next
    attributeWord.storeBytes(of: held.take(), as: Value.self)
  }
}

extension TypeObject {
  /// At most so many attributes are inside an instance.
  static let inlineAttributeLimit = 30

  /// The next instances have room inside for as many attributes, if that is not too many.
  func expectAttributes(_ count: Int) throws(PyError) {
    guard count > Int(contents.pointee.expectedAttributes) && count <= TypeObject.inlineAttributeLimit else { return }
    // Without a lock, others make instances of the class meanwhile.
    if _slowPath(Runtime.isFree) { Sharing.stopOthers(currentThread) }
    contents.pointee.expectedAttributes = UInt16(count)
    try makeRootShape(flags: rootShape.flags)
  }
}

/// Sets the attributes that a dict holds as `object.__dict__.update(dict)` would, without making that dict; false, with nothing done, when that is not the same.
public func updateOwnAttributes(of object: Value, from dict: DictObject) throws(PyError) -> Bool {
  guard object.isObject else { return false }
  let flags = object.object.shape.flags
  guard flags.contains(.hasAttributes), flags.contains(.heapType), !flags.contains(.dictionaryMode) else { return false }
  guard object.type.usesGenericGetAttribute, object.type.lookUp(Name.__dict__).type == .getSetDescriptor else { return false }
  var (position, key, value) = (0, Value.absent, Value.absent)
  while dict.next(&position, &key, &value) {
    if !key.isExactString { return false }
  }
  position = 0
  while dict.next(&position, &key, &value) {
    let held = Owned(copying: value)
    let name = intern(Owned(copying: key))
    try object.object.setInstanceAttribute(name.value, held.value)
  }
  return true
}
