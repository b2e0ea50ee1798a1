// Arguments and environment of a program that is run.

import Glibc
import KraitRuntime

/// Strings for a program that is run: argument by argument, ending with nil.
struct ArgumentVector: ~Copyable {
  var pointers: [UnsafeMutablePointer<CChar>?] = []
  init() {}
  deinit { for pointer in pointers { free(pointer) } }

  mutating func append(_ value: Value) throws(PyError) {
    let bytes = try fileSystemBytes(value)
    if memchr(BytesObject(bytes.value).data, 0, BytesObject(bytes.value).count) != nil { throw .valueError("embedded null byte") }
    pointers.append(strdup(BytesObject(bytes.value).data.assumingMemoryBound(to: CChar.self)))
  }

  /// The items of a tuple or list.
  ///
  /// - Parameter name: how errors name the argument.
  static func arguments(_ value: Value, _ name: StaticString) throws(PyError) -> ArgumentVector {
    guard value.isTuple || value.isList else { throw .typeError("\(name) must be a tuple or list") }
    var result = ArgumentVector()
    let items = try Owned.list(from: value)
    if ListObject(items.value).count < 1 { throw .valueError("\(name) must not be empty") }
    for index in 0..<ListObject(items.value).count { try result.append(ListObject(items.value)[index]) }
    if result.pointers[0]?.pointee == 0 { throw .valueError("\(name) first element cannot be empty") }
    result.pointers.append(nil)
    return result
  }

  /// A mapping as NAME=value.
  static func environment(_ value: Value) throws(PyError) -> ArgumentVector {
    let keys = try value.callMethod(Name.make("keys"))
    let names = try Owned.list(from: keys.value)
    let values = try value.callMethod(Name.make("values"))
    let items = try Owned.list(from: values.value)
    var result = ArgumentVector()
    // Both lists are copies, which no path's `__fspath__` can change.
    for index in 0..<min(ListObject(names.value).count, ListObject(items.value).count) {
      let name = Owned(copying: ListObject(names.value)[index])
      let item = Owned(copying: ListObject(items.value)[index])
      let key = try fileSystemBytes(name.value)
      let text = try fileSystemBytes(item.value)
      let keyBytes = Array(BytesObject(key.value).buffer)
      if keyBytes.isEmpty || keyBytes.dropFirst().contains(0x3D) { throw .valueError("illegal environment variable name") }
      let pair = try fileSystemName(keyBytes + [0x3D] + Array(BytesObject(text.value).buffer), isBytes: true)
      try result.append(pair.value)
    }
    result.pointers.append(nil)
    return result
  }
}
