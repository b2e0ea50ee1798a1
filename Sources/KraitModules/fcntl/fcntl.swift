// The module `fcntl`: control of descriptors, and locks on files.

import CKraitSystem
import Glibc
import KraitRuntime

let fcntlModule = ModuleDefinition(
  "fcntl", "Control of open files: fcntl() and ioctl() of Unix, and locks.\n\nA descriptor is given as an int or as an object with a fileno() method."
) { (m: ModuleBuilder) throws(PyError) in
  try m.function(
    "fcntl(fd, cmd, arg=0, /)",
    "Have the kernel do something with a descriptor.\n\nThe result is an int when arg is one. When it is bytes or a str, the kernel gets a copy of at most 1024 bytes, and the copy is returned."
  ) { (call: Call) throws(PyError) -> Owned in
    let descriptor = try fileDescriptor(call[0])
    let command = try call.int32(1)
    try auditControl("fcntl.fcntl", descriptor, command: Value(smallInteger: Int(command)), call[2])
    return try control(call, "fcntl", mutates: false) { (argument: Int) in krait_fcntl(descriptor, command, argument) }
  }
  try m.function(
    "ioctl(fd, request, arg=0, mutate_flag=True, /)",
    "Have a device's driver do something.\n\nThe result is an int when arg is one. The driver writes to a writable buffer itself if mutate_flag is true, and an int is returned;\nof bytes, a str or any other buffer it gets a copy of at most 1024 bytes, which is returned."
  ) { (call: Call) throws(PyError) -> Owned in
    let descriptor = try fileDescriptor(call[0])
    guard call[1].type.slots.pointee.index != nil else { throw call.wrongType(1, "int") }
    let number = try call[1].index()
    let request = UInt(Integer.truncatedBits(number.value))
    let shown = try Owned.integer(UInt64(request))
    try auditControl("fcntl.ioctl", descriptor, command: shown.value, call[2])
    return try control(call, "ioctl", mutates: try call.bool(3)) { (argument: Int) in krait_ioctl(descriptor, request, argument) }
  }
  try m.function(
    "flock(fd, operation, /)", "Lock a file or give its lock up: LOCK_SH for readers, LOCK_EX for one writer, LOCK_UN to unlock; with LOCK_NB without waiting."
  ) { (call: Call) throws(PyError) -> Owned in
    let (descriptor, operation) = (try fileDescriptor(call[0]), try call.int32(1))
    try audit("fcntl.flock", Value(smallInteger: Int(descriptor)), Value(smallInteger: Int(operation)))
    if try retrying({ krait_flock(descriptor, operation) }) < 0 { throw systemError() }
    return .none
  }
  try m.function(
    "lockf(fd, cmd, len=0, start=0, whence=0, /)",
    "Lock a part of a file by fcntl(): LOCK_SH, LOCK_EX or LOCK_UN, with LOCK_NB without waiting.\n\nlen is how many bytes, 0 for all up to the end; start counts from where whence says, as in seek()."
  ) { (call: Call) throws(PyError) -> Owned in try lock(call) }
  for (name, number) in constants { try m.constant(name, number) }
}

private let constants: [(name: StaticString, number: Int)] = [
  ("DN_ACCESS", 1), ("DN_ATTRIB", 32), ("DN_CREATE", 4), ("DN_DELETE", 8), ("DN_MODIFY", 2), ("DN_MULTISHOT", 2147483648), ("DN_RENAME", 16),
  ("FASYNC", 8192), ("FD_CLOEXEC", 1), ("FICLONE", 1074041865), ("FICLONERANGE", 1075876877), ("F_ADD_SEALS", 1033), ("F_DUPFD", 0),
  ("F_DUPFD_CLOEXEC", 1030), ("F_DUPFD_QUERY", 1027), ("F_EXLCK", 4), ("F_GETFD", 1), ("F_GETFL", 3), ("F_GETLEASE", 1025), ("F_GETLK", 5),
  ("F_GETLK64", 5), ("F_GETOWN", 9), ("F_GETOWN_EX", 16), ("F_GETPIPE_SZ", 1032), ("F_GETSIG", 11), ("F_GET_FILE_RW_HINT", 1037),
  ("F_GET_RW_HINT", 1035), ("F_GET_SEALS", 1034), ("F_NOTIFY", 1026), ("F_OFD_GETLK", 36), ("F_OFD_SETLK", 37), ("F_OFD_SETLKW", 38),
  ("F_OWNER_PGRP", 2), ("F_OWNER_PID", 1), ("F_OWNER_TID", 0), ("F_RDLCK", 0), ("F_SEAL_FUTURE_WRITE", 16), ("F_SEAL_GROW", 4), ("F_SEAL_SEAL", 1),
  ("F_SEAL_SHRINK", 2), ("F_SEAL_WRITE", 8), ("F_SETFD", 2), ("F_SETFL", 4), ("F_SETLEASE", 1024), ("F_SETLK", 6), ("F_SETLK64", 6),
  ("F_SETLKW", 7), ("F_SETLKW64", 7), ("F_SETOWN", 8), ("F_SETOWN_EX", 15), ("F_SETPIPE_SZ", 1031), ("F_SETSIG", 10), ("F_SET_FILE_RW_HINT", 1038),
  ("F_SET_RW_HINT", 1036), ("F_SHLCK", 8), ("F_UNLCK", 2), ("F_WRLCK", 1), ("LOCK_EX", 2), ("LOCK_MAND", 32), ("LOCK_NB", 4), ("LOCK_READ", 64),
  ("LOCK_RW", 192), ("LOCK_SH", 1), ("LOCK_UN", 8), ("LOCK_WRITE", 128), ("RWH_WRITE_LIFE_EXTREME", 5), ("RWH_WRITE_LIFE_LONG", 4),
  ("RWH_WRITE_LIFE_MEDIUM", 3), ("RWH_WRITE_LIFE_NONE", 1), ("RWH_WRITE_LIFE_NOT_SET", 0), ("RWH_WRITE_LIFE_SHORT", 2),
]


private func auditControl(_ event: StaticString, _ descriptor: Int32, command: Value, _ argument: Value) throws(PyError) {
  guard isAudited else { return }
  let isDefault = argument.isSmallInteger && argument.smallInteger == 0
  try audit(event, Value(smallInteger: Int(descriptor)), command, isDefault ? .none : argument)
}

/// What lies behind the copy that the kernel gets: changed when it writes more than there is.
private let guardBytes: UInt64 = 0xAA_55_CC_33_96_69_F0_0F
private let copySize = 1024

private func control(_ call: Call, _ function: StaticString, mutates: Bool, _ body: (Int) -> Int32) throws(PyError) -> Owned {
  let argument = call[2]
  if argument.type.slots.pointee.index != nil {
    // `fcntl` takes any int, of which the low 32 bits count.
    let number = try argument.index()
    var word = Int(truncatingIfNeeded: Int32(truncatingIfNeeded: Integer.truncatedBits(number.value)))
    if function.utf8CodeUnitCount == 5 && function.utf8Start[0] == UInt8(ascii: "i") {
      guard let exact = Integer.asInt(number.value) else { throw .overflowError("Python int too large to convert to C long") }
      word = Int(truncatingIfNeeded: Int32(truncatingIfNeeded: exact))
    }
    let result = try retrying { body(word) }
    if result < 0 { throw systemError() }
    return try Owned.integer(Int(result))
  }
  let encoded = argument.isString ? try argument.callMethod(Name.encode) : Owned(copying: argument)
  guard encoded.value.supportsBuffer else {
    throw .typeError("\(function)() argument 3 must be an integer, a bytes-like object, or a string, not \(argument.typeName)")
  }
  let view = try encoded.value.buffer(.simple)
  let bytes = view.bytes
  let isTarget = mutates && !view.fields.isReadOnly
  if isTarget && bytes.count > copySize {
    let place = Int(bitPattern: bytes.baseAddress)
    let result = try retrying { body(place) }
    if result < 0 { throw systemError() }
    return try Owned.integer(Int(result))
  }
  if bytes.count > copySize { throw .valueError("\(function) argument 3 is too long") }
  let buffer = try PlainBuffer(copySize + 8)
  if let start = bytes.baseAddress { memcpy(buffer.start, start, bytes.count) }
  memset(buffer.start + bytes.count, 0, copySize - bytes.count)
  (buffer.start + bytes.count).storeBytes(of: guardBytes, as: UInt64.self)
  let place = Int(bitPattern: buffer.start)
  let result = try retrying { body(place) }
  if result < 0 { throw systemError() }
  if isTarget { memcpy(view.mutableBytes.baseAddress.unsafelyUnwrapped, buffer.start, bytes.count) }
  if (buffer.start + bytes.count).loadUnaligned(as: UInt64.self) != guardBytes { throw .systemError("buffer overflow") }
  return isTarget ? try Owned.integer(Int(result)) : try Owned.bytes(UnsafeRawBufferPointer(start: buffer.start, count: bytes.count))
}

private func lock(_ call: Call) throws(PyError) -> Owned {
  let (descriptor, operation) = (try fileDescriptor(call[0]), try call.int32(1))
  let whence = try call.int32(4)
  func given(_ index: Int) -> Value { call[index].isSmallInteger && call[index].smallInteger == 0 ? .none : call[index] }
  try audit("fcntl.lockf", Value(smallInteger: Int(descriptor)), Value(smallInteger: Int(operation)), given(2), given(3), Value(smallInteger: Int(whence)))
  var lock = flock()
  if operation & LOCK_UN != 0 {
    lock.l_type = Int16(F_UNLCK)
  } else if operation & LOCK_SH != 0 {
    lock.l_type = Int16(F_RDLCK)
  } else if operation & LOCK_EX != 0 {
    lock.l_type = Int16(F_WRLCK)
  } else {
    throw .valueError("unrecognized lockf argument")
  }
  lock.l_start = try call.offset(3)
  lock.l_len = try call.offset(2)
  lock.l_whence = Int16(truncatingIfNeeded: whence)
  let place = UnsafeMutablePointer<flock>.allocate(capacity: 1)
  defer { place.deallocate() }
  place.initialize(to: lock)
  let command = operation & LOCK_NB != 0 ? F_SETLK : F_SETLKW
  if try retrying({ krait_fcntl(descriptor, command, Int(bitPattern: place)) }) < 0 { throw systemError() }
  return .none
}
