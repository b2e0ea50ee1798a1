// Instances: how much memory they take, where their attributes stand, and their end.

import CKraitCore
import Glibc

extension TypeObject {
  /// A new instance: native fields, members and the attribute word zero (``Value/absent``). Attribute slots are undefined until the shape counts them.
  @inline(__always)
  public func allocate() throws(PyError) -> UnsafeMutableRawPointer {
    let shape = rootShape
    let size = Int(shape.contents.pointee.instanceSize)
    let object = try allocateObject(shape, size: size)
    let slots = Int(shape.contents.pointee.inlineOffset)
    let end = slots == 0 ? size : slots
    var offset = ObjectHeader.size
    while offset < end {
      object.storeBytes(of: 0, toByteOffset: offset, as: UInt64.self)
      offset &+= 8
    }
    if !shape.flags.isDisjoint(with: .heapTypeOrFinalizer) { noteCreation(of: object, shape.flags) }
    return object
  }

  /// A new instance with room for items behind the native fields.
  public func allocate(items count: Int) throws(PyError) -> UnsafeMutableRawPointer {
    let shape = rootShape
    let (items, tooMany) = count.multipliedReportingOverflow(by: Int(contents.pointee.itemSize))
    guard !tooMany, items < Int.max / 2 else { throw PyError.memoryError() }
    var size = Int(contents.pointee.basicSize) + items
    if !shape.flags.contains(.exact) { size = alignedToWord(size) + trailingSize }
    let object = try allocateZeroedObject(shape, size: size)
    if shape.flags.contains(.heapType) { raw.retain() }
    return object
  }

  /// Counts a reference to a class, and the instances that the collector must finalise in their order.
  @inline(__always)
  private func noteCreation(of object: UnsafeMutableRawPointer, _ flags: ShapeFlags) {
    if flags.contains(.heapType) { raw.retain() }
    if _slowPath(flags.contains(.hasFinalizer)) {
      let interpreter = currentInterpreter
      interpreter.pointee.finalizableCount &+= 1
      object.objectState.pointee.creation = interpreter.pointee.finalizableCount
    }
  }

  /// Bytes behind the items of a variable-size instance: the attribute word and the displaced state.
  private var trailingSize: Int {
    (rootShape.flags.contains(.hasAttributes) ? MemoryLayout<Value>.size : 0) + (rootShape.flags.contains(.displacedState) ? MemoryLayout<ObjectState>.size : 0)
  }
}

@inline(__always)
func alignedToWord(_ size: Int) -> Int { (size &+ 7) & ~7 }

extension Value {
  /// Whether the object has room for attributes inside, and all that it has lie there: not in an overflow array, nor in a dict alone.
  public var hasInlineAttributes: Bool {
    guard isObject, type.shownFlags.contains(.inlineValues) else { return false }
    let flags = object.shape.flags
    guard flags.contains(.hasAttributes) else { return false }
    return flags.contains(.mirrored) || !flags.contains(.dictionaryMode) && object.attributeWord.load(as: UInt.self) == 0
  }
}

extension UnsafeMutableRawPointer {
  /// One past the native fields and items: where a variable-size instance has its attribute word.
  private func endOfItems(_ type: TypeObject) -> UnsafeMutableRawPointer {
    let contents = type.contents
    let count = load(fromByteOffset: Int(contents.pointee.itemCountOffset), as: Int.self).magnitude
    return self + alignedToWord(Int(contents.pointee.basicSize) + Int(count) * Int(contents.pointee.itemSize))
  }

  /// Where an object whose shape says ``ShapeFlags/hasAttributes`` has its attribute word: a dict in dictionary mode, else the overflow array.
  @inline(__always)
  var attributeWord: UnsafeMutableRawPointer {
    let type = shape.type
    if _slowPath(type.contents.pointee.itemSize != 0) { return endOfItems(type) }
    return self + Int(type.contents.pointee.basicSize)
  }

  @usableFromInline @inline(never)
  var displacedState: UnsafeMutablePointer<ObjectState> {
    // Behind the attribute word, or in its place when there is none.
    let type = shape.type
    let behindAttributes = shape.flags.contains(.hasAttributes) ? MemoryLayout<Value>.size : 0
    let end = type.contents.pointee.itemSize != 0 ? endOfItems(type) : self + Int(type.contents.pointee.basicSize)
    return (end + behindAttributes).assumingMemoryBound(to: ObjectState.self)
  }

  /// The attribute slots inside the instance.
  @inline(__always)
  var inlineAttributes: UnsafeMutablePointer<Value> {
    (self + Int(shape.contents.pointee.inlineOffset)).assumingMemoryBound(to: Value.self)
  }

  /// The place of attribute `index`; the object is not in dictionary mode, or mirrored.
  @inline(__always)
  func attributePlace(_ index: Int) -> UnsafeMutablePointer<Value> {
    let shape = self.shape
    let inside = Int(shape.contents.pointee.inlineCapacity)
    if _fastPath(index < inside) { return inlineAttributes + index }
    return OverflowAttributes(raw: attributeWord.load(as: UnsafeMutableRawPointer.self)).values + (index - inside)
  }
}

/// The array of the attributes that an instance has no room for: a capacity, then values.
struct OverflowAttributes {
  let raw: UnsafeMutableRawPointer
  var capacity: Int { raw.load(as: Int.self) }
  var values: UnsafeMutablePointer<Value> { (raw + 8).assumingMemoryBound(to: Value.self) }

  static func make(capacity: Int) throws(PyError) -> OverflowAttributes {
    let raw = try allocateMemory(8 + capacity * 8)
    raw.storeBytes(of: capacity, as: Int.self)
    return OverflowAttributes(raw: raw)
  }

  func free() { freeMemory(raw, size: 8 + capacity * 8) }
}

/// The end of every object: gives up the attributes and members that subclasses added, frees the block, and gives up the class.
///
/// A type's `deallocate` calls this last. Weak references were cleared and the finaliser ran before.
@inline(__always)
public func finishDeallocation(_ object: UnsafeMutableRawPointer) {
  let flags = object.shape.flags
  if _fastPath(flags.isDisjoint(with: .attributesOrHeapType)) { return freeObject(object) }
  finishInstance(object, flags)
}

/// Whether an instance's type adds nothing to what ``endPlainInstance(_:)`` does.
@inline(__always)
func isPlainInstance(_ object: UnsafeMutableRawPointer, _ flags: ShapeFlags) -> Bool {
  flags == .plainInstance && !object.objectState.pointee.flags.contains(.hasWeakReferences)
    && object.shape.type.slots.pointee.deallocate.unsafelyUnwrapped.isSame(as: TypeObject.object.slots.pointee.deallocate.unsafelyUnwrapped)
}

/// The end of an instance of a Python class that has nothing but attributes.
@inline(__always)
func endPlainInstance(_ object: UnsafeMutableRawPointer) {
  releaseLastAttributes(object)
  let type = object.shape.type
  freeObject(object)
  type.raw.release()
}

@inline(never)
private func finishInstance(_ object: UnsafeMutableRawPointer, _ flags: ShapeFlags) {
  if flags.contains(.hasAttributes) {
    if flags.contains(.dictionaryMode) { releaseAttributes(object) } else { releaseLastAttributes(object) }
  }
  let type = object.shape.type
  guard flags.contains(.heapType) else { return freeObject(object) }
  if flags.contains(.hasMembers) { releaseMembers(object, type) }
  freeObject(object)
  type.raw.release()
}

/// Gives up the attributes of an instance that ends: nobody can see it any more, so it may be left as it is.
@inline(__always)
private func releaseLastAttributes(_ object: UnsafeMutableRawPointer) {
  let shape = object.shape.contents
  let count = Int(shape.pointee.attributeCount)
  let inside = Int(shape.pointee.inlineCapacity)
  let slots = object.inlineAttributes
  var index = 0
  let end = min(count, inside)
  while index < end {
    slots[index].releaseIfPresent()
    index &+= 1
  }
  guard let overflow = object.attributeWord.load(as: UnsafeMutableRawPointer?.self) else { return }
  let array = OverflowAttributes(raw: overflow)
  for index in 0..<max(0, count - inside) { array.values[index].releaseIfPresent() }
  array.free()
}

/// Gives up the attributes of an instance, which has none afterwards.
func releaseAttributes(_ object: UnsafeMutableRawPointer) {
  let shape = object.shape
  let word = object.attributeWord
  if shape.flags.contains(.dictionaryMode) {
    object.endMirror()
    let dict = word.load(as: Value.self)
    word.storeBytes(of: .absent, as: Value.self)
    dict.releaseIfPresent()
    return
  }
  let count = Int(shape.contents.pointee.attributeCount)
  let inside = Int(shape.contents.pointee.inlineCapacity)
  let overflow = word.load(as: UnsafeMutableRawPointer?.self)
  let slots = object.inlineAttributes
  // What is given up may run code that sees the object (in a cycle that the collector breaks) and sets attributes: it must find none, and its own must stay.
  object.shape = shape.root
  word.storeBytes(of: nil, as: UnsafeMutableRawPointer?.self)
  withUnsafeTemporaryAllocation(of: Value.self, capacity: max(count, 1)) { values in
    for index in 0..<min(count, inside) {
      values.initializeElement(at: index, to: slots[index])
      krait_store64_release(slots + index, Value.absent.bits)
    }
    if let overflow {
      let array = OverflowAttributes(raw: overflow)
      for index in 0..<max(0, count - inside) { values.initializeElement(at: inside + index, to: array.values[index]) }
      array.free()
    }
    for index in 0..<count { values[index].releaseIfPresent() }
  }
}

/// Gives up the fields of `__slots__`.
func releaseMembers(_ object: UnsafeMutableRawPointer, _ type: TypeObject) {
  var type = type
  while type.isHeapType {
    let members = (object + Int(type.contents.pointee.memberOffset)).assumingMemoryBound(to: Value.self)
    for index in 0..<Int(type.contents.pointee.memberCount) {
      let value = members[index]
      members[index] = .absent
      value.releaseIfPresent()
    }
    guard let base = type.contents.pointee.base else { return }
    type = base
  }
}

/// Visits what a class of the program's own adds to its native base, then what that holds.
func traverseInstance(_ object: UnsafeMutableRawPointer, _ visit: Visitor) {
  let shape = object.shape
  let type = shape.type
  if shape.flags.contains(.hasAttributes) { traverseAttributes(object, visit) }
  var level = type
  while level.isHeapType {
    let members = (object + Int(level.contents.pointee.memberOffset)).assumingMemoryBound(to: Value.self)
    for index in 0..<Int(level.contents.pointee.memberCount) { visit(members[index]) }
    guard let base = level.contents.pointee.base else { break }
    level = base
  }
  if shape.flags.contains(.heapType) { visit(type.value) }
  level.slots.pointee.traverse?(object, visit)
}

/// Visits the attributes of an object whose shape says ``ShapeFlags/hasAttributes``. Builtin types with attributes call it in their `traverse`.
func traverseAttributes(_ object: UnsafeMutableRawPointer, _ visit: Visitor) {
  let shape = object.shape
  if shape.flags.contains(.dictionaryMode) { return visit(object.attributeWord.load(as: Value.self)) }
  for index in 0..<Int(shape.contents.pointee.attributeCount) { visit(object.attributePlace(index).pointee) }
}

/// Breaks cycles through attributes and members.
func clearInstance(_ object: UnsafeMutableRawPointer) {
  let shape = object.shape
  if shape.flags.contains(.hasAttributes) { releaseAttributes(object) }
  releaseMembers(object, shape.type)
  shape.type.nativeBase.slots.pointee.clear?(object)
}
