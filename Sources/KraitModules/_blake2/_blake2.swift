// The module `_blake2`: the types `blake2b` and `blake2s`.

import KraitRuntime

nonisolated(unsafe) private var blake2bType = ModuleType()
nonisolated(unsafe) private var blake2sType = ModuleType()

/// A hash in the making, of one of the two kinds.
private enum Blake2Hash: BitwiseCopyable {
  case b(Blake2State<UInt64>)
  case s(Blake2State<UInt32>)

  var name: StaticString {
    switch self {
    case .b: "blake2b"
    case .s: "blake2s"
    }
  }

  var blockSize: Int {
    switch self {
    case .b: Blake2State<UInt64>.blockSize
    case .s: Blake2State<UInt32>.blockSize
    }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    switch self {
    case .b(var state):
      state.update(bytes)
      self = .b(state)
    case .s(var state):
      state.update(bytes)
      self = .s(state)
    }
  }

  /// Calls `body` with the hash; the state goes on.
  func finished(_ body: (UnsafeRawBufferPointer) throws(PyError) -> Owned) throws(PyError) -> Owned {
    switch self {
    case .b(var state):
      let words = state.finish()
      return try withUnsafeBytes(of: words, body)
    case .s(var state):
      let words = state.finish()
      return try withUnsafeBytes(of: words, body)
    }
  }
}

private struct Blake2Object {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var digestSize: Int
    var hash: Blake2Hash
  }

  static var size: Int { MemoryLayout<Contents>.size }
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  static func make(_ type: TypeObject, _ digestSize: Int, _ hash: Blake2Hash) throws(PyError) -> Owned {
    let object = Blake2Object(raw: try type.allocate())
    object.contents.pointee.digestSize = digestSize
    object.contents.pointee.hash = hash
    return Owned(taking: object.raw)
  }

  func update(_ data: Value) throws(PyError) {
    let view = try hashedBuffer(data)
    contents.pointee.hash.update(view.bytes)
  }

  func digest(_ body: (UnsafeRawBufferPointer) throws(PyError) -> Owned) throws(PyError) -> Owned {
    let count = contents.pointee.digestSize
    return try contents.pointee.hash.finished { (bytes) throws(PyError) in try body(UnsafeRawBufferPointer(rebasing: bytes[..<count])) }
  }
}

/// A number that C would take as `unsigned long`.
private func unsigned(_ value: Value, _ kind: String) throws(PyError) -> UInt64 {
  let number = try value.index()
  if Integer.isNegative(number.value) { throw .valueError("Cannot convert negative int") }
  guard let word = Integer.asUInt64(number.value) else { throw .overflowError("Python int too large for C \(kind)") }
  return word
}

/// A new object; `wrap` says of which kind.
private func make<Word: Blake2Word>(_ call: Call, _ name: String, _ wrap: (Blake2State<Word>) -> Blake2Hash) throws(PyError) -> Owned {
  let data = try hashedBlake2Argument(call)
  let wide = MemoryLayout<Word>.size == 8
  let (digestLimit, saltLimit, keyLimit) = wide ? (64, 16, 64) : (32, 8, 32)
  let digestSize = Int(try call.int32(1))
  let key = try call[2].buffer(.simple)
  let salt = try call[3].buffer(.simple)
  let person = try call[4].buffer(.simple)
  let fanout = try call.int32(5)
  let depth = try call.int32(6)
  let nodeDepth = try call.int32(9)
  let innerSize = try call.int32(10)
  let isLastNode = try call.bool(11)
  if digestSize < 1 || digestSize > digestLimit {
    throw .valueError("digest_size for \(name) must be between 1 and \(digestLimit) bytes, here it is \(digestSize)")
  }
  if salt.bytes.count > saltLimit { throw .valueError("maximum salt length is \(saltLimit) bytes") }
  if person.bytes.count > saltLimit { throw .valueError("maximum person length is \(saltLimit) bytes") }
  if fanout < 0 || fanout > 255 { throw .valueError("fanout must be between 0 and 255") }
  if depth < 1 || depth > 255 { throw .valueError("depth must be between 1 and 255") }
  let leafSize = try unsigned(call[7], "unsigned long")
  if leafSize > UInt64(UInt32.max) { throw .overflowError("leaf_size is too large") }
  let nodeOffset = try unsigned(call[8], "unsigned long long")
  if !wide && nodeOffset >> 48 != 0 { throw .overflowError("node_offset is too large") }
  if nodeDepth < 0 || nodeDepth > 255 { throw .valueError("node_depth must be between 0 and 255") }
  if innerSize < 0 || innerSize > digestLimit { throw .valueError("inner_size must be between 0 and is \(digestLimit)") }
  if key.bytes.count > keyLimit { throw .valueError("maximum key length is \(keyLimit) bytes") }

  // The block of parameters (RFC 7693, 2.5, and section 2.8 of the paper for trees).
  let zero: Word = 0
  var block: Blake2State<Word>.Eight = (zero, zero, zero, zero, zero, zero, zero, zero)
  withUnsafeMutableBytes(of: &block) { block in
    block[0] = UInt8(digestSize)
    block[1] = UInt8(key.bytes.count)
    block[2] = UInt8(fanout)
    block[3] = UInt8(depth)
    block.storeBytes(of: UInt32(leafSize).littleEndian, toByteOffset: 4, as: UInt32.self)
    for byte in 0..<(wide ? 8 : 6) { block[8 + byte] = UInt8(truncatingIfNeeded: nodeOffset >> UInt64(8 * byte)) }
    let place = wide ? 16 : 14
    block[place] = UInt8(nodeDepth)
    block[place + 1] = UInt8(innerSize)
    let saltPlace = wide ? 32 : 16
    UnsafeMutableRawBufferPointer(rebasing: block[saltPlace...]).copyMemory(from: salt.bytes)
    UnsafeMutableRawBufferPointer(rebasing: block[(saltPlace + saltLimit)...]).copyMemory(from: person.bytes)
  }
  var state = Blake2State<Word>(parameters: block, isLastNode: isLastNode)
  if key.bytes.count > 0 {
    // A key is a block of its own.
    let size = Blake2State<Word>.blockSize
    let padded = try allocateMemory(size)
    padded.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    padded.copyMemory(from: key.bytes.baseAddress.unsafelyUnwrapped, byteCount: key.bytes.count)
    state.update(UnsafeRawBufferPointer(start: padded, count: size))
    padded.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    freeMemory(padded, size: size)
  }
  let object = try Blake2Object.make(TypeObject(call.receiver), digestSize, wrap(state))
  if !data.isAbsent { try Blake2Object(object.value).update(data) }
  return object
}

private func hashedBlake2Argument(_ call: Call) throws(PyError) -> Value {
  let alternative = call[13]
  if alternative.isAbsent { return call[0] }
  if call[0].isAbsent { return alternative }
  throw .typeError("'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version.")
}

/// What both types have.
private func define(_ t: TypeDefinition, digestLimit: Int, saltLimit: Int) {
  t.documentation = "A hash object for BLAKE2."
  t.basicSize = Blake2Object.size
  t.attribute(Name.make("MAX_DIGEST_SIZE"), Value(smallInteger: digestLimit))
  t.attribute(Name.make("MAX_KEY_SIZE"), Value(smallInteger: digestLimit))
  t.attribute(Name.make("SALT_SIZE"), Value(smallInteger: saltLimit))
  t.attribute(Name.make("PERSON_SIZE"), Value(smallInteger: saltLimit))
  t.method("copy()", "An object of its own with the same state.") { (call) throws(PyError) in
    let contents = Blake2Object(call.receiver).contents
    return try Blake2Object.make(call.receiver.type, contents.pointee.digestSize, contents.pointee.hash)
  }
  t.method("update(data, /)", "Takes in more bytes.") { (call) throws(PyError) in
    try Blake2Object(call.receiver).update(call[0])
    return .none
  }
  t.method("digest()", "The hash of the bytes so far.") { (call) throws(PyError) in
    try Blake2Object(call.receiver).digest { (bytes: UnsafeRawBufferPointer) throws(PyError) -> Owned in try Owned.bytes(bytes) }
  }
  t.method("hexdigest()", "The hash of the bytes so far in hexadecimal digits.") { (call) throws(PyError) in
    try Blake2Object(call.receiver).digest(toHexadecimal)
  }
  t.getter("name", "What the function is called.") { (value) throws(PyError) in try Owned.string("\(Blake2Object(value).contents.pointee.hash.name)") }
  t.getter("block_size", "Bytes that the function works on at a time.") { (value) throws(PyError) in
    Owned(taking: Value(smallInteger: Blake2Object(value).contents.pointee.hash.blockSize))
  }
  t.getter("digest_size", "Bytes of the hash.") { (value) throws(PyError) in
    Owned(taking: Value(smallInteger: Blake2Object(value).contents.pointee.digestSize))
  }
}

let blake2Module = ModuleDefinition("_blake2", "The hash functions BLAKE2b and BLAKE2s.") { (m: ModuleBuilder) throws(PyError) in
  blake2bType = ModuleType(
    try m.defineType("blake2b") { t in
      define(t, digestLimit: 64, saltLimit: 16)
      t.textSignature = """
        (data=b'', *, digest_size=_blake2.blake2b.MAX_DIGEST_SIZE,
                key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,
                node_offset=0, node_depth=0, inner_size=0, last_node=False,
                usedforsecurity=True, string=None)
        """
      t.new(
        """
        blake2b(data=<unset: b''>, *, digest_size=64, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, \
        inner_size=0, last_node=False, usedforsecurity=True, string=<unset: None>)
        """
      ) { (call) throws(PyError) in try make(call, "Blake2b", Blake2Hash.b) }
    })
  blake2sType = ModuleType(
    try m.defineType("blake2s") { t in
      define(t, digestLimit: 32, saltLimit: 8)
      t.textSignature = """
        (data=b'', *, digest_size=_blake2.blake2s.MAX_DIGEST_SIZE,
                key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,
                node_offset=0, node_depth=0, inner_size=0, last_node=False,
                usedforsecurity=True, string=None)
        """
      t.new(
        """
        blake2s(data=<unset: b''>, *, digest_size=32, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, \
        inner_size=0, last_node=False, usedforsecurity=True, string=<unset: None>)
        """
      ) { (call) throws(PyError) in try make(call, "Blake2s", Blake2Hash.s) }
    })
  for (prefix, limit, salt) in [("BLAKE2B", 64, 16), ("BLAKE2S", 32, 8)] {
    for (name, value) in [("SALT_SIZE", salt), ("PERSON_SIZE", salt), ("MAX_KEY_SIZE", limit), ("MAX_DIGEST_SIZE", limit)] {
      let key = try Owned.string("\(prefix)_\(name)")
      try m.dict.set(key.value, Value(smallInteger: value))
    }
  }
  try m.constant("_GIL_MINSIZE", 2048)
}
