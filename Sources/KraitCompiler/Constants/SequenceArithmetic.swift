// Strings, bytes and tuples among the constants: concatenation, repetition and subscripts.

import KraitSyntax

extension Arena {
  func concatenate(_ a: ConstantValue, _ b: ConstantValue) -> ConstantValue? {
    guard a.kind == b.kind else { return nil }
    switch a.kind {
    case .string: return string(text(Array(a.text.bytes) + Array(b.text.bytes)))
    case .bytes: return bytes(text(Array(a.text.bytes) + Array(b.text.bytes)))
    case .tuple: return tuple(Array(a.elements) + Array(b.elements))
    default: return nil
    }
  }

  /// A string, bytes or tuple constant `times` over; the caller bounds the result's size.
  func repetition(_ sequence: ConstantValue, _ times: Int) -> ConstantValue {
    switch sequence.kind {
    case .tuple: return tuple(Array(repeatElement(sequence.elements, count: times).joined()))
    case .string: return string(text(Array(repeatElement(sequence.text.bytes, count: times).joined())))
    default: return bytes(text(Array(repeatElement(sequence.text.bytes, count: times).joined())))
    }
  }

  /// What `container[index]` gives; `nil` when it raises.
  public func subscriptConstant(_ container: ConstantValue, _ index: ConstantValue) -> ConstantValue? {
    let count: Int
    switch container.kind {
    case .string: count = container.text.codePointCount
    case .bytes: count = container.text.count
    case .tuple: count = container.elements.count
    default: return nil
    }
    if index.isIntegral {
      guard var position = index.wordValue else { return nil }
      if position < 0 { position += count }
      guard position >= 0 && position < count else { return nil }
      switch container.kind {
      case .tuple: return container.elements[position]
      case .bytes: return integer(Int(container.text.bytes[position]))
      default: return string(text(UnsafeBufferPointer(rebasing: container.text.codePoint(at: position))))
      }
    }
    guard index.kind == .slice, let indices = SliceIndices(index, count: count) else { return nil }
    switch container.kind {
    case .tuple: return tuple(indices.map { container.elements[$0] })
    case .bytes: return bytes(text(indices.map { container.text.bytes[$0] }))
    default:
      if container.text.isASCII { return string(text(indices.map { container.text.bytes[$0] })) }
      let starts = container.text.codePointStarts
      var result: [UInt8] = []
      for position in indices { result.append(contentsOf: container.text.bytes[starts[position]..<starts[position + 1]]) }
      return string(text(result))
    }
  }

  /// A frozenset of constants, of which equal ones (in Python's sense) are taken once.
  func frozensetOfDistinct(_ elements: [ConstantValue]) -> ConstantValue {
    var distinct: [ConstantValue] = []
    for element in elements where !distinct.contains(where: { $0.isEqualInPython(to: element) }) { distinct.append(element) }
    return frozenset(distinct)
  }
}

extension Text {
  /// Where each code point begins, and the end.
  fileprivate var codePointStarts: [Int] {
    var starts: [Int] = []
    for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 { starts.append(offset) }
    starts.append(bytes.count)
    return starts
  }

  fileprivate func codePoint(at position: Int) -> Slice<UnsafeBufferPointer<UInt8>> {
    var start = 0
    var seen = -1
    for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
      seen += 1
      if seen == position { start = offset }
      if seen == position + 1 { return bytes[start..<offset] }
    }
    return bytes[start...]
  }
}

/// The indices that a slice picks from a sequence.
private struct SliceIndices: Sequence, IteratorProtocol {
  private var index: Int
  private let step: Int
  private var remaining: Int

  /// `nil` when a bound is neither an integer nor `None`, or the step is zero.
  init?(_ slice: ConstantValue, count: Int) {
    guard let step = SliceIndices.bound(slice.elements[2], default: 1), step != 0 else { return nil }
    // As far as `-Int.max`, so that it can be negated.
    self.step = Swift.max(step, -Int.max)
    guard var start = SliceIndices.bound(slice.elements[0], default: step < 0 ? Int.max : 0),
      var stop = SliceIndices.bound(slice.elements[1], default: step < 0 ? Int.min : Int.max)
    else { return nil }
    let lowest = step < 0 ? -1 : 0
    let highest = step < 0 ? count - 1 : count
    if start < 0 { start = Swift.max(start + count, lowest) } else { start = Swift.min(start, highest) }
    if stop < 0 { stop = Swift.max(stop < -count ? lowest : stop + count, lowest) } else { stop = Swift.min(stop, highest) }
    index = start
    if step < 0 {
      remaining = stop < start ? (start - stop - 1) / -self.step + 1 : 0
    } else {
      remaining = start < stop ? (stop - start - 1) / step + 1 : 0
    }
  }

  mutating func next() -> Int? {
    guard remaining > 0 else { return nil }
    remaining -= 1
    defer { index &+= step }
    return index
  }

  private static func bound(_ value: ConstantValue, default missing: Int) -> Int? {
    if value.kind == .none { return missing }
    guard value.isIntegral else { return nil }
    return value.wordValue ?? (value.isNegative ? Int.min : Int.max)
  }
}
