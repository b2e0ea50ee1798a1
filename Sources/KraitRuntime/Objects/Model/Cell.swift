// The type `cell`: a variable that functions share.

import CKraitCore

@frozen
public struct CellObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }
  @inlinable public var value: Value { Value(raw) }

  @usableFromInline static var contentsOffset: Int { ObjectHeader.size }
  static var size: Int { ObjectHeader.size + MemoryLayout<Value>.size }

  /// Where it stands.
  @inline(__always) var contentsPlace: UnsafeMutableRawPointer { raw + CellObject.contentsOffset }

  /// What the variable holds, borrowed; absent when it is unbound.
  @inlinable
  public var contents: Value { @inline(__always) get { raw.load(fromByteOffset: CellObject.contentsOffset, as: Value.self) } }

  /// Replaces what the variable holds; takes over the reference, which may be absent.
  @inlinable @inline(__always)
  public func replace(_ new: consuming Owned) {
    let old = contents
    raw.storeBytes(of: new.take(), toByteOffset: CellObject.contentsOffset, as: Value.self)
    old.releaseIfPresent()
  }

  /// A new cell; the contents may be absent.
  public static func make(_ contents: Value = .absent) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.cell.rootShape, size: size)
    contents.retainIfPresent()
    raw.storeBytes(of: contents, toByteOffset: contentsOffset, as: Value.self)
    return Owned(taking: raw)
  }
}

func defineCell(_ types: TypeDefinitions) {
  types.define(.cell) { t in
    t.documentation = "A variable that nested functions share; empty until it is first bound."
    t.basicSize = CellObject.size
    t.shapeFlags.insert(.tracked)
    t.new("cell(contents=<unrepresentable>, /)") { (call: Call) throws(PyError) -> Owned in try CellObject.make(call[0]) }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      let contents = CellObject(object).contents
      if contents.isAbsent { return try Owned.string("<cell at \(addressText(object)): empty>") }
      return try Owned.string("<cell at \(addressText(object)): \(contents.typeName) object at \(addressText(contents))>")
    }
    t.slots.compare = CompareSlot { (a: Value, b: Value, op: Comparison) throws(PyError) -> Owned in
      guard a.type == .cell, b.type == .cell else { return .notImplemented }
      let first = CellObject(a).contents
      let second = CellObject(b).contents
      if !first.isAbsent && !second.isAbsent {
        let heldFirst = Owned(copying: first)
        let heldSecond = Owned(copying: second)
        return try heldFirst.value.compare(heldSecond.value, op)
      }
      // An empty cell comes before all others.
      return .boolean(op.holds(first.isAbsent ? 0 : 1, second.isAbsent ? 0 : 1))
    }
    t.attribute(Name.__hash__, .none)
    t.slots.deallocate = DeallocateSlot { raw in
      CellObject(raw: raw).contents.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in visit(CellObject(raw: raw).contents) }
    t.slots.clear = ClearSlot { raw in CellObject(raw: raw).replace(Owned(taking: .absent)) }
    t.property("cell_contents") { (object: Value) throws(PyError) -> Owned in
      let contents = CellObject(object).contents
      if contents.isAbsent { throw .valueError("Cell is empty") }
      return Owned(copying: contents)
    } set: { (object: Value, value: Value) throws(PyError) in
      CellObject(object).replace(value.isAbsent ? Owned(taking: .absent) : Owned(copying: value))
    }
  }
}
