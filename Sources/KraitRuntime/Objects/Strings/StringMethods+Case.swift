// str: lower, upper, title, capitalize, swapcase, casefold, with the full mappings of Unicode.

import CKraitCore

func defineStringCases(_ t: TypeDefinition) {
  t.method("lower()", "The text in lower case.") { (call: Call) throws(PyError) -> Owned in
    let text = StringObject(call.receiver)
    if text.isASCII { return try text.swapASCII(of: UInt8(ascii: "A")) }
    return try text.mapCase { (point, index, _, builder) throws(PyError) in try builder.appendLower(point, text.units, index) }
  }
  t.method("upper()", "The text in upper case.") { (call: Call) throws(PyError) -> Owned in
    let text = StringObject(call.receiver)
    if text.isASCII { return try text.swapASCII(of: UInt8(ascii: "a")) }
    return try text.mapCase { (point, _, _, builder) throws(PyError) in try builder.append(UnicodeDatabase.map(point, .upper)) }
  }
  t.method("casefold()", "The text for comparisons that ignore case.") { (call: Call) throws(PyError) -> Owned in
    let text = StringObject(call.receiver)
    if text.isASCII { return try text.mapASCII { (c, _) in ASCII.lower(c) } }
    return try text.mapCase { (point, _, _, builder) throws(PyError) in try builder.append(UnicodeDatabase.map(point, .folded)) }
  }
  t.method("swapcase()", "The text with upper and lower case exchanged.") { (call: Call) throws(PyError) -> Owned in
    let text = StringObject(call.receiver)
    if text.isASCII { return try text.mapASCII { (c, _) in ASCII.isUpper(c) ? ASCII.lower(c) : ASCII.upper(c) } }
    return try text.mapCase { (point, index, _, builder) throws(PyError) in
      let properties = UnicodeDatabase.properties(point)
      if properties.contains(.upper) {
        try builder.appendLower(point, text.units, index)
      } else if properties.contains(.lower) {
        try builder.append(UnicodeDatabase.map(point, .upper))
      } else {
        try builder.append(codePoint: point)
      }
    }
  }
  t.method("title()", "The text with each word in title case.") { (call: Call) throws(PyError) -> Owned in
    let text = StringObject(call.receiver)
    if text.isASCII { return try text.mapASCII { (c, previous) in ASCII.isAlpha(previous) ? ASCII.lower(c) : ASCII.upper(c) } }
    return try text.mapCase { (point, index, isInWord, builder) throws(PyError) in
      if isInWord {
        try builder.appendLower(point, text.units, index)
      } else {
        try builder.append(UnicodeDatabase.map(point, .title))
      }
    }
  }
  t.method("capitalize()", "The text with its first character in title case and the rest in lower case.") { (call: Call) throws(PyError) -> Owned in
    let text = StringObject(call.receiver)
    if text.isASCII {
      // No character comes before the first one.
      return try text.mapASCII { (c, previous) in previous == 0xFF ? ASCII.upper(c) : ASCII.lower(c) }
    }
    return try text.mapCase { (point, index, _, builder) throws(PyError) in
      if index == 0 {
        try builder.append(UnicodeDatabase.map(point, .title))
      } else {
        try builder.appendLower(point, text.units, index)
      }
    }
  }
}

extension StringObject {
  /// A text with each ASCII character mapped; the function is given the character before too, 0xFF at the start.
  @inline(__always)
  fileprivate func mapASCII(_ map: (UInt8, UInt8) -> UInt8) throws(PyError) -> Owned {
    if length == 0 { return .emptyString }
    let source = data.assumingMemoryBound(to: UInt8.self)
    if length == 1 { return try .character(UInt32(map(source[0], 0xFF))) }
    let result = try StringObject.allocate(length, bits: 0x7F)
    let target = result.data.assumingMemoryBound(to: UInt8.self)
    target[0] = map(source[0], 0xFF)
    for index in 1..<length { target[index] = map(source[index], source[index &- 1]) }
    return Owned(taking: result.value)
  }

  /// An ASCII text with the letters from `first` on ("a" or "A") in the other case.
  @inline(__always)
  fileprivate func swapASCII(of first: UInt8) throws(PyError) -> Owned {
    if length < 2 { return length == 0 ? .emptyString : try .character(UInt32(truncatingIfNeeded: ASCII.swapCase(UInt64(units[0]), of: first))) }
    let result = try StringObject.allocate(length, bits: 0x7F)
    copyWords(from: data, to: result.data, length) { ASCII.swapCase($0, of: first) }
    return Owned(taking: result.value)
  }

  /// A text with each code point mapped; the function is given its index and whether a cased character stands before.
  @inline(__always)
  fileprivate func mapCase(_ map: (UInt32, Int, Bool, inout StringBuilder) throws(PyError) -> Void) throws(PyError) -> Owned {
    var builder = try StringBuilder(capacity: length)
    let units = self.units
    var isInWord = false
    for index in 0..<units.count {
      let point = units[index]
      try map(point, index, isInWord, &builder)
      isInWord = point < 0x80 ? ASCII.isAlpha(UInt8(truncatingIfNeeded: point)) : UnicodeDatabase.has(point, .cased)
    }
    return try builder.finish()
  }
}

extension StringBuilder {
  @inline(__always)
  mutating func append(_ mapping: CaseMapping) throws(PyError) {
    try append(codePoint: mapping.first)
    if mapping.count > 1 { try append(codePoint: mapping.second) }
    if mapping.count > 2 { try append(codePoint: mapping.third) }
  }

  /// Lower case; a capital sigma depends on what stands around it.
  mutating func appendLower(_ point: UInt32, _ units: CodeUnits, _ index: Int) throws(PyError) {
    if point == 0x3A3 { return try append(codePoint: isFinalSigma(units, index) ? 0x3C2 : 0x3C3) }
    try append(UnicodeDatabase.map(point, .lower))
  }
}

/// Unicode's Final_Sigma: a cased letter before and none after, but for characters that case ignores.
private func isFinalSigma(_ units: CodeUnits, _ index: Int) -> Bool {
  var before = index &- 1
  while before >= 0 && UnicodeDatabase.has(units[before], .caseIgnorable) { before &-= 1 }
  guard before >= 0 && UnicodeDatabase.has(units[before], .cased) else { return false }
  var after = index &+ 1
  while after < units.count && UnicodeDatabase.has(units[after], .caseIgnorable) { after &+= 1 }
  return after == units.count || !UnicodeDatabase.has(units[after], .cased)
}
