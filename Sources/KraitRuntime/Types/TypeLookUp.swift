// What a type answers about itself at any time: names, bases, attributes along the MRO.

import CKraitCore

extension Value {
  /// The type that this value is; meaningful only if ``isType``.
  @inlinable public var asType: TypeObject { @inline(__always) get { TypeObject(raw: object) } }
}

extension TypeObject {
  /// The handle of a value known to be a type.
  @inlinable @inline(__always) public init(_ value: Value) { self.init(raw: value.object) }

  /// `__name__`.
  public var nameText: String { contents.pointee.name.text }

  /// The name with the module in front, unless that is `builtins` or `__main__` (as CPython's newer messages have it).
  public var qualifiedText: String {
    let name = contents.pointee.qualifiedName.text
    guard let module = moduleText, module != "builtins", module != "__main__" else { return name }
    return "\(module).\(name)"
  }

  /// The name with the module in front, unless that is `builtins`, as `repr` has it.
  public var fullName: String {
    let name = contents.pointee.qualifiedName.text
    guard let module = moduleText, module != "builtins" else { return name }
    return "\(module).\(name)"
  }

  /// As ``fullName``, without the module for classes of the main program too.
  public var nameForMessages: String {
    let name = contents.pointee.qualifiedName.text
    guard let module = moduleText, module != "builtins", module != "__main__" else { return name }
    return "\(module).\(name)"
  }

  /// `__module__` when it is a str.
  var moduleText: String? {
    let module = contents.pointee.flags.contains(.heapType) ? DictObject(contents.pointee.dict).get(interned: Name.__module__) : contents.pointee.module
    return module.isAbsent || !module.isString ? nil : module.text
  }

  @inlinable public var flags: TypeFlags { @inline(__always) get { contents.pointee.flags } }
  @inlinable public var isHeapType: Bool { @inline(__always) get { contents.pointee.flags.contains(.heapType) } }
  @inlinable public var base: TypeObject? { contents.pointee.base }
  /// The type's own attributes.
  @inlinable public var dict: DictObject { DictObject(contents.pointee.dict) }
  @inlinable public var mro: TupleObject { TupleObject(contents.pointee.mro) }

  /// Whether weak references to instances can be made.
  public var supportsWeakReferences: Bool { contents.pointee.flags.contains(.managedWeakReference) }

  /// Whether `other` is this type or in its MRO.
  public func isSubtype(of other: TypeObject) -> Bool {
    if self == other { return true }
    let mro = contents.pointee.mro
    guard !mro.isAbsent else {
      // Before the MRO is there: along the chain of bases.
      var base = contents.pointee.base
      while let this = base {
        if this == other { return true }
        base = this.contents.pointee.base
      }
      return false
    }
    let types = TupleObject(mro)
    for index in 0..<types.count where types[index] === other.value { return true }
    return false
  }

  /// The attribute along the MRO, borrowed; absent if no class has it. The name must be interned.
  @inline(__always)
  public func lookUp(_ name: Value) -> Value {
    let version = contents.pointee.version
    if _fastPath(version != 0) {
      let entry = TypeCache.entry(version, name)
      if _fastPath(entry.pointee.version == version && entry.pointee.name == name.bits) { return Value(bits: entry.pointee.value) }
    }
    return lookUpAndCache(name)
  }

  @inline(never)
  private func lookUpAndCache(_ name: Value) -> Value {
    if _slowPath(TypeObject.someHaveOtherKeys) { return lookUpAmongOtherKeys(name) }
    let found = lookUpAlongMRO(name)
    let version = assignVersion()
    if version != 0 { TypeCache.store(version, name, found) }
    return found
  }

  /// Whether a class was made with keys that are no strs: they may be equal to names.
  nonisolated(unsafe) static var someHaveOtherKeys = false

  /// As ``lookUpAndCache(_:)``: a key's `__eq__` may do anything, and what it raises is no attribute.
  @inline(never)
  private func lookUpAmongOtherKeys(_ name: Value) -> Value {
    let version = assignVersion()
    guard !contents.pointee.mro.isAbsent else { return .absent }
    let mro = Owned(copying: contents.pointee.mro)
    let types = TupleObject(mro.value)
    var found = Value.absent
    for index in 0..<types.count where found.isAbsent {
      do throws(PyError) { found = try DictObject(TypeObject(types[index]).contents.pointee.dict).get(name) } catch {
        PyError.clear()
        return .absent
      }
    }
    if contents.pointee.mro !== mro.value {
      // The caller borrows the value, which nothing need hold any more: it stays for good.
      found.retainIfPresent()
    } else if version != 0 && contents.pointee.version == version {
      TypeCache.store(version, name, found)
    }
    return found
  }

  private func lookUpAlongMRO(_ name: Value) -> Value {
    let mro = contents.pointee.mro
    guard !mro.isAbsent else { return .absent }
    let types = TupleObject(mro)
    for index in 0..<types.count {
      let found = DictObject(TypeObject(types[index]).contents.pointee.dict).get(interned: name)
      if !found.isAbsent { return found }
    }
    return .absent
  }

  /// As ``lookUp(_:)``, with the class that has it.
  func lookUpWithOwner(_ name: Value) -> (value: Value, owner: TypeObject) {
    let mro = contents.pointee.mro
    if !mro.isAbsent {
      let types = TupleObject(mro)
      for index in 0..<types.count {
        let type = TypeObject(types[index])
        let found = DictObject(type.contents.pointee.dict).get(interned: name)
        if !found.isAbsent { return (found, type) }
      }
    }
    return (.absent, self)
  }

  /// The nearest base (or the type itself) that is written in Swift: it knows the native fields.
  var nativeBase: TypeObject {
    var type = self
    while type.isHeapType, let base = type.contents.pointee.base { type = base }
    return type
  }
}
