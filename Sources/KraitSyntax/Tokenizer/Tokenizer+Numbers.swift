// Number tokens: their forms and everything that may be wrong with them.

extension Tokenizer {
  /// A number whose first digit the cursor has passed.
  @inline(__always)
  mutating func number() throws(Diagnostic) -> Token { try number(startingWith: tokenStart.pointee) }

  @inline(__always)
  mutating func number(startingWith first: UInt8) throws(Diagnostic) -> Token {
    // Most numbers are one or two digits and end there.
    if first != Byte.zero || !Byte.isDigit(cursor.pointee) {
      var position = cursor
      while Byte.isDigit(position.pointee) { position += 1 }
      let byteClass = classes[Int(position.pointee)]
      if byteClass != CharacterClass.dot && !CharacterClass.continuesIdentifier(byteClass) {
        cursor = position
        return token(.number)
      }
    }
    if first == Byte.zero { return try numberAfterZero() }
    try decimalDigits()
    return try afterDigits()
  }

  /// A number that starts with a dot and a digit; the cursor stands at the digit.
  mutating func fraction() throws(Diagnostic) -> Token {
    try decimalDigits()
    return try exponentOrEnd()
  }

  private mutating func numberAfterZero() throws(Diagnostic) -> Token {
    switch Byte.lowercased(cursor.pointee) {
    case 0x78:
      cursor += 1
      return try digits(of: "hexadecimal") { Byte.isHexadecimalDigit($0) }
    case 0x6F:
      cursor += 1
      return try digits(of: "octal") { $0 &- Byte.zero < 8 }
    case 0x62:
      cursor += 1
      return try digits(of: "binary") { $0 &- Byte.zero < 2 }
    default: break
    }
    while true {
      if cursor.pointee == Byte.underscore {
        cursor += 1
        guard Byte.isDigit(cursor.pointee) else { throw syntaxError("invalid decimal literal") }
      }
      guard cursor.pointee == Byte.zero else { break }
      cursor += 1
    }
    let zerosEnd = cursor + 1
    var isNonzero = false
    if Byte.isDigit(cursor.pointee) {
      isNonzero = true
      try decimalDigits()
    }
    switch cursor.pointee {
    case Byte.dot, 0x65, 0x45, 0x6A, 0x4A: return try afterDigits()
    default: break
    }
    if isNonzero && !options.extraTokens {
      throw syntaxError(
        "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
        columns: (tokenStart + 1 - lineStart, zerosEnd - lineStart))
    }
    try verifyEnd(of: "decimal")
    return token(.number)
  }

  /// The rest of a number after its base prefix.
  @inline(__always)
  private mutating func digits(of kind: StaticString, isDigit: (UInt8) -> Bool) throws(Diagnostic) -> Token {
    repeat {
      if cursor.pointee == Byte.underscore { cursor += 1 }
      if !isDigit(cursor.pointee) {
        if Byte.isDigit(cursor.pointee) { throw invalidDigit(of: kind) }
        throw syntaxError("invalid \(kind) literal")
      }
      repeat { cursor += 1 } while isDigit(cursor.pointee)
    } while cursor.pointee == Byte.underscore
    if Byte.isDigit(cursor.pointee) { throw invalidDigit(of: kind) }
    try verifyEnd(of: kind)
    return token(.number)
  }

  private mutating func invalidDigit(of kind: StaticString) -> Diagnostic {
    let digit = Character(UnicodeScalar(cursor.pointee))
    cursor += 1
    return syntaxError("invalid digit '\(digit)' in \(kind) literal")
  }

  /// Passes decimal digits with single underscores between them.
  @inline(__always)
  private mutating func decimalDigits() throws(Diagnostic) {
    while true {
      while Byte.isDigit(cursor.pointee) { cursor += 1 }
      guard cursor.pointee == Byte.underscore else { return }
      cursor += 1
      guard Byte.isDigit(cursor.pointee) else { throw syntaxError("invalid decimal literal") }
    }
  }

  private mutating func afterDigits() throws(Diagnostic) -> Token {
    if cursor.pointee == Byte.dot {
      cursor += 1
      if Byte.isDigit(cursor.pointee) { try decimalDigits() }
    }
    return try exponentOrEnd()
  }

  private mutating func exponentOrEnd() throws(Diagnostic) -> Token {
    if Byte.lowercased(cursor.pointee) == 0x65 {
      let isSigned = cursor[1] == Byte.plus || cursor[1] == Byte.minus
      if isSigned {
        cursor += 2
        guard Byte.isDigit(cursor.pointee) else { throw syntaxError("invalid decimal literal") }
      } else if Byte.isDigit(cursor[1]) {
        cursor += 1
      } else {
        // `1else` is a number and a keyword.
        try verifyEnd(of: "decimal")
        return token(.number)
      }
      try decimalDigits()
    }
    if Byte.lowercased(cursor.pointee) == 0x6A {
      cursor += 1
      try verifyEnd(of: "imaginary")
    } else {
      try verifyEnd(of: "decimal")
    }
    return token(.number)
  }

  /// Complains when a number runs into a word: only by a warning before the keywords that may follow a number in valid code.
  @inline(__always)
  private mutating func verifyEnd(of kind: StaticString) throws(Diagnostic) {
    let byteClass = classes[Int(cursor.pointee)]
    if CharacterClass.continuesIdentifier(byteClass) && byteClass != CharacterClass.nonASCII && !options.extraTokens {
      try wordAfterNumber(of: kind)
    }
  }

  private mutating func wordAfterNumber(of kind: StaticString) throws(Diagnostic) {
    let isKeyword =
      switch cursor.pointee {
      case 0x61: follows("nd")
      case 0x65: follows("lse")
      case 0x66: follows("or")
      case 0x69: cursor[1] == 0x66 || cursor[1] == 0x6E || cursor[1] == 0x73
      case 0x6F: follows("r")
      case 0x6E: follows("ot")
      default: false
      }
    if !isKeyword { throw syntaxError("invalid \(kind) literal") }
    warn("invalid \(kind) literal")
  }

  /// Whether the byte at the cursor is followed by `rest` and then the end of the word.
  private func follows(_ rest: StaticString) -> Bool {
    for index in 0..<rest.utf8CodeUnitCount where cursor[index + 1] != rest.utf8Start[index] { return false }
    return !CharacterClass.continuesIdentifier(classes[Int(cursor[rest.utf8CodeUnitCount + 1])])
  }
}
