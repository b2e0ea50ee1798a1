// What lists, tuples and ranges have in common: repr, search bounds, repetition counts.

import CKraitCore

/// The `repr` of items between brackets; the items may change meanwhile.
///
/// - Parameters:
///   - object: what is shown; inside itself it is shown as `recursive`.
///   - item: the item at an index, absent at the end.
@inline(__always)
func sequenceRepr(
  _ object: Value, open: StaticString, close: StaticString, recursive: StaticString, item: (Int) -> Value
) throws(PyError) -> Owned {
  if try reprEnter(object) { return try .string(recursive) }
  defer { reprLeave(object) }
  var text = StringBuilder()
  try text.append(open)
  var index = 0
  while true {
    let next = item(index)
    if next.isAbsent { break }
    let held = Owned(copying: next)
    if index > 0 { try text.append(", ") }
    try text.append(reprOf: held.value)
    index += 1
  }
  try text.append(close)
  return try text.finish()
}

/// A bound of `index(value, start, stop)`: cut to the range of a word.
func searchBound(_ value: Value) throws(PyError) -> Int {
  if value.isSmallInteger { return value.smallInteger }
  guard value.type.slots.pointee.index != nil else { throw PyError.typeError("slice indices must be integers or have an __index__ method") }
  return try value.asIndex(overflow: nil)
}

extension Value {
  /// `operator.index(self)` as an exact int: 1 for True.
  @inline(__always)
  func exactIndex() throws(PyError) -> Owned {
    if isSmallInteger { return Owned(taking: self) }
    let index = try self.index()
    return try Integer.exact(index.value)
  }
}

/// The first and the one behind the last index that `index(value, start, stop)` looks at, for a length that may change.
@inline(__always)
func searchStart(_ start: Int, _ count: Int) -> Int { start < 0 ? max(start &+ count, 0) : start }
@inline(__always)
func searchStop(_ stop: Int, _ count: Int) -> Int { stop < 0 ? max(stop &+ count, 0) : stop }

/// Compares two sequences item by item: the sizes of both are asked again for each, as comparing may change them.
///
/// `==` and `!=` of lists of different lengths are decided before.
@inline(__always)
func compareSequences(
  _ a: Value, _ b: Value, _ operation: Comparison, count: (Value) -> Int, item: (Value, Int) -> Value
) throws(PyError) -> Owned {
  var index = 0
  while index < count(a) && index < count(b) {
    let x = item(a, index)
    let y = item(b, index)
    if x !== y {
      if Value.areSmallIntegers(x, y) { return .boolean(operation.holds(x.smallInteger, y.smallInteger)) }
      let heldX = Owned(copying: x)
      let heldY = Owned(copying: y)
      switch x.quicklyEquals(y) {
      case .yes: break
      case .no: return try decide(x, y, operation)
      case .unknown:
        if try !heldX.value.isEqual(to: heldY.value) {
          // The comparison may have shortened a list: then the sizes decide.
          if index >= count(a) || index >= count(b) { return .boolean(operation.holds(count(a), count(b))) }
          let firstX = Owned(copying: item(a, index))
          let firstY = Owned(copying: item(b, index))
          return try decide(firstX.value, firstY.value, operation)
        }
      }
    }
    index += 1
  }
  return .boolean(operation.holds(count(a), count(b)))
}

/// The answer when two items differ.
@inline(never)
private func decide(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  switch operation {
  case .equal: .boolean(false)
  case .notEqual: .boolean(true)
  default: try a.compare(b, operation)
  }
}

/// Copies `count` values `times` times, with new references.
func repeatReferences(_ source: UnsafePointer<Value>, _ count: Int, times: Int, to destination: UnsafeMutablePointer<Value>) {
  var place = destination
  if count == 1 {
    let value = source[0]
    for _ in 0..<times {
      value.retainIfPresent()
      place.pointee = value
      place += 1
    }
    return
  }
  for _ in 0..<times {
    for index in 0..<count {
      let value = source[index]
      value.retainIfPresent()
      place.pointee = value
      place += 1
    }
  }
}

extension StringBuilder {
  /// Appends what `repr(value)` gives.
  mutating func append(reprOf value: Value) throws(PyError) {
    let text = try value.repr()
    try append(text.value)
  }
}
