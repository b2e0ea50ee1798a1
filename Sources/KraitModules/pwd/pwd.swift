// The module `pwd`: the system's users.

import Glibc
import KraitRuntime

nonisolated(unsafe) private var entryType = ModuleType()

let pwdModule = ModuleDefinition("pwd", "The system's users.") { (m: ModuleBuilder) throws(PyError) in
  entryType = ModuleType(
    try m.defineStructSequence(
      "struct_passwd", "A user.",
      [
        ("pw_name", "user name"), ("pw_passwd", "password"), ("pw_uid", "user id"), ("pw_gid", "group id"), ("pw_gecos", "real name"), ("pw_dir", "home directory"),
        ("pw_shell", "shell program"),
      ]))
  try m.function("getpwuid(uid, /)", "Return the user with a number.") { (call: Call) throws(PyError) -> Owned in
    let number: UInt32
    do throws(PyError) { number = try call.identifier(0) } catch {
      guard PyError.matches(.overflowError) else { throw error }
      PyError.clear()
      let message = try Owned.string("getpwuid(): uid not found")
      throw .keyError(message.value)
    }
    guard let entry = Glibc.getpwuid(number) else {
      let message = try Owned.string("getpwuid(): uid not found: \(number)")
      throw .keyError(message.value)
    }
    return try make(entry)
  }
  try m.function("getpwnam(name, /)", "Return the user with a name.") { (call: Call) throws(PyError) -> Owned in
    let name = try encodeFileSystem(try call.string(0))
    let bytes = BytesObject(name.value)
    if memchr(bytes.data, 0, bytes.count) != nil { throw .valueError("embedded null byte") }
    guard let entry = Glibc.getpwnam(bytes.data.assumingMemoryBound(to: CChar.self)) else {
      let message = try Owned.string("getpwnam(): name not found: \(try call[0].repr().text)")
      throw .keyError(message.value)
    }
    return try make(entry)
  }
  try m.function("getpwall()", "Return all users.") { (_: Call) throws(PyError) -> Owned in
    let result = try Owned.list()
    setpwent()
    defer { endpwent() }
    while let entry = getpwent() { try ListObject(result.value).append(sharing: try make(entry)) }
    return result
  }
}

/// A str of C's text; None for none.
func systemText(_ text: UnsafePointer<CChar>?) throws(PyError) -> Owned {
  guard let text else { return .none }
  return try decodeFileSystem(UnsafeRawBufferPointer(start: text, count: strlen(text)))
}

private func make(_ entry: UnsafeMutablePointer<passwd>) throws(PyError) -> Owned {
  var fields = try FieldValues(entryType.object)
  fields.append(try systemText(entry.pointee.pw_name))
  fields.append(try systemText(entry.pointee.pw_passwd))
  try fields.append(entry.pointee.pw_uid)
  try fields.append(entry.pointee.pw_gid)
  fields.append(try systemText(entry.pointee.pw_gecos))
  fields.append(try systemText(entry.pointee.pw_dir))
  fields.append(try systemText(entry.pointee.pw_shell))
  return fields.finish()
}
