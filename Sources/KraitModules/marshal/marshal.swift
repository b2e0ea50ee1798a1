// The module `marshal`: objects as the bytes of `.pyc` files.

import KraitRuntime

let marshalModule = ModuleDefinition("marshal", "Objects as bytes and back, in the format of .pyc files.") { (m: ModuleBuilder) throws(PyError) in
  try m.function("dump(value, file, version=5, /, *, allow_code=True)", "Write an object to a binary file.") { (call: Call) throws(PyError) -> Owned in
    try audit("marshal.dumps", call[0], call[2])
    let data = try MarshalValueWriter.marshal(call[0], version: Int(try call.int32(2)), allowsCode: try call.bool(3))
    return try call[1].callMethod(Name.write, data.value)
  }
  try m.function("load(file, /, *, allow_code=True)", "Read one object from a binary file.") { (call: Call) throws(PyError) -> Owned in
    // A file opened as text is told at once.
    let probe = try call[0].callMethod(Name.read, Value(smallInteger: 0))
    guard probe.value.isBytes else { throw .typeError("file.read() returned not bytes but \(probe.value.typeName)") }
    try audit("marshal.load")
    var reader = MarshalValueReader(MarshalSource(file: call[0]), allowsCode: try call.bool(1))
    return try reader.readObject()
  }
  try m.function("dumps(value, version=5, /, *, allow_code=True)", "Return the bytes that stand for an object.") { (call: Call) throws(PyError) -> Owned in
    try audit("marshal.dumps", call[0], call[1])
    return try MarshalValueWriter.marshal(call[0], version: Int(try call.int32(1)), allowsCode: try call.bool(2))
  }
  try m.function("loads(bytes, /, *, allow_code=True)", "Return the object that bytes stand for.") { (call: Call) throws(PyError) -> Owned in
    let view = try call[0].buffer(.simple)
    if isAudited {
      let bytes = try Owned.bytes(view.bytes)
      try audit("marshal.loads", bytes.value)
    }
    let allowsCode = try call.bool(1)
    if allowsCode, let code = try ModuleData.code(of: call[0], view.bytes) { return code }
    var reader = MarshalValueReader(MarshalSource(view.bytes), allowsCode: allowsCode)
    return try reader.readObject()
  }
  try m.constant("version", 5)
}
