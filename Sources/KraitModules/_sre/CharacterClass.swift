// Tests of one character: literals, sets, categories, with the ways to ignore case.

import Glibc
import KraitRuntime

/// How a character is seen before it is compared.
enum CaseFolding: UInt8 {
  case none, ascii, unicode
  /// By the C library's tables, both lower and upper case; they can change while the program runs.
  case locale

  @inline(__always)
  static func lowerASCII(_ c: UInt32) -> UInt32 { c &- 0x41 < 26 ? c | 0x20 : c }
  @inline(__always)
  static func lowerLocale(_ c: UInt32) -> UInt32 { c < 256 ? UInt32(bitPattern: tolower(Int32(c))) : c }
  @inline(__always)
  static func upperLocale(_ c: UInt32) -> UInt32 { c < 256 ? UInt32(bitPattern: toupper(Int32(c))) : c }

  @inline(__always)
  func lower(_ c: UInt32) -> UInt32 {
    switch self {
    case .none: c
    case .ascii: Self.lowerASCII(c)
    case .unicode: CharacterProperties.lower(c)
    case .locale: Self.lowerLocale(c)
    }
  }
}

/// The categories of `\d`, `\s`, `\w` and line breaks, by the numbers in patterns.
enum Category {
  static let count: UInt32 = 18

  static func contains(_ category: UInt32, _ c: UInt32) -> Bool {
    switch category {
    case 0: c &- 0x30 < 10
    case 1: c &- 0x30 >= 10
    case 2: isSpaceASCII(c)
    case 3: !isSpaceASCII(c)
    case 4: isWordASCII(c)
    case 5: !isWordASCII(c)
    case 6, 16: category == 6 ? c == 10 : CharacterProperties.isLineBreak(c)
    case 7, 17: category == 7 ? c != 10 : !CharacterProperties.isLineBreak(c)
    case 8: isWordLocale(c)
    case 9: !isWordLocale(c)
    case 10: CharacterProperties.isDecimal(c)
    case 11: !CharacterProperties.isDecimal(c)
    case 12: CharacterProperties.isSpace(c)
    case 13: !CharacterProperties.isSpace(c)
    case 14: isWordUnicode(c)
    default: !isWordUnicode(c)
    }
  }

  /// Whether a category depends on the C library's tables.
  static func isLocale(_ category: UInt32) -> Bool { category == 8 || category == 9 }
  /// Whether it holds for no character beyond Latin-1.
  static func isLow(_ category: UInt32) -> Bool { category == 0 || category == 2 || category == 4 || category == 6 || category == 8 }

  @inline(__always) static func isSpaceASCII(_ c: UInt32) -> Bool { c == 0x20 || c &- 9 < 5 }
  @inline(__always) static func isWordASCII(_ c: UInt32) -> Bool { (c | 0x20) &- 0x61 < 26 || c &- 0x30 < 10 || c == 0x5F }
  @inline(__always) static func isWordLocale(_ c: UInt32) -> Bool { c < 256 && isalnum(Int32(c)) != 0 || c == 0x5F }
  @inline(__always)
  static func isWordUnicode(_ c: UInt32) -> Bool { c < 0x80 ? isWordASCII(c) : CharacterProperties.isAlphanumeric(c) }
}

/// A test of one character, with the answers for Latin-1 in a bitmap.
struct CharacterClass: BitwiseCopyable {
  enum Kind: UInt8 { case nothing, everything, notLineFeed, literal, notLiteral, set, category }

  /// For characters below 256; meaningless if ``isDynamic``.
  var bitmap: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  var kind: Kind
  var folding: CaseFolding
  /// The answers depend on the C library's locale.
  var isDynamic = false
  /// Whether a character beyond Latin-1 might pass.
  var maybeHigh: Bool
  /// The literal, the category, or where the set's words begin.
  var value: UInt32
  /// The pattern's words, for a set; they live as long as the pattern.
  var code: UnsafePointer<UInt32>

  init(_ kind: Kind, _ value: UInt32, _ folding: CaseFolding, code: UnsafePointer<UInt32>) {
    self.kind = kind
    self.value = value
    self.folding = folding
    self.code = code
    switch kind {
    case .nothing: maybeHigh = false
    case .everything, .notLineFeed, .notLiteral: maybeHigh = true
    case .literal: maybeHigh = value >= 256 || folding == .unicode
    case .category:
      maybeHigh = !Category.isLow(value)
      isDynamic = Category.isLocale(value)
    case .set:
      let scan = SetScan(code + Int(value))
      maybeHigh = scan.maybeHigh || folding == .unicode
      isDynamic = scan.isDynamic
    }
    if folding == .locale { isDynamic = true }
    if !isDynamic {
      withUnsafeMutableBytes(of: &bitmap) { words in words.storeBytes(of: 0, as: UInt64.self) }
      if fillBitmap() {
        foldBitmap()
      } else {
        for c in 0..<256 where evaluate(UInt32(c)) { insert(UInt32(c)) }
      }
    }
  }

  /// Gives capital letters the answers of their small ones, where case is ignored.
  private mutating func foldBitmap() {
    guard kind == .literal || kind == .notLiteral || kind == .set, folding != .none else { return }
    // A letter stands 32 behind its capital: A to Z, and in Unicode from \u{C0} to \u{DE} but for the multiplication sign.
    let letters: UInt64 = 0x07FF_FFFE
    bitmap.1 = bitmap.1 & ~letters | bitmap.1 &>> 32 & letters
    guard folding == .unicode else { return }
    let accented: UInt64 = 0x7F7F_FFFF
    bitmap.3 = bitmap.3 & ~accented | bitmap.3 &>> 32 & accented
  }

  /// The answers for Latin-1 in which no case is ignored, without asking for each character; false, with nothing done, where that is not known.
  private mutating func fillBitmap() -> Bool {
    let (kind, value, code) = (self.kind, self.value, self.code)
    return withUnsafeMutableBytes(of: &bitmap) { bytes in
      let bits = LatinBits(words: bytes.bindMemory(to: UInt64.self).baseAddress.unsafelyUnwrapped)
      switch kind {
      case .nothing: break
      case .everything: bits.invert()
      case .notLineFeed:
        bits.insert(10)
        bits.invert()
      case .literal, .notLiteral:
        if value < 256 { bits.insert(value) }
        if kind == .notLiteral { bits.invert() }
      case .category: bits.insert(category: value)
      case .set: return bits.insert(set: code + Int(value))
      }
      return true
    }
  }

  private mutating func insert(_ c: UInt32) {
    withUnsafeMutableBytes(of: &bitmap) { $0.bindMemory(to: UInt64.self)[Int(c) >> 6] |= 1 << UInt64(c & 63) }
  }

  /// The answer, worked out.
  @inline(never)
  func evaluate(_ c: UInt32) -> Bool {
    switch kind {
    case .nothing: return false
    case .everything: return true
    case .notLineFeed: return c != 10
    case .literal: return equalsLiteral(c)
    case .notLiteral: return !equalsLiteral(c)
    case .category: return Category.contains(value, c)
    case .set:
      if folding == .locale {
        // Either case may be in a set; neither may be in one that is left out.
        let words = code + Int(value)
        let isNegated = words.pointee == Opcode.negate
        let lower = CaseFolding.lowerLocale(c)
        if setContains(words, lower) != isNegated { return !isNegated }
        let upper = CaseFolding.upperLocale(c)
        return upper == lower ? isNegated : setContains(words, upper)
      }
      return setContains(code + Int(value), folding.lower(c))
    }
  }

  private func equalsLiteral(_ c: UInt32) -> Bool {
    if folding == .locale { return c == value || CaseFolding.lowerLocale(c) == value || CaseFolding.upperLocale(c) == value }
    return folding.lower(c) == value
  }
}

extension UnsafePointer<CharacterClass> {
  @inline(__always)
  func contains<Unit: FixedWidthInteger & UnsignedInteger>(_ c: Unit) -> Bool {
    if Unit.self == UInt8.self || c < 256 {
      let words = UnsafeRawPointer(self).assumingMemoryBound(to: UInt64.self)
      return words[Int(truncatingIfNeeded: c) &>> 6] &>> UInt64(truncatingIfNeeded: c & 63) & 1 != 0
    }
    return pointee.maybeHigh && containsHigh(UInt32(truncatingIfNeeded: c))
  }

  @inline(__always)
  private func containsHigh(_ c: UInt32) -> Bool {
    switch pointee.kind {
    case .everything, .notLineFeed: return true
    case .literal where pointee.folding != .unicode: return c == pointee.value
    default: return pointee.evaluate(c)
    }
  }
}

/// A bitmap of Latin-1 under construction.
private struct LatinBits {
  let words: UnsafeMutablePointer<UInt64>

  /// The bitmaps of the categories that do not depend on the locale.
  private nonisolated(unsafe) static let categories: UnsafeMutablePointer<UInt64> = {
    let words = UnsafeMutablePointer<UInt64>.allocate(capacity: Int(Category.count) * 4)
    words.initialize(repeating: 0, count: Int(Category.count) * 4)
    for category in 0..<Category.count where !Category.isLocale(category) {
      for c in UInt32(0)..<256 where Category.contains(category, c) { LatinBits(words: words + Int(category) * 4).insert(c) }
    }
    return words
  }()

  @inline(__always)
  func insert(_ c: UInt32) { words[Int(c) >> 6] |= 1 << UInt64(c & 63) }

  func insert(_ first: UInt32, through last: UInt32) {
    var c = first
    while c <= last && c < 256 {
      insert(c)
      c &+= 1
    }
  }

  func insert(category: UInt32) { for index in 0..<4 { words[index] |= LatinBits.categories[Int(min(category, Category.count - 1)) * 4 + index] } }

  func invert() { for index in 0..<4 { words[index] = ~words[index] } }

  private func insert(half words: UnsafePointer<UInt32>) {
    for index in 0..<8 { self.words[index / 2] |= UInt64(words[index]) << UInt64(index % 2 * 32) }
  }

  /// What a set's words say; false if they cannot be taken together.
  func insert(set: UnsafePointer<UInt32>) -> Bool {
    let isNegated = set[0] == Opcode.negate
    var place = isNegated ? set + 1 : set
    while true {
      switch place[0] {
      case Opcode.failure:
        if isNegated { invert() }
        return true
      case Opcode.literal:
        if place[1] < 256 { insert(place[1]) }
        place += 2
      case Opcode.category:
        insert(category: place[1])
        place += 2
      case Opcode.charset:
        insert(half: place + 1)
        place += 9
      case Opcode.range:
        insert(place[1], through: place[2])
        place += 3
      case Opcode.rangeUnicodeIgnore, Opcode.negate:
        for index in 0..<4 { words[index] = 0 }
        return false
      default:
        let count = Int(place[1])
        let block = Int(UnsafeRawPointer(place + 2).load(as: UInt8.self))
        if block < count { insert(half: place + 2 + 64 + block * 8) }
        place += 2 + 64 + count * 8
      }
    }
  }
}

/// What can be said about a set from its words.
private struct SetScan {
  var maybeHigh = false
  var isDynamic = false

  init(_ words: UnsafePointer<UInt32>) {
    var place = 0
    while true {
      switch words[place] {
      case Opcode.failure: return
      case Opcode.literal:
        if words[place + 1] >= 256 { maybeHigh = true }
        place += 2
      case Opcode.category:
        if !Category.isLow(words[place + 1]) { maybeHigh = true }
        if Category.isLocale(words[place + 1]) { isDynamic = true }
        place += 2
      case Opcode.charset: place += 9
      case Opcode.range:
        if words[place + 2] >= 256 { maybeHigh = true }
        place += 3
      case Opcode.rangeUnicodeIgnore:
        maybeHigh = true
        place += 3
      case Opcode.negate:
        maybeHigh = true
        place += 1
      default:
        maybeHigh = true
        place += 2 + 64 + Int(words[place + 1]) * 8
      }
    }
  }
}

/// Whether a set, given as its words, contains a character.
private func setContains(_ words: UnsafePointer<UInt32>, _ c: UInt32) -> Bool {
  var place = words
  var found = true
  while true {
    switch place[0] {
    case Opcode.failure: return !found
    case Opcode.literal:
      if c == place[1] { return found }
      place += 2
    case Opcode.category:
      if Category.contains(place[1], c) { return found }
      place += 2
    case Opcode.charset:
      if c < 256 && place[1 + Int(c >> 5)] >> (c & 31) & 1 != 0 { return found }
      place += 9
    case Opcode.range:
      if place[1] <= c && c <= place[2] { return found }
      place += 3
    case Opcode.rangeUnicodeIgnore:
      if place[1] <= c && c <= place[2] { return found }
      let upper = CharacterProperties.upper(c)
      if place[1] <= upper && upper <= place[2] { return found }
      place += 3
    case Opcode.negate:
      found.toggle()
      place += 1
    default:
      // Blocks of 256 characters: a byte for each 256 says which one.
      let count = Int(place[1])
      let table = UnsafeRawPointer(place + 2)
      if c < 0x10000 {
        let block = Int(table.load(fromByteOffset: Int(c >> 8), as: UInt8.self))
        let bits = place + 2 + 64 + block * 8
        if block < count && bits[Int(c & 255) >> 5] >> (c & 31) & 1 != 0 { return found }
      }
      place += 2 + 64 + count * 8
    }
  }
}
