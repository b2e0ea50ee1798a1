// `FrameLocalsProxy`: the local variables of a function's frame as a mapping that writes through (PEP 667).

import CKraitCore
import KraitCompiler

/// The proxy: one word behind the header, the frame.
struct FrameLocals {
  let frame: FrameObject
  init(_ proxy: Value) { frame = FrameObject(proxy.object.load(fromByteOffset: 16, as: Value.self)) }

  /// The variable of that name that is bound, or of any when writing.
  private func index(of key: Value, reading: Bool) throws(PyError) -> Int? {
    // A key that is no plain str counts as the name that it equals.
    let isPlain = key.isExactString
    let hash = isPlain ? 0 : try key.hash()
    let code = frame.code
    for index in 0..<code.variableCount {
      let name = code.localName(index)
      if isPlain {
        guard name === key || StringObject(name).isEqual(to: StringObject(key)) else { continue }
      } else {
        guard StringObject(name).hashValue == hash, try name.isEqual(to: key) else { continue }
      }
      // The variable of an inlined comprehension is there only while that runs.
      if !reading && LocalKind(rawValue: code.localsPlusKinds[index]).contains(.hidden) { continue }
      if reading && frame.variable(index).isAbsent { continue }
      return index
    }
    return nil
  }

  /// The value, absent if there is none of that name.
  func get(_ key: Value) throws(PyError) -> Owned {
    if let index = try index(of: key, reading: true) { return Owned(copyingIfPresent: frame.variable(index)) }
    let extra = frame.contents.pointee.extraLocals
    return extra.isAbsent ? Owned(taking: .absent) : Owned(copyingIfPresent: try DictObject(extra).get(key))
  }

  func set(_ key: Value, _ value: Value) throws(PyError) {
    if let index = try index(of: key, reading: false) {
      if value.isAbsent { throw .valueError("cannot remove local variables from FrameLocalsProxy") }
      try setVariable(index, Owned(copying: value))
      return
    }
    if value.isAbsent {
      let extra = frame.contents.pointee.extraLocals
      if extra.isAbsent { throw .keyError(key) }
      try extra.deleteItem(key)
      return
    }
    if frame.contents.pointee.extraLocals.isAbsent { frame.contents.pointee.extraLocals = try Owned.dict().take() }
    try DictObject(frame.contents.pointee.extraLocals).set(key, value)
  }

  private func setVariable(_ index: Int, _ value: consuming Owned) throws(PyError) {
    guard let slots = frame.slots, let place = frame.code.place(of: index, in: slots) else { return }
    let current = place.pointee
    if !current.isAbsent && current.isObject && frame.holdsCell(index, current) {
      CellObject(current).replace(value)
      return
    }
    place.pointee = value.take()
    // The code that runs may still use the old value without a reference of its own.
    try frame.keepOverwritten(Owned(taking: current))
  }

  /// Names and values, in the order of the variables.
  func forEach(_ body: (Value, Value) throws(PyError) -> Void) throws(PyError) {
    let code = frame.code
    for index in 0..<code.variableCount {
      let value = Owned(copyingIfPresent: frame.variable(index))
      if value.value.isAbsent { continue }
      try body(code.localName(index), value.value)
    }
    let extra = frame.contents.pointee.extraLocals
    if !extra.isAbsent {
      let copy = try DictObject(extra).copy()
      var position = 0
      var key = Value.absent
      var value = Value.absent
      while DictObject(copy.value).next(&position, &key, &value) { try body(key, value) }
    }
  }

  /// A snapshot as a list: of what a method of the dict gives, or absent for the names.
  func list(_ method: Value) throws(PyError) -> Owned {
    let dict = try self.dict()
    if method.isAbsent { return try Owned.list(from: dict.value) }
    let view = try dict.callMethod(method)
    return try Owned.list(from: view.value)
  }

  /// A snapshot as a dict.
  func dict() throws(PyError) -> Owned {
    let result = try Owned.dict()
    try forEach { (key: Value, value: Value) throws(PyError) in try DictObject(result.value).set(key, value) }
    return result
  }
}

extension FrameObject {
  /// Whether a comprehension that was inlined into a module or class body is running.
  private var hasHiddenLocals: Bool {
    for index in 0..<code.variableCount where LocalKind(rawValue: code.localsPlusKinds[index]).contains(.hidden) && !variable(index).isAbsent { return true }
    return false
  }

  /// `f_locals`: the mapping of a module or class body, a proxy for a function.
  func localsForPython() throws(PyError) -> Owned {
    let mapping = localsMapping
    if !mapping.isAbsent && !hasHiddenLocals { return Owned(copying: mapping) }
    let raw = try TypeObject.frameLocalsProxy.allocate()
    (raw + 16).storeBytes(of: Owned(copying: value).take(), as: Value.self)
    return Owned(taking: raw)
  }
}

extension ThreadState {
  /// What `locals()` returns: the mapping itself, or in a function a new dict.
  public func currentLocals() throws(PyError) -> Owned {
    guard let frame = innermostFrame else {
      if interpreter.pointee.runnerNamespace.isAbsent { throw .systemError("frame does not exist") }
      return Owned(copying: interpreter.pointee.runnerNamespace)
    }
    let mapping = frame.localsMapping
    if !mapping.isAbsent && frame.pointee.code.localsPlusCount == 0 { return Owned(copying: mapping) }
    let object = try Evaluator.frameObject(of: frame)
    let locals = try FrameObject(object.value).localsForPython()
    return locals.value.type == .frameLocalsProxy ? try FrameLocals(locals.value).dict() : locals
  }
}

func defineFrameLocals(_ types: TypeDefinitions) {
  types.define(.frameLocalsProxy) { t in
    t.basicSize = 24
    t.shapeFlags.insert(.tracked)
    t.flags.insert(.mapping)
    t.slots.deallocate = DeallocateSlot { raw in
      raw.load(fromByteOffset: 16, as: Value.self).releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in visit(raw.load(fromByteOffset: 16, as: Value.self)) }
    t.new("FrameLocalsProxy(frame, /)") { (call: Call) throws(PyError) -> Owned in
      guard call[0].type == .frame else { throw .typeError("expect frame, not \(call[0].typeName)") }
      let raw = try TypeObject.frameLocalsProxy.allocate()
      (raw + 16).storeBytes(of: Owned(copying: call[0]).take(), as: Value.self)
      return Owned(taking: raw)
    }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      if try reprEnter(object) { return try Owned.string("{...}") }
      defer { reprLeave(object) }
      return try FrameLocals(object).dict().repr()
    }
    t.slots.length = LengthSlot { (object: Value) throws(PyError) -> Int in 
      let dict = try FrameLocals(object).dict()
      return DictObject(dict.value).count
    }
    t.slots.subscript = BinarySlot { (object: Value, key: Value) throws(PyError) -> Owned in
      let found = try FrameLocals(object).get(key)
      if found.value.isAbsent { throw .raise(.keyError, "local variable '\(try key.repr().text)' is not defined") }
      return found
    }
    t.slots.storeSubscript = StoreSlot { (object: Value, key: Value, value: Value) throws(PyError) in try FrameLocals(object).set(key, value) }
    t.slots.contains = ContainsSlot { (object: Value, key: Value) throws(PyError) -> Bool in try !FrameLocals(object).get(key).isAbsent }
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in
      try FrameLocals(object).list(.absent).iterate()
    }
    t.slots.compare = CompareSlot { (object: Value, other: Value, operation: Comparison) throws(PyError) -> Owned in
      let left = try FrameLocals(object).dict()
      if other.type == .frameLocalsProxy {
        let isSame = FrameLocals(object).frame.raw == FrameLocals(other).frame.raw
        if operation == .equal { return Owned.boolean(isSame) }
        if operation == .notEqual { return Owned.boolean(!isSame) }
        return .notImplemented
      }
      if other.isDict { return try left.value.compare(other, operation) }
      return .notImplemented
    }
    t.slots.or = BinarySlot { (left: Value, right: Value) throws(PyError) -> Owned in
      let a = left.type == .frameLocalsProxy ? try FrameLocals(left).dict() : Owned(copying: left)
      let b = right.type == .frameLocalsProxy ? try FrameLocals(right).dict() : Owned(copying: right)
      guard a.value.isDict, b.value.isDict else { return .notImplemented }
      return try a.value.or(b.value)
    }
    t.slots.inPlaceOr = BinarySlot { (object: Value, other: Value) throws(PyError) -> Owned in
      try updateLocals(object, other)
      return Owned(copying: object)
    }
    t.method("get($self, key, default=None, /)") { (call: Call) throws(PyError) -> Owned in
      let found = try FrameLocals(call.receiver).get(call[0])
      return found.value.isAbsent ? Owned(copying: call[1]) : found
    }
    t.method("setdefault($self, key, default=None, /)") { (call: Call) throws(PyError) -> Owned in
      let found = try FrameLocals(call.receiver).get(call[0])
      if !found.value.isAbsent { return found }
      try FrameLocals(call.receiver).set(call[0], call[1])
      return Owned(copying: call[1])
    }
    t.method("pop($self, key, default=<unrepresentable>, /)") { (call: Call) throws(PyError) -> Owned in
      let found = try FrameLocals(call.receiver).get(call[0])
      if found.value.isAbsent {
        if call[1].isAbsent { throw .keyError(call[0]) }
        return Owned(copying: call[1])
      }
      try FrameLocals(call.receiver).set(call[0], .absent)
      return found
    }
    t.method("update($self, other, /)") { (call: Call) throws(PyError) -> Owned in
      try updateLocals(call.receiver, call[0])
      return .none
    }
    t.method("copy($self, /)") { (call: Call) throws(PyError) -> Owned in try FrameLocals(call.receiver).dict() }
    t.method("keys($self, /)") { (call: Call) throws(PyError) -> Owned in try FrameLocals(call.receiver).list(.absent) }
    t.method("values($self, /)") { (call: Call) throws(PyError) -> Owned in
      try FrameLocals(call.receiver).list(Name.values)
    }
    t.method("items($self, /)") { (call: Call) throws(PyError) -> Owned in
      try FrameLocals(call.receiver).list(Name.items)
    }
    t.method("__reversed__($self, /)") { (call: Call) throws(PyError) -> Owned in
      let keys = try FrameLocals(call.receiver).list(.absent)
      _ = try keys.value.callMethod(Name.reverse)
      return keys
    }
  }
}

private func updateLocals(_ object: Value, _ other: Value) throws(PyError) {
  let source: Owned
  if other.type == .frameLocalsProxy {
    source = try FrameLocals(other).dict()
  } else if other.isDict {
    source = Owned(copying: other)
  } else {
    throw .typeError("update() argument must be dict or another FrameLocalsProxy")
  }
  let copy = try DictObject(source.value).copy()
  var position = 0
  var key = Value.absent
  var value = Value.absent
  while DictObject(copy.value).next(&position, &key, &value) { try FrameLocals(object).set(key, value) }
}
