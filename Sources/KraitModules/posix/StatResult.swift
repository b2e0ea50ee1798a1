// What `stat` tells of a file.

import Glibc
import KraitRuntime

extension ModuleBuilder {
  func defineStatResults() throws(PyError) {
    StatResult.type = try defineStructSequence(
      "stat_result", module: "os", "What the system knows of a file.",
      [
        ("st_mode", "protection bits and kind"), ("st_ino", "inode"), ("st_dev", "device"), ("st_nlink", "how many names it has"), ("st_uid", "the owner's number"),
        ("st_gid", "the group's number"), ("st_size", "size in bytes"), (nil, "when it was last read, in whole seconds"), (nil, "when its contents last changed, in whole seconds"),
        (nil, "when anything about it last changed, in whole seconds"), ("st_atime", "when it was last read"), ("st_mtime", "when its contents last changed"),
        ("st_ctime", "when anything about it last changed"), ("st_atime_ns", "when it was last read, in nanoseconds"),
        ("st_mtime_ns", "when its contents last changed, in nanoseconds"), ("st_ctime_ns", "when anything about it last changed, in nanoseconds"),
        ("st_blksize", "block size for I/O"), ("st_blocks", "number of blocks of 512 bytes"), ("st_rdev", "kind of device, for devices"),
      ], visibleCount: 10)
    StatResult.fileSystemType = try defineStructSequence(
      "statvfs_result", module: "os", "What the system knows of a file system.",
      [
        ("f_bsize", ""), ("f_frsize", ""), ("f_blocks", ""), ("f_bfree", ""), ("f_bavail", ""), ("f_files", ""), ("f_ffree", ""), ("f_favail", ""), ("f_flag", ""),
        ("f_namemax", ""), ("f_fsid", ""),
      ], visibleCount: 10)
  }
}

/// Fills a new struct sequence, field by field.
struct FieldValues: ~Copyable {
  private let sequence: Owned
  private var count = 0
  init(_ type: TypeObject) throws(PyError) { sequence = try StructSequence.empty(type) }
  mutating func append(_ value: consuming Owned) {
    TupleObject(sequence.value).initialize(count, value)
    count &+= 1
  }
  mutating func append(_ number: some BinaryInteger) throws(PyError) {
    append(number < 0 || number <= Int.max ? try Owned.integer(Int(number)) : try Owned.integer(UInt64(number)))
  }
  /// The sequence, when all its fields are there.
  consuming func finish() -> Owned { sequence }
}

enum StatResult {
  nonisolated(unsafe) static var type = TypeObject.object
  nonisolated(unsafe) static var fileSystemType = TypeObject.object

  static func make(_ status: stat) throws(PyError) -> Owned {
    var fields = try FieldValues(type)
    try fields.append(status.st_mode)
    try fields.append(status.st_ino)
    try fields.append(status.st_dev)
    try fields.append(status.st_nlink)
    try fields.append(status.st_uid)
    try fields.append(status.st_gid)
    try fields.append(status.st_size)
    let (access, modification, change) = (status.st_atim, status.st_mtim, status.st_ctim)
    try fields.append(access.tv_sec)
    try fields.append(modification.tv_sec)
    try fields.append(change.tv_sec)
    fields.append(try seconds(access))
    fields.append(try seconds(modification))
    fields.append(try seconds(change))
    fields.append(try nanoseconds(access))
    fields.append(try nanoseconds(modification))
    fields.append(try nanoseconds(change))
    try fields.append(status.st_blksize)
    try fields.append(status.st_blocks)
    try fields.append(status.st_rdev)
    return fields.finish()
  }

  private static func seconds(_ time: timespec) throws(PyError) -> Owned { try Owned.float(Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)) }

  private static func nanoseconds(_ time: timespec) throws(PyError) -> Owned {
    let (nanoseconds, overflow) = time.tv_sec.multipliedReportingOverflow(by: 1_000_000_000)
    if !overflow { return try Owned.integer(nanoseconds &+ time.tv_nsec) }
    let seconds = try Owned.integer(time.tv_sec)
    let billion = try Owned.integer(1_000_000_000)
    let product = try Integer.multiply(seconds.value, billion.value)
    let rest = try Owned.integer(time.tv_nsec)
    return try Integer.add(product.value, rest.value)
  }

  static func make(_ status: statvfs) throws(PyError) -> Owned {
    var fields = try FieldValues(fileSystemType)
    try fields.append(status.f_bsize)
    try fields.append(status.f_frsize)
    try fields.append(status.f_blocks)
    try fields.append(status.f_bfree)
    try fields.append(status.f_bavail)
    try fields.append(status.f_files)
    try fields.append(status.f_ffree)
    try fields.append(status.f_favail)
    try fields.append(status.f_flag)
    try fields.append(status.f_namemax)
    try fields.append(status.f_fsid)
    return fields.finish()
  }
}
