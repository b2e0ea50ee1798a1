// How `list.sort` compares: one order for each kind of keys that all are of one kind.

import CKraitCore
import Glibc

/// An order that the merge sort is specialised for.
protocol SortOrder {
  static func isLess(_ a: Value, _ b: Value) throws(PyError) -> Bool
}

/// 63-bit ints: their words compare as they do.
enum SmallIntegerOrder: SortOrder {
  @inline(__always)
  static func isLess(_ a: Value, _ b: Value) throws(PyError) -> Bool { Int64(bitPattern: a.bits) < Int64(bitPattern: b.bits) }
}

/// Exact floats.
enum FloatOrder: SortOrder {
  @inline(__always)
  private static func double(_ value: Value) -> Double {
    value.isImmediateDouble ? value.immediateDouble : value.object.load(fromByteOffset: ObjectHeader.size, as: Double.self)
  }
  @inline(__always)
  static func isLess(_ a: Value, _ b: Value) throws(PyError) -> Bool { double(a) < double(b) }
}

/// Exact str of one byte a character.
enum NarrowStringOrder: SortOrder {
  @inline(__always)
  static func isLess(_ a: Value, _ b: Value) throws(PyError) -> Bool {
    let (x, y) = (StringObject(raw: a.object), StringObject(raw: b.object))
    let (xCount, yCount) = (x.length, y.length)
    // The first character mostly decides; behind an empty text is a zero, so that it can be read.
    let (i, j) = (x.data.load(as: UInt8.self), y.data.load(as: UInt8.self))
    if i != j && xCount > 0 && yCount > 0 { return i < j }
    let difference = memcmp(x.data, y.data, min(xCount, yCount))
    return difference == 0 ? xCount < yCount : difference < 0
  }
}

/// Exact str.
enum StringOrder: SortOrder {
  @inline(__always)
  static func isLess(_ a: Value, _ b: Value) throws(PyError) -> Bool {
    StringObject(raw: a.object).compare(to: StringObject(raw: b.object)) < 0
  }
}

/// Exact tuples: the first items that differ decide. The comparisons for equality are mostly of ints and str.
enum TupleOrder: SortOrder {
  static func isLess(_ a: Value, _ b: Value) throws(PyError) -> Bool {
    let (x, y) = (TupleObject(a), TupleObject(b))
    let count = min(x.count, y.count)
    for index in 0..<count {
      let (i, j) = (x[index], y[index])
      if i === j { continue }
      if Value.areSmallIntegers(i, j) { return i.smallInteger < j.smallInteger }
      if i.isExactString && j.isExactString {
        let order = StringObject(raw: i.object).compare(to: StringObject(raw: j.object))
        if order == 0 { continue }
        return order < 0
      }
      if try i.isEqual(to: j) { continue }
      return try i.isLess(than: j)
    }
    return x.count < y.count
  }
}

/// Anything else: `__lt__`.
enum GeneralOrder: SortOrder {
  @inline(__always)
  static func isLess(_ a: Value, _ b: Value) throws(PyError) -> Bool { try a.isLess(than: b) }
}

/// Which of the orders fits all keys.
enum SortKind {
  case smallIntegers, floats, narrowStrings, strings, tuples, general

  init(_ keys: UnsafeMutablePointer<Value>, _ count: Int) {
    let first = keys[0]
    if first.isSmallInteger {
      for index in 1..<count where !keys[index].isSmallInteger { self = .general; return }
      self = .smallIntegers
    } else if first.isExactFloat {
      for index in 1..<count where !keys[index].isExactFloat { self = .general; return }
      self = .floats
    } else if first.isExactString {
      var isNarrow = true
      for index in 0..<count {
        guard keys[index].isExactString else { self = .general; return }
        if StringObject(raw: keys[index].object).width != 1 { isNarrow = false }
      }
      self = isNarrow ? .narrowStrings : .strings
    } else if first.isExactTuple {
      for index in 1..<count where !keys[index].isExactTuple { self = .general; return }
      self = .tuples
    } else {
      self = .general
    }
  }
}
