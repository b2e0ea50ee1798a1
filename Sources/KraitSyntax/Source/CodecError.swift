// What a codec could not decode or encode.

/// The arguments of Python's `UnicodeDecodeError` or `UnicodeEncodeError`.
public struct CodecError: Error {
  public let encoding: StaticString
  public let isDecoding: Bool
  /// The bytes that were to be decoded, or the string that was to be encoded, as UTF-8 with lone surrogates encoded like other code points.
  public let object: [UInt8]
  /// What of ``object`` is bad, in bytes or code points.
  public let range: Range<Int>
  public let reason: StaticString
  /// The bad byte or code point, where it is one.
  private let bad: UInt32

  public init(decoding bytes: some Collection<UInt8>, from encoding: StaticString, _ range: Range<Int>, _ reason: StaticString) {
    self.encoding = encoding
    isDecoding = true
    object = Array(bytes)
    self.range = range
    self.reason = reason
    bad = range.lowerBound < object.count ? UInt32(object[range.lowerBound]) : 0
  }

  /// The error of a string that is to be UTF-8, if it has surrogates.
  public init?(surrogatesIn string: UnsafeBufferPointer<UInt8>) {
    func isSurrogate(_ index: Int) -> Bool { string[index] == 0xED && index + 2 < string.count && string[index + 1] >= 0xA0 }
    guard let first = string.indices.first(where: isSurrogate) else { return nil }
    let start = string[..<first].count { $0 & 0xC0 != 0x80 }
    var end = start
    var index = first
    while index < string.count, isSurrogate(index) {
      end += 1
      index += 3
    }
    encoding = "utf-8"
    isDecoding = false
    object = Array(string)
    range = start..<end
    reason = "surrogates not allowed"
    bad = (UInt32(string[first + 1]) & 0x3F) << 6 | UInt32(string[first + 2]) & 0x3F | 0xD000
  }

  /// What the exception prints as.
  public var message: String {
    let what: String
    if range.count != 1 {
      what = "\(isDecoding ? "bytes" : "characters") in position \(range.lowerBound)-\(range.upperBound - 1)"
    } else {
      let digits = String(bad, radix: 16)
      what = "\(isDecoding ? "byte 0x\(bad < 16 ? "0" : "")" : "character '\\u")\(digits)\(isDecoding ? "" : "'") in position \(range.lowerBound)"
    }
    return "'\(encoding)' codec can't \(isDecoding ? "decode" : "encode") \(what): \(reason)"
  }
}
