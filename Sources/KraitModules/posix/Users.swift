// Users and groups of the process.

import CKraitSystem
import Glibc
import KraitRuntime

func defineGroups(_ m: ModuleBuilder) throws(PyError) {
  try m.function("getgroups()", "Return the further groups of the process.") { (_: Call) throws(PyError) -> Owned in
    var groups = [gid_t](repeating: 0, count: 65536)
    let count = Glibc.getgroups(Int32(groups.count), &groups)
    if count < 0 { throw systemError() }
    let result = try Owned.list()
    for index in 0..<Int(count) { try ListObject(result.value).append(Value(smallInteger: Int(groups[index]))) }
    return result
  }
  try m.function("setgroups(groups, /)", "Set the further groups of the process.") { (call: Call) throws(PyError) -> Owned in
    guard !call[0].isDict, call[0].type.slots.pointee.item != nil else { throw .typeError("setgroups argument must be a sequence") }
    let groups = try groupNumbers(call[0])
    if krait_setgroups(groups.count, groups) < 0 { throw systemError() }
    return .none
  }
  try m.function("getgrouplist(user, group, /)", "The groups of a user, and group.") { (call: Call) throws(PyError) -> Owned in
    let name = try userName(call)
    let group = try call.identifier(1, "gid")
    var groups = [UInt32](repeating: 0, count: 64)
    var count = Int32(groups.count)
    let text = BytesObject(name.value).data.assumingMemoryBound(to: CChar.self)
    while krait_getgrouplist(text, group, &groups, &count) == -1 {
      if groups.count > 1 << 20 { throw systemError() }
      groups = [UInt32](repeating: 0, count: max(groups.count * 2, Int(count)))
      count = Int32(groups.count)
    }
    let result = try Owned.list()
    for number in groups.prefix(Int(count)) { try ListObject(result.value).append(Value(smallInteger: Int(number))) }
    return result
  }
  try m.function("initgroups(username, gid, /)", "Have the groups of a user, and gid.") { (call: Call) throws(PyError) -> Owned in
    let name = try fileSystemBytes(call[0])
    let bytes = BytesObject(name.value)
    if memchr(bytes.data, 0, bytes.count) != nil { throw .valueError("embedded null byte") }
    if krait_initgroups(bytes.data.assumingMemoryBound(to: CChar.self), try call.identifier(1, "gid")) == -1 { throw systemError() }
    return .none
  }
}

private func userName(_ call: Call) throws(PyError) -> Owned {
  let name = try encodeUTF8Text(try call.string(0))
  if memchr(BytesObject(name.value).data, 0, BytesObject(name.value).count) != nil { throw .valueError("embedded null character") }
  return name
}

private func encodeUTF8Text(_ text: Value) throws(PyError) -> Owned { try text.callMethod(Name.make("encode")) }

/// The numbers in a sequence of groups.
func groupNumbers(_ sequence: Value) throws(PyError) -> [UInt32] {
  let items = try Owned.list(from: sequence)
  if ListObject(items.value).count > 65536 { throw .valueError("too many groups") }
  var numbers: [UInt32] = []
  for index in 0..<ListObject(items.value).count where index < ListObject(items.value).count {
    let item = Owned(copying: ListObject(items.value)[index])
    guard item.value.isInteger else { throw .typeError("groups must be integers") }
    numbers.append(try identifierNumber(item.value, "gid"))
  }
  return numbers
}

func defineChangesOfUsers(_ m: ModuleBuilder) throws(PyError) {
  try m.function("getresuid()", "The real, the effective and the saved user.") { (_: Call) throws(PyError) -> Owned in
    var (real, effective, saved): (uid_t, uid_t, uid_t) = (0, 0, 0)
    if getresuid(&real, &effective, &saved) < 0 { throw systemError() }
    return try Owned.tuple(Value(smallInteger: Int(real)), Value(smallInteger: Int(effective)), Value(smallInteger: Int(saved)))
  }
  try m.function("getresgid()", "The real, the effective and the saved group.") { (_: Call) throws(PyError) -> Owned in
    var (real, effective, saved): (gid_t, gid_t, gid_t) = (0, 0, 0)
    if getresgid(&real, &effective, &saved) < 0 { throw systemError() }
    return try Owned.tuple(Value(smallInteger: Int(real)), Value(smallInteger: Int(effective)), Value(smallInteger: Int(saved)))
  }
  try m.function("setresuid(ruid, euid, suid, /)", "Set the real, the effective and the saved user; -1 leaves one as it is.") { (call: Call) throws(PyError) -> Owned in
    if setresuid(try call.identifier(0), try call.identifier(1), try call.identifier(2)) < 0 { throw systemError() }
    return .none
  }
  try m.function("setresgid(rgid, egid, sgid, /)", "Set the real, the effective and the saved group; -1 leaves one as it is.") { (call: Call) throws(PyError) -> Owned in
    if setresgid(try call.identifier(0, "gid"), try call.identifier(1, "gid"), try call.identifier(2, "gid")) < 0 { throw systemError() }
    return .none
  }
  try m.function("setreuid(ruid, euid, /)", "Set the real and the effective user; -1 leaves one as it is.") { (call: Call) throws(PyError) -> Owned in
    if Glibc.setreuid(try call.identifier(0), try call.identifier(1)) < 0 { throw systemError() }
    return .none
  }
  try m.function("setregid(rgid, egid, /)", "Set the real and the effective group; -1 leaves one as it is.") { (call: Call) throws(PyError) -> Owned in
    if Glibc.setregid(try call.identifier(0, "gid"), try call.identifier(1, "gid")) < 0 { throw systemError() }
    return .none
  }
  try m.function("unshare(flags)", "Leave namespaces that the process shares with others.") { (call: Call) throws(PyError) -> Owned in
    if CKraitSystem.unshare(try call.int32(0)) != 0 { throw systemError() }
    return .none
  }
  try m.function("setns(fd, nstype=0)", "Enter the namespace of a descriptor.") { (call: Call) throws(PyError) -> Owned in
    let (descriptor, kind) = (try call.descriptor(0), try call.int32(1))
    if CKraitSystem.setns(descriptor, kind) != 0 { throw systemError() }
    return .none
  }
}
