// The tree of a type's shapes: which slot an attribute has, and which shape follows when one more is set.

import CKraitCore
import Glibc

extension Shape {
  /// The shape before any attribute was set.
  var root: Shape {
    var shape = self
    while let parent = shape.contents.pointee.parent { shape = Shape(raw: parent) }
    return shape
  }

  /// Attributes beyond this number turn an instance to dictionary mode.
  static let attributeLimit = 128
  /// So do shapes with more successors than this: their type is used as a dictionary.
  static let transitionLimit = 64

  /// The slot of an attribute, -1 if the shape has none of this name. The name must be interned.
  @inline(__always)
  func slot(of name: Value) -> Int {
    if contents.pointee.attributeCount == 0 { return -1 }
    if let table = contents.pointee.table { return AttributeTable(raw: table).find(name) }
    return slotWithoutTable(name)
  }

  @inline(never)
  private func slotWithoutTable(_ name: Value) -> Int {
    if let table = AttributeTable.make(self) {
      // Others may look at it at once, in the model without a lock.
      krait_store_fence()
      contents.pointee.table = table.raw
      return table.find(name)
    }
    var shape = self
    while let parent = shape.contents.pointee.parent {
      if shape.contents.pointee.name === name { return Int(shape.contents.pointee.attributeCount) - 1 }
      shape = Shape(raw: parent)
    }
    return -1
  }

  /// A new shape, without attributes and not yet in the tree, whose instances are laid out as those of this one.
  func sibling(flags: ShapeFlags) throws(PyError) -> Shape {
    let shape = try type.makeShape(flags: flags)
    shape.contents.pointee.inlineCapacity = contents.pointee.inlineCapacity
    shape.contents.pointee.instanceSize = contents.pointee.instanceSize
    shape.contents.pointee.inlineOffset = contents.pointee.inlineOffset
    return shape
  }

  /// The shape that follows when the attribute is set; nil when the instance must turn to dictionary mode.
  func adding(_ name: Value) throws(PyError) -> Shape? {
    if let existing = TransitionTable.find(contents.pointee.transitions, name) { return existing }
    guard contents.pointee.attributeCount < Shape.attributeLimit, TransitionTable.count(contents.pointee.transitions) < Shape.transitionLimit else { return nil }
    let next = try sibling(flags: flags)
    next.contents.pointee.attributeCount = contents.pointee.attributeCount + 1
    next.contents.pointee.parent = raw
    name.retain()
    next.contents.pointee.name = name
    contents.pointee.transitions = try TransitionTable.add(contents.pointee.transitions, name, next)
    return next
  }
}

extension Shape {
  /// Only with so few attributes has a deletion a shape of its own: all orders of more would be many.
  private static let deletionLimit = 6

  /// The shape that an instance would have if the attribute in a slot had never been set; nil when there are too many, or one of the shapes on the way has too many successors.
  func removing(_ slot: Int) throws(PyError) -> Shape? {
    let count = Int(contents.pointee.attributeCount)
    guard count <= Shape.deletionLimit, let parent = contents.pointee.parent else { return nil }
    if count == slot + 1 { return Shape(raw: parent) }
    guard let before = try Shape(raw: parent).removing(slot) else { return nil }
    return try before.adding(contents.pointee.name)
  }
}

/// Name to slot: a hash table by address in plain memory.
struct AttributeTable {
  let raw: UnsafeMutableRawPointer

  /// Number of places less one.
  private var mask: Int { raw.load(as: Int.self) }
  private var entries: UnsafeMutablePointer<(name: UInt64, slot: Int)> { (raw + 16).assumingMemoryBound(to: (name: UInt64, slot: Int).self) }

  @inline(__always)
  private static func hash(_ name: UInt64) -> Int { Int(truncatingIfNeeded: (name &* 0x9E37_79B9_7F4A_7C15) &>> 32) }

  @inline(__always)
  func find(_ name: Value) -> Int {
    let mask = self.mask
    var place = AttributeTable.hash(name.bits) & mask
    while true {
      let entry = entries[place]
      if entry.name == name.bits { return entry.slot }
      if entry.name == 0 { return -1 }
      place = (place &+ 1) & mask
    }
  }

  /// nil when there is no memory: the table only saves time.
  static func make(_ shape: Shape) -> AttributeTable? {
    var capacity = 4
    while capacity < 2 * Int(shape.contents.pointee.attributeCount) { capacity *= 2 }
    let size = 16 + capacity * 16
    let memory: UnsafeMutableRawPointer
    do throws(PyError) { memory = try allocateMemory(size) } catch {
      PyError.clear()
      return nil
    }
    memset(memory, 0, size)
    memory.storeBytes(of: capacity - 1, as: Int.self)
    let table = AttributeTable(raw: memory)
    var this = shape
    while let parent = this.contents.pointee.parent {
      let name = this.contents.pointee.name.bits
      var place = hash(name) & (capacity - 1)
      while table.entries[place].name != 0 { place = (place + 1) & (capacity - 1) }
      table.entries[place] = (name, Int(this.contents.pointee.attributeCount) - 1)
      this = Shape(raw: parent)
    }
    return table
  }

  func free() { freeMemory(raw, size: 16 + (mask + 1) * 16) }
}

/// The shapes that follow a shape: count, capacity, then pairs of name and shape. Few, so a linear search does.
enum TransitionTable {
  private static func entries(_ table: UnsafeMutableRawPointer) -> UnsafeMutablePointer<(name: UInt64, shape: UnsafeMutableRawPointer)> {
    (table + 16).assumingMemoryBound(to: (name: UInt64, shape: UnsafeMutableRawPointer).self)
  }

  static func count(_ table: UnsafeMutableRawPointer?) -> Int { table?.load(as: Int.self) ?? 0 }

  @inline(__always)
  static func find(_ table: UnsafeMutableRawPointer?, _ name: Value) -> Shape? {
    guard let table else { return nil }
    for index in 0..<table.load(as: Int.self) where entries(table)[index].name == name.bits { return Shape(raw: entries(table)[index].shape) }
    return nil
  }

  static func add(_ table: UnsafeMutableRawPointer?, _ name: Value, _ shape: Shape) throws(PyError) -> UnsafeMutableRawPointer {
    var table = table
    let count = count(table)
    let capacity = table?.load(fromByteOffset: 8, as: Int.self) ?? 0
    if count == capacity {
      let larger = max(1, capacity * 2)
      let memory = try allocateMemory(16 + larger * 16)
      if let table {
        memory.copyMemory(from: table, byteCount: 16 + count * 16)
        freeMemory(table, size: 16 + capacity * 16)
      }
      memory.storeBytes(of: larger, toByteOffset: 8, as: Int.self)
      table = memory
    }
    let result = table.unsafelyUnwrapped
    entries(result)[count] = (name.bits, shape.raw)
    result.storeBytes(of: count + 1, as: Int.self)
    return result
  }

  static func free(_ table: UnsafeMutableRawPointer) { freeMemory(table, size: 16 + table.load(fromByteOffset: 8, as: Int.self) * 16) }
}

extension TypeObject {
  /// A new shape of this type, not yet in the tree.
  func makeShape(flags: ShapeFlags) throws(PyError) -> Shape {
    let memory = try allocateMemory(MemoryLayout<Shape.Contents>.size)
    let shape = Shape(raw: memory)
    shape.contents.initialize(to: Shape.Contents(type: self, flags: flags, previous: contents.pointee.shapes))
    contents.pointee.shapes = memory
    return shape
  }

  /// Makes the shape of the next instances, with room for as many attributes as ``TypeContents/expectedAttributes`` says.
  func makeRootShape(flags: ShapeFlags) throws(PyError) {
    let shape = try makeShape(flags: flags)
    let fixed = Int(contents.pointee.basicSize)
    var capacity = 0
    var size = fixed
    if flags.contains(.hasAttributes) && contents.pointee.itemSize == 0 {
      size += MemoryLayout<Value>.size
      if flags.contains(.displacedState) { size += MemoryLayout<ObjectState>.size }
      shape.contents.pointee.inlineOffset = Int32(size)
      if !flags.contains(.dictionaryMode) {
        capacity = Int(contents.pointee.expectedAttributes)
        // What the heap's block has left over anyway serves attributes too.
        let rounded = (size + capacity * MemoryLayout<Value>.size + 15) & ~15
        capacity = (rounded - size) / MemoryLayout<Value>.size
        size = rounded
      }
    } else if flags.contains(.displacedState) && contents.pointee.itemSize == 0 {
      size += MemoryLayout<ObjectState>.size
    }
    shape.contents.pointee.inlineCapacity = Int32(capacity)
    shape.contents.pointee.instanceSize = Int32(size)
    contents.pointee.rootShape = shape
  }

  /// The shape of instances in dictionary mode.
  func dictionaryShape() throws(PyError) -> Shape {
    if rootShape.flags.contains(.dictionaryMode) { return rootShape }
    if let existing = contents.pointee.dictionaryModeShape { return Shape(raw: existing) }
    let shape = try makeShape(flags: rootShape.flags.union(.dictionaryMode))
    shape.contents.pointee.instanceSize = rootShape.contents.pointee.instanceSize
    contents.pointee.dictionaryModeShape = shape.raw
    return shape
  }

  /// Frees the shapes of a class that ends.
  func freeShapes() {
    var next = contents.pointee.shapes
    while let raw = next {
      let shape = Shape(raw: raw)
      next = shape.contents.pointee.previous
      shape.contents.pointee.name.releaseIfPresent()
      if let table = shape.contents.pointee.table { AttributeTable(raw: table).free() }
      if let transitions = shape.contents.pointee.transitions { TransitionTable.free(transitions) }
      freeMemory(raw, size: MemoryLayout<Shape.Contents>.size)
    }
    contents.pointee.shapes = nil
  }

  /// Calls `body` with each shape of the type.
  func forEachShape(_ body: (Shape) -> Void) {
    var next = contents.pointee.shapes
    while let raw = next {
      body(Shape(raw: raw))
      next = Shape(raw: raw).contents.pointee.previous
    }
  }
}
