// Hidden classes: what the first word of an object points to.

import CKraitCore

/// The first word of an object: its type and, for instances, which attribute stands in which slot.
///
/// One comparison of this word guards both in the evaluator's caches (Chambers, Ungar, "An efficient implementation of SELF", OOPSLA 1989). A type without instance
/// attributes has one shape; other types have a tree of them, grown by the order in which attributes are first set.
/// ``version`` is unique to the shape and changes when the type or one of its bases changes: a cache that compares it guards layout and type at once.
@frozen
public struct Shape: Hashable, BitwiseCopyable, @unchecked Sendable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }

  /// What a shape is, in memory.
  public struct Contents {
    /// The type of the objects that have this shape.
    public var type: TypeObject
    /// Copied from the type, so that a test for `list` or `dict` needs no second load.
    public var flags: ShapeFlags
    /// See ``Shape``; 0 is "never cache".
    public var version: UInt32 = 0
    /// Attribute slots in use.
    public var attributeCount: Int32 = 0
    /// Attribute slots that instances have inside; further ones are in the overflow array.
    public var inlineCapacity: Int32 = 0
    /// The name that was added last, and the shape before it; nil at the root.
    public var name: Value = .absent
    public var parent: UnsafeMutableRawPointer?
    /// Where the attribute slots inside an instance begin.
    public var inlineOffset: Int32 = 0
    /// Bytes of a new instance without items.
    public var instanceSize: Int32 = 0
    /// Name to slot, built when a lookup first asks (``AttributeTable``).
    public var table: UnsafeMutableRawPointer?
    /// Shapes that follow when one more attribute is set (``TransitionTable``).
    public var transitions: UnsafeMutableRawPointer?
    /// The shape of an instance like these whose attributes are in a dict, too (``ShapeFlags/mirrored``); of a mirrored one, that of an instance with more than slots
    /// (``ShapeFlags/mirroredPartly``). Made when first needed.
    public var mirror: UnsafeMutableRawPointer?
    /// The shape of the same type that was made before this one.
    public var previous: UnsafeMutableRawPointer?
  }

  @inlinable
  public var contents: UnsafeMutablePointer<Contents> { @inline(__always) get { raw.assumingMemoryBound(to: Contents.self) } }
  @inlinable public var type: TypeObject { @inline(__always) get { contents.pointee.type } }
  @inlinable public var flags: ShapeFlags { @inline(__always) get { contents.pointee.flags } }
  /// Attributes are in a dict alone.
  var hasDictOnly: Bool { @inline(__always) get { flags.intersection(ShapeFlags(rawValue: 1 << 12 | 1 << 22)) == .dictionaryMode } }
  /// An attribute that has no slot may be in a dict.
  var mayHaveMoreInDict: Bool { hasDictOnly || flags.contains(.mirroredPartly) }
  @inlinable public var version: UInt32 { @inline(__always) get { contents.pointee.version } }

  @inlinable @inline(__always) public static func == (a: Shape, b: Shape) -> Bool { a.raw == b.raw }
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(raw) }
}

/// What a shape says about its objects at one glance.
public struct ShapeFlags: OptionSet, BitwiseCopyable, Sendable {
  public let rawValue: UInt32
  @inlinable @inline(__always) public init(rawValue: UInt32) { self.rawValue = rawValue }

  // Subclasses count: an instance of a subclass of `list` has the flag `list`.
  public static let integer = ShapeFlags(rawValue: 1 << 0)
  public static let list = ShapeFlags(rawValue: 1 << 1)
  public static let tuple = ShapeFlags(rawValue: 1 << 2)
  public static let bytes = ShapeFlags(rawValue: 1 << 3)
  public static let string = ShapeFlags(rawValue: 1 << 4)
  public static let dict = ShapeFlags(rawValue: 1 << 5)
  public static let exception = ShapeFlags(rawValue: 1 << 6)
  public static let type = ShapeFlags(rawValue: 1 << 7)
  public static let float = ShapeFlags(rawValue: 1 << 8)
  public static let set = ShapeFlags(rawValue: 1 << 9)
  /// Exactly the builtin type, no subclass.
  public static let exact = ShapeFlags(rawValue: 1 << 10)
  /// Objects may refer to others: the collector looks at them.
  public static let tracked = ShapeFlags(rawValue: 1 << 11)
  /// Attributes are in a dict object. They are not in slots, unless ``mirrored``.
  public static let dictionaryMode = ShapeFlags(rawValue: 1 << 12)
  /// Instances have attributes of their own (`__dict__`).
  public static let hasAttributes = ShapeFlags(rawValue: 1 << 13)
  /// Objects carry an ``ObjectState`` behind the header: a lock, a weak reference mark, a finaliser mark.
  public static let hasState = ShapeFlags(rawValue: 1 << 14)
  /// The type has a finaliser (`__del__` or native).
  public static let hasFinalizer = ShapeFlags(rawValue: 1 << 15)
  /// The ``ObjectState`` is not at offset 16, where the native base has a field, but behind the attribute word.
  public static let displacedState = ShapeFlags(rawValue: 1 << 16)
  /// A class of the program's own; its instances hold a reference to it.
  public static let heapType = ShapeFlags(rawValue: 1 << 17)
  /// Instances have fields of `__slots__`.
  public static let hasMembers = ShapeFlags(rawValue: 1 << 18)
  /// In the model without a lock: the end of an object is one of memory and of references, whatever other threads do.
  static let endsAlone = ShapeFlags(rawValue: 1 << 19)
  /// In the model without a lock: a new object is its thread's own (``Privacy``).
  static let startsPrivate = ShapeFlags(rawValue: 1 << 20)
  /// In the model without a lock: an object is not changed by being called, or otherwise once it is made; it is called beside other threads.
  static let callsAlone = ShapeFlags(rawValue: 1 << 21)
  /// Beside ``dictionaryMode``: the slots that the shape counts have the same values as the dict, borrowed.
  static let mirrored = ShapeFlags(rawValue: 1 << 22)
  /// Beside ``mirrored``: the dict has more attributes than there are slots.
  static let mirroredPartly = ShapeFlags(rawValue: 1 << 23)

  // Combinations that hot paths ask for: an array literal of options is not always folded, and costs an array where it is not.
  @inlinable public static var exactInteger: ShapeFlags { @inline(__always) get { ShapeFlags(rawValue: 1 << 0 | 1 << 10) } }
  @inlinable public static var exactList: ShapeFlags { @inline(__always) get { ShapeFlags(rawValue: 1 << 1 | 1 << 10) } }
  @inlinable public static var exactTuple: ShapeFlags { @inline(__always) get { ShapeFlags(rawValue: 1 << 2 | 1 << 10) } }
  @inlinable public static var exactString: ShapeFlags { @inline(__always) get { ShapeFlags(rawValue: 1 << 4 | 1 << 10) } }
  @inlinable public static var exactDict: ShapeFlags { @inline(__always) get { ShapeFlags(rawValue: 1 << 5 | 1 << 10) } }
  /// Beside ``exact``: types that have no finaliser and hold values and memory of the heap.
  static var exactAtomOrContainer: ShapeFlags { @inline(__always) get { ShapeFlags(rawValue: 0b11_0011_1111) } }
  @inlinable public static var exactFloat: ShapeFlags { @inline(__always) get { ShapeFlags(rawValue: 1 << 8 | 1 << 10) } }
  @inlinable public static var exactSet: ShapeFlags { @inline(__always) get { ShapeFlags(rawValue: 1 << 9 | 1 << 10) } }
  /// An instance of a Python class with no more than attributes: tracked, hasAttributes, hasState, heapType, and nothing else.
  @inlinable static var plainInstance: ShapeFlags { @inline(__always) get { ShapeFlags(rawValue: 1 << 11 | 1 << 13 | 1 << 14 | 1 << 17) } }
  /// Whether instances of a Python class have nothing but attributes and fields of `__slots__`, or only one of them, or none.
  @inline(__always) var areOrdinary: Bool { rawValue & ~(1 << 13 | 1 << 18) == 1 << 11 | 1 << 14 | 1 << 17 }
  @inlinable static var heapTypeOrFinalizer: ShapeFlags { @inline(__always) get { ShapeFlags(rawValue: 1 << 15 | 1 << 17) } }
  @inlinable public static var attributesOrHeapType: ShapeFlags { @inline(__always) get { ShapeFlags(rawValue: 1 << 13 | 1 << 17) } }
}
