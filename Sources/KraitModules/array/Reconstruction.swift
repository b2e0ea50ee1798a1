// Arrays from pickles: bytes in a format that names its sizes and its byte order.

import KraitRuntime

/// `_array_reconstructor(arraytype, typecode, mformat_code, items)`; `make` makes an array of a class, a type code and initial items.
func reconstructArray(_ call: Call, _ make: (TypeObject, UInt32, Value) throws(PyError) -> Owned) throws(PyError) -> Owned {
  guard call[0].isType else { throw .typeError("first argument must be a type object, not \(call[0].typeName)") }
  guard call[1].isString else { throw call.wrongType(1, "a unicode character") }
  guard StringObject(call[1]).length == 1 else {
    throw .typeError("_array_reconstructor(): argument 2 must be a unicode character, not a string of length \(StringObject(call[1]).length)")
  }
  let code = StringObject(call[1]).codePoint(at: 0)
  let format = Int(try call.int32(2))
  let type = TypeObject(call[0])
  guard type.isSubtype(of: arrayType.object) else { throw .typeError("\(type.contents.pointee.name.text) is not a subtype of array.array") }
  guard let kind = ArrayKind(code: code) else { throw .valueError("second argument must be a valid type code") }
  guard format >= 0, format <= 21 else { throw .valueError("third argument must be a valid machine format code.") }
  guard call[3].isBytes else { throw .typeError("fourth argument should be bytes, not \(call[3].typeName)") }
  let held = Owned(copying: call[3])
  let bytes = BytesObject(held.value).buffer
  if format == kind.machineFormat { return try make(type, code, held.value) }
  let isBig = format & 1 != 0 && format > 1
  if format >= 18 {
    let text = try decodeUTF(held.value, wide: format >= 20, isBig: isBig)
    return try make(type, code, text.value)
  }
  let (size, isSigned, isFloat) = itemFormat(format)
  if bytes.count % size != 0 { throw .valueError("bytes length not a multiple of item size") }
  let items = try Owned.list(capacity: bytes.count / size)
  for start in stride(from: 0, to: bytes.count, by: size) {
    var word: UInt64 = 0
    for index in 0..<size { word |= UInt64(bytes[start + index]) << UInt64(8 * (isBig ? size - 1 - index : index)) }
    let item: Owned
    if isFloat {
      item = try Owned.float(size == 4 ? Double(Float(bitPattern: UInt32(word))) : Double(bitPattern: word))
    } else if isSigned {
      let shift = UInt64(64 - 8 * size)
      item = try Owned.integer(Int(Int64(bitPattern: word << shift) >> Int64(shift)))
    } else {
      item = try Owned.integer(word)
    }
    try ListObject(items.value).append(taking: item)
  }
  // Ints whose size differs here get a type code that fits them: the last one in the list.
  var chosen = code
  if !isFloat {
    for other in ArrayKind.allCases where other.isInteger && other.itemSize == size && other.isSigned == isSigned { chosen = UInt32(other.code) }
  }
  return try make(type, chosen, items.value)
}

private func itemFormat(_ format: Int) -> (size: Int, isSigned: Bool, isFloat: Bool) {
  switch format {
  case 0: (1, false, false)
  case 1: (1, true, false)
  case 2, 3: (2, false, false)
  case 4, 5: (2, true, false)
  case 6, 7: (4, false, false)
  case 8, 9: (4, true, false)
  case 10, 11: (8, false, false)
  case 12, 13: (8, true, false)
  case 14, 15: (4, true, true)
  default: (8, true, true)
  }
}

private func decodeUTF(_ bytes: Value, wide: Bool, isBig: Bool) throws(PyError) -> Owned {
  let encoding = try Owned.string(wide ? (isBig ? "utf-32-be" : "utf-32-le") : isBig ? "utf-16-be" : "utf-16-le")
  return try bytes.callMethod(Name.make("decode"), encoding.value)
}
