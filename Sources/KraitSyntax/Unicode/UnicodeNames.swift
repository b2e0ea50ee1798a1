// Names of code points, for `\N{…}`.

/// The code points' names: those of the Unicode character database and their formal aliases, without named sequences.
public enum UnicodeNames {
  /// The longest name has 88 letters; what is longer is no name.
  private static let longest = 256

  /// The code point that has this name, in letters of either case.
  public static func codePoint(named name: UnsafeBufferPointer<UInt8>) -> UInt32? {
    guard !name.isEmpty, name.count <= longest else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: name.count) { upper in
      for index in 0..<name.count { upper[index] = name[index] &- 0x61 < 26 ? name[index] & 0xDF : name[index] }
      let name = UnsafeBufferPointer(upper)
      return hangul(name) ?? derived(name) ?? listed(name)
    }
  }

  /// The code point that has this name, in letters of either case.
  public static func codePoint(named name: String) -> UInt32? {
    var name = name
    return name.withUTF8 { codePoint(named: $0) }
  }

  // MARK: - Algorithmic names

  private static let initials: [StaticString] = [
    "G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "C", "K", "T", "P", "H",
  ]
  private static let vowels: [StaticString] = [
    "A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO", "U", "WEO", "WE", "WI", "YU", "EU", "YI", "I",
  ]
  private static let finals: [StaticString] = [
    "", "G", "GG", "GS", "N", "NJ", "NH", "D", "L", "LG", "LM", "LB", "LS", "LT", "LP", "LH", "M", "B", "BS", "S", "SS", "NG", "J", "C",
    "K", "T", "P", "H",
  ]

  private static func hangul(_ name: UnsafeBufferPointer<UInt8>) -> UInt32? {
    guard var rest = name.dropPrefix("HANGUL SYLLABLE ") else { return nil }
    guard let initial = longestMatch(initials, &rest), let vowel = longestMatch(vowels, &rest), let final = longestMatch(finals, &rest),
      rest.isEmpty
    else { return nil }
    return 0xAC00 + UInt32((initial * vowels.count + vowel) * finals.count + final)
  }

  private static func longestMatch(_ jamo: [StaticString], _ name: inout UnsafeBufferPointer<UInt8>) -> Int? {
    var best: (index: Int, length: Int)? = nil
    for (index, letters) in jamo.enumerated() where name.dropPrefix(letters) != nil && letters.utf8CodeUnitCount > best?.length ?? -1 {
      best = (index, letters.utf8CodeUnitCount)
    }
    guard let best else { return nil }
    name = UnsafeBufferPointer(rebasing: name[best.length...])
    return best.index
  }

  /// A name that ends in its own code point.
  private static func derived(_ name: UnsafeBufferPointer<UInt8>) -> UInt32? {
    for (prefix, ranges) in NameTables.derived {
      guard let digits = name.dropPrefix(prefix), digits.count == 4 || digits.count == 5 else { continue }
      var value = 0
      for digit in digits {
        guard Byte.isHexadecimalDigit(digit) else { return nil }
        value = value << 4 | (Byte.isDigit(digit) ? Int(digit) - 0x30 : Int(digit) - 0x37)
      }
      guard digits.count == 4 || value > 0xFFFF else { return nil }
      for place in stride(from: 0, to: ranges.utf8CodeUnitCount, by: 6) {
        let range = ranges.utf8Start + place
        if value >= Base64Digits.number(range, width: 3) && value <= Base64Digits.number(range + 3, width: 3) { return UInt32(value) }
      }
      return nil
    }
    return nil
  }

  // MARK: - Listed names

  /// What a character of an entry stands for: itself, or a group of letters.
  nonisolated(unsafe) private static let expansions: [UnsafeBufferPointer<UInt8>] = {
    var result = [UnsafeBufferPointer<UInt8>](repeating: UnsafeBufferPointer(start: nil, count: 0), count: 128)
    let characters = NameTables.symbolCharacters
    for index in 0..<characters.utf8CodeUnitCount {
      let symbol = NameTables.symbols[index]
      result[Int(characters.utf8Start[index])] = UnsafeBufferPointer(start: symbol.utf8Start, count: symbol.utf8CodeUnitCount)
    }
    return result
  }()

  /// Appends the letters of an entry, as far as they fit.
  private static func expand(_ letters: UnsafeBufferPointer<UInt8>, into name: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int) {
    func append(_ letter: UInt8) {
      guard count < name.count else { return }
      name[count] = letter
      count += 1
    }
    for letter in letters {
      let expansion = expansions[Int(letter & 127)]
      if expansion.isEmpty { append(letter) } else { expansion.forEach(append) }
    }
  }

  private static func listed(_ wanted: UnsafeBufferPointer<UInt8>) -> UInt32? {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest) { name in
      let blocks = NameTables.blocks
      var low = 0
      var high = blocks.utf8CodeUnitCount / 4
      // The block whose first name is the last one not after the wanted name.
      while high - low > 1 {
        let middle = (low + high) / 2
        var entry = start(ofBlock: middle)
        var count = 0
        read(&entry, into: name, &count)
        if compare(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(name)[..<count]), wanted) <= 0 { low = middle } else { high = middle }
      }
      var entry = start(ofBlock: low)
      var count = 0
      for _ in 0..<min(NameTables.blockSize, NameTables.count - low * NameTables.blockSize) {
        let code = read(&entry, into: name, &count)
        let order = compare(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(name)[..<count]), wanted)
        if order == 0 { return code }
        if order > 0 { return nil }
      }
      return nil
    }
  }

  /// The name of a code point; nil if it has none. Formal aliases do not count.
  public static func name(of codePoint: UInt32) -> String? {
    if codePoint >= 0xAC00 && codePoint < 0xAC00 + UInt32(initials.count * vowels.count * finals.count) {
      let number = Int(codePoint - 0xAC00)
      let (rest, final) = (number / finals.count, number % finals.count)
      return "HANGUL SYLLABLE \(initials[rest / vowels.count])\(vowels[rest % vowels.count])\(finals[final])"
    }
    for (prefix, ranges) in NameTables.derived {
      for place in stride(from: 0, to: ranges.utf8CodeUnitCount, by: 6) {
        let range = ranges.utf8Start + place
        if Int(codePoint) >= Base64Digits.number(range, width: 3) && Int(codePoint) <= Base64Digits.number(range + 3, width: 3) {
          let digits = String(codePoint, radix: 16, uppercase: true)
          return "\(prefix)\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)"
        }
      }
    }
    guard let place = places[codePoint] else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest) { name in
      var entry = start(ofBlock: Int(place) / NameTables.blockSize)
      var count = 0
      for _ in 0...(Int(place) % NameTables.blockSize) { read(&entry, into: name, &count) }
      return String(decoding: UnsafeBufferPointer(rebasing: UnsafeBufferPointer(name)[..<count]), as: UTF8.self)
    }
  }

  /// For each code point with a listed name, which name it is; made when a name is first asked for.
  private static let places: [UInt32: UInt32] = {
    var aliases: Set<Int> = []
    let digits = NameTables.formalAliases
    for place in stride(from: 0, to: digits.utf8CodeUnitCount, by: 3) { aliases.insert(Base64Digits.number(digits.utf8Start + place, width: 3)) }
    var result: [UInt32: UInt32] = [:]
    result.reserveCapacity(NameTables.count)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest) { name in
      var entry = start(ofBlock: 0)
      var count = 0
      for place in 0..<NameTables.count {
        let code = read(&entry, into: name, &count)
        if !aliases.contains(place) { result[code] = UInt32(place) }
      }
    }
    return result
  }()

  private static func start(ofBlock block: Int) -> UnsafePointer<UInt8> {
    NameTables.names.utf8Start + Base64Digits.number(NameTables.blocks.utf8Start + block * 4, width: 4)
  }

  /// Reads an entry: `name` holds the name before it and then its own; the code point is returned.
  @discardableResult
  private static func read(
    _ entry: inout UnsafePointer<UInt8>, into name: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
  ) -> UInt32 {
    count = Base64Digits.value(entry[0])
    let length = Base64Digits.value(entry[1])
    expand(UnsafeBufferPointer(start: entry + 2, count: length), into: name, &count)
    entry += 2 + length
    let code = Base64Digits.number(entry, width: 3)
    entry += 3
    // Plane 14 is kept where plane 3 ends.
    return UInt32(code >= 0x3F000 ? code - 0x3F000 + 0xE0000 : code)
  }

  private static func compare(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
    for index in 0..<min(a.count, b.count) where a[index] != b[index] { return Int(a[index]) - Int(b[index]) }
    return a.count - b.count
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// What follows `prefix`; `nil` if the bytes do not start with it.
  fileprivate func dropPrefix(_ prefix: StaticString) -> UnsafeBufferPointer<UInt8>? {
    let length = prefix.utf8CodeUnitCount
    guard count >= length else { return nil }
    for index in 0..<length where self[index] != prefix.utf8Start[index] { return nil }
    return UnsafeBufferPointer(rebasing: self[length...])
  }
}
