// Extended attributes of files.

import CKraitSystem
import Glibc
import KraitRuntime

/// The largest value and list of names that the kernel allows.
private let largestAttribute = 65536

private func checkLinks(_ function: StaticString, _ path: borrowing PathArgument, follows: Bool) throws(PyError) {
  // A negative number is neither a descriptor that could be asked nor a path.
  if path.isDescriptor && path.descriptor < 0 { throw PyError.osError(EFAULT, fileName: path.object.value) }
  if path.isDescriptor && !follows { throw .valueError("\(function): cannot use fd and follow_symlinks together") }
}

/// Calls `body` with buffers that grow as long as it says that they are too small.
private func reading(_ path: borrowing PathArgument, _ body: (UnsafeMutableRawPointer, Int) -> Int) throws(PyError) -> Owned {
  for size in [256, largestAttribute] {
    let buffer = try PlainBuffer(size)
    let count = withoutLock { body(buffer.start, size) }
    if count >= 0 { return try Owned.bytes(UnsafeRawBufferPointer(start: buffer.start, count: count)) }
    if errno != ERANGE { break }
  }
  throw path.error()
}

func defineExtendedAttributes(_ m: ModuleBuilder) throws(PyError) {
  try m.function("getxattr(path, attribute, *, follow_symlinks=True)", "The value of a file's extended attribute.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0, .descriptor)
    let attribute = try PathArgument(call, 1, name: "attribute")
    let follows = try call.bool(2)
    try checkLinks("getxattr", path, follows: follows)
    if isAudited { try audit("os.getxattr", path.object.value, attribute.object.value) }
    let (file, name, descriptor) = (path.path, attribute.path, path.descriptor)
    return try reading(path) { (target, size) in
      descriptor >= 0 ? krait_fgetxattr(descriptor, name, target, size)
        : follows ? krait_getxattr(file, name, target, size) : krait_lgetxattr(file, name, target, size)
    }
  }
  try m.function("setxattr(path, attribute, value, flags=0, *, follow_symlinks=True)", "Set a file's extended attribute.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0, .descriptor)
    let attribute = try PathArgument(call, 1, name: "attribute")
    let view = try call[2].buffer(.simple)
    let flags = try call.int32(3)
    let follows = try call.bool(4)
    try checkLinks("setxattr", path, follows: follows)
    if isAudited { try audit("os.setxattr", path.object.value, attribute.object.value, call[2], Value(smallInteger: Int(flags))) }
    let (file, name, descriptor, value) = (path.path, attribute.path, path.descriptor, view.bytes)
    let result = withoutLock {
      descriptor >= 0 ? krait_fsetxattr(descriptor, name, value.baseAddress, value.count, flags)
        : follows ? krait_setxattr(file, name, value.baseAddress, value.count, flags) : krait_lsetxattr(file, name, value.baseAddress, value.count, flags)
    }
    if result != 0 { throw path.error() }
    return .none
  }
  try m.function("removexattr(path, attribute, *, follow_symlinks=True)", "Remove a file's extended attribute.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0, .descriptor)
    let attribute = try PathArgument(call, 1, name: "attribute")
    let follows = try call.bool(2)
    try checkLinks("removexattr", path, follows: follows)
    if isAudited { try audit("os.removexattr", path.object.value, attribute.object.value) }
    let (file, name, descriptor) = (path.path, attribute.path, path.descriptor)
    let result = withoutLock {
      descriptor >= 0 ? krait_fremovexattr(descriptor, name) : follows ? krait_removexattr(file, name) : krait_lremovexattr(file, name)
    }
    if result != 0 { throw path.error() }
    return .none
  }
  try m.function("listxattr(path=None, *, follow_symlinks=True)", "The names of a file's extended attributes.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0, [.descriptor, .none])
    let follows = try call.bool(1)
    try checkLinks("listxattr", path, follows: follows)
    if isAudited { try audit("os.listxattr", path.object.value) }
    let (file, descriptor) = (path.path, path.descriptor)
    let list = try reading(path) { (target, size) in
      let text = target.assumingMemoryBound(to: CChar.self)
      return descriptor >= 0 ? krait_flistxattr(descriptor, text, size) : follows ? krait_listxattr(file, text, size) : krait_llistxattr(file, text, size)
    }
    let names = try Owned.list()
    for name in BytesObject(list.value).buffer.split(separator: 0) {
      try ListObject(names.value).append(sharing: try decodeFileSystem(UnsafeRawBufferPointer(rebasing: name)))
    }
    return names
  }
}
