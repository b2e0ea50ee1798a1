// The module `_heapq`: priority queues in lists.

import KraitRuntime

/// Whether `a` must stand above `b`: less in a heap of the smallest, more in one of the largest.
@inline(__always)
private func precedes(_ a: Value, _ b: Value, _ isMax: Bool) throws(PyError) -> Bool {
  if Value.areSmallIntegers(a, b) { return isMax ? b.smallInteger < a.smallInteger : a.smallInteger < b.smallInteger }
  if Value.areImmediateDoubles(a, b) { return isMax ? b.immediateDouble < a.immediateDouble : a.immediateDouble < b.immediateDouble }
  return try precedesByMethod(a, b, isMax)
}

/// Both are held: the comparison may change the list.
@inline(never)
private func precedesByMethod(_ a: Value, _ b: Value, _ isMax: Bool) throws(PyError) -> Bool {
  excludeOtherThreads(unlessFrozen: a, b)
  let first = Owned(copying: a)
  let second = Owned(copying: b)
  return isMax ? try second.value.isLess(than: first.value) : try first.value.isLess(than: second.value)
}

private func changedSize() -> PyError { .runtimeError("list changed size during iteration") }

/// Moves the item at `place` up to where it belongs, not above `start`.
private func siftDown(_ heap: ListObject, _ start: Int, _ place: Int, _ isMax: Bool) throws(PyError) {
  let count = heap.count
  guard place < count else { throw .indexError("index out of range") }
  var place = place
  while place > start {
    let parent = (place - 1) >> 1
    let isAbove = try precedes(heap[place], heap[parent], isMax)
    if heap.count != count { throw changedSize() }
    if !isAbove { return }
    let items = heap.items
    (items[place], items[parent]) = (items[parent], items[place])
    place = parent
  }
}

/// Moves the item at `place` down to a leaf, its better children up, and then up again to where it belongs.
private func siftUp(_ heap: ListObject, _ place: Int, _ isMax: Bool) throws(PyError) {
  let count = heap.count
  guard place < count else { throw .indexError("index out of range") }
  let start = place
  var place = place
  let limit = count >> 1
  while place < limit {
    var child = 2 * place + 1
    if child + 1 < count {
      let isLeftBetter = try precedes(heap[child], heap[child + 1], isMax)
      if heap.count != count { throw changedSize() }
      if !isLeftBetter { child += 1 }
    }
    let items = heap.items
    (items[place], items[child]) = (items[child], items[place])
    place = child
  }
  try siftDown(heap, start, place, isMax)
}

private func push(_ call: Call, _ isMax: Bool) throws(PyError) -> Owned {
  let heap = try list(call)
  try heap.append(call[1])
  try siftDown(heap, 0, heap.count - 1, isMax)
  return .none
}

private func pop(_ call: Call, _ isMax: Bool) throws(PyError) -> Owned {
  let heap = try list(call)
  let count = heap.count
  if count == 0 { throw .indexError("index out of range") }
  let last = Owned(copying: heap[count - 1])
  heap.removeItems(count - 1, 1)
  if count == 1 { return last }
  let result = Owned(copying: heap[0])
  heap.set(0, taking: last)
  try siftUp(heap, 0, isMax)
  return result
}

private func replace(_ call: Call, _ isMax: Bool) throws(PyError) -> Owned {
  let heap = try list(call)
  if heap.count == 0 { throw .indexError("index out of range") }
  let result = Owned(copying: heap[0])
  heap.set(0, taking: Owned(copying: call[1]))
  try siftUp(heap, 0, isMax)
  return result
}

private func pushAndPop(_ call: Call, _ isMax: Bool) throws(PyError) -> Owned {
  let heap = try list(call)
  if heap.count == 0 { return Owned(copying: call[1]) }
  let isBetter = try precedes(heap[0], call[1], isMax)
  if !isBetter { return Owned(copying: call[1]) }
  if heap.count == 0 { throw .indexError("index out of range") }
  let result = Owned(copying: heap[0])
  heap.set(0, taking: Owned(copying: call[1]))
  try siftUp(heap, 0, isMax)
  return result
}

private func heapify(_ call: Call, _ isMax: Bool) throws(PyError) -> Owned {
  let heap = try list(call)
  var index = heap.count / 2 - 1
  while index >= 0 {
    try siftUp(heap, index, isMax)
    index -= 1
  }
  return .none
}

private func list(_ call: Call) throws(PyError) -> ListObject {
  guard call[0].isList else { throw call.wrongType(0, "list") }
  return ListObject(call[0])
}

/// `heapq.__about__`
private let aboutText = "Heap queues: lists in which no item stands above one that must come before it, so that the first is always the next."

let heapqModule = ModuleDefinition("_heapq", "Heaps in lists.\n\nThe item at k does not come after those at 2*k+1 and 2*k+2, so the item at 0 is\nthe next to take: the least, or the greatest with the functions\nwhose names end with _max.\n") {
  (m: ModuleBuilder) throws(PyError) in
  try m.function("heappush(heap, item, /)", "Add item, and restore the order of the heap.") { (call: Call) throws(PyError) -> Owned in try push(call, false) }
  try m.function("heappop(heap, /)", "Take out the least item, and restore the order of the heap.") { (call: Call) throws(PyError) -> Owned in try pop(call, false) }
  try m.function("heapreplace(heap, item, /)", "Take out the least item and put the new one in its stead; IndexError if the heap is empty.") { (call: Call) throws(PyError) -> Owned in try replace(call, false) }
  try m.function("heappushpop(heap, item, /)", "The less of item and the least of the heap, which keeps the other one.") { (call: Call) throws(PyError) -> Owned in
    try pushAndPop(call, false)
  }
  try m.function("heapify(heap, /)", "Order a list as a heap, where it is, in linear time.") { (call: Call) throws(PyError) -> Owned in try heapify(call, false) }
  try m.function("heappush_max(heap, item, /)", "Add item to a heap whose first is the greatest.") { (call: Call) throws(PyError) -> Owned in try push(call, true) }
  try m.function("heappop_max(heap, /)", "Take out the greatest item, and restore the order of the heap.") { (call: Call) throws(PyError) -> Owned in try pop(call, true) }
  try m.function("heapreplace_max(heap, item, /)", "Take out the greatest item and put the new one in its stead.") { (call: Call) throws(PyError) -> Owned in try replace(call, true) }
  try m.function("heappushpop_max(heap, item, /)", "The greater of item and the greatest of the heap, which keeps the other one.") {
    (call: Call) throws(PyError) -> Owned in try pushAndPop(call, true)
  }
  try m.function("heapify_max(heap, /)", "Order a list, where it is, as a heap whose first is the greatest.") { (call: Call) throws(PyError) -> Owned in try heapify(call, true) }
  try m.constant("__about__", aboutText)
}
