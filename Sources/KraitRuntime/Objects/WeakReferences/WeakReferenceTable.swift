// Which weak references an object has: a table beside the objects, since few have any.

import CKraitCore
import Glibc

/// An interpreter's table from an object's address to the first of its weak references, which are linked with one another.
///
/// Open addressing with linear probing; removal moves later entries back. Guarded by the interpreter's lock.
struct WeakReferenceTable {
  private struct Entry {
    var object: UInt
    var first: UnsafeMutableRawPointer?
  }

  private var entries: UnsafeMutablePointer<Entry>?
  private var mask = 0
  private var count = 0

  /// Frees the table, at the end of the interpreter.
  mutating func free() {
    Glibc.free(entries)
    self = WeakReferenceTable()
  }

  private static func hash(_ object: UInt) -> Int { Int(truncatingIfNeeded: (object >> 4) &* 0x9E37_79B9_7F4A_7C15 >> 20) }

  /// The first weak reference to an object.
  func first(of object: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    guard let entries else { return nil }
    let key = UInt(bitPattern: object)
    var index = WeakReferenceTable.hash(key) & mask
    while entries[index].object != 0 {
      if entries[index].object == key { return entries[index].first }
      index = (index + 1) & mask
    }
    return nil
  }

  func forEach(_ body: (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void) {
    guard let entries else { return }
    for index in 0...mask {
      if let object = UnsafeMutableRawPointer(bitPattern: entries[index].object), let first = entries[index].first { body(object, first) }
    }
  }

  /// Whether a weak reference has a callback of which somebody might see at the end of an interpreter that it was called.
  var hasVisibleCallbacks: Bool {
    guard let entries else { return false }
    var library = LibraryCallbacks()
    for index in 0...mask where entries[index].object != 0 {
      var next = entries[index].first
      while let this = next {
        let contents = WeakReferenceObject(raw: this).contents
        let callback = contents.pointee.callback
        if !callback.isAbsent {
          if !library.contains(callback) { return true }
        }
        next = contents.pointee.next
      }
    }
    return false
  }

  /// Sets or, with nil, removes the first weak reference of an object.
  mutating func setFirst(of object: UnsafeMutableRawPointer, _ reference: UnsafeMutableRawPointer?) throws(PyError) {
    if entries == nil || count * 2 > mask {
      if reference != nil { try grow() }
    }
    guard let entries else { return }
    let key = UInt(bitPattern: object)
    var index = WeakReferenceTable.hash(key) & mask
    while entries[index].object != 0 && entries[index].object != key { index = (index + 1) & mask }
    if let reference {
      if entries[index].object == 0 { count += 1 }
      entries[index] = Entry(object: key, first: reference)
    } else if entries[index].object == key {
      remove(at: index)
    }
  }

  private mutating func remove(at start: Int) {
    let entries = entries.unsafelyUnwrapped
    count -= 1
    var hole = start
    var index = start
    while true {
      index = (index + 1) & mask
      if entries[index].object == 0 { break }
      let home = WeakReferenceTable.hash(entries[index].object) & mask
      // Whether the entry's home lies cyclically after the hole: then it stays.
      if (index &- home) & mask < (index &- hole) & mask { continue }
      entries[hole] = entries[index]
      hole = index
    }
    entries[hole] = Entry(object: 0, first: nil)
  }

  private mutating func grow() throws(PyError) {
    let capacity = max(64, (mask + 1) * 2)
    guard let memory = calloc(capacity, MemoryLayout<Entry>.stride) else { throw PyError.memoryError() }
    let old = entries
    let oldCapacity = old == nil ? 0 : mask + 1
    let new = memory.assumingMemoryBound(to: Entry.self)
    entries = new
    mask = capacity - 1
    for number in 0..<oldCapacity where old.unsafelyUnwrapped[number].object != 0 {
      let entry = old.unsafelyUnwrapped[number]
      var index = WeakReferenceTable.hash(entry.object) & mask
      while new[index].object != 0 { index = (index + 1) & mask }
      new[index] = entry
    }
    Glibc.free(old)
  }
}

/// Callbacks of the library that do nothing but forget what has ended, in containers of the library.
private struct LibraryCallbacks {
  private lazy var folder = FrozenModules.library

  mutating func contains(_ callback: Value) -> Bool {
    if callback.type == .builtinFunction {
      // By these `_abc` forgets classes: methods of another weak reference.
      let receiver = NativeFunctionObject(callback).receiver
      return receiver.isObject && !receiver.isAbsent && receiver.type == .weakReference
    }
    guard callback.type == .function else { return false }
    let function = FunctionObject(callback)
    let name = function.code.qualifiedName
    if name.isEqualText("WeakSet.__init__.<locals>._remove") { return isOf(function, "_weakrefset.py", "_weakrefset.WeakSet") }
    if name.isEqualText("WeakValueDictionary.__init__.<locals>.remove") { return isOf(function, "weakref.py", "weakref.WeakValueDictionary") }
    if name.isEqualText("WeakKeyDictionary.__init__.<locals>.remove") { return isOf(function, "weakref.py", "weakref.WeakKeyDictionary") }
    return name.isEqualText("_removeHandlerRef") && isOf(function, "logging/__init__.py", nil)
  }

  /// Whether a function is of a file of the library, and its first default a weak reference to what is of this type or has ended.
  private mutating func isOf(_ function: FunctionObject, _ file: StaticString, _ type: StaticString?) -> Bool {
    guard function.code.fileName.text == "\(folder)/\(file)" else { return false }
    guard let type else { return true }
    guard function.defaults.isTuple, TupleObject(function.defaults).count > 0, TupleObject(function.defaults)[0].isWeakReference else { return false }
    let container = WeakReferenceObject(TupleObject(function.defaults)[0]).contents.pointee.referent
    return container.isAbsent || container.type.fullName == type.description
  }
}
