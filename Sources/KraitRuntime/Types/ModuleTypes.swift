// Types of native modules: described as the builtin types are, made when the module is first imported, immortal and shared by all interpreters from then on.

import CKraitCore
import Glibc

/// Where a native module keeps a type that it defines.
///
/// Declare it as a global variable and fill it when the module is populated:
///
/// ```swift
/// nonisolated(unsafe) var dequeType = ModuleType()
///
/// let collectionsModule = ModuleDefinition("_collections", "…") { (m: ModuleBuilder) throws(PyError) in
///   dequeType = ModuleType(try m.defineType("deque", module: "collections") { t in
///     t.documentation = "…"
///     t.basicSize = MemoryLayout<DequeObject.Contents>.size
///     t.flags.formUnion([.baseType, .sequence, .managedWeakReference])
///     t.shapeFlags.formUnion([.tracked, .hasState])
///     t.slots.deallocate = DeallocateSlot { raw in … finishDeallocation(raw) }
///     t.new("deque(iterable=(), maxlen=None)") { (call: Call) throws(PyError) -> Owned in … try TypeObject(call.receiver).allocate() … }
///   })
/// }
/// ```
///
/// What the description says:
/// - `flags`: `.baseType` lets Python code derive from the type; `.managedWeakReference` (with the shape flag `.hasState`) lets it make weak references;
///   `.sequence` and `.mapping` are for `match`. A type is immutable, as all interpreters share it; one whose attributes programs set is made with
///   ``ModuleBuilder/defineInterpreterType(_:module:_:)``.
/// - `shapeFlags`: `.hasState`: an ``ObjectState`` stands right behind the header (a type derived from one that has none gets its own behind the fields);
///   `.tracked`: the collector asks `slots.traverse` and `slots.clear`; `.hasAttributes`: instances have a `__dict__`. A type with attributes calls
///   ``traverseOwnAttributes(_:_:)`` and ``clearOwnAttributes(_:)`` in those two.
/// - `slots.deallocate` gives up the fields and ends with ``finishDeallocation(_:)``. A type with neither this slot nor one to inherit holds nothing:
///   `object`'s is inherited.
@frozen
public struct ModuleType: BitwiseCopyable, Sendable {
  // A number, so that a variable of this type is initialised without a once-token and read with one load.
  @usableFromInline let address: UInt

  @inlinable public init() { address = 0 }
  public init(_ type: TypeObject) { address = UInt(bitPattern: type.raw) }

  /// The type. Its module must have been imported by some interpreter.
  @inlinable
  public var object: TypeObject { @inline(__always) get { TypeObject(raw: UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped) } }
  /// Whether the module was imported by some interpreter.
  @inlinable public var isMade: Bool { @inline(__always) get { address != 0 } }
  /// The type as a value.
  @inlinable public var value: Value { @inline(__always) get { Value(bits: UInt64(address)) } }

  /// Whether a value is an instance of exactly this type.
  @inlinable @inline(__always)
  public func isType(of value: Value) -> Bool { value.isObject && !value.isAbsent && value.object.shape.type.raw == UnsafeMutableRawPointer(bitPattern: address) }

  /// Whether a value is an instance of this type or of a class derived from it.
  @inlinable @inline(__always)
  public func includes(_ value: Value) -> Bool { isType(of: value) || includesSubclass(value) }

  @usableFromInline @inline(never)
  func includesSubclass(_ value: Value) -> Bool { isMade && value.type.isSubtype(of: object) }
}

extension ModuleBuilder {
  /// Makes a type of the module the first time the process asks for it, and puts it into the module under its name.
  ///
  /// - Parameters:
  ///   - module: `__module__`, when it is not the module's own name.
  ///   - isPublic: whether the module has the type as an attribute.
  ///   - isStatic: CPython has it as a static type, not as a heap type: `__flags__` and `__dict__` tell.
  @discardableResult
  public func defineType(
    _ name: StaticString, module: StaticString? = nil, base: TypeObject = .object, isPublic: Bool = true, isStatic: Bool = false,
    _ body: (TypeDefinition) -> Void
  ) throws(PyError) -> TypeObject {
    let type = try ModuleTypes.type(name, module: module ?? definition.name, key: definition.name, base: base, isStatic: isStatic, body)
    if isPublic { try self.type(type) }
    return type
  }

  /// An exception class, as `class NAME(BASE): pass` in the module would make it: each interpreter has its own, which stays when the module is imported anew.
  ///
  /// Keep it where native code finds it: `structError.set(try m.exception("error", module: "struct"))` with an ``InterpreterValue``.
  public func exception(
    _ name: StaticString, module: StaticString? = nil, _ documentation: StaticString = "", bases: [TypeObject] = [.exception]
  ) throws(PyError) -> Owned {
    let key = try Owned.string("\(definition.name).\(name)")
    if ModuleTypes.exceptions.value.isAbsent { try ModuleTypes.exceptions.set(try Owned.dict()) }
    let known = Owned(copying: ModuleTypes.exceptions.value)
    let found = Owned(copyingIfPresent: try DictObject(known.value).get(key.value))
    if !found.value.isAbsent {
      try dict.set(TypeObject(found.value).contents.pointee.name, found.value)
      return found
    }
    let namespace = try Owned.dict()
    let text = try Owned.string(name)
    try DictObject(namespace.value).set(Name.__module__, sharing: try Owned.string(module ?? definition.name))
    if documentation.utf8CodeUnitCount > 0 { try DictObject(namespace.value).set(Name.__doc__, sharing: try Owned.string(documentation)) }
    let tuple = try Owned.tuple(copying: bases.map(\.value))
    let made = try TypeObject.create(.type, text.value, tuple.value, namespace.value, .absent)
    try dict.set(TypeObject(made.value).contents.pointee.name, made.value)
    try DictObject(known.value).set(key.value, made.value)
    return made
  }
}

/// The types that native modules have made so far.
enum ModuleTypes {
  /// The exception classes of native modules in an interpreter, by module and name: native code that raises them knows only one.
  nonisolated(unsafe) static var exceptions = InterpreterValue()
  /// By the native module that defines a type, and its name: a list, as each is looked for once for an interpreter.
  nonisolated(unsafe) private static var known: [(module: StaticString, name: StaticString, type: TypeObject)] = []
  /// Guards the one above and allocation in the process's heap; recursive, as a type's description may ask for another type.
  nonisolated(unsafe) private static let lock: UnsafeMutablePointer<pthread_mutex_t> = {
    let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(lock, &attributes)
    return lock
  }()

  static func type(
    _ name: StaticString, module: StaticString, key: StaticString, base: TypeObject, isStatic: Bool, isPrototype: Bool = false, _ body: (TypeDefinition) -> Void
  ) throws(PyError) -> TypeObject {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    for made in known where areEqual(made.name, name) && areEqual(made.module, key) { return made.type }
    let type = TypeObject(raw: ImmortalMemory.allocate(BuiltinTypes.stride))
    BuiltinTypes.prepare(type, base: base)
    let definition = TypeDefinition(type, name: name, module: module)
    definition.flags.formUnion(isStatic ? [.moduleType, .staticType] : .moduleType)
    body(definition)
    try makingImmortals { () throws(PyError) in
      definition.layOut()
      try definition.makeObjects()
      try definition.fillDict()
      if !isStatic { try type.dict.set(Name.__module__, type.contents.pointee.module) }
    }
    if isPrototype {
      type.contents.pointee.flags.insert(.prototype)
      TypeObject.removeSubclass(type, of: TupleObject(type.contents.pointee.bases))
    }
    type.contents.pointee.flags.insert(.ready)
    if _slowPath(Runtime.isFree) { BorrowingFunctions.markMethods(of: type, key, name) }
    known.append((key, name, type))
    return type
  }

  private static func areEqual(_ a: StaticString, _ b: StaticString) -> Bool {
    a.utf8CodeUnitCount == b.utf8CodeUnitCount && memcmp(a.utf8Start, b.utf8Start, a.utf8CodeUnitCount) == 0
  }

  /// All types that live as long as the process.
  static var immortalTypes: [TypeObject] {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return BuiltinTypes.table.indices.map { TypeObject.builtin($0) } + known.map(\.type)
  }

  /// Keeps other threads from making types, and from reading signatures.
  static func lockTypes() { pthread_mutex_lock(lock) }
  static func unlockTypes() { pthread_mutex_unlock(lock) }

  /// An object that lives as long as the process, in the process's heap. The lock is held, or there is one thread.
  static func immortal(_ make: () throws(PyError) -> Owned) throws(PyError) -> Value {
    guard let heap = HeapStatistics.shared else { throw PyError.memoryError() }
    let (owner, own, thread) = (krait_owner(), krait_heap(), krait_thread())
    krait_set_current(Runtime.bootstrapOwner, heap, thread)
    defer { krait_set_current(owner, own, thread) }
    let value = try make().take()
    if value.isObject { value.object.makeImmortal() }
    return value
  }

  /// Runs code with the process's heap for the calling thread; what it leaves behind becomes immortal.
  private static func makingImmortals(_ body: () throws(PyError) -> Void) throws(PyError) {
    guard let heap = HeapStatistics.shared else { throw PyError.memoryError() }
    let (owner, own, thread) = (krait_owner(), krait_heap(), krait_thread())
    krait_set_current(Runtime.bootstrapOwner, heap, thread)
    defer { krait_set_current(owner, own, thread) }
    try body()
    heap.pointee.makeNewObjectsImmortal()
  }
}

extension TypeDefinition {
  /// The instances' own attributes are seen by the collector; for types with ``ShapeFlags/hasAttributes`` and no other references.
  public func keepsAttributes() {
    slots.traverse = TraverseSlot { raw, visit in if raw.shape.flags.contains(.exact) { traverseAttributes(raw, visit) } }
    slots.clear = ClearSlot { raw in if raw.shape.flags.contains(.exact) { releaseAttributes(raw) } }
  }
}

extension Name {
  /// The immortal str of an ASCII text: for names that only a module needs. Keep it in a `static let`.
  public static func make(_ text: StaticString) -> Value {
    if let text = try? Owned.string(text), let known = StaticNames.find(StringObject(text.value)) { return known.value }
    return StringObject.immortal(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}

extension TypeObject {
  /// An instance of a native type without fields that lives as long as the process: a singleton that class attributes refer to.
  public func makeImmortalInstance() -> Value {
    let raw = ImmortalMemory.allocate(Int(rootShape.contents.pointee.instanceSize))
    raw.initializeHeader(rootShape)
    raw.makeImmortal()
    return Value(raw)
  }
}

extension TypeDefinition {
  /// A zeroed instance of the type that is being described, which lives as long as the process: for attributes of the type that are its own instances. Its fields refer to immortals only.
  public func immortalInstance(size: Int) -> UnsafeMutableRawPointer {
    let raw = ImmortalMemory.allocate(size)
    raw.initializeHeader(type.rootShape)
    raw.makeImmortal()
    return raw
  }
}

/// Whether an instance has attributes of its own, without making its `__dict__`.
public func hasOwnAttributes(_ object: Value) -> Bool {
  guard object.isObject, object.object.shape.flags.contains(.hasAttributes) else { return false }
  let shape = object.object.shape
  if !shape.flags.contains(.dictionaryMode) { return shape.contents.pointee.attributeCount > 0 }
  return !object.object.attributeWord.load(as: Value.self).isAbsent
}

/// For `slots.traverse` of a native type with the shape flag `.hasAttributes`: visits the attributes of exact instances. Those of a class that
/// Python code derives are visited without its help.
public func traverseOwnAttributes(_ object: UnsafeMutableRawPointer, _ visit: Visitor) {
  if !object.shape.flags.contains(.heapType) { traverseAttributes(object, visit) }
}

/// The same for `slots.clear`.
public func clearOwnAttributes(_ object: UnsafeMutableRawPointer) {
  if !object.shape.flags.contains(.heapType) { releaseAttributes(object) }
}
