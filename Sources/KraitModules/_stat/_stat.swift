// The module `_stat`: the bits of `st_mode`.

import KraitRuntime

let statModule = ModuleDefinition("_stat", "The bits of a file's mode.") { (m: ModuleBuilder) throws(PyError) in
  try m.function("S_ISDIR(object, /)", "Whether a mode is that of a directory.") { (call: Call) throws(PyError) -> Owned in .boolean(try mode(call) & 0o170000 == 0o40000) }
  try m.function("S_ISCHR(object, /)", "Whether a mode is that of a character device.") { (call: Call) throws(PyError) -> Owned in .boolean(try mode(call) & 0o170000 == 0o20000) }
  try m.function("S_ISBLK(object, /)", "Whether a mode is that of a block device.") { (call: Call) throws(PyError) -> Owned in .boolean(try mode(call) & 0o170000 == 0o60000) }
  try m.function("S_ISREG(object, /)", "Whether a mode is that of a regular file.") { (call: Call) throws(PyError) -> Owned in .boolean(try mode(call) & 0o170000 == 0o100000) }
  try m.function("S_ISFIFO(object, /)", "Whether a mode is that of a named pipe.") { (call: Call) throws(PyError) -> Owned in .boolean(try mode(call) & 0o170000 == 0o10000) }
  try m.function("S_ISLNK(object, /)", "Whether a mode is that of a symbolic link.") { (call: Call) throws(PyError) -> Owned in .boolean(try mode(call) & 0o170000 == 0o120000) }
  try m.function("S_ISSOCK(object, /)", "Whether a mode is that of a socket.") { (call: Call) throws(PyError) -> Owned in .boolean(try mode(call) & 0o170000 == 0o140000) }
  try m.function("S_ISDOOR(object, /)", "Whether a mode is that of a door, which this system does not have.") { (call: Call) throws(PyError) -> Owned in
    _ = try mode(call)
    return .boolean(false)
  }
  try m.function("S_ISPORT(object, /)", "Whether a mode is that of an event port, which this system does not have.") { (call: Call) throws(PyError) -> Owned in
    _ = try mode(call)
    return .boolean(false)
  }
  try m.function("S_ISWHT(object, /)", "Whether a mode is that of a whiteout, which this system does not have.") { (call: Call) throws(PyError) -> Owned in
    _ = try mode(call)
    return .boolean(false)
  }
  try m.function("S_IMODE(object, /)", "The bits that chmod() can set.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(Int(try mode(call) & 0o7777)) }
  try m.function("S_IFMT(object, /)", "The bits that say what kind of file it is.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(Int(try mode(call) & 0o170000)) }
  try m.function("filemode(object, /)", "A mode as text, '-rwxrwxrwx'.") { (call: Call) throws(PyError) -> Owned in try Owned.string(text(of: try mode(call))) }
  for (name, number) in constants { try m.constant(name, number) }
}

private func mode(_ call: Call) throws(PyError) -> UInt32 {
  let number = try call[0].index()
  guard let word = Integer.asInt(number.value) else { throw .overflowError("Python int too large to convert to C unsigned long") }
  if word < 0 { throw .overflowError("can't convert negative value to unsigned int") }
  guard let mode = UInt32(exactly: word) else { throw .overflowError("mode out of range") }
  return mode
}

private func text(of mode: UInt32) -> String {
  let kinds: [(UInt32, Character)] = [
    (0o100000, "-"), (0o040000, "d"), (0o120000, "l"), (0o060000, "b"), (0o020000, "c"), (0o010000, "p"), (0o140000, "s"),
  ]
  var result = String(kinds.first { $0.0 == mode & 0o170000 }?.1 ?? "?")
  for (shift, special, letter) in [(6, 0o4000, "s"), (3, 0o2000, "s"), (0, 0o1000, "t")] as [(UInt32, UInt32, String)] {
    result += mode >> shift & 4 != 0 ? "r" : "-"
    result += mode >> shift & 2 != 0 ? "w" : "-"
    let runs = mode >> shift & 1 != 0
    result += mode & special != 0 ? (runs ? letter : letter.uppercased()) : runs ? "x" : "-"
  }
  return result
}

private let constants: [(name: StaticString, number: Int)] = [
  ("SF_APPEND", 262144), ("SF_ARCHIVED", 65536), ("SF_DATALESS", 1073741824), ("SF_FIRMLINK", 8388608), ("SF_IMMUTABLE", 131072),
  ("SF_NOUNLINK", 1048576), ("SF_SETTABLE", 4294901760), ("SF_SNAPSHOT", 2097152), ("ST_ATIME", 7), ("ST_CTIME", 9), ("ST_DEV", 2), ("ST_GID", 5),
  ("ST_INO", 1), ("ST_MODE", 0), ("ST_MTIME", 8), ("ST_NLINK", 3), ("ST_SIZE", 6), ("ST_UID", 4), ("S_ENFMT", 1024), ("S_IEXEC", 64),
  ("S_IFBLK", 24576), ("S_IFCHR", 8192), ("S_IFDIR", 16384), ("S_IFDOOR", 0), ("S_IFIFO", 4096), ("S_IFLNK", 40960), ("S_IFPORT", 0),
  ("S_IFREG", 32768), ("S_IFSOCK", 49152), ("S_IFWHT", 0), ("S_IREAD", 256), ("S_IRGRP", 32), ("S_IROTH", 4), ("S_IRUSR", 256), ("S_IRWXG", 56),
  ("S_IRWXO", 7), ("S_IRWXU", 448), ("S_ISGID", 1024), ("S_ISUID", 2048), ("S_ISVTX", 512), ("S_IWGRP", 16), ("S_IWOTH", 2), ("S_IWRITE", 128),
  ("S_IWUSR", 128), ("S_IXGRP", 8), ("S_IXOTH", 1), ("S_IXUSR", 64), ("UF_APPEND", 4), ("UF_COMPRESSED", 32), ("UF_DATAVAULT", 128),
  ("UF_HIDDEN", 32768), ("UF_IMMUTABLE", 2), ("UF_NODUMP", 1), ("UF_NOUNLINK", 16), ("UF_OPAQUE", 8), ("UF_SETTABLE", 65535), ("UF_TRACKED", 64),
]
