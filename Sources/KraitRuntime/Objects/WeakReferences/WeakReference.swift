// `weakref.ReferenceType`: a reference that does not keep its object alive.

import CKraitCore

/// A weak reference or proxy.
///
/// Layout behind header and state: referent (borrowed; zero once dead), callback (owned or absent), hash (-1: not yet), next and previous weak reference of the same object.
@frozen
public struct WeakReferenceObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  public init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    var referent: Value
    var callback: Value
    var hash: Int
    var next: UnsafeMutableRawPointer?
    var previous: UnsafeMutableRawPointer?
  }
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  var referentPlace: UnsafeMutableRawPointer { raw + MemoryLayout<Contents>.offset(of: \.referent).unsafelyUnwrapped }

  /// The object, held; absent when it is gone.
  public func target() -> Owned {
    let referent = contents.pointee.referent
    return referent.isAbsent || !referent.object.tryRetain() ? Owned(taking: .absent) : Owned(taking: referent)
  }
}

extension UnsafeMutableRawPointer {
  /// Whether a weak reference, found by its object, is not at its own end.
  fileprivate var isAlive: Bool { Runtime.isFree || krait_load64(localCount) != 0 }
}

extension Value {
  public var isWeakReference: Bool { isObject && type.isSubtype(of: .weakReference) }

  private var isWeakProxy: Bool { isObject && (type == .weakProxy || type == .weakCallableProxy) }

  /// The weak reference without a callback that an object has already, retained; absent if it has none. Under a lock.
  @inline(never)
  func sharedWeakReference() -> Value {
    guard isPresentObject, object.shape.flags.contains(.hasState), object.objectState.pointee.flags.contains(.hasWeakReferences) else { return .absent }
    // The one that is shared comes first.
    guard let first = currentInterpreter.pointee.weakReferences.first(of: object) else { return .absent }
    guard first.shape.type == .weakReference, WeakReferenceObject(raw: first).contents.pointee.callback.isAbsent, first.isAlive, first.tryRetain() else { return .absent }
    return Value(first)
  }

  /// A weak reference to this object: an existing one if it is of the exact type and neither has a callback.
  public func weakReference(type: TypeObject, callback: Value) throws(PyError) -> Owned {
    // What interpreters share has no weak references: each has a table of its own of those.
    guard isObject, shape.flags.contains(.hasState), self.type.supportsWeakReferences, object.ownerIdentifier != SharedObjects.owner else {
      throw PyError.typeError("cannot create weak reference to '\(typeName)' object")
    }
    let callback = callback.isNone ? Value.absent : callback
    let isShareable = callback.isAbsent && (type == .weakReference || type == .weakProxy || type == .weakCallableProxy)
    if isShareable {
      var existing = currentInterpreter.pointee.weakReferences.first(of: object)
      while let reference = existing {
        let contents = WeakReferenceObject(raw: reference).contents
        if contents.pointee.callback.isAbsent && reference.shape.type == type && reference.isAlive && reference.tryRetain() { return Owned(taking: Value(reference)) }
        existing = contents.pointee.next
      }
    }
    let made = Owned(taking: Value(try type.allocate()))
    let contents = WeakReferenceObject(made.value).contents
    contents.pointee.hash = -1
    // The one that is shared comes first, then a shared proxy, then the others, the newest first.
    let first = currentInterpreter.pointee.weakReferences.first(of: object)
    var previous: UnsafeMutableRawPointer?
    var next = first
    while let reference = next, !(isShareable && type == .weakReference), WeakReferenceObject(raw: reference).contents.pointee.callback.isAbsent,
      reference.shape.type == .weakReference || !isShareable && (reference.shape.type == .weakProxy || reference.shape.type == .weakCallableProxy)
    {
      previous = reference
      next = WeakReferenceObject(raw: reference).contents.pointee.next
    }
    if previous == nil { try currentInterpreter.pointee.weakReferences.setFirst(of: object, made.value.object) }
    contents.pointee.referent = self
    callback.retainIfPresent()
    contents.pointee.callback = callback
    contents.pointee.next = next
    contents.pointee.previous = previous
    if let previous { WeakReferenceObject(raw: previous).contents.pointee.next = made.value.object }
    if let next { WeakReferenceObject(raw: next).contents.pointee.previous = made.value.object }
    if object.isImmortal {
      // A type of the process, say, of which other interpreters make weak references at this moment.
      let bit = UInt32(ObjectState.Flags.hasWeakReferences.rawValue) << 8
      if krait_load32(object.objectState) & bit == 0 { _ = krait_or32(object.objectState, bit) }
    } else {
      object.setStateFlags(object.objectState.pointee.flags.union(.hasWeakReferences))
    }
    object.makeKnown()
    made.value.object.makeKnown()
    return made
  }

  /// How many weak references this object has.
  public var weakReferenceCount: Int {
    guard isObject else { return 0 }
    var count = 0
    var reference = currentInterpreter.pointee.weakReferences.first(of: object)
    while let this = reference {
      count += 1
      reference = WeakReferenceObject(raw: this).contents.pointee.next
    }
    return count
  }

  public func weakReferenceList() throws(PyError) -> Owned {
    let list = try Owned.list()
    guard isObject else { return list }
    var reference = currentInterpreter.pointee.weakReferences.first(of: object)
    while let this = reference {
      try ListObject(list.value).append(Value(this))
      reference = WeakReferenceObject(raw: this).contents.pointee.next
    }
    return list
  }
}

extension TypeObject {
  /// Whether a call of an instance is that of a weak reference: not of a subclass with a `__call__` of its own.
  var callsAsWeakReference: Bool {
    guard let call = slots.pointee.call else { return false }
    return call.code == TypeObject.weakReference.slots.pointee.call.unsafelyUnwrapped.code
  }
}

extension WeakReferenceTable {
  /// Takes a weak reference out of its object's list.
  static func unlink(_ reference: UnsafeMutableRawPointer) {
    let contents = WeakReferenceObject(raw: reference).contents
    let referent = contents.pointee.referent
    guard !referent.isAbsent else { return }
    // Others may be calling the reference.
    krait_store64_release(WeakReferenceObject(raw: reference).referentPlace, Value.absent.bits)
    if let next = contents.pointee.next { WeakReferenceObject(raw: next).contents.pointee.previous = contents.pointee.previous }
    if let previous = contents.pointee.previous {
      WeakReferenceObject(raw: previous).contents.pointee.next = contents.pointee.next
    } else {
      let next = contents.pointee.next
      // Setting an existing entry or removing it needs no memory.
      try? currentInterpreter.pointee.weakReferences.setFirst(of: referent.object, next)
      if next == nil { referent.object.setStateFlags(referent.object.objectState.pointee.flags.subtracting(.hasWeakReferences)) }
    }
    contents.pointee.next = nil
    contents.pointee.previous = nil
  }

  /// Makes all weak references to an object dead, then calls their callbacks, the newest first.
  static func clearReferences(to object: UnsafeMutableRawPointer, callbacks: Bool) {
    var waiting: [UnsafeMutableRawPointer] = []
    while let reference = currentInterpreter.pointee.weakReferences.first(of: object) {
      let contents = WeakReferenceObject(raw: reference).contents
      unlink(reference)
      // One that is being deallocated itself has no count left and makes no call.
      if callbacks && !contents.pointee.callback.isAbsent && reference.isAlive && reference.tryRetain() {
        waiting.append(reference)
      }
    }
    for reference in waiting {
      callCallback(of: reference)
      reference.release()
    }
  }

  /// Calls a dead weak reference's callback, which it gives up; an exception is reported and dropped.
  static func callCallback(of reference: UnsafeMutableRawPointer) {
    let contents = WeakReferenceObject(raw: reference).contents
    let callback = Owned(taking: contents.pointee.callback)
    contents.pointee.callback = .absent
    guard !callback.value.isAbsent else { return }
    let thread = currentThread
    let pending = thread.pointee.exception
    thread.pointee.exception = .absent
    do throws(PyError) { _ = try callback.value.call(Value(reference)) } catch {
      reportUnraisable("Exception ignored while calling weakref callback", callback.value)
    }
    thread.pointee.exception = pending
  }
}

func deallocateWeakReference(_ raw: UnsafeMutableRawPointer) {
  WeakReferenceTable.unlink(raw)
  let contents = WeakReferenceObject(raw: raw).contents
  contents.pointee.callback.releaseIfPresent()
  finishDeallocation(raw)
}

func traverseWeakReference(_ raw: UnsafeMutableRawPointer, _ visit: Visitor) {
  visit(WeakReferenceObject(raw: raw).contents.pointee.callback)
}

func clearWeakReference(_ raw: UnsafeMutableRawPointer) {
  WeakReferenceTable.unlink(raw)
  let contents = WeakReferenceObject(raw: raw).contents
  let callback = contents.pointee.callback
  contents.pointee.callback = .absent
  callback.releaseIfPresent()
}

private func hashWeakReference(_ value: Value) throws(PyError) -> Int {
  let contents = WeakReferenceObject(value).contents
  if contents.pointee.hash != -1 { return contents.pointee.hash }
  let target = WeakReferenceObject(value).target()
  guard !target.value.isAbsent else { throw PyError.typeError("weak object has gone away") }
  contents.pointee.hash = try target.value.hash()
  return contents.pointee.hash
}

private func compareWeakReferences(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard operation == .equal || operation == .notEqual, a.isWeakReference, b.isWeakReference else { return .notImplemented }
  let first = WeakReferenceObject(a).target()
  let second = WeakReferenceObject(b).target()
  if first.value.isAbsent || second.value.isAbsent { return .boolean((a === b) == (operation == .equal)) }
  return try first.value.compare(second.value, operation)
}

private func representWeakReference(_ value: Value) throws(PyError) -> Owned {
  let target = WeakReferenceObject(value).target()
  let address = "0x" + String(UInt(bitPattern: value.object), radix: 16)
  if target.value.isAbsent { return try .string("<weakref at \(address); dead>") }
  let there = "0x" + String(UInt(target.value.bits), radix: 16)
  var name = ""
  if let attribute = try? target.value.lookUpAttribute(Name.__name__), !attribute.value.isAbsent, attribute.value.isString { name = " (\(attribute.value.text))" }
  return try .string("<weakref at \(address); to '\(target.value.type.nameForMessages)' at \(there)\(name)>")
}

func defineWeakReferences(_ types: TypeDefinitions) {
  types.define(.weakReference) { t in
    t.basicSize = MemoryLayout<WeakReferenceObject.Contents>.size
    t.flags.insert(.baseType)
    t.shapeFlags.formUnion([.tracked, .hasState])
    t.slots.deallocate = DeallocateSlot(deallocateWeakReference)
    t.slots.traverse = TraverseSlot(traverseWeakReference)
    t.slots.clear = ClearSlot(clearWeakReference)
    t.slots.hash = HashSlot(hashWeakReference)
    t.slots.compare = CompareSlot(compareWeakReferences)
    t.slots.repr = UnarySlot(representWeakReference)
    t.slots.call = CallSlot { (callee: Value, arguments: Arguments) throws(PyError) -> Owned in
      if arguments.keywordCount > 0 { throw .typeError("weakref() takes no keyword arguments") }
      if arguments.positionalCount > 0 { throw .typeError("weakref expected 0 arguments, got \(arguments.positionalCount)") }
      let target = WeakReferenceObject(callee).target()
      return target.value.isAbsent ? .none : target
    }
    t.slots.new = CallSlot { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
      guard (1...2).contains(arguments.positionalCount) else {
        let bound = arguments.positionalCount < 1 ? "at least 1 argument" : "at most 2 arguments"
        throw PyError.typeError("__new__ expected \(bound), got \(arguments.positionalCount)")
      }
      return try arguments.base[0].weakReference(type: TypeObject(raw: type.object), callback: arguments.positionalCount == 2 ? arguments.base[1] : .none)
    }
    t.slots.initialize = InitializeSlot { (_: Value, arguments: Arguments) throws(PyError) -> Void in
      guard arguments.keywordNames.isAbsent else { throw PyError.typeError("ref() takes no keyword arguments") }
      guard (1...2).contains(arguments.positionalCount) else {
        let bound = arguments.positionalCount < 1 ? "at least 1 argument" : "at most 2 arguments"
        throw PyError.typeError("__init__ expected \(bound), got \(arguments.positionalCount)")
      }
    }
    t.member("__callback__", "The function to call when the object dies, or None.") { (object: Value) throws(PyError) -> Owned in
      let callback = WeakReferenceObject(object).contents.pointee.callback
      return callback.isAbsent ? .none : Owned(copying: callback)
    }
    t.classMethod("__class_getitem__(object, /)", "See PEP 585") { (call: Call) throws(PyError) -> Owned in try Owned.genericAlias(call.receiver, call[0]) }
  }
}
