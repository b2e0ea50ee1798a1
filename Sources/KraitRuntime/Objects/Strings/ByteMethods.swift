// What bytes and bytearray have in common: the receiver's bytes, results of its kind, arguments that are bytes.

import CKraitCore
import Glibc

extension Call {
  /// The bytes of the receiver, a bytes object or a bytearray. Take them after everything that may run Python code: a bytearray's memory can move.
  @inline(__always)
  var receiverUnits: CodeUnits { receiver.isBytes ? BytesObject(receiver).units : ByteArrayObject(receiver).units }

  /// Runs what may call Python code before the receiver's bytes are read: a bytearray keeps its length meanwhile, as one whose buffer is in use.
  @inline(__always)
  func holdingReceiver<Result: ~Copyable>(_ body: () throws(PyError) -> Result) throws(PyError) -> Result {
    if receiver.isBytes { return try body() }
    ByteArrayObject(receiver).lend()
    defer { ByteArrayObject(receiver).takeBack() }
    return try body()
  }

  /// An object of the receiver's kind.
  func made(_ units: CodeUnits) throws(PyError) -> Owned {
    let bytes = UnsafeRawBufferPointer(start: units.base, count: units.count)
    return receiver.isBytes ? try Owned.bytes(bytes) : try Owned.bytearray(bytes)
  }

  /// Part of the receiver; the whole of an exact bytes object is itself.
  func part(_ range: Range<Int>) throws(PyError) -> Owned {
    if receiver.isExact(.bytes) && range.count == BytesObject(receiver).count { return Owned(copying: receiver) }
    return try made(receiverUnits[range])
  }

  /// A new object of the receiver's kind with room for `count` bytes, and where they go.
  func make(count: Int) throws(PyError) -> NewBytes {
    if receiver.isBytes {
      if count <= 1 { return NewBytes(owner: Owned(taking: try BytesObject.allocate(count).raw), isBytes: true) }
      return NewBytes(owner: Owned(taking: try BytesObject.allocate(count).raw), isBytes: true)
    }
    return NewBytes(owner: Owned(taking: try ByteArrayObject.make(count: count).raw), isBytes: false)
  }
}

/// Bytes or a bytearray that is being filled.
struct NewBytes: ~Copyable {
  let owner: Owned
  let isBytes: Bool
  var data: UnsafeMutablePointer<UInt8> {
    (isBytes ? BytesObject(owner.value).data : ByteArrayObject(owner.value).data).assumingMemoryBound(to: UInt8.self)
  }

  /// The object; short bytes are shared ones.
  consuming func finish() throws(PyError) -> Owned {
    if isBytes {
      let bytes = BytesObject(owner.value)
      if bytes.count <= 1 { return try Owned.bytes(bytes.buffer) }
    }
    return owner.copy()
  }
}

/// A part to search for: bytes-like, or one byte given as an int.
struct BytePart: ~Copyable {
  /// Without an owner: the part is ``byte``.
  private let view: BufferView
  private let byte: UInt8

  init(_ value: Value) throws(PyError) {
    let byte = value.supportsBuffer ? 0 : try BytePart.byte(value)
    self.init(try BytePart.view(value), byte)
  }

  private init(_ view: consuming BufferView, _ byte: UInt8) {
    self.view = view
    self.byte = byte
  }

  private static func view(_ value: Value) throws(PyError) -> BufferView {
    if value.supportsBuffer { return try value.buffer(.simple) }
    return BufferView(BufferFields())
  }

  private static func byte(_ value: Value) throws(PyError) -> UInt8 {
    guard value.type.slots.pointee.index != nil else {
      throw PyError.typeError("argument should be integer or bytes-like object, not '\(value.typeName)'")
    }
    let number = try value.asIndex(overflow: nil)
    guard let byte = UInt8(exactly: number) else { throw PyError.valueError("byte must be in range(0, 256)") }
    return byte
  }

  func withUnits<Result>(_ body: (CodeUnits) throws(PyError) -> Result) throws(PyError) -> Result {
    if !view.fields.owner.isAbsent { return try body(view.units) }
    var byte = self.byte
    return try withUnsafePointer(to: &byte) { (base) throws(PyError) -> Result in try body(CodeUnits(base: base, count: 1, width: 1)) }
  }
}

/// A byte given as an int.
func byteValue(_ value: Value, _ message: StaticString) throws(PyError) -> UInt8 {
  if value.isSmallInteger, let byte = UInt8(exactly: value.smallInteger) { return byte }
  let number = try value.asIndex(overflow: nil)
  guard let byte = UInt8(exactly: number) else { throw PyError.valueError("\(message)") }
  return byte
}

func defineByteMethods(_ t: TypeDefinition) {
  defineByteSearch(t)
  defineByteSplitting(t)
  defineByteCases(t)
  defineBytePadding(t)
  t.slots.remainder = BinarySlot { (format, arguments) throws(PyError) -> Owned in
    guard format.isBytes || format.isInstance(of: .bytearray) else { return .notImplemented }
    if format.isBytes { return try formatBytesByPercent(BytesObject(format).buffer, arguments) }
    // The format must not move while the conversions run Python code.
    let view = try format.buffer(.simple)
    let bytes = try formatBytesByPercent(view.bytes, arguments)
    return try Owned.bytearray(BytesObject(bytes.value).buffer)
  }
  t.method("decode(encoding='utf-8', errors='strict')", "The text that the bytes are in an encoding.") { (call: Call) throws(PyError) -> Owned in
    let encoding = try call.string(0)
    let errors = try call.string(1)
    return try decode(call.receiver, encoding: encoding, errors: errors)
  }
  t.method("hex(sep=<unrepresentable>, bytes_per_sep=1)", "Two hexadecimal digits for each byte, with separators between groups.") {
    (call: Call) throws(PyError) -> Owned in
    let group = Int(try call.int32(1))
    let separator = try call.holdingReceiver { () throws(PyError) -> UInt8? in try hexSeparator(call[0]) }
    return try hexadecimal(call.receiverUnits, separator, group)
  }
  t.classMethod("fromhex(string, /)", "Bytes from pairs of hexadecimal digits; spaces between them are skipped.") { (call: Call) throws(PyError) -> Owned in
    let bytes = try bytesFromHexadecimal(call[0])
    let type = TypeObject(call.receiver)
    if type == .bytes { return bytes }
    if type == .bytearray { return try Owned.bytearray(BytesObject(bytes.value).buffer) }
    return try call.receiver.call(bytes.value)
  }
  t.staticMethod("maketrans(frm, to, /)", "A table for translate.") { (call: Call) throws(PyError) -> Owned in
    let from = try call[0].buffer(.simple)
    let to = try call[1].buffer(.simple)
    guard from.bytes.count == to.bytes.count else { throw PyError.valueError("maketrans arguments must have same length") }
    let table = try BytesObject.allocate(256)
    let target = table.data.assumingMemoryBound(to: UInt8.self)
    for byte in 0..<256 { target[byte] = UInt8(byte) }
    for index in 0..<from.bytes.count { target[Int(from.bytes[index])] = to.bytes[index] }
    return Owned(taking: table.raw)
  }
  t.method("translate(table, /, delete=b'')", "The bytes mapped by a table of 256, without those to delete.") { (call: Call) throws(PyError) -> Owned in
    try translate(call)
  }
}

private func translate(_ call: Call) throws(PyError) -> Owned {
  if call[0].isNone { return try translate(call, identityTable) }
  let table = try call[0].buffer(.simple)
  guard table.bytes.count == 256, let base = table.bytes.baseAddress else { throw PyError.valueError("translation table must be 256 characters long") }
  return try translate(call, base.assumingMemoryBound(to: UInt8.self))
}

/// Without a table each byte stands for itself.
nonisolated(unsafe) private let identityTable: UnsafePointer<UInt8> = {
  let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
  for byte in 0..<256 { table[byte] = UInt8(byte) }
  return UnsafePointer(table)
}()

private func translate(_ call: Call, _ table: UnsafePointer<UInt8>) throws(PyError) -> Owned {
  let deleted = try call[1].buffer(.simple)
  let source = call.receiverUnits
  let result = try call.make(count: source.count)
  let count = writeTranslated(source, table, deleted.bytes, to: result.data)
  if count < source.count { return try call.made(CodeUnits(base: result.data, count: count, width: 1)) }
  if call.receiver.isExact(.bytes) && memcmp(result.data, source.base, count) == 0 { return Owned(copying: call.receiver) }
  return try result.finish()
}

/// Writes the bytes that a table gives, without the deleted ones, and tells how many stay.
private func writeTranslated(
  _ source: CodeUnits, _ table: UnsafePointer<UInt8>, _ deleted: UnsafeRawBufferPointer, to target: UnsafeMutablePointer<UInt8>
) -> Int {
  let bytes = source.units(UInt8.self)
  if deleted.isEmpty {
    for index in 0..<source.count { target[index] = table[Int(bytes[index])] }
    return source.count
  }
  return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { stays in
    stays.initialize(repeating: 1)
    for byte in deleted { stays[Int(byte)] = 0 }
    // Whoever asks whether there are other bytes than these deletes all of a valid text: nothing is to be written then.
    var start = 0
    while start &+ 8 <= source.count {
      var stayed: UInt8 = 0
      for index in start..<start &+ 8 { stayed |= stays[Int(bytes[index])] }
      if stayed != 0 { break }
      start &+= 8
    }
    // Each byte is written, and the next one over it if it does not stay: what stays is not to be predicted.
    var count = 0
    for index in start..<source.count {
      target[count] = table[Int(bytes[index])]
      count &+= Int(stays[Int(bytes[index])])
    }
    return count
  }
}

// MARK: - Hexadecimal

/// The separator of `hex`: a byte, or nil for none.
func hexSeparator(_ value: Value) throws(PyError) -> UInt8? {
  if value.isAbsent { return nil }
  guard try value.length() == 1 else { throw PyError.valueError("sep must be length 1.") }
  if value.isString {
    let point = StringObject(value).codePoint(at: 0)
    guard point < 0x80 else { throw PyError.valueError("sep must be ASCII.") }
    return UInt8(point)
  }
  guard value.isBytes else { throw PyError.typeError("sep must be str or bytes.") }
  let byte = BytesObject(value).buffer[0]
  guard byte < 0x80 else { throw PyError.valueError("sep must be ASCII.") }
  return byte
}

/// Two digits for each byte; separators after each `group` bytes, counted from the end, or from the front if negative.
func hexadecimal(_ bytes: CodeUnits, _ separator: UInt8?, _ group: Int) throws(PyError) -> Owned {
  if bytes.count == 0 { return .emptyString }
  let group = separator == nil ? 0 : group
  let result = try StringObject.allocate(hexadecimalCount(bytes.count, group), bits: 0x7F)
  writeHexadecimal(UnsafeRawBufferPointer(start: bytes.base, count: bytes.count), to: result.data, separator ?? 0, group)
  return Owned(taking: result.value)
}

/// How many characters ``writeHexadecimal(_:to:_:_:)`` writes.
public func hexadecimalCount(_ count: Int, _ group: Int) -> Int { count &* 2 &+ (group != 0 && count > 0 ? (count &- 1) / Int(bitPattern: group.magnitude) : 0) }

/// As ``hexadecimal(_:_:_:)``, to memory; no separators where `group` is 0.
public func writeHexadecimal(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer, _ separator: UInt8, _ group: Int) {
  guard var source = bytes.baseAddress, bytes.count > 0 else { return }
  let end = source + bytes.count
  if group == 0 || group.magnitude >= bytes.count { return writeDigits(source, bytes.count, target) }
  let size = Int(bitPattern: group.magnitude)
  var target = target
  // Counted from the end, the first group is what the others leave.
  var length = group < 0 ? size : (bytes.count &- 1) % size &+ 1
  while true {
    writeDigits(source, length, target)
    source += length
    target += length &* 2
    if source >= end { return }
    target.storeBytes(of: separator, as: UInt8.self)
    target += 1
    length = min(size, end - source)
  }
}

/// Two digits for each byte.
@inline(__always)
private func writeDigits(_ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer) {
  var index = 0
  while index &+ 4 <= count {
    // Each byte of four goes to two, the half that comes first to the lower one.
    var word = UInt64(source.loadUnaligned(fromByteOffset: index, as: UInt32.self))
    word = (word | word &<< 16) & 0x0000_FFFF_0000_FFFF
    word = (word | word &<< 8) & 0x00FF_00FF_00FF_00FF
    let digits = word &>> 4 & 0x000F_000F_000F_000F | (word & 0x000F_000F_000F_000F) &<< 8
    // Letters stand 39 places behind where digits would go on.
    let letters = (digits &+ 0x0606_0606_0606_0606) &>> 4 & 0x0101_0101_0101_0101
    target.storeBytes(of: digits &+ 0x3030_3030_3030_3030 &+ letters &* 39, toByteOffset: index &* 2, as: UInt64.self)
    index &+= 4
  }
  while index < count {
    target.storeBytes(of: UInt16(truncatingIfNeeded: fourDigits(UInt32(source.load(fromByteOffset: index, as: UInt8.self))) &>> 16), toByteOffset: index &* 2, as: UInt16.self)
    index &+= 1
  }
}

private func bytesFromHexadecimal(_ value: Value) throws(PyError) -> Owned {
  if value.isString {
    let text = StringObject(value)
    if text.isASCII { return try bytesFromHexadecimal(UnsafeRawBufferPointer(start: text.data, count: text.length)) }
    // What is no ASCII is found before anything else that is no digit.
    let units = text.units
    throw notHexadecimal((0..<units.count).first { units[$0] >= 0x80 } ?? 0)
  }
  guard value.supportsBuffer else { throw PyError.typeError("fromhex() argument must be str or bytes-like, not \(value.typeName)") }
  let view = try value.buffer(.simple)
  return try bytesFromHexadecimal(view.bytes)
}

private func bytesFromHexadecimal(_ text: UnsafeRawBufferPointer) throws(PyError) -> Owned {
  let result = try allocateMemory(text.count / 2 &+ 1)
  defer { freeMemory(result, size: text.count / 2 &+ 1) }
  let target = result.assumingMemoryBound(to: UInt8.self)
  let values = ASCII.digitValues
  var count = 0
  var position = 0
  while position < text.count {
    // All pairs that stand like the first one, with a space behind it or with none.
    let isSpaced = position &+ 2 < text.count && text[position &+ 2] == 0x20
    let step = isSpaced ? 3 : 2
    while position &+ 2 < text.count && (text[position &+ 2] == 0x20) == isSpaced {
      let (first, second) = (values[Int(text[position])], values[Int(text[position &+ 1])])
      if first | second > 15 { break }
      target[count] = first &<< 4 | second
      count &+= 1
      position &+= step
    }
    if position >= text.count { break }
    let high = values[Int(text[position])]
    if high > 15 {
      guard ASCII.isSpace(text[position]) else { throw notHexadecimal(position) }
      position &+= 1
      continue
    }
    position &+= 1
    guard position < text.count else { throw PyError.valueError("fromhex() arg must contain an even number of hexadecimal digits") }
    let low = values[Int(text[position])]
    if low > 15 { throw notHexadecimal(position) }
    position &+= 1
    target[count] = high &<< 4 | low
    count &+= 1
  }
  return try Owned.bytes(UnsafeRawBufferPointer(start: result, count: count))
}

private func notHexadecimal(_ position: Int) -> PyError { .valueError("non-hexadecimal number found in fromhex() arg at position \(position)") }
