// The type `module`: a namespace with a name.

import CKraitCore

@frozen
public struct ModuleObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }
  @inlinable public var value: Value { Value(raw) }

  public struct Contents {
    public var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    public var state: ObjectState
    /// The attributes: a dict.
    public var dict: Value
  }

  @inlinable
  public var contents: UnsafeMutablePointer<Contents> { @inline(__always) get { raw.assumingMemoryBound(to: Contents.self) } }

  /// The attributes: a dict, borrowed; absent between `module.__new__` and `module.__init__`.
  @inlinable public var dict: Value { @inline(__always) get { contents.pointee.dict } }

  /// A module with the attributes that every module has: `__name__`, `__doc__`, `__package__`, `__loader__`, `__spec__`.
  public static func make(name: Value) throws(PyError) -> Owned {
    let raw = try TypeObject.module.allocate()
    let module = Owned(taking: raw)
    try initialize(raw, name: name, documentation: .none)
    return module
  }

  static func initialize(_ raw: UnsafeMutableRawPointer, name: Value, documentation: Value) throws(PyError) {
    let module = ModuleObject(raw: raw)
    if module.dict.isAbsent { module.contents.pointee.dict = try Owned.dict().take() }
    let dict = DictObject(module.dict)
    try dict.set(Name.__name__, name)
    try dict.set(Name.__doc__, documentation)
    try dict.set(Name.__package__, .none)
    try dict.set(Name.__loader__, .none)
    try dict.set(Name.__spec__, .none)
  }
}

func defineModule(_ types: TypeDefinitions) {
  types.define(.module) { t in
    t.documentation = "A namespace with a name (a str) and perhaps documentation."
    t.basicSize = MemoryLayout<ModuleObject.Contents>.size
    t.shapeFlags.insert([.tracked, .hasState])
    t.flags.insert([.baseType, .managedDict, .managedWeakReference])
    t.initialize("module(name, doc=None)") { (call: Call) throws(PyError) in
      try ModuleObject.initialize(call.receiver.object, name: try call.string(0), documentation: call[1])
    }
    t.rawNew("module") { (type: Value, _: Arguments) throws(PyError) -> Owned in
      let module = Owned(taking: try TypeObject(type).allocate())
      ModuleObject(module.value).contents.pointee.dict = try Owned.dict().take()
      return module
    }
    t.slots.repr = UnarySlot(moduleRepr)
    t.slots.getAttribute = BinarySlot(moduleGetAttribute)
    t.slots.deallocate = DeallocateSlot { raw in
      ModuleObject(raw: raw).dict.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in visit(ModuleObject(raw: raw).dict) }
    t.slots.clear = ClearSlot { raw in
      let dict = ModuleObject(raw: raw).dict
      ModuleObject(raw: raw).contents.pointee.dict = .absent
      dict.releaseIfPresent()
    }
    t.member("__dict__") { (object: Value) throws(PyError) -> Owned in
      let dict = ModuleObject(object).dict
      return dict.isAbsent ? .none : Owned(copying: dict)
    }
    t.property("__annotations__") { (object: Value) throws(PyError) -> Owned in try moduleAnnotations(object) } set: { (object: Value, value: Value) throws(PyError) in
      let dict = try moduleDict(object)
      if value.isAbsent {
        let hadAnnotations = try dict.removeIfPresent(Name.__annotations__)
        let hadAnnotate = try dict.removeIfPresent(Name.__annotate__)
        _ = hadAnnotate
        if !hadAnnotations { throw attributeError("__annotations__", object, Name.__annotations__) }
      } else {
        try dict.set(Name.__annotations__, value)
        _ = try dict.removeIfPresent(Name.__annotate__)
      }
    }
    t.property("__annotate__") { (object: Value) throws(PyError) -> Owned in
      let dict = try moduleDict(object)
      let found = dict.get(interned: Name.__annotate__)
      if !found.isAbsent { return Owned(copying: found) }
      try dict.set(Name.__annotate__, .none)
      return .none
    } set: { (object: Value, value: Value) throws(PyError) in
      if value.isAbsent { throw .typeError("cannot delete __annotate__ attribute") }
      guard value.isNone || value.isCallable else { throw .typeError("__annotate__ must be callable or None") }
      let dict = try moduleDict(object)
      try dict.set(Name.__annotate__, value)
      if !value.isNone { _ = try dict.removeIfPresent(Name.__annotations__) }
    }
    t.method("__dir__()", "The names in the module, or what its own __dir__ answers.") { (call: Call) throws(PyError) -> Owned in
      let attribute = try call.receiver.getAttribute(Name.__dict__)
      guard attribute.value.isDict else { throw .typeError("\(call.receiver.typeName).__dict__ is not a dictionary") }
      let function = Owned(copyingIfPresent: try DictObject(attribute.value).get(Name.__dir__))
      if !function.value.isAbsent { return try function.value.call() }
      return try Owned.list(from: attribute.value)
    }
  }
}

private func moduleDict(_ object: Value) throws(PyError) -> DictObject {
  let dict = ModuleObject(object).dict
  guard !dict.isAbsent else { throw .typeError("<module>.__dict__ is not a dictionary") }
  return DictObject(dict)
}

extension DictObject {
  /// Removes a key; whether it was there.
  func removeIfPresent(_ key: Value) throws(PyError) -> Bool {
    if try get(key).isAbsent { return false }
    _ = try remove(key)
    return true
  }
}

/// `__annotations__` of a module: kept in its dict, else made by `__annotate__`. While the module is being executed nothing is kept, as more may come.
private func moduleAnnotations(_ object: Value) throws(PyError) -> Owned {
  let dict = try moduleDict(object)
  let found = dict.get(interned: Name.__annotations__)
  if !found.isAbsent { return Owned(copying: found) }
  let isInitializing = try specFlag(dict.get(interned: Name.__spec__), Name._initializing)
  let annotate = Owned(copyingIfPresent: dict.get(interned: Name.__annotate__))
  let annotations: Owned
  if !annotate.value.isAbsent && annotate.value.isCallable {
    annotations = try annotate.value.call(Value(smallInteger: 1))
    guard annotations.value.isDict else { throw .typeError("__annotate__ returned non-dict of type '\(annotations.value.typeName)'") }
  } else {
    annotations = try Owned.dict()
  }
  if !isInitializing { try dict.set(Name.__annotations__, annotations.value) }
  return annotations
}

/// Whether a module's spec says so.
private func specFlag(_ spec: Value, _ name: Value) throws(PyError) -> Bool {
  if spec.isAbsent || spec.isNone { return false }
  let held = Owned(copying: spec)
  let flag = try held.value.lookUpAttribute(name)
  return flag.value.isAbsent ? false : try flag.value.isTruthy()
}

/// Sets what is no descriptor's, or deletes it.
func setModuleAttribute(_ object: Value, _ name: Value, _ value: Value) throws(PyError) {
  let dict = try moduleDict(object)
  if value.isAbsent {
    if try dict.get(name).isAbsent { throw attributeError("'\(object.typeName)' object has no attribute '\(name.text)'", object, name) }
    _ = try dict.remove(name)
  } else {
    try dict.set(name, value)
  }
}

/// The type's data descriptors, the module's dict, other attributes of the type, the module's `__getattr__`.
func moduleGetAttribute(_ object: Value, _ name: Value) throws(PyError) -> Owned {
  let name = try attributeName(name)
  let found = try moduleLookUp(object, interned: name.value)
  if !found.value.isAbsent { return found }
  throw try missingModuleAttribute(object, name.value)
}

/// As `module.__getattribute__`, absent when there is no such attribute.
func moduleLookUp(_ object: Value, _ name: Value) throws(PyError) -> Owned {
  let name = try attributeName(name)
  return try moduleLookUp(object, interned: name.value)
}

private func moduleLookUp(_ object: Value, interned name: Value) throws(PyError) -> Owned {
  let type = object.type
  let found = type.lookUp(name)
  let dict = ModuleObject(object).dict
  if !found.isAbsent, found.type.slots.pointee.descriptorSet != nil { return try genericGetAttribute(object, name) }
  if !dict.isAbsent {
    let own = try DictObject(dict).get(name)
    if !own.isAbsent { return Owned(copying: own) }
  }
  if !found.isAbsent { return try genericLookUpAttribute(object, name) }
  if !dict.isAbsent {
    let getattr = DictObject(dict).get(interned: Name.__getattr__)
    if !getattr.isAbsent {
      let held = Owned(copying: getattr)
      return try held.value.call(name)
    }
  }
  return Owned(taking: .absent)
}

/// The error for a missing attribute of a module, which names the likely reason: the module is still being imported, or hides a module of the standard library.
private func missingModuleAttribute(_ object: Value, _ name: Value) throws(PyError) -> PyError {
  let dict = ModuleObject(object).dict
  let moduleName = dict.isAbsent ? Value.absent : DictObject(dict).get(interned: Name.__name__)
  guard !moduleName.isAbsent, moduleName.isString else { return attributeError("module has no attribute '\(name.text)'", object, name) }
  let module = moduleName.text
  let spec = Owned(copyingIfPresent: DictObject(dict).get(interned: Name.__spec__))
  if spec.value.isAbsent || spec.value.isNone { return attributeError("module '\(module)' has no attribute '\(name.text)'", object, name) }
  var origin: String?
  let hasLocation = try spec.value.lookUpAttribute(Name.has_location)
  if !hasLocation.value.isAbsent, try hasLocation.value.isTruthy() {
    let value = try spec.value.lookUpAttribute(Name.origin)
    if !value.value.isAbsent && value.value.isString { origin = value.value.text }
  }
  let hidesLibrary = try moduleHidesLibrary(moduleName, origin)
  if hidesLibrary, let origin {
    return attributeError(
      "module '\(module)' has no attribute '\(name.text)' (consider renaming '\(origin)' since it has the same name as the standard library module named '\(module)' and prevents importing that standard library module)",
      object, name)
  }
  if try specFlag(spec.value, Name._initializing) {
    if moduleHidesOther(origin), let origin {
      return attributeError(
        "module '\(module)' has no attribute '\(name.text)' (consider renaming '\(origin)' if it has the same name as a library you intended to import)", object, name)
    }
    if let origin {
      return attributeError("partially initialized module '\(module)' from '\(origin)' has no attribute '\(name.text)' (most likely due to a circular import)", object, name)
    }
    return attributeError("partially initialized module '\(module)' has no attribute '\(name.text)' (most likely due to a circular import)", object, name)
  }
  let submodules = try spec.value.lookUpAttribute(Name._uninitialized_submodules)
  if !submodules.value.isAbsent, !submodules.value.isNone, try submodules.value.contains(name) {
    return attributeError("cannot access submodule '\(name.text)' of module '\(module)' (most likely due to a circular import)", object, name)
  }
  return attributeError("module '\(module)' has no attribute '\(name.text)'", object, name)
}

/// Whether the module stands in the folder that `sys.path` began with, so that it may hide one of the same name.
func moduleHidesOther(_ origin: String?) -> Bool {
  let configuration = RuntimeConfiguration.current
  guard let origin, !configuration.usesSafePath, var root = configuration.programFolder else { return false }
  if root.isEmpty { root = currentDirectory() ?? "" }
  guard let separator = origin.lastIndex(of: "/") else { return false }
  var folder = origin[..<separator]
  if origin.hasSuffix("/__init__.py") {
    guard let above = folder.lastIndex(of: "/") else { return false }
    folder = folder[..<above]
  }
  return folder == root
}

/// Whether it hides a module of the standard library.
func moduleHidesLibrary(_ name: Value, _ origin: String?) throws(PyError) -> Bool {
  guard moduleHidesOther(origin) else { return false }
  let sys = currentInterpreter.pointee.sys
  let names = Owned(copyingIfPresent: DictObject(sys).get(interned: Name.stdlib_module_names))
  guard !names.value.isAbsent, names.value.isAnySet else { return false }
  return try names.value.contains(name)
}

private func moduleRepr(_ object: Value) throws(PyError) -> Owned {
  // importlib knows how; before it is there, the plain form.
  let importlib = Owned(copyingIfPresent: currentInterpreter.pointee.importlib)
  if !importlib.value.isAbsent {
    return try importlib.value.callMethod(Name.make("_module_repr"), object)
  }
  let dict = ModuleObject(object).dict
  let name = dict.isAbsent ? Value.absent : DictObject(dict).get(interned: Name.__name__)
  let spec = dict.isAbsent ? Owned(taking: .absent) : Owned(copyingIfPresent: DictObject(dict).get(interned: Name.__spec__))
  let shownName = name.isAbsent ? "'?'" : try name.repr().text
  if !spec.value.isAbsent && !spec.value.isNone {
    let specName = try spec.value.lookUpAttribute(Name.name)
    let shown = specName.value.isAbsent || specName.value.isNone ? "'?'" : try specName.value.repr().text
    let origin = try spec.value.lookUpAttribute(Name.origin)
    let hasLocation = try spec.value.lookUpAttribute(Name.has_location)
    if origin.value.isAbsent || origin.value.isNone {
      let loader = try spec.value.lookUpAttribute(Name.loader)
      if loader.value.isAbsent || loader.value.isNone { return try Owned.string("<module \(shown)>") }
      return try Owned.string("<module \(shown) (\(try loader.value.repr().text))>")
    }
    if !hasLocation.value.isAbsent, try hasLocation.value.isTruthy() {
      return try Owned.string("<module \(shown) from \(try origin.value.repr().text)>")
    }
    return try Owned.string("<module \(shown) (\(try origin.value.str().text))>")
  }
  let file = dict.isAbsent ? Value.absent : DictObject(dict).get(interned: Name.__file__)
  if !file.isAbsent {
    let held = Owned(copying: file)
    return try Owned.string("<module \(shownName) from \(try held.value.repr().text)>")
  }
  let loader = dict.isAbsent ? Owned(taking: .absent) : Owned(copyingIfPresent: DictObject(dict).get(interned: Name.__loader__))
  if !loader.value.isAbsent && !loader.value.isNone { return try Owned.string("<module \(shownName) (\(try loader.value.repr().text))>") }
  if !name.isAbsent, name.isString, nativeModules[name.text] != nil { return try Owned.string("<module \(shownName) (built-in)>") }
  return try Owned.string("<module \(shownName)>")
}
