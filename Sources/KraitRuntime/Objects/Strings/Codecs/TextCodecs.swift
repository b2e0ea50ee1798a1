// Encodings as text streams need them: those that need no module are used directly, piece by piece.

import CKraitCore
import Glibc

/// An encoding that native code handles without a codec object.
public enum PlainEncoding: UInt8, Sendable {
  /// Any other.
  case none
  case utf8
  /// One byte a character: ASCII and Latin-1.
  case singleByte

  /// The encoding that a name means; a str.
  public init(_ name: Value) {
    switch NativeCodec(name) {
    case .utf8: self = .utf8
    case .ascii, .latin1: self = .singleByte
    default: self = .none
    }
  }
}

/// An encoding with units of 16 or 32 bits. What text streams write native code encodes; a codec object decodes what they read, for it keeps the order of the bytes.
public struct WideEncoding {
  private let codec: NativeCodec

  /// Nil for any other.
  public init?(_ name: Value) {
    switch NativeCodec(name) {
    case .utf16: codec = .utf16
    case .utf16Little: codec = .utf16Little
    case .utf16Big: codec = .utf16Big
    case .utf32: codec = .utf32
    case .utf32Little: codec = .utf32Little
    case .utf32Big: codec = .utf32Big
    default: return nil
    }
  }

  /// - Parameter isStart: whether the order's mark comes first, where the encoding has one.
  public func encode(_ text: Value, errors: Value, isStart: Bool) throws(PyError) -> Owned {
    let held = Owned.exactString(text)
    let unmarked: NativeCodec = codec == .utf16 ? .utf16Little : codec == .utf32 ? .utf32Little : codec
    return try KraitRuntime.encode(StringObject(held.value), isStart ? codec : unmarked, ErrorHandling(errors))
  }
}

/// The bytes of a str in an encoding, as `str.encode` makes them.
public func encodeText(_ text: Value, encoding: Value, errors: Value) throws(PyError) -> Owned { try encode(text, encoding: encoding, errors: errors) }

/// The text of bytes in an encoding that is not ``PlainEncoding/none``.
public func decodeText(_ bytes: UnsafeRawBufferPointer, encoding: Value, errors: Value) throws(PyError) -> Owned {
  if bytes.count == 0 { return .emptyString }
  if let base = bytes.baseAddress, CodeUnits.isASCII(base, bytes.count) { return try Owned.string(latin1: bytes, ascii: true) }
  guard let codec = NativeCodec(encoding) else { throw .systemError("not a plain encoding") }
  return try decode(bytes, codec, try ErrorHandling(errors), object: .absent)
}

/// The text of ASCII bytes; absent when some are not.
public func textOfASCII(_ bytes: UnsafeRawBufferPointer) throws(PyError) -> Owned {
  guard let base = bytes.baseAddress, bytes.count > 0 else { return .emptyString }
  return CodeUnits.isASCII(base, bytes.count) ? try Owned.string(latin1: bytes, ascii: true) : Owned(taking: .absent)
}

/// A name of a codec or the like is text that UTF-8 can write, without NUL.
public func checkNameText(_ name: Value, mayHoldNull: Bool = false) throws(PyError) {
  let text = StringObject(name)
  if !text.isASCII { _ = try encodeUTF8(text, .strict) }
  if mayHoldNull { return }
  for index in 0..<text.length where text.codePoint(at: index) == 0 { throw .valueError("embedded null character") }
}

/// How many bytes at the end of a piece of UTF-8 are the beginning of a character whose rest is still to come.
public func incompleteUTF8Length(_ bytes: UnsafeRawBufferPointer) -> Int {
  for length in 1...3 where length <= bytes.count {
    let byte = bytes[bytes.count - length]
    if byte & 0xC0 == 0x80 { continue }
    let needed = byte >= 0xF0 && byte < 0xF5 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
    guard byte >= 0xC2, byte < 0xF5, needed > length else { return 0 }
    if length >= 2 {
      // What can never become a character is an error now.
      let second = bytes[bytes.count - length + 1]
      switch byte {
      case 0xE0 where second < 0xA0, 0xED where second > 0x9F, 0xF0 where second < 0x90, 0xF4 where second > 0x8F: return 0
      default: break
      }
    }
    return length
  }
  return 0
}

/// The codec of a name: an object of `codecs.CodecInfo`. LookupError when it is none for text.
public func textCodec(_ encoding: Value, alternative: StaticString) throws(PyError) -> Owned {
  let codec = try CodecRegistry.lookUp(encoding)
  if !codec.value.isExactTuple {
    let isText = try codec.value.lookUpAttribute(Name._is_text_encoding)
    if !isText.value.isAbsent, try !isText.value.isTruthy() {
      throw PyError.raise(.lookupError, "'\(encoding.text)' is not a text encoding; use \(alternative) to handle arbitrary codecs")
    }
  }
  return codec
}
