// Line tables without columns, for programs that want small code objects.

import KraitCompiler

extension LineTable {
  /// The line table that a code object keeps: without columns if the program's options say so.
  static func kept(_ table: Value) throws(PyError) -> Owned {
    guard RuntimeConfiguration.current.hasNoDebugRanges, table.isBytes else { return Owned(copying: table) }
    let bytes = withoutColumns(BytesObject(table).buffer.bindMemory(to: UInt8.self))
    return Owned(
      taking: try bytes.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in
        try Owned.bytes(UnsafeRawBufferPointer(buffer)).take()
      })
  }

  /// The same entries, each of the form that has nothing but a line, or none.
  private static func withoutColumns(_ table: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < table.count {
      let head = table[index]
      index += 1
      let form = head >> 3 & 15
      if form == 15 {
        result.append(head)
        continue
      }
      result.append(0x80 | 13 << 3 | head & 7)
      if form >= 10 && form <= 12 {
        // A line difference as a signed variable-length number: its sign is the lowest bit.
        result.append((form - 10) << 1)
      } else if form < 10 {
        result.append(0)
      } else {
        while index < table.count {
          result.append(table[index])
          index += 1
          if table[index - 1] & 0x40 == 0 { break }
        }
      }
      while index < table.count && table[index] & 0x80 == 0 { index += 1 }
    }
    return result
  }
}
