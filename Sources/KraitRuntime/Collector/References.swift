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

/// How the collector's word for an object is made up: a count of references, and two bits.
enum CollectorMark {
  /// Something outside of the heap's tracked objects holds the object, directly or not.
  static let reachable: Int32 = 1 << 30
  /// The object refers to no tracked one: what is reachable from it need not be looked for. Most tuples are so, as code objects have some each.
  static let leaf = Int32.min
  static let count = reachable - 1
}

extension ReferencePass {
  /// Whether the value is a tracked object.
  @inline(__always)
  @discardableResult
  func visit(_ value: Value) -> Bool {
    guard value.isObject, !value.isAbsent, let mark = Heap.mark(of: value.object, in: marks) else { return false }
    visit(value.object, mark)
    return true
  }
}

/// Tells by the code of `traverse` which of the ways below an object's type takes.
struct Traversal {
  private let list = Traversal.code(.list)
  private let tuple = Traversal.code(.tuple)
  private let dict = Traversal.code(.dict)
  private let function = Traversal.code(.function)
  private let instance = TraverseSlot(traverseInstance).code
  /// How instances end whose classes derive from no type with fields.
  private let plainEnd = TypeObject.object.slots.pointee.deallocate.unsafelyUnwrapped

  private static func code(_ type: TypeObject) -> UnsafeRawPointer? { type.slots.pointee.traverse?.code }

  /// Visits what an object refers to; `general` is the pass as a function, for all other types. False when it is known that none of that is tracked.
  @inline(__always)
  @discardableResult
  func traverse<Pass: ReferencePass>(_ object: UnsafeMutableRawPointer, _ pass: Pass, _ general: Visitor) -> Bool {
    guard let traverse = object.shape.type.slots.pointee.traverse else { return false }
    let code = traverse.code
    if code == tuple {
      let tuple = TupleObject(raw: object)
      var found = false
      for index in 0..<tuple.count where pass.visit(tuple[index]) { found = true }
      return found
    } else if code == instance && object.shape.flags == .plainInstance && object.shape.type.slots.pointee.deallocate.unsafelyUnwrapped.isSame(as: plainEnd) {
      traverseAttributes(object, pass)
    } else if code == dict {
      return traverseDict(object, pass)
    } else if code == function {
      for value in FunctionObject(raw: object).fields { pass.visit(value) }
      // As with all builtin types, what a function has of attributes is a dict.
      pass.visit(object.attributeWord.load(as: Value.self))
    } else if code == list {
      let list = ListObject(raw: object)
      guard list.count > 0 else { return false }
      let items = list.items
      for index in 0..<list.count { pass.visit(items[index]) }
    } else {
      traverse(object, general)
    }
    return true
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
  private func traverseDict<Pass: ReferencePass>(_ object: UnsafeMutableRawPointer, _ pass: Pass) -> Bool {
    let keys = DictObject(raw: object).keys
    let count = keys.entryCount
    var found = false
    if keys.hasStringKeys {
      for index in 0..<count where pass.visit(keys.stringEntry(index)[1]) { found = true }
    } else {
      for index in 0..<count {
        let entry = keys.generalEntry(index)
        if entry[1].isAbsent { continue }
        if pass.visit(entry[0]) { found = true }
        if pass.visit(entry[1]) { found = true }
      }
    }
    return found
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
  let marks: UnsafeMutablePointer<Int32>
  let work: UnsafeMutablePointer<RawStack>
  /// How many objects were marked and not put on the stack.
  let leaves: UnsafeMutablePointer<Int>

  @inline(__always)
  func visit(_ object: UnsafeMutableRawPointer, _ mark: UnsafeMutablePointer<Int32>) {
    let known = mark.pointee
    guard known & CollectorMark.reachable == 0 else { return }
    mark.pointee = CollectorMark.reachable
    if known & CollectorMark.leaf != 0 {
      leaves.pointee &+= 1
      return
    }
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
