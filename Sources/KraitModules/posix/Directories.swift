// `listdir`, `scandir` and the entries that it gives.

import CKraitSystem
import Glibc
import KraitRuntime

func defineDirectories(_ m: ModuleBuilder) throws(PyError) {
  try m.function("listdir(path=None)", "Return the names in a directory.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0, [.descriptor, .none])
    if isAudited { try audit("os.listdir", path.isNone ? call[0] : path.object.value) }
    guard let folder = openDirectory(path) else { throw path.isDescriptor ? systemError() : path.error() }
    defer { closedir(folder) }
    if path.isDescriptor { rewinddir(folder) }
    let names = try Owned.list()
    while true {
      errno = 0
      guard let entry = readdir(folder) else {
        if errno != 0 { throw path.error() }
        return names
      }
      let name = nameOf(entry)
      if isDots(name) { continue }
      try ListObject(names.value).append(sharing: try path.text(name))
    }
  }
  try defineEntry(m)
  ScandirIterator.type = try m.defineType("ScandirIterator", isPublic: false) { t in
    t.flags.insert(.disallowInstantiation)
    t.basicSize = MemoryLayout<ScandirIterator>.size
    t.shapeFlags.insert(.hasState)
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
    t.slots.next = NextSlot(nextEntry)
    t.slots.finalize = FinalizeSlot { (object: Value) in
      guard ScandirIterator.of(object).pointee.folder != nil else { return }
      do throws(PyError) {
        try warn(.resourceWarning, "unclosed scandir iterator \(try object.repr().text)")
      } catch { reportUnraisable("Exception ignored while finalizing scandir iterator", object) }
      closeIterator(object)
    }
    t.slots.deallocate = DeallocateSlot { raw in
      closeIterator(Value(raw))
      raw.assumingMemoryBound(to: ScandirIterator.self).pointee.path.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.method("close()", "Give up the directory.") { (call: Call) throws(PyError) -> Owned in
      closeIterator(call.receiver)
      return .none
    }
    t.method("__enter__()") { (call: Call) throws(PyError) -> Owned in Owned(copying: call.receiver) }
    t.rawMethod("__exit__") { (object: Value, _: Arguments) throws(PyError) -> Owned in
      closeIterator(object)
      return .none
    }
  }
  try m.function("scandir(path=None)", "Return an iterator of the entries of a directory.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0, [.descriptor, .none])
    if isAudited { try audit("os.scandir", path.isNone ? call[0] : path.object.value) }
    guard let folder = openDirectory(path) else { throw path.error() }
    if path.isDescriptor { rewinddir(folder) }
    let raw = try ScandirIterator.type.allocate()
    let iterator = raw.assumingMemoryBound(to: ScandirIterator.self)
    iterator.pointee.folder = folder
    iterator.pointee.descriptor = path.descriptor
    let result = Owned(taking: raw)
    iterator.pointee.path = path.isNone ? try Owned.string("." as StaticString).take() : path.object.copy().take()
    return result
  }
}

private func openDirectory(_ path: borrowing PathArgument) -> OpaquePointer? {
  guard path.isDescriptor else { return opendir(path.path) }
  let copy = fcntl(path.descriptor, F_DUPFD_CLOEXEC, 0)
  guard copy >= 0 else { return nil }
  guard let folder = fdopendir(copy) else {
    let code = errno
    close(copy)
    errno = code
    return nil
  }
  return folder
}

private func nameOf(_ entry: UnsafeMutablePointer<dirent>) -> UnsafePointer<CChar> {
  UnsafeRawPointer(entry).advanced(by: MemoryLayout<dirent>.offset(of: \dirent.d_name).unsafelyUnwrapped).assumingMemoryBound(to: CChar.self)
}

private func isDots(_ name: UnsafePointer<CChar>) -> Bool { name[0] == 0x2E && (name[1] == 0 || name[1] == 0x2E && name[2] == 0) }

private struct ScandirIterator {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var state: ObjectState
  var folder: OpaquePointer?
  /// The path that was given, a str or bytes; or a descriptor.
  var path: Value
  var descriptor: Int32

  nonisolated(unsafe) static var type = TypeObject.object
  static func of(_ value: Value) -> UnsafeMutablePointer<ScandirIterator> { value.object.assumingMemoryBound(to: ScandirIterator.self) }
}

private func closeIterator(_ object: Value) {
  let iterator = ScandirIterator.of(object)
  guard let folder = iterator.pointee.folder else { return }
  iterator.pointee.folder = nil
  closedir(folder)
}

private func nextEntry(_ object: Value) throws(PyError) -> Owned {
  let iterator = ScandirIterator.of(object)
  while let folder = iterator.pointee.folder {
    errno = 0
    guard let entry = readdir(folder) else {
      let code = errno
      closeIterator(object)
      if code != 0 { throw .osError(code, fileName: iterator.pointee.path) }
      break
    }
    let name = nameOf(entry)
    if isDots(name) { continue }
    return try DirectoryEntry.make(iterator, name, entry)
  }
  return Owned(taking: .absent)
}

// MARK: - Entries

private struct DirectoryEntry {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var state: ObjectState
  var name: Value
  var path: Value
  /// What `stat()` and `lstat()` gave, or absent.
  var status: Value
  var ownStatus: Value
  var inode: UInt64
  var kind: UInt8
  /// The directory, when it was given as a descriptor; else -1.
  var descriptor: Int32

  nonisolated(unsafe) static var type = TypeObject.object
  static func of(_ value: Value) -> UnsafeMutablePointer<DirectoryEntry> { value.object.assumingMemoryBound(to: DirectoryEntry.self) }

  static func make(_ iterator: UnsafeMutablePointer<ScandirIterator>, _ name: UnsafePointer<CChar>, _ entry: UnsafeMutablePointer<dirent>) throws(PyError) -> Owned {
    let raw = try type.allocate()
    let result = Owned(taking: raw)
    let contents = raw.assumingMemoryBound(to: DirectoryEntry.self)
    contents.pointee.inode = UInt64(entry.pointee.d_ino)
    contents.pointee.kind = entry.pointee.d_type
    contents.pointee.descriptor = iterator.pointee.descriptor
    let folder = iterator.pointee.path
    let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
    if folder.isBytes {
      contents.pointee.name = try Owned.bytes(bytes).take()
      var path = Array(BytesObject(folder).buffer)
      if path.last != 0x2F { path.append(0x2F) }
      path += bytes
      contents.pointee.path = try fileSystemName(path, isBytes: true).take()
    } else {
      contents.pointee.name = try decodeFileSystem(bytes).take()
      if iterator.pointee.descriptor >= 0 {
        contents.pointee.path = Owned(copying: contents.pointee.name).take()
      } else {
        contents.pointee.path = try joined(folder, contents.pointee.name).take()
      }
    }
    return result
  }

  private static func joined(_ folder: Value, _ name: Value) throws(PyError) -> Owned {
    let (first, second) = (StringObject(folder), StringObject(name))
    let isOpen = first.length == 0 || first.codePoint(at: first.length - 1) != 0x2F
    var path = try StringBuilder(capacity: first.length + second.length + 1)
    try path.append(folder)
    if isOpen { try path.append("/" as StaticString) }
    try path.append(name)
    return try path.finish()
  }

  /// The system's answer, asked for anew.
  static func read(_ object: Value, follows: Bool) throws(PyError) -> Glibc.stat {
    let entry = of(object)
    var status = Glibc.stat()
    let isRelative = entry.pointee.descriptor >= 0
    let path = try PathArgument(isRelative ? entry.pointee.name : entry.pointee.path, [], name: "path", function: "DirEntry")
    if fstatat(isRelative ? entry.pointee.descriptor : AT_FDCWD, path.path, &status, follows ? 0 : AT_SYMLINK_NOFOLLOW) != 0 {
      let code = errno
      throw .osError(code, fileName: entry.pointee.path)
    }
    return status
  }

  static func status(_ object: Value, follows: Bool) throws(PyError) -> Owned {
    let entry = of(object)
    if !follows || entry.pointee.kind != 0 && entry.pointee.kind != 10 {
      if entry.pointee.ownStatus.isAbsent { entry.pointee.ownStatus = try StatResult.make(try read(object, follows: false)).take() }
      let own = Owned(copying: entry.pointee.ownStatus)
      let isLink = TupleObject(own.value)[0].smallInteger & 0o170000 == 0o120000
      if !follows || !isLink { return own }
    }
    if entry.pointee.status.isAbsent { entry.pointee.status = try StatResult.make(try read(object, follows: true)).take() }
    return Owned(copying: entry.pointee.status)
  }

  /// Whether the entry is of a kind: a number of `d_type` and the bits of `st_mode`.
  static func isKind(_ object: Value, _ kind: UInt8, _ mode: Int, follows: Bool) throws(PyError) -> Bool {
    let known = of(object).pointee.kind
    if known != 0 && !(follows && known == 10) { return known == kind }
    do throws(PyError) {
      let status = try status(object, follows: follows)
      return TupleObject(status.value)[0].smallInteger & 0o170000 == mode
    } catch {
      // A file that is gone, or a link that leads nowhere, is of no kind.
      guard PyError.matches(.fileNotFoundError) else { throw error }
      PyError.clear()
      return false
    }
  }
}

private func defineEntry(_ m: ModuleBuilder) throws(PyError) {
  DirectoryEntry.type = try m.defineType("DirEntry") { t in
    t.flags.insert(.disallowInstantiation)
    t.basicSize = MemoryLayout<DirectoryEntry>.size
    t.shapeFlags.insert(.hasState)
    t.member("name", offset: MemoryLayout<DirectoryEntry>.offset(of: \DirectoryEntry.name).unsafelyUnwrapped, "the entry's name in its directory")
    t.member("path", offset: MemoryLayout<DirectoryEntry>.offset(of: \DirectoryEntry.path).unsafelyUnwrapped, "the entry's path: scandir()'s and the name")
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      let name = try DirectoryEntry.of(object).pointee.name.repr()
      return try Owned.string("<DirEntry \(name.text)>")
    }
    t.slots.deallocate = DeallocateSlot { raw in
      let entry = raw.assumingMemoryBound(to: DirectoryEntry.self)
      entry.pointee.name.releaseIfPresent()
      entry.pointee.path.releaseIfPresent()
      entry.pointee.status.releaseIfPresent()
      entry.pointee.ownStatus.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.method("is_dir($self, /, *, follow_symlinks=True)", "Whether the entry is a directory.") { (call: Call) throws(PyError) -> Owned in
      .boolean(try DirectoryEntry.isKind(call.receiver, 4, 0o040000, follows: try call.bool(0)))
    }
    t.method("is_file($self, /, *, follow_symlinks=True)", "Whether the entry is a file.") { (call: Call) throws(PyError) -> Owned in
      .boolean(try DirectoryEntry.isKind(call.receiver, 8, 0o100000, follows: try call.bool(0)))
    }
    t.method("is_symlink()", "Whether it is a link itself, wherever that leads.") { (call: Call) throws(PyError) -> Owned in
      .boolean(try DirectoryEntry.isKind(call.receiver, 10, 0o120000, follows: false))
    }
    t.method("is_junction()", "Whether the entry is a junction, which this system does not have.") { (_: Call) throws(PyError) -> Owned in .boolean(false) }
    t.method("stat($self, /, *, follow_symlinks=True)", "What the system knows of the entry.") { (call: Call) throws(PyError) -> Owned in
      try DirectoryEntry.status(call.receiver, follows: try call.bool(0))
    }
    t.method("inode()", "The entry's inode.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(DirectoryEntry.of(call.receiver).pointee.inode) }
    t.method("__fspath__()", "The entry's path.") { (call: Call) throws(PyError) -> Owned in Owned(copying: DirectoryEntry.of(call.receiver).pointee.path) }
    t.classMethod("__class_getitem__(object, /)", "See PEP 585") { (call: Call) throws(PyError) -> Owned in try Owned.genericAlias(call.receiver, call[0]) }
  }
}
