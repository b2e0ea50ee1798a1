// The module `grp`: the system's groups.

import Glibc
import KraitRuntime

nonisolated(unsafe) private var entryType = ModuleType()

let grpModule = ModuleDefinition(
  "grp", "The system's groups.\n\nThey are tuples whose items have names: gr_name, gr_passwd, gr_gid, and gr_mem with the names of the members."
) { (m: ModuleBuilder) throws(PyError) in
  entryType = ModuleType(
    try m.defineStructSequence(
      "struct_group", "A group, from getgrgid(), getgrnam() or getgrall().",
      [("gr_name", "name of the group"), ("gr_passwd", "its password, which is mostly empty"), ("gr_gid", "its number"), ("gr_mem", "names of its members")]))
  try m.function("getgrgid(id)", "Return the group with a number.") { (call: Call) throws(PyError) -> Owned in
    let number = try call.identifier(0, "gid")
    let result = try look { (entry, buffer, size, found) in getgrgid_r(number, entry, buffer, size, found) }
    if result.value.isNone {
      let message = try Owned.string("getgrgid(): gid not found: \(number == UInt32.max ? -1 : Int(number))")
      throw .keyError(message.value)
    }
    return result
  }
  try m.function("getgrnam(name)", "Return the group with a name.") { (call: Call) throws(PyError) -> Owned in
    let name = try encodeFileSystem(try call.string(0))
    let bytes = BytesObject(name.value)
    if memchr(bytes.data, 0, bytes.count) != nil { throw .valueError("embedded null byte") }
    let text = bytes.data.assumingMemoryBound(to: CChar.self)
    let result = try look { (entry, buffer, size, found) in getgrnam_r(text, entry, buffer, size, found) }
    if result.value.isNone {
      let message = try Owned.string("getgrnam(): name not found: \(try call[0].repr().text)")
      throw .keyError(message.value)
    }
    return result
  }
  try m.function("getgrall()", "Return all groups, in no particular order.") { (_: Call) throws(PyError) -> Owned in
    let result = try Owned.list()
    setgrent()
    defer { endgrent() }
    while let entry = getgrent() { try ListObject(result.value).append(sharing: try make(entry)) }
    return result
  }
}

/// Calls a function of the system with ever more memory until a group fits; None when there is none.
private func look(
  _ body: (UnsafeMutablePointer<group>, UnsafeMutablePointer<CChar>, Int, UnsafeMutablePointer<UnsafeMutablePointer<group>?>) -> Int32
) throws(PyError) -> Owned {
  var size = 1024
  while true {
    let buffer = try PlainBuffer(size)
    var entry = group()
    var found: UnsafeMutablePointer<group>?
    let code = withoutLock { body(&entry, buffer.start.assumingMemoryBound(to: CChar.self), size, &found) }
    if code == ERANGE && size < 1 << 26 {
      size *= 2
    } else if code != 0 || found == nil {
      return .none
    } else {
      return try make(&entry)
    }
  }
}

private func make(_ entry: UnsafeMutablePointer<group>) throws(PyError) -> Owned {
  let members = try Owned.list()
  if var member = entry.pointee.gr_mem {
    while let name = member.pointee {
      try ListObject(members.value).append(sharing: try systemText(name))
      member += 1
    }
  }
  var fields = try FieldValues(entryType.object)
  fields.append(try systemText(entry.pointee.gr_name))
  fields.append(try systemText(entry.pointee.gr_passwd))
  try fields.append(entry.pointee.gr_gid)
  fields.append(members)
  return fields.finish()
}
