// What the iterators of `itertools` are in memory, and how they are defined.

import KraitRuntime

/// An iterator of this module: three values that it holds, and three numbers; what they mean each type says.
struct IteratorObject {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var a: Value
    var b: Value
    var c: Value
    var i: Int
    var j: Int
    var k: Int
  }

  @inline(__always) var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  @inline(__always) var a: Value {
    get { contents.pointee.a }
    nonmutating set { contents.pointee.a = newValue }
  }
  @inline(__always) var b: Value {
    get { contents.pointee.b }
    nonmutating set { contents.pointee.b = newValue }
  }
  @inline(__always) var c: Value {
    get { contents.pointee.c }
    nonmutating set { contents.pointee.c = newValue }
  }
  @inline(__always) var i: Int {
    get { contents.pointee.i }
    nonmutating set { contents.pointee.i = newValue }
  }
  @inline(__always) var j: Int {
    get { contents.pointee.j }
    nonmutating set { contents.pointee.j = newValue }
  }
  @inline(__always) var k: Int {
    get { contents.pointee.k }
    nonmutating set { contents.pointee.k = newValue }
  }

  /// A new iterator of a class, which takes over the references.
  static func make(
    _ type: Value, _ a: consuming Owned, _ b: consuming Owned = Owned(taking: .absent), _ c: consuming Owned = Owned(taking: .absent), i: Int = 0, j: Int = 0
  ) throws(PyError) -> Owned {
    let object = IteratorObject(raw: try TypeObject(type).allocate())
    object.a = a.take()
    object.b = b.take()
    object.c = c.take()
    object.i = i
    object.j = j
    return Owned(taking: object.raw)
  }

  /// Puts a value, which it takes over, in place of another and gives that up.
  @inline(__always)
  func replace(_ field: WritableKeyPath<Contents, Value>, _ value: consuming Owned) {
    let old = contents.pointee[keyPath: field]
    contents.pointee[keyPath: field] = value.take()
    old.releaseIfPresent()
  }

  func dropA() {
    let old = a
    a = .absent
    old.releaseIfPresent()
  }

  func dropB() {
    let old = b
    b = .absent
    old.releaseIfPresent()
  }

  func dropC() {
    let old = c
    c = .absent
    old.releaseIfPresent()
  }
}

extension Value {
  /// Whether nobody but its one holder knows the object: a tuple that was handed out and given back can be filled again.
  @inline(__always)
  var isHeldOnce: Bool { object.load(fromByteOffset: 8, as: UInt64.self) == 1 }
}

extension Owned {
  /// Nothing: the end of an iteration.
  @inline(__always) static var end: Owned { Owned(taking: .absent) }
}

/// The parts that all iterators of the module have.
func defineIterator(_ t: TypeDefinition, _ documentation: StaticString, next: @escaping (Value) throws(PyError) -> Owned) {
  t.documentation = documentation
  t.basicSize = MemoryLayout<IteratorObject.Contents>.size
  t.shapeFlags.insert(.tracked)
  t.flags.insert(.baseType)
  t.slots.getAttribute = BinarySlot(genericGetAttribute)
  t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
  t.slots.next = NextSlot(next)
  t.slots.deallocate = DeallocateSlot { raw in
    let contents = IteratorObject(raw: raw).contents
    contents.pointee.a.releaseIfPresent()
    contents.pointee.b.releaseIfPresent()
    contents.pointee.c.releaseIfPresent()
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in
    let contents = IteratorObject(raw: raw).contents
    visit(contents.pointee.a)
    visit(contents.pointee.b)
    visit(contents.pointee.c)
  }
  t.slots.clear = ClearSlot { raw in
    let object = IteratorObject(raw: raw)
    object.dropA()
    object.dropB()
    object.dropC()
  }
}
