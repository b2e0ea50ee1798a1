// The bytes of `marshal` data, piece by piece; the writers of trees and code units share it.

import KraitSyntax

struct MarshalOutput {
  private(set) var bytes: [UInt8] = []

  mutating func type(_ type: MarshalType, isFlagged: Bool) {
    bytes.append(type.rawValue | (isFlagged ? MarshalType.referenceFlag : 0))
  }

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func int32(_ value: Int32) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func int64(_ value: Int) {
    withUnsafeBytes(of: Int64(value).littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func double(_ value: Double) {
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func raw(_ content: some Sequence<UInt8>) { bytes.append(contentsOf: content) }

  mutating func raw(_ content: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: content) }

  /// The count and the digits of 15 bits of a `long`.
  mutating func digits(_ digits: some Collection<UInt16>, isNegative: Bool) {
    int32(Int32(truncatingIfNeeded: isNegative ? -digits.count : digits.count))
    for digit in digits {
      byte(UInt8(truncatingIfNeeded: digit))
      byte(UInt8(truncatingIfNeeded: digit >> 8))
    }
  }
}

extension MarshalTree {
  /// The tree as `marshal` data: the bytes that it was read from.
  public func bytes() -> [UInt8] {
    var output = MarshalOutput()
    var numbers = [Int32](repeating: -1, count: nodes.count)
    var nextNumber: Int32 = 0
    /// Code objects whose first line is still to be written, before the value at the position.
    var firstLines: [(position: Int, line: Int32)] = []
    for position in nodes.indices {
      let node = nodes[position]
      let value = MarshalValue(tree: self, position: position)
      if let last = firstLines.last, last.position == position {
        output.int32(last.line)
        firstLines.removeLast()
      }
      output.type(node.type, isFlagged: node.isFlagged)
      if node.isFlagged && node.type.takesReferenceNumber {
        numbers[position] = nextNumber
        nextNumber += 1
      }
      switch node.type {
      case .null, .none, .false, .true, .stopIteration, .ellipsis, .dict, .slice: break
      case .int: output.int32(Int32(truncatingIfNeeded: value.integer))
      case .int64: output.int64(value.integer)
      case .long:
        let (isNegative, digits) = value.digits
        output.digits(digits, isNegative: isNegative)
      case .binaryFloat: output.double(value.floats.0)
      case .binaryComplex:
        output.double(value.floats.0)
        output.double(value.floats.1)
      case .float, .complex:
        for text in value.floatTexts {
          output.byte(UInt8(text.count))
          output.raw(text)
        }
      case .shortASCII, .shortASCIIInterned:
        output.byte(UInt8(node.count))
        output.raw(value.storedBytes)
      case .bytes, .unicode, .interned, .ascii, .asciiInterned:
        output.int32(Int32(node.count))
        output.raw(value.storedBytes)
      case .smallTuple: output.byte(UInt8(node.count))
      case .tuple, .list, .set, .frozenset: output.int32(Int32(node.count))
      case .code:
        let codeNumbers = value.codeNumbers
        for number in codeNumbers.prefix(5) { output.int32(number) }
        firstLines.append((value.children[8].position, codeNumbers[5]))
      case .reference: output.int32(numbers[Int(node.count)])
      }
    }
    return output.bytes
  }
}
