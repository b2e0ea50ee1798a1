// Files, folders and standard streams, through the C library.

import Glibc

/// A failure of the operating system, worded as Python words an `OSError`.
struct FileError: Error, CustomStringConvertible {
  let code: Int32
  let path: String

  init(_ path: String) {
    code = errno
    self.path = path
  }

  var description: String { "[Errno \(code)] \(String(cString: strerror(code))): '\(path)'" }
}

/// A file's contents with what a `.pyc` notes of it.
struct FileContents {
  var bytes: [UInt8]
  var modified: Int
}

enum FileSystem {
  /// The contents of a file, or of standard input for `-`.
  static func read(_ path: String) throws(FileError) -> FileContents {
    let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path) }
    defer { if descriptor != 0 { close(descriptor) } }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path) }
    var bytes: [UInt8] = []
    var room = max(Int(status.st_size) + 1, 4096)
    while true {
      var count = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, initialized in
        count = Glibc.read(descriptor, buffer.baseAddress, room)
        initialized = max(0, count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError(path) }
      if count == 0 { return FileContents(bytes: bytes, modified: status.st_mtim.tv_sec) }
      if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
      room = 1 << 16
    }
  }

  /// The lines of a text file that are not empty.
  static func lines(of path: String) throws -> [String] {
    try read(path).bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The path up to its last slash; empty when there is none.
  static func folder(of path: String) -> String { String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }

  /// The path behind its last slash.
  static func baseName(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }

  /// Makes the folders that lead to a file.
  static func makeFolders(for path: String) throws(FileError) {
    let folder = folder(of: path)
    if folder.isEmpty || isFolder(folder) { return }
    try makeFolders(for: folder)
    if mkdir(folder, 0o777) != 0 && errno != EEXIST { throw FileError(folder) }
  }

  /// Replaces a file in one step, so that nobody ever sees half of it.
  static func write(_ bytes: UnsafeBufferPointer<UInt8>, to path: String) throws(FileError) {
    try makeFolders(for: path)
    var status = stat()
    if stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG {
      return try writeInPlace(bytes, to: path)
    }
    let temporary = "\(path).\(getpid())"
    do throws(FileError) {
      try writeInPlace(bytes, to: temporary)
      guard rename(temporary, path) == 0 else { throw FileError(path) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func writeInPlace(_ bytes: UnsafeBufferPointer<UInt8>, to path: String) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(path) }
    defer { close(descriptor) }
    guard writeAll(bytes, to: descriptor) else { throw FileError(path) }
  }

  fileprivate static func writeAll(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return false }
      written += count
    }
    return true
  }
}

/// Output as a whole stage gives it, so there is no buffer in between.
enum StandardStream: Int32 {
  case output = 1
  case error = 2

  func write(_ bytes: UnsafeBufferPointer<UInt8>) {
    _ = FileSystem.writeAll(bytes, to: rawValue)
  }

  func write(_ text: String) {
    var text = text
    text.withUTF8 { write($0) }
  }
}
