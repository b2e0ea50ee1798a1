// Union, intersection, difference: each takes the same way through its operands as CPython does, since the order of the result follows from it.

import CKraitCore

extension SetObject {
  /// `set` or `frozenset`: what operators give, even for subclasses.
  var baseType: TypeObject { isFrozen ? .frozenset : .set }

  /// Calls `body` with each key and its hash; the set may change meanwhile.
  @inline(__always)
  func forEach(_ body: (Value, Int) throws(PyError) -> Bool) throws(PyError) {
    var position = 0
    while position <= Int(bitPattern: mask) {
      let entry = table[position]
      position += 1
      if entry.key.isAbsent || entry.key === SetObject.deletedKey { continue }
      let key = Owned(copying: entry.key)
      if try !body(key.value, entry.hash) { return }
    }
  }

  @inline(__always)
  func contains(_ key: Value, hash: Int) throws(PyError) -> Bool { try find(key, hash) >= 0 }

  /// Whether a key is there; a set that cannot be hashed is looked for as a frozenset.
  func containsKeyOrSet(_ key: Value) throws(PyError) -> Bool { try contains(key, hash: hashOfElementOrSet(key)) }

  func discardKeyOrSet(_ key: Value) throws(PyError) -> Bool { try discard(key, hash: hashOfElementOrSet(key)) }

  private func hashOfElementOrSet(_ key: Value) throws(PyError) -> Int {
    do throws(PyError) { return try hashOfElement(key) } catch {
      guard key.isAnySet, PyError.matches(.typeError) else { throw error }
      PyError.clear()
      return SetObject(key).frozenHash
    }
  }

  /// CPython's hash of a frozenset: the shuffled hashes of the keys, whatever their order.
  var frozenHash: Int {
    var hash: UInt = 0
    for index in 0...Int(bitPattern: mask) {
      let entry = table[index]
      if entry.key.isAbsent || entry.key === SetObject.deletedKey { continue }
      let bits = UInt(bitPattern: entry.hash)
      hash ^= ((bits ^ 89_869_747) ^ (bits &<< 16)) &* 3_644_798_167
    }
    hash ^= (UInt(bitPattern: count) &+ 1) &* 1_927_868_237
    hash ^= (hash &>> 11) ^ (hash &>> 25)
    hash = hash &* 69069 &+ 907_133_923
    return hash == .max ? 590_923_713 : Int(bitPattern: hash)
  }

  // MARK: Intersection

  /// A new set of what is in this one and in the iterable.
  func intersection(with other: Value) throws(PyError) -> Owned {
    if other === value { return try copy(as: baseType) }
    let result = try Owned.newSet(baseType)
    let target = SetObject(result.value)
    if other.isAnySet {
      let (small, large) = SetObject(other).count > count ? (self, SetObject(other)) : (SetObject(other), self)
      try small.forEach { (key, hash) throws(PyError) in
        if try large.contains(key, hash: hash) { try target.add(key, hash: hash) }
        return true
      }
      return result
    }
    let iterator = try other.iterate()
    while true {
      let key = try iterator.value.next()
      if key.value.isAbsent { return result }
      let hash = try hashOfPart(key.value)
      if try contains(key.value, hash: hash) { try target.add(key.value, hash: hash) }
    }
  }

  func intersection(withAll others: UnsafeBufferPointer<Value>) throws(PyError) -> Owned {
    if others.count == 0 { return try copy(as: baseType) }
    var result = Owned(copying: value)
    for other in others { result = try SetObject(result.value).intersection(with: other) }
    return result
  }

  func isDisjoint(with other: Value) throws(PyError) -> Bool {
    if other === value { return count == 0 }
    var disjoint = true
    if other.isAnySet && (other.type == .set || other.type == .frozenset) {
      let (small, large) = SetObject(other).count > count ? (self, SetObject(other)) : (SetObject(other), self)
      try small.forEach { (key, hash) throws(PyError) in
        disjoint = try !large.contains(key, hash: hash)
        return disjoint
      }
      return disjoint
    }
    let iterator = try other.iterate()
    while disjoint {
      let key = try iterator.value.next()
      if key.value.isAbsent { break }
      disjoint = try !contains(key.value)
    }
    return disjoint
  }

  // MARK: Difference

  /// Takes out what is in the iterable.
  func subtract(iterable other: Value) throws(PyError) {
    if other === value { return clear() }
    if other.isAnySet {
      var operand = Owned(copying: other)
      // A much larger set: only what is in both can matter.
      if SetObject(other).count >> 3 > count { operand = try intersection(with: other) }
      try SetObject(operand.value).forEach { (key, hash) throws(PyError) in
        try discard(key, hash: hash)
        return true
      }
    } else {
      let iterator = try other.iterate()
      while true {
        let key = try iterator.value.next()
        if key.value.isAbsent { break }
        try discard(key.value)
      }
    }
    // Many deleted places make searches long.
    if fill - count > Int(bitPattern: mask) / 4 { try resize(count > 50000 ? count * 2 : count * 4) }
  }

  /// A new set of what is in this one and not in the iterable.
  func difference(_ other: Value) throws(PyError) -> Owned {
    let size: Int
    if other.isAnySet {
      size = SetObject(other).count
    } else if other.isExactDict {
      size = DictObject(other).count
    } else {
      return try copyAndSubtract(other)
    }
    if count >> 2 > size { return try copyAndSubtract(other) }
    let result = try Owned.newSet(baseType)
    let target = SetObject(result.value)
    if other.isExactDict {
      try forEach { (key, hash) throws(PyError) in
        if try DictObject(other).find(key, hash) < 0 { try target.add(key, hash: hash) }
        return true
      }
    } else {
      let others = SetObject(other)
      try forEach { (key, hash) throws(PyError) in
        var isInBoth = !others.residues.lack(hash)
        if isInBoth { isInBoth = try others.contains(key, hash: hash) }
        if !isInBoth { try target.add(key, hash: hash) }
        return true
      }
    }
    return result
  }

  private func copyAndSubtract(_ other: Value) throws(PyError) -> Owned {
    let result = try copy(as: baseType)
    try SetObject(result.value).subtract(iterable: other)
    return result
  }

  func difference(withAll others: UnsafeBufferPointer<Value>) throws(PyError) -> Owned {
    if others.count == 0 { return try copy(as: baseType) }
    let result = try difference(others[0])
    for index in 1..<others.count { try SetObject(result.value).subtract(iterable: others[index]) }
    return result
  }

  // MARK: Symmetric difference

  /// Takes out what is in both, adds what is only in the other set.
  func toggle(_ other: SetObject) throws(PyError) {
    if other.raw == raw { return clear() }
    try other.forEach { (key, hash) throws(PyError) in
      if try !discard(key, hash: hash) { try add(key, hash: hash) }
      return true
    }
  }

  func toggle(iterable other: Value) throws(PyError) {
    if other.isAnySet { return try toggle(SetObject(other)) }
    if other.isExactDict {
      let dict = DictObject(other)
      var index = 0
      while index < dict.keys.entryCount {
        let entry = dict.keys.entry(index)
        let hash = entry[1].isAbsent ? 0 : dict.keys.hash(index)
        index += 1
        if entry[1].isAbsent { continue }
        let key = Owned(copying: entry[0])
        if try !discard(key.value, hash: hash) { try add(key.value, hash: hash) }
      }
      return
    }
    let set = try Owned.newSet(baseType)
    try SetObject(set.value).update(from: other)
    try toggle(SetObject(set.value))
  }

  /// A new set of what is in exactly one of both.
  func symmetricDifference(_ other: Value) throws(PyError) -> Owned {
    let result = try Owned.newSet(baseType)
    try SetObject(result.value).update(from: other)
    try SetObject(result.value).toggle(self)
    return result
  }

  // MARK: Comparison

  func isSubset(of other: SetObject) throws(PyError) -> Bool {
    if count > other.count { return false }
    // Without asking for any key, as comparing them can run nothing.
    if !mayHoldObjects && !other.mayHoldObjects && residues.exceed(other.residues) { return false }
    var contained = true
    try forEach { (key, hash) throws(PyError) in
      contained = try other.contains(key, hash: hash)
      return contained
    }
    return contained
  }

  func isSubset(ofIterable other: Value) throws(PyError) -> Bool {
    if other.isAnySet { return try isSubset(of: SetObject(other)) }
    let common = try intersection(with: other)
    return SetObject(common.value).count == count
  }

  func isSuperset(ofIterable other: Value) throws(PyError) -> Bool {
    if other.isAnySet { return try SetObject(other).isSubset(of: self) }
    let iterator = try other.iterate()
    while true {
      let key = try iterator.value.next()
      if key.value.isAbsent { return true }
      if try !contains(key.value) { return false }
    }
  }

  /// `set.pop`: the next key behind the one that was popped last.
  func pop() throws(PyError) -> Owned {
    if count == 0 {
      let message = try Owned.string("pop from an empty set")
      throw PyError.keyError(message.value)
    }
    var index = UInt(bitPattern: detail) & mask
    while table[Int(bitPattern: index)].key.isAbsent || table[Int(bitPattern: index)].key === SetObject.deletedKey {
      index = (index &+ 1) & mask
    }
    detail = Int(bitPattern: index &+ 1)
    return Owned(taking: take(Int(bitPattern: index)))
  }
}
