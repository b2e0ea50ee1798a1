// Hash objects on OpenSSL's implementations: their layout, and what they can do in whichever module they are.

import Glibc
import KraitRuntime

/// A hash function that a module gives under a name of its own.
struct HashFunction: Sendable {
  /// OpenSSL's name.
  let algorithm: StaticString
  let name: Value
  let digestSize: Int
  let blockSize: Int
  /// Whether the size of the result is the caller's choice (SHAKE).
  var isExtendable = false
}

/// A hash object in memory.
struct HashObject {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    /// OpenSSL's state, this object's own.
    var context: OpaquePointer?
    /// Owned: a str.
    var name: Value
    var digestSize: Int32
    var blockSize: Int32
    var isExtendable: Bool
  }

  static let size = MemoryLayout<Contents>.size
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  /// A new object whose state has been started; the context becomes its own.
  static func make(_ type: TypeObject, context: OpaquePointer?, name: Value, digestSize: Int, blockSize: Int, isExtendable: Bool) throws(PyError) -> Owned {
    let raw: UnsafeMutableRawPointer
    do throws(PyError) { raw = try type.allocate() } catch {
      Crypto.shared?.freeContext(context)
      throw error
    }
    let contents = HashObject(raw: raw).contents
    contents.pointee.context = context
    contents.pointee.name = Owned(copying: name).take()
    contents.pointee.digestSize = Int32(truncatingIfNeeded: digestSize)
    contents.pointee.blockSize = Int32(truncatingIfNeeded: blockSize)
    contents.pointee.isExtendable = isExtendable
    return Owned(taking: raw)
  }

  /// A state for an algorithm that OpenSSL has.
  static func start(_ crypto: Crypto, _ algorithm: OpaquePointer?) throws(PyError) -> OpaquePointer {
    guard let context = crypto.newContext() else { throw .memoryError() }
    guard crypto.start(context, algorithm, nil) == 1 else {
      crypto.freeContext(context)
      throw .valueError(crypto.takeError("EVP_DigestInit_ex() failed"))
    }
    return context
  }

  private func copyContext(_ crypto: Crypto) throws(PyError) -> OpaquePointer {
    guard let new = crypto.newContext() else { throw .memoryError() }
    guard crypto.copyContext(new, contents.pointee.context) == 1 else {
      crypto.freeContext(new)
      throw .memoryError()
    }
    return new
  }

  func copy() throws(PyError) -> Owned {
    let contents = self.contents
    let context = try copyContext(try Crypto.required())
    return try HashObject.make(
      Value(raw).type, context: context, name: contents.pointee.name, digestSize: Int(contents.pointee.digestSize), blockSize: Int(contents.pointee.blockSize),
      isExtendable: contents.pointee.isExtendable)
  }

  func update(_ data: Value) throws(PyError) {
    // Bytes need no view.
    if data.isExact(.bytes) { return try update(BytesObject(data).buffer) }
    let view = try hashedBuffer(data)
    try update(view.bytes)
  }

  private func update(_ bytes: UnsafeRawBufferPointer) throws(PyError) {
    if bytes.count == 0 || Crypto.sharedUpdate?(contents.pointee.context, bytes.baseAddress, bytes.count) == 1 { return }
    throw .valueError(try Crypto.required().takeError("EVP_DigestUpdate() failed"))
  }

  /// Calls `body` with the hash of what was given so far; the state goes on.
  func digest(_ length: Int, _ body: (UnsafeRawBufferPointer) throws(PyError) -> Owned) throws(PyError) -> Owned {
    let crypto = try Crypto.required()
    let ending = try copyContext(crypto)
    defer { crypto.freeContext(ending) }
    let room = max(length, 64)
    let result = try allocateMemory(room)
    defer { freeMemory(result, size: room) }
    let bytes = result.assumingMemoryBound(to: UInt8.self)
    let isDone = contents.pointee.isExtendable ? length == 0 || crypto.finishExtendable(ending, bytes, length) == 1 : crypto.finish(ending, bytes, nil) == 1
    if !isDone { throw .valueError(crypto.takeError("EVP_DigestFinal_ex() failed")) }
    return try body(UnsafeRawBufferPointer(start: result, count: length))
  }

  func bytes(_ length: Int) throws(PyError) -> Owned {
    try digest(length) { (bytes: UnsafeRawBufferPointer) throws(PyError) -> Owned in try Owned.bytes(bytes) }
  }

  func hexadecimal(_ length: Int) throws(PyError) -> Owned { try digest(length, toHexadecimal) }
}

/// The bytes of something to hash.
func hashedBuffer(_ data: Value) throws(PyError) -> BufferView {
  if data.isString { throw .typeError("Strings must be encoded before hashing") }
  guard data.supportsBuffer else { throw .typeError("object supporting the buffer API required") }
  let view = try data.buffer(.simple)
  if view.fields.dimensions > 1 { throw PyError.raise(.bufferError, "Buffer must be single dimension") }
  return view
}

/// Two digits for each byte.
func toHexadecimal(_ bytes: UnsafeRawBufferPointer) throws(PyError) -> Owned {
  let size = bytes.count &* 2
  let text = try allocateMemory(size)
  defer { freeMemory(text, size: size) }
  for index in 0..<bytes.count {
    text.storeBytes(of: UInt16(truncatingIfNeeded: fourDigits(UInt32(bytes[index])) &>> 16), toByteOffset: 2 &* index, as: UInt16.self)
  }
  return try Owned.string(ascii: UnsafeRawBufferPointer(start: text, count: size))
}

/// The data that a constructor was given: `data`, or `string`, its older name, which follows two parameters later. Absent if neither was given.
func hashedArgument(_ call: Call, _ data: Int) throws(PyError) -> Value {
  let alternative = call[data + 2]
  if alternative.isAbsent { return call[data] }
  if call[data].isAbsent { return alternative }
  throw .typeError("'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version.")
}

/// The part of a type's description that all hash objects share.
func defineHash(_ t: TypeDefinition, updateSignature: StaticString) {
  t.basicSize = HashObject.size
  t.shapeFlags.insert(.hasState)
  t.slots.deallocate = DeallocateSlot { raw in
    let contents = HashObject(raw: raw).contents
    if let context = contents.pointee.context { Crypto.shared?.freeContext(context) }
    contents.pointee.name.releaseIfPresent()
    finishDeallocation(raw)
  }
  t.method("copy()", "An object of its own with the same state.") { (call) throws(PyError) in try HashObject(call.receiver).copy() }
  t.method(updateSignature, "Takes in more bytes.") { (call) throws(PyError) in
    try HashObject(call.receiver).update(call[0])
    return .none
  }
  t.getter("block_size", "Bytes that the function works on at a time.") { (value) throws(PyError) in
    Owned(taking: Value(smallInteger: Int(HashObject(value).contents.pointee.blockSize)))
  }
  t.getter("digest_size", "Bytes of the hash.") { (value) throws(PyError) in
    Owned(taking: Value(smallInteger: Int(HashObject(value).contents.pointee.digestSize)))
  }
  t.getter("name", "What the function is called.") { (value) throws(PyError) in Owned(copying: HashObject(value).contents.pointee.name) }
}

/// A hash of fixed size.
func defineFixedHash(_ t: TypeDefinition, updateSignature: StaticString) {
  defineHash(t, updateSignature: updateSignature)
  t.method("digest()", "The hash of the bytes so far.") { (call) throws(PyError) in
    let object = HashObject(call.receiver)
    return try object.bytes(Int(object.contents.pointee.digestSize))
  }
  t.method("hexdigest()", "The hash of the bytes so far in hexadecimal digits.") { (call) throws(PyError) in
    let object = HashObject(call.receiver)
    return try object.hexadecimal(Int(object.contents.pointee.digestSize))
  }
}
