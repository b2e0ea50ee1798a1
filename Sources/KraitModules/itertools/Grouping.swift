// `groupby` and `tee`.

import KraitRuntime

nonisolated(unsafe) private var groupByType = ModuleType()
nonisolated(unsafe) private var grouperType = ModuleType()
nonisolated(unsafe) private var teeType = ModuleType()
nonisolated(unsafe) private var teeDataType = ModuleType()

// MARK: - groupby

/// A groupby: the source, what makes keys, the key of the group that is looked for, the current item and its key, and the group that may still run.
private struct GroupByObject {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var iterator: Value
    var keyFunction: Value
    var targetKey: Value
    var currentKey: Value
    var currentValue: Value
    /// Borrowed: only compared.
    var group: Value
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  @inline(__always)
  private func replace(_ field: WritableKeyPath<Contents, Value>, _ value: consuming Owned) {
    let old = contents.pointee[keyPath: field]
    contents.pointee[keyPath: field] = value.take()
    old.releaseIfPresent()
  }

  func setTarget(_ key: consuming Owned) { replace(\.targetKey, key) }

  /// Takes the next item and its key; false at the end.
  func step() throws(PyError) -> Bool {
    if contents.pointee.iterator.isAbsent { return false }
    let iterator = Owned(copying: contents.pointee.iterator)
    let item = try iterator.value.next()
    if item.value.isAbsent { return false }
    let key: Owned
    if contents.pointee.keyFunction.isNone {
      key = item.copy()
    } else {
      let function = Owned(copying: contents.pointee.keyFunction)
      key = try function.value.call(item.value)
    }
    replace(\.currentValue, item)
    replace(\.currentKey, key)
    return true
  }

  /// The current item, which is given out.
  func takeCurrent() -> Owned {
    let value = contents.pointee.currentValue
    contents.pointee.currentValue = .absent
    return Owned(taking: value)
  }
}

private func isSameKey(_ a: Value, _ b: Value) throws(PyError) -> Bool {
  let first = Owned(copying: a)
  let second = Owned(copying: b)
  return try first.value.isEqual(to: second.value)
}

private func nextGroup(_ value: Value) throws(PyError) -> Owned {
  let object = GroupByObject(value)
  let contents = object.contents
  contents.pointee.group = .absent
  // Past the rest of the group before.
  while true {
    if contents.pointee.currentKey.isAbsent {
      // Nothing was taken yet.
    } else if contents.pointee.targetKey.isAbsent {
      break
    } else if try !isSameKey(contents.pointee.targetKey, contents.pointee.currentKey) {
      break
    }
    if try !object.step() { return .end }
  }
  object.setTarget(Owned(copying: contents.pointee.currentKey))
  let group = IteratorObject(raw: try grouperType.object.allocate())
  let held = Owned(taking: group.raw)
  group.a = Owned(copying: value).take()
  group.b = Owned(copying: contents.pointee.targetKey).take()
  contents.pointee.group = held.value
  return try Owned.tuple(contents.pointee.currentKey, held.value)
}

private func nextOfGroup(_ value: Value) throws(PyError) -> Owned {
  let group = IteratorObject(value)
  if group.a.isAbsent { return .end }
  let parent = Owned(copying: group.a)
  let object = GroupByObject(parent.value)
  if object.contents.pointee.group !== value { return .end }
  if object.contents.pointee.currentValue.isAbsent {
    if try !object.step() { return .end }
  }
  if object.contents.pointee.currentKey.isAbsent || group.b.isAbsent { return .end }
  if try !isSameKey(group.b, object.contents.pointee.currentKey) { return .end }
  return object.takeCurrent()
}

func defineGrouping(_ m: ModuleBuilder) throws(PyError) {
  grouperType = ModuleType(
    try m.defineType("_grouper") { t in
      defineIterator(t, "", next: nextOfGroup)
      t.flags.remove(.baseType)
      t.new("_grouper(parent, tgtkey, /)") { (call: Call) throws(PyError) -> Owned in
        guard groupByType.includes(call[0]) else {
          throw .typeError("_grouper() argument 1 must be itertools.groupby, not \(call[0].typeName)")
        }
        let result = try IteratorObject.make(call.receiver, Owned(copying: call[0]), Owned(copying: call[1]))
        GroupByObject(call[0]).contents.pointee.group = result.value
        return result
      }
      t.textSignature = ""
    })
  groupByType = ModuleType(
    try m.defineType("groupby") { t in
    t.documentation = "Pairs of a key and an iterator of the elements that have it, for each run of equal keys.\n\n  iterable\n    What is cut into runs; sort it by the key to meet each key once.\n  key\n    The function that gives an element's key; without it, the element\n    is its own key."
    t.basicSize = MemoryLayout<GroupByObject.Contents>.size
    t.shapeFlags.insert(.tracked)
    t.flags.insert(.baseType)
    t.slots.getAttribute = BinarySlot(genericGetAttribute)
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
    t.slots.next = NextSlot(nextGroup)
    t.new("groupby(iterable, key=None)") { (call: Call) throws(PyError) -> Owned in
      let iterator = try call[0].iterate()
      let object = GroupByObject(raw: try TypeObject(call.receiver).allocate())
      object.contents.pointee.iterator = iterator.take()
      object.contents.pointee.keyFunction = Owned(copying: call[1]).take()
      return Owned(taking: object.raw)
    }
    t.slots.deallocate = DeallocateSlot { raw in
      let contents = GroupByObject(raw: raw).contents
      contents.pointee.iterator.releaseIfPresent()
      contents.pointee.keyFunction.releaseIfPresent()
      contents.pointee.targetKey.releaseIfPresent()
      contents.pointee.currentKey.releaseIfPresent()
      contents.pointee.currentValue.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      let contents = GroupByObject(raw: raw).contents
      visit(contents.pointee.iterator)
      visit(contents.pointee.keyFunction)
      visit(contents.pointee.targetKey)
      visit(contents.pointee.currentKey)
      visit(contents.pointee.currentValue)
    }
    t.slots.clear = ClearSlot { raw in
      let contents = GroupByObject(raw: raw).contents
      let held = (
        contents.pointee.iterator, contents.pointee.targetKey, contents.pointee.currentKey, contents.pointee.currentValue
      )
      contents.pointee.iterator = .absent
      contents.pointee.targetKey = .absent
      contents.pointee.currentKey = .absent
      contents.pointee.currentValue = .absent
      held.0.releaseIfPresent()
      held.1.releaseIfPresent()
      held.2.releaseIfPresent()
      held.3.releaseIfPresent()
    }
  })
}

// MARK: - tee

/// A link of the chain in which the items wait that not all iterators have taken yet.
private struct TeeData {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  static var capacity: Int { 57 }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var iterator: Value
    var next: Value
    var count: Int
    var isRunning: Bool
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var items: UnsafeMutablePointer<Value> { (raw + MemoryLayout<Contents>.size).assumingMemoryBound(to: Value.self) }
  static var size: Int { MemoryLayout<Contents>.size + capacity * 8 }

  static func make(_ iterator: Value) throws(PyError) -> Owned {
    let data = TeeData(raw: try teeDataType.object.allocate())
    data.contents.pointee.iterator = Owned(copying: iterator).take()
    return Owned(taking: data.raw)
  }

  /// The link after this one.
  func link() throws(PyError) -> Owned {
    if contents.pointee.next.isAbsent {
      let next = try TeeData.make(contents.pointee.iterator)
      if contents.pointee.next.isAbsent { contents.pointee.next = next.take() }
    }
    return Owned(copying: contents.pointee.next)
  }

  /// The item at a place; absent when the source is exhausted.
  func item(_ index: Int) throws(PyError) -> Owned {
    if index < contents.pointee.count { return Owned(copying: items[index]) }
    if contents.pointee.isRunning { throw .runtimeError("cannot re-enter the tee iterator") }
    if contents.pointee.iterator.isAbsent { return .end }
    contents.pointee.isRunning = true
    defer { contents.pointee.isRunning = false }
    let iterator = Owned(copying: contents.pointee.iterator)
    let item = try iterator.value.next()
    if item.value.isAbsent { return item }
    if contents.pointee.count < TeeData.capacity {
      items[contents.pointee.count] = item.copy().take()
      contents.pointee.count += 1
    }
    return item
  }
}

private func copyTee(_ value: Value) throws(PyError) -> Owned {
  let result = TeeObject(raw: try teeType.object.allocate())
  let owner = Owned(taking: result.raw)
  let source = TeeObject(value)
  result.contents.pointee.data = Owned(copyingIfPresent: source.contents.pointee.data).take()
  result.contents.pointee.index = source.contents.pointee.index
  return owner
}

/// A tee with the state that weak references need.
private struct TeeObject {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    var data: Value
    var index: Int
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  static func next(_ value: Value) throws(PyError) -> Owned {
    let contents = TeeObject(value).contents
    if contents.pointee.data.isAbsent { return .end }
    if contents.pointee.index >= TeeData.capacity {
      let next = try TeeData(contents.pointee.data).link()
      let old = contents.pointee.data
      contents.pointee.data = next.take()
      contents.pointee.index = 0
      old.release()
    }
    let data = Owned(copying: contents.pointee.data)
    let item = try TeeData(data.value).item(contents.pointee.index)
    if !item.value.isAbsent { contents.pointee.index += 1 }
    return item
  }
}

/// A tee of any iterable; a copy if it is one already.
private func makeTee(_ iterable: Value) throws(PyError) -> Owned {
  let iterator = try iterable.iterate()
  if teeType.isType(of: iterator.value) { return try copyTee(iterator.value) }
  let data = try TeeData.make(iterator.value)
  let object = TeeObject(raw: try teeType.object.allocate())
  object.contents.pointee.data = data.take()
  return Owned(taking: object.raw)
}

func defineTee(_ m: ModuleBuilder) throws(PyError) {
  teeDataType = ModuleType(
    try m.defineType("_tee_dataobject") { t in
      t.documentation = "teedataobject(iterable, values, next, /)\n--\n\nA stretch of values that the iterators of one tee() share."
      t.basicSize = TeeData.size
      t.shapeFlags.insert(.tracked)
      t.slots.getAttribute = BinarySlot(genericGetAttribute)
      t.slots.deallocate = DeallocateSlot { raw in
        let data = TeeData(raw: raw)
        data.contents.pointee.iterator.releaseIfPresent()
        for index in 0..<data.contents.pointee.count { data.items[index].release() }
        // A long chain of links that nobody else holds is given up one after the other, not nested.
        var next = data.contents.pointee.next
        while !next.isAbsent {
          let link = TeeData(next)
          guard next.isHeldOnce else { break }
          let after = link.contents.pointee.next
          link.contents.pointee.next = .absent
          next.release()
          next = after
        }
        next.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        let data = TeeData(raw: raw)
        visit(data.contents.pointee.iterator)
        visit(data.contents.pointee.next)
        for index in 0..<data.contents.pointee.count { visit(data.items[index]) }
      }
      t.slots.clear = ClearSlot { raw in
        let data = TeeData(raw: raw)
        let held = (data.contents.pointee.iterator, data.contents.pointee.next)
        data.contents.pointee.iterator = .absent
        data.contents.pointee.next = .absent
        held.0.releaseIfPresent()
        held.1.releaseIfPresent()
        let count = data.contents.pointee.count
        data.contents.pointee.count = 0
        for index in 0..<count { data.items[index].release() }
      }
      t.new("teedataobject(iterable, values, next, /)") { (call: Call) throws(PyError) -> Owned in
        let result = try TeeData.make(call[0])
        let data = TeeData(result.value)
        guard call[1].isList else { throw .typeError("teedataobject() argument 2 must be list, not \(call[1].typeName)") }
        let values = ListObject(call[1])
        guard values.count <= TeeData.capacity else { throw .valueError("Invalid arguments") }
        for index in 0..<values.count {
          data.items[index] = Owned(copying: values[index]).take()
          data.contents.pointee.count += 1
        }
        if !call[2].isNone {
          guard values.count == TeeData.capacity, teeDataType.isType(of: call[2]) else { throw .valueError("Invalid arguments") }
          data.contents.pointee.next = Owned(copying: call[2]).take()
        }
        return result
      }
    })
  teeType = ModuleType(
    try m.defineType("_tee") { t in
      t.documentation = "An iterator that copy.copy() can double."
      t.basicSize = MemoryLayout<TeeObject.Contents>.size
      t.shapeFlags.formUnion([.tracked, .hasState])
      t.flags.insert(.managedWeakReference)
      t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
      t.slots.next = NextSlot(TeeObject.next)
      t.slots.deallocate = DeallocateSlot { raw in
        TeeObject(raw: raw).contents.pointee.data.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in visit(TeeObject(raw: raw).contents.pointee.data) }
      t.slots.clear = ClearSlot { raw in
        let data = TeeObject(raw: raw).contents.pointee.data
        TeeObject(raw: raw).contents.pointee.data = .absent
        data.releaseIfPresent()
      }
      t.new("_tee(iterable, /)") { (call: Call) throws(PyError) -> Owned in try makeTee(call[0]) }
      t.method("__copy__()", "Another iterator that goes on from here.") { (call: Call) throws(PyError) -> Owned in try copyTee(call.receiver) }
    })
  try m.function("tee(iterable, n=2, /)", "n iterators that each give all values of one iterable.") { (call: Call) throws(PyError) -> Owned in
    let count = try call.index(1)
    if count < 0 { throw .valueError("n must be >= 0") }
    let result = try Owned.list(capacity: min(count, 1 << 16))
    if count == 0 { return .emptyTuple }
    let iterator = try call[0].iterate()
    let first = try makeTee(iterator.value)
    for index in 0..<count { try ListObject(result.value).append(taking: index == 0 ? first.copy() : try copyTee(first.value)) }
    return try Owned.tuple(ListObject(result.value).buffer)
  }
}
