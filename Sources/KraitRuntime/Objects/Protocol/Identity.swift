// What any value tells about itself: shape, type, membership of a type.

import CKraitCore

extension Value {
  /// The shape of this value; immediates have that of their type's exact instances.
  @inlinable
  public var shape: Shape {
    @inline(__always) get { isObject ? object.shape : immediateType.rootShape }
  }

  @inlinable
  public var type: TypeObject {
    @inline(__always) get { isObject ? object.shape.type : immediateType }
  }

  /// The type of an integer, double or constant that is no object.
  @usableFromInline
  var immediateType: TypeObject {
    if isSmallInteger { return .int }
    if isImmediateDouble { return .float }
    if isNone { return .noneType }
    if isBool { return .bool }
    return isNotImplemented ? .notImplementedType : .ellipsisType
  }

  /// Whether the type or a base of it has the flag.
  @inlinable @inline(__always)
  public func has(_ flag: ShapeFlags) -> Bool { shape.flags.contains(flag) }

  /// Whether this is an exact instance of the builtin type with the flag.
  @inlinable @inline(__always)
  public func isExact(_ flag: ShapeFlags) -> Bool { shape.flags.isSuperset(of: [flag, .exact]) }

  /// Whether `type(self)` is the type or a subclass, by MRO; `__instancecheck__` is not asked.
  public func isInstance(of type: TypeObject) -> Bool { self.type == type || self.type.isSubtype(of: type) }

  /// The type's name as messages have it: for builtin types with the module, unless that is `builtins`.
  public var typeName: String { type.shownName }

  /// An `int` or of a subclass, `bool` too.
  @inlinable public var isInteger: Bool { @inline(__always) get { isSmallInteger || isBool || (isObject && object.shape.flags.contains(.integer)) } }
  @inlinable public var isExactInteger: Bool { isSmallInteger || (isObject && object.shape.flags.isSuperset(of: .exactInteger)) }
  @inlinable public var isFloat: Bool { @inline(__always) get { isImmediateDouble || (isObject && object.shape.flags.contains(.float)) } }
  @inlinable public var isExactFloat: Bool { isImmediateDouble || (isObject && object.shape.flags.isSuperset(of: .exactFloat)) }
  @inlinable public var isString: Bool { @inline(__always) get { isObject && object.shape.flags.contains(.string) } }
  @inlinable public var isExactString: Bool { @inline(__always) get { isObject && object.shape.flags.isSuperset(of: .exactString) } }
  @inlinable public var isBytes: Bool { isObject && object.shape.flags.contains(.bytes) }
  @inlinable public var isTuple: Bool { @inline(__always) get { isObject && object.shape.flags.contains(.tuple) } }
  @inlinable public var isExactTuple: Bool { @inline(__always) get { isObject && object.shape.flags.isSuperset(of: .exactTuple) } }
  @inlinable public var isList: Bool { @inline(__always) get { isObject && object.shape.flags.contains(.list) } }
  @inlinable public var isExactList: Bool { @inline(__always) get { isObject && object.shape.flags.isSuperset(of: .exactList) } }
  @inlinable public var isDict: Bool { @inline(__always) get { isObject && object.shape.flags.contains(.dict) } }
  @inlinable public var isExactDict: Bool { @inline(__always) get { isObject && object.shape.flags.isSuperset(of: .exactDict) } }
  @inlinable public var isAnySet: Bool { isObject && object.shape.flags.contains(.set) }
  @inlinable public var isType: Bool { @inline(__always) get { isObject && object.shape.flags.contains(.type) } }
  @inlinable public var isException: Bool { isObject && object.shape.flags.contains(.exception) }
  /// A class derived from BaseException.
  public var isExceptionClass: Bool { isType && TypeObject(raw: object).isSubtype(of: .baseException) }
}

extension TypeObject {
  /// The shape of new instances.
  @inlinable
  public var rootShape: Shape { @inline(__always) get { contents.pointee.rootShape } }

  /// A slot at its offset in ``TypeSlots``.
  @inline(__always)
  func slot<T>(_ offset: Int, as type: T.Type) -> T { (UnsafeMutableRawPointer(slots) + offset).load(as: T.self) }
}
