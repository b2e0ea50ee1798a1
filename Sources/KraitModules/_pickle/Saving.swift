// Pickling: what is written for each type.

import CKraitCore
import Glibc
import KraitRuntime

extension PicklerObject {
  private static let batchSize = 1000

  func save(_ value: Value, asksForID: Bool = true) throws(PyError) {
    try markBoundary()
    if asksForID, !contents.pointee.persistentID.isAbsent, try savePersistentID(of: value) { return }
    if value.isSmallInteger { return try saveInteger(value.smallInteger) }
    guard value.isObject else { return try saveImmediate(value) }
    let flags = value.object.shape.flags
    if flags.isSuperset(of: .exactInteger) { return try saveLong(value) }
    if flags.isSuperset(of: .exactFloat) { return try saveFloat(FloatObject(value).double) }
    let number = contents.pointee.memo.find(value)
    if number >= 0 { return try emitGet(number) }
    if flags.isSuperset(of: .exactString) { return try saveString(value) }
    if value.type == .bytes { return try saveBytes(value) }
    try checkNativeRecursion(" while pickling an object")
    if flags.isSuperset(of: .exactDict) { return try saveDict(value) }
    if flags.isSuperset(of: .exactList) { return try saveList(value) }
    if flags.isSuperset(of: .exactTuple) { return try saveTuple(value) }
    try saveOther(value)
  }

  @inline(never)
  private func saveImmediate(_ value: Value) throws(PyError) {
    if value.isNone { return try emit(PickleCode.none) }
    if value.isBool {
      if number >= 2 { return try emit(value.isTrue ? PickleCode.newTrue : PickleCode.newFalse) }
      return try emit(value.isTrue ? "I01\n" : "I00\n")
    }
    if let double = doubleValue(of: value), value.isExactFloat { return try saveFloat(double) }
    let number = contents.pointee.memo.find(value)
    if number >= 0 { return try emitGet(number) }
    try saveOther(value)
  }

  @inline(never)
  private func saveOther(_ value: Value) throws(PyError) {
    let type = value.type
    if type == .set { return try saveSet(value) }
    if type == .frozenset { return try saveFrozenSet(value) }
    if type == .bytearray { return try saveByteArray(value) }
    if pickleBufferType.isType(of: value) { return try savePickleBuffer(value) }
    if !contents.pointee.reducerOverride.isAbsent {
      let function = Owned(copying: contents.pointee.reducerOverride)
      let reduced = try function.value.call(value)
      if !reduced.value.isNotImplemented { return try save(value, reduced: reduced.value) }
    }
    if type == .type { return try saveType(value) }
    if type == .function { return try saveGlobal(value, name: .absent) }
    let reduced = try reduce(value)
    if reduced.value.isAbsent { return try saveGlobal(value, name: .absent) }
    try save(value, reduced: reduced.value)
  }

  private func save(_ value: Value, reduced: Value) throws(PyError) {
    if reduced.isString { return try saveGlobal(value, name: reduced) }
    if !reduced.isTuple {
      let error = picklingError("__reduce__ must return a string or tuple, not \(reduced.type.nameForMessages)")
      try noting(error, "when serializing \(value.type.nameForMessages) object")
    }
    do throws(PyError) { try saveReduced(reduced, value) } catch { try noting(error, "when serializing \(value.type.nameForMessages) object") }
  }

  /// Adds a line to the exception that is pending, and throws it on.
  @inline(never)
  func noting(_ error: PyError, _ note: @autoclosure () -> String) throws(PyError) -> Never {
    try addNoteToPendingException(note())
    throw error
  }

  // MARK: Memo

  @inline(__always)
  func memoize(_ value: Value) throws(PyError) {
    if contents.pointee.fast != 0 { return }
    let index = contents.pointee.memo.count
    try contents.pointee.memo.add(value, index)
    if number >= 4 { return try emit(PickleCode.memoize) }
    try emitPut(index)
  }

  private func emitPut(_ index: Int) throws(PyError) {
    if !isBinary { return try emit("p\(index)\n") }
    if index < 256 { return try emit(PickleCode.binaryPut, UInt8(truncatingIfNeeded: index)) }
    if index > 0xFFFF_FFFF { throw picklingError("memo id too large for LONG_BINPUT") }
    try emit(PickleCode.longBinaryPut, UInt64(index), size: 4)
  }

  func emitGet(_ index: Int) throws(PyError) {
    if !isBinary { return try emit("g\(index)\n") }
    if index >= 0 && index < 256 { return try emit(PickleCode.binaryGet, UInt8(truncatingIfNeeded: index)) }
    if index > 0xFFFF_FFFF { throw picklingError("memo id too large for LONG_BINGET") }
    try emit(PickleCode.longBinaryGet, UInt64(truncatingIfNeeded: index), size: 4)
  }

  /// A container that holds itself was written with its contents: what they left on the stack is dropped, and the container taken from the memo.
  private func emitGetOfRecursive(_ value: Value, popping count: Int, hasMark: Bool) throws(PyError) -> Bool {
    let index = contents.pointee.memo.find(value)
    if index < 0 { return false }
    if hasMark && isBinary {
      try emit(PickleCode.popMark)
    } else {
      for _ in 0..<(count + (hasMark ? 1 : 0)) { try emit(PickleCode.pop) }
    }
    try emitGet(index)
    return true
  }

  // MARK: Persistent ids

  private func savePersistentID(of value: Value) throws(PyError) -> Bool {
    let function = Owned(copying: contents.pointee.persistentID)
    let id = contents.pointee.persistentIDIsMethod ? try function.value.call(self.value, value) : try function.value.call(value)
    if id.value.isNone { return false }
    if isBinary {
      try save(id.value, asksForID: false)
      try emit(PickleCode.binaryPersistentID)
      return true
    }
    let text = try id.value.str()
    if !StringObject(text.value).isASCII { throw picklingError("persistent IDs in protocol 0 must be ASCII strings") }
    try emit(PickleCode.persistentID)
    try emit(UnsafeRawBufferPointer(start: StringObject(text.value).data, count: StringObject(text.value).length))
    try emit(UInt8(ascii: "\n"))
    return true
  }

  // MARK: Atoms

  @inline(__always)
  private func saveInteger(_ integer: Int) throws(PyError) {
    guard isBinary, integer == Int(Int32(truncatingIfNeeded: integer)) else { return try saveOtherInteger(integer) }
    if integer >= 0 && integer <= 0xFF { return try emit(PickleCode.binaryInt1, UInt8(truncatingIfNeeded: integer)) }
    if integer >= 0 && integer <= 0xFFFF { return try emit(PickleCode.binaryInt2, UInt64(integer), size: 2) }
    try emit(PickleCode.binaryInt, UInt64(truncatingIfNeeded: integer), size: 4)
  }

  @inline(never)
  private func saveOtherInteger(_ integer: Int) throws(PyError) {
    if integer == Int(Int32(truncatingIfNeeded: integer)) { return try emit("I\(integer)\n") }
    if number < 2 { return try emit("L\(integer)L\n") }
    // As few bytes as say the number and its sign.
    let bits = 65 - (integer < 0 ? ~integer : integer).leadingZeroBitCount
    let size = (bits + 7) / 8
    try emit(PickleCode.long1, UInt8(truncatingIfNeeded: size))
    var little = integer.littleEndian
    try withUnsafeBytes(of: &little) { (bytes) throws(PyError) in try emit(UnsafeRawBufferPointer(rebasing: bytes[..<size])) }
  }

  private func saveLong(_ value: Value) throws(PyError) {
    if let small = Integer.asInt(value) { return try saveOtherInteger(small) }
    if number < 2 {
      let text = try value.repr()
      return try emit("L\(text.value.text)L\n")
    }
    let object = IntegerObject(value)
    let (limbs, count, isNegative) = (object.limbs, object.count, object.isNegative)
    if count > Int(Int32.max) / 8 { throw .overflowError("int too large to pickle") }
    guard let memory = malloc((count + 1) * 8) else { throw .memoryError() }
    defer { free(memory) }
    let words = memory.assumingMemoryBound(to: UInt64.self)
    var carry: UInt64 = 1
    for index in 0..<count {
      var word = UInt64(limbs[index])
      if isNegative {
        word = ~word &+ carry
        if word != 0 { carry = 0 }
      }
      words[index] = word.littleEndian
    }
    words[count] = isNegative ? .max : 0
    let bytes = UnsafeRawBufferPointer(start: memory, count: (count + 1) * 8)
    var size = bytes.count
    let filler: UInt8 = isNegative ? 0xFF : 0
    while size > 1 && bytes[size - 1] == filler && bytes[size - 2] & 0x80 == filler & 0x80 { size -= 1 }
    if size < 256 { try emit(PickleCode.long1, UInt8(truncatingIfNeeded: size)) } else { try emit(PickleCode.long4, UInt64(size), size: 4) }
    try emit(UnsafeRawBufferPointer(rebasing: bytes[..<size]))
  }

  private func saveFloat(_ double: Double) throws(PyError) {
    if isBinary { return try emit(PickleCode.binaryFloat, double.bitPattern.byteSwapped, size: 8) }
    let text = try formatDouble(double, code: UInt8(ascii: "r"), precision: 0, flags: .addDotZero)
    try emit("F\(text.value.text)\n")
  }

  @inline(__always)
  private func saveString(_ value: Value) throws(PyError) {
    if !isBinary {
      try saveEscapedString(value)
    } else {
      try StringObject(value).withUTF8 { (utf8) throws(PyError) in
        let bytes = UnsafeRawBufferPointer(utf8)
        if bytes.count <= 0xFF && number >= 4 {
          let place = try reserve(bytes.count &+ 2)
          place[0] = PickleCode.shortBinaryUnicode
          place[1] = UInt8(truncatingIfNeeded: bytes.count)
          if let base = bytes.baseAddress { memcpy(place + 2, base, bytes.count) }
          contents.pointee.count &+= bytes.count &+ 2
        } else if bytes.count <= 0xFFFF_FFFF {
          try emitLarge(PickleCode.binaryUnicode, UInt64(bytes.count), size: 4, bytes, payload: .absent)
        } else if number >= 4 {
          try emitLarge(PickleCode.binaryUnicode8, UInt64(bytes.count), size: 8, bytes, payload: .absent)
        } else {
          throw PyError.overflowError("serializing a string larger than 4 GiB requires pickle protocol 4 or higher")
        }
      }
    }
    try memoize(value)
  }

  /// Protocol 0: a line of raw Unicode escapes.
  private func saveEscapedString(_ value: Value) throws(PyError) {
    try emit(PickleCode.unicode)
    let units = StringObject(value).units
    for index in 0..<units.count {
      let point = units[index]
      let digits = point >= 0x10000 ? 8 : 4
      if point < 0x100 && point != 0x5C && point != 0 && point != 0x0A && point != 0x0D && point != 0x1A {
        try emit(UInt8(truncatingIfNeeded: point))
        continue
      }
      try emit(UInt8(ascii: "\\"), digits == 8 ? UInt8(ascii: "U") : UInt8(ascii: "u"))
      for place in (0..<digits).reversed() {
        let digit = UInt8(truncatingIfNeeded: point >> UInt32(place * 4) & 15)
        try emit(digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &+ digit &- 10)
      }
    }
    try emit(UInt8(ascii: "\n"))
  }

  private func saveBytes(_ value: Value) throws(PyError) {
    if number >= 3 {
      try emitBytes(BytesObject(value).buffer, payload: value)
      return try memoize(value)
    }
    // Older protocols have no bytes: text that an encoding turns into them.
    let function: Owned
    let arguments: Owned
    if BytesObject(value).count == 0 {
      function = Owned(copying: TypeObject.bytes.value)
      arguments = .emptyTuple
    } else {
      let text = try value.callMethod(PickleName.decode, PickleName.latin1)
      function = Owned(copying: PickleState.codecsEncode.value)
      arguments = try Owned.tuple(text.value, PickleName.latin1)
    }
    let reduced = try Owned.tuple(function.value, arguments.value)
    try saveReduced(reduced.value, value)
  }

  private func emitBytes(_ bytes: UnsafeRawBufferPointer, payload: Value) throws(PyError) {
    if bytes.count <= 0xFF {
      try emit(PickleCode.shortBinaryBytes, UInt8(truncatingIfNeeded: bytes.count))
      return try emit(bytes)
    }
    if bytes.count <= 0xFFFF_FFFF { return try emitLarge(PickleCode.binaryBytes, UInt64(bytes.count), size: 4, bytes, payload: payload) }
    if number < 4 { throw .overflowError("serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher") }
    try emitLarge(PickleCode.binaryBytes8, UInt64(bytes.count), size: 8, bytes, payload: payload)
  }

  private func saveByteArray(_ value: Value) throws(PyError) {
    if number >= 5 {
      let view = try value.buffer(.simple)
      try emitLarge(PickleCode.bytearray8, UInt64(view.bytes.count), size: 8, view.bytes, payload: value)
      return try memoize(value)
    }
    let copy = try Owned.bytes(ByteArrayObject(value).buffer)
    let arguments = BytesObject(copy.value).count == 0 ? Owned.emptyTuple : try Owned.tuple(copy.value)
    let reduced = try Owned.tuple(TypeObject.bytearray.value, arguments.value)
    try saveReduced(reduced.value, value)
  }

  private func savePickleBuffer(_ value: Value) throws(PyError) {
    if number < 5 { throw picklingError("PickleBuffer can only be pickled with protocol >= 5") }
    let fields = try PickleBufferObject(value).open()
    if !PickleBufferObject.isContiguous(fields) { throw picklingError("PickleBuffer can not be pickled when pointing to a non-contiguous buffer") }
    // The callback may release it; a view keeps the memory where it is.
    let view = try value.buffer(.fullReadOnly)
    if !contents.pointee.bufferCallback.isAbsent {
      let callback = Owned(copying: contents.pointee.bufferCallback)
      let answer = try callback.value.call(value)
      if !(try answer.value.isTruthy()) {
        try emit(PickleCode.nextBuffer)
        if fields.isReadOnly { try emit(PickleCode.readOnlyBuffer) }
        return
      }
    }
    if fields.isReadOnly {
      try emitBytes(view.bytes, payload: .absent)
    } else {
      try emitLarge(PickleCode.bytearray8, UInt64(view.bytes.count), size: 8, view.bytes, payload: .absent)
    }
    try memoize(value)
  }

  // MARK: Containers

  private func saveTuple(_ value: Value) throws(PyError) {
    let tuple = TupleObject(value)
    let count = tuple.count
    if count == 0 {
      if isBinary { return try emit(PickleCode.emptyTuple) }
      return try emit(PickleCode.mark, PickleCode.tuple)
    }
    let hasMark = count > 3 || number < 2
    if hasMark { try emit(PickleCode.mark) }
    for index in 0..<count {
      do throws(PyError) { try save(tuple[index]) } catch { try noting(error, "when serializing \(value.type.nameForMessages) item \(index)") }
    }
    if try emitGetOfRecursive(value, popping: count, hasMark: hasMark) { return }
    if hasMark { try emit(PickleCode.tuple) } else { try emit(PickleCode.tuple1 &+ UInt8(truncatingIfNeeded: count &- 1)) }
    try memoize(value)
  }

  private func saveList(_ value: Value) throws(PyError) {
    try entering(value) { () throws(PyError) in
      if isBinary { try emit(PickleCode.emptyList) } else { try emit(PickleCode.mark, PickleCode.list) }
      try memoize(value)
      let list = ListObject(value)
      if list.count == 0 { return }
      if number == 0 {
        let items = try value.iterate()
        return try saveItems(of: items, value)
      }
      if list.count == 1 {
        try saveItem(list, 0)
        return try emit(PickleCode.append)
      }
      var index = 0
      while true {
        try emit(PickleCode.mark)
        let end = min(list.count, index + PicklerObject.batchSize)
        while index < min(end, list.count) {
          try saveItem(list, index)
          index += 1
        }
        try emit(PickleCode.appends)
        if index >= list.count { return }
      }
    }
  }

  @inline(__always)
  private func saveItem(_ list: ListObject, _ index: Int) throws(PyError) {
    let item = Owned(copying: list[index])
    do throws(PyError) { try save(item.value) } catch { try noting(error, "when serializing \(list.value.type.nameForMessages) item \(index)") }
  }

  /// The items that an iterator gives, in batches, for the list `owner` on the stack.
  func saveItems(of iterator: borrowing Owned, _ owner: Value) throws(PyError) {
    var index = 0
    while true {
      let first = try iterator.value.next()
      if first.value.isAbsent { return }
      var next = number == 0 ? Owned(taking: .absent) : try iterator.value.next()
      if next.value.isAbsent {
        try saveItem(first.value, index, owner)
        try emit(PickleCode.append)
        if number != 0 { return }
        index += 1
        continue
      }
      try emit(PickleCode.mark)
      try saveItem(first.value, index, owner)
      var inBatch = 1
      while !next.value.isAbsent {
        try saveItem(next.value, index + inBatch, owner)
        inBatch += 1
        if inBatch == PicklerObject.batchSize { break }
        next = try iterator.value.next()
      }
      try emit(PickleCode.appends)
      if inBatch < PicklerObject.batchSize { return }
      index += inBatch
    }
  }

  private func saveItem(_ item: Value, _ index: Int, _ owner: Value) throws(PyError) {
    do throws(PyError) { try save(item) } catch { try noting(error, "when serializing \(owner.type.nameForMessages) item \(index)") }
  }

  private func saveDict(_ value: Value) throws(PyError) {
    try entering(value) { () throws(PyError) in
      if isBinary { try emit(PickleCode.emptyDict) } else { try emit(PickleCode.mark, PickleCode.dict) }
      try memoize(value)
      let dict = DictObject(value)
      let count = dict.count
      if count == 0 { return }
      if number == 0 {
        let items = try value.callMethod(PickleName.items)
        let pairs = try items.value.iterate()
        return try savePairs(of: pairs, value)
      }
      var (position, key, item) = (0, Value.absent, Value.absent)
      if count == 1 {
        if dict.next(&position, &key, &item) { try saveEntry(key, item, value) }
        return try emit(PickleCode.setItem)
      }
      var inBatch = 0
      repeat {
        try emit(PickleCode.mark)
        inBatch = 0
        while inBatch < PicklerObject.batchSize, dict.next(&position, &key, &item) {
          try saveEntry(key, item, value)
          inBatch += 1
        }
        try emit(PickleCode.setItems)
        if dict.count != count { throw PyError.runtimeError("dictionary changed size during iteration") }
      } while inBatch == PicklerObject.batchSize
    }
  }

  @inline(__always)
  private func saveEntry(_ key: Value, _ item: Value, _ owner: Value) throws(PyError) {
    let heldKey = Owned(copying: key)
    let heldItem = Owned(copying: item)
    try save(heldKey.value)
    do throws(PyError) { try save(heldItem.value) } catch { try notingItem(error, owner, heldKey.value) }
  }

  @inline(never)
  private func notingItem(_ error: PyError, _ owner: Value, _ key: Value) throws(PyError) -> Never {
    let pending = currentThread.pointee.takeException()
    let text: String
    do throws(PyError) { text = try reprText(key) } catch {
      PyError.clear()
      currentThread.pointee.setException(pending)
      throw error
    }
    currentThread.pointee.setException(pending)
    try noting(error, "when serializing \(owner.type.nameForMessages) item \(text)")
  }

  /// The pairs that an iterator gives, in batches, for the dict `owner` on the stack.
  func savePairs(of iterator: borrowing Owned, _ owner: Value) throws(PyError) {
    while true {
      let first = try nextPair(iterator.value)
      if first.value.isAbsent { return }
      if number == 0 {
        try savePair(first.value, owner)
        try emit(PickleCode.setItem)
        continue
      }
      var next = try nextPair(iterator.value)
      if next.value.isAbsent {
        try savePair(first.value, owner)
        return try emit(PickleCode.setItem)
      }
      try emit(PickleCode.mark)
      try savePair(first.value, owner)
      var inBatch = 1
      while !next.value.isAbsent {
        try savePair(next.value, owner)
        inBatch += 1
        if inBatch == PicklerObject.batchSize { break }
        next = try nextPair(iterator.value)
      }
      try emit(PickleCode.setItems)
      if inBatch < PicklerObject.batchSize { return }
    }
  }

  private func nextPair(_ iterator: Value) throws(PyError) -> Owned {
    let pair = try iterator.next()
    if !pair.value.isAbsent, !pair.value.isTuple || TupleObject(pair.value).count != 2 { throw .typeError("dict items iterator must return 2-tuples") }
    return pair
  }

  private func savePair(_ pair: Value, _ owner: Value) throws(PyError) {
    try saveEntry(TupleObject(pair)[0], TupleObject(pair)[1], owner)
  }

  private func saveSet(_ value: Value) throws(PyError) {
    if number < 4 { return try saveAsList(value) }
    try emit(PickleCode.emptySet)
    try memoize(value)
    let set = SetObject(value)
    let count = set.count
    if count == 0 { return }
    var (position, key, inBatch) = (0, Value.absent, 0)
    repeat {
      try emit(PickleCode.mark)
      inBatch = 0
      while inBatch < PicklerObject.batchSize, set.next(&position, &key) {
        let item = Owned(copying: key)
        do throws(PyError) { try save(item.value) } catch { try noting(error, "when serializing \(value.type.nameForMessages) element") }
        inBatch += 1
      }
      try emit(PickleCode.addItems)
      if set.count != count { throw .runtimeError("set changed size during iteration") }
    } while inBatch == PicklerObject.batchSize
  }

  private func saveFrozenSet(_ value: Value) throws(PyError) {
    if number < 4 { return try saveAsList(value) }
    try entering(value) { () throws(PyError) in
      try emit(PickleCode.mark)
      var (position, key) = (0, Value.absent)
      while SetObject(value).next(&position, &key) {
        let item = Owned(copying: key)
        do throws(PyError) { try save(item.value) } catch { try noting(error, "when serializing \(value.type.nameForMessages) element") }
      }
      if try emitGetOfRecursive(value, popping: 0, hasMark: true) { return }
      try emit(PickleCode.frozenset)
      try memoize(value)
    }
  }

  /// Before protocol 4 a set is a call of its type with a list.
  private func saveAsList(_ value: Value) throws(PyError) {
    let items = try Owned.list(from: value)
    let arguments = try Owned.tuple(items.value)
    let reduced = try Owned.tuple(value.type.value, arguments.value)
    try saveReduced(reduced.value, value)
  }

  /// In fast mode there is no memo that would tell a container which holds itself: beyond a depth the containers on the way are kept in mind.
  private func entering(_ value: Value, _ body: () throws(PyError) -> Void) throws(PyError) {
    if _fastPath(contents.pointee.fast == 0) { return try body() }
    let key = try Owned.integer(value.bits)
    contents.pointee.fastDepth &+= 1
    let isDeep = contents.pointee.fastDepth >= 50
    if isDeep {
      if contents.pointee.fastMemo.isAbsent { exchange(&contents.pointee.fastMemo, try Owned.dict()) }
      let memo = Owned(copying: contents.pointee.fastMemo)
      if try DictObject(memo.value).contains(key.value) {
        contents.pointee.fastDepth = -1
        throw .valueError("fast mode: can't pickle cyclic objects including object type \(value.typeName) at 0x\(String(value.bits, radix: 16))")
      }
      try DictObject(memo.value).set(key.value, .none)
    }
    try body()
    if isDeep, !contents.pointee.fastMemo.isAbsent {
      let memo = Owned(copying: contents.pointee.fastMemo)
      _ = try DictObject(memo.value).remove(key.value)
    }
    contents.pointee.fastDepth &-= 1
  }
}
