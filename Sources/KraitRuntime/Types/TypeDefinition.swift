// How native code describes a type. Those of builtin types are collected first and made into type objects at once (TypeBootstrap.swift), those of modules when a module
// is first imported (ModuleTypes.swift).

import CKraitCore

/// The functions of the areas add their types here: `types.define(.list) { t in … }`.
public final class TypeDefinitions {
  /// By number of the type in the table of builtin types.
  var definitions: [TypeDefinition?] = Array(repeating: nil, count: BuiltinTypes.table.count)

  init() {}

  /// Describes a builtin type, once.
  public func define(_ type: TypeObject, _ body: (TypeDefinition) -> Void) {
    let number = BuiltinTypes.number(of: type)
    precondition(definitions[number] == nil, "a builtin type is defined twice")
    let definition = TypeDefinition(builtin: type)
    body(definition)
    definitions[number] = definition
  }
}

/// What a native setter is given: the object and the new value, ``Value/absent`` to delete.
@frozen
public struct SetterSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value, Value) throws(PyError) -> Void }
  @usableFromInline struct Thin { let function: @convention(thin) (Value, Value) throws(PyError) -> Void }
  public init(_ function: @escaping (Value, Value) throws(PyError) -> Void) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value, _ b: Value) throws(PyError) -> Void {
    try unsafeBitCast(code, to: Thin.self).function(a, b)
  }
}

/// A getter and perhaps a setter of a builtin type's attribute; immortal.
struct NativeAttribute {
  let name: StaticString
  let documentation: StaticString
  let get: UnarySlot
  let set: SetterSlot?
}

/// The description of one type that is written in Swift.
///
/// Functions are bare code: a closure that captures something is refused when it is given.
public final class TypeDefinition {
  public let type: TypeObject
  /// `__doc__`, without the signature.
  public var documentation: StaticString = ""
  /// `__text_signature__` where it is not what `new` or `initialize` say.
  public var textSignature: StaticString = ""
  /// Bytes of the native fields, the header included; the base's when 0.
  public var basicSize = 0
  /// Bytes of an item of a variable-size object.
  public var itemSize = 0
  /// Where a variable-size object says how many items it has.
  public var itemCountOffset = 0
  public var flags: TypeFlags = []
  /// What tests need at one glance; subclasses inherit it. `.tracked` and `.hasState` describe the layout; `.hasAttributes` adds an attribute word behind the native fields.
  public var shapeFlags: ShapeFlags = []
  /// What the type does itself, until its layout is made; then also what it inherits.
  public var slots: TypeSlots {
    get { type.slots.pointee }
    _modify { yield &type.slots.pointee }
  }
  /// Whether a type directly below `object` is made as plain objects are, without a `__new__` of its own.
  public var inheritsNew = false
  /// A base beside the one that the table of builtin types names; it adds no fields.
  public var secondBase: TypeObject?

  enum Entry {
    case method(UnsafePointer<NativeFunction>)
    case attribute(UnsafePointer<NativeAttribute>)
    case computedMember(UnsafePointer<NativeAttribute>)
    // Rare and large: the others take three words.
    indirect case member(name: StaticString, offset: Int, documentation: StaticString)
    case value(name: Value, value: Value)
    case matchArguments([StaticString])
  }

  var entries: [Entry] = []
  var newFunction: UnsafePointer<NativeFunction>?
  var initializeFunction: UnsafePointer<NativeFunction>?
  /// Which slots are the type's own, a bit for each word of ``slots``.
  private var ownSlots: (UInt64, UInt64) = (0, 0)

  let name: StaticString
  let module: StaticString

  init(_ type: TypeObject, name: StaticString, module: StaticString) {
    self.type = type
    self.name = name
    self.module = module
  }

  /// The description of a type of the table of builtin types.
  convenience init(builtin type: TypeObject) {
    let row = BuiltinTypes.table[BuiltinTypes.number(of: type)]
    self.init(type, name: row.name, module: row.module)
  }

  /// `__new__`: the call's receiver is the type to instantiate. The signature is the type's `__text_signature__`.
  public func new(_ signature: StaticString, _ function: @escaping (Call) throws(PyError) -> Owned) {
    newFunction = NativeFunction.make(signature, kind: .new, owner: type.value, function)
  }

  /// `__new__` that looks at its arguments itself.
  public func rawNew(_ name: StaticString, _ function: @escaping (Value, Arguments) throws(PyError) -> Owned) {
    newFunction = NativeFunction.make(raw: name, kind: .new, owner: type.value, function)
  }

  /// `__init__`.
  public func initialize(_ signature: StaticString, _ function: @escaping (Call) throws(PyError) -> Void) {
    initializeFunction = NativeFunction.make(initializer: signature, owner: type.value, function)
  }

  /// `__init__` that looks at its arguments itself.
  ///
  /// - Parameter takesAnyKeywords: whether it looks at keywords that are no str itself.
  public func rawInitialize(_ name: StaticString, takesAnyKeywords: Bool = false, _ function: @escaping (Value, Arguments) throws(PyError) -> Void) {
    initializeFunction = NativeFunction.make(rawInitializer: name, takesAnyKeywords: takesAnyKeywords, owner: type.value, function)
  }

  /// A method; `self` is the call's receiver.
  public func method(_ signature: StaticString, _ documentation: StaticString = "", _ function: @escaping (Call) throws(PyError) -> Owned) {
    add(.method, signature, documentation, function)
  }

  /// A method that is given its arguments as the caller has them; it has no text signature.
  ///
  /// - Parameter takesAnyKeywords: whether it looks at keywords that are no str itself.
  public func rawMethod(
    _ name: StaticString, _ documentation: StaticString = "", takesAnyKeywords: Bool = false, _ function: @escaping (Value, Arguments) throws(PyError) -> Owned
  ) {
    addRaw(.method, name, documentation, takesAnyKeywords: takesAnyKeywords, function)
  }

  /// A class method; the call's receiver is the class.
  public func classMethod(_ signature: StaticString, _ documentation: StaticString = "", _ function: @escaping (Call) throws(PyError) -> Owned) {
    add(.classMethod, signature, documentation, function)
  }

  public func rawClassMethod(_ name: StaticString, _ documentation: StaticString = "", _ function: @escaping (Value, Arguments) throws(PyError) -> Owned) {
    addRaw(.classMethod, name, documentation, function)
  }

  /// A static method; the call has no receiver.
  public func staticMethod(_ signature: StaticString, _ documentation: StaticString = "", _ function: @escaping (Call) throws(PyError) -> Owned) {
    add(.staticMethod, signature, documentation, function)
  }

  private func add(_ kind: NativeFunction.Kind, _ signature: StaticString, _ documentation: StaticString, _ function: @escaping (Call) throws(PyError) -> Owned) {
    entries.append(.method(NativeFunction.make(signature, documentation, kind: kind, owner: type.value, function)))
  }

  private func addRaw(
    _ kind: NativeFunction.Kind, _ name: StaticString, _ documentation: StaticString, takesAnyKeywords: Bool = false,
    _ function: @escaping (Value, Arguments) throws(PyError) -> Owned
  ) {
    entries.append(.method(NativeFunction.make(raw: name, documentation, kind: kind, takesAnyKeywords: takesAnyKeywords, owner: type.value, function)))
  }

  /// An attribute that can only be read.
  public func getter(_ name: StaticString, _ documentation: StaticString = "", _ get: @escaping (Value) throws(PyError) -> Owned) {
    add(NativeAttribute(name: name, documentation: documentation, get: UnarySlot(get), set: nil))
  }

  /// An attribute that can be read and set; the setter is given ``Value/absent`` for `del`.
  public func property(
    _ name: StaticString, _ documentation: StaticString = "", get: @escaping (Value) throws(PyError) -> Owned, set: @escaping (Value, Value) throws(PyError) -> Void
  ) {
    add(NativeAttribute(name: name, documentation: documentation, get: UnarySlot(get), set: SetterSlot(set)))
  }

  private func add(_ attribute: NativeAttribute) {
    let place = UnsafeMutablePointer<NativeAttribute>.allocate(capacity: 1)
    place.initialize(to: attribute)
    entries.append(.attribute(UnsafePointer(place)))
  }

  /// An attribute that Python sees as a member, though code gives its value: fields that are no ``Value``. Without a setter it can only be read.
  public func member(_ name: StaticString, _ documentation: StaticString = "", _ get: @escaping (Value) throws(PyError) -> Owned) {
    addMember(NativeAttribute(name: name, documentation: documentation, get: UnarySlot(get), set: nil))
  }

  public func member(
    _ name: StaticString, _ documentation: StaticString = "", get: @escaping (Value) throws(PyError) -> Owned, set: @escaping (Value, Value) throws(PyError) -> Void
  ) {
    addMember(NativeAttribute(name: name, documentation: documentation, get: UnarySlot(get), set: SetterSlot(set)))
  }

  private func addMember(_ attribute: NativeAttribute) {
    let place = UnsafeMutablePointer<NativeAttribute>.allocate(capacity: 1)
    place.initialize(to: attribute)
    entries.append(.computedMember(UnsafePointer(place)))
  }

  /// A field of the object, a ``Value``, that can only be read. An absent one reads as None.
  public func member(_ name: StaticString, offset: Int, _ documentation: StaticString = "") {
    entries.append(.member(name: name, offset: offset, documentation: documentation))
  }

  /// `__match_args__`: the attributes that positional patterns look at.
  public func matchArguments(_ names: [StaticString]) { entries.append(.matchArguments(names)) }

  /// A class attribute that is immortal: a name, a constant, a number.
  public func attribute(_ name: Value, _ value: Value) {
    entries.append(.value(name: name, value: value))
  }

  /// Remembers which slots are the type's own, before it inherits others.
  func markOwnSlots() {
    withUnsafeBytes(of: &type.slots.pointee) { words in
      precondition(words.count <= 128 * 8, "more slots than bits")
      for index in 0..<words.count / 8 where words.load(fromByteOffset: index * 8, as: UInt64.self) != 0 {
        if index < 64 { ownSlots.0 |= 1 << UInt64(index) } else { ownSlots.1 |= 1 << UInt64(index - 64) }
      }
    }
  }

  /// Whether the slot at an offset in ``TypeSlots`` is the type's own.
  func hasOwnSlot(_ offset: Int) -> Bool {
    let index = offset / 8
    return (index < 64 ? ownSlots.0 >> UInt64(index) : ownSlots.1 >> UInt64(index - 64)) & 1 != 0
  }
}
