// Instruction bodies of the model without a lock that read containers which other threads may change: loops over them, membership, slices, copies for native functions.
//
// A table or a row of items that was found stays readable until all threads have left their paths. What is read from it is taken with `tryRetain`, and kept if the container still has that table and
// the place still holds what was read: so it was there at some moment between. That something is not there is known, too: a search that comes to the end of its way has passed all places that the
// key could have stood in all the time.

import CKraitCore

extension Ops {
  /// What a search says of a key that is not there: a constant that no program sees.
  @inline(__always) static var missing: Value { SetObject.deletedKey }

  /// An iterator that only the calling thread has: the loop's reference is the only one, or there is that of the frame's first variable besides, as in a generator expression.
  @inline(__always)
  static func isOwnIterator(_ fp: FP, _ slot: Int) -> Bool {
    let iterator = fp[slot]
    guard iterator.isObject, !iterator.isAbsent, iterator.object.ownerIdentifier == krait_owner() else { return false }
    let count = krait_load64(iterator.object.localCount)
    return count == 1 || count == 2 && fp[0].bits == iterator.bits && slot != 0
  }

  /// The next entry of a dict that others may change, new references to its key and its value, as they are wanted (absent if not); nil, with nothing changed, at the end and when that cannot be told.
  @inline(__always)
  static func nextSharedEntry(_ items: DictIteratorObject, _ dict: DictObject, key wantsKey: Bool, value wantsValue: Bool) -> (key: Value, value: Value)? {
    let keys = dict.keys
    krait_load_fence()
    if _slowPath(dict.count != items.expectedCount || items.left == 0) { return nil }
    let end = keys.entryCount
    // An entry is there before the table counts it.
    krait_load_fence()
    var index = items.position
    while index < end {
      let entry = keys.entry(index)
      index &+= 1
      let value = Value(bits: krait_load64_acquire(entry + 1))
      if value.isAbsent { continue }
      let key = Value(bits: krait_load64_acquire(entry))
      if wantsKey && !tryRetain(key, at: entry) { return nil }
      if wantsValue && !tryRetain(value, at: entry + 1) {
        if wantsKey { release(key) }
        return nil
      }
      guard krait_load64_acquire(dict.raw + DictObject.keysOffset) == UInt64(UInt(bitPattern: keys.raw)), krait_load64_acquire(entry) == key.bits, krait_load64_acquire(entry + 1) == value.bits
      else {
        if wantsKey { release(key) }
        if wantsValue { release(value) }
        return nil
      }
      items.position = index
      items.left = items.left &- 1
      return (wantsKey ? key : .absent, wantsValue ? value : .absent)
    }
    return nil
  }

  /// A new tuple of the items of a list that others may change, all of which are atoms; absent when one is not, or the list moves them meanwhile.
  @inline(never)
  static func sharedAtoms(_ list: ListObject) -> Value {
    // Of a list that is being sorted its thread has the items.
    let count = min(list.count, list.capacity)
    if count < 0 { return .absent }
    do throws(PyError) {
      let result = try Owned.tuple(count: count)
      let tuple = TupleObject(result.value)
      for index in 0..<tuple.count {
        let item = Owned(taking: sharedItem(list, index))
        if item.value.isAbsent || !item.value.isAtom { return .absent }
        tuple.initialize(index, item)
      }
      return result.take()
    } catch {
      PyError.clear()
      return .absent
    }
  }

  /// A new tuple of the keys or the values of a dict that others may change, all of which are atoms; absent when one is not, or entries come and go meanwhile.
  @inline(never)
  static func sharedAtoms(_ dict: DictObject, values: Bool) -> Value {
    do throws(PyError) {
      let iterator = try Owned.dictIterator(values ? .dictValueIterator : .dictKeyIterator, dict)
      let entries = DictIteratorObject(iterator.value)
      let result = try Owned.tuple(count: entries.left)
      let tuple = TupleObject(result.value)
      for index in 0..<tuple.count {
        guard let (key, value) = nextSharedEntry(entries, dict, key: !values, value: values) else { return .absent }
        let item = Owned(taking: values ? value : key)
        if !item.value.isAtom { return .absent }
        tuple.initialize(index, item)
      }
      return dict.count == tuple.count ? result.take() : .absent
    } catch {
      PyError.clear()
      return .absent
    }
  }

  /// A new list of some items of a list that others may change; absent when it moves them meanwhile.
  @inline(never)
  static func sharedSlice(_ list: ListObject, _ bounds: SliceBounds) -> Value {
    let length = min(list.count, list.capacity)
    if length < 0 { return .absent }
    let (first, _, _, count) = bounds.indices(length)
    do throws(PyError) {
      let result = try Owned.list(capacity: max(count, 0))
      let part = ListObject(result.value)
      var index = 0
      while index < count {
        let item = sharedItem(list, first &+ index)
        if item.isAbsent { return .absent }
        part.items[index] = item
        index &+= 1
        part.count = index
      }
      return result.take()
    } catch {
      PyError.clear()
      return .absent
    }
  }

  /// Whether a list that others may change has an atom: only where all items before it are atoms, too; nil when that cannot be told.
  @inline(never)
  static func sharedListContains(_ list: ListObject, _ item: Value) -> Bool? {
    var index = 0
    while index < list.count {
      let candidate = sharedItem(list, index)
      if candidate.isAbsent { return nil }
      let answer = candidate.isAtom ? candidate.quicklyEquals(item) : .unknown
      release(candidate)
      switch answer {
      case .yes: return true
      case .no: index &+= 1
      case .unknown: return nil
      }
    }
    return false
  }
}

// MARK: - Sets

extension SetObject {
  /// The table and its mask, as long as the set ``isStill(at:)`` this generation; nil while it is given another one.
  @inline(__always)
  fileprivate var knownTable: (table: UnsafeMutablePointer<Entry>, mask: UInt, generation: UInt32)? {
    let generation = krait_load32_acquire(raw + SetObject.generationOffset)
    let (table, mask) = (self.table, self.mask)
    return generation & 1 == 0 && isStill(at: generation) ? (table, mask, generation) : nil
  }

  /// Whether what was read before is of the table that the set has now.
  @inline(__always)
  fileprivate func isStill(at generation: UInt32) -> Bool {
    krait_load_fence()
    return _fastPath(self.generation == generation)
  }
}

extension Ops {
  /// Whether a set that others may change has a key; nil when that cannot be told.
  ///
  /// A place of a table belongs to a key until that is taken out, and is never free again. So a key that is there from the beginning of the search to its end is found, and one that was not found was
  /// missing at some moment between. A place that gets another key meanwhile may be passed by, whatever was read of it: the old key has been taken out, and the new one was not there at first.
  @inline(never)
  static func sharedSetContains(_ set: SetObject, _ key: Value) -> Bool? {
    guard let hash = key.quickHash, let (table, mask, generation) = set.knownTable else { return nil }
    var perturbation = UInt(bitPattern: hash)
    var slot = perturbation & mask
    while true {
      var place = table + Int(bitPattern: slot)
      let last = slot &+ SetObject.linearProbes <= mask ? place + Int(bitPattern: SetObject.linearProbes) : place
      repeat {
        let other = Value(bits: krait_load64_acquire(place))
        if other === key { return set.isStill(at: generation) ? true : nil }
        if other.isAbsent { return set.isStill(at: generation) ? false : nil }
        if krait_load64(UnsafeRawPointer(place) + 8) == UInt64(bitPattern: Int64(hash)) && other !== SetObject.deletedKey {
          switch compareShared(set, generation, place, other, key) {
          case .yes: return set.isStill(at: generation) ? true : nil
          case .no: break
          case .unknown: return nil
          }
        }
        place += 1
      } while place <= last
      perturbation = perturbation &>> 5
      slot = (slot &* 5 &+ 1 &+ perturbation) & mask
    }
  }

  /// Whether a key that was found in a place equals another one.
  @inline(__always)
  private static func compareShared(_ set: SetObject, _ generation: UInt32, _ place: UnsafeMutablePointer<SetObject.Entry>, _ other: Value, _ key: Value) -> QuickAnswer {
    if Value.areSmallIntegers(other, key) { return .no }
    guard tryRetain(other, at: place) else {
      makeKnown(set, generation, place, other)
      return .unknown
    }
    let answer = (other.isAtom || isTupleOfAtoms(other)) && (key.isAtom || isTupleOfAtoms(key)) ? other.quicklyEquals(key) : .unknown
    // What is held may be another object in the memory of the one that was found.
    let isThere = krait_load64_acquire(place) == other.bits
    release(other)
    return answer == .yes && !isThere ? .unknown : answer
  }

  /// A key that only its owner has had is held by nobody else (`tryRetain`): others are excluded once, so that they may from then on.
  @inline(never)
  private static func makeKnown(_ set: SetObject, _ generation: UInt32, _ place: UnsafeMutablePointer<SetObject.Entry>, _ key: Value) {
    Sharing.exclusively(currentThread) {
      if set.isStill(at: generation) && place.pointee.key === key { key.object.makeKnown() }
    }
  }

  /// The next key of a set that others may change, a new reference, absent at the end; nil, with nothing changed, when that cannot be told.
  static func nextSharedKey(_ iterator: SetIteratorObject, _ set: SetObject) -> Value? {
    guard set.count == iterator.expectedCount, let (table, mask, generation) = set.knownTable else { return nil }
    var index = iterator.position
    while index <= Int(bitPattern: mask) {
      let place = table + index
      index &+= 1
      let key = Value(bits: krait_load64_acquire(place))
      if key.isAbsent || key === SetObject.deletedKey { continue }
      if !tryRetain(key, at: place) { return nil }
      guard set.isStill(at: generation), krait_load64_acquire(place) == key.bits else {
        release(key)
        return nil
      }
      iterator.position = index
      iterator.left = iterator.left &- 1
      return key
    }
    return set.isStill(at: generation) ? .absent : nil
  }

  /// A new tuple of the keys of a set that others may change, all of which are atoms; absent when one is not, or keys come and go meanwhile so that there are more or fewer than at first.
  @inline(never)
  static func sharedAtoms(_ set: SetObject) -> Value {
    do throws(PyError) {
      let iterator = try Owned.setIterator(set)
      let keys = SetIteratorObject(iterator.value)
      let result = try Owned.tuple(count: keys.expectedCount)
      let tuple = TupleObject(result.value)
      for index in 0..<tuple.count {
        guard let key = nextSharedKey(keys, set), !key.isAbsent else { return .absent }
        let item = Owned(taking: key)
        if !key.isAtom { return .absent }
        tuple.initialize(index, item)
      }
      // To the end of the table: else a key that stays may stand behind one that was added.
      guard let rest = nextSharedKey(keys, set) else { return .absent }
      release(rest)
      return rest.isAbsent ? result.take() : .absent
    } catch {
      PyError.clear()
      return .absent
    }
  }
}

extension SharedBodies {
  // MARK: Loops

  static func FOR_ITER_DICT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandB(pc)
    guard Ops<Free>.isOwnIterator(fp, slot) else { return false }
    let iterator = fp[slot]
    let isKeys = iterator.object.shape == TypeObject.dictKeyIterator.rootShape
    guard isKeys || iterator.object.shape == TypeObject.dictValueIterator.rootShape else { return false }
    let items = DictIteratorObject(iterator)
    let dict = items.dict
    if Privacy.isPrivate(dict) { return Ops<Free>.FOR_ITER_DICT(&pc, &fp, thread) }
    guard !dict.isAbsent, let (key, value) = Ops<Free>.nextSharedEntry(items, DictObject(dict), key: isKeys, value: !isKeys) else { return false }
    Ops<Free>.set(fp, operandA(pc), isKeys ? key : value)
    pc += 4
    return true
  }

  static func FOR_ITER_ITEMS(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandB(pc)
    guard Ops<Free>.isOwnIterator(fp, slot), fp[slot].object.shape == TypeObject.dictItemIterator.rootShape else { return false }
    let items = DictIteratorObject(fp[slot])
    let dict = items.dict
    if Privacy.isPrivate(dict) { return Ops<Free>.FOR_ITER_ITEMS(&pc, &fp, thread) }
    guard !dict.isAbsent, !items.cache.holdsPair, let (key, value) = Ops<Free>.nextSharedEntry(items, DictObject(dict), key: true, value: true) else { return false }
    Ops<Free>.setPair(&pc, fp, key, value)
    return true
  }

  static func FOR_ITER_ENUMERATE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandB(pc)
    guard Ops<Free>.isOwnIterator(fp, slot), fp[slot].object.shape == TypeObject.enumerate.rootShape else { return false }
    let inner = EnumerateObject(fp[slot]).iterator
    guard Ops<Free>.isUnique(inner), inner.object.shape == TypeObject.listIterator.rootShape else { return false }
    return Ops<Free>.FOR_ITER_ENUMERATE(&pc, &fp, thread)
  }

  /// Iterators of builtin types that run over what nobody changes, or over lists.
  static func FOR_ITER_NATIVE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    guard Ops<Free>.isOwnIterator(fp, operandB(pc)), runsAlone(fp[operandB(pc)], depth: 0) else { return false }
    let done = Ops<Free>.FOR_ITER_NATIVE(&pc, &fp, thread)
    Sharing.leave(thread)
    return done
  }

  static func FOR_ITER_ANY(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    guard Ops<Free>.isOwnIterator(fp, operandB(pc)) else { return false }
    let iterator = fp[operandB(pc)]
    let shape = iterator.object.shape
    if shape == TypeObject.listIterator.rootShape { return Ops<Free>.FOR_ITER_LIST(&pc, &fp, thread) }
    if shape == TypeObject.tupleIterator.rootShape { return Ops<Free>.FOR_ITER_TUPLE(&pc, &fp, thread) }
    if shape == TypeObject.rangeIterator.rootShape { return Ops<Free>.FOR_ITER_RANGE(&pc, &fp, thread) }
    if shape == TypeObject.generator.rootShape { return Ops<Free>.FOR_ITER_GENERATOR(&pc, &fp, thread) }
    return false
  }

  /// Whether the native code of an iterator reads nothing that others change, but for lists, dicts and sets, whose iterators know of it.
  private static func runsAlone(_ iterator: Value, depth: Int) -> Bool {
    let shape = iterator.object.shape
    if shape == TypeObject.tupleIterator.rootShape || shape == TypeObject.rangeIterator.rootShape || shape == TypeObject.listIterator.rootShape || shape == TypeObject.listReverseIterator.rootShape
      || shape == TypeObject.dictKeyIterator.rootShape || shape == TypeObject.dictValueIterator.rootShape || shape == TypeObject.dictItemIterator.rootShape
      || shape == TypeObject.setIterator.rootShape || shape == TypeObject.strIterator.rootShape || shape == TypeObject.strASCIIIterator.rootShape || shape == TypeObject.bytesIterator.rootShape
    {
      return true
    }
    guard depth < 4 else { return false }
    if shape == TypeObject.enumerate.rootShape { return runsAlone(owned: EnumerateObject(iterator).iterator, depth: depth) }
    if shape == TypeObject.zip.rootShape { return ParallelIterator(iterator).iterators.buffer.allSatisfy { runsAlone(owned: $0, depth: depth) } }
    return false
  }

  private static func runsAlone(owned iterator: Value, depth: Int) -> Bool { Ops<Free>.isUnique(iterator) && runsAlone(iterator, depth: depth + 1) }

  // MARK: Membership

  /// Whether the answer of membership in a container depends on nothing that others change at the moment.
  @inline(__always)
  private static func mayLook(_ container: Value, for item: Value) -> Bool {
    item.isFrozen && !container.isAbsent && (Privacy.isPrivate(container) || container.isAtom || container.isExactTuple || container.object.shape == TypeObject.frozenset.rootShape)
  }

  static func CONTAINS_OP(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let container = fp[operandC(pc)]
    let item = fp[operandB(pc)]
    if mayLook(container, for: item) { return Ops<Free>.CONTAINS_OP(&pc, &fp, thread) }
    guard let isFound = finds(item, container) else { return false }
    Ops<Free>.finishTest(&pc, fp, thread, operandB(pc), operandC(pc), isFound == (pc[1] == 0))
    return true
  }

  static func CONTAINS_JUMP(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let item = operandA(pc)
    let container = operandB(pc)
    if mayLook(fp[container], for: fp[item]) { return Ops<Free>.CONTAINS_JUMP(&pc, &fp, thread) }
    guard let isFound = finds(fp[item], fp[container]) else { return false }
    thread.pointee.frame.pointee.pc = pc
    Ops<Free>.consume(fp, thread, item)
    Ops<Free>.consume(fp, thread, container)
    pc += (pc[1] & 1 != 0) == isFound ? signedC(pc) : 2
    return true
  }

  /// Whether a dict, a set or a list that others may change has a key; nil when that cannot be told.
  @inline(__always)
  private static func finds(_ key: Value, _ container: Value) -> Bool? {
    guard container.isObject, !container.isAbsent, !key.isAbsent else { return nil }
    if container.isExactDict {
      let found = Ops<Free>.sharedDictItem(DictObject(container), key)
      if found.isAbsent { return nil }
      if found === Ops<Free>.missing { return false }
      Ops<Free>.release(found)
      return true
    }
    if container.object.shape.flags.isSuperset(of: .exactSet) { return Ops<Free>.sharedSetContains(SetObject(container), key) }
    return container.isExactList && key.isAtom ? Ops<Free>.sharedListContains(ListObject(container), key) : nil
  }

  // MARK: Slices

  /// A list that is made here is private, and so may be what it shares with another private one.
  static func BINARY_SLICE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let source = fp[base]
    if source.isAtom || source.isExactTuple { return Ops<Free>.BINARY_SLICE(&pc, &fp, thread) }
    if Privacy.isPrivate(source) {
      guard Ops<Free>.BINARY_SLICE(&pc, &fp, thread) else { return false }
    } else {
      guard source.isExactList, let bounds = SliceBounds(quick: fp[base &+ 1], fp[base &+ 2]) else { return false }
      let part = Ops<Free>.sharedSlice(ListObject(source), bounds)
      if part.isAbsent { return false }
      thread.pointee.frame.pointee.pc = pc
      Ops<Free>.set(fp, base, part)
      pc += 1
    }
    Privacy.adopt(fp[base])
    return true
  }
}
