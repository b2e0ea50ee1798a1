// Versions of keys that come back: a name that goes and comes again, as that of `except … as name` does in a module, leaves the caches of all other names alone.

/// What an interpreter remembers of dicts that lost their last key: with the same key again, they have the same entries as before.
///
/// A version stands for one set of keys and their places for good. So a dict whose version is that of an entry's ``Entry/without``, and which gets the key, has the entries that
/// ``Entry/with`` stands for, whichever dict it is.
struct KeyTransitions {
  struct Entry {
    /// Owned; absent in an unused entry.
    var key = Value.absent
    var with: UInt32 = 0
    var without: UInt32 = 0
  }

  private static var count: Int { 16 }
  private var entries: UnsafeMutablePointer<Entry>?

  private static func place(of key: Value) -> Int { Int(truncatingIfNeeded: key.bits &>> 4) & (count - 1) }

  /// The version of keys of version `without` behind which `key` is put; 0 when that is not known.
  func version(without: UInt32, adding key: Value) -> UInt32 {
    guard let entry = entries.map({ $0 + KeyTransitions.place(of: key) }) else { return 0 }
    return entry.pointee.without == without && entry.pointee.key === key ? entry.pointee.with : 0
  }

  /// The version of keys of version `with` without the last, `key`; 0 when there is none.
  mutating func version(with: UInt32, removing key: Value) -> UInt32 {
    if entries == nil {
      let made = UnsafeMutablePointer<Entry>.allocate(capacity: KeyTransitions.count)
      made.initialize(repeating: Entry(), count: KeyTransitions.count)
      entries = made
    }
    let entry = entries.unsafelyUnwrapped + KeyTransitions.place(of: key)
    if entry.pointee.with == with && entry.pointee.key === key { return entry.pointee.without }
    let without = DictObject.nextVersion()
    if without == 0 { return 0 }
    let old = entry.pointee.key
    entry.pointee = Entry(key: Owned(copying: key).take(), with: with, without: without)
    old.releaseIfPresent()
    return without
  }

  mutating func clear() {
    guard let entries else { return }
    self.entries = nil
    for index in 0..<KeyTransitions.count { entries[index].key.releaseIfPresent() }
    entries.deallocate()
  }
}

extension DictObject {
  /// ``keysVersion`` after a key was put behind the others.
  @inline(never)
  func noteAddition(of key: Value) {
    let version = Runtime.isFree ? 0 : currentInterpreter.pointee.keyTransitions.version(without: keysVersion, adding: key)
    keysVersion = version
    // The key's removal left its entry and its place in the index to it.
    if version != 0 { keys.usable = keys.usable &+ 1 }
  }

  /// ``keysVersion`` after a key was removed. The last one's entry is free again for the same key.
  @inline(never)
  func noteRemoval(of key: Value, _ index: Int) {
    let keys = self.keys
    // Code that deletes and adds a name does so with one str, even where a late name of the process is not what stands for its text in this interpreter.
    guard !Runtime.isFree, index == keys.entryCount - 1, keys.hasStringKeys, !StringObject(raw: key.object).flags.isDisjoint(with: .names) else {
      keysVersion = 0
      return
    }
    keysVersion = currentInterpreter.pointee.keyTransitions.version(with: keysVersion, removing: key)
    if keysVersion != 0 { keys.entryCount = index }
  }
}
