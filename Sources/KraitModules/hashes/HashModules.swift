// The modules `_md5`, `_sha1`, `_sha2` and `_sha3`.

import KraitRuntime

private let hashFunctions: [HashFunction] = [
  HashFunction(algorithm: "MD5", name: Name.make("md5"), digestSize: 16, blockSize: 64),
  HashFunction(algorithm: "SHA1", name: Name.make("sha1"), digestSize: 20, blockSize: 64),
  HashFunction(algorithm: "SHA2-224", name: Name.make("sha224"), digestSize: 28, blockSize: 64),
  HashFunction(algorithm: "SHA2-256", name: Name.make("sha256"), digestSize: 32, blockSize: 64),
  HashFunction(algorithm: "SHA2-384", name: Name.make("sha384"), digestSize: 48, blockSize: 128),
  HashFunction(algorithm: "SHA2-512", name: Name.make("sha512"), digestSize: 64, blockSize: 128),
  HashFunction(algorithm: "SHA3-224", name: Name.make("sha3_224"), digestSize: 28, blockSize: 144),
  HashFunction(algorithm: "SHA3-256", name: Name.make("sha3_256"), digestSize: 32, blockSize: 136),
  HashFunction(algorithm: "SHA3-384", name: Name.make("sha3_384"), digestSize: 48, blockSize: 104),
  HashFunction(algorithm: "SHA3-512", name: Name.make("sha3_512"), digestSize: 64, blockSize: 72),
  HashFunction(algorithm: "SHAKE-128", name: Name.make("shake_128"), digestSize: 0, blockSize: 168, isExtendable: true),
  HashFunction(algorithm: "SHAKE-256", name: Name.make("shake_256"), digestSize: 0, blockSize: 136, isExtendable: true),
]

/// OpenSSL's objects for the functions, or nil for those it lacks. They are kept: to fetch one takes longer than a short hash.
nonisolated(unsafe) private let algorithms: [OpaquePointer?] = hashFunctions.map { function in
  Crypto.shared?.fetch(nil, UnsafeRawPointer(function.algorithm.utf8Start).assumingMemoryBound(to: CChar.self), nil)
}

/// The types by the numbers of their functions; a module's are made when it is imported.
nonisolated(unsafe) private var hashTypes = [ModuleType](repeating: ModuleType(), count: hashFunctions.count)

/// A hash object of a constructor's arguments.
private func make(_ number: Int, _ call: Call) throws(PyError) -> Owned {
  let data = try hashedArgument(call, 0)
  let function = hashFunctions[number]
  let crypto = try Crypto.required()
  let context = try HashObject.start(crypto, algorithms[number])
  let name = function.name
  let object = try HashObject.make(
    hashTypes[number].object, context: context, name: name, digestSize: function.digestSize, blockSize: function.blockSize, isExtendable: function.isExtendable)
  if !data.isAbsent { try HashObject(object.value).update(data) }
  return object
}

private func defineDigest(_ t: TypeDefinition) {
  defineFixedHash(t, updateSignature: "update(obj, /)")
  t.flags.insert(.disallowInstantiation)
}

/// What Keccak's functions tell beside the others.
private func defineSponge(_ t: TypeDefinition) {
  t.getter("_capacity_bits", "Bits of the state that no input reaches.") { (value) throws(PyError) in
    Owned(taking: Value(smallInteger: 1600 - 8 * Int(HashObject(value).contents.pointee.blockSize)))
  }
  t.getter("_rate_bits", "Bits of the state that take in input.") { (value) throws(PyError) in
    Owned(taking: Value(smallInteger: 8 * Int(HashObject(value).contents.pointee.blockSize)))
  }
  t.getter("_suffix", "What is appended to the input.") { (value) throws(PyError) in
    try Owned.bytes(HashObject(value).contents.pointee.isExtendable ? "\u{1F}" : "\u{6}")
  }
}

private func defineSHA3(_ t: TypeDefinition) {
  t.documentation = "A hash function of FIPS 202."
  defineFixedHash(t, updateSignature: "update(data, /)")
  defineSponge(t)
}

private func defineSHAKE(_ t: TypeDefinition) {
  t.documentation = "A hash function of FIPS 202 whose result can have any length."
  defineHash(t, updateSignature: "update(data, /)")
  defineSponge(t)
  t.method("digest(length)", "So many bytes of the hash.") { (call) throws(PyError) in try HashObject(call.receiver).bytes(try digestLength(call)) }
  t.method("hexdigest(length)", "So many bytes of the hash in hexadecimal digits.") { (call) throws(PyError) in
    try HashObject(call.receiver).hexadecimal(try digestLength(call))
  }
}

private func digestLength(_ call: Call) throws(PyError) -> Int {
  let number = try call[0].index()
  if Integer.isNegative(number.value) { throw .valueError("Cannot convert negative int") }
  guard let length = Integer.asUInt64(number.value) else { throw .overflowError("Python int too large for C unsigned long") }
  if length >= 1 << 29 { throw .valueError("length is too large") }
  return Int(length)
}

let md5Module = ModuleDefinition("_md5") { (m: ModuleBuilder) throws(PyError) in
  hashTypes[0] = ModuleType(try m.defineType("md5", isPublic: false, defineDigest))
  try m.constant("MD5Type", hashTypes[0].value)
  try m.constant("_GIL_MINSIZE", 2048)
  try m.function("md5(data=<unset: b''>, *, usedforsecurity=True, string=<unset: None>)", "A hash object for MD5.") { (call) throws(PyError) in try make(0, call) }
}

let sha1Module = ModuleDefinition("_sha1") { (m: ModuleBuilder) throws(PyError) in
  hashTypes[1] = ModuleType(try m.defineType("sha1", isPublic: false, defineDigest))
  try m.constant("SHA1Type", hashTypes[1].value)
  try m.constant("_GIL_MINSIZE", 2048)
  try m.function("sha1(data=<unset: b''>, *, usedforsecurity=True, string=<unset: None>)", "A hash object for SHA-1.") { (call) throws(PyError) in try make(1, call) }
}

let sha2Module = ModuleDefinition("_sha2") { (m: ModuleBuilder) throws(PyError) in
  for (number, name) in [(2, "SHA224Type"), (3, "SHA256Type"), (4, "SHA384Type"), (5, "SHA512Type")] as [(Int, StaticString)] {
    hashTypes[number] = ModuleType(try m.defineType(name, defineDigest))
  }
  try m.constant("_GIL_MINSIZE", 2048)
  try m.function("sha224(data=<unset: b''>, *, usedforsecurity=True, string=<unset: None>)", "A hash object for SHA-224.") { (call) throws(PyError) in try make(2, call) }
  try m.function("sha256(data=<unset: b''>, *, usedforsecurity=True, string=<unset: None>)", "A hash object for SHA-256.") { (call) throws(PyError) in try make(3, call) }
  try m.function("sha384(data=<unset: b''>, *, usedforsecurity=True, string=<unset: None>)", "A hash object for SHA-384.") { (call) throws(PyError) in try make(4, call) }
  try m.function("sha512(data=<unset: b''>, *, usedforsecurity=True, string=<unset: None>)", "A hash object for SHA-512.") { (call) throws(PyError) in try make(5, call) }
}

let sha3Module = ModuleDefinition("_sha3") { (m: ModuleBuilder) throws(PyError) in
  hashTypes[6] = ModuleType(try m.defineType("sha3_224") { t in
    defineSHA3(t)
    t.new("sha3_224(data=<unset: b''>, *, usedforsecurity=True, string=<unset: None>)") { (call) throws(PyError) in try make(6, call) }
  })
  hashTypes[7] = ModuleType(try m.defineType("sha3_256") { t in
    defineSHA3(t)
    t.new("sha3_256(data=<unset: b''>, *, usedforsecurity=True, string=<unset: None>)") { (call) throws(PyError) in try make(7, call) }
  })
  hashTypes[8] = ModuleType(try m.defineType("sha3_384") { t in
    defineSHA3(t)
    t.new("sha3_384(data=<unset: b''>, *, usedforsecurity=True, string=<unset: None>)") { (call) throws(PyError) in try make(8, call) }
  })
  hashTypes[9] = ModuleType(try m.defineType("sha3_512") { t in
    defineSHA3(t)
    t.new("sha3_512(data=<unset: b''>, *, usedforsecurity=True, string=<unset: None>)") { (call) throws(PyError) in try make(9, call) }
  })
  hashTypes[10] = ModuleType(try m.defineType("shake_128") { t in
    defineSHAKE(t)
    t.new("shake_128(data=<unset: b''>, *, usedforsecurity=True, string=<unset: None>)") { (call) throws(PyError) in try make(10, call) }
  })
  hashTypes[11] = ModuleType(try m.defineType("shake_256") { t in
    defineSHAKE(t)
    t.new("shake_256(data=<unset: b''>, *, usedforsecurity=True, string=<unset: None>)") { (call) throws(PyError) in try make(11, call) }
  })
  try m.constant("implementation", "OpenSSL")
  try m.constant("_GIL_MINSIZE", 2048)
}
