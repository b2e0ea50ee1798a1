// What builtin values tell about themselves without running Python, making anything or raising: instructions ask here first, and go the general way otherwise.

import CKraitCore

/// Yes, no, or: only the general way knows.
enum QuickAnswer {
  case yes, no, unknown

  @inline(__always) init(_ condition: Bool) { self = condition ? .yes : .no }
}

extension Value {
  /// Whether `self == other` or the two are the same, as containers ask.
  @inline(__always)
  func quicklyEquals(_ other: Value) -> QuickAnswer {
    if self === other { return .yes }
    if Value.areSmallIntegers(self, other) { return .no }
    return comparedQuickly(other)
  }

  @inline(never)
  private func comparedQuickly(_ other: Value) -> QuickAnswer {
    if isObject && other.isObject {
      let own = object.shape
      let their = other.object.shape
      if own.flags.contains(.tuple) && their.flags.contains(.tuple) { return tupleQuicklyEquals(other, depth: 0) }
      if own == their {
        if own.flags.isSuperset(of: .exactString) { return QuickAnswer(StringObject(raw: object).isEqual(to: StringObject(raw: other.object))) }
        if own == TypeObject.bytes.rootShape { return QuickAnswer(BytesObject(raw: object).isEqual(to: BytesObject(raw: other.object))) }
        // Classes whose class is `type`.
        if own == TypeObject.type.rootShape { return .no }
      }
      return comparesByIdentity && other.comparesByIdentity ? .no : .unknown
    }
    if !isObject && !other.isObject {
      if Value.areImmediateDoubles(self, other) { return QuickAnswer(immediateDouble == other.immediateDouble) }
      // None is equal to itself only, unless the other's class says otherwise.
      return isNone || other.isNone ? .no : .unknown
    }
    // Texts are equal to no immediate.
    return (isObject ? isExactString : other.isExactString) ? .no : .unknown
  }

  private static let deepestTuple = 8

  /// Two tuples, of classes without an equality of their own.
  func tupleQuicklyEquals(_ other: Value, depth: Int) -> QuickAnswer {
    guard depth < Value.deepestTuple, comparesAsTuple, other.comparesAsTuple else { return .unknown }
    let (a, b) = (TupleObject(self), TupleObject(other))
    // The general way asks the items up to the shorter one's end.
    guard a.count == b.count else { return .unknown }
    for index in 0..<a.count {
      let (x, y) = (a[index], b[index])
      if x === y { continue }
      let areTuples = x.isObject && y.isObject && x.object.shape.flags.contains(.tuple) && y.object.shape.flags.contains(.tuple)
      let answer = areTuples ? x.tupleQuicklyEquals(y, depth: depth &+ 1) : x.quicklyEquals(y)
      if answer != .yes { return answer }
    }
    return .yes
  }

  /// Whether the class of a tuple compares as `tuple` does.
  @inline(__always)
  private var comparesAsTuple: Bool {
    object.shape.flags.contains(.exact) || object.shape.type.slots.pointee.compare?.code == TypeObject.tuple.slots.pointee.compare?.code
  }

  /// `self == other` of two exact strs, or where neither class has an equality other than that of `object`.
  @inline(never)
  func equalsPlainly(_ other: Value) -> QuickAnswer {
    guard isPresentObject else { return other.isPresentObject && other.comparesByIdentity ? .no : .unknown }
    guard other.isPresentObject else { return !other.isAbsent && comparesByIdentity ? .no : .unknown }
    if isExactString && other.isExactString { return QuickAnswer(self === other || StringObject(raw: object).isEqual(to: StringObject(raw: other.object))) }
    return comparesByIdentity && other.comparesByIdentity ? QuickAnswer(self === other) : .unknown
  }

  /// Whether the class of an object compares as `object` does.
  private var comparesByIdentity: Bool { object.shape.type.slots.pointee.compare?.code == TypeObject.object.slots.pointee.compare?.code }

  /// Whether it is known that the value, which is no exact str, equals none, and that nothing is to be said of the question.
  fileprivate var equalsNoText: Bool {
    @inline(never) get {
      if !isObject { return true }
      let compare = object.shape.type.slots.pointee.compare?.code
      if object.shape == TypeObject.bytes.rootShape { return RuntimeConfiguration.current.bytesWarnings == 0 }
      return compare == TypeObject.object.slots.pointee.compare?.code || compare == TypeObject.tuple.slots.pointee.compare?.code || compare == TypeObject.int.slots.pointee.compare?.code
    }
  }

  /// The hash of what hashes without Python: immediates, str, bytes, ints of subclasses, tuples of these, and objects that hash by identity; nil for the general way.
  @inline(__always)
  var quickHash: Int? {
    if isSmallInteger { return hashSmallInteger(smallInteger) }
    if isPresentObject && isExactString { return StringObject(raw: object).hashValue }
    return isAbsent ? nil : otherQuickHash(depth: 0)
  }

  /// - Parameter depth: of tuples around this value.
  @inline(never)
  private func otherQuickHash(depth: Int) -> Int? {
    if !isObject { return immediateHash }
    if object.shape == TypeObject.type.rootShape { return hashIdentity(self) }
    let slots = object.shape.type.slots
    let code = slots.pointee.hash?.code
    if code == TypeObject.tuple.slots.pointee.hash?.code { return quickTupleHash(depth: depth) }
    if code == TypeObject.int.slots.pointee.hash?.code { return Integer.hash(self) }
    if object.shape == TypeObject.bytes.rootShape { return BytesObject(raw: object).hashValue }
    return code == TypeObject.object.slots.pointee.hash?.code ? hashIdentity(self) : nil
  }

  /// The hash of a bool, a double and other immediates.
  private var immediateHash: Int? {
    do throws(PyError) { return try hash() } catch {
      PyError.clear()
      return nil
    }
  }

  /// The hash of a tuple whose class has no other than `tuple`.
  private func quickTupleHash(depth: Int) -> Int? {
    let tuple = TupleObject(self)
    if tuple.knownHash != 0 { return tuple.knownHash }
    if depth == Value.deepestTuple { return nil }
    var accumulator = TupleHash.start
    for index in 0..<tuple.count {
      let item = tuple[index]
      if item.isSmallInteger {
        accumulator = hashTupleStep(accumulator, hashSmallInteger(item.smallInteger))
      } else if let hash = item.isObject && item.isExactString ? StringObject(raw: item.object).hashValue : item.otherQuickHash(depth: depth &+ 1) {
        accumulator = hashTupleStep(accumulator, hash)
      } else {
        return nil
      }
    }
    let hash = TupleHash.finish(accumulator, tuple.count)
    tuple.knownHash = hash
    return hash
  }

  /// The truth of a builtin value; of an object only when its class asks nothing of Python.
  @inline(never)
  func quickTruth() -> QuickAnswer {
    if !isObject {
      if isSmallInteger { return QuickAnswer(smallInteger != 0) }
      if isImmediateDouble { return QuickAnswer(immediateDouble != 0) }
      if isBool { return QuickAnswer(isTrue) }
      return isNone ? .no : .unknown
    }
    if isAbsent { return .unknown }
    let shape = object.shape
    if shape.flags.contains(.exact) {
      if shape.flags.contains(.string) { return QuickAnswer(StringObject(raw: object).length != 0) }
      if shape.flags.contains(.list) { return QuickAnswer(ListObject(raw: object).count != 0) }
      if shape.flags.contains(.tuple) { return QuickAnswer(TupleObject(raw: object).count != 0) }
      if shape.flags.contains(.dict) { return QuickAnswer(DictObject(raw: object).count != 0) }
      if shape.flags.contains(.set) { return QuickAnswer(SetObject(raw: object).count != 0) }
      if shape.flags.contains(.bytes) { return QuickAnswer(BytesObject(self).count != 0) }
    }
    let slots = shape.type.slots
    return slots.pointee.truth == nil && slots.pointee.length == nil ? .yes : .unknown
  }

  /// `isinstance(self, target)` of a class whose class is `type`, or of a tuple of such.
  @inline(never)
  func quicklyIsInstance(of target: Value, isBesideOthers: Bool = false) -> QuickAnswer {
    let type = self.type
    if type.value === target { return .yes }
    guard target.isPresentObject else { return .unknown }
    if target.object.shape == TypeObject.type.rootShape {
      if type.isSubtype(of: TypeObject(raw: target.object)) { return .yes }
    } else if target.isExactTuple {
      for item in TupleObject(target).buffer {
        guard item.isPresentObject, item.object.shape == TypeObject.type.rootShape else { return .unknown }
        if type.isSubtype(of: TypeObject(raw: item.object)) { return .yes }
      }
    } else {
      return .unknown
    }
    return !isObject || (isBesideOthers ? type.plainlyTellsItsClass : type.tellsItsClass) ? .no : .unknown
  }

  /// `item in self` of an exact set, frozenset, list, tuple or str, or of a dict.
  @inline(__always)
  func quicklyContains(_ item: Value) -> QuickAnswer {
    if item.isSmallInteger && isPresentObject && object.shape.flags.isSuperset(of: .exactSet) {
      let hash = hashSmallInteger(item.smallInteger)
      if SetObject(raw: object).residues.lack(hash) { return .no }
      return SetObject(raw: object).quicklyFindsInteger(item, hash)
    }
    return containsGenerally(item)
  }

  @inline(never)
  private func containsGenerally(_ item: Value) -> QuickAnswer {
    guard isObject, !isAbsent else { return .unknown }
    let flags = object.shape.flags
    guard flags.contains(.exact) else { return findsKeyAsDict ? dictContains(item) : .unknown }
    if flags.contains(.set) {
      guard let hash = item.quickHash else { return .unknown }
      return SetObject(raw: object).quicklyFinds(item, hash)
    }
    if flags.contains(.dict) { return dictContains(item) }
    if flags.contains(.list) { return ListObject(raw: object).buffer.quicklyContains(item) }
    if flags.contains(.tuple) { return TupleObject(raw: object).buffer.quicklyContains(item) }
    if isString && item.isString { return StringObject(raw: object).contains(StringObject(item)) ? .yes : .no }
    return .unknown
  }

  /// A dict's instance whose class has no `__contains__` of its own.
  private var findsKeyAsDict: Bool { isDict && object.shape.type.slots.pointee.contains?.code == TypeObject.dict.slots.pointee.contains?.code }

  private func dictContains(_ item: Value) -> QuickAnswer {
    guard let hash = item.quickHash else { return .unknown }
    var place: UnsafeMutablePointer<Value>? = nil
    return DictObject(raw: object).quicklyFinds(item, hash, &place)
  }

  /// An instance of a class derived from dict with dict's own way to read items, except for what it has not; of dict itself, too.
  var readsItemsAsDict: Bool { @inline(__always) get { isExactDict || derivesReading } }

  private var derivesReading: Bool {
    @inline(never) get { isDict && object.shape.type.slots.pointee.subscript?.code == TypeObject.dict.slots.pointee.subscript?.code }
  }

  /// As ``readsItemsAsDict``, for what sets items.
  var storesItemsAsDict: Bool { @inline(__always) get { isExactDict || derivesStoring } }

  private var derivesStoring: Bool {
    @inline(never) get {
      guard isDict else { return false }
      let type = object.shape.type
      if type.slots.pointee.storeSubscript?.code == TypeObject.dict.slots.pointee.storeSubscript?.code { return true }
      // The slot is also the one that deletes: of a class that has its own way for that alone, the method tells.
      return type.lookUp(Name.__setitem__) === TypeObject.dict.lookUp(Name.__setitem__)
    }
  }
}

extension UnsafeBufferPointer where Element == Value {
  fileprivate func quicklyContains(_ item: Value) -> QuickAnswer {
    if item.isAbsent { return .unknown }
    for candidate in self {
      switch candidate.quicklyEquals(item) {
      case .yes: return .yes
      case .no: continue
      case .unknown: return .unknown
      }
    }
    return .no
  }
}

extension SetObject {
  @inline(never)
  fileprivate func quicklyFindsInteger(_ key: Value, _ hash: Int) -> QuickAnswer {
    let index = findInteger(key, hash)
    return _fastPath(index != SetObject.undecided) ? QuickAnswer(index >= 0) : quicklyFinds(key, hash)
  }

  @inline(__always)
  fileprivate func quicklyFinds(_ key: Value, _ hash: Int) -> QuickAnswer {
    if residues.lack(hash) { return .no }
    let table = self.table
    let mask = self.mask
    var perturbation = UInt(bitPattern: hash)
    var slot = perturbation & mask
    while true {
      var index = slot
      let last = slot &+ SetObject.linearProbes <= mask ? slot &+ SetObject.linearProbes : slot
      while index <= last {
        let entry = table[Int(bitPattern: index)]
        if entry.key.isAbsent { return .no }
        if entry.hash == hash {
          switch entry.key.quicklyEquals(key) {
          case .yes: return .yes
          case .no: break
          case .unknown: return .unknown
          }
        }
        index &+= 1
      }
      perturbation = perturbation &>> 5
      slot = (slot &* 5 &+ 1 &+ perturbation) & mask
    }
  }
}

extension DictObject {
  /// Finds where the value of a key stands.
  @inline(__always)
  func quicklyFinds(_ key: Value, _ hash: Int, _ place: inout UnsafeMutablePointer<Value>?) -> QuickAnswer {
    let keys = self.keys
    if keys.hasStringKeys {
      guard key.isObject, key.isExactString else { return key.equalsNoText ? .no : .unknown }
      let index = findString(key)
      if index < 0 { return .no }
      place = keys.stringEntry(index) + 1
      return .yes
    }
    let mask = keys.mask
    var perturbation = UInt(bitPattern: hash)
    var slot = keys.firstGeneralSlot(hash)
    while true {
      let index = keys.index(slot)
      if index >= 0 {
        if keys.storedHash(index) == hash {
          let entry = keys.generalEntry(index)
          switch entry.pointee.quicklyEquals(key) {
          case .yes:
            place = entry + 1
            return .yes
          case .no: break
          case .unknown: return .unknown
          }
        }
      } else if index == DictKeys.empty {
        return .no
      }
      DictKeys.advance(&slot, &perturbation)
      slot &= mask
    }
  }
}
