// Native modules: a table of functions, types and constants that is executed when the module is first imported.

import CKraitCore
import Glibc

/// A module written in Swift.
public struct ModuleDefinition: @unchecked Sendable {
  public let name: StaticString
  public let documentation: StaticString
  let populate: (ModuleBuilder) throws(PyError) -> Void

  public init(_ name: StaticString, _ documentation: StaticString = "", _ populate: @escaping (ModuleBuilder) throws(PyError) -> Void) {
    self.name = name
    self.documentation = documentation
    self.populate = populate
  }

  /// A new module object with what the definition puts into it.
  public func makeModule() throws(PyError) -> Owned {
    let interned = intern(try Owned.string(name))
    let module = try ModuleObject.make(name: interned.value)
    let functions = FunctionDescriptions.begin(name)
    defer { FunctionDescriptions.end(functions) }
    let builder = ModuleBuilder(definition: self, module: module.value, functions: functions)
    if documentation.utf8CodeUnitCount > 0 {
      try builder.dict.set(Name.__doc__, sharing: try Owned.string(documentation))
    }
    try populate(builder)
    if _slowPath(Runtime.isFree) { BorrowingFunctions.markFunctions(of: name, builder.dict) }
    return module
  }
}

/// The descriptions of a module's functions, which are never freed and the same for all interpreters: whoever imports it after another takes that one's.
///
/// They stand in the order in which the definition makes them. The first interpreter's are not kept, so that the start of a program has nothing to do with this.
struct FunctionDescriptions {
  private struct Entry {
    let signature: UnsafePointer<UInt8>
    let documentation: UnsafePointer<UInt8>
    let function: UnsafePointer<NativeFunction>
  }

  private struct Kept {
    let module: UnsafePointer<UInt8>
    let entries: [Entry]
  }

  /// Guards ``kept``; held for a look through it.
  nonisolated(unsafe) private static var lock: UInt8 = 0
  nonisolated(unsafe) private static var kept: [Kept] = []

  private let module: UnsafePointer<UInt8>
  private let isKnown: Bool
  private var entries: [Entry]
  private var position = 0

  /// For a definition that is about to make its functions; nil where nothing is kept.
  fileprivate static func begin(_ module: StaticString) -> UnsafeMutablePointer<FunctionDescriptions>? {
    if currentInterpreter.pointee.isMain { return nil }
    let known = synchronized { kept.first { $0.module == module.utf8Start } }
    let result = UnsafeMutablePointer<FunctionDescriptions>.allocate(capacity: 1)
    result.initialize(to: FunctionDescriptions(module: module.utf8Start, isKnown: known != nil, entries: known?.entries ?? []))
    return result
  }

  fileprivate static func end(_ functions: UnsafeMutablePointer<FunctionDescriptions>?) {
    guard let functions else { return }
    let made = functions.move()
    functions.deallocate()
    if made.isKnown { return }
    synchronized { if !kept.contains(where: { $0.module == made.module }) { kept.append(Kept(module: made.module, entries: made.entries)) } }
  }

  /// In a forked child, no other thread holds the lock.
  static func afterFork() { krait_store8_release(&lock, 0) }

  private static func synchronized<Result>(_ body: () -> Result) -> Result {
    while !krait_cas8(&lock, 0, 1) { sched_yield() }
    defer { krait_store8_release(&lock, 0) }
    return body()
  }

  /// The next function's description, made if there is none.
  fileprivate mutating func next(_ signature: StaticString, _ documentation: StaticString, _ make: () -> UnsafePointer<NativeFunction>) -> UnsafePointer<NativeFunction> {
    if isKnown {
      // A definition may leave a function out, or make one more.
      guard let index = entries[position...].firstIndex(where: { $0.signature == signature.utf8Start && $0.documentation == documentation.utf8Start }) else { return make() }
      position = index + 1
      return entries[index].function
    }
    let function = make()
    entries.append(Entry(signature: signature.utf8Start, documentation: documentation.utf8Start, function: function))
    return function
  }
}

/// What a definition uses to fill its module.
public struct ModuleBuilder {
  let definition: ModuleDefinition
  /// The module, borrowed.
  public let module: Value
  public let dict: DictObject
  private let owner: Value
  private let functions: UnsafeMutablePointer<FunctionDescriptions>?

  fileprivate init(definition: ModuleDefinition, module: Value, functions: UnsafeMutablePointer<FunctionDescriptions>?) {
    self.definition = definition
    self.module = module
    self.functions = functions
    dict = DictObject(ModuleObject(module).dict)
    owner = internedName(UnsafeBufferPointer(start: definition.name.utf8Start, count: definition.name.utf8CodeUnitCount))
  }

  /// A function with parameters.
  public func function(
    _ signature: StaticString, _ documentation: StaticString = "", _ body: @escaping (Call) throws(PyError) -> Owned
  ) throws(PyError) {
    try add(signature, documentation) { NativeFunction.make(signature, documentation, owner: owner, body) }
  }

  /// A function that looks at its arguments itself.
  public func rawFunction(
    _ name: StaticString, _ documentation: StaticString = "", _ body: @escaping (Value, Arguments) throws(PyError) -> Owned
  ) throws(PyError) {
    try add(name, documentation) { NativeFunction.make(raw: name, documentation, owner: owner, body) }
  }

  private func add(_ signature: StaticString, _ documentation: StaticString, _ make: () -> UnsafePointer<NativeFunction>) throws(PyError) {
    let function = functions?.pointee.next(signature, documentation, make) ?? make()
    let object = try NativeFunctionObject.make(function, receiver: module, module: owner)
    try dict.set(function.pointee.name, object.value)
  }

  /// Any value.
  public func constant(_ name: StaticString, _ value: consuming Owned) throws(PyError) {
    try dict.set(internedName(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)), value.value)
  }

  /// A value that the caller holds.
  public func constant(_ name: StaticString, _ value: Value) throws(PyError) { try constant(name, Owned(copying: value)) }
  public func constant(_ name: StaticString, _ value: Int) throws(PyError) { try constant(name, try Owned.integer(value)) }
  public func constant(_ name: StaticString, _ value: Double) throws(PyError) { try constant(name, try Owned.float(value)) }
  public func constant(_ name: StaticString, _ value: String) throws(PyError) { try constant(name, try Owned.string(value)) }

  /// A type, under its own name.
  public func type(_ type: TypeObject) throws(PyError) {
    try dict.set(type.contents.pointee.name, type.value)
  }

  /// A type that this or another module defined, under its own name.
  public func type(_ type: ModuleType) throws(PyError) { try self.type(type.object) }
}

/// The modules that import without a file, by name.
public nonisolated(unsafe) var nativeModules: NativeModuleTable = NativeModuleTable([
  builtinsModule, gcModule, astModule, impModule, codecsModule, stringModule, warningsModule, sysModule,
])

/// Modules in the order of their names. Not a Dictionary, whose hashing and whose type, made when the program starts, cost more than some hundred comparisons.
public struct NativeModuleTable {
  public private(set) var definitions: [ModuleDefinition] = []

  init(_ definitions: [ModuleDefinition]) { add(definitions) }

  public mutating func add(_ definitions: [ModuleDefinition]) { for definition in definitions { add(definition) } }

  /// Adds a module; another of the same name gives way.
  public mutating func add(_ definition: ModuleDefinition) {
    let place = find(UnsafeBufferPointer(start: definition.name.utf8Start, count: definition.name.utf8CodeUnitCount))
    if place.isThere { definitions[place.index] = definition } else { definitions.insert(definition, at: place.index) }
  }

  public subscript(name: String) -> ModuleDefinition? {
    var name = name
    let place = name.withUTF8 { find($0) }
    return place.isThere ? definitions[place.index] : nil
  }

  /// Where the module of a name is, or would stand.
  private func find(_ name: UnsafeBufferPointer<UInt8>) -> (index: Int, isThere: Bool) {
    var (low, high) = (0, definitions.count)
    while low < high {
      let middle = (low + high) / 2
      let other = definitions[middle].name
      var order = name.isEmpty ? 1 : memcmp(other.utf8Start, name.baseAddress.unsafelyUnwrapped, min(other.utf8CodeUnitCount, name.count))
      if order == 0 { order = other.utf8CodeUnitCount < name.count ? -1 : other.utf8CodeUnitCount > name.count ? 1 : 0 }
      if order == 0 { return (middle, true) }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return (low, false)
  }
}
