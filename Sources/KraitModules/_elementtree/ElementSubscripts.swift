// Subscripts of elements: children by index and by slice.

import KraitRuntime

/// An index as subscripts take it; negative ones count from the end.
private func index(_ object: Value, _ key: Value) throws(PyError) -> Int {
  let given = try key.asIndex()
  return given < 0 ? given &+ ElementObject(object).count : given
}

private func isIndex(_ key: Value) -> Bool { key.isSmallInteger || key.type.slots.pointee.index != nil }

private func subscriptError() -> PyError { .typeError("element indices must be integers") }

/// Made once: every loop over an element ends by this error.
nonisolated(unsafe) private let outOfRange = Name.make("child index out of range")

@inline(__always)
private func child(_ object: Value, _ index: Int) throws(PyError) -> Owned {
  let element = ElementObject(object)
  guard UInt(bitPattern: index) < UInt(bitPattern: element.count) else { throw .raise(.indexError, outOfRange) }
  return Owned(copying: element[index])
}

private func slice(_ object: Value, _ slice: Value) throws(PyError) -> Owned {
  let bounds = try SliceObject(slice).bounds()
  let element = ElementObject(object)
  var (index, _, step, count) = bounds.indices(element.count)
  let list = try Owned.list(capacity: count)
  // Making a list may collect garbage, which runs finalisers.
  while count > 0, UInt(bitPattern: index) < UInt(bitPattern: element.count) {
    try ListObject(list.value).append(element[index])
    index &+= step
    count &-= 1
  }
  return list
}

/// Stores a child at an index, or deletes the one that is there.
private func store(_ object: Value, _ index: Int, _ value: Value) throws(PyError) {
  let element = ElementObject(object)
  guard UInt(bitPattern: index) < UInt(bitPattern: element.count) else { throw .indexError("child assignment index out of range") }
  if value.isAbsent {
    _ = element.remove(at: index)
    return
  }
  if !elementType.includes(value) { throw ElementObject.notAnElement(value) }
  let old = Owned(taking: element[index])
  value.retain()
  element.contents.pointee.children.unsafelyUnwrapped[index] = value
  _ = old.value
}

/// Deletes the children of a slice.
private func delete(_ object: Value, _ bounds: SliceBounds) throws(PyError) {
  let element = ElementObject(object)
  // Before the slice is measured: making a list may collect garbage, which runs finalisers.
  let removed = try Owned.list(capacity: bounds.indices(element.count).count)
  var (start, _, step, count) = bounds.indices(element.count)
  if count == 0 { return }
  if step < 0 {
    start &+= step &* (count &- 1)
    step = 0 &- step
  }
  let children = element.contents.pointee.children.unsafelyUnwrapped
  try ListObject(removed.value).take(children, from: start, step: step, count: count)
  var (kept, next) = (start, start)
  for place in start..<element.count {
    if place == next && count > 0 {
      next &+= step
      count &-= 1
    } else {
      children[kept] = children[place]
      kept &+= 1
    }
  }
  element.contents.pointee.count = UInt32(kept)
}

extension ListObject {
  /// Appends copies of values; they are given up by whoever has the list.
  fileprivate func take(_ values: UnsafeMutablePointer<Value>, from start: Int, step: Int, count: Int) throws(PyError) {
    for number in 0..<count { try append(taking: Owned(taking: values[start &+ number &* step])) }
  }
}

/// Stores the elements of an iterable in place of those of a slice.
private func store(_ object: Value, _ bounds: SliceBounds, _ value: Value) throws(PyError) {
  let sequence = try fastSequence(value, "assignment expects an iterable")
  // A list of its own: the sequence may be one that finalisers know.
  let new = try Owned.list(capacity: sequenceCount(sequence.value))
  for index in 0..<sequenceCount(sequence.value) { try ListObject(new.value).append(sequenceItem(sequence.value, index)) }
  let element = ElementObject(object)
  let newCount = ListObject(new.value).count
  let measured = bounds.indices(element.count)
  if measured.step != 1 && newCount != measured.count {
    throw .valueError("attempt to assign sequence of size \(newCount) to extended slice of size \(measured.count)")
  }
  for index in 0..<newCount where !elementType.includes(ListObject(new.value)[index]) { throw ElementObject.notAnElement(ListObject(new.value)[index]) }
  try exchange(element, bounds, new.value)
}

/// Puts elements in place of those of a slice; with a step other than 1 there are as many.
private func exchange(_ element: ElementObject, _ bounds: SliceBounds, _ new: Value) throws(PyError) {
  let newCount = ListObject(new).count
  let removed = try Owned.list(capacity: bounds.indices(element.count).count)
  try element.reserve(newCount)
  let (start, _, step, count) = bounds.indices(element.count)
  if step != 1 && newCount != count { throw .runtimeError("children mutated during assignment") }
  guard let children = element.contents.pointee.children else { return }
  try ListObject(removed.value).take(children, from: start, step: step, count: count)
  let behind = step == 1 ? start &+ count : element.count
  let shift = newCount &- count
  if shift < 0 {
    for place in behind..<element.count { children[place &+ shift] = children[place] }
  } else if shift > 0 {
    var place = element.count
    while place > behind {
      place &-= 1
      children[place &+ shift] = children[place]
    }
  }
  for index in 0..<newCount {
    ListObject(new)[index].retain()
    children[start &+ index &* step] = ListObject(new)[index]
  }
  element.contents.pointee.count = UInt32(element.count &+ shift)
}

func defineElementSubscripts(_ t: TypeDefinition) {
  t.slots.item = IndexSlot(child)
  t.slots.subscript = BinarySlot { (object: Value, key: Value) throws(PyError) -> Owned in
    if isIndex(key) { return try child(object, try index(object, key)) }
    if key.isSlice { return try slice(object, key) }
    throw subscriptError()
  }
  t.slots.storeSubscript = StoreSlot { (object: Value, key: Value, value: Value) throws(PyError) in
    if isIndex(key) { return try store(object, try index(object, key), value) }
    if !key.isSlice { throw subscriptError() }
    let bounds = try SliceObject(key).bounds()
    if value.isAbsent { try delete(object, bounds) } else { try store(object, bounds, value) }
  }
}
