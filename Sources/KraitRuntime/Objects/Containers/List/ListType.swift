// The type `list`.

import CKraitCore

func defineList(_ types: TypeDefinitions) {
  types.define(.list) { t in
    t.documentation = "A mutable sequence."
    t.basicSize = ListObject.size
    t.flags = [.baseType, .sequence, .haveGarbageCollection]
    t.shapeFlags = [.list, .tracked, .hasState]
    t.rawNew("list") { (type, _) throws(PyError) in Owned(taking: try TypeObject(raw: type.object).allocate()) }
    t.initialize("list(iterable=(), /)") { (call) throws(PyError) in
      let list = ListObject(call.receiver)
      if list.count > 0 { list.removeAll() }
      if !call[0].isExactTuple || TupleObject(call[0]).count > 0 { try list.extend(call[0]) }
    }
    t.slots.deallocate = DeallocateSlot(listDeallocate)
    t.slots.traverse = TraverseSlot { (object, visit) in
      let list = ListObject(raw: object)
      for index in 0..<list.count { visit(list[index]) }
    }
    t.slots.clear = ClearSlot { (object) in ListObject(raw: object).removeAll() }
    t.slots.repr = UnarySlot { (value) throws(PyError) in
      let list = ListObject(value)
      if list.count == 0 { return try .string("[]") }
      return try sequenceRepr(value, open: "[", close: "]", recursive: "[...]") { $0 < list.count ? list[$0] : .absent }
    }
    t.slots.compare = CompareSlot(listCompare)
    t.slots.length = LengthSlot { (list) throws(PyError) in ListObject(list).count }
    t.slots.concatenate = BinarySlot(listConcatenate)
    t.slots.repeat = IndexSlot(listRepeat)
    t.slots.inPlaceConcatenate = BinarySlot { (list, other) throws(PyError) in
      try ListObject(list).extend(other)
      return Owned(copying: list)
    }
    t.slots.inPlaceRepeat = IndexSlot { (list, times) throws(PyError) in
      try ListObject(list).repeatInPlace(times)
      return Owned(copying: list)
    }
    t.slots.item = IndexSlot { (list, index) throws(PyError) in try ListObject(list).item(index) }
    t.slots.subscript = BinarySlot { (list, key) throws(PyError) in try ListObject(list).getSubscript(key) }
    t.slots.storeSubscript = StoreSlot { (list, key, value) throws(PyError) in try ListObject(list).setSubscript(key, value) }
    t.slots.contains = ContainsSlot { (list, item) throws(PyError) in try ListObject(list).contains(item) }
    t.slots.iterate = UnarySlot { (list) throws(PyError) in try Owned.listIterator(ListObject(list)) }
    t.attribute(Name.__hash__, .none)
    defineListMethods(t)
    t.classMethod("__class_getitem__(object, /)", "list[...]: a generic alias.") { (call) throws(PyError) in
      try Owned.genericAlias(call.receiver, call[0])
    }
  }
}

private func defineListMethods(_ t: TypeDefinition) {
  t.method("__getitem__(index, /)", "self[index]") { (call) throws(PyError) in try ListObject(call.receiver).getSubscript(call[0]) }
  t.method("__reversed__()", "An iterator from the end.") { (call) throws(PyError) in try Owned.listReverseIterator(ListObject(call.receiver)) }
  t.method("__sizeof__()", "Bytes of memory.") { (call) throws(PyError) in
    Owned(taking: Value(smallInteger: ListObject.size + max(ListObject(call.receiver).capacity, 0) * 8))
  }
  t.method("clear()", "Removes all items.") { (call) throws(PyError) in
    ListObject(call.receiver).removeAll()
    return .none
  }
  t.method("copy()", "A new list of the same items.") { (call) throws(PyError) in try Owned.list(ListObject(call.receiver).buffer) }
  t.method("append(object, /)", "Adds an item at the end.") { (call) throws(PyError) in
    try ListObject(call.receiver).append(call[0])
    return .none
  }
  t.method("insert(index, object, /)", "Adds an item before the index.") { (call) throws(PyError) in
    try ListObject(call.receiver).insert(try call.index(0), call[1])
    return .none
  }
  t.method("extend(iterable, /)", "Adds the items of an iterable at the end.") { (call) throws(PyError) in
    try ListObject(call.receiver).extend(call[0])
    return .none
  }
  t.method("pop(index=-1, /)", "Removes an item and returns it.") { (call) throws(PyError) in
    try ListObject(call.receiver).pop(try call.index(0))
  }
  t.method("remove(value, /)", "Removes the first item that equals value; ValueError if there is none.") { (call) throws(PyError) in
    let list = ListObject(call.receiver)
    guard let index = try list.find(call[0], from: 0, to: .max) else { throw PyError.valueError("list.remove(x): x not in list") }
    if index < list.count { list.removeItems(index, 1) }
    return .none
  }
  t.method("index(value, start=0, stop=sys.maxsize, /)", "The first index of value; ValueError if it is not there.") { (call) throws(PyError) in
    let list = ListObject(call.receiver)
    let start = try searchBound(call[1])
    let stop = try searchBound(call[2])
    guard let index = try list.find(call[0], from: searchStart(start, list.count), to: searchStop(stop, list.count)) else {
      throw PyError.valueError("list.index(x): x not in list")
    }
    return Owned(taking: Value(smallInteger: index))
  }
  t.method("count(value, /)", "How many items equal value.") { (call) throws(PyError) in
    let list = ListObject(call.receiver)
    var count = 0
    var index = 0
    while index < list.count {
      let item = list[index]
      if item === call[0] {
        count += 1
      } else if !Value.areSmallIntegers(item, call[0]) {
        let held = Owned(copying: item)
        if try held.value.isEqual(to: call[0]) { count += 1 }
      }
      index += 1
    }
    return Owned(taking: Value(smallInteger: count))
  }
  t.method("reverse()", "Reverses the list in place.") { (call) throws(PyError) in
    let list = ListObject(call.receiver)
    let isLocked = list.beginChange()
    reverseValues(list.items, list.count)
    list.endChange(isLocked)
    return .none
  }
  t.method("sort(*, key=None, reverse=False)", "Sorts in place, stably; key is called once for each item.") { (call) throws(PyError) in
    try ListObject(call.receiver).sort(key: call[0], reverse: try call.bool(1))
    return .none
  }
}

private func listDeallocate(_ object: UnsafeMutableRawPointer) {
  let list = ListObject(raw: object)
  if list.capacity > 0 {
    let items = list.items
    var index = list.count
    while index > 0 {
      index &-= 1
      let item = items[index]
      // A branch of its own, which is mostly foreseen: lists have either objects or none.
      if _fastPath(item.bits & 7 != 0) { continue }
      item.releaseIfPresent()
    }
    freeMemory(UnsafeMutableRawPointer(items), size: list.capacity * 8)
  }
  finishDeallocation(object)
}

private func listCompare(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard a.isList, b.isList else { return .notImplemented }
  if ListObject(a).count != ListObject(b).count {
    if operation == .equal { return .boolean(false) }
    if operation == .notEqual { return .boolean(true) }
  }
  return try compareSequences(a, b, operation, count: { ListObject($0).count }, item: { ListObject($0)[$1] })
}

private func listConcatenate(_ a: Value, _ b: Value) throws(PyError) -> Owned {
  guard b.isList else { throw PyError.typeError("can only concatenate list (not \"\(b.typeName)\") to list") }
  let (x, y) = (ListObject(a), ListObject(b))
  let (xCount, yCount) = (x.count, y.count)
  let result = try Owned.list(capacity: xCount + yCount)
  let list = ListObject(result.value)
  copyReferences(from: x.buffer, to: list.items)
  copyReferences(from: y.buffer, to: list.items + xCount)
  list.count = xCount + yCount
  return result
}

private func listRepeat(_ value: Value, _ times: Int) throws(PyError) -> Owned {
  let list = ListObject(value)
  let count = list.count
  if count == 0 || times <= 0 { return try .list() }
  let (total, tooMany) = count.multipliedReportingOverflow(by: times)
  if tooMany { throw PyError.memoryError() }
  let result = try Owned.list(capacity: total)
  let copy = ListObject(result.value)
  repeatReferences(list.items, count, times: times, to: copy.items)
  copy.count = total
  return result
}
