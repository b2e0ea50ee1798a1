// The module `_random`: the generator of `random`, MT19937 (Matsumoto, Nishimura, "Mersenne Twister", ACM TOMACS 1998).

import CKraitCore
import Glibc
import KraitRuntime

nonisolated(unsafe) private var randomType = ModuleType()

private struct RandomObject {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  static let length = 624
  private static let distance = 397

  /// Header, the place in the state, then the state, then its lock.
  private static var indexOffset: Int { 16 }
  private static var stateOffset: Int { 24 }
  private static var lockOffset: Int { stateOffset + length * 4 }
  static var size: Int { lockOffset + 8 }

  /// Runs what asks for numbers or changes the state, which in the model without a lock others do at the same time. `body` waits for nothing and runs no code of programs.
  @inline(__always)
  func exclusively<Result>(_ body: () -> Result) -> Result {
    if _fastPath(!currentThread.pointee.hasPeers) { return body() }
    return SpinLock(raw + RandomObject.lockOffset).hold(body)
  }

  @inline(__always) var index: Int {
    get { raw.load(fromByteOffset: RandomObject.indexOffset, as: Int.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: RandomObject.indexOffset, as: Int.self) }
  }
  @inline(__always) var state: UnsafeMutablePointer<UInt32> { (raw + RandomObject.stateOffset).assumingMemoryBound(to: UInt32.self) }

  /// 32 random bits.
  @inline(__always)
  func next() -> UInt32 {
    if _slowPath(index >= RandomObject.length) { twist() }
    var y = state[index]
    index &+= 1
    y ^= y >> 11
    y ^= (y << 7) & 0x9D2C_5680
    y ^= (y << 15) & 0xEFC6_0000
    y ^= y >> 18
    return y
  }

  @inline(never)
  private func twist() {
    let n = RandomObject.length
    for k in 0..<n {
      let y = (state[k] & 0x8000_0000) | (state[k + 1 == n ? 0 : k + 1] & 0x7FFF_FFFF)
      let other = k + RandomObject.distance
      state[k] = state[other >= n ? other - n : other] ^ (y >> 1) ^ (y & 1 == 0 ? 0 : 0x9908_B0DF)
    }
    index = 0
  }

  func seed(_ number: UInt32) {
    state[0] = number
    for k in 1..<RandomObject.length { state[k] = 1_812_433_253 &* (state[k - 1] ^ (state[k - 1] >> 30)) &+ UInt32(k) }
    index = RandomObject.length
  }

  /// Seeds from a key of at least one word.
  func seed(_ key: UnsafeBufferPointer<UInt32>) { exclusively { mix(key) } }

  private func mix(_ key: UnsafeBufferPointer<UInt32>) {
    seed(19_650_218)
    let n = RandomObject.length
    var (i, j) = (1, 0)
    for _ in 0..<max(n, key.count) {
      state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) &* 1_664_525)) &+ key[j] &+ UInt32(truncatingIfNeeded: j)
      i += 1
      j += 1
      if i >= n {
        state[0] = state[n - 1]
        i = 1
      }
      if j >= key.count { j = 0 }
    }
    for _ in 0..<(n - 1) {
      state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) &* 1_566_083_941)) &- UInt32(i)
      i += 1
      if i >= n {
        state[0] = state[n - 1]
        i = 1
      }
    }
    state[0] = 0x8000_0000
  }

  /// A double from 0 up to but not 1, of 53 random bits.
  @inline(__always)
  func nextDouble() -> Double {
    let (a, b) = (next() >> 5, next() >> 6)
    return (Double(a) * 67_108_864.0 + Double(b)) * (1.0 / 9_007_199_254_740_992.0)
  }

  /// Seeds by an argument: None for the system's randomness, an int by its magnitude, anything else by its hash.
  func seed(by argument: Value) throws(PyError) {
    if argument.isAbsent || argument.isNone {
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: RandomObject.length) { key in
        let bytes = RandomObject.length * 4
        if krait_random(key.baseAddress!, bytes) != bytes {
          var time = timespec()
          clock_gettime(CLOCK_REALTIME, &time)
          for k in key.indices { key[k] = UInt32(truncatingIfNeeded: time.tv_nsec &* 2_654_435_761 &+ time.tv_sec &+ k &* Int(getpid())) }
        }
        seed(UnsafeBufferPointer(key))
      }
      return
    }
    let number: Owned
    if argument.isInteger {
      number = try Integer.absolute(argument)
    } else {
      let hash = try argument.hash()
      number = try Owned.integer(UInt64(UInt(bitPattern: hash)))
    }
    if let word = Integer.asUInt64(number.value) {
      let key = [UInt32(truncatingIfNeeded: word), UInt32(truncatingIfNeeded: word >> 32)]
      let count = key[1] == 0 ? 1 : 2
      key.withUnsafeBufferPointer { seed(UnsafeBufferPointer(rebasing: $0[..<count])) }
      return
    }
    let object = IntegerObject(number.value)
    var count = object.count * 2
    let words = UnsafeMutableRawPointer(object.limbs).assumingMemoryBound(to: UInt32.self)
    if words[count - 1] == 0 { count -= 1 }
    seed(UnsafeBufferPointer(start: words, count: count))
  }
}

private func randomBits(_ object: RandomObject, _ count: Value) throws(PyError) -> Owned {
  let number = try count.index()
  if Integer.isNegative(number.value) { throw .valueError("Cannot convert negative int") }
  guard let bits = Integer.asInt(number.value) else { throw .overflowError("Python int too large for C uint64_t") }
  if bits == 0 { return try Owned.integer(0) }
  if bits <= 32 { return try Owned.integer(Int(object.exclusively { object.next() } >> UInt32(32 - bits))) }
  let words = (bits - 1) / 32 + 1
  if words > Int.max / 16 { throw PyError.memoryError() }
  let limbs = (words + 1) / 2
  let memory = try allocateMemory(limbs * 8)
  defer { freeMemory(memory, size: limbs * 8) }
  let parts = memory.assumingMemoryBound(to: UInt32.self)
  parts[2 * limbs - 1] = 0
  object.exclusively { for index in 0..<words { parts[index] = object.next() } }
  let spare = words * 32 - bits
  parts[words - 1] >>= UInt32(spare)
  return try Integer.make(limbs: UnsafeBufferPointer(start: memory.assumingMemoryBound(to: UInt.self), count: limbs), isNegative: false)
}

private func setState(_ object: RandomObject, _ state: Value) throws(PyError) {
  guard state.isTuple else { throw .typeError("state vector must be a tuple") }
  let fields = TupleObject(state)
  guard fields.count == RandomObject.length + 1 else { throw .valueError("state vector is the wrong size") }
  func word(_ index: Int) throws(PyError) -> UInt64 {
    guard fields[index].isInteger else { throw .typeError("an integer is required") }
    if Integer.isNegative(fields[index]) { throw .overflowError("can't convert negative value to unsigned int") }
    guard let number = Integer.asUInt64(fields[index]) else { throw .overflowError("Python int too large to convert to C unsigned long") }
    return number
  }
  var new = [UInt32](repeating: 0, count: RandomObject.length)
  for index in 0..<RandomObject.length { new[index] = UInt32(truncatingIfNeeded: try word(index)) }
  let place = try fields[RandomObject.length].asInt()
  guard (0...RandomObject.length).contains(place) else { throw .valueError("invalid state") }
  object.exclusively {
    object.index = place
    for index in new.indices { object.state[index] = new[index] }
  }
}

let randomModule = ModuleDefinition("_random", "Random numbers of a Mersenne Twister (MT19937).") { (m: ModuleBuilder) throws(PyError) in
  randomType = ModuleType(
    try m.defineType("Random") { t in
      t.documentation = "A generator that shares its state with no other."
      t.basicSize = RandomObject.size
      t.flags.insert(.baseType)
      t.rawNew("Random") { (type: Value, _: Arguments) throws(PyError) -> Owned in Owned(taking: try TypeObject(type).allocate()) }
      t.rawInitialize("Random") { (object: Value, arguments: Arguments) throws(PyError) in
        if arguments.keywordCount > 0 && randomType.isType(of: object) { throw .typeError("Random() takes no keyword arguments") }
        try arguments.check("Random", 0, 1)
        try RandomObject(object).seed(by: arguments.positionalCount == 1 ? arguments.base[0] : .none)
      }
      t.method("random()", "A float from 0.0 on, less than 1.0.") { (call: Call) throws(PyError) -> Owned in
        let object = RandomObject(call.receiver)
        return try Owned.float(object.exclusively { object.nextDouble() })
      }
      t.method("seed(n=None, /)", "Begin a new sequence.\n\nWithout an argument, where it begins comes from the system, or from time and\nprocess if the system has nothing.") { (call: Call) throws(PyError) -> Owned in
        try RandomObject(call.receiver).seed(by: call[0])
        return .none
      }
      t.method("getstate()", "The state, as a tuple for setstate().") { (call: Call) throws(PyError) -> Owned in
        let object = RandomObject(call.receiver)
        let result = try Owned.tuple(count: RandomObject.length + 1)
        let tuple = TupleObject(result.value)
        object.exclusively {
          for index in 0..<RandomObject.length { tuple.initialize(index, Owned(taking: Value(smallInteger: Int(object.state[index])))) }
          tuple.initialize(RandomObject.length, Owned(taking: Value(smallInteger: object.index)))
        }
        return result
      }
      t.method("setstate(state, /)", "Go on from a state that getstate() gave.") { (call: Call) throws(PyError) -> Owned in
        try setState(RandomObject(call.receiver), call[0])
        return .none
      }
      t.method("getrandbits(k, /)", "An int from 0 on, less than 2**k.") { (call: Call) throws(PyError) -> Owned in
        try randomBits(RandomObject(call.receiver), call[0])
      }
    })
}
