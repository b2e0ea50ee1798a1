// The numbers that the standard library's `re` compiles patterns to; they must equal those of its `_constants.py`.

/// Words of a compiled pattern.
enum Opcode {
  static let magic = 20230612
  static let maximumRepeat: UInt32 = .max
  static let maximumGroups = 1 << 30 - 1

  static let failure: UInt32 = 0
  static let success: UInt32 = 1
  static let any: UInt32 = 2
  static let anyAll: UInt32 = 3
  static let assert: UInt32 = 4
  static let assertNot: UInt32 = 5
  static let at: UInt32 = 6
  static let branch: UInt32 = 7
  static let category: UInt32 = 8
  static let charset: UInt32 = 9
  static let bigCharset: UInt32 = 10
  static let groupReference: UInt32 = 11
  static let groupReferenceExists: UInt32 = 12
  static let `in`: UInt32 = 13
  static let info: UInt32 = 14
  static let jump: UInt32 = 15
  static let literal: UInt32 = 16
  static let mark: UInt32 = 17
  static let maxUntil: UInt32 = 18
  static let minUntil: UInt32 = 19
  static let notLiteral: UInt32 = 20
  static let negate: UInt32 = 21
  static let range: UInt32 = 22
  static let `repeat`: UInt32 = 23
  static let repeatOne: UInt32 = 24
  static let subpattern: UInt32 = 25
  static let minRepeatOne: UInt32 = 26
  static let atomicGroup: UInt32 = 27
  static let possessiveRepeat: UInt32 = 28
  static let possessiveRepeatOne: UInt32 = 29
  static let groupReferenceIgnore: UInt32 = 30
  static let inIgnore: UInt32 = 31
  static let literalIgnore: UInt32 = 32
  static let notLiteralIgnore: UInt32 = 33
  static let groupReferenceLocaleIgnore: UInt32 = 34
  static let inLocaleIgnore: UInt32 = 35
  static let literalLocaleIgnore: UInt32 = 36
  static let notLiteralLocaleIgnore: UInt32 = 37
  static let groupReferenceUnicodeIgnore: UInt32 = 38
  static let inUnicodeIgnore: UInt32 = 39
  static let literalUnicodeIgnore: UInt32 = 40
  static let notLiteralUnicodeIgnore: UInt32 = 41
  static let rangeUnicodeIgnore: UInt32 = 42
}

/// Bits of `INFO`.
enum InfoFlag {
  static let prefix: UInt32 = 1
  static let literal: UInt32 = 2
  static let charset: UInt32 = 4
}

/// Where a position must be.
enum Anchor: UInt8 {
  case beginning, beginningLine, beginningString, boundary, nonBoundary, end, endLine, endString
  case localeBoundary, localeNonBoundary, unicodeBoundary, unicodeNonBoundary
}

/// Bits of `flags`, as `re.RegexFlag` names them.
enum PatternFlag {
  static let ignoreCase = 2
  static let locale = 4
  static let multiline = 8
  static let dotAll = 16
  static let unicode = 32
  static let verbose = 64
  static let debug = 128
  static let ascii = 256
}
