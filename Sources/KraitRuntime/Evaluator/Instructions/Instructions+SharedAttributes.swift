// Instruction bodies of the model without a lock for native functions that ask for attributes by name (`getattr`, `hasattr`, `setattr`), and for weak references.
//
// What a class has comes from the thread's own table (``TypeCache``), which the look-up of those who are excluded fills; what an object has is read as Instructions+Sharing reads it.

import CKraitCore

extension Ops {
  /// The attribute of an object whose type looks as `object` does, a new reference; ``missing`` when it has none, absent when that cannot be told beside others.
  static func sharedAttribute(_ owner: Value, _ name: Value) -> Value {
    guard owner.isPresentObject, isKnownName(name) else { return .absent }
    let shape = owner.object.shape
    guard shape.type.usesGenericGetAttribute, let slot = shape.sharedSlot(of: name), let found = TypeCache.find(shape.type, name) else { return .absent }
    let isDescriptor = found.isPresentObject && found.type.slots.pointee.descriptorGet != nil
    if isDescriptor && !bindsPlainly(found) { return .absent }
    if slot >= 0 { return sharedSlotValue(owner.object, shape, slot) }
    if found.isAbsent { return missing }
    if isDescriptor { return boundBesideOthers(found, owner) }
    retain(found)
    return found
  }

  /// Whether a descriptor gives way to what the object has, and makes a bound method of it otherwise.
  private static func bindsPlainly(_ descriptor: Value) -> Bool {
    let shape = descriptor.object.shape
    return shape == TypeObject.function.rootShape || shape == TypeObject.methodDescriptor.rootShape || shape == TypeObject.wrapperDescriptor.rootShape || shape == TypeObject.classMethod.rootShape
  }

  private static func isKnownName(_ name: Value) -> Bool { !name.isAbsent && name.isExactString && StringObject(name).isInterned }

  /// A value inside an object that has this shape, now and once the value is held; absent if it stands elsewhere, or the object was given another shape.
  private static func sharedSlotValue(_ object: UnsafeMutableRawPointer, _ shape: Shape, _ slot: Int) -> Value {
    guard slot < Int(shape.contents.pointee.inlineCapacity) else { return .absent }
    let place = object + Int(shape.contents.pointee.inlineOffset) + slot &* MemoryLayout<Value>.size
    let value = Value(bits: krait_load64_acquire(place))
    if !tryRetain(value, at: place) { return .absent }
    if _fastPath(object.shape == shape) { return value }
    release(value)
    return .absent
  }

  /// A bound method, a new reference, or absent where binding is something else. It never holds private objects.
  static func boundBesideOthers(_ method: Value, _ owner: Value) -> Value {
    guard bindsPlainly(method), let get = method.type.slots.pointee.descriptorGet else { return .absent }
    Privacy.publish(owner)
    do throws(PyError) { return try get(method, owner, owner.type.value).take() } catch {
      PyError.clear()
      return .absent
    }
  }

  /// Sets an attribute that an object of the calling thread's own has inside already; takes no reference over. False, with nothing changed, where more is to be done.
  static func setOwnAttribute(_ owner: Value, _ name: Value, _ value: Value) -> Bool {
    guard Privacy.isPrivate(owner), isKnownName(name) else { return false }
    let shape = owner.object.shape
    guard !shape.flags.contains(.dictionaryMode), shape.type.slots.pointee.setAttribute?.code == genericSetAttributeCode, let slot = shape.sharedSlot(of: name), slot >= 0,
      slot < Int(shape.contents.pointee.inlineCapacity), let found = TypeCache.find(shape.type, name), found.isAbsent || found.type.slots.pointee.descriptorSet == nil
    else { return false }
    let place = (owner.object + Int(shape.contents.pointee.inlineOffset) + slot &* MemoryLayout<Value>.size).assumingMemoryBound(to: Value.self)
    let old = place.pointee
    retain(value)
    place.pointee = value
    release(old)
    return true
  }
}

extension Shape {
  /// As ``slot(of:)`` beside other threads; nil where it takes more than a look.
  fileprivate func sharedSlot(of name: Value) -> Int? {
    // A module's attributes are in a dict that the shape does not tell of.
    if !flags.contains(.hasAttributes) { return type.flags.contains(.managedDict) ? nil : -1 }
    if flags.contains(.dictionaryMode) { return nil }
    if contents.pointee.attributeCount == 0 { return -1 }
    guard let table = contents.pointee.table else { return nil }
    krait_load_fence()
    return AttributeTable(raw: table).find(name)
  }
}

extension SharedBodies {
  /// `getattr`, `hasattr` and `setattr`.
  static func callForAttribute(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ sharing: FunctionSharing) -> Bool {
    let (first, count) = (operandA(pc) &+ 2, operandB(pc))
    guard count >= 2, operandC(pc) != 0 || fp[first &- 1].isAbsent else { return false }
    let (owner, name) = (fp[first], fp[first &+ 1])
    var result = Value.absent
    switch (sharing, count) {
    case (.getsAttribute, 2), (.getsAttribute, 3):
      result = Ops<Free>.sharedAttribute(owner, name)
      if result === Ops<Free>.missing && count == 3 {
        result = fp[first &+ 2]
        Ops<Free>.retain(result)
      }
    case (.findsAttribute, 2):
      let found = Ops<Free>.sharedAttribute(owner, name)
      if found.isAbsent { return false }
      result = Value(found !== Ops<Free>.missing)
      if result.isTrue { Ops<Free>.release(found) }
    case (.setsAttribute, 3): if Ops<Free>.setOwnAttribute(owner, name, fp[first &+ 2]) { result = .none }
    default: break
    }
    if result.isAbsent || result === Ops<Free>.missing { return false }
    thread.pointee.frame.pointee.pc = pc
    return Ops<Free>.finishCall(&pc, &fp, thread, first, count, result)
  }

  /// `super().__init__()` where the next class is `object`, which has nothing to do for an instance of a class of the program's.
  static func callEmptyInitializer(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let (callable, receiver) = (fp[base], fp[base &+ 1])
    guard operandB(pc) == 0, operandC(pc) == 0, receiver.isPresentObject, callable === TypeObject.object.dict.get(interned: Name.__init__) else { return false }
    thread.pointee.frame.pointee.pc = pc
    return Ops<Free>.finishCall(&pc, &fp, thread, base &+ 1, 1, .none)
  }

  /// `reference()`: the object, if it is not at its end. Where that is not plain at once, others are excluded, as whoever ends an object excludes them to make its references dead.
  static func callWeakReference(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let reference = fp[base]
    guard operandB(pc) == 0, operandC(pc) != 0 || fp[base &+ 1].isAbsent, reference.object.shape.type.callsAsWeakReference else { return false }
    let place = WeakReferenceObject(reference).referentPlace
    var target = Value(bits: krait_load64_acquire(place))
    if target.isAbsent { target = .none } else if !Ops<Free>.tryRetain(target, at: place) { return false }
    thread.pointee.frame.pointee.pc = pc
    return Ops<Free>.finishCall(&pc, &fp, thread, base &+ 2, 0, target)
  }
}
