// What native types that derive from dict need to know of its table: `OrderedDict` keeps its order beside it.

import CKraitCore

extension DictObject {
  /// The number of a key's entry, or -1. May run Python, as a look-up does.
  public func entryNumber(of key: Value, hash: Int) throws(PyError) -> Int { try find(key, hash) }

  /// The number of the entry that has this very object as its key, or -1. Runs no Python.
  public func entryNumber(identicalTo key: Value, hash: Int) -> Int {
    let keys = self.keys
    return keys.firstEntry(hash) { keys.entry($0)[0] === key }
  }

  /// Entries keep their numbers as long as this is the same.
  public var tableNumber: UInt32 { generation }
  /// Numbers of entries are below this.
  public var entryLimit: Int { keys == DictKeys.none ? 0 : DictKeys.capacity(keys.logSize) }
  /// An empty instance of a type that derives from dict; the fields behind the dict's are zero.
  public static func make(_ type: TypeObject) throws(PyError) -> Owned {
    let raw = try type.allocate()
    DictObject(raw: raw).initializeEmpty()
    return Owned(taking: raw)
  }

  /// Bytes of the table.
  public var tableSize: Int { keys.memorySize }
}
