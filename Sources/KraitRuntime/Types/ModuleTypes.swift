// Types of native modules: described as the builtin types are, made when the module is first imported, immortal and shared by all interpreters from then on.

import CKraitCore
import Glibc

extension ModuleBuilder {
  /// Makes a type of the module the first time the process asks for it, and puts it into the module under its name.
  ///
  /// - Parameters:
  ///   - module: `__module__`, when it is not the module's own name.
  ///   - isPublic: whether the module has the type as an attribute.
  @discardableResult
  public func defineType(
    _ name: StaticString, module: StaticString? = nil, base: TypeObject = .object, isPublic: Bool = true, _ body: (TypeDefinition) -> Void
  ) throws(PyError) -> TypeObject {
    let type = try ModuleTypes.type(name, module: module ?? definition.name, key: "\(definition.name).\(name)", base: base, body)
    if isPublic { try self.type(type) }
    return type
  }
}

/// The types that native modules have made so far.
enum ModuleTypes {
  nonisolated(unsafe) private static var known: [String: TypeObject] = [:]
  nonisolated(unsafe) private static var heap: UnsafeMutablePointer<Heap>?
  /// Guards the two above; recursive, as a type's description may ask for another type.
  nonisolated(unsafe) private static let lock: UnsafeMutablePointer<pthread_mutex_t> = {
    let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(lock, &attributes)
    return lock
  }()

  static func type(
    _ name: StaticString, module: StaticString, key: String, base: TypeObject, _ body: (TypeDefinition) -> Void
  ) throws(PyError) -> TypeObject {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    if let type = known[key] { return type }
    let type = TypeObject(raw: ImmortalMemory.allocate(BuiltinTypes.stride))
    BuiltinTypes.prepare(type, base: base)
    let definition = TypeDefinition(type, name: name, module: module)
    body(definition)
    try makingImmortals { () throws(PyError) in
      definition.layOut()
      try definition.makeObjects()
      try definition.fillDict()
    }
    type.contents.pointee.flags.insert(.ready)
    known[key] = type
    return type
  }

  /// Runs code with the process's heap for the calling thread; what it leaves behind becomes immortal.
  private static func makingImmortals(_ body: () throws(PyError) -> Void) throws(PyError) {
    if heap == nil { heap = Heap.create(owner: Runtime.bootstrapOwner) }
    guard let heap else { throw PyError.memoryError() }
    let (owner, own, thread) = (krait_owner(), krait_heap(), krait_thread())
    krait_set_current(Runtime.bootstrapOwner, heap, thread)
    defer { krait_set_current(owner, own, thread) }
    try body()
    heap.pointee.forEachObject { $0.makeImmortal() }
  }
}

extension Name {
  /// The immortal str of an ASCII text: for names that only a module needs. Keep it in a `static let`.
  public static func make(_ text: StaticString) -> Value {
    StringObject.immortal(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
