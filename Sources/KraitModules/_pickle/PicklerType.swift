// `_pickle.Pickler`: the type, and the proxy of its memo.

import Glibc
import KraitRuntime

nonisolated(unsafe) private var memoProxyType = ModuleType()

/// A proxy holds its pickler.
private struct MemoProxy {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var owner: Value
  static func of(_ value: Value) -> UnsafeMutablePointer<MemoProxy> { value.object.assumingMemoryBound(to: MemoProxy.self) }
}

/// Describes the type of a memo's proxy; `copy` makes a dict of the memo of the object that it is given.
func defineMemoProxy(
  _ m: ModuleBuilder, _ name: StaticString, clear: @escaping (Call) throws(PyError) -> Owned, copy: @escaping (Call) throws(PyError) -> Owned,
  reduce: @escaping (Call) throws(PyError) -> Owned
) throws(PyError) -> ModuleType {
  ModuleType(
    try m.defineType(name, isPublic: false) { t in
      t.basicSize = MemoryLayout<MemoProxy>.size
      t.flags.insert(.baseType)
      t.shapeFlags.insert(.tracked)
      t.attribute(Name.__hash__, .none)
      t.rawNew(name) { (type, arguments) throws(PyError) in Owned(taking: try TypeObject(type).allocate()) }
      t.method("clear()", "Forgets all objects.", clear)
      t.method("copy()", "The memo as a dict.", copy)
      t.method("__reduce__()", "A dict stands for the memo in pickles.", reduce)
      t.slots.deallocate = DeallocateSlot { raw in
        raw.assumingMemoryBound(to: MemoProxy.self).pointee.owner.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in visit(raw.assumingMemoryBound(to: MemoProxy.self).pointee.owner) }
      t.slots.clear = ClearSlot { raw in
        let proxy = raw.assumingMemoryBound(to: MemoProxy.self)
        let old = proxy.pointee.owner
        proxy.pointee.owner = .absent
        old.releaseIfPresent()
      }
    })
}

func makeMemoProxy(_ type: ModuleType, of owner: Value) throws(PyError) -> Owned {
  let proxy = Owned(taking: try type.object.allocate())
  MemoProxy.of(proxy.value).pointee.owner = Owned(copying: owner).take()
  return proxy
}

/// Whose memo a proxy shows.
func memoOwner(_ proxy: Value) throws(PyError) -> Owned {
  let owner = MemoProxy.of(proxy).pointee.owner
  if owner.isAbsent { throw .valueError("the memo's owner is gone") }
  return Owned(copying: owner)
}

private func copyOfMemo(_ pickler: PicklerObject) throws(PyError) -> Owned {
  let dict = try Owned.dict()
  var entries: [PickleMemo.Entry] = []
  pickler.contents.pointee.memo.forEach { entries.append($0) }
  for entry in entries.sorted(by: { $0.number < $1.number }) {
    let key = try Owned.integer(entry.object.bits)
    let pair = try Owned.tuple(Value(smallInteger: entry.number), entry.object)
    try DictObject(dict.value).set(key.value, pair.value)
  }
  return dict
}

private func setMemo(_ pickler: PicklerObject, _ value: Value) throws(PyError) {
  if value.isAbsent { throw .typeError("attribute deletion is not supported") }
  var made = PickleMemo()
  do throws(PyError) {
    if memoProxyType.isType(of: value) {
      let owner = try memoOwner(value)
      var entries: [PickleMemo.Entry] = []
      PicklerObject(owner.value).contents.pointee.memo.forEach { entries.append($0) }
      for entry in entries { try made.add(entry.object, entry.number) }
    } else if value.isDict {
      var (position, key, item) = (0, Value.absent, Value.absent)
      while DictObject(value).next(&position, &key, &item) {
        if !item.isTuple || TupleObject(item).count != 2 { throw .typeError("'memo' values must be 2-item tuples") }
        let number = try TupleObject(item)[0].asInt()
        if made.find(TupleObject(item)[1]) < 0 { try made.add(TupleObject(item)[1], number) }
      }
    } else {
      throw .typeError("'memo' attribute must be a PicklerMemoProxy object or dict, not \(value.typeName)")
    }
  } catch {
    made.release()
    throw error
  }
  let old = pickler.contents.pointee.memo
  pickler.contents.pointee.memo = made
  old.release()
}

/// The value of a C int that an attribute is set to.
private func attributeNumber(_ value: Value) throws(PyError) -> Int32 {
  if value.isAbsent { throw .typeError("can't delete numeric/char attribute") }
  let index = try value.index()
  guard let number = Integer.asInt(index.value) else { throw .overflowError("Python int too large to convert to C long") }
  return Int32(truncatingIfNeeded: number)
}

func definePickler(_ m: ModuleBuilder) throws(PyError) {
  picklerType = ModuleType(
    try m.defineType("Pickler") { t in
      t.documentation = "Writes objects to a file as pickles."
      t.basicSize = MemoryLayout<PicklerObject.Contents>.size
      t.flags.insert(.baseType)
      t.shapeFlags.insert(.tracked)
      t.rawNew("Pickler") { (type, _) throws(PyError) in
        let raw = try TypeObject(type).allocate()
        PicklerObject(raw: raw).contents.pointee.frameStart = -1
        return Owned(taking: raw)
      }
      t.initialize("Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)") { (call) throws(PyError) in
        let pickler = PicklerObject(call.receiver)
        try pickler.checkIdle()
        if pickler.contents.pointee.isReady { clearPickler(call.receiver.object) }
        try pickler.setProtocol(call[1], fixImports: try call.bool(2))
        try pickler.setFile(call[0])
        try pickler.setBufferCallback(call[3])
        let old = pickler.contents.pointee.memo.take()
        old.release()
        pickler.contents.pointee.fast = 0
        pickler.contents.pointee.fastDepth = 0
        exchange(&pickler.contents.pointee.fastMemo, Owned(taking: .absent))
        let table = try call.receiver.lookUpAttribute(PickleName.dispatchTable)
        exchange(&pickler.contents.pointee.dispatchTable, table)
        pickler.contents.pointee.isReady = true
      }
      t.method("persistent_id(obj, /)", "The name by which an object that lives outside of the pickle is known, or None: for subclasses to say.") { (_) throws(PyError) in .none }
      t.method("dump(obj, /)", "Writes an object to the file.") { (call) throws(PyError) in
        let pickler = PicklerObject(call.receiver)
        try pickler.checkReady()
        let held = Owned(copying: call.receiver)
        try PicklerObject(held.value).dump(call[0])
        try pickler.flush()
        return .none
      }
      t.method("clear_memo()", "Forgets what was written, so that it is written anew instead of referred to.") { (call) throws(PyError) in
        let old = PicklerObject(call.receiver).contents.pointee.memo.take()
        old.release()
        return .none
      }
      t.method("__sizeof__()", "Bytes of memory.") { (call) throws(PyError) in
        let contents = PicklerObject(call.receiver).contents
        return try .integer(MemoryLayout<PicklerObject.Contents>.size + contents.pointee.memo.memorySize + contents.pointee.capacity)
      }
      t.member("bin", get: { (value) throws(PyError) in try .integer(Int(PicklerObject(value).contents.pointee.binary)) }, set: { (value, new) throws(PyError) in
        PicklerObject(value).contents.pointee.binary = try attributeNumber(new)
      })
      t.member("fast", get: { (value) throws(PyError) in try .integer(Int(PicklerObject(value).contents.pointee.fast)) }, set: { (value, new) throws(PyError) in
        PicklerObject(value).contents.pointee.fast = try attributeNumber(new)
      })
      t.member("dispatch_table", get: { (value) throws(PyError) in
        let table = PicklerObject(value).contents.pointee.dispatchTable
        if table.isAbsent { throw .attributeError("'\(value.typeName)' object has no attribute 'dispatch_table'") }
        return Owned(copying: table)
      }, set: { (value, new) throws(PyError) in
        if new.isAbsent && PicklerObject(value).contents.pointee.dispatchTable.isAbsent { throw .attributeError("dispatch_table") }
        exchange(&PicklerObject(value).contents.pointee.dispatchTable, Owned(copyingIfPresent: new))
      })
      t.property("memo", get: { (value) throws(PyError) in try makeMemoProxy(memoProxyType, of: value) }, set: { (value, new) throws(PyError) in
        try setMemo(PicklerObject(value), new)
      })
      t.slots.getAttribute = BinarySlot { (value, name) throws(PyError) in
        let own = PicklerObject(value).contents.pointee.persistentIDAttribute
        if !own.isAbsent, name.isString, StringObject(name).isEqual(to: StringObject(PickleName.persistentID)) { return Owned(copying: own) }
        return try genericGetAttribute(value, name)
      }
      t.slots.setAttribute = StoreSlot { (value, name, new) throws(PyError) in
        guard name.isString, StringObject(name).isEqual(to: StringObject(PickleName.persistentID)) else { return try genericSetAttribute(value, name, new) }
        exchange(&PicklerObject(value).contents.pointee.persistentIDAttribute, Owned(copyingIfPresent: new))
      }
      t.slots.deallocate = DeallocateSlot { raw in
        clearPickler(raw)
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        let contents = PicklerObject(raw: raw).contents
        visit(contents.pointee.write)
        visit(contents.pointee.persistentIDAttribute)
        visit(contents.pointee.persistentID)
        visit(contents.pointee.dispatchTable)
        visit(contents.pointee.reducerOverride)
        visit(contents.pointee.bufferCallback)
        visit(contents.pointee.fastMemo)
        contents.pointee.memo.forEach { visit($0.object) }
      }
      t.slots.clear = ClearSlot { raw in clearPickler(raw) }
    })
  memoProxyType = try defineMemoProxy(m, "PicklerMemoProxy", clear: { (call) throws(PyError) in
    let owner = try memoOwner(call.receiver)
    let old = PicklerObject(owner.value).contents.pointee.memo.take()
    old.release()
    return .none
  }, copy: { (call) throws(PyError) in
    let owner = try memoOwner(call.receiver)
    return try copyOfMemo(PicklerObject(owner.value))
  }, reduce: { (call) throws(PyError) in
    let owner = try memoOwner(call.receiver)
    let copy = try copyOfMemo(PicklerObject(owner.value))
    let arguments = try Owned.tuple(copy.value)
    return try Owned.tuple(TypeObject.dict.value, arguments.value)
  })
}

private func clearPickler(_ raw: UnsafeMutableRawPointer) {
  let pickler = PicklerObject(raw: raw)
  pickler.contents.pointee.isReady = false
  exchange(&pickler.contents.pointee.write, Owned(taking: .absent))
  exchange(&pickler.contents.pointee.persistentIDAttribute, Owned(taking: .absent))
  exchange(&pickler.contents.pointee.persistentID, Owned(taking: .absent))
  exchange(&pickler.contents.pointee.dispatchTable, Owned(taking: .absent))
  exchange(&pickler.contents.pointee.reducerOverride, Owned(taking: .absent))
  exchange(&pickler.contents.pointee.bufferCallback, Owned(taking: .absent))
  exchange(&pickler.contents.pointee.fastMemo, Owned(taking: .absent))
  let memo = pickler.contents.pointee.memo.take()
  memo.release()
  free(pickler.contents.pointee.output)
  pickler.contents.pointee.output = nil
  pickler.contents.pointee.count = 0
  pickler.contents.pointee.capacity = 0
}
