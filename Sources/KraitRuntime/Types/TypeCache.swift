// What look-ups on types found lately, for each thread: (version of the type, name) to the attribute.

import CKraitCore
import Glibc

/// A table of the last look-ups. An entry with the version of a type that changed since is never asked for again, so nothing has to be cleared on a change.
enum TypeCache {
  struct Entry {
    var version: UInt32
    /// The address of an interned str, owned: another str must not come to stand there while the entry lives.
    var name: UInt64
    /// Borrowed from the dict of a class, which holds it as long as the version is good. 0: there is no such attribute.
    var value: UInt64
  }

  private static let size = 1024

  @inline(__always)
  static func entry(_ version: UInt32, _ name: Value) -> UnsafeMutablePointer<Entry> {
    let index = (Int(version) ^ Int(truncatingIfNeeded: name.bits >> 4)) & (size &- 1)
    guard let entries = currentThread.pointee.typeCache else { return makeEntries(currentThread) + index }
    return entries + index
  }

  /// What a look-up of the thread's found lately, absent if nothing; nil when the table does not tell.
  static func find(_ type: TypeObject, _ name: Value) -> Value? {
    let version = type.contents.pointee.version
    let entry = entry(version, name)
    return version != 0 && entry.pointee.version == version && entry.pointee.name == name.bits ? Value(bits: entry.pointee.value) : nil
  }

  @inline(never)
  private static func makeEntries(_ thread: ThreadPointer) -> UnsafeMutablePointer<Entry> {
    guard let memory = calloc(size, MemoryLayout<Entry>.stride) else { fatalError("no memory for a table of attributes") }
    let entries = memory.assumingMemoryBound(to: Entry.self)
    thread.pointee.typeCache = entries
    return entries
  }

  /// Makes a thread's tables, if it has none.
  static func prepare(_ thread: ThreadPointer) {
    if thread.pointee.typeCache == nil { _ = makeEntries(thread) }
    if thread.pointee.superCache == nil { SuperCache.prepare(thread) }
  }

  /// Under the interpreter's lock its threads have one table.
  static func share(from thread: ThreadPointer, to other: ThreadPointer) {
    if thread.pointee.typeCache == nil { _ = makeEntries(thread) }
    other.pointee.typeCache = thread.pointee.typeCache
    SuperCache.share(from: thread, to: other)
  }

  static func store(_ version: UInt32, _ name: Value, _ value: Value) {
    let entry = entry(version, name)
    let old = Value(bits: entry.pointee.name)
    name.retain()
    entry.pointee = Entry(version: version, name: name.bits, value: value.bits)
    old.releaseIfPresent()
  }

  /// Drops all entries of the calling thread, which holds names of an interpreter that ends.
  static func clear() {
    SuperCache.clear()
    guard let entries = currentThread.pointee.typeCache else { return }
    for index in 0..<size {
      let name = Value(bits: entries[index].name)
      entries[index] = Entry(version: 0, name: 0, value: 0)
      name.releaseIfPresent()
    }
  }
}

/// What look-ups behind a class in an MRO found lately (`super().name`), for each thread.
enum SuperCache {
  struct Entry {
    /// Of the class in whose MRO the look-up went, which holds `start`.
    var version: UInt32
    var start: UnsafeMutableRawPointer?
    /// Owned, as in ``TypeCache``.
    var name: UInt64
    /// Borrowed.
    var value: UInt64
  }

  private static let size = 512

  @inline(__always)
  static func entry(_ version: UInt32, _ start: TypeObject, _ name: Value) -> UnsafeMutablePointer<Entry> {
    let entries = currentThread.pointee.superCache ?? makeEntries(currentThread)
    return entries + index(version, start, name.bits)
  }

  @inline(never)
  private static func makeEntries(_ thread: ThreadPointer) -> UnsafeMutablePointer<Entry> {
    guard let memory = calloc(size, MemoryLayout<Entry>.stride) else { fatalError("no memory for a table of attributes") }
    let entries = memory.assumingMemoryBound(to: Entry.self)
    thread.pointee.superCache = entries
    return entries
  }

  static func prepare(_ thread: ThreadPointer) { _ = makeEntries(thread) }

  static func share(from thread: ThreadPointer, to other: ThreadPointer) {
    if thread.pointee.superCache == nil { _ = makeEntries(thread) }
    other.pointee.superCache = thread.pointee.superCache
  }

  /// What a look-up found, borrowed; absent when the table does not tell.
  @inline(__always)
  static func find(_ thread: ThreadPointer, _ version: UInt32, _ start: TypeObject, _ name: UInt64) -> Value {
    guard version != 0, let entries = thread.pointee.superCache else { return .absent }
    let entry = entries + index(version, start, name)
    return _fastPath(entry.pointee.version == version && entry.pointee.start == start.raw && entry.pointee.name == name) ? Value(bits: entry.pointee.value) : .absent
  }

  @inline(__always)
  private static func index(_ version: UInt32, _ start: TypeObject, _ name: UInt64) -> Int {
    (Int(version) ^ Int(truncatingIfNeeded: name >> 4) ^ Int(bitPattern: start.raw) >> 5) & (size &- 1)
  }

  static func store(_ version: UInt32, _ start: TypeObject, _ name: Value, _ value: Value) {
    let entry = entry(version, start, name)
    let old = Value(bits: entry.pointee.name)
    name.retain()
    entry.pointee = Entry(version: version, start: start.raw, name: name.bits, value: value.bits)
    old.releaseIfPresent()
  }

  static func clear() {
    guard let entries = currentThread.pointee.superCache else { return }
    for index in 0..<size {
      let name = Value(bits: entries[index].name)
      entries[index] = Entry(version: 0, start: nil, name: 0, value: 0)
      name.releaseIfPresent()
    }
  }
}
