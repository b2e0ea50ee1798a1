// What fills the inline caches of attribute accesses and calls (Instructions+Caches): slow paths choose the specialised instruction by what they see.

import CKraitCore
import KraitCompiler

extension Slow {
  /// Visits to the slow path for which an instruction takes on what it sees; then it does so at every 64th.
  private static let patience = 4

  /// Counts visits to the slow path of an attribute instruction in the operation's free operand C.
  static func mayChange(_ pc: PC) -> Bool {
    let visits = operandC(pc)
    UnsafeMutableRawPointer(pc).storeBytes(of: UInt16(truncatingIfNeeded: visits == 0xFFFF ? 64 : visits + 1), toByteOffset: 6, as: UInt16.self)
    return visits < patience || visits & 63 == 0
  }

  private static func cache(_ pc: PC, _ location: AttributeLocation, _ instruction: Instruction, _ value: Value) {
    writeCache(pc, UInt64(location.version) | UInt64(UInt32(bitPattern: location.offset)) << 32, value.bits, instruction)
  }

  /// Where a module has an attribute, as word 3 of an instruction; nil when it cannot be cached.
  private static func modulePlace(_ module: Value, _ name: Value) -> UInt64? {
    guard module.type == .module, TypeObject.module.lookUp(name).isAbsent else { return nil }
    let dict = ModuleObject(module).dict
    guard dict.isExactDict, let index = DictObject(dict).entryIndex(interned: name) else { return nil }
    let version = DictObject(dict).assignKeysVersion()
    return version == 0 ? nil : UInt64(version) | UInt64(index) << 32
  }

  /// Whether the table has no answer yet for objects like this one.
  static func needsEntry(_ owner: Value, _ key: UInt64) -> Bool {
    AttributeCache.find(currentThread, owner.object.shape.assignVersion(), key) == nil
  }

  /// What loads and methods have in common, of owners that are no classes: a module's attribute, and the table for places that see many shapes. Whether one of them was chosen.
  private static func specialiseShared(_ pc: PC, _ owner: Value, _ name: Value, isNew: Bool, module: Instruction, mixed: Instruction) -> Bool {
    if isNew, let place = modulePlace(owner, name) {
      let version = owner.object.shape.assignVersion()
      if version != 0 { writeCache(pc, UInt64(version), place, module) }
      return true
    }
    guard operandC(pc) > patience && owner.type != .module else { return false }
    if needsEntry(owner, name.bits) { AttributeCache.store(load: attributeLocation(owner, name), owner.object.shape, name, currentThread) }
    writeCache(pc, AttributeCache.mixed(name.bits), nil, mixed)
    return true
  }

  static func specialiseLoad(_ pc: PC, _ owner: Value, _ name: Value) {
    guard owner.isObject, !owner.isAbsent else { return }
    let isNew = mayChange(pc)
    if owner.isType {
      if let location = metaclassAttributeLocation(owner, name) {
        AttributeCache.store(load: location, owner.object.shape, name, currentThread)
        return writeCache(pc, AttributeCache.mixed(name.bits), nil, .LOAD_ATTR_CACHED)
      }
      guard isNew else { return specialise(pc, .LOAD_ATTR) }
      let location = classAttributeLocation(owner, name)
      if location.kind == .value { cache(pc, location, .LOAD_ATTR_CLASS, location.value) }
      return
    }
    if specialiseShared(pc, owner, name, isNew: isNew, module: .LOAD_ATTR_MODULE, mixed: .LOAD_ATTR_CACHED) || !isNew { return }
    let location = attributeLocation(owner, name)
    if location.looksInDictionary { return }
    switch location.kind {
    case .inside: cache(pc, location, .LOAD_ATTR_INSIDE, .absent)
    case .overflow: cache(pc, location, .LOAD_ATTR_OVERFLOW, .absent)
    case .member: cache(pc, location, .LOAD_ATTR_MEMBER, .absent)
    case .value: cache(pc, location, .LOAD_ATTR_VALUE, location.value)
    case .property:
      if location.value.isObject && location.value.object.shape == TypeObject.function.rootShape { cache(pc, location, .LOAD_ATTR_PROPERTY, location.value) }
    case .unknown, .dictionary, .method, .descriptor, .add, .mirrored: break
    }
  }

  static func specialiseMethod(_ pc: PC, _ owner: Value, _ name: Value) {
    guard owner.isObject, !owner.isAbsent else { return }
    let isNew = mayChange(pc)
    if owner.isType {
      guard isNew else { return specialise(pc, .LOAD_METHOD) }
      let location = classAttributeLocation(owner, name)
      if location.kind == .value { cache(pc, location, .LOAD_METHOD_CLASS, location.value) }
      if location.kind == .method { cache(pc, location, .LOAD_METHOD_CLASSMETHOD, location.value) }
      return
    }
    let mixed: Instruction = callsMethod(pc, owner.type.lookUp(name)) ? .LOAD_METHOD_CACHED_CALL : .LOAD_METHOD_CACHED
    if specialiseShared(pc, owner, name, isNew: isNew, module: .LOAD_METHOD_MODULE, mixed: mixed) || !isNew { return }
    let location = attributeLocation(owner, name)
    if location.looksInDictionary { return }
    switch location.kind {
    case .method: cache(pc, location, callsMethod(pc, location.value) ? .LOAD_METHOD_CALL : .LOAD_METHOD_METHOD, location.value)
    case .inside, .member: cache(pc, location, .LOAD_METHOD_INSIDE, .absent)
    case .value: cache(pc, location, .LOAD_METHOD_VALUE, location.value)
    case .unknown, .overflow, .property, .dictionary, .descriptor, .add, .mirrored: break
    }
  }

  /// Whether a method is a Python function and the next instruction calls it with nothing but self. Without a lock the instructions stay apart.
  private static func callsMethod(_ pc: PC, _ method: Value) -> Bool {
    let call = pc + 4
    return !Runtime.isFree && Instruction.families[Int(Instruction.at(call).rawValue)] == Instruction.CALL.rawValue && operandA(call) == operandA(pc) && operandB(call) == 0
      && method.isPresentObject && method.object.shape == TypeObject.function.rootShape
  }

  static func specialiseStore(_ pc: PC, _ owner: Value, _ name: Value) throws(PyError) {
    guard owner.isObject, !owner.isAbsent, !owner.isType else { return }
    let isNew = mayChange(pc)
    if operandC(pc) > patience {
      if needsEntry(owner, AttributeCache.storeKey(name.bits)) {
        let shape = owner.object.shape
        AttributeCache.store(store: try storeLocation(owner, name), shape, name, currentThread)
      }
      return writeCache(pc, AttributeCache.mixed(AttributeCache.storeKey(name.bits)), nil, .STORE_ATTR_CACHED)
    }
    guard isNew else { return }
    let location = try storeLocation(owner, name)
    switch location.kind {
    case .inside, .member: cache(pc, location, .STORE_ATTR_INSIDE, .absent)
    case .overflow: cache(pc, location, .STORE_ATTR_OVERFLOW, .absent)
    case .add: cache(pc, location, .STORE_ATTR_ADD, location.value)
    default: break
    }
  }

  /// Whether this is the builtin function `len`.
  static func isLength(_ function: NativeFunctionObject) -> Bool { isBuiltin(function, "len") }

  private static func isBuiltin(_ function: NativeFunctionObject, _ name: String) -> Bool {
    function.function.pointee.name.text == name && function.receiver.isObject && function.receiver.type == .module
      && ModuleObject(function.receiver).dict === currentInterpreter.pointee.builtins
  }

  /// Chooses by the callable that is seen. Word 3 counts visits.
  static func specialiseCall(_ pc: PC, _ fp: FP, hasSelf: Bool) {
    pc[3] &+= 1
    if pc[3] > 64 && pc[3] & 63 != 0 { return specialise(pc, .CALL_ANY) }
    let base = operandA(pc)
    let callable = fp[base]
    guard callable.isObject, !callable.isAbsent else { return }
    let shape = callable.object.shape
    if shape == TypeObject.function.rootShape {
      let count = operandB(pc) + (hasSelf ? 1 : 0)
      let wanted = Int(FunctionObject(callable).code.contents.pointee.exactCount)
      if wanted == count {
        specialise(pc, hasSelf ? .CALL_METHOD_PYTHON : .CALL_PYTHON)
      } else if wanted > count {
        specialise(pc, .CALL_DEFAULTS)
      } else if wanted < 0 && FunctionObject(callable).bindsInPlace(count) {
        specialise(pc, .CALL_ANY)
      }
    } else if shape == TypeObject.method.rootShape && !hasSelf {
      let function = MethodObject(callable).function
      let isPython = function.isObject && function.object.shape == TypeObject.function.rootShape
      let takesDefaults = isPython && Int(FunctionObject(function).code.contents.pointee.exactCount) > operandB(pc) + 1
      specialise(pc, takesDefaults ? .CALL_DEFAULTS : .CALL_BOUND_METHOD)
    } else if shape == TypeObject.builtinFunction.rootShape && !hasSelf {
      if operandB(pc) == 1 && operandC(pc) != 0 && isLength(NativeFunctionObject(callable)) {
        pc[1] = UInt64(UInt(bitPattern: NativeFunctionObject(callable).function))
        specialise(pc, .CALL_LEN)
      } else if operandB(pc) == 2 && operandC(pc) != 0 && isBuiltin(NativeFunctionObject(callable), "isinstance") {
        pc[1] = UInt64(UInt(bitPattern: NativeFunctionObject(callable).function))
        specialise(pc, .CALL_ISINSTANCE)
      } else {
        specialise(pc, .CALL_NATIVE)
      }
    } else if shape == TypeObject.methodDescriptor.rootShape && hasSelf {
      DescriptorObject(callable).function.prepare()
      let receiver = fp[base + 1]
      if operandB(pc) == 1 && receiver.isExactList && TypeObject.list.lookUp(Name.append) === callable {
        pc[1] = callable.bits
        specialise(pc, .CALL_LIST_APPEND)
      } else if operandB(pc) == 0 && receiver.isExactList && callable.object.isImmortal && TypeObject.list.lookUp(Name.pop) === callable {
        pc[1] = callable.bits
        specialise(pc, .CALL_LIST_POP)
      } else if receiver.isObject, !receiver.object.shape.flags.contains(.heapType), callable.object.isImmortal,
        receiver.object.shape == receiver.type.rootShape, receiver.type == DescriptorObject(callable).type,
        DescriptorObject(callable).function.takesByPosition(operandB(pc))
      {
        // Builtin types are immortal, and so are their shapes.
        pc[1] = callable.bits
        pc[2] = UInt64(UInt(bitPattern: receiver.object.shape.raw))
        let addsInteger = operandB(pc) == 1 && receiver.type == .set && fp[base + 2].isSmallInteger && TypeObject.set.lookUp(Name.add) === callable
        let getsItem = receiver.type == .dict && TypeObject.dict.lookUp(Name.get) === callable
        specialise(pc, addsInteger ? .CALL_SET_ADD : getsItem ? .CALL_DICT_GET : .CALL_METHOD_KNOWN)
      } else {
        specialise(pc, .CALL_METHOD_NATIVE)
      }
    } else if !hasSelf && !callable.isType && !SpecialCalls.callMethod(callable, currentThread).isAbsent {
      specialise(pc, .CALL_OBJECT)
    } else if hasSelf ? shape == TypeObject.wrapperDescriptor.rootShape
      : !callable.isType && !shape.flags.contains(.heapType) && shape == shape.type.rootShape && shape.type.slots.pointee.call != nil
    {
      // Builtin types are immortal, and so are their shapes.
      pc[1] = UInt64(UInt(bitPattern: shape.raw))
      specialise(pc, .CALL_SLOT)
    } else if callable.isType && callable.type == .type && operandC(pc) != 0 {
      let type = TypeObject(raw: callable.object)
      if !type.contents.pointee.flags.contains(.heapType) || type.makesPlainExceptions { return specialise(pc, .CALL_TYPE) }
      guard !type.contents.pointee.flags.contains(.isAbstract), type.rootShape.flags.contains(.exception) ? type.hasExceptionNew : type.hasOrdinaryNew else { return }
      let initializer = type.lookUp(Name.__init__)
      guard !initializer.isAbsent, initializer.isObject, initializer.object.shape == TypeObject.function.rootShape else { return }
      let function = FunctionObject(initializer)
      guard Int(function.code.contents.pointee.exactCount) == operandB(pc) + 1 || type.rootShape.flags.areOrdinary && function.takesWithDefaults(operandB(pc) + 1) else { return }
      let version = type.assignVersion()
      guard version != 0 else { return }
      // In this order, so that a thread without a lock never takes one class's `__init__` for another's.
      specialise(pc, .CALL)
      krait_store64_release(pc + 1, 0)
      krait_store64_release(pc + 2, initializer.bits)
      krait_store64_release(pc + 1, UInt64(version))
      specialise(pc, .CALL_CLASS)
    }
  }
}
