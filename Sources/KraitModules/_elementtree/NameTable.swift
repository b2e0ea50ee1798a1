// The names in a document as strs: each is made once, however often it occurs.

import Glibc
import KraitRuntime

/// A table from names as libexpat gives them, in UTF-8, to strs. A name in a namespace, `address}name`, becomes `{address}name`.
struct NameTable {
  private struct Entry {
    var hash: UInt64
    var text: UnsafeMutablePointer<UInt8>?
    var count: Int
    /// Owned.
    var name: Value
  }

  private var entries: UnsafeMutablePointer<Entry>?
  /// Places less one; the number of places is a power of two.
  private var mask = -1
  private var count = 0
  private var seed: UInt64 = 0

  /// The str of a name, borrowed.
  @inline(__always)
  mutating func name(_ text: UnsafePointer<CChar>) throws(PyError) -> Value {
    let bytes = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
    let length = strlen(text)
    if _slowPath(entries == nil) { try grow() }
    let hash = NameTable.hash(bytes, length, seed)
    var place = Int(truncatingIfNeeded: hash) & mask
    let entries = self.entries.unsafelyUnwrapped
    while let known = entries[place].text {
      if entries[place].hash == hash && entries[place].count == length && memcmp(known, bytes, length) == 0 { return entries[place].name }
      place = (place &+ 1) & mask
    }
    return try add(bytes, length, hash)
  }

  /// Eight bytes at a time are mixed in by a multiplication to 128 bits. The seed keeps documents from being made of names that collide.
  @inline(__always)
  private static func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ seed: UInt64) -> UInt64 {
    var hash = seed ^ UInt64(count)
    var place = 0
    while place &+ 8 <= count {
      hash = mix(hash ^ UnsafeRawPointer(bytes + place).loadUnaligned(as: UInt64.self))
      place &+= 8
    }
    var rest: UInt64 = 0
    while place < count {
      rest = rest &<< 8 | UInt64(bytes[place])
      place &+= 1
    }
    return mix(hash ^ rest)
  }

  @inline(__always)
  private static func mix(_ word: UInt64) -> UInt64 {
    let product = word.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }

  @inline(never)
  private mutating func add(_ bytes: UnsafePointer<UInt8>, _ length: Int, _ hash: UInt64) throws(PyError) -> Value {
    let name = try NameTable.makeName(bytes, length)
    if (count &+ 1) &* 3 > (mask &+ 1) &* 2 { try grow() }
    guard let copy = malloc(max(length, 1)) else { throw .memoryError() }
    memcpy(copy, bytes, length)
    let entry = Entry(hash: hash, text: copy.assumingMemoryBound(to: UInt8.self), count: length, name: name.take())
    insert(entry)
    count &+= 1
    return entry.name
  }

  private static func makeName(_ bytes: UnsafePointer<UInt8>, _ length: Int) throws(PyError) -> Owned {
    guard memchr(bytes, 0x7D, length) != nil else { return intern(try Owned.string(utf8: UnsafeBufferPointer(start: bytes, count: length))) }
    guard let universal = malloc(length &+ 1)?.assumingMemoryBound(to: UInt8.self) else { throw .memoryError() }
    defer { free(universal) }
    universal[0] = 0x7B
    memcpy(universal + 1, bytes, length)
    return intern(try Owned.string(utf8: UnsafeBufferPointer(start: universal, count: length &+ 1)))
  }

  private func insert(_ entry: Entry) {
    var place = Int(truncatingIfNeeded: entry.hash) & mask
    while entries.unsafelyUnwrapped[place].text != nil { place = (place &+ 1) & mask }
    entries.unsafelyUnwrapped[place] = entry
  }

  @inline(never)
  private mutating func grow() throws(PyError) {
    let places = (mask &+ 1) &* 2
    guard let memory = calloc(max(places, 32), MemoryLayout<Entry>.stride) else { throw .memoryError() }
    let (old, oldMask) = (entries, mask)
    entries = memory.assumingMemoryBound(to: Entry.self)
    mask = max(places, 32) &- 1
    guard let old else {
      seed = UInt64(bitPattern: Int64(HashSecret.hash(UnsafeRawBufferPointer(start: "}", count: 1))))
      return
    }
    for place in 0...oldMask where old[place].text != nil { insert(old[place]) }
    free(old)
  }

  func visit(_ body: (Value) -> Void) {
    guard let entries else { return }
    for place in 0...mask where entries[place].text != nil { body(entries[place].name) }
  }

  mutating func removeAll() {
    guard let entries else { return }
    let places = mask &+ 1
    self = NameTable()
    for place in 0..<places {
      guard let text = entries[place].text else { continue }
      free(text)
      entries[place].name.release()
    }
    free(entries)
  }
}
