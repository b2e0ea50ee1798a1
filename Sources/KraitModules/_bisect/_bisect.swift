// The module `_bisect`: searches in sorted sequences.

import KraitRuntime

let bisectModule = ModuleDefinition(
  "_bisect", "Where an item belongs in a sorted list, by halving the range that is left.\n\nbisect_* find the place, insort_* insert there: a list that is kept\nso needs no sort()."
) { (m: ModuleBuilder) throws(PyError) in
  try m.function("bisect_right(a, x, lo=0, hi=None, *, key=None)", "The place for x in the sorted list a, behind all items equal to it.\n\nWhat stands before it is not greater than x, what stands from it on is.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(try bisect(call, call[1], toTheRight: true))
  }
  try m.function("bisect_left(a, x, lo=0, hi=None, *, key=None)", "The place for x in the sorted list a, in front of all items equal to it.\n\nWhat stands before it is less than x, what stands from it on is not.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(try bisect(call, call[1], toTheRight: false))
  }
  try m.function("insort_right(a, x, lo=0, hi=None, *, key=None)", "Put x into the sorted list a at its place.\n\nEqual items stay in front of it.") { (call: Call) throws(PyError) -> Owned in
    try insert(call, toTheRight: true)
  }
  try m.function("insort_left(a, x, lo=0, hi=None, *, key=None)", "Put x into the sorted list a at its place.\n\nEqual items come after it.") { (call: Call) throws(PyError) -> Owned in
    try insert(call, toTheRight: false)
  }
}

private func insert(_ call: Call, toTheRight: Bool) throws(PyError) -> Owned {
  let wanted = call[4].isNone ? Owned(copying: call[1]) : try call[4].call(call[1])
  let index = try bisect(call, wanted.value, toTheRight: toTheRight)
  let place = try Owned.integer(index)
  _ = try call[0].callMethod(Name.insert, place.value, call[1])
  return .none
}

/// Where `wanted` belongs: behind what is equal to it, or in front.
private func bisect(_ call: Call, _ wanted: Value, toTheRight: Bool) throws(PyError) -> Int {
  let (sequence, key) = (call[0], call[4])
  var low = try call.index(2)
  if low < 0 { throw .valueError("lo must be non-negative") }
  var high = call[3].isNone ? -1 : try call.index(3)
  if !sequence.isExactList && !sequence.isFrozen || !key.isNone { excludeOtherThreads() }
  if high < 0 { high = try sequence.length() }
  while low < high {
    let middle = Int((UInt(bitPattern: low) &+ UInt(bitPattern: high)) / 2)
    let item: Owned
    if sequence.isExactList {
      guard middle < ListObject(sequence).count else { throw .indexError("list index out of range") }
      item = Owned(copying: ListObject(sequence)[middle])
    } else {
      let index = try Owned.integer(middle)
      item = try sequence.getItem(index.value)
    }
    let probe = key.isNone ? item : try key.call(item.value)
    let goesLeft: Bool
    if Value.areSmallIntegers(probe.value, wanted) {
      goesLeft = toTheRight ? wanted.smallInteger < probe.value.smallInteger : !(probe.value.smallInteger < wanted.smallInteger)
    } else {
      excludeOtherThreads(unlessFrozen: probe.value, wanted)
      goesLeft = toTheRight ? try wanted.isLess(than: probe.value) : try !probe.value.isLess(than: wanted)
    }
    if goesLeft { high = middle } else { low = middle + 1 }
  }
  return low
}
