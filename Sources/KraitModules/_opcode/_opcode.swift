// The module `_opcode`: what `dis` asks about instructions.

import KraitRuntime

let _opcodeModule = ModuleDefinition("_opcode", "Properties of the instructions of CPython's bytecode.") { (m: ModuleBuilder) throws(PyError) in
  // CPython's code is not specialised in place here, but its tables are the same.
  try m.constant("ENABLE_SPECIALIZATION", 1)
  try m.constant("ENABLE_SPECIALIZATION_FT", 1)
  try m.function("stack_effect(opcode, oparg=None, /, *, jump=None)", "How many values an instruction leaves on the stack beyond those that it takes.") {
    (call) throws(PyError) in try stackEffect(call)
  }
  try m.function("is_valid(opcode)", "Whether there is an instruction of the number.") { (call) throws(PyError) in try test(call, 0) }
  try m.function("has_arg(opcode)", "Whether the instruction uses its argument.") { (call) throws(PyError) in try test(call, 1) }
  try m.function("has_const(opcode)", "Whether the argument is the number of a constant.") { (call) throws(PyError) in try test(call, 2) }
  try m.function("has_exc(opcode)", "Whether the instruction sets up a handler of exceptions.") { (call) throws(PyError) in try test(call, 3) }
  try m.function("has_free(opcode)", "Whether the argument is the number of a cell or a free variable.") { (call) throws(PyError) in try test(call, 4) }
  try m.function("has_jump(opcode)", "Whether the argument is the distance of a jump.") { (call) throws(PyError) in try test(call, 5) }
  try m.function("has_local(opcode)", "Whether the argument is the number of a local variable.") { (call) throws(PyError) in try test(call, 6) }
  try m.function("has_name(opcode)", "Whether the argument is the number of a name.") { (call) throws(PyError) in try test(call, 7) }
  try m.function("get_nb_ops()", "The binary operators by number.") { (call) throws(PyError) in
    let result = try Owned.list()
    for (name, symbol) in OpcodeProperties.operations {
      let first = try Owned.string(name)
      let second = try Owned.string(symbol)
      try ListObject(result.value).append(taking: try Owned.tuple(first.value, second.value))
    }
    return result
  }
  try m.function("get_intrinsic1_descs()", "The names of intrinsic functions of one operand.") { (call) throws(PyError) in
    try names(OpcodeProperties.intrinsic1_descs)
  }
  try m.function("get_intrinsic2_descs()", "The names of intrinsic functions of two operands.") { (call) throws(PyError) in
    try names(OpcodeProperties.intrinsic2_descs)
  }
  try m.function("get_special_method_names()", "The special methods that LOAD_SPECIAL loads, by number.") { (call) throws(PyError) in
    try names(OpcodeProperties.special_method_names)
  }
  try m.function("get_specialization_stats()", "None: the statistics are not kept.") { (call) throws(PyError) in .none }
  try m.function("get_executor(code, offset)", "There are no executors: an error.") { (call) throws(PyError) in
    guard call[0].type == .code else { throw .typeError("expected a code object, not '\(call[0].typeName)'") }
    _ = try call.int32(1)
    throw .valueError("no executor at given byte offset")
  }
}

private func names(_ list: [StaticString]) throws(PyError) -> Owned {
  let result = try Owned.list()
  for name in list { try ListObject(result.value).append(taking: try Owned.string(name)) }
  return result
}

/// A digit of an opcode's row in the table; nil for a number that has no row.
private func entry(_ opcode: Int, _ place: Int) -> Int? {
  guard opcode >= 0, opcode < OpcodeProperties.count else { return nil }
  return Int(OpcodeProperties.rows.utf8Start[opcode * 11 + place])
}

private func test(_ call: Call, _ bit: Int) throws(PyError) -> Owned {
  let opcode = Int(try call.int32(0))
  guard let high = entry(opcode, 0), let low = entry(opcode, 1) else { return .boolean(false) }
  func digit(_ character: Int) -> Int { character < 0x3A ? character - 0x30 : character - 0x57 }
  return .boolean((digit(high) << 4 | digit(low)) >> bit & 1 != 0)
}

private func stackEffect(_ call: Call) throws(PyError) -> Owned {
  let opcode = Int(try call.int32(0))
  var argument = 0
  if !call[1].isNone { argument = Int(try call.int32(1)) }
  let column: Int
  if call[2].isNone { column = 2 } else if call[2].isTrue { column = 1 } else if call[2].isFalse { column = 0 } else {
    throw .valueError("stack_effect: jump must be False, True or None")
  }
  guard let form = entry(opcode, 2 + 3 * column), form != 0x2D, let factor = entry(opcode, 3 + 3 * column), let constant = entry(opcode, 4 + 3 * column) else {
    throw .valueError("invalid opcode or oparg")
  }
  let term: Int =
    switch form - 48 {
    case 0: argument
    case 1: argument & 1
    case 2: (argument & 0xFF) + (argument >> 8)
    case 3: argument == 3 ? 1 : 0
    case 4: argument > 0 ? 1 : 0
    case 5: argument & 3 == 2 ? 1 : 0
    default: argument & 3 == 3 ? 1 : 0
    }
  return try Owned.integer(constant - 80 + (factor - 80) * term)
}
