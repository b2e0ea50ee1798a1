// The modules of the standard library that are there before any file is imported, `importlib` itself among them: code objects kept from an earlier start.

import CKraitCore
import Glibc
import KraitCompiler
import KraitSyntax

/// What CPython calls frozen modules: compiled once from the library's sources, with file names such as `<frozen os>`, and kept in a file of the user's cache.
public enum FrozenModules {
  struct Entry {
    let name: StaticString
    /// The module's name as its file has it; a `<` in front stands for the `__init__` of a package.
    let origin: StaticString
    /// Below the library's folder; empty for a module that is no file's.
    let file: StaticString
    /// The program of a module that is no file's.
    var text: StaticString = ""
    var isPackage = false
    /// Whether importing itself needs it.
    var isEssential = false

    /// `_imp._override_frozen_modules_for_tests()` can turn off what importing does not need.
    var isEnabled: Bool { isEssential || currentInterpreter.pointee.frozenModulesOverride >= 0 }
  }

  static let entries: [Entry] = [
    Entry(name: "_frozen_importlib", origin: "importlib._bootstrap", file: "importlib/_bootstrap.py", isEssential: true),
    Entry(name: "_frozen_importlib_external", origin: "importlib._bootstrap_external", file: "importlib/_bootstrap_external.py", isEssential: true),
    Entry(name: "zipimport", origin: "zipimport", file: "zipimport.py", isEssential: true),
    Entry(name: "abc", origin: "abc", file: "abc.py"),
    Entry(name: "codecs", origin: "codecs", file: "codecs.py"),
    Entry(name: "io", origin: "io", file: "io.py"),
    Entry(name: "_collections_abc", origin: "_collections_abc", file: "_collections_abc.py"),
    Entry(name: "_sitebuiltins", origin: "_sitebuiltins", file: "_sitebuiltins.py"),
    Entry(name: "genericpath", origin: "genericpath", file: "genericpath.py"),
    Entry(name: "ntpath", origin: "ntpath", file: "ntpath.py"),
    Entry(name: "posixpath", origin: "posixpath", file: "posixpath.py"),
    Entry(name: "os", origin: "os", file: "os.py"),
    Entry(name: "site", origin: "site", file: "site.py"),
    Entry(name: "stat", origin: "stat", file: "stat.py"),
    Entry(name: "importlib.util", origin: "importlib.util", file: "importlib/util.py"),
    Entry(name: "importlib.machinery", origin: "importlib.machinery", file: "importlib/machinery.py"),
    Entry(name: "runpy", origin: "runpy", file: "runpy.py"),
    Entry(name: "__hello__", origin: "__hello__", file: "__hello__.py"),
    Entry(name: "__hello_only__", origin: "frozen_only", file: "", text: "initialized = True\nprint(\"Hello world!\")\n"),
    Entry(name: "__hello_alias__", origin: "__hello__", file: "__hello__.py"),
    Entry(name: "__phello_alias__", origin: "__hello__", file: "__hello__.py", isPackage: true),
    Entry(name: "__phello_alias__.spam", origin: "__hello__", file: "__hello__.py"),
    Entry(name: "__phello__", origin: "__phello__", file: "__phello__/__init__.py", isPackage: true),
    Entry(name: "__phello__.__init__", origin: "<__phello__", file: "__phello__/__init__.py"),
    Entry(name: "__phello__.ham", origin: "__phello__.ham", file: "__phello__/ham/__init__.py", isPackage: true),
    Entry(name: "__phello__.ham.__init__", origin: "<__phello__.ham", file: "__phello__/ham/__init__.py"),
    Entry(name: "__phello__.ham.eggs", origin: "__phello__.ham.eggs", file: "__phello__/ham/eggs.py"),
    Entry(name: "__phello__.spam", origin: "__phello__.spam", file: "__phello__/spam.py"),
  ]

  static var library: String { RuntimeConfiguration.current.libraryFolder ?? "" }

  /// The module of this name; nil when there is none or its source is not in the library.
  static func find(_ name: Value) -> Entry? {
    let text = StringObject(name)
    guard let entry = entries.first(where: { text.isEqual(to: $0.name) }), entry.isEnabled, !library.isEmpty else { return nil }
    return entry
  }

  /// The module's code object.
  static func code(_ entry: Entry) throws(PyError) -> Owned {
    if entry.file.utf8CodeUnitCount == 0 { return try compile(Array(entry.text.description.utf8), entry) }
    var status = stat()
    let path = "\(library)/\(entry.file)"
    let isThere = stat(path, &status) == 0
    if isThere, let bytes = synchronized({ cache.find(entry, status) }) {
      var reader = MarshalValueReader(MarshalSource(bytes), isSplit: true)
      return try reader.readObject()
    }
    guard let source = MainProgram.read(path) else { throw PyError.raise(.importError, "cannot read \(path)") }
    let code = try compile(source, entry)
    let data = try MarshalValueWriter.marshalSplit(code.value)
    let bytes = Array(BytesObject(data.value).buffer)
    synchronized { cache.add(entry, status, bytes) }
    return code
  }

  private static func compile(_ bytes: [UInt8], _ entry: Entry) throws(PyError) -> Owned {
    let origin = entry.origin.description
    let source: SourceFile
    do throws(Diagnostic) { source = try SourceFile(bytes: bytes, fileName: "<frozen \(origin.hasPrefix("<") ? String(origin.dropFirst()) : origin)>") } catch { throw raise(error) }
    return try compileFile(source, ParseOptions(), CompileOptions())
  }

  // MARK: The file

  /// Guarded by ``lock``: interpreters share it.
  nonisolated(unsafe) private static var cache = Cache()
  nonisolated(unsafe) private static var lock: UInt8 = 0

  private static func synchronized<Result>(_ body: () -> Result) -> Result {
    while !krait_cas8(&lock, 0, 1) { sched_yield() }
    defer { krait_store8_release(&lock, 0) }
    return body()
  }

  /// Keeps what had to be compiled for the next start.
  static func save() { synchronized { cache.save() } }

  /// Lets go of the file's pages; those that are read again come back.
  static func giveBack() {
    if let file = synchronized({ cache.file }) { madvise(UnsafeMutableRawPointer(mutating: file.baseAddress), file.count, MADV_DONTNEED) }
  }

  /// The code of the modules in a file: a header, then for each module its name, the size and the time of its source, and `marshal` data, whose functions
  /// are read when they are used: the file stays mapped.
  private struct Cache {
    private struct Record {
      /// The entry's file and origin, side by side.
      var name: UnsafeRawBufferPointer
      var size: Int
      var seconds: Int
      var nanoseconds: Int
      var data: [UInt8]
      /// Data in the file.
      var mapped: UnsafeRawBufferPointer?
    }

    private var records: [Record] = []
    private(set) var file: UnsafeRawBufferPointer?
    private var isLoaded = false
    private var isChanged = false

    /// Code of another compiler or another library is not used.
    private var header: [UInt8] {
      var status = stat()
      stat("/proc/self/exe", &status)
      return Array("krait frozen 2 \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec) \(library)\n".utf8)
    }

    private static var folder: String? {
      func variable(_ name: String) -> String? { getenv(name).flatMap { $0.pointee == 0x2F ? String(cString: $0) : nil } }
      return (variable("XDG_CACHE_HOME") ?? variable("HOME").map { "\($0)/.cache" }).map { "\($0)/krait" }
    }

    /// A file for each program and library, so that several kraits of a machine keep theirs.
    private static var path: String? {
      guard let folder else { return nil }
      // FNV-1a: the header tells whether the file is the right one.
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      for byte in library.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { program in
        let length = readlink("/proc/self/exe", program.baseAddress.unsafelyUnwrapped, program.count)
        for index in 0..<max(length, 0) { hash = (hash ^ UInt64(UInt8(bitPattern: program[index]))) &* 0x100_0000_01B3 }
      }
      return "\(folder)/frozen-\(String(hash, radix: 16))"
    }

    private static func isName(_ name: UnsafeRawBufferPointer, of entry: Entry) -> Bool {
      let (file, origin) = (entry.file, entry.origin)
      guard let start = name.baseAddress, name.count == file.utf8CodeUnitCount + origin.utf8CodeUnitCount else { return false }
      return memcmp(start, file.utf8Start, file.utf8CodeUnitCount) == 0 && memcmp(start + file.utf8CodeUnitCount, origin.utf8Start, origin.utf8CodeUnitCount) == 0
    }

    mutating func find(_ entry: Entry, _ status: stat) -> UnsafeRawBufferPointer? {
      if !isLoaded { load() }
      guard let record = records.first(where: { Cache.isName($0.name, of: entry) }), record.size == status.st_size, record.seconds == status.st_mtim.tv_sec,
        record.nanoseconds == status.st_mtim.tv_nsec
      else { return nil }
      return record.mapped
    }

    mutating func add(_ entry: Entry, _ status: stat, _ data: [UInt8]) {
      records.removeAll { Cache.isName($0.name, of: entry) }
      let (file, origin) = (entry.file, entry.origin)
      let name = UnsafeMutableRawBufferPointer.allocate(byteCount: file.utf8CodeUnitCount + origin.utf8CodeUnitCount, alignment: 1)
      name.copyMemory(from: UnsafeRawBufferPointer(start: file.utf8Start, count: file.utf8CodeUnitCount))
      memcpy(name.baseAddress.unsafelyUnwrapped + file.utf8CodeUnitCount, origin.utf8Start, origin.utf8CodeUnitCount)
      // For the interpreters to come; code refers to it for as long as the process lives.
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: data.count, alignment: 16)
      memory.copyBytes(from: data)
      records.append(Record(
        name: UnsafeRawBufferPointer(name), size: Int(status.st_size), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec, data: data,
        mapped: UnsafeRawBufferPointer(memory)))
      isChanged = true
    }

    private mutating func load() {
      isLoaded = true
      guard let path = Cache.path else { return }
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
      guard descriptor >= 0 else { return }
      defer { close(descriptor) }
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_uid == geteuid(), status.st_size > 0,
        let memory = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0), memory != MAP_FAILED
      else { return }
      let bytes = UnsafeRawBufferPointer(start: memory, count: Int(status.st_size))
      let header = self.header
      guard bytes.count > header.count, bytes.starts(with: header) else { return }
      file = bytes
      var offset = header.count
      func number() -> Int? {
        guard offset + 8 <= bytes.count else { return nil }
        offset += 8
        return bytes.loadUnaligned(fromByteOffset: offset - 8, as: Int.self)
      }
      while offset < bytes.count {
        guard let nameLength = number(), let size = number(), let seconds = number(), let nanoseconds = number(), let length = number(), nameLength >= 0, length >= 0,
          nameLength <= bytes.count - offset, length <= bytes.count - offset - nameLength
        else {
          records = []
          return
        }
        let name = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + nameLength])
        let data = UnsafeRawBufferPointer(rebasing: bytes[offset + nameLength..<offset + nameLength + length])
        offset += nameLength + length
        records.append(Record(name: name, size: size, seconds: seconds, nanoseconds: nanoseconds, data: [], mapped: data))
      }
    }

    /// Writes the file anew, in one step. A cache that cannot be written is none.
    mutating func save() {
      guard isChanged, let folder = Cache.folder, let path = Cache.path else { return }
      isChanged = false
      var bytes = header
      for record in records {
        let name = Array(record.name)
        let data = record.mapped.map { Array($0) } ?? record.data
        for number in [name.count, record.size, record.seconds, record.nanoseconds, data.count] { withUnsafeBytes(of: number) { bytes += $0 } }
        bytes += name
        bytes += data
      }
      // The folder of caches is made, a home is not.
      if let end = folder.lastIndex(of: "/") { mkdir(String(folder[..<end]), 0o700) }
      mkdir(folder, 0o700)
      let temporary = "\(path).\(getpid())"
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { return }
      let isWhole = write(descriptor, bytes, bytes.count) == bytes.count
      close(descriptor)
      if !isWhole || rename(temporary, path) != 0 { unlink(temporary) }
      Cache.sweep(folder)
    }

    /// Removes what programs that are no more have left: files of more than thirty days, which those that are make anew.
    private static func sweep(_ folder: String) {
      guard let directory = opendir(folder) else { return }
      defer { closedir(directory) }
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self)) }
        var status = stat()
        guard name.hasPrefix("frozen-"), fstatat(dirfd(directory), name, &status, AT_SYMLINK_NOFOLLOW) == 0, time(nil) - status.st_mtim.tv_sec > 30 * 86_400 else { continue }
        unlinkat(dirfd(directory), name, 0)
      }
    }
  }
}
