// Instances whose attributes are in a dict and in their slots: what asking for `__dict__` makes of them.

import CKraitCore

// An instance that was asked for its `__dict__` once (as `vars`, `copy`, `pickle`, `cached_property` and `self.__dict__.update` do) would be slower from then on if it had its attributes in the
// dict alone. So they stay in the slots, too, as long as the dict begins with the attributes that the shape counts, in their order; those that there is no room for inside are in the dict alone.
// The dict owns the values and the slots borrow them: an entry's value is in its slot before the old one is given up. The dict's table knows the instance (``DictKeys/owner``), and all that
// changes entries says so here; what slots cannot follow (a deletion, a key that is no str, more attributes than instances are ever given room for) ends it, for good. `__dict__ = value` never
// begins it, as other instances may have the same dict.

extension Shape {
  /// The shape of instances that have the attributes of this one in a dict, too; that of dictionary mode if there would be too many.
  func mirror() throws(PyError) -> Shape {
    if let existing = contents.pointee.mirror { return Shape(raw: existing) }
    let result: Shape
    if let parent = contents.pointee.parent {
      let before = try Shape(raw: parent).mirror()
      guard before.flags.contains(.mirrored), let next = try before.adding(contents.pointee.name) else { return try type.dictionaryShape() }
      result = next
    } else {
      // What an instance becomes when it ends must be there, as that cannot fail.
      _ = try type.dictionaryShape()
      result = try sibling(flags: flags.union([.dictionaryMode, .mirrored]))
    }
    contents.pointee.mirror = result.raw
    return result
  }

  /// The shape of mirrored instances that have all the slots of this one and more attributes in the dict.
  func mirroredPartly() throws(PyError) -> Shape {
    if flags.contains(.mirroredPartly) { return self }
    if let existing = contents.pointee.mirror { return Shape(raw: existing) }
    let result = try sibling(flags: flags.union(.mirroredPartly))
    result.contents.pointee.attributeCount = contents.pointee.attributeCount
    result.contents.pointee.parent = contents.pointee.parent
    result.contents.pointee.name = Owned(copyingIfPresent: contents.pointee.name).take()
    contents.pointee.mirror = result.raw
    return result
  }
}

extension UnsafeMutableRawPointer {
  /// Leaves the attributes of an instance in dictionary mode to its dict alone.
  func endMirror() {
    let shape = self.shape
    guard shape.flags.contains(.mirrored) else { return }
    DictObject(attributeWord.load(as: Value.self)).keys.endMirror()
  }
}

extension DictKeys {
  /// An entry has another value.
  @inline(never)
  func mirrorValue(_ index: Int) {
    guard let owner, index < Int(owner.shape.contents.pointee.attributeCount) else { return }
    owner.inlineAttributes[index] = stringEntry(index)[1]
  }

  /// There is one more entry, with a key that was not there.
  @inline(never)
  func mirrorAddition() {
    guard let owner else { return }
    let shape = owner.shape
    let slot = Int(shape.contents.pointee.attributeCount)
    do throws(PyError) {
      if slot >= Int(shape.contents.pointee.inlineCapacity) {
        if entryCount > TypeObject.inlineAttributeLimit { return endMirror() }
        owner.shape = try shape.mirroredPartly()
        return try shape.type.expectAttributes(entryCount + 1)
      }
      let name = intern(Owned(copying: stringEntry(slot)[0]))
      if let next = try shape.adding(name.value) {
        owner.inlineAttributes[slot] = stringEntry(slot)[1]
        owner.shape = next
      } else {
        endMirror()
      }
    } catch {
      // No memory for a shape: the dict has the attribute.
      PyError.clear()
      endMirror()
    }
  }

  /// The slots no longer follow: the owner has its attributes in the dict alone.
  @inline(never)
  func endMirror() {
    guard let owner else { return }
    self.owner = nil
    guard let shape = owner.shape.type.contents.pointee.dictionaryModeShape else { fatalError("a mirrored instance of a class without a shape for dictionary mode") }
    owner.shape = Shape(raw: shape)
  }
}
