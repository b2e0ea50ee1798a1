// What codecs do about what they cannot encode or decode: the handlers with names, and those that programs register.

import CKraitCore
import Glibc
import KraitSyntax

/// The `errors` argument of a codec.
enum ErrorHandling {
  case strict, ignore, replace, backslashReplace, xmlReplace, nameReplace, surrogateEscape, surrogatePass
  /// A name that only the registry may know.
  case registered(Value)

  /// Absent is "strict".
  init(_ name: Value) {
    guard !name.isAbsent else {
      self = .strict
      return
    }
    let text = StringObject(name)
    if text.isEqual(to: "strict") {
      self = .strict
    } else if text.isEqual(to: "ignore") {
      self = .ignore
    } else if text.isEqual(to: "replace") {
      self = .replace
    } else if text.isEqual(to: "surrogateescape") {
      self = .surrogateEscape
    } else if text.isEqual(to: "surrogatepass") {
      self = .surrogatePass
    } else if text.isEqual(to: "backslashreplace") {
      self = .backslashReplace
    } else if text.isEqual(to: "xmlcharrefreplace") {
      self = .xmlReplace
    } else if text.isEqual(to: "namereplace") {
      self = .nameReplace
    } else {
      self = .registered(name)
    }
  }
}

/// An UnicodeEncodeError, made to be raised or handed to a handler.
func makeEncodeError(_ encoding: StaticString, _ text: Value, _ start: Int, _ end: Int, _ reason: StaticString) throws(PyError) -> Owned {
  try makeUnicodeError(.unicodeEncodeError, encoding, text, start, end, reason)
}

func makeDecodeError(_ encoding: StaticString, _ bytes: Value, _ start: Int, _ end: Int, _ reason: StaticString) throws(PyError) -> Owned {
  try makeUnicodeError(.unicodeDecodeError, encoding, bytes, start, end, reason)
}

private func makeUnicodeError(
  _ type: TypeObject, _ encoding: StaticString, _ object: Value, _ start: Int, _ end: Int, _ reason: StaticString
) throws(PyError) -> Owned {
  let encoding = try Owned.string(encoding)
  let start = try Owned.integer(start)
  let end = try Owned.integer(end)
  let reason = try Owned.string(reason)
  var arguments = (encoding.value, object, start.value, end.value, reason.value)
  return try withUnsafeBytes(of: &arguments) { (bytes) throws(PyError) -> Owned in
    try type.value.call(arguments: Arguments(base: bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Value.self), positionalCount: 5))
  }
}

/// What a handler answered: a str or bytes to put in, and where to go on.
struct Replacement: ~Copyable {
  let value: Owned
  let position: Int
}

/// A handler that a program registered and the exception that tells it of an error: found and made once for a text, as CPython does.
struct HandlerCall: ~Copyable {
  private var handler = Owned(taking: .absent)
  private(set) var exception = Owned(taking: .absent)

  var isPrepared: Bool { !exception.value.isAbsent }

  mutating func prepare(_ name: Value, _ exception: consuming Owned) throws(PyError) {
    handler = try CodecRegistry.errorHandler(name)
    self.exception = exception
  }

  /// Tells of another place.
  func move(_ start: Int, _ end: Int, _ reason: StaticString) throws(PyError) {
    setExceptionField(exception.value, UnicodeErrorField.start, taking: try Owned.integer(start))
    setExceptionField(exception.value, UnicodeErrorField.end, taking: try Owned.integer(end))
    setExceptionField(exception.value, UnicodeErrorField.reason, taking: try Owned.string(reason))
  }

  func ask() throws(PyError) -> Owned { try handler.value.call(exception.value) }
}

// MARK: - Encoding

extension ErrorHandling {
  /// Writes what stands in for the characters from `start` to `end` where that is ASCII, or bytes, and nobody has to be asked; returns where to go on, nil where nothing is done.
  func replace(_ units: CodeUnits, _ start: Int, _ end: Int, in output: inout ByteBuilder) throws(PyError) -> Int? {
    switch self {
    case .ignore: break
    case .replace:
      let target = try output.extend(end &- start)
      target.update(repeating: 0x3F, count: end &- start)
    case .backslashReplace: for index in start..<end { try output.append(escapeOf: units[index]) }
    case .xmlReplace:
      for index in start..<end {
        try output.append("&#")
        try output.append(decimal: units[index])
        try output.append(UInt8(ascii: ";"))
      }
    case .surrogateEscape:
      let target = try output.extend(end &- start)
      var index = start
      while index < end {
        let unit = units[index]
        // These codecs write those that stand for bytes, and complain of the rest; a handler that is called has all or nothing.
        if unit &- 0xDC80 >= 0x80 {
          output.removeLast(end &- index)
          return index > start ? index : nil
        }
        target[index &- start] = UInt8(truncatingIfNeeded: unit)
        index &+= 1
      }
    default: return nil
    }
    return end
  }

  /// What stands in for the characters from `start` to `end`, or the error.
  ///
  /// - Parameter handler: of the same text, and empty at first.
  func replaceUnencodable(
    _ text: StringObject, _ start: Int, _ end: Int, _ encoding: StaticString, _ reason: StaticString, _ handler: inout HandlerCall
  ) throws(PyError) -> Replacement {
    let units = text.units[start..<end]
    var output = StringBuilder()
    switch self {
    case .strict: break
    case .ignore: return Replacement(value: .emptyString, position: end)
    case .replace:
      try output.append(codePoint: 0x3F, count: units.count)
      return Replacement(value: try output.finish(), position: end)
    case .backslashReplace:
      for index in 0..<units.count { try output.appendBackslashEscape(units[index]) }
      return Replacement(value: try output.finish(), position: end)
    case .xmlReplace:
      for index in 0..<units.count {
        try output.append("&#")
        try output.append(decimal: Int(units[index]))
        try output.append(";")
      }
      return Replacement(value: try output.finish(), position: end)
    case .nameReplace:
      for index in 0..<units.count {
        if let name = UnicodeNames.name(of: units[index]) {
          try output.append("\\N{")
          try output.append(name)
          try output.append("}")
        } else {
          try output.appendBackslashEscape(units[index])
        }
      }
      return Replacement(value: try output.finish(), position: end)
    case .surrogateEscape:
      var count = 0
      while count < units.count && units[count] >= 0xDC80 && units[count] <= 0xDCFF {
        try output.append(codePoint: units[count] & 0xFF)
        count &+= 1
      }
      if count == units.count { return Replacement(value: try output.finishBytes(), position: end) }
    case .surrogatePass:
      if let bytes = try passSurrogates(units, encoding) { return Replacement(value: bytes, position: end) }
    case .registered(let name):
      if handler.isPrepared {
        try handler.move(start, end, reason)
      } else {
        try handler.prepare(name, try makeEncodeError(encoding, text.value, start, end, reason))
      }
      return try Self.checkReplacement(try handler.ask(), text.length, isDecoding: false)
    }
    throw PyError.raise(try makeEncodeError(encoding, text.value, start, end, reason))
  }

  /// Surrogates as the encoding would write them if it could; nil where it could not.
  private func passSurrogates(_ units: CodeUnits, _ encoding: StaticString) throws(PyError) -> Owned? {
    guard let form = SurrogateForm(encoding.description) else { return nil }
    let size = form.size == 1 ? 3 : form.size
    var output = try ByteBuilder(capacity: units.count &* size)
    var target = UnsafeMutableRawPointer(try output.extend(units.count &* size))
    for index in 0..<units.count {
      let point = units[index]
      guard point >= 0xD800 && point <= 0xDFFF else { return nil }
      switch form.size {
      case 1:
        target.storeBytes(of: UInt16(truncatingIfNeeded: 0x80ED | (point & 0xFC0) &<< 2).littleEndian, as: UInt16.self)
        target.storeBytes(of: UInt8(truncatingIfNeeded: 0x80 | point & 0x3F), toByteOffset: 2, as: UInt8.self)
      case 2: target.storeBytes(of: form.isBig ? UInt16(truncatingIfNeeded: point).bigEndian : UInt16(truncatingIfNeeded: point).littleEndian, as: UInt16.self)
      default: target.storeBytes(of: form.isBig ? point.bigEndian : point.littleEndian, as: UInt32.self)
      }
      target += size
    }
    return try output.finish()
  }

  static func checkReplacement(_ result: consuming Owned, _ length: Int, isDecoding: Bool) throws(PyError) -> Replacement {
    let wrong: StaticString = isDecoding ? "decoding error handler must return (str, int) tuple" : "encoding error handler must return (str/bytes, int) tuple"
    guard result.value.isTuple, TupleObject(result.value).count == 2 else { throw PyError.typeError("\(wrong)") }
    let (text, place) = (TupleObject(result.value)[0], TupleObject(result.value)[1])
    guard text.isString || !isDecoding && text.isBytes, place.isInteger else { throw PyError.typeError("\(wrong)") }
    var position = try place.asInt()
    if position < 0 { position &+= length }
    guard position >= 0 && position <= length else {
      throw PyError.indexError("position \(try place.asInt()) from error handler out of bounds")
    }
    return Replacement(value: text.isString ? .exactString(text) : Owned(copying: text), position: position)
  }
}

/// How an encoding would write a surrogate.
struct SurrogateForm {
  let name: StaticString
  let size: Int
  let isBig: Bool

  init?(_ encoding: String) {
    switch encoding {
    case "utf-8", "utf8", "cp65001": (name, size, isBig) = ("utf-8", 1, false)
    case "utf-16", "utf16", "utf-16-le", "utf-16le", "utf16-le", "utf16le": (name, size, isBig) = ("utf-16-le", 2, false)
    case "utf-16-be", "utf-16be", "utf16-be", "utf16be": (name, size, isBig) = ("utf-16-be", 2, true)
    case "utf-32", "utf32", "utf-32-le", "utf-32le", "utf32-le", "utf32le": (name, size, isBig) = ("utf-32-le", 4, false)
    case "utf-32-be", "utf-32be", "utf32-be", "utf32be": (name, size, isBig) = ("utf-32-be", 4, true)
    default: return nil
    }
  }
}

extension StringBuilder {
  /// `\xNN`, `\uNNNN` or `\UNNNNNNNN`.
  mutating func appendBackslashEscape(_ point: UInt32) throws(PyError) {
    let (letter, digits): (UInt32, UInt32) = point < 0x100 ? (0x78, 2) : point < 0x10000 ? (0x75, 4) : (0x55, 8)
    try append(codePoint: 0x5C)
    try append(codePoint: letter)
    try append(hexadecimal: point, digits: digits)
  }
}

extension ByteBuilder {
  /// As ``StringBuilder/appendBackslashEscape(_:)``.
  mutating func append(escapeOf point: UInt32) throws(PyError) {
    let target = try extend(10)
    removeLast(10 &- Self.write(hexadecimalEscapeOf: point, target))
  }

  mutating func append(decimal number: UInt32) throws(PyError) {
    if number >= 10 { try append(decimal: number / 10) }
    try append(UInt8(truncatingIfNeeded: 0x30 &+ number % 10))
  }
}

// MARK: - Decoding

/// Bytes that are being decoded: what every decoder shares.
struct Decoder: ~Copyable {
  private(set) var base: UnsafeRawPointer
  private(set) var count: Int
  let errors: ErrorHandling
  /// What the bytes are of.
  private var object: Value
  /// The bytes that an error handler put in place of those before.
  private var substitute = Owned(taking: .absent)
  private var handler = HandlerCall()
  var position = 0
  var output = StringBuilder()

  init(_ bytes: UnsafeRawBufferPointer, _ errors: ErrorHandling, _ object: Value) {
    base = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 16).unsafelyUnwrapped
    count = bytes.count
    self.errors = errors
    self.object = object
  }

  @inline(__always) func byte(_ index: Int) -> UInt32 { UInt32(base.load(fromByteOffset: index, as: UInt8.self)) }

  /// The bytes as the exception shows them.
  private func exceptionObject() throws(PyError) -> Owned {
    if !object.isAbsent && object.isExact(.bytes) && BytesObject(object).count == count { return Owned(copying: object) }
    return try Owned.bytes(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// Handles bytes that mean nothing: appends what stands in for them and sets the position to go on at.
  mutating func reject(_ start: Int, _ end: Int, _ encoding: StaticString, _ reason: StaticString) throws(PyError) {
    position = end
    switch errors {
    case .strict: break
    case .ignore: return
    case .replace: return try output.append(codePoint: 0xFFFD)
    case .backslashReplace:
      for index in start..<end { try output.appendBackslashEscape(byte(index)) }
      return
    case .surrogateEscape:
      var index = start
      while index < end && index < start &+ 4 && byte(index) >= 0x80 {
        try output.append(codePoint: 0xDC00 | byte(index))
        index &+= 1
      }
      if index > start {
        position = index
        return
      }
    case .surrogatePass:
      if try passSurrogate(start, encoding) { return }
    case .xmlReplace, .nameReplace:
      let bytes = try exceptionObject()
      let error = try makeDecodeError(encoding, bytes.value, start, end, reason)
      throw PyError.typeError("don't know how to handle \(error.value.typeName) in error callback")
    case .registered(let name):
      if handler.isPrepared {
        try handler.move(start, end, reason)
      } else {
        let bytes = try exceptionObject()
        try handler.prepare(name, try makeDecodeError(encoding, bytes.value, start, end, reason))
      }
      let result = try handler.ask()
      try takeObject(of: handler.exception.value)
      let replacement = try ErrorHandling.checkReplacement(result, count, isDecoding: true)
      try output.append(replacement.value.value)
      position = replacement.position
      return
    }
    let bytes = try exceptionObject()
    throw PyError.raise(try makeDecodeError(encoding, bytes.value, start, end, reason))
  }

  /// A handler may set the exception's bytes: decoding goes on with those.
  private mutating func takeObject(of error: Value) throws(PyError) {
    let bytes = try error.getAttribute(Name.object)
    guard bytes.value.isBytes else { throw PyError.typeError("exception attribute object must be bytes") }
    let contents = BytesObject(bytes.value).buffer
    // The exception's bytes may be a copy of those that are being decoded.
    if contents.count == count && contents.baseAddress == base { return }
    if contents.count == count && memcmp(contents.baseAddress ?? base, base, count) == 0 { return }
    base = contents.baseAddress ?? base
    count = contents.count
    object = bytes.value
    substitute = bytes
  }

  private mutating func passSurrogate(_ start: Int, _ encoding: StaticString) throws(PyError) -> Bool {
    guard let form = SurrogateForm(encoding.description) else { return false }
    let size = form.size == 1 ? 3 : form.size
    guard count &- start >= size else { return false }
    let point: UInt32
    switch form.size {
    case 1:
      guard byte(start) & 0xF0 == 0xE0, byte(start &+ 1) & 0xC0 == 0x80, byte(start &+ 2) & 0xC0 == 0x80 else { return false }
      point = (byte(start) & 0x0F) << 12 | (byte(start &+ 1) & 0x3F) << 6 | byte(start &+ 2) & 0x3F
    case 2: point = unit16(start, form.isBig)
    default: point = unit32(start, form.isBig)
    }
    guard point >= 0xD800 && point <= 0xDFFF else { return false }
    try output.append(codePoint: point)
    position = start &+ size
    return true
  }

  @inline(__always)
  func unit16(_ index: Int, _ isBig: Bool) -> UInt32 {
    isBig ? byte(index) << 8 | byte(index &+ 1) : byte(index &+ 1) << 8 | byte(index)
  }

  @inline(__always)
  func unit32(_ index: Int, _ isBig: Bool) -> UInt32 {
    isBig ? unit16(index, true) << 16 | unit16(index &+ 2, true) : unit16(index &+ 2, false) << 16 | unit16(index, false)
  }
}
