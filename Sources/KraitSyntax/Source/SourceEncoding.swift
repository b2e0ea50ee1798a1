// Source encodings by Python's names, and their decoding to UTF-8: UTF-8, ASCII, Latin-1 and the tables of single bytes here,
// those that only Python has in PythonCodecs.swift, multi-byte encodings by the C library.

import Glibc

/// Why bytes could not be decoded, in Python's words.
struct DecodingFailure: Error {
  var message: String
}

/// An encoding that a source declares.
struct SourceEncoding {
  private enum Codec {
    case utf8, utf8WithMark, ascii, latin1
    case characterMap(StaticString)
    /// One byte of ASCII or several bytes a character.
    case multiByte(String)
    case unicodeEscape, rawUnicodeEscape, utf7, hz, punycode, idna
    /// With shift sequences, or with code units of several bytes.
    case library(String)
  }

  /// The codec's name in errors.
  private let name: String
  private let codec: Codec

  init(_ declared: String, isFile: Bool) throws(DecodingFailure) {
    let name = Self.codecName(declared)
    self.name = name
    switch name {
    case "utf_8": codec = .utf8
    case "utf_8_sig": codec = .utf8WithMark
    case "ascii": codec = .ascii
    case "latin_1", "iso8859_1", "charmap": codec = .latin1
    case "unicode_escape": codec = .unicodeEscape
    case "raw_unicode_escape": codec = .rawUnicodeEscape
    case "utf_7": codec = .utf7
    case "hz": codec = .hz
    case "punycode": codec = .punycode
    case "idna": codec = .idna
    case "undefined": throw DecodingFailure(message: "undefined encoding")
    default:
      if let library = Self.multiByteNames[name] {
        codec = .multiByte(library)
      } else if let library = Self.libraryNames[name] {
        codec = .library(library)
      } else if let map = EncodingTables.characterMaps.first(where: { name == "\($0.name)" }) {
        codec = .characterMap(map.digits)
      } else if EncodingTables.withoutText.contains(where: { name == "\($0)" }) {
        let hint = isFile ? "" : "; use codecs.decode() to handle arbitrary codecs"
        throw DecodingFailure(message: "'\(declared)' is not a text encoding\(hint)")
      } else {
        throw DecodingFailure(message: "unknown encoding: \(declared)")
      }
    }
  }

  /// Whether Python knows a text encoding of this name.
  static func isKnown(_ declared: String) -> Bool {
    (try? SourceEncoding(declared, isFile: false)) != nil
  }

  /// The name of the codec's module: lower case, runs of other characters than letters, digits and dots as one underscore, aliases resolved.
  private static func codecName(_ declared: String) -> String {
    var normal: [UInt8] = []
    var afterOther = false
    for byte in declared.utf8 {
      if Byte.isLetter(byte) || Byte.isDigit(byte) || byte == Byte.dot {
        if afterOther && !normal.isEmpty { normal.append(Byte.underscore) }
        normal.append(Byte.isLetter(byte) ? Byte.lowercased(byte) : byte)
        afterOther = false
      } else {
        afterOther = true
      }
    }
    let name = String(decoding: normal, as: UTF8.self)
    let undotted = String(name.map { $0 == "." ? "_" : $0 })
    let words = "\(EncodingTables.aliases)".split(separator: " ")
    for candidate in [name, undotted] {
      for index in stride(from: 0, to: words.count - 1, by: 2) where words[index] == candidate { return String(words[index + 1]) }
    }
    return name
  }

  /// The codecs of several bytes a character as the C library calls them.
  private static let multiByteNames = [
    "big5": "BIG5", "big5hkscs": "BIG5-HKSCS", "cp932": "CP932", "cp949": "CP949", "cp950": "CP950", "euc_jis_2004": "EUC-JISX0213",
    "euc_jisx0213": "EUC-JISX0213", "euc_jp": "EUC-JP", "euc_kr": "EUC-KR", "gb18030": "GB18030", "gb2312": "EUC-CN", "gbk": "GBK",
    "johab": "JOHAB", "shift_jis": "SHIFT_JIS", "shift_jis_2004": "SHIFT_JISX0213", "shift_jisx0213": "SHIFT_JISX0213",
  ]

  /// The other codecs as the C library calls them.
  private static let libraryNames = [
    "iso2022_jp": "ISO-2022-JP", "iso2022_jp_1": "ISO-2022-JP-2", "iso2022_jp_2": "ISO-2022-JP-2", "iso2022_jp_2004": "ISO-2022-JP-3",
    "iso2022_jp_3": "ISO-2022-JP-3", "iso2022_jp_ext": "ISO-2022-JP-2", "iso2022_kr": "ISO-2022-KR", "utf_16": "UTF-16LE",
    "utf_16_be": "UTF-16BE", "utf_16_le": "UTF-16LE", "utf_32": "UTF-32LE", "utf_32_be": "UTF-32BE", "utf_32_le": "UTF-32LE",
  ]

  // MARK: - Decoding

  /// The bytes as UTF-8; with `replacing`, what cannot be decoded becomes U+FFFD.
  func decode(_ bytes: UnsafeBufferPointer<UInt8>, replacing: Bool = false) throws(DecodingFailure) -> [UInt8] {
    switch codec {
    case .utf8, .utf8WithMark:
      var bytes = bytes
      if case .utf8WithMark = codec, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = UnsafeBufferPointer(rebasing: bytes[3...]) }
      guard let failure = UTF8Validation.firstFailure(in: bytes) else { return Array(bytes) }
      if replacing { return Array(String(decoding: bytes, as: UTF8.self).utf8) }
      throw DecodingFailure(message: failure.message(in: bytes, codec: "utf-8"))
    case .ascii:
      return try decode(bytes, replacing: replacing, codec: "ascii", reason: "ordinal not in range(128)") { $0 < 0x80 ? UInt32($0) : nil }
    case .latin1:
      return try decode(bytes, replacing: replacing, codec: "latin-1", reason: "") { UInt32($0) }
    case .characterMap(let digits):
      let first = digits.utf8CodeUnitCount == 256 * 3 ? 0 : 128
      return try decode(bytes, replacing: replacing, codec: "charmap", reason: "character maps to <undefined>") { byte in
        if Int(byte) < first { return UInt32(byte) }
        let value = Base64Digits.number(digits.utf8Start + (Int(byte) - first) * 3, width: 3)
        return value == 0x3FFFF ? nil : UInt32(value)
      }
    case .unicodeEscape: return try PythonCodecs.unicodeEscape(bytes, replacement(bytes, replacing, "unicodeescape"))
    case .rawUnicodeEscape: return try PythonCodecs.rawUnicodeEscape(bytes, replacement(bytes, replacing, "rawunicodeescape"))
    case .utf7: return try PythonCodecs.utf7(bytes, replacement(bytes, replacing, "utf7"))
    case .punycode: return try PythonCodecs.punycode(bytes, replacement(bytes, replacing, name))
    case .idna: return try PythonCodecs.idna(bytes, replacement(bytes, replacing, name))
    case .hz:
      let descriptor = try open("EUC-CN")
      defer { iconv_close(descriptor) }
      return try PythonCodecs.hz(bytes, replacement(bytes, replacing, name)) { first, second in
        var character: [UInt8] = []
        return [first, second].withUnsafeBufferPointer { Self.append($0, to: &character, descriptor) } ? character : nil
      }
    case .multiByte(let library):
      return try decode(bytes, replacing: replacing, multiByte: library)
    case .library(let library):
      return try decode(bytes, replacing: replacing, library: library)
    }
  }

  /// What becomes of unreadable bytes: an error, or nothing.
  private func replacement(_ bytes: UnsafeBufferPointer<UInt8>, _ replacing: Bool, _ codec: String) -> PythonCodecs.Replacement {
    { unreadable throws(DecodingFailure) in
      if !replacing { throw DecodingFailure(message: unreadable.message(in: bytes, codec: codec)) }
    }
  }

  /// A converter of the C library to UTF-8.
  private func open(_ library: String) throws(DecodingFailure) -> iconv_t {
    guard let descriptor = iconv_open("UTF-8", library), descriptor != iconv_t(bitPattern: -1) else {
      throw DecodingFailure(message: "unknown encoding: \(name)")
    }
    return descriptor
  }

  /// Decodes bytes that are a character each.
  private func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, replacing: Bool, codec: String, reason: String, _ character: (UInt8) -> UInt32?
  ) throws(DecodingFailure) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + bytes.count / 8)
    for (index, byte) in bytes.enumerated() {
      if let value = character(byte), let scalar = UnicodeScalar(value) {
        if value < 0x80 { result.append(UInt8(value)) } else { result.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped) }
      } else if replacing {
        result.append(contentsOf: [0xEF, 0xBF, 0xBD])
      } else {
        throw DecodingFailure(message: UnreadableBytes(start: index, end: index + 1, reason: reason).message(in: bytes, codec: codec))
      }
    }
    return result
  }

  /// Decodes character by character, because the C library reads some of ASCII otherwise than Python: as a yen sign, as an overline.
  private func decode(_ bytes: UnsafeBufferPointer<UInt8>, replacing: Bool, multiByte library: String) throws(DecodingFailure) -> [UInt8] {
    let descriptor = try open(library)
    defer { iconv_close(descriptor) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count * 2)
    var index = 0
    while index < bytes.count {
      let length = bytes[index] < 0x80 ? 1 : characterLength(bytes[index], index + 1 < bytes.count ? bytes[index + 1] : 0)
      let isComplete = index + length <= bytes.count
      if isComplete, let scalar = ownCharacter(UnsafeBufferPointer(rebasing: bytes[index..<(index + length)])) {
        result.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
        index += length
        continue
      }
      if isComplete, Self.append(UnsafeBufferPointer(rebasing: bytes[index..<(index + length)]), to: &result, descriptor) {
        index += length
        continue
      }
      if !replacing {
        let reason = isComplete ? "illegal multibyte sequence" : "incomplete multibyte sequence"
        let failure = UnreadableBytes(start: index, end: isComplete ? index + 1 : bytes.count, reason: reason)
        throw DecodingFailure(message: failure.message(in: bytes, codec: name))
      }
      result.append(contentsOf: [0xEF, 0xBF, 0xBD])
      index += 1
    }
    return result
  }

  /// How many bytes a character has that starts with `lead`, which is not ASCII.
  private func characterLength(_ lead: UInt8, _ next: UInt8) -> Int {
    switch name {
    case "cp932": lead == 0x80 || (0xA0...0xDF).contains(lead) || lead > 0xFC ? 1 : 2
    case "shift_jis", "shift_jis_2004", "shift_jisx0213": lead == 0x80 || (0xA0...0xDF).contains(lead) || lead > 0xFC ? 1 : 2
    case "euc_jp", "euc_jis_2004", "euc_jisx0213": lead == 0x8F ? 3 : 2
    case "gb18030": Byte.isDigit(next) ? 4 : 2
    default: 2
    }
  }

  /// Characters that Python reads in its own way: all of ASCII but in two encodings, and in cp932 what Microsoft keeps for private use.
  private func ownCharacter(_ character: UnsafeBufferPointer<UInt8>) -> UnicodeScalar? {
    let lead = character[0]
    if lead < 0x80 {
      let isRoman = name == "shift_jis_2004" || name == "shift_jisx0213"
      return UnicodeScalar(isRoman && lead == 0x5C ? 0xA5 : isRoman && lead == 0x7E ? 0x203E : UInt32(lead))
    }
    guard name == "cp932" else { return nil }
    if character.count == 1 {
      switch lead {
      case 0x80: return UnicodeScalar(0x80)
      case 0xA0: return UnicodeScalar(0xF8F0)
      case 0xFD...0xFF: return UnicodeScalar(0xF8F1 + UInt32(lead - 0xFD))
      default: return nil
      }
    }
    let trail = character[1]
    guard (0xF0...0xF9).contains(lead), (0x40...0xFC).contains(trail), trail != 0x7F else { return nil }
    return UnicodeScalar(0xE000 + UInt32(lead - 0xF0) * 188 + UInt32(trail) - (trail < 0x80 ? 0x40 : 0x41))
  }

  /// Appends one character, which may be several code points; false if the bytes are none.
  private static func append(_ character: UnsafeBufferPointer<UInt8>, to result: inout [UInt8], _ descriptor: iconv_t) -> Bool {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
      var input = UnsafeMutablePointer<CChar>(mutating: UnsafeRawPointer(character.baseAddress)?.assumingMemoryBound(to: CChar.self))
      var inputLeft = character.count
      var output = buffer.baseAddress
      var outputLeft = buffer.count
      iconv(descriptor, nil, nil, nil, nil)
      guard iconv(descriptor, &input, &inputLeft, &output, &outputLeft) != Int(bitPattern: UInt.max), inputLeft == 0 else { return false }
      iconv(descriptor, nil, nil, &output, &outputLeft)
      let decoded = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<(buffer.count - outputLeft)])
      // Where the library takes a lead byte for a control character, or two bytes for two characters, Python finds nothing.
      if character.count > 1 && decoded.count > 1 && decoded[0] == 0xC2 && decoded[1] < 0xA0 { return false }
      if character.count == 2 && decoded.last.map({ $0 < 0x80 }) == true && decoded.count > 1 { return false }
      result.append(contentsOf: decoded)
      return true
    }
  }

  private func decode(_ bytes: UnsafeBufferPointer<UInt8>, replacing: Bool, library: String) throws(DecodingFailure) -> [UInt8] {
    let descriptor = try open(library)
    defer { iconv_close(descriptor) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count * 2)
    var input = UnsafeMutablePointer<CChar>(mutating: UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self))
    var inputLeft = bytes.count
    while inputLeft > 0 {
      var problem: CInt = 0
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
        var output = buffer.baseAddress
        var outputLeft = buffer.count
        if iconv(descriptor, &input, &inputLeft, &output, &outputLeft) == Int(bitPattern: UInt.max) { problem = errno }
        result.append(contentsOf: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<(buffer.count - outputLeft)]))
      }
      if problem == EILSEQ || problem == EINVAL {
        if replacing {
          result.append(contentsOf: [0xEF, 0xBF, 0xBD])
          input = input.map { $0 + 1 }
          inputLeft -= 1
          continue
        }
        throw failure(at: bytes.count - inputLeft, in: bytes, isIncomplete: problem == EINVAL)
      }
    }
    return result
  }

  /// What Python says about bytes that its multi-byte codecs cannot read.
  private func failure(at index: Int, in bytes: UnsafeBufferPointer<UInt8>, isIncomplete: Bool) -> DecodingFailure {
    var codec = name
    var reason = isIncomplete ? "incomplete multibyte sequence" : "illegal multibyte sequence"
    var end = isIncomplete ? bytes.count : index + 1
    if name.hasPrefix("utf_") {
      codec = String(name.map { $0 == "_" ? "-" : $0 }) + (name == "utf_16" || name == "utf_32" ? "-le" : "")
      reason = isIncomplete ? "truncated data" : "illegal encoding"
      end = isIncomplete ? bytes.count : min(bytes.count, index + (name.hasPrefix("utf_32") ? 4 : 2))
      if name.hasPrefix("utf_32") && !isIncomplete {
        let unit = bytes[index..<end].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let value = name == "utf_32_be" ? unit : unit.byteSwapped
        reason = value > 0x10FFFF ? "code point not in range(0x110000)" : "code point in surrogate code point range(0xd800, 0xe000)"
      }
    }
    return DecodingFailure(message: UnreadableBytes(start: index, end: end, reason: reason).message(in: bytes, codec: codec))
  }
}
