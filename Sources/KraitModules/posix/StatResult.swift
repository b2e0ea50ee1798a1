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

/// Collects owned values for a struct sequence.
struct FieldValues: ~Copyable {
  private(set) var values: [Value] = []
  init() {}
  deinit { for value in values { value.release() } }
  mutating func append(_ value: consuming Owned) { values.append(value.take()) }
  mutating func append(_ number: some BinaryInteger) throws(PyError) {
    append(number < 0 || number <= Int.max ? try Owned.integer(Int(number)) : try Owned.integer(UInt64(number)))
  }
  func make(_ type: TypeObject) throws(PyError) -> Owned { try StructSequence.make(type, values) }
}

enum StatResult {
  nonisolated(unsafe) static var type = TypeObject.object
  nonisolated(unsafe) static var fileSystemType = TypeObject.object

  static func make(_ status: stat) throws(PyError) -> Owned {
    var fields = FieldValues()
    try fields.append(status.st_mode)
    try fields.append(status.st_ino)
    try fields.append(status.st_dev)
    try fields.append(status.st_nlink)
    try fields.append(status.st_uid)
    try fields.append(status.st_gid)
    try fields.append(status.st_size)
    let times = [status.st_atim, status.st_mtim, status.st_ctim]
    for time in times { try fields.append(time.tv_sec) }
    for time in times { fields.append(try Owned.float(Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec))) }
    for time in times {
      let (nanoseconds, overflow) = time.tv_sec.multipliedReportingOverflow(by: 1_000_000_000)
      if !overflow {
        try fields.append(nanoseconds &+ time.tv_nsec)
      } else {
        let seconds = try Owned.integer(time.tv_sec)
        let billion = try Owned.integer(1_000_000_000)
        let product = try Integer.multiply(seconds.value, billion.value)
        let rest = try Owned.integer(time.tv_nsec)
        fields.append(try Integer.add(product.value, rest.value))
      }
    }
    try fields.append(status.st_blksize)
    try fields.append(status.st_blocks)
    try fields.append(status.st_rdev)
    return try fields.make(type)
  }

  static func make(_ status: statvfs) throws(PyError) -> Owned {
    var fields = FieldValues()
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
    return try fields.make(fileSystemType)
  }
}
