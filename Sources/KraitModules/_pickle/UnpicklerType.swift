// `_pickle.Unpickler`: the type, and the proxy of its memo.

import Glibc
import KraitRuntime

nonisolated(unsafe) private var memoProxyType = ModuleType()

private func setMemo(_ unpickler: UnpicklerObject, _ value: Value) throws(PyError) {
  if value.isAbsent { throw .typeError("attribute deletion is not supported") }
  var source = Owned(copying: value)
  if memoProxyType.isType(of: value) {
    let owner = try memoOwner(value)
    source = try UnpicklerObject(owner.value).copyOfMemo()
  } else if !value.isDict {
    throw .typeError("'memo' attribute must be an UnpicklerMemoProxy object or dict, not \(value.typeName)")
  }
  var (position, key, item) = (0, Value.absent, Value.absent)
  while DictObject(source.value).next(&position, &key, &item) {
    if !key.isInteger { throw .typeError("memo key must be integers") }
    if try key.asInt() < 0 { throw .valueError("memo key must be positive integers.") }
  }
  unpickler.clearMemo()
  position = 0
  while DictObject(source.value).next(&position, &key, &item) {
    let held = Owned(copying: item)
    try unpickler.remember(try key.asInt(), held.value)
  }
}

func defineUnpickler(_ m: ModuleBuilder) throws(PyError) {
  unpicklerType = ModuleType(
    try m.defineType("Unpickler") { t in
      t.documentation = "Reads objects from a file of pickles."
      t.basicSize = MemoryLayout<UnpicklerObject.Contents>.size
      t.flags.insert(.baseType)
      t.shapeFlags.insert(.tracked)
      t.rawNew("Unpickler") { (type, _) throws(PyError) in Owned(taking: try TypeObject(type).allocate()) }
      t.initialize("Unpickler(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())") { (call) throws(PyError) in
        let unpickler = UnpicklerObject(call.receiver)
        try unpickler.checkIdle()
        if unpickler.contents.pointee.isReady { clearUnpickler(call.receiver.object) }
        try unpickler.setFile(call[0])
        try unpickler.setUp(fixImports: try call.bool(1), encoding: try call.string(2), errors: try call.string(3), buffers: call[4])
        unpickler.contents.pointee.protocolNumber = 0
      }
      t.method("persistent_load(pid, /)", "The object that lives outside of the pickle under a name: for subclasses to say.") { (call) throws(PyError) in
        throw unpicklingError("A load persistent id instruction was encountered, but no persistent_load function was specified.")
      }
      t.method("load()", "Reads an object from the file.") { (call) throws(PyError) in
        let held = Owned(copying: call.receiver)
        let unpickler = UnpicklerObject(held.value)
        if !unpickler.contents.pointee.isReady {
          throw unpicklingError("Unpickler.__init__() was not called by \(call.receiver.typeName).__init__()")
        }
        try unpickler.checkIdle()
        return try unpickler.load()
      }
      t.method("find_class(module_name, global_name, /)", "A class or function of a module, which is imported if need be: for subclasses to restrict.") { (call) throws(PyError) in
        try UnpicklerObject(call.receiver).findClass(call[0], call[1])
      }
      t.method("__sizeof__()", "Bytes of memory.") { (call) throws(PyError) in
        let contents = UnpicklerObject(call.receiver).contents
        return try .integer(
          MemoryLayout<UnpicklerObject.Contents>.size + contents.pointee.memo.memorySize + contents.pointee.stack.memorySize + contents.pointee.marks.memorySize)
      }
      t.property("memo", get: { (value) throws(PyError) in try makeMemoProxy(memoProxyType, of: value) }, set: { (value, new) throws(PyError) in
        try setMemo(UnpicklerObject(value), new)
      })
      t.slots.getAttribute = BinarySlot { (value, name) throws(PyError) in
        let own = UnpicklerObject(value).contents.pointee.persistentLoadAttribute
        if !own.isAbsent, name.isString, StringObject(name).isEqual(to: StringObject(PickleName.persistentLoad)) { return Owned(copying: own) }
        return try genericGetAttribute(value, name)
      }
      t.slots.setAttribute = StoreSlot { (value, name, new) throws(PyError) in
        guard name.isString, StringObject(name).isEqual(to: StringObject(PickleName.persistentLoad)) else { return try genericSetAttribute(value, name, new) }
        exchange(&UnpicklerObject(value).contents.pointee.persistentLoadAttribute, Owned(copyingIfPresent: new))
      }
      t.slots.deallocate = DeallocateSlot { raw in
        clearUnpickler(raw)
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        let contents = UnpicklerObject(raw: raw).contents
        visit(contents.pointee.read)
        visit(contents.pointee.readLine)
        visit(contents.pointee.readInto)
        visit(contents.pointee.peek)
        visit(contents.pointee.persistentLoadAttribute)
        visit(contents.pointee.persistentLoad)
        visit(contents.pointee.buffers)
        visit(contents.pointee.sparseMemo)
        for value in contents.pointee.stack.values(from: 0) { visit(value) }
        for value in contents.pointee.memo.values(from: 0) { visit(value) }
      }
      t.slots.clear = ClearSlot { raw in clearUnpickler(raw) }
    })
  memoProxyType = try defineMemoProxy(m, "UnpicklerMemoProxy", clear: { (call) throws(PyError) in
    let owner = try memoOwner(call.receiver)
    UnpicklerObject(owner.value).clearMemo()
    return .none
  }, copy: { (call) throws(PyError) in
    let owner = try memoOwner(call.receiver)
    return try UnpicklerObject(owner.value).copyOfMemo()
  }, reduce: { (call) throws(PyError) in
    let owner = try memoOwner(call.receiver)
    let copy = try UnpicklerObject(owner.value).copyOfMemo()
    let arguments = try Owned.tuple(copy.value)
    return try Owned.tuple(TypeObject.dict.value, arguments.value)
  })
}

private func clearUnpickler(_ raw: UnsafeMutableRawPointer) {
  let unpickler = UnpicklerObject(raw: raw)
  unpickler.contents.pointee.isReady = false
  exchange(&unpickler.contents.pointee.read, Owned(taking: .absent))
  exchange(&unpickler.contents.pointee.readLine, Owned(taking: .absent))
  exchange(&unpickler.contents.pointee.readInto, Owned(taking: .absent))
  exchange(&unpickler.contents.pointee.peek, Owned(taking: .absent))
  exchange(&unpickler.contents.pointee.persistentLoadAttribute, Owned(taking: .absent))
  exchange(&unpickler.contents.pointee.persistentLoad, Owned(taking: .absent))
  exchange(&unpickler.contents.pointee.buffers, Owned(taking: .absent))
  exchange(&unpickler.contents.pointee.encoding, Owned(taking: .absent))
  exchange(&unpickler.contents.pointee.errors, Owned(taking: .absent))
  unpickler.releaseInput()
  unpickler.clearMemo()
  unpickler.contents.pointee.fence = 0
  unpickler.contents.pointee.marks.release()
  let stack = unpickler.contents.pointee.stack.takeAll()
  stack.release()
}
