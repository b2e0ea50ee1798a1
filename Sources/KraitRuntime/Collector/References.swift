// The collector's way along references: what a pass does with each is inlined for the containers that hold most of them.

import CKraitCore
import Glibc

/// What a pass of a collection does with each reference to an object.
protocol ReferencePass {
  /// Where the words of the heap's tracked objects begin (``Heap/mark(of:in:)``).
  var marks: UnsafeMutablePointer<Int32> { get }
  /// What the object refers to, at which a tracked object's word stands.
  func visit(_ object: UnsafeMutableRawPointer, _ mark: UnsafeMutablePointer<Int32>)
}

extension ReferencePass {
  @inline(__always)
  func visit(_ value: Value) {
    guard value.isObject, !value.isAbsent, let mark = Heap.mark(of: value.object, in: marks) else { return }
    visit(value.object, mark)
  }
}

/// Tells by the code of `traverse` which of the ways below an object's type takes.
struct Traversal {
  private let list = Traversal.code(.list)
  private let tuple = Traversal.code(.tuple)
  private let dict = Traversal.code(.dict)
  private let instance = TraverseSlot(traverseInstance).code
  /// How instances end whose classes derive from no type with fields.
  private let plainEnd = TypeObject.object.slots.pointee.deallocate.unsafelyUnwrapped

  private static func code(_ type: TypeObject) -> UnsafeRawPointer? { type.slots.pointee.traverse?.code }

  /// Visits what an object refers to; `general` is the pass as a function, for all other types.
  @inline(__always)
  func traverse<Pass: ReferencePass>(_ object: UnsafeMutableRawPointer, _ pass: Pass, _ general: Visitor) {
    guard let traverse = object.shape.type.slots.pointee.traverse else { return }
    let code = traverse.code
    if code == tuple {
      let tuple = TupleObject(raw: object)
      for index in 0..<tuple.count { pass.visit(tuple[index]) }
    } else if code == instance && object.shape.flags == .plainInstance && object.shape.type.slots.pointee.deallocate.unsafelyUnwrapped.isSame(as: plainEnd) {
      traverseAttributes(object, pass)
    } else if code == dict {
      traverseDict(object, pass)
    } else if code == list {
      let list = ListObject(raw: object)
      guard list.count > 0 else { return }
      let items = list.items
      for index in 0..<list.count { pass.visit(items[index]) }
    } else {
      traverse(object, general)
    }
  }

  /// An instance that holds nothing but attributes and its class.
  @inline(__always)
  private func traverseAttributes<Pass: ReferencePass>(_ object: UnsafeMutableRawPointer, _ pass: Pass) {
    let shape = object.shape
    let count = Int(shape.contents.pointee.attributeCount)
    let inside = min(count, Int(shape.contents.pointee.inlineCapacity))
    let slots = object.inlineAttributes
    for index in 0..<inside { pass.visit(slots[index]) }
    if count > inside {
      let values = OverflowAttributes(raw: object.attributeWord.load(as: UnsafeMutableRawPointer.self)).values
      for index in 0..<(count &- inside) { pass.visit(values[index]) }
    }
    pass.visit(shape.type.value)
  }

  /// Keys that are exact str are no part of a cycle.
  @inline(__always)
  private func traverseDict<Pass: ReferencePass>(_ object: UnsafeMutableRawPointer, _ pass: Pass) {
    let keys = DictObject(raw: object).keys
    let count = keys.entryCount
    if keys.hasStringKeys {
      for index in 0..<count { pass.visit(keys.stringEntry(index)[1]) }
    } else {
      for index in 0..<count {
        let entry = keys.generalEntry(index)
        if entry[1].isAbsent { continue }
        pass.visit(entry[0])
        pass.visit(entry[1])
      }
    }
  }
}

/// Counts at each tracked object the references that tracked objects hold on it.
struct CountingPass: ReferencePass {
  let marks: UnsafeMutablePointer<Int32>

  @inline(__always)
  func visit(_: UnsafeMutableRawPointer, _ mark: UnsafeMutablePointer<Int32>) { mark.pointee &+= 1 }

  static func visitor(_ pass: UnsafeMutablePointer<CountingPass>) -> Visitor {
    Visitor(context: UnsafeMutableRawPointer(pass)) { child, context in context.assumingMemoryBound(to: CountingPass.self).pointee.visit(Value(child)) }
  }
}

/// Marks what is reachable, and puts it on a stack to go on from there.
struct ReachingPass: ReferencePass {
  /// The mark of an object that something outside of the heap's tracked objects holds, directly or not.
  static let reachable: Int32 = 1 << 30

  let marks: UnsafeMutablePointer<Int32>
  let work: UnsafeMutablePointer<RawStack>

  @inline(__always)
  func visit(_ object: UnsafeMutableRawPointer, _ mark: UnsafeMutablePointer<Int32>) {
    guard mark.pointee & ReachingPass.reachable == 0 else { return }
    mark.pointee = ReachingPass.reachable
    krait_prefetch(object)
    work.pointee.push(object)
  }

  static func visitor(_ pass: UnsafeMutablePointer<ReachingPass>) -> Visitor {
    Visitor(context: UnsafeMutableRawPointer(pass)) { child, context in context.assumingMemoryBound(to: ReachingPass.self).pointee.visit(Value(child)) }
  }
}

/// A growing array of objects in plain memory of the process: a collection must not allocate where it walks.
struct RawStack {
  /// Whether memory was missing for an object, which is then not in it: the collection must not believe what it found.
  private(set) var isIncomplete = false
  private var base: UnsafeMutablePointer<UnsafeMutableRawPointer>?
  private(set) var count = 0
  private var capacity = 0

  @inline(__always)
  subscript(index: Int) -> UnsafeMutableRawPointer { base.unsafelyUnwrapped[index] }

  @inline(__always)
  mutating func push(_ object: UnsafeMutableRawPointer) {
    if _slowPath(count == capacity) && !grow() { return }
    base.unsafelyUnwrapped[count] = object
    count &+= 1
  }

  @inline(never)
  private mutating func grow() -> Bool {
    let larger = max(1024, capacity * 2)
    guard let memory = realloc(base, larger * MemoryLayout<UnsafeMutableRawPointer>.stride) else {
      isIncomplete = true
      return false
    }
    base = memory.assumingMemoryBound(to: UnsafeMutableRawPointer.self)
    capacity = larger
    return true
  }

  @inline(__always)
  mutating func pop() -> UnsafeMutableRawPointer? {
    if count == 0 { return nil }
    count &-= 1
    return base.unsafelyUnwrapped[count]
  }

  func deallocate() { free(base) }
}
