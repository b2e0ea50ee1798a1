// Buffers of several dimensions: contiguity, copying in an order.

import CKraitCore
import Glibc

/// C's order has the last index run fastest, Fortran's the first; `any` is Fortran's for what is contiguous that way.
enum ItemOrder { case c, fortran, any }

extension BufferFields {
  func extent(_ dimension: Int) -> Int { shape.map { $0[dimension] } ?? (itemSize > 0 ? byteCount / itemSize : 0) }

  func stride(_ dimension: Int) -> Int {
    if let strides { return strides[dimension] }
    var stride = itemSize
    var index = dimensions &- 1
    while index > dimension {
      stride &*= extent(index)
      index &-= 1
    }
    return stride
  }

  var isCContiguous: Bool {
    if hasSuboffsets { return false }
    if byteCount == 0 || strides == nil { return true }
    var expected = itemSize
    for dimension in Swift.stride(from: dimensions &- 1, through: 0, by: -1) {
      if extent(dimension) > 1 && stride(dimension) != expected { return false }
      expected &*= extent(dimension)
    }
    return true
  }

  var isFortranContiguous: Bool {
    if hasSuboffsets { return false }
    if byteCount == 0 { return true }
    if strides == nil {
      // In C's order: the same when at most one dimension has more than one item.
      return (0..<dimensions).count { extent($0) > 1 } <= 1
    }
    var expected = itemSize
    for dimension in 0..<dimensions {
      if extent(dimension) > 1 && stride(dimension) != expected { return false }
      expected &*= extent(dimension)
    }
    return true
  }

  var hasSuboffsets: Bool { suboffsets != nil && dimensions > 0 && (0..<dimensions).contains { suboffsets.unsafelyUnwrapped[$0] >= 0 } }

  /// Where an item along one dimension is.
  @inline(__always)
  func step(_ pointer: UnsafeMutableRawPointer, _ dimension: Int, _ index: Int) -> UnsafeMutableRawPointer {
    let place = pointer + index &* stride(dimension)
    guard let suboffsets, suboffsets[dimension] >= 0 else { return place }
    return place.load(as: UnsafeMutableRawPointer.self) + suboffsets[dimension]
  }

  /// Copies all items to contiguous memory.
  func copyItems(to target: UnsafeMutableRawPointer, order: ItemOrder) {
    if byteCount == 0 { return }
    let fortran = order == .fortran || order == .any && isFortranContiguous && !isCContiguous
    if fortran ? isFortranContiguous : isCContiguous {
      memcpy(target, data, byteCount)
      return
    }
    if !fortran {
      var out = target
      copyItems(0, data, &out)
      return
    }
    // The places in the target, by strides of Fortran's order.
    var strides = [Int](repeating: itemSize, count: dimensions)
    for dimension in 1..<max(1, dimensions) { strides[dimension] = strides[dimension &- 1] &* extent(dimension &- 1) }
    scatterItems(0, data, target, strides)
  }

  private func copyItems(_ dimension: Int, _ pointer: UnsafeMutableRawPointer, _ out: inout UnsafeMutableRawPointer) {
    if dimension == dimensions {
      memcpy(out, pointer, itemSize)
      out += itemSize
      return
    }
    for index in 0..<extent(dimension) { copyItems(dimension &+ 1, step(pointer, dimension, index), &out) }
  }

  private func scatterItems(_ dimension: Int, _ pointer: UnsafeMutableRawPointer, _ target: UnsafeMutableRawPointer, _ strides: [Int]) {
    if dimension == dimensions {
      memcpy(target, pointer, itemSize)
      return
    }
    for index in 0..<extent(dimension) { scatterItems(dimension &+ 1, step(pointer, dimension, index), target + index &* strides[dimension], strides) }
  }

  /// Copies items from contiguous memory in C's order into this buffer.
  func fillItems(_ dimension: Int, _ pointer: UnsafeMutableRawPointer, _ source: inout UnsafeRawPointer) {
    if dimension == dimensions {
      memcpy(pointer, source, itemSize)
      source += itemSize
      return
    }
    for index in 0..<extent(dimension) { fillItems(dimension &+ 1, step(pointer, dimension, index), &source) }
  }

  /// The format without a leading `@`.
  var formatText: String { format.map { String(cString: $0) } ?? "B" }

  /// The single letter of a native format; nil for any other.
  var nativeFormat: UInt8? {
    guard let format else { return UInt8(ascii: "B") }
    let letter = format[0] == UInt8(ascii: "@") ? format + 1 : format
    guard letter[0] != 0 && letter[1] == 0 && nativeItemSize(letter[0]) != nil else { return nil }
    return letter[0]
  }
}

/// Bytes of an item with a native format.
func nativeItemSize(_ format: UInt8) -> Int? {
  switch format {
  case UInt8(ascii: "c"), UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "?"): 1
  case UInt8(ascii: "h"), UInt8(ascii: "H"), UInt8(ascii: "e"): 2
  case UInt8(ascii: "i"), UInt8(ascii: "I"), UInt8(ascii: "f"): 4
  case UInt8(ascii: "l"), UInt8(ascii: "L"), UInt8(ascii: "q"), UInt8(ascii: "Q"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "d"), UInt8(ascii: "P"),
    UInt8(ascii: "F"):
    8
  case UInt8(ascii: "D"): 16
  default: nil
  }
}

/// The text of a native format, with a zero byte behind it.
func nativeFormatText(_ format: UInt8, prefixed: Bool = false) -> UnsafePointer<UInt8> {
  let texts: StaticString = "@c\0@b\0@B\0@?\0@h\0@H\0@e\0@i\0@I\0@f\0@l\0@L\0@q\0@Q\0@n\0@N\0@d\0@P\0@F\0@D\0"
  var place = texts.utf8Start
  while place[1] != format { place += 3 }
  return prefixed ? place : place + 1
}
