// Arguments of system calls: paths (str, bytes, path-like, descriptors), descriptors, identifiers; and errors that name them.

import CKraitSystem
import Glibc
import KraitRuntime

/// A path as the system wants it.
struct PathArgument: ~Copyable {
  /// The path's bytes and a zero; nil for a descriptor or for None.
  private let memory: UnsafePointer<CChar>?
  /// What has the path's bytes: ``object`` itself, or bytes that were made of it.
  private let owner: Owned
  /// What the caller gave for a descriptor; -1 when the argument is a path.
  let descriptor: Int32
  let isBytes: Bool
  let isNone: Bool
  /// What the caller gave, or what `__fspath__` made of it: errors name it.
  let object: Owned

  /// What a function takes beside paths.
  struct Allowed: OptionSet {
    let rawValue: Int
    static let descriptor = Allowed(rawValue: 1)
    static let none = Allowed(rawValue: 2)
  }

  var path: UnsafePointer<CChar> {
    memory ?? UnsafePointer(PathArgument.here)
  }
  nonisolated(unsafe) private static let here: UnsafeMutablePointer<CChar> = strdup(".")
  /// A negative number is one, too, that no file has.
  var isDescriptor: Bool { memory == nil && !isNone }

  init(_ call: Call, _ index: Int, _ allowed: Allowed = [], name: StaticString = "path", function: String? = nil) throws(PyError) {
    try self.init(call[index], allowed, name: name, function: function ?? call.function.pointee.name.text)
  }

  /// - Parameter function: who asks, for errors only.
  init(_ value: Value, _ allowed: Allowed, name: StaticString, function: @autoclosure () -> String) throws(PyError) {
    if value.isNone && allowed.contains(.none) {
      self.init(memory: nil, owner: .none, descriptor: -1, isBytes: false, isNone: true, object: .none)
      return
    }
    if allowed.contains(.descriptor) && !value.isString && !value.isBytes && value.type.slots.pointee.index != nil {
      let number = try value.index()
      let descriptor = try descriptorNumber(number.value)
      self.init(memory: nil, owner: .none, descriptor: descriptor, isBytes: false, isNone: false, object: Owned(copying: value))
      return
    }
    var object = Owned(copying: value)
    if !value.isString && !value.isBytes {
      let method = try value.lookUpSpecial(Name.__fspath__)
      if method.value.isAbsent || method.value.isNone { throw PathArgument.wrongType(value, allowed, name, function()) }
      object = try method.value.call()
      if !object.value.isString && !object.value.isBytes {
        throw .typeError("expected \(value.typeName).__fspath__() to return str or bytes, not \(object.value.typeName)")
      }
    }
    let isBytes = object.value.isBytes
    // Text in ASCII is its own encoding, and a zero stands behind it as behind bytes.
    let isPlain = isBytes || StringObject(object.value).isASCII
    let owner = isPlain ? object.copy() : try encodeFileSystem(object.value)
    let (data, count) =
      isPlain && !isBytes
      ? (StringObject(owner.value).data, StringObject(owner.value).length) : (BytesObject(owner.value).data, BytesObject(owner.value).count)
    if memchr(data, 0, count) != nil { throw .valueError("\(function()): embedded null character in \(name)") }
    self.init(memory: data.assumingMemoryBound(to: CChar.self), owner: owner, descriptor: -1, isBytes: isBytes, isNone: false, object: object)
  }

  private init(
    memory: UnsafeMutablePointer<CChar>?, owner: consuming Owned, descriptor: Int32, isBytes: Bool, isNone: Bool, object: consuming Owned
  ) {
    self.memory = memory.map { UnsafePointer($0) }
    self.owner = owner
    self.descriptor = descriptor
    self.isBytes = isBytes
    self.isNone = isNone
    self.object = object
  }

  private static func wrongType(_ value: Value, _ allowed: Allowed, _ name: StaticString, _ function: String) -> PyError {
    let kinds =
      switch (allowed.contains(.descriptor), allowed.contains(.none)) {
      case (true, true): "string, bytes, os.PathLike, integer or None"
      case (true, false): "string, bytes, os.PathLike or integer"
      case (false, true): "string, bytes, os.PathLike or None"
      default: "string, bytes or os.PathLike"
      }
    return .typeError("\(function): \(name) should be \(kinds), not \(value.typeName)")
  }

  /// The error of the system call that has just failed.
  func error() -> PyError {
    let code = errno
    return isNone ? PyError.osError(code) : PyError.osError(code, fileName: object.value)
  }

  func error(with second: borrowing PathArgument) -> PyError {
    let code = errno
    return PyError.osError(code, fileName: object.value, secondFileName: second.object.value)
  }

  /// A name of the file system in the form of the path: str, or bytes for a path of bytes.
  func text(_ name: UnsafePointer<CChar>) throws(PyError) -> Owned {
    let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
    return isBytes ? try Owned.bytes(bytes) : try decodeFileSystem(bytes)
  }
}

/// The error of the system call that has just failed.
func systemError() -> PyError {
  let code = errno
  return .osError(code)
}

/// A descriptor from an int; OverflowError when it is none of C's.
private func descriptorNumber(_ value: Value) throws(PyError) -> Int32 {
  if value.isBool { try warn(.runtimeWarning, "bool is used as a file descriptor") }
  guard let word = Integer.asInt(value), let number = Int32(exactly: word) else {
    throw .overflowError(Integer.isNegative(value) ? "fd is less than minimum" : "fd is greater than maximum")
  }
  return number
}

/// Calls a function of the system that may wait, without the interpreter's lock; again as long as signals interrupt it, whose handlers run.
@inline(__always)
func retrying<Result: SignedInteger>(_ body: () -> Result) throws(PyError) -> Result {
  while true {
    let result = withoutLock(body)
    if result >= 0 || errno != EINTR { return result }
    try checkSignals()
  }
}

extension Call {
  /// A descriptor: an int, or an object with `fileno()`.
  func descriptor(_ index: Int) throws(PyError) -> Int32 { try fileDescriptor(self[index]) }

  /// `dir_fd`: an int, or None for the working directory.
  func folderDescriptor(_ index: Int) throws(PyError) -> Int32 {
    if self[index].isNone { return AT_FDCWD }
    guard self[index].type.slots.pointee.index != nil else {
      throw .typeError("argument should be integer or None, not \(self[index].typeName)")
    }
    let number = try self[index].index()
    return try descriptorNumber(number.value)
  }

  /// A user or group; -1 stands for "unchanged".
  func identifier(_ index: Int, _ what: StaticString = "uid") throws(PyError) -> UInt32 { try identifierNumber(self[index], what) }

  /// A size or position in a file.
  func offset(_ index: Int) throws(PyError) -> Int {
    let number = try self[index].index()
    guard let word = Integer.asInt(number.value) else { throw .overflowError("Python int too large to convert to C long") }
    return word
  }
}

/// A device; -1 stands for none, as does the greatest number.
func deviceNumber(_ value: Value) throws(PyError) -> UInt64 {
  let number = try value.index()
  if let word = Integer.asInt(number.value), word >= -1 { return UInt64(bitPattern: Int64(word)) }
  if Integer.isNegative(number.value) { throw .overflowError("can't convert negative int to unsigned") }
  if Integer.bitLength(number.value) > 64 { throw .overflowError("int too big to convert") }
  return Integer.truncatedBits(number.value)
}

/// The number of a user or group; -1 stands for "unchanged".
func identifierNumber(_ value: Value, _ what: StaticString) throws(PyError) -> UInt32 {
  guard value.type.slots.pointee.index != nil else { throw .typeError("\(what) should be integer, not \(value.typeName)") }
  let number = try value.index()
  guard let word = Integer.asInt(number.value) else {
    throw .overflowError(Integer.isNegative(number.value) ? "\(what) is less than minimum" : "\(what) is greater than maximum")
  }
  if word == -1 { return UInt32.max }
  // As CPython words it, whatever the sign.
  guard let result = UInt32(exactly: word) else { throw .overflowError("\(what) is less than minimum") }
  return result
}

/// The descriptor that an int is or an object's `fileno()` gives.
func fileDescriptor(_ value: Value) throws(PyError) -> Int32 {
  var number = Owned(copying: value)
  if !value.isInteger {
    let method = try value.lookUpAttribute(Name.fileno)
    if method.value.isAbsent { throw .typeError("argument must be an int, or have a fileno() method.") }
    number = try method.value.call()
    if !number.value.isInteger { throw .typeError("fileno() returned a non-integer") }
  } else if value.isBool {
    try warn(.runtimeWarning, "bool is used as a file descriptor")
  }
  guard let word = Integer.asInt(number.value), let descriptor = Int32(exactly: word) else {
    throw .overflowError("Python int too large to convert to C int")
  }
  if descriptor < 0 { throw .valueError("file descriptor cannot be a negative integer (\(descriptor))") }
  return descriptor
}

/// A name of the file system as bytes or str.
func fileSystemName(_ bytes: [UInt8], isBytes: Bool) throws(PyError) -> Owned {
  Owned(taking: try bytes.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in
    isBytes ? try Owned.bytes(UnsafeRawBufferPointer(buffer)).take() : try decodeFileSystem(UnsafeRawBufferPointer(buffer)).take()
  })
}
