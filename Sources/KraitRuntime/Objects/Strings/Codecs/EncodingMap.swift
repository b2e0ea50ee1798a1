// `EncodingMap`: what `codecs.charmap_build` makes of a decoding table, for `codecs.charmap_encode`.

import CKraitCore

/// Bytes for code points of 16 bits.
///
///     16   how many pages of 128 bytes there are; page 0 has nothing
///     24   for each 128 code points their page
///     536  the pages: 0 is nothing, but for code point 0
struct EncodingMap {
  private static let indexOffset = 24
  private static let pageOffset = 536
  let raw: UnsafeMutableRawPointer

  init(_ value: Value) { raw = value.object }

  /// - Parameter table: at most 256 characters, of which 0xFFFE is none. nil where the first is not NUL, another one is, or one has more than 16 bits.
  static func make(_ table: CodeUnits) throws(PyError) -> Owned? {
    guard table[0] == 0, !(1..<table.count).contains(where: { table[$0] == 0 || table[$0] > 0xFFFF }) else { return nil }
    var isUsed = [Bool](repeating: false, count: 512)
    for index in 0..<table.count where table[index] != 0xFFFE { isUsed[Int(table[index] &>> 7)] = true }
    let pages = isUsed.count { $0 } &+ 1
    // More than a byte can name.
    if pages > 256 { return nil }
    let map = EncodingMap(Value(try allocateObject(TypeObject.encodingMap.rootShape, size: pageOffset &+ pages &* 128)))
    map.raw.storeBytes(of: pages, toByteOffset: 16, as: Int.self)
    (map.raw + indexOffset).initializeMemory(as: UInt8.self, repeating: 0, count: 512 &+ pages &* 128)
    var last: UInt8 = 0
    for page in 0..<512 where isUsed[page] {
      last &+= 1
      map.raw.storeBytes(of: last, toByteOffset: indexOffset &+ page, as: UInt8.self)
    }
    for index in 0..<table.count where table[index] != 0xFFFE { map.place(of: table[index]).storeBytes(of: UInt8(index), as: UInt8.self) }
    return Owned(taking: map.raw)
  }

  /// Where the byte of a code point of 16 bits stands.
  @inline(__always)
  private func place(of point: UInt32) -> UnsafeMutableRawPointer {
    let page = Int(raw.load(fromByteOffset: Self.indexOffset &+ Int(point &>> 7), as: UInt8.self))
    return raw + (Self.pageOffset &+ page &* 128 &+ Int(point & 0x7F))
  }

  @inline(__always)
  subscript(point: UInt32) -> UInt8? {
    if point > 0xFFFF { return nil }
    let byte = place(of: point).load(as: UInt8.self)
    return byte == 0 && point != 0 ? nil : byte
  }

  /// Encodes units from a place up to one that has no byte, whose place is the answer.
  func encode(_ units: CodeUnits, from start: Int, _ output: inout ByteBuilder) throws(PyError) -> Int {
    switch units.width {
    case 1: return try encode(units.units(UInt8.self), start, units.count, &output)
    case 2: return try encode(units.units(UInt16.self), start, units.count, &output)
    default: return try encode(units.units(UInt32.self), start, units.count, &output)
    }
  }

  private func encode<Unit: FixedWidthInteger & UnsignedInteger>(_ units: UnsafePointer<Unit>, _ start: Int, _ end: Int, _ output: inout ByteBuilder) throws(PyError) -> Int {
    let target = try output.extend(end &- start)
    var index = start
    while index < end, let byte = self[UInt32(truncatingIfNeeded: units[index])] {
      target[index &- start] = byte
      index &+= 1
    }
    output.removeLast(end &- index)
    return index
  }
}

func defineEncodingMap(_ types: TypeDefinitions) {
  types.define(.encodingMap) { t in
    t.basicSize = 24
    t.flags.insert(.disallowInstantiation)
    t.method("size()", "How many bytes the map takes.") { (call: Call) throws(PyError) -> Owned in
      try Owned.integer(536 &+ call.receiver.object.load(fromByteOffset: 16, as: Int.self) &* 128)
    }
  }
}
