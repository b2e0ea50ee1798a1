// Tuples in memory, and how native code makes and reads them.

import CKraitCore

/// A `tuple` or an instance of a subclass: its length, its hash, then the items.
@frozen
public struct TupleObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  /// Unchecked: the value is a tuple.
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  @usableFromInline static var countOffset: Int { 16 }
  @usableFromInline static var hashOffset: Int { 24 }
  @usableFromInline static var itemsOffset: Int { 32 }
  /// More items than memory can hold.
  static var maximumCount: Int { (Int.max - itemsOffset) / MemoryLayout<Value>.size }

  @inlinable public var value: Value { @inline(__always) get { Value(raw) } }

  @inlinable
  public var count: Int {
    @inline(__always) get { raw.load(fromByteOffset: TupleObject.countOffset, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: TupleObject.countOffset, as: Int.self) }
  }

  /// The hash once it was asked for; 0 when it is not known. Who puts other items into a tuple that nobody else holds sets it to 0.
  @inlinable
  public var knownHash: Int {
    @inline(__always) get { raw.load(fromByteOffset: TupleObject.hashOffset, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: TupleObject.hashOffset, as: Int.self) }
  }

  @inlinable
  public var items: UnsafeMutablePointer<Value> {
    @inline(__always) get { (raw + TupleObject.itemsOffset).assumingMemoryBound(to: Value.self) }
  }

  @inlinable public var buffer: UnsafeBufferPointer<Value> { @inline(__always) get { UnsafeBufferPointer(start: items, count: count) } }

  /// The item, borrowed; the index is not checked.
  @inlinable
  public subscript(index: Int) -> Value { @inline(__always) get { items[index] } }

  /// Fills a place of a new tuple.
  @inlinable @inline(__always)
  public func initialize(_ index: Int, _ item: consuming Owned) { items[index] = item.take() }
}

extension Owned {
  /// A tuple whose items are absent until ``TupleObject/initialize(_:_:)`` fills them; it may be dropped half filled. `count` is not 0.
  @inline(__always)
  static func newTuple(_ count: Int) throws(PyError) -> TupleObject {
    guard _fastPath(count <= TupleObject.maximumCount) else { throw PyError.memoryError() }
    let raw = try allocateObject(TypeObject.tuple.rootShape, size: TupleObject.itemsOffset &+ count &* 8)
    raw.storeBytes(of: count, toByteOffset: TupleObject.countOffset, as: Int.self)
    raw.storeBytes(of: 0, toByteOffset: TupleObject.hashOffset, as: Int.self)
    return TupleObject(raw: raw)
  }

  /// A tuple to be filled with ``TupleObject/initialize(_:_:)``; its items are absent until then.
  public static func tuple(count: Int) throws(PyError) -> Owned {
    if count == 0 { return emptyTuple }
    let tuple = try newTuple(count)
    tuple.items.initialize(repeating: .absent, count: count)
    return Owned(taking: tuple.raw)
  }

  @inlinable
  public static var emptyTuple: Owned { @inline(__always) get { Owned(taking: TupleObject.empty) } }

  @inline(__always)
  public static func tuple(_ a: Value) throws(PyError) -> Owned {
    let tuple = try newTuple(1)
    tuple.initialize(0, Owned(copying: a))
    return Owned(taking: tuple.raw)
  }

  @inline(__always)
  public static func tuple(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    let tuple = try newTuple(2)
    tuple.initialize(0, Owned(copying: a))
    tuple.initialize(1, Owned(copying: b))
    return Owned(taking: tuple.raw)
  }

  @inline(__always)
  public static func tuple(_ a: Value, _ b: Value, _ c: Value) throws(PyError) -> Owned {
    let tuple = try newTuple(3)
    tuple.initialize(0, Owned(copying: a))
    tuple.initialize(1, Owned(copying: b))
    tuple.initialize(2, Owned(copying: c))
    return Owned(taking: tuple.raw)
  }

  public static func tuple(_ a: Value, _ b: Value, _ c: Value, _ d: Value) throws(PyError) -> Owned {
    let tuple = try newTuple(4)
    tuple.initialize(0, Owned(copying: a))
    tuple.initialize(1, Owned(copying: b))
    tuple.initialize(2, Owned(copying: c))
    tuple.initialize(3, Owned(copying: d))
    return Owned(taking: tuple.raw)
  }

  /// A tuple of new references to the values.
  public static func tuple(_ values: UnsafeBufferPointer<Value>) throws(PyError) -> Owned {
    if values.count == 0 { return emptyTuple }
    let tuple = try newTuple(values.count)
    copyReferences(from: values, to: tuple.items)
    return Owned(taking: tuple.raw)
  }

  /// A tuple that takes over the references in the buffer.
  public static func tuple(taking values: UnsafeBufferPointer<Value>) throws(PyError) -> Owned {
    if values.count == 0 { return emptyTuple }
    let tuple = try newTuple(values.count)
    tuple.items.initialize(fromFew: values.baseAddress.unsafelyUnwrapped, count: values.count)
    return Owned(taking: tuple.raw)
  }

  /// `tuple(iterable)`: an exact tuple as it is, else a new one.
  public static func tuple(from iterable: Value) throws(PyError) -> Owned {
    if iterable.isExactTuple { return Owned(copying: iterable) }
    if iterable.isExactList { return try tuple(UnsafeBufferPointer(start: ListObject(iterable).items, count: ListObject(iterable).count)) }
    // Gathered in a list, as the number of items is only known at the end; the list's references move over.
    // Unlike `list()`, CPython's `tuple()` asks for no length hint.
    let iterator = try iterable.iterate()
    let list = try Owned.list()
    var sink = GeneratorSink(kind: .list, container: list.value)
    while true {
      let item = try iterator.value.next(into: &sink)
      if item.value.isAbsent { break }
      try ListObject(list.value).append(taking: item)
    }
    return try ListObject(list.value).takeItemsAsTuple()
  }
}

extension TupleObject {
  /// The address of `()`; zero until the first use. A constant initialiser, so that reading it takes no once-token.
  @usableFromInline nonisolated(unsafe) static var emptyAddress: UInt64 = 0

  @inlinable
  static var empty: Value {
    @inline(__always) get {
      if _fastPath(emptyAddress != 0) { return Value(bits: emptyAddress) }
      return makeEmpty()
    }
  }

  /// `()` belongs to no heap and is immortal; in a segment all the same, whose header the collector may read.
  @usableFromInline @inline(never)
  static func makeEmpty() -> Value {
    let raw = ImmortalMemory.allocate(itemsOffset + 8)
    raw.initializeHeader(TypeObject.tuple.rootShape)
    raw.makeImmortal()
    emptyAddress = UInt64(UInt(bitPattern: raw))
    return Value(raw)
  }
}

/// Copies values to uninitialised memory, with new references.
@inline(__always)
func copyReferences(from source: UnsafeBufferPointer<Value>, to destination: UnsafeMutablePointer<Value>) {
  for index in 0..<source.count {
    let value = source[index]
    value.retainIfPresent()
    destination[index] = value
  }
}
