// Instruction bodies of the model without a lock that read what other threads may change meanwhile.
//
// Memory that is given up stays readable until all threads have left the paths that they were on (``Sharing``), so reading never faults; what was read is used once it is known to be true:
// - A word of an inline cache is read once. The others, and the operation, are checked afterwards: whoever writes a cache makes the operation general first (``Slow/writeCache``).
// - A value in an object or dict is taken with ``tryRetain(_:at:)``, which fails for a value whose last reference is given up at that moment.
// - What takes several steps is for threads without peers or for the only holder (`alone` and `unique` in Scripts/instructions).

import CKraitCore
import Glibc
import KraitCompiler

/// No lock excludes other threads.
enum Free: ThreadingModel {
  @inline(__always) static var isFree: Bool { true }
}

extension Ops {
  /// Whether an instruction is still the one that the body is for, and its cache what was read before.
  @inline(__always)
  static func isStill(_ pc: PC, _ instruction: Instruction, _ cache: UInt64) -> Bool {
    _fastPath(krait_load64_acquire(pc + 2) == cache && krait_load16(pc) == instruction.rawValue)
  }

  /// Word 2 if its low half is the version of the object's shape; else 0.
  @inline(__always)
  static func sharedCache(_ pc: PC, _ owner: Value) -> UInt64 {
    if _slowPath(!owner.isObject || owner.isAbsent) { return 0 }
    let cache = krait_load64_acquire(pc + 2)
    return _fastPath(owner.object.shape.version == UInt32(truncatingIfNeeded: cache)) ? cache : 0
  }

  /// A new reference to a value that was read from a place which other threads may write; false when there is no value, or it is on its way out.
  @inline(__always)
  static func tryRetain(_ value: Value, at place: UnsafeRawPointer) -> Bool {
    if !value.isObject { return true }
    if _slowPath(value.isAbsent) { return false }
    let object = value.object
    let local = krait_load32_unchecked(object.localCount)
    if _fastPath(local &+ 1 > 1 && object.ownerIdentifier == krait_owner()) {
      // The owner's count is not zero, and only this thread can make it so.
      krait_store32(object.localCount, local &+ 1)
      return true
    }
    return local == ObjectHeader.immortal || retainShared(object, at: place)
  }

  /// A reference to an object of another thread: counted only if other threads have had it already and it lives, and if the place still holds it, so that it cannot have been freed before.
  @inline(never)
  private static func retainShared(_ object: UnsafeMutableRawPointer, at place: UnsafeRawPointer) -> Bool {
    if ThreadCounts.retain(object) {
      if krait_load64_acquire(place) == Value(object).bits { return true }
      object.release()
      return false
    }
    var isContended = false
    while true {
      let before = krait_load32_unchecked(object.sharedCount)
      if before == 0 || before == ObjectHeader.merged { return false }
      if krait_cas32(object.sharedCount, before, before &+ 4) { break }
      isContended = true
    }
    if krait_load64_acquire(place) == Value(object).bits {
      if _slowPath(isContended) { Sharing.noteContention(object) } else { Sharing.noteCounting(object) }
      return true
    }
    object.release()
    return false
  }

  /// Whether the calling thread has the only reference.
  @inline(__always)
  static func isUnique(_ value: Value) -> Bool {
    guard value.isObject, !value.isAbsent else { return false }
    return krait_load64(value.object.localCount) == 1 && value.object.ownerIdentifier == krait_owner()
  }

  @inline(__always)
  private static func finishShared(_ pc: inout PC, _ fp: FP, _ value: Value, _ length: Int) -> Bool {
    set(fp, operandA(pc), value)
    pc += length
    return true
  }

  /// An attribute inside the object.
  @inline(__always)
  static func sharedLoadInside(_ pc: inout PC, _ fp: FP, _ instruction: Instruction) -> Bool {
    let owner = fp[operandB(pc)]
    let cache = sharedCache(pc, owner)
    if _slowPath(cache == 0) { return false }
    let place = owner.object + Int(cache &>> 32)
    let value = Value(bits: krait_load64_acquire(place))
    if _slowPath(!isStill(pc, instruction, cache) || !tryRetain(value, at: place)) { return false }
    // The object may have been given another shape meanwhile, which leaves behind what was in the place.
    if _slowPath(owner.object.shape.version != UInt32(truncatingIfNeeded: cache)) {
      release(value)
      return false
    }
    return finishShared(&pc, fp, value, 4)
  }

  /// A value of the type's, in word 3: absent when it cannot be told. A type keeps it until all threads have passed a safepoint.
  @inline(__always)
  static func sharedTypeValue(_ pc: PC, _ owner: Value, _ instruction: Instruction) -> Value {
    let cache = sharedCache(pc, owner)
    if _slowPath(cache == 0) { return .absent }
    let value = Value(bits: krait_load64_acquire(pc + 3))
    return isStill(pc, instruction, cache) ? value : .absent
  }

  @inline(__always)
  static func sharedLoadValue(_ pc: inout PC, _ fp: FP) -> Bool {
    let value = sharedTypeValue(pc, fp[operandB(pc)], .LOAD_ATTR_VALUE)
    if _slowPath(value.isAbsent) { return false }
    retain(value)
    return finishShared(&pc, fp, value, 4)
  }

  /// The value of a dict's entry, a new reference; absent when the keys are not what they were.
  @inline(__always)
  static func sharedEntry(_ dict: DictObject, _ version: UInt32, _ index: Int) -> Value {
    sharedEntry(dict, version) { $0.valuePlace(at: index) }
  }

  @inline(__always)
  private static func sharedEntry(_ dict: DictObject, _ version: UInt32, _ place: (DictObject) -> UnsafeMutablePointer<Value>) -> Value {
    if _slowPath(dict.keysVersion != version || version == 0) { return .absent }
    let place = UnsafeRawPointer(place(dict))
    krait_load_fence()
    if _slowPath(dict.keysVersion != version) { return .absent }
    let value = Value(bits: krait_load64_acquire(place))
    if _slowPath(dict.keysVersion != version || !tryRetain(value, at: place)) { return .absent }
    // The place may be in keys that the dict has given up.
    if _fastPath(dict.keysVersion == version) { return value }
    release(value)
    return .absent
  }

  /// A module's attribute: a new reference, or absent.
  @inline(__always)
  static func sharedModuleAttribute(_ pc: PC, _ owner: Value, _ instruction: Instruction) -> Value {
    let cache = sharedCache(pc, owner)
    if _slowPath(cache == 0) { return .absent }
    let entry = krait_load64_acquire(pc + 3)
    if _slowPath(!isStill(pc, instruction, cache)) { return .absent }
    return sharedEntry(DictObject(ModuleObject(owner).dict), UInt32(truncatingIfNeeded: entry), Int(entry &>> 32))
  }

  @inline(__always)
  static func sharedLoadGlobal(_ pc: inout PC, _ fp: FP, _ thread: ThreadPointer, _ instruction: Instruction) -> Bool {
    let cache = krait_load64_acquire(pc + 2)
    if _slowPath(krait_load16(pc) != instruction.rawValue) { return false }
    let globals = DictObject(thread.pointee.frame.pointee.globals)
    let value = sharedEntry(globals, UInt32(truncatingIfNeeded: cache)) { $0.place(atOffset: Int(cache &>> 32)) }
    if _slowPath(value.isAbsent) { return false }
    return finishShared(&pc, fp, value, 3)
  }

  @inline(__always)
  static func sharedLoadBuiltin(_ pc: inout PC, _ fp: FP, _ thread: ThreadPointer, _ instruction: Instruction) -> Bool {
    let frame = thread.pointee.frame
    let index = operandB(pc)
    let cache = krait_load64_acquire(pc + 2)
    // The index stands in the operation's word and may have been written between: a cache that did not change has the one that belongs to it.
    if _slowPath(operandB(pc) != index || !isStill(pc, instruction, cache)) { return false }
    if _slowPath(DictObject(frame.pointee.globals).keysVersion != UInt32(truncatingIfNeeded: cache)) { return false }
    let value = sharedEntry(DictObject(FunctionObject(frame.pointee.function).builtins), UInt32(truncatingIfNeeded: cache &>> 32), index)
    if _slowPath(value.isAbsent) { return false }
    return finishShared(&pc, fp, value, 3)
  }

  /// A cell's content: a new reference, or absent.
  @inline(__always)
  static func sharedCellValue(_ cell: CellObject) -> Value {
    let place = UnsafeRawPointer(cell.contentsPlace)
    let value = Value(bits: krait_load64_acquire(place))
    return tryRetain(value, at: place) ? value : .absent
  }

  /// A list's item, a new reference; absent when it is out of range, or the list moves its items meanwhile.
  @inline(__always)
  static func sharedItem(_ list: ListObject, _ index: Int) -> Value {
    let items = list.itemsPlace
    let base = krait_load64_acquire(items)
    let count = min(list.count, list.capacity)
    let position = index < 0 ? index &+ count : index
    if _slowPath(UInt(bitPattern: position) >= UInt(bitPattern: count) || krait_load64_acquire(items) != base || base == 0) { return .absent }
    let place = UnsafeRawPointer(bitPattern: UInt(base)).unsafelyUnwrapped + position &* 8
    let value = Value(bits: krait_load64_acquire(place))
    if _slowPath(!tryRetain(value, at: place)) { return .absent }
    // The place may be behind the end by now, or in items that the list has given up.
    if _fastPath(krait_load64_acquire(items) == base && position < list.count) { return value }
    release(value)
    return .absent
  }
}

// MARK: - Bodies beside other threads

/// What a thread that has peers tries without excluding them (`shared` in Scripts/instructions).
enum SharedBodies {
  @inline(__always)
  static func SUBSCRIPT_DICT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandC(pc)
    return subscriptDict(&pc, &fp, thread, fp[slot], slot)
  }

  @inline(__always)
  static func SUBSCRIPT_DICT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    subscriptDict(&pc, &fp, thread, Value(smallInteger: signedC(pc)), operandA(pc))
  }

  /// - Parameter slot: where the key is, which is consumed unless the item comes to stand there.
  @inline(__always)
  private static func subscriptDict(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ key: Value, _ slot: Int) -> Bool {
    let container = fp[operandB(pc)]
    if _slowPath(!container.isExactDict) { return false }
    let item = Ops<Free>.sharedDictItem(DictObject(container), key)
    if _slowPath(item.isAbsent) { return false }
    thread.pointee.frame.pointee.pc = pc
    if _slowPath(item === Ops<Free>.missing) {
      guard let next = raise(.keyError, key, thread) else { return false }
      pc = next
      fp = thread.pointee.frame.pointee.fp
      return true
    }
    if slot != operandA(pc) { Ops<Free>.consume(fp, thread, slot) }
    Ops<Free>.set(fp, operandA(pc), item)
    pc += 2
    return true
  }

  @inline(__always)
  static func LIST_APPEND(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let list = fp[operandA(pc)]
    let source = operandB(pc)
    let value = fp[source]
    if Privacy.isPrivate(list) && list.isExactList && !value.isAbsent { return appendToOwn(&pc, fp, thread, ListObject(list), source) }
    guard list.isExactList, !value.isAbsent, source >= thread.pointee.frame.pointee.code.localsPlusCount || !value.isObject else { return false }
    Privacy.publish(value)
    guard ListObject(list).appendShared(value) else { return false }
    if value.isObject { fp[source] = .none }
    pc += 1
    return true
  }

  private static func appendToOwn(_ pc: inout PC, _ fp: FP, _ thread: ThreadPointer, _ list: ListObject, _ source: Int) -> Bool {
    let value = fp[source]
    let isTemporary = source >= thread.pointee.frame.pointee.code.localsPlusCount
    if !isTemporary { Ops<Free>.retain(value) }
    if _slowPath(!Ops<Free>.appendOwn(list, value)) {
      if !isTemporary { Ops<Free>.release(value) }
      return false
    }
    if isTemporary { fp[source] = .none }
    pc += 1
    return true
  }

  @inline(__always)
  static func CALL_LIST_APPEND(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    let list = fp[base &+ 1]
    if _slowPath(callable.bits != krait_load64(pc + 1) || list.isAbsent || !list.isExactList) { return false }
    if Privacy.isPrivate(list) {
      if _slowPath(!Ops<Free>.appendOwn(ListObject(list), fp[base &+ 2])) { return false }
    } else {
      Privacy.publish(fp[base &+ 2])
      if _slowPath(!ListObject(list).appendShared(fp[base &+ 2])) { return false }
    }
    fp[base &+ 2] = .none
    fp[base &+ 1] = .none
    fp[base] = .none
    thread.pointee.frame.pointee.pc = pc
    list.release()
    callable.release()
    pc += Evaluator.callLength
    return true
  }
}

extension Ops {
  /// Appends to a list that only the calling thread has; takes over the reference. False, with nothing changed, when there is no memory.
  @inline(__always)
  static func appendOwn(_ list: ListObject, _ value: Value) -> Bool {
    let count = list.count
    if _slowPath(count >= list.capacity) && !growOwn(list) { return false }
    list.items[count] = value
    list.count = count &+ 1
    return true
  }

  @inline(never)
  private static func growOwn(_ list: ListObject) -> Bool {
    do throws(PyError) {
      try list.resizeStorage(list.count + 1)
      return true
    } catch {
      PyError.clear()
      return false
    }
  }

  /// The value of a key in a dict that other threads may change, a new reference; ``missing`` when the key is not there, absent when that cannot be told so easily.
  ///
  /// Strs that a dict gives up live until all threads have left their paths, so those found may be compared; and a table is as it was, entries added, until then.
  @inline(never)
  static func sharedDictItem(_ dict: DictObject, _ key: Value) -> Value {
    let keys = dict.keys
    krait_load_fence()
    guard key.isExactString, keys.hasStringKeys else { return key.isAbsent || keys.hasStringKeys ? .absent : sharedGeneralItem(dict, keys, key) }
    let hash = StringObject(raw: key.object).hashValue
    return probeShared(keys, hash) { index in
      let entry = keys.stringEntry(index)
      let other = entry.pointee
      if other.isAbsent { return .absent }
      let isKey = other === key || StringObject(other).hashValue == hash && StringObject(other).isEqual(to: StringObject(key))
      return isKey ? sharedDictValue(dict, keys, entry, other) : nil
    }
  }

  /// As ``sharedDictItem(_:_:)``, in a table with keys of all kinds: of atoms and of tuples of atoms.
  @inline(never)
  private static func sharedGeneralItem(_ dict: DictObject, _ keys: DictKeys, _ key: Value) -> Value {
    guard key.isAtom || isTupleOfAtoms(key), let hash = key.quickHash else { return .absent }
    return probeShared(keys, hash) { index in
      let entry = keys.generalEntry(index)
      let other = Value(bits: krait_load64_acquire(entry))
      if other === key { return sharedDictValue(dict, keys, entry, key) }
      if keys.storedHash(index) != hash || other.isSmallInteger && key.isSmallInteger { return nil }
      if _slowPath(!tryRetain(other, at: entry)) { return .absent }
      let answer = other.isAtom || isTupleOfAtoms(other) ? other.quicklyEquals(key) : .unknown
      release(other)
      switch answer {
      case .yes: return sharedDictValue(dict, keys, entry, other)
      case .no: return nil
      case .unknown: return .absent
      }
    }
  }

  /// Follows the way of a hash through a table: what `look` says of an entry on it, if it says anything, else ``missing``.
  @inline(__always)
  private static func probeShared(_ keys: DictKeys, _ hash: Int, _ look: (Int) -> Value?) -> Value {
    let mask = keys.mask
    var perturbation = UInt(bitPattern: hash)
    var slot = keys.firstSlot(hash)
    while true {
      let index = keys.index(slot)
      if index >= 0 {
        krait_load_fence()
        if let answer = look(index) { return answer }
      } else if index == DictKeys.empty {
        return missing
      }
      DictKeys.advance(&slot, &perturbation)
      slot &= mask
    }
  }

  static func isTupleOfAtoms(_ value: Value) -> Bool { value.isObject && !value.isAbsent && value.isExactTuple && TupleObject(value).buffer.allSatisfy { $0.isAtom } }

  /// The value behind a key that was found in an entry, if both are still there once the value is held.
  @inline(__always)
  private static func sharedDictValue(_ dict: DictObject, _ keys: DictKeys, _ entry: UnsafeMutablePointer<Value>, _ key: Value) -> Value {
    let place = UnsafeRawPointer(entry + 1)
    let value = Value(bits: krait_load64_acquire(place))
    if _slowPath(!tryRetain(value, at: place)) { return .absent }
    if _fastPath(krait_load64_acquire(entry) == key.bits && krait_load64_acquire(dict.raw + DictObject.keysOffset) == UInt64(UInt(bitPattern: keys.raw))) { return value }
    release(value)
    return .absent
  }
}

extension Slow {
  /// Guards the writing of inline caches in the model without a lock.
  nonisolated(unsafe) private static let cacheLock: SpinLock = {
    let word = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    word.initialize(to: 0)
    return SpinLock(word)
  }()

  /// Fills an instruction's cache and specialises it.
  static func writeCache(_ pc: PC, _ second: UInt64, _ third: UInt64?, operandB: UInt16? = nil, _ instruction: Instruction) {
    guard Runtime.isFree else {
      pc[2] = second
      if let third { pc[3] = third }
      if let operandB { UnsafeMutableRawPointer(pc).storeBytes(of: operandB, toByteOffset: 4, as: UInt16.self) }
      return specialise(pc, instruction)
    }
    cacheLock.hold {
      // Bodies that have read the old words find that the operation is another one.
      krait_store16_release(pc, Instruction.families[Int(instruction.rawValue)])
      krait_store64_release(pc + 2, 0)
      if let third { krait_store64_release(pc + 3, third) }
      if let operandB { UnsafeMutableRawPointer(pc).storeBytes(of: operandB, toByteOffset: 4, as: UInt16.self) }
      krait_store64_release(pc + 2, second)
      krait_store16_release(pc, instruction.rawValue)
    }
  }
}
