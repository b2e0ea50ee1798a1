// New interpreters begin as copies of one that has imported what every program needs.

import CKraitCore
import CKraitSystem
import Glibc

/// An interpreter in which no program ever runs, as it is when its imports are done, and what is needed to make others like it.
///
/// Copied are the heap (``HeapImage``) and the state beside it. What depends on addresses is made anew: the tables of names, of weak references and of subclasses, and dicts and sets with keys that are
/// hashed by their address. The image has no executable forms of code; code is translated when it first runs, as ever.
///
/// If what the imports depend on changes (the environment, the working folder, the folders of `sys.path`), a new image is made; the memory of the former one stays for good, so that happens a few times only.
/// An image that cannot be made (an import left something behind whose type says nothing about copies) leaves interpreters to the ordinary way.
struct InterpreterImage {
  private let interpreter: InterpreterPointer
  private let heap: HeapImage
  private let surroundings: Surroundings
  /// Pairs of an immortal type and a class that is derived from it.
  private var derived: [(base: TypeObject, subclass: UnsafeMutableRawPointer)] = []
  /// Dicts and sets with keys whose hashes are their addresses.
  private var dicts: [UnsafeMutableRawPointer] = []
  private var sets: [UnsafeMutableRawPointer] = []
  /// Weak references that know the hash of an object of the image.
  private var hashedReferences: [UnsafeMutableRawPointer] = []
  private var weakReferences: [(object: UnsafeMutableRawPointer, first: UnsafeMutableRawPointer)] = []
  /// The first parts of the names of the modules that it has beyond those of a start.
  private var topLevelNames: Set<String> = []

  // MARK: The process's images

  /// What interpreters that are copied have imported.
  enum Kind {
    /// What every program needs.
    case program
    /// And what the first call of a pool's worker imports.
    case worker
  }

  private enum State { case none, beingMade, made(InterpreterImage), impossible }

  private struct Place {
    var state = State.none
    var madeCount = 0
  }

  /// Guarded by ``lock``, which is held for a few instructions.
  nonisolated(unsafe) private static var program = Place()
  nonisolated(unsafe) private static var worker = Place()
  nonisolated(unsafe) private static var lock: UInt8 = 0

  private static func withPlace<Result>(_ kind: Kind, _ body: (inout Place) -> Result) -> Result {
    while !krait_cas8(&lock, 0, 1) { sched_yield() }
    defer { krait_store8_release(&lock, 0) }
    return kind == .worker ? body(&worker) : body(&program)
  }

  /// The image that new interpreters are copies of, made now if need be; nil when there is none.
  static func current(_ kind: Kind = .program) -> InterpreterImage? {
    // Reports of imports tell of each interpreter's own.
    guard !Runtime.isFree, !Heap.checksMemory, RuntimeConfiguration.current.importTimes == 0, RuntimeConfiguration.current.verbosity == 0 else { return nil }
    var mustMake = false
    let known = withPlace(kind) { (place: inout Place) -> InterpreterImage? in
      if case .made(let image) = place.state { return image }
      if case .none = place.state {
        place.state = .beingMade
        mustMake = true
      }
      return nil
    }
    if let known {
      if known.surroundings.areUnchanged { return known }
      mustMake = withPlace(kind) { (place: inout Place) -> Bool in
        guard case .made(let image) = place.state, image.interpreter == known.interpreter, place.madeCount < limit else { return false }
        place.state = .beingMade
        return true
      }
    }
    guard mustMake else { return nil }
    // A worker's begins as a program's, which another thread may be making.
    let base = kind == .worker ? current() : nil
    let made = kind == .worker && base == nil ? nil : make(from: base)
    withPlace(kind) { (place: inout Place) in
      place.madeCount += 1
      place.state = made.map { .made($0) } ?? (kind == .worker && base == nil && place.madeCount < limit ? .none : .impossible)
    }
    return made
  }

  /// So many images of a kind are made at most.
  private static var limit: Int { 4 }

  /// In a forked child, nobody finishes an image that another thread was making. Its main thread may be another, which a worker's modules have noted.
  static func afterFork() {
    krait_store8_release(&lock, 0)
    if case .beingMade = program.state { program.state = .impossible }
    if case .none = worker.state { return }
    worker.state = .impossible
  }

  /// - Parameter base: the image that a worker's begins as; nil for a program's.
  private static func make(from base: InterpreterImage?) -> InterpreterImage? {
    guard let interpreter = Interpreters.makeUnlisted() else { return nil }
    SharedForm.isWanted = true
    var surroundings = Surroundings.present()
    var topLevelNames: Set<String> = []
    let isPrepared = Interpreters.inside(interpreter) { () -> Bool in
      do throws(PyError) {
        if let base {
          guard try base.copy(into: interpreter), try importForWorker() else { return false }
          topLevelNames = try namesOfModules(behind: DictObject(base.interpreter.pointee.modules).count)
        } else {
          try Runtime.prepareImports(interpreter)
        }
        try surroundings.noteFolders()
      } catch {
        PyError.clear()
        return false
      }
      // What the imports left as garbage need not be copied, nor code as it ran.
      Collector.collect(interpreter, generation: 2)
      interpreter.pointee.forEachObject { object in
        guard object.shape.type == .code else { return }
        let contents = CodeObject(raw: object).contents
        if contents.pointee.shared == nil { contents.pointee.shared = UnsafeMutableRawPointer(SharedForm.make()) }
        guard let start = contents.pointee.executable else { return }
        contents.pointee.executable = nil
        Executable.free(start)
      }
      return true
    }
    guard isPrepared == true, surroundings.areUnchanged, interpreter.pointee.threads == nil else { return nil }
    return InterpreterImage(interpreter, surroundings, base == nil ? .program : .worker, topLevelNames)
  }

  // MARK: Workers

  /// Imports what the first call of a pool's worker does, in the order in which it does; false when these may be other modules than the library's: the code of others runs in interpreters that programs
  /// know, and nowhere else.
  private static func importForWorker() throws(PyError) -> Bool {
    guard let library = RuntimeConfiguration.current.libraryFolder else { return false }
    let path = systemObject(Name.path)
    let finders = systemObject(Name.meta_path)
    let hooks = systemObject(Name.path_hooks)
    // What finders there are at the start; a `.pth` file may have added some.
    guard path.value.isList, finders.value.isList, ListObject(finders.value).count == 3, hooks.value.isList, ListObject(hooks.value).count == 2 else { return false }
    for entry in ListObject(path.value).buffer {
      guard entry.isString else { return false }
      let folder = entry.text
      if folder == library {
        _ = try importModule("pickle")
        _ = try importModule("concurrent.futures.interpreter")
        return true
      }
      if access(folder, F_OK) == 0 { return false }
    }
    return false
  }

  /// The first parts of the names of the calling interpreter's modules but the first `count`.
  private static func namesOfModules(behind count: Int) throws(PyError) -> Set<String> {
    var names: Set<String> = []
    var position = 0
    var index = 0
    var key = Value.absent
    var module = Value.absent
    while DictObject(currentInterpreter.pointee.modules).next(&position, &key, &module) {
      index += 1
      if index > count, key.isString { names.insert(String(key.text.prefix { $0 != "." })) }
    }
    return names
  }

  /// Whether a folder, coming first in `sys.path`, may have other modules of the names of those that the image has.
  func mayBeHidden(by folder: String) -> Bool {
    guard let directory = opendir(folder.isEmpty ? "." : folder) else { return true }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self)) }
      if topLevelNames.contains(String(name.prefix { $0 != "." })) { return true }
    }
    return false
  }

  // MARK: What is to be made anew

  private init?(_ interpreter: InterpreterPointer, _ surroundings: Surroundings, _ kind: Kind, _ topLevelNames: Set<String>) {
    guard !interpreter.pointee.monitoring.isInUse, interpreter.pointee.auditHooks.isAbsent else { return nil }
    var types: [TypeObject] = []
    var containers: [UnsafeMutableRawPointer] = []
    var references: [UnsafeMutableRawPointer] = []
    var tuples: [UnsafeMutableRawPointer] = []
    var answers: [TypeObject: Bool] = [:]
    let image = HeapImage(interpreter.pointee.heap) { object in
      let type = object.shape.type
      if type == .code { return CodeObject(raw: object).contents.pointee.monitoring == nil && CodeObject(raw: object).contents.pointee.executable == nil }
      let answer = answers[type] ?? InterpreterImage.canCopyInstances(of: type, kind)
      answers[type] = answer
      let flags = object.shape.flags
      if flags.contains(.tuple), TupleObject(raw: object).knownHash != 0 { tuples.append(object) }
      if flags.contains(.type) { types.append(TypeObject(raw: object)) }
      if flags.contains(.dict) || flags.contains(.set) { containers.append(object) }
      if Value(object).isWeakReference { references.append(object) }
      return answer
    }
    guard let image else { return nil }
    heap = image
    self.interpreter = interpreter
    self.surroundings = surroundings
    self.topLevelNames = topLevelNames
    for container in containers where !note(container: container) { return nil }
    // Tuples know their hash.
    for tuple in tuples where !TupleObject(raw: tuple).buffer.allSatisfy({ hash(of: $0) == .same }) { TupleObject(raw: tuple).knownHash = 0 }
    for reference in references where !note(reference: reference) { return nil }
    var bases: [TypeObject] = []
    for type in types {
      let direct = TupleObject(type.contents.pointee.bases)
      for index in 0..<direct.count {
        let base = TypeObject(direct[index])
        if !image.contains(base.raw) && !bases.contains(base) { bases.append(base) }
      }
    }
    for base in bases {
      for subclass in SubclassList.entries(of: base) where image.contains(subclass) { derived.append((base, subclass)) }
    }
    interpreter.pointee.weakReferences.forEach { weakReferences.append(($0, $1)) }
  }

  /// Native types whose instances are made of values and of memory of the heap.
  private static let copiedTypes: Set<String> = [
    "object", "type", "int", "float", "complex", "str", "bytes", "bytearray", "list", "tuple", "dict", "set", "frozenset", "slice", "range", "function", "method",
    "builtin_function_or_method", "method_descriptor", "classmethod_descriptor", "wrapper_descriptor", "method-wrapper", "getset_descriptor", "member_descriptor",
    "property", "classmethod", "staticmethod", "mappingproxy", "module", "cell", "types.SimpleNamespace", "types.GenericAlias", "typing.Union", "weakref.ReferenceType",
    "_abc._abc_data", "_contextvars.ContextVar", "_io.FileIO", "_io.BufferedReader", "_io.BufferedWriter", "_io.TextIOWrapper", "_io.IncrementalNewlineDecoder",
  ]

  /// Those of the modules of a pool's worker: nobody holds the locks.
  private static let workerTypes: Set<String> = [
    "_thread.lock", "_thread.RLock", "_thread._local", "_thread._ThreadHandle", "ast.AST", "collections.deque", "collections._tuplegetter", "functools._lru_cache_wrapper", "functools._lru_list_elem",
    "functools._PlaceholderType", "functools.partial", "itertools.count", "re.Pattern",
  ]

  private static func canCopyInstances(of type: TypeObject, _ kind: Kind) -> Bool {
    let native = type.nativeBase
    if native.isSubtype(of: .baseException) || native.isSubtype(of: .tuple) || copiedTypes.contains(native.fullName) { return true }
    return kind == .worker && workerTypes.contains(native.fullName)
  }

  private enum KeyHash { case same, ofAddress, unknown }

  /// Whether a key's hash is the same in a copy, or depends on its address or those of its parts.
  private func hash(of key: Value) -> KeyHash {
    if !key.isObject || key.isAbsent || !heap.contains(key.object) { return .same }
    let flags = key.object.shape.flags
    if flags.contains(.exact) {
      if !flags.isDisjoint(with: [.string, .bytes, .integer, .float]) { return .same }
      if flags.contains(.tuple) {
        var result = KeyHash.same
        for item in TupleObject(key).buffer {
          let part = hash(of: item)
          if part == .unknown { return .unknown }
          if part == .ofAddress { result = .ofAddress }
        }
        return result
      }
      if flags.contains(.set) {
        var position = 0
        var item = Value.absent
        while SetObject(key).next(&position, &item) { if hash(of: item) != .same { return .unknown } }
        return .same
      }
    }
    // Subclasses that inherit the hash of their value, as members of enumerations of ints and strs.
    for (flag, base) in [(ShapeFlags.integer, TypeObject.int), (.string, .str)] where flags.contains(flag) && InterpreterImage.hasHash(key.type, of: base) { return .same }
    if key.isWeakReference {
      let referent = WeakReferenceObject(key).contents.pointee.referent
      if referent.isAbsent { return .same }
      return hash(of: referent)
    }
    return InterpreterImage.hasAddressAsHash(key.type) ? .ofAddress : .unknown
  }

  /// Whether instances are hashed by their own address, or by that of what they are bound to.
  private static func hasAddressAsHash(_ type: TypeObject) -> Bool {
    if type == .builtinFunction { return true }
    return hasHash(type, of: .object)
  }

  private static func hasHash(_ type: TypeObject, of base: TypeObject) -> Bool {
    guard let own = type.slots.pointee.hash, let inherited = base.slots.pointee.hash else { return false }
    return own.code == inherited.code
  }

  /// Notes a dict or set if it has to be ordered anew; false when it cannot be.
  private mutating func note(container: UnsafeMutableRawPointer) -> Bool {
    var position = 0
    var key = Value.absent
    var value = Value.absent
    let isSet = container.shape.flags.contains(.set)
    var depends = false
    while isSet ? SetObject(raw: container).next(&position, &key) : DictObject(raw: container).next(&position, &key, &value) {
      switch hash(of: key) {
      case .same: break
      case .ofAddress: depends = true
      case .unknown: return false
      }
    }
    if depends { if isSet { sets.append(container) } else { dicts.append(container) } }
    return true
  }

  private mutating func note(reference: UnsafeMutableRawPointer) -> Bool {
    let contents = WeakReferenceObject(raw: reference).contents
    if contents.pointee.hash == -1 { return true }
    switch hash(of: contents.pointee.referent) {
    case .same: return true
    case .ofAddress: hashedReferences.append(reference)
    case .unknown: return false
    }
    return true
  }

  // MARK: Copying

  /// Fills the interpreter that the calling thread has entered, from whose heap nothing has been allocated; false when something has.
  func copy(into target: InterpreterPointer) throws(PyError) -> Bool {
    guard target.pointee.heap.pointee.segments == nil, target.pointee.internTable == nil else { return false }
    guard let placement = heap.copy(into: target.pointee.heap) else { throw PyError.memoryError() }
    for (base, subclass) in derived { try SubclassList.add(TypeObject(raw: placement.pointer(subclass)), to: base) }
    for (object, first) in weakReferences { try target.pointee.weakReferences.setFirst(of: placement.pointer(object), placement.pointer(first)) }
    for reference in hashedReferences {
      let contents = WeakReferenceObject(raw: placement.pointer(reference)).contents
      contents.pointee.hash = hashIdentity(contents.pointee.referent)
    }
    for dict in dicts { DictObject(raw: placement.pointer(dict)).rehash(addressHash) }
    for set in sets { try SetObject(raw: placement.pointer(set)).rehash(addressHash) }
    if let table = interpreter.pointee.internTable { target.pointee.internTable = InternTable.copy(of: table, placement) }
    guard target.pointee.moduleStorage.copy(interpreter.pointee.moduleStorage, placement) else { throw PyError.memoryError() }
    target.pointee.modules = placement.value(interpreter.pointee.modules)
    target.pointee.builtins = placement.value(interpreter.pointee.builtins)
    target.pointee.allFunction = placement.value(interpreter.pointee.allFunction)
    target.pointee.anyFunction = placement.value(interpreter.pointee.anyFunction)
    target.pointee.commonConstants = placement.value(interpreter.pointee.commonConstants)
    target.pointee.sys = placement.value(interpreter.pointee.sys)
    target.pointee.errorHandlers = placement.value(interpreter.pointee.errorHandlers)
    target.pointee.codecSearchPath = placement.value(interpreter.pointee.codecSearchPath)
    target.pointee.codecCache = placement.value(interpreter.pointee.codecCache)
    target.pointee.importlib = placement.value(interpreter.pointee.importlib)
    target.pointee.spareMemoryError = placement.value(interpreter.pointee.spareMemoryError)
    target.pointee.lastMemoryError = placement.value(interpreter.pointee.lastMemoryError)
    target.pointee.finalizableCount = interpreter.pointee.finalizableCount
    target.pointee.warnings = interpreter.pointee.warnings
    target.pointee.warnings.filters = placement.value(interpreter.pointee.warnings.filters)
    target.pointee.warnings.onceRegistry = placement.value(interpreter.pointee.warnings.onceRegistry)
    target.pointee.warnings.defaultAction = placement.value(interpreter.pointee.warnings.defaultAction)
    target.pointee.warnings.context = placement.value(interpreter.pointee.warnings.context)
    target.pointee.monitoring.disable = placement.value(interpreter.pointee.monitoring.disable)
    target.pointee.monitoring.missing = placement.value(interpreter.pointee.monitoring.missing)
    target.pointee.collector = interpreter.pointee.collector
    target.pointee.collector.garbage = placement.value(interpreter.pointee.collector.garbage)
    target.pointee.collector.callbacks = placement.value(interpreter.pointee.collector.callbacks)
    return true
  }

  /// The hash of a key of a copy, of which ``hash(of:)`` says that it is an address; nil for other keys.
  private func addressHash(_ key: Value) -> Int? {
    if !key.isObject || key.object.isImmortal { return nil }
    if key.isWeakReference {
      let contents = WeakReferenceObject(key).contents
      return contents.pointee.hash
    }
    guard key.isExactTuple || InterpreterImage.hasAddressAsHash(key.type) else { return nil }
    do throws(PyError) { return try key.hash() } catch {
      PyError.clear()
      return nil
    }
  }
}

/// What the imports of a start depend on beside the configuration.
private struct Surroundings {
  private var texts: [UInt8] = []
  private var numbers: [Int] = []
  private var folders: [(path: String, stamp: [Int])] = []

  static func present() -> Surroundings {
    var result = Surroundings()
    var entry = krait_environ()
    while let text = entry?.pointee {
      result.texts.append(contentsOf: UnsafeRawBufferPointer(start: text, count: strlen(text) + 1))
      entry = entry.map { $0 + 1 }
    }
    var folder = [CChar](repeating: 0, count: Int(PATH_MAX))
    if getcwd(&folder, folder.count) != nil { result.texts.append(contentsOf: folder.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }) }
    result.numbers = [Int(getuid()), Int(geteuid()), Int(getgid()), Int(getegid())]
    for descriptor: Int32 in 0...2 {
      var status = stat()
      result.numbers += fstat(descriptor, &status) == 0 ? [Int(bitPattern: status.st_dev), Int(bitPattern: UInt(status.st_ino)), Int(status.st_mode)] : [-1]
    }
    return result
  }

  private static func stamp(_ path: String) -> [Int] {
    var status = stat()
    return stat(path, &status) == 0 ? [Int(bitPattern: UInt(status.st_ino)), status.st_mtim.tv_sec, status.st_mtim.tv_nsec] : []
  }

  /// Notes the folders that the imports looked into, in the interpreter that the calling thread is in.
  mutating func noteFolders() throws(PyError) {
    var paths: [String] = []
    func add(_ list: Value) {
      guard list.isList else { return }
      for index in 0..<ListObject(list).count where ListObject(list)[index].isString { paths.append(ListObject(list)[index].text) }
    }
    let path = systemObject(Name.path)
    add(path.value)
    let site = Owned(copyingIfPresent: try DictObject(currentInterpreter.pointee.modules).get(Name.make("site")))
    if !site.value.isAbsent {
      let folders = try site.value.callMethod(Name.make("getsitepackages"))
      add(folders.value)
      let user = try site.value.getAttribute(Name.make("USER_SITE"))
      if user.value.isString { paths.append(user.value.text) }
    }
    // Those of packages, which the import system has looked into.
    let finders = systemObject(Name.path_importer_cache)
    if finders.value.isDict {
      var position = 0
      var key = Value.absent
      var finder = Value.absent
      while DictObject(finders.value).next(&position, &key, &finder) { if key.isString, !paths.contains(key.text) { paths.append(key.text) } }
    }
    folders = paths.map { ($0, Surroundings.stamp($0)) }
  }

  var areUnchanged: Bool {
    let present = Surroundings.present()
    return present.texts == texts && present.numbers == numbers && folders.allSatisfy { $0.stamp == Surroundings.stamp($0.path) }
  }
}
