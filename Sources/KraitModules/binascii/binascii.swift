// The module `binascii`: bytes as text and back.

import CKraitZlib
import KraitRuntime

nonisolated(unsafe) private var binasciiError = InterpreterValue()

let binasciiModule = ModuleDefinition("binascii", "Conversion between bytes and ASCII text.") { (m: ModuleBuilder) throws(PyError) in
  let error = try m.exception("Error", bases: [.valueError])
  try binasciiError.set(error)
  _ = try m.exception("Incomplete")
  for name in ["b2a_hex(data, sep=<unrepresentable>, bytes_per_sep=1)", "hexlify(data, sep=<unrepresentable>, bytes_per_sep=1)"] as [StaticString] {
    try m.function(name, "Two hexadecimal digits for each byte, with a separator between groups.") { (call) throws(PyError) in
      let view = try call[0].buffer(.simple)
      let digits = try hexadecimal(view.bytes, separator: call[1], group: call.int32(2))
      return digits
    }
  }
  for name in ["a2b_hex(hexstr, /)", "unhexlify(hexstr, /)"] as [StaticString] {
    try m.function(name, "The bytes of hexadecimal digits.") { (call) throws(PyError) in
      let text = try ASCIIArgument(call[0])
      return try fromHexadecimal(text.bytes)
    }
  }
  try m.function("b2a_base64(data, /, *, newline=True)", "A line of base64 for the bytes.") { (call) throws(PyError) in
    let view = try call[0].buffer(.simple)
    return try toBase64(view.bytes, newline: try call.bool(1))
  }
  try m.function("a2b_base64(data, /, *, strict_mode=False)", "The bytes of base64 text.") { (call) throws(PyError) in
    let text = try ASCIIArgument(call[0])
    return try fromBase64(text.bytes, isStrict: try call.bool(1))
  }
  try m.function("b2a_uu(data, /, *, backtick=False)", "A uuencoded line for the bytes.") { (call) throws(PyError) in
    let view = try call[0].buffer(.simple)
    return try toUU(view.bytes, backtick: try call.bool(1))
  }
  try m.function("a2b_uu(data, /)", "The bytes of a uuencoded line.") { (call) throws(PyError) in
    let text = try ASCIIArgument(call[0])
    return try fromUU(text.bytes)
  }
  try m.function("b2a_qp(data, quotetabs=False, istext=True, header=False)", "Quoted-printable text for the bytes.") { (call) throws(PyError) in
    let view = try call[0].buffer(.simple)
    return try toQuotedPrintable(view.bytes, quoteTabs: try call.bool(1), isText: try call.bool(2), header: try call.bool(3))
  }
  try m.function("a2b_qp(data, header=False)", "The bytes of quoted-printable text.") { (call) throws(PyError) in
    let text = try ASCIIArgument(call[0])
    return try fromQuotedPrintable(text.bytes, header: try call.bool(1))
  }
  try m.function("crc32(data, crc=0, /)", "The checksum CRC-32, going on from another one.") { (call) throws(PyError) in
    try checksum(call) { crc32_z($0, $1, $2) }
  }
  try m.function("crc_hqx(data, crc, /)", "The checksum CRC-CCITT, going on from another one.") { (call) throws(PyError) in
    let start = try call[1].index()
    let view = try call[0].buffer(.simple)
    var crc = UInt16(truncatingIfNeeded: Integer.truncatedBits(start.value))
    let table = ccittTable
    for byte in view.bytes { crc = crc &<< 8 ^ table[Int(UInt8(truncatingIfNeeded: crc &>> 8) ^ byte)] }
    return try Owned.integer(Int(crc))
  }
}

private func failure(_ message: String) -> PyError {
  excludeOtherThreads()
  return PyError.raise(TypeObject(binasciiError.value), message)
}

/// An argument that is bytes or ASCII text; the value is held by the caller.
private struct ASCIIArgument: ~Copyable {
  let bytes: UnsafeRawBufferPointer
  private let fields: BufferFields

  init(_ value: Value) throws(PyError) {
    var fields = BufferFields()
    if value.isString {
      let string = StringObject(value)
      guard string.isASCII else { throw .valueError("string argument should contain only ASCII characters") }
      bytes = UnsafeRawBufferPointer(start: string.data, count: string.length)
    } else {
      guard let slot = value.type.slots.pointee.buffer else {
        throw .typeError("argument should be bytes, buffer or ASCII string, not '\(value.typeName)'")
      }
      try slot(value, .simple, &fields)
      bytes = fields.bytes
    }
    self.fields = fields
  }

  deinit {
    var fields = self.fields
    fields.release()
  }
}

/// CRC-CCITT as BinHex has it: what each upper byte makes of the checksum.
nonisolated(unsafe) private let ccittTable: UnsafePointer<UInt16> = {
  let table = UnsafeMutablePointer<UInt16>.allocate(capacity: 256)
  for byte in 0..<256 {
    var value = UInt16(byte) << 8
    for _ in 0..<8 { value = value & 0x8000 != 0 ? value << 1 ^ 0x1021 : value << 1 }
    table[byte] = value
  }
  return UnsafePointer(table)
}()

// MARK: - Hexadecimal

private func hexadecimal(_ bytes: UnsafeRawBufferPointer, separator: Value, group: Int32) throws(PyError) -> Owned {
  var mark: UInt8?
  if !separator.isAbsent {
    guard try separator.length() == 1 else { throw .valueError("sep must be length 1.") }
    if separator.isString {
      guard StringObject(separator).width == 1 else { throw .valueError("sep must be ASCII.") }
      mark = UInt8(truncatingIfNeeded: StringObject(separator).codePoint(at: 0))
    } else if separator.isBytes {
      mark = BytesObject(separator).buffer[0]
    } else {
      throw .typeError("sep must be str or bytes.")
    }
  }
  let size = mark == nil ? 0 : Int(group)
  let count = hexadecimalCount(bytes.count, size)
  var builder = try ByteBuilder(capacity: count)
  writeHexadecimal(bytes, to: try builder.extend(count), mark ?? 0, size)
  return try builder.finish()
}

private func fromHexadecimal(_ text: UnsafeRawBufferPointer) throws(PyError) -> Owned {
  guard text.count % 2 == 0 else { throw failure("Odd-length string") }
  let values = ASCII.digitValues
  var builder = try ByteBuilder(capacity: text.count / 2)
  let place = try builder.extend(text.count / 2)
  for index in 0..<text.count / 2 {
    let high = values[Int(text[2 &* index])]
    let low = values[Int(text[2 &* index &+ 1])]
    if high | low > 15 { throw failure("Non-hexadecimal digit found") }
    place[index] = high &<< 4 | low
  }
  return try builder.finish()
}

// MARK: - Base64

private let base64Digits: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

private func toBase64(_ bytes: UnsafeRawBufferPointer, newline: Bool) throws(PyError) -> Owned {
  let digits = base64Digits.utf8Start
  var builder = try ByteBuilder(capacity: bytes.count / 3 * 4 + 8)
  let groups = bytes.count / 3
  let output = try builder.extend(groups * 4)
  for group in 0..<groups {
    let word = UInt32(bytes[3 &* group]) &<< 16 | UInt32(bytes[3 &* group &+ 1]) &<< 8 | UInt32(bytes[3 &* group &+ 2])
    output[4 &* group] = digits[Int(word &>> 18)]
    output[4 &* group &+ 1] = digits[Int(word &>> 12 & 63)]
    output[4 &* group &+ 2] = digits[Int(word &>> 6 & 63)]
    output[4 &* group &+ 3] = digits[Int(word & 63)]
  }
  let place = groups * 3
  if bytes.count - place == 1 {
    let word = UInt32(bytes[place]) << 16
    try builder.append(digits[Int(word >> 18)])
    try builder.append(digits[Int(word >> 12 & 63)])
    try builder.append("==")
  } else if bytes.count - place == 2 {
    let word = UInt32(bytes[place]) << 16 | UInt32(bytes[place + 1]) << 8
    try builder.append(digits[Int(word >> 18)])
    try builder.append(digits[Int(word >> 12 & 63)])
    try builder.append(digits[Int(word >> 6 & 63)])
    try builder.append("=")
  }
  if newline { try builder.append(0x0A) }
  return try builder.finish()
}

/// By byte, the value of a digit; 255 for other bytes.
nonisolated(unsafe) private let base64Values: UnsafePointer<UInt8> = {
  let values = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
  values.initialize(repeating: 0xFF, count: 256)
  for value in 0..<64 { values[Int(base64Digits.utf8Start[value])] = UInt8(value) }
  return UnsafePointer(values)
}()

private func fromBase64(_ text: UnsafeRawBufferPointer, isStrict: Bool) throws(PyError) -> Owned {
  var builder = try ByteBuilder(capacity: text.count / 4 * 3 + 8)
  if isStrict && text.count > 0 && text[0] == 0x3D { throw failure("Leading padding not allowed") }
  var digits = 0
  var pads = 0
  var left: UInt8 = 0
  let values = base64Values
  var place = 0
  while place < text.count {
    // Groups of four digits at once.
    let groups = digits == 0 && pads == 0 ? (text.count &- place) / 4 : 0
    if groups > 0 {
      let output = try builder.extend(groups * 3)
      var group = 0
      while group < groups {
        let a = values[Int(text[place])]
        let b = values[Int(text[place &+ 1])]
        let c = values[Int(text[place &+ 2])]
        let d = values[Int(text[place &+ 3])]
        if (a | b | c | d) > 63 { break }
        let word = UInt32(a) &<< 18 | UInt32(b) &<< 12 | UInt32(c) &<< 6 | UInt32(d)
        output[3 &* group] = UInt8(truncatingIfNeeded: word &>> 16)
        output[3 &* group &+ 1] = UInt8(truncatingIfNeeded: word &>> 8)
        output[3 &* group &+ 2] = UInt8(truncatingIfNeeded: word)
        group &+= 1
        place &+= 4
      }
      builder.removeLast((groups - group) * 3)
      if place == text.count { break }
    }
    let byte = text[place]
    place += 1
    if byte == 0x3D {
      pads += 1
      if isStrict && !(digits >= 2 && digits + pads <= 4) {
        throw failure(digits < 2 && digits > 0 ? "Invalid base64-encoded string: number of data characters (\(builder.count / 3 * 4 + 1)) cannot be 1 more than a multiple of 4" : "Excess padding not allowed")
      }
      continue
    }
    let value = values[Int(byte)]
    if value > 63 {
      if isStrict { throw failure("Only base64 data is allowed") }
      continue
    }
    if isStrict && pads > 0 {
      throw failure(digits + pads == 4 ? "Excess data after padding" : "Discontinuous padding not allowed")
    }
    pads = 0
    switch digits {
    case 0: left = value
    case 1:
      try builder.append(left << 2 | value >> 4)
      left = value & 15
    case 2:
      try builder.append(left << 4 | value >> 2)
      left = value & 3
    default: try builder.append(left << 6 | value)
    }
    digits = (digits + 1) & 3
  }
  if digits == 1 {
    throw failure("Invalid base64-encoded string: number of data characters (\(builder.count / 3 * 4 + 1)) cannot be 1 more than a multiple of 4")
  }
  if digits != 0 && digits + pads < 4 { throw failure("Incorrect padding") }
  return try builder.finish()
}

// MARK: - uuencode

private func toUU(_ bytes: UnsafeRawBufferPointer, backtick: Bool) throws(PyError) -> Owned {
  guard bytes.count <= 45 else { throw failure("At most 45 bytes at once") }
  func character(_ value: UInt8) -> UInt8 { value == 0 && backtick ? 0x60 : value + 0x20 }
  var builder = try ByteBuilder(capacity: 64)
  try builder.append(character(UInt8(bytes.count)))
  var place = 0
  while place < bytes.count {
    func byte(_ index: Int) -> UInt32 { index < bytes.count ? UInt32(bytes[index]) : 0 }
    let word = byte(place) << 16 | byte(place + 1) << 8 | byte(place + 2)
    for shift in [18, 12, 6, 0] as [UInt32] { try builder.append(character(UInt8(word >> shift & 63))) }
    place += 3
  }
  try builder.append(0x0A)
  return try builder.finish()
}

private func fromUU(_ text: UnsafeRawBufferPointer) throws(PyError) -> Owned {
  guard text.count > 0 else { throw failure("Missing length byte") }
  let length = Int((text[0] &- 0x20) & 63)
  var builder = try ByteBuilder(capacity: length + 4)
  var place = 1
  var bits: UInt32 = 0
  var count = 0
  while builder.count < length {
    var value: UInt32 = 0
    if place < text.count, text[place] != 0x0A, text[place] != 0x0D {
      let byte = text[place]
      // Two more characters than there should be: a backtick stands for a space.
      guard byte >= 0x20, byte <= 0x60 else { throw failure("Illegal char") }
      value = UInt32((byte - 0x20) & 63)
    }
    place += 1
    bits = bits << 6 | value
    count += 6
    if count >= 8 {
      count -= 8
      try builder.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      bits &= (1 << UInt32(count)) - 1
    }
  }
  while place < text.count {
    let byte = text[place]
    guard byte == 0x20 || byte == 0x60 || byte == 0x0A || byte == 0x0D else { throw failure("Trailing garbage") }
    place += 1
  }
  return try builder.finish()
}

// MARK: - Quoted-printable

private func fromQuotedPrintable(_ text: UnsafeRawBufferPointer, header: Bool) throws(PyError) -> Owned {
  guard let source = text.baseAddress, text.count > 0 else { return .emptyBytes }
  let values = ASCII.digitValues
  let count = text.count
  var builder = try ByteBuilder(capacity: count)
  // Nothing becomes longer.
  let target = try builder.extend(count)
  var (place, length) = (0, 0)
  while place < count {
    if source.load(fromByteOffset: place, as: UInt8.self) != 0x3D {
      while !header && place &+ 8 <= count {
        let word = source.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        let difference = word ^ 0x3D3D_3D3D_3D3D_3D3D
        if (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080 != 0 { break }
        UnsafeMutableRawPointer(target + length).storeBytes(of: word, as: UInt64.self)
        place &+= 8
        length &+= 8
      }
      // Those in front of the next `=` one by one: the branches are foretold, while a place that is computed from the bytes has to be waited for.
      while place < count {
        let byte = source.load(fromByteOffset: place, as: UInt8.self)
        if byte == 0x3D { break }
        target[length] = header && byte == 0x5F ? 0x20 : byte
        place &+= 1
        length &+= 1
      }
    }
    place &+= 1
    if place >= count { break }
    let next = source.load(fromByteOffset: place, as: UInt8.self)
    if next == 0x0A || next == 0x0D {
      // A soft line end.
      if next != 0x0A { while place < count && text[place] != 0x0A { place &+= 1 } }
      if place < count { place &+= 1 }
      continue
    }
    let (high, low) = (values[Int(next)], place &+ 1 < count ? values[Int(text[place &+ 1])] : 0xFF)
    if high | low <= 15 {
      target[length] = high &<< 4 | low
      place &+= 2
    } else {
      target[length] = 0x3D
      if next == 0x3D { place &+= 1 }
    }
    length &+= 1
  }
  builder.removeLast(count &- length)
  return try builder.finish()
}

private func toQuotedPrintable(_ bytes: UnsafeRawBufferPointer, quoteTabs: Bool, isText: Bool, header: Bool) throws(PyError) -> Owned {
  func upperDigit(_ value: UInt8) -> UInt8 { value < 10 ? value + 0x30 : value + 0x37 }
  let lineLimit = 76
  var builder = try ByteBuilder(capacity: bytes.count + 16)
  // Line ends are written as the first one of the text is.
  let firstEnd = bytes.firstIndex(of: 0x0A)
  let isCRLF = firstEnd.map { $0 > 0 && bytes[$0 - 1] == 0x0D } ?? false
  var place = 0
  var lineLength = 0
  func softBreak(_ builder: inout ByteBuilder) throws(PyError) {
    try builder.append(0x3D)
    if isCRLF { try builder.append(0x0D) }
    try builder.append(0x0A)
  }
  func endsLine(_ index: Int) -> Bool {
    index < bytes.count && (bytes[index] == 0x0A || bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A)
  }
  while place < bytes.count {
    let byte = bytes[place]
    let isLast = place + 1 == bytes.count
    let mustQuote =
      byte > 126 || byte == 0x3D || header && byte == 0x5F || byte == 0x2E && lineLength == 0 && (isLast || bytes[place + 1] == 0x0A || bytes[place + 1] == 0x0D || bytes[place + 1] == 0)
      || !isText && (byte == 0x0D || byte == 0x0A) || (byte == 0x09 || byte == 0x20) && isLast
      || byte < 33 && byte != 0x0D && byte != 0x0A && byte != 0x09 && byte != 0x20
      || byte < 33 && byte != 0x0D && byte != 0x0A && (quoteTabs || !quoteTabs && byte != 0x09 && byte != 0x20)
    if mustQuote {
      if lineLength + 3 >= lineLimit {
        try softBreak(&builder)
        lineLength = 0
      }
      try builder.append(0x3D)
      try builder.append(upperDigit(byte >> 4))
      try builder.append(upperDigit(byte & 15))
      lineLength += 3
      place += 1
    } else if isText && endsLine(place) {
      lineLength = 0
      // Blanks at the end of a line would be lost.
      if builder.count > 0, let last = builder.bytes.last, last == 0x20 || last == 0x09 {
        builder.removeLast()
        try builder.append(0x3D)
        try builder.append(upperDigit(last >> 4))
        try builder.append(upperDigit(last & 15))
      }
      if isCRLF { try builder.append(0x0D) }
      try builder.append(0x0A)
      place += byte == 0x0D ? 2 : 1
    } else {
      if !isLast && !endsLine(place + 1) && bytes[place + 1] != 0x0A && lineLength + 1 >= lineLimit {
        try softBreak(&builder)
        lineLength = 0
      }
      lineLength += 1
      try builder.append(header && byte == 0x20 ? 0x5F : byte)
      place += 1
    }
  }
  return try builder.finish()
}
