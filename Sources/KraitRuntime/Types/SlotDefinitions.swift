// The table that ties slots to special methods, in both directions: which wrapper in a type's dict calls a native slot, and which slot function calls a Python method.

import CKraitCore

/// How the arguments of a special method become those of a slot.
enum WrapperKind: UInt8 {
  case unary, binary, binaryReflected, ternary, ternaryReflected
  case less, lessEqual, equal, notEqual, greater, greaterEqual
  case hash, length, truth, contains, item, `repeat`
  case setItem, deleteItem, call, initialize, next
  case setAttribute, deleteAttribute
  case descriptorGet, descriptorSet, descriptorDelete
  case finalize
  case buffer, releaseBuffer
  /// `__new__` and `__getattr__` have no wrapper.
  case none
}

/// One special method and its slot. Rows with the same slot are neighbours.
struct SlotRow {
  let name: Value
  /// The slot's place in ``TypeSlots``.
  let offset: Int
  let kind: WrapperKind
  /// The slot's function for classes that define the method in Python; nil where another slot serves them (`__add__` of a sequence).
  let generic: UnsafeRawPointer?
  let documentation: StaticString
  let signature: StaticString

  init(_ name: Value, _ slot: PartialKeyPath<TypeSlots>, _ kind: WrapperKind, _ generic: UnsafeRawPointer?, _ signature: StaticString, _ documentation: StaticString) {
    self.name = name
    offset = MemoryLayout<TypeSlots>.offset(of: slot).unsafelyUnwrapped
    self.kind = kind
    self.generic = generic
    self.signature = signature
    self.documentation = documentation
  }
}

/// The rows, in the order in which CPython fills the dict of a type.
enum SlotTable {
  nonisolated(unsafe) static let rows: [SlotRow] = basicRows + asynchronousRows + bufferRows + numberRows + mappingRows + sequenceRows

  /// Rows by name (its address), with open addressing: the first row's number and one more, 0 for none; behind the places, for each row the next one of its name, likewise.
  nonisolated(unsafe) private static let places: UnsafeMutablePointer<Int16> = {
    let places = UnsafeMutablePointer<Int16>.allocate(capacity: placeCount + rows.count)
    places.initialize(repeating: 0, count: placeCount + rows.count)
    for number in rows.indices.reversed() {
      let place = place(rows[number].name, places)
      places[placeCount + number] = places[place]
      places[place] = Int16(number + 1)
    }
    return places
  }()
  private static let placeCount = 256

  private static func place(_ name: Value, _ places: UnsafeMutablePointer<Int16>) -> Int {
    // Names are blocks side by side.
    var place = Int(truncatingIfNeeded: name.bits >> 4 ^ name.bits >> 12) & (placeCount - 1)
    while places[place] != 0 && rows[Int(places[place]) - 1].name !== name { place = (place + 1) & (placeCount - 1) }
    return place
  }

  /// The number of the first row of this name; nil when there is none.
  static func firstRow(named name: Value) -> Int? {
    let places = places
    let number = Int(places[place(name, places)]) - 1
    return number < 0 ? nil : number
  }

  /// The number of the next row with the name of row `number`.
  static func row(after number: Int) -> Int? {
    let next = Int(places[placeCount + number]) - 1
    return next < 0 ? nil : next
  }

  /// For each slot (by offset, in words) the code of the function that serves methods written in Python; 0 where there is none.
  nonisolated(unsafe) private static let genericCodes: UnsafeMutablePointer<UInt> = {
    let count = MemoryLayout<TypeSlots>.size / MemoryLayout<UInt>.size
    let codes = UnsafeMutablePointer<UInt>.allocate(capacity: count)
    codes.initialize(repeating: 0, count: count)
    for row in rows { codes[row.offset / MemoryLayout<UInt>.size] = UInt(bitPattern: row.generic) }
    return codes
  }()

  /// The code of a slot's function for methods written in Python. Compare with this: the same function may have several addresses in the program.
  static func genericCode(_ offset: Int) -> UInt { genericCodes[offset / MemoryLayout<UInt>.size] }

  /// The numbers of the rows that share a slot with row `number`.
  static func group(of number: Int) -> ClosedRange<Int> {
    let offset = rows[number].offset
    var first = number
    while first > 0 && rows[first - 1].offset == offset { first -= 1 }
    var last = number
    while last + 1 < rows.count && rows[last + 1].offset == offset { last += 1 }
    return first...last
  }

  private static var basicRows: [SlotRow] {
    let getAttribute = BinarySlot(SlotFunctions.getAttribute).code
    let setAttribute = StoreSlot(SlotFunctions.setAttribute).code
    let compare = CompareSlot(SlotFunctions.compare).code
    let descriptorSet = StoreSlot(SlotFunctions.descriptorSet).code
    return [
      SlotRow(Name.__repr__, \.repr, .unary, UnarySlot(SlotFunctions.repr).code, "($self, /)", "repr(self)"),
      SlotRow(Name.__hash__, \.hash, .hash, HashSlot(SlotFunctions.hash).code, "($self, /)", "hash(self)"),
      SlotRow(Name.__call__, \.call, .call, CallSlot(SlotFunctions.call).code, "($self, /, *args, **kwargs)", "self(*args, **kwargs)"),
      SlotRow(Name.__str__, \.str, .unary, UnarySlot(SlotFunctions.str).code, "($self, /)", "str(self)"),
      SlotRow(Name.__getattribute__, \.getAttribute, .binary, getAttribute, "($self, name, /)", "getattr(self, name)"),
      SlotRow(Name.__getattr__, \.getAttribute, .none, getAttribute, "", ""),
      SlotRow(Name.__setattr__, \.setAttribute, .setAttribute, setAttribute, "($self, name, value, /)", "setattr(self, name, value)"),
      SlotRow(Name.__delattr__, \.setAttribute, .deleteAttribute, setAttribute, "($self, name, /)", "delattr(self, name)"),
      SlotRow(Name.__lt__, \.compare, .less, compare, "($self, value, /)", "self<value"),
      SlotRow(Name.__le__, \.compare, .lessEqual, compare, "($self, value, /)", "self<=value"),
      SlotRow(Name.__eq__, \.compare, .equal, compare, "($self, value, /)", "self==value"),
      SlotRow(Name.__ne__, \.compare, .notEqual, compare, "($self, value, /)", "self!=value"),
      SlotRow(Name.__gt__, \.compare, .greater, compare, "($self, value, /)", "self>value"),
      SlotRow(Name.__ge__, \.compare, .greaterEqual, compare, "($self, value, /)", "self>=value"),
      SlotRow(Name.__iter__, \.iterate, .unary, UnarySlot(SlotFunctions.iterate).code, "($self, /)", "iter(self)"),
      SlotRow(Name.__next__, \.next, .next, NextSlot(SlotFunctions.next).code, "($self, /)", "Implement next(self)."),
      SlotRow(
        Name.__get__, \.descriptorGet, .descriptorGet, TernarySlot(SlotFunctions.descriptorGet).code, "($self, instance, owner=None, /)",
        "instance.name, or owner.name without an instance, where the class has self as name"),
      SlotRow(Name.__set__, \.descriptorSet, .descriptorSet, descriptorSet, "($self, instance, value, /)", "instance.name = value, where the class has self as name"),
      SlotRow(Name.__delete__, \.descriptorSet, .descriptorDelete, descriptorSet, "($self, instance, /)", "del instance.name, where the class has self as name"),
      SlotRow(
        Name.__init__, \.initialize, .initialize, InitializeSlot(SlotFunctions.initialize).code, "($self, /, *args, **kwargs)",
        "Set up a new object; help(type(self)) tells the parameters"),
      SlotRow(Name.__new__, \.new, .none, CallSlot(SlotFunctions.new).code, "", ""),
      SlotRow(Name.__del__, \.finalize, .finalize, FinalizeSlot(SlotFunctions.finalize).code, "($self, /)", "Called when the object is about to end"),
    ]
  }

  private static var asynchronousRows: [SlotRow] {
    [
      SlotRow(Name.__await__, \.await, .unary, UnarySlot(SlotFunctions.await).code, "($self, /)", "The iterator that an await expression runs"),
      SlotRow(Name.__aiter__, \.asyncIterate, .unary, UnarySlot(SlotFunctions.asyncIterate).code, "($self, /)", "aiter(self)"),
      SlotRow(Name.__anext__, \.asyncNext, .unary, UnarySlot(SlotFunctions.asyncNext).code, "($self, /)", "anext(self): an awaitable"),
    ]
  }

  private static var bufferRows: [SlotRow] {
    [
      SlotRow(Name.__buffer__, \.buffer, .buffer, BufferSlot(SlotFunctions.buffer).code, "($self, flags, /)", "A memoryview of the memory of self"),
      SlotRow(
        Name.__release_buffer__, \.releaseBuffer, .releaseBuffer, BufferReleaseSlot(SlotFunctions.releaseBuffer).code, "($self, buffer, /)",
        "Called when a memoryview that __buffer__ made is no longer used"),
    ]
  }

  private static func binary(
    _ name: Value, _ reflected: Value, _ slot: PartialKeyPath<TypeSlots>, _ symbol: (StaticString, StaticString), _ function: @escaping (Value, Value) throws(PyError) -> Owned
  ) -> [SlotRow] {
    let code = BinarySlot(function).code
    return [
      SlotRow(name, slot, .binary, code, "($self, value, /)", symbol.0),
      SlotRow(reflected, slot, .binaryReflected, code, "($self, value, /)", symbol.1),
    ]
  }

  private static func inPlace(
    _ name: Value, _ slot: PartialKeyPath<TypeSlots>, _ text: StaticString, _ function: @escaping (Value, Value) throws(PyError) -> Owned
  ) -> [SlotRow] {
    [SlotRow(name, slot, .binary, BinarySlot(function).code, "($self, value, /)", text)]
  }

  private static func unary(_ name: Value, _ slot: PartialKeyPath<TypeSlots>, _ text: StaticString, _ function: @escaping (Value) throws(PyError) -> Owned) -> [SlotRow] {
    [SlotRow(name, slot, .unary, UnarySlot(function).code, "($self, /)", text)]
  }

  private static var numberRows: [SlotRow] {
    let power = TernarySlot(SlotFunctions.power).code
    var rows: [SlotRow] = []
    rows += binary(Name.__add__, Name.__radd__, \.add, ("self+value", "value+self"), SlotFunctions.add)
    rows += binary(Name.__sub__, Name.__rsub__, \.subtract, ("self-value", "value-self"), SlotFunctions.subtract)
    rows += binary(Name.__mul__, Name.__rmul__, \.multiply, ("self*value", "value*self"), SlotFunctions.multiply)
    rows += binary(Name.__mod__, Name.__rmod__, \.remainder, ("self%value", "value%self"), SlotFunctions.remainder)
    rows += binary(Name.__divmod__, Name.__rdivmod__, \.divmod, ("divmod(self, value)", "divmod(value, self)"), SlotFunctions.divmod)
    rows += [
      SlotRow(Name.__pow__, \.power, .ternary, power, "($self, value, mod=None, /)", "pow(self, value, mod)"),
      SlotRow(Name.__rpow__, \.power, .ternaryReflected, power, "($self, value, mod=None, /)", "pow(value, self, mod)"),
    ]
    rows += unary(Name.__neg__, \.negative, "-self", SlotFunctions.negative)
    rows += unary(Name.__pos__, \.positive, "+self", SlotFunctions.positive)
    rows += unary(Name.__abs__, \.absolute, "abs(self)", SlotFunctions.absolute)
    rows += [SlotRow(Name.__bool__, \.truth, .truth, TruthSlot(SlotFunctions.truth).code, "($self, /)", "Whether self is true")]
    rows += unary(Name.__invert__, \.invert, "~self", SlotFunctions.invert)
    rows += binary(Name.__lshift__, Name.__rlshift__, \.leftShift, ("self<<value", "value<<self"), SlotFunctions.leftShift)
    rows += binary(Name.__rshift__, Name.__rrshift__, \.rightShift, ("self>>value", "value>>self"), SlotFunctions.rightShift)
    rows += binary(Name.__and__, Name.__rand__, \.and, ("self&value", "value&self"), SlotFunctions.and)
    rows += binary(Name.__xor__, Name.__rxor__, \.xor, ("self^value", "value^self"), SlotFunctions.xor)
    rows += binary(Name.__or__, Name.__ror__, \.or, ("self|value", "value|self"), SlotFunctions.or)
    rows += unary(Name.__int__, \.integer, "int(self)", SlotFunctions.integer)
    rows += unary(Name.__float__, \.float, "float(self)", SlotFunctions.float)
    rows += inPlace(Name.__iadd__, \.inPlaceAdd, "self+=value", SlotFunctions.inPlaceAdd)
    rows += inPlace(Name.__isub__, \.inPlaceSubtract, "self-=value", SlotFunctions.inPlaceSubtract)
    rows += inPlace(Name.__imul__, \.inPlaceMultiply, "self*=value", SlotFunctions.inPlaceMultiply)
    rows += inPlace(Name.__imod__, \.inPlaceRemainder, "self%=value", SlotFunctions.inPlaceRemainder)
    rows += [
      SlotRow(Name.__ipow__, \.inPlacePower, .ternary, TernarySlot(SlotFunctions.inPlacePower).code, "($self, value, mod=None, /)", "self**=value")
    ]
    rows += inPlace(Name.__ilshift__, \.inPlaceLeftShift, "self<<=value", SlotFunctions.inPlaceLeftShift)
    rows += inPlace(Name.__irshift__, \.inPlaceRightShift, "self>>=value", SlotFunctions.inPlaceRightShift)
    rows += inPlace(Name.__iand__, \.inPlaceAnd, "self&=value", SlotFunctions.inPlaceAnd)
    rows += inPlace(Name.__ixor__, \.inPlaceXor, "self^=value", SlotFunctions.inPlaceXor)
    rows += inPlace(Name.__ior__, \.inPlaceOr, "self|=value", SlotFunctions.inPlaceOr)
    rows += binary(Name.__floordiv__, Name.__rfloordiv__, \.floorDivide, ("self//value", "value//self"), SlotFunctions.floorDivide)
    rows += binary(Name.__truediv__, Name.__rtruediv__, \.trueDivide, ("self/value", "value/self"), SlotFunctions.trueDivide)
    rows += inPlace(Name.__ifloordiv__, \.inPlaceFloorDivide, "self//=value", SlotFunctions.inPlaceFloorDivide)
    rows += inPlace(Name.__itruediv__, \.inPlaceTrueDivide, "self/=value", SlotFunctions.inPlaceTrueDivide)
    rows += unary(Name.__index__, \.index, "self as an integer that counts or indexes", SlotFunctions.index)
    rows += binary(Name.__matmul__, Name.__rmatmul__, \.matrixMultiply, ("self@value", "value@self"), SlotFunctions.matrixMultiply)
    rows += inPlace(Name.__imatmul__, \.inPlaceMatrixMultiply, "self@=value", SlotFunctions.inPlaceMatrixMultiply)
    return rows
  }

  private static var mappingRows: [SlotRow] {
    let store = StoreSlot(SlotFunctions.storeSubscript).code
    return [
      SlotRow(Name.__len__, \.length, .length, LengthSlot(SlotFunctions.length).code, "($self, /)", "len(self)"),
      SlotRow(Name.__getitem__, \.subscript, .binary, BinarySlot(SlotFunctions.subscript).code, "($self, key, /)", "self[key]"),
      SlotRow(Name.__setitem__, \.storeSubscript, .setItem, store, "($self, key, value, /)", "self[key] = value"),
      SlotRow(Name.__delitem__, \.storeSubscript, .deleteItem, store, "($self, key, /)", "del self[key]"),
    ]
  }

  private static var sequenceRows: [SlotRow] {
    [
      SlotRow(Name.__add__, \.concatenate, .binary, nil, "($self, value, /)", "self+value"),
      SlotRow(Name.__mul__, \.repeat, .repeat, nil, "($self, value, /)", "self*value"),
      SlotRow(Name.__rmul__, \.repeat, .repeat, nil, "($self, value, /)", "value*self"),
      SlotRow(Name.__getitem__, \.item, .item, IndexSlot(SlotFunctions.item).code, "($self, key, /)", "self[key]"),
      SlotRow(Name.__contains__, \.contains, .contains, ContainsSlot(SlotFunctions.contains).code, "($self, key, /)", "bool(key in self)"),
      SlotRow(Name.__iadd__, \.inPlaceConcatenate, .binary, nil, "($self, value, /)", "self+=value"),
      SlotRow(Name.__imul__, \.inPlaceRepeat, .repeat, nil, "($self, value, /)", "self*=value"),
    ]
  }
}

extension TypeObject {
  /// A slot as a word: the code's address, 0 if the type has none.
  func slotWord(_ offset: Int) -> UInt { (UnsafeMutableRawPointer(slots) + offset).load(as: UInt.self) }
  func setSlotWord(_ offset: Int, _ word: UInt) { (UnsafeMutableRawPointer(slots) + offset).storeBytes(of: word, as: UInt.self) }
}
