// Types: the object that says how objects of a type behave.

import CKraitCore

/// A Python type: a one-word handle.
@frozen
public struct TypeObject: Hashable, BitwiseCopyable, @unchecked Sendable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public static func == (a: TypeObject, b: TypeObject) -> Bool { a.raw == b.raw }
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(raw) }
  @inlinable public var value: Value { Value(raw) }

  @inlinable
  public var contents: UnsafeMutablePointer<TypeContents> { @inline(__always) get { raw.assumingMemoryBound(to: TypeContents.self) } }

  @inlinable
  public var slots: UnsafeMutablePointer<TypeSlots> {
    @inline(__always) get { (raw + MemoryLayout<TypeContents>.offset(of: \TypeContents.slots).unsafelyUnwrapped).assumingMemoryBound(to: TypeSlots.self) }
  }
}

/// `type.__flags__`, with CPython's bits where it shows them.
public struct TypeFlags: OptionSet, BitwiseCopyable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public static let disallowInstantiation = TypeFlags(rawValue: 1 << 7)
  public static let immutable = TypeFlags(rawValue: 1 << 8)
  public static let heapType = TypeFlags(rawValue: 1 << 9)
  public static let baseType = TypeFlags(rawValue: 1 << 10)
  public static let haveVectorcall = TypeFlags(rawValue: 1 << 11)
  public static let ready = TypeFlags(rawValue: 1 << 12)
  public static let haveGarbageCollection = TypeFlags(rawValue: 1 << 14)
  public static let methodDescriptor = TypeFlags(rawValue: 1 << 17)
  public static let isAbstract = TypeFlags(rawValue: 1 << 20)
  public static let sequence = TypeFlags(rawValue: 1 << 5)
  public static let mapping = TypeFlags(rawValue: 1 << 6)
  /// Instances have room for attributes in slots of their own. Only shown: ``TypeObject/shownFlags`` derives it.
  public static let inlineValues = TypeFlags(rawValue: 1 << 2)
  /// Instances have a `__dict__` of their own, made on demand.
  public static let managedDict = TypeFlags(rawValue: 1 << 4)
  public static let managedWeakReference = TypeFlags(rawValue: 1 << 3)
  /// What the types of interpreters are made from: no program sees it. Not shown.
  static let prototype = TypeFlags(rawValue: 1 << 40)
  /// A custom `mro()` named a class that is no base: its changes do not reach this type, so nothing that is found here may be kept.
  static let foreignMRO = TypeFlags(rawValue: 1 << 43)
  /// A type that a native module defines, which `__flags__` shows as a heap type, as it is in CPython, unless ``staticType`` is set too. Not shown.
  static let moduleType = TypeFlags(rawValue: 1 << 41)
  static let staticType = TypeFlags(rawValue: 1 << 42)
  public static let integerSubclass = TypeFlags(rawValue: 1 << 24)
  public static let listSubclass = TypeFlags(rawValue: 1 << 25)
  public static let tupleSubclass = TypeFlags(rawValue: 1 << 26)
  public static let bytesSubclass = TypeFlags(rawValue: 1 << 27)
  public static let stringSubclass = TypeFlags(rawValue: 1 << 28)
  public static let dictSubclass = TypeFlags(rawValue: 1 << 29)
  public static let exceptionSubclass = TypeFlags(rawValue: 1 << 30)
  public static let typeSubclass = TypeFlags(rawValue: 1 << 31)
}

extension TypeObject {
  /// What `__flags__` shows. In CPython, what a native base gives its instances (a `__dict__`, weak references) is not managed by the subclass.
  public var shownFlags: TypeFlags {
    var shown = TypeFlags(rawValue: flags.rawValue & 0xFFFF_FFFF)
    if flags.contains(.moduleType) && !flags.contains(.staticType) { shown.insert(.heapType) }
    let native = nativeBase
    if native.givesAttributes { shown.remove(.managedDict) }
    if native.flags.contains(.managedWeakReference) { shown.remove(.managedWeakReference) }
    if shown.contains(.managedDict) && contents.pointee.itemSize == 0 { shown.insert(.inlineValues) }
    return shown
  }
}

/// A type in memory, behind its header.
public struct TypeContents {
  public var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  public var state: ObjectState
  /// A str; for heap types the `__name__`.
  public var name: Value
  public var qualifiedName: Value
  public var module: Value
  public var base: TypeObject?
  /// A tuple.
  public var bases: Value
  /// A tuple, the type itself first.
  public var mro: Value
  /// The type's own attributes: a dict.
  public var dict: Value
  public var documentation: Value
  public var flags: TypeFlags
  /// Bytes of an instance that the type's native fields take, header included; attribute slots follow.
  public var basicSize: Int32
  /// Bytes of an item of a variable-size object (`int`, `tuple`, `bytes`), else 0.
  public var itemSize: Int32
  /// Where a variable-size object says how many items it has (a negative number counts as its absolute value).
  public var itemCountOffset: Int32
  /// Where the fields of this class's own `__slots__` begin, and how many there are.
  public var memberOffset: Int32
  public var memberCount: Int32
  /// The shape of a new instance.
  public var rootShape: Shape
  /// Changes with every change of the type or a base; 0: never cache.
  public var version: UInt32
  /// How many attributes instances have had, learned from the first ones: the inline capacity of the next.
  public var expectedAttributes: UInt16
  /// Weak list of direct subclasses (``SubclassList``).
  public var subclasses: UnsafeMutableRawPointer?
  /// The last shape made for the type; they are linked through ``Shape/Contents/previous``.
  public var shapes: UnsafeMutableRawPointer?
  /// The shape of instances in dictionary mode, once there is one.
  public var dictionaryModeShape: UnsafeMutableRawPointer?
  /// What `__new__` and `__init__` of this type (or the base it inherits them from) run when they are native functions with a signature.
  public var newFunction: UnsafePointer<NativeFunction>?
  public var initializeFunction: UnsafePointer<NativeFunction>?
  /// `__text_signature__` of a builtin type: a str, or absent.
  public var textSignature: Value
  public var slots: TypeSlots
}

/// The second word of objects that others may lock, refer to weakly, or finalise.
@frozen
public struct ObjectState: BitwiseCopyable {
  /// 0 free, 1 held, 3 held with waiters in the parking lot.
  public var lock: UInt8 = 0
  public var flags: Flags = []
  /// Free for the type.
  public var detail: UInt16 = 0
  /// When the object was made, counted in objects with finalisers; only those of a fixed size have it.
  public var creation: UInt32 = 0

  public struct Flags: OptionSet, BitwiseCopyable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let hasWeakReferences = Flags(rawValue: 1)
    public static let finalized = Flags(rawValue: 2)
    /// Only one thread can reach the object (``Privacy``).
    static let isPrivate = Flags(rawValue: 4)
    /// How old the object is, once somebody asks the collector for objects by their age: neither for new, the first for one collection, the second for more.
    static let survivedOnce = Flags(rawValue: 64)
    static let survivedMore = Flags(rawValue: 128)
  }

  @inlinable public init() {}
}

/// The functions behind a type's behaviour; inherited ones are copied in, as in CPython.
public struct TypeSlots {
  public var deallocate: DeallocateSlot?
  public var traverse: TraverseSlot?
  public var clear: ClearSlot?
  public var finalize: FinalizeSlot?
  public var repr: UnarySlot?
  public var str: UnarySlot?
  public var hash: HashSlot?
  public var call: CallSlot?
  public var iterate: UnarySlot?
  public var next: NextSlot?
  public var getAttribute: BinarySlot?
  public var setAttribute: StoreSlot?
  public var descriptorGet: TernarySlot?
  public var descriptorSet: StoreSlot?
  public var compare: CompareSlot?
  public var new: CallSlot?
  public var initialize: InitializeSlot?
  public var truth: TruthSlot?

  // Numbers
  public var add: BinarySlot?
  public var subtract: BinarySlot?
  public var multiply: BinarySlot?
  public var remainder: BinarySlot?
  public var divmod: BinarySlot?
  public var power: TernarySlot?
  public var negative: UnarySlot?
  public var positive: UnarySlot?
  public var absolute: UnarySlot?
  public var invert: UnarySlot?
  public var leftShift: BinarySlot?
  public var rightShift: BinarySlot?
  public var and: BinarySlot?
  public var xor: BinarySlot?
  public var or: BinarySlot?
  public var integer: UnarySlot?
  public var float: UnarySlot?
  public var inPlaceAdd: BinarySlot?
  public var inPlaceSubtract: BinarySlot?
  public var inPlaceMultiply: BinarySlot?
  public var inPlaceRemainder: BinarySlot?
  public var inPlacePower: TernarySlot?
  public var inPlaceLeftShift: BinarySlot?
  public var inPlaceRightShift: BinarySlot?
  public var inPlaceAnd: BinarySlot?
  public var inPlaceXor: BinarySlot?
  public var inPlaceOr: BinarySlot?
  public var floorDivide: BinarySlot?
  public var trueDivide: BinarySlot?
  public var inPlaceFloorDivide: BinarySlot?
  public var inPlaceTrueDivide: BinarySlot?
  public var index: UnarySlot?
  public var matrixMultiply: BinarySlot?
  public var inPlaceMatrixMultiply: BinarySlot?

  // Sequences and mappings
  public var length: LengthSlot?
  public var concatenate: BinarySlot?
  public var `repeat`: IndexSlot?
  public var item: IndexSlot?
  public var contains: ContainsSlot?
  public var inPlaceConcatenate: BinarySlot?
  public var inPlaceRepeat: IndexSlot?
  public var `subscript`: BinarySlot?
  public var storeSubscript: StoreSlot?

  // Asynchronous iteration
  public var await: UnarySlot?
  public var asyncIterate: UnarySlot?
  public var asyncNext: UnarySlot?

  // The buffer protocol
  public var buffer: BufferSlot?
  public var releaseBuffer: BufferReleaseSlot?
}
