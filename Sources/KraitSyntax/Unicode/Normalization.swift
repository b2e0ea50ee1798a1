// Normalization form KC: identifiers are equal when their normal forms are.

/// Unicode normalization of UTF-8 texts.
public enum Normalization {
  /// The text in normalization form KC: the text itself when it is in that form, else a copy in the arena.
  public static func compatibilityComposed(_ text: UnsafeBufferPointer<UInt8>, in arena: Arena) -> UnsafeBufferPointer<UInt8> {
    guard let start = text.baseAddress, !isStable(text) else { return text }
    var codePoints: [UInt32] = []
    var position = start
    while position < start + text.count { decompose(UTF8Decoder.decode(&position), into: &codePoints) }
    reorder(&codePoints)
    compose(&codePoints)
    var result: [UInt8] = []
    for codePoint in codePoints { result.append(codePoint: codePoint) }
    return arena.copy(result)
  }

  private static func isStable(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard var position = text.baseAddress else { return true }
    let end = position + text.count
    while position < end {
      if position.pointee < 0x80 {
        position += 1
      } else if !UnicodeProperties.isStableInNFKC(UTF8Decoder.decode(&position)) {
        return false
      }
    }
    return true
  }

  // MARK: - Decomposition

  private static let hangulBase: UInt32 = 0xAC00
  private static let leadBase: UInt32 = 0x1100
  private static let vowelBase: UInt32 = 0x1161
  private static let tailBase: UInt32 = 0x11A7
  private static let vowelCount: UInt32 = 21
  private static let tailCount: UInt32 = 28
  private static let leadCount: UInt32 = 19

  private static func decompose(_ codePoint: UInt32, into result: inout [UInt32]) {
    if codePoint < 0xA0 { return result.append(codePoint) }
    let syllable = codePoint &- hangulBase
    if syllable < leadCount * vowelCount * tailCount {
      result.append(leadBase + syllable / (vowelCount * tailCount))
      result.append(vowelBase + syllable / tailCount % vowelCount)
      if syllable % tailCount != 0 { result.append(tailBase + syllable % tailCount) }
      return
    }
    if let run = record(NormalizationTables.runs, width: 7, notAfter: codePoint) {
      let offset = codePoint - UInt32(Base64Digits.number(run, width: 3))
      if offset < Base64Digits.value(run[6]) { return result.append(UInt32(Base64Digits.number(run + 3, width: 3)) + offset) }
    }
    if let list = record(NormalizationTables.lists, width: 7, notAfter: codePoint), Base64Digits.number(list, width: 3) == codePoint {
      let first = NormalizationTables.pool.utf8Start + Base64Digits.number(list + 3, width: 3) * 3
      for index in 0..<Base64Digits.value(list[6]) { result.append(UInt32(Base64Digits.number(first + index * 3, width: 3))) }
      return
    }
    result.append(codePoint)
  }

  /// The last record of a table whose first three digits are no greater than `key`.
  private static func record(_ table: StaticString, width: Int, notAfter key: UInt32) -> UnsafePointer<UInt8>? {
    var low = 0
    var high = table.utf8CodeUnitCount / width
    while low < high {
      let middle = (low + high) / 2
      if Base64Digits.number(table.utf8Start + middle * width, width: 3) <= key { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? table.utf8Start + (low - 1) * width : nil
  }

  // MARK: - Order

  private static func combiningClass(_ codePoint: UInt32) -> Int {
    guard codePoint >= 0x300, let run = record(NormalizationTables.combiningClasses, width: 6, notAfter: codePoint) else { return 0 }
    let offset = Int(codePoint) - Base64Digits.number(run, width: 3)
    return offset < Base64Digits.value(run[3]) ? Base64Digits.number(run + 4, width: 2) : 0
  }

  /// Sorts each run of combining characters by their classes.
  private static func reorder(_ codePoints: inout [UInt32]) {
    var index = 0
    while index < codePoints.count {
      let start = index
      while index < codePoints.count, combiningClass(codePoints[index]) != 0 { index += 1 }
      if index - start > 1 {
        let sorted = codePoints[start..<index].map { (combiningClass($0), $0) }.enumerated()
          .sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
        for (offset, entry) in sorted.enumerated() { codePoints[start + offset] = entry.element.1 }
      }
      if index == start { index += 1 }
    }
  }

  // MARK: - Composition

  private static func compose(_ codePoints: inout [UInt32]) {
    var result: [UInt32] = []
    var starter: Int? = nil
    var lastClass = 0
    for codePoint in codePoints {
      let combining = combiningClass(codePoint)
      if let starter {
        // Something between the two blocks it unless its class is lower.
        let isBlocked = result.count - 1 > starter && (lastClass >= combining || lastClass == 0)
        if !isBlocked, let composed = composition(result[starter], codePoint) {
          result[starter] = composed
          continue
        }
      }
      if combining == 0 { starter = result.count }
      lastClass = combining
      result.append(codePoint)
    }
    codePoints = result
  }

  private static func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
    let lead = first &- leadBase
    let vowel = second &- vowelBase
    if lead < leadCount && vowel < vowelCount { return hangulBase + (lead * vowelCount + vowel) * tailCount }
    let syllable = first &- hangulBase
    let tail = second &- tailBase
    if syllable < leadCount * vowelCount * tailCount && syllable % tailCount == 0 && tail > 0 && tail < tailCount { return first + tail }
    let table = NormalizationTables.compositions
    var low = 0
    var high = table.utf8CodeUnitCount / 9
    while low < high {
      let middle = (low + high) / 2
      let entry = table.utf8Start + middle * 9
      let key = (UInt32(Base64Digits.number(entry, width: 3)), UInt32(Base64Digits.number(entry + 3, width: 3)))
      if key == (first, second) { return UInt32(Base64Digits.number(entry + 6, width: 3)) }
      if key < (first, second) { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}
