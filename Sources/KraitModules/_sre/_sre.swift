// The module `_sre`: what the standard library's `re` is built on.

import KraitRuntime

let _sreModule = ModuleDefinition("_sre", "The engine of regular expressions.") { (m: ModuleBuilder) throws(PyError) in
  SRETypes.pattern = try m.defineType("Pattern", module: "re", isPublic: false, definePattern)
  SRETypes.match = try m.defineType("Match", module: "re", isPublic: false, defineMatch)
  SRETypes.scanner = try m.defineType("SRE_Scanner", isPublic: false, defineScanner)
  SRETypes.template = try m.defineType("SRE_Template", isPublic: false, defineTemplate)
  try m.constant("MAGIC", Opcode.magic)
  try m.constant("CODESIZE", 4)
  try m.constant("MAXREPEAT", Int(Opcode.maximumRepeat))
  try m.constant("MAXGROUPS", Opcode.maximumGroups)
  try m.constant("copyright", " SRE of Krait ")

  try m.function("compile(pattern, flags, code, groups, groupindex, indexgroup)", "A pattern object from what `re` compiled.") {
    (call) throws(PyError) in try compilePattern(call)
  }
  try m.function("template(pattern, template, /)", "A compiled replacement: literals and groups in turn.") { (call) throws(PyError) in
    guard call[0].type == SRETypes.pattern else { throw call.wrongType(0, "re.Pattern") }
    guard call[1].isList else { throw call.wrongType(1, "list") }
    return try TemplateObject.make(call[1])
  }
  try m.function("getcodesize()", "Bytes of a word of a pattern.") { (call) throws(PyError) in Owned(taking: Value(smallInteger: 4)) }
  try m.function("ascii_iscased(character, /)", "Whether an ASCII character has another case.") { (call) throws(PyError) in
    let c = UInt32(bitPattern: try call.int32(0))
    return .boolean((c | 0x20) &- 0x61 < 26)
  }
  try m.function("unicode_iscased(character, /)", "Whether a character has another case.") { (call) throws(PyError) in
    let c = UInt32(bitPattern: try call.int32(0))
    let lower = CharacterProperties.lower(c)
    return .boolean(lower != c || CharacterProperties.upper(lower) != lower || CharacterProperties.upper(c) != c)
  }
  try m.function("ascii_tolower(character, /)", "The lower case of an ASCII character.") { (call) throws(PyError) in
    try Owned.integer(Int(Int32(bitPattern: CaseFolding.lowerASCII(UInt32(bitPattern: try call.int32(0))))))
  }
  try m.function("unicode_tolower(character, /)", "The lower case of a character.") { (call) throws(PyError) in
    try Owned.integer(Int(Int32(bitPattern: CharacterProperties.lower(UInt32(bitPattern: try call.int32(0))))))
  }
}

private func compilePattern(_ call: Call) throws(PyError) -> Owned {
  let pattern = call[0]
  let flags = Int(try call.int32(1))
  guard call[2].isList else { throw call.wrongType(2, "list") }
  let groups = try call.index(3)
  guard call[4].isDict else { throw call.wrongType(4, "dict") }
  guard call[5].isTuple else { throw call.wrongType(5, "tuple") }
  guard groups >= 0, groups <= Opcode.maximumGroups else { throw .runtimeError("invalid SRE code") }
  var kind = PatternObject.TextKind.unknown
  if !pattern.isNone {
    let subject = try Subject(pattern)
    kind = subject.isBytes ? .bytes : .string
  }
  let list = ListObject(call[2])
  let count = list.count
  let code = try allocateMemory(max(count, 1) * 4).assumingMemoryBound(to: UInt32.self)
  let program: Program
  do throws(PyError) {
    for index in 0..<count {
      guard index < list.count else { throw .runtimeError("invalid SRE code") }
      let item = list[index]
      if item.isSmallInteger {
        guard let word = UInt32(exactly: item.smallInteger) else { throw .overflowError("regular expression code size limit exceeded") }
        code[index] = word
        continue
      }
      let held = Owned(copying: item)
      guard held.value.isInteger else { throw .typeError("an integer is required") }
      let number = try held.value.asInt()
      guard let word = UInt32(exactly: number) else { throw .overflowError("regular expression code size limit exceeded") }
      code[index] = word
    }
    program = try ProgramBuilder.build(code: code, count: count, groupCount: groups)
  } catch {
    freeMemory(code, size: max(count, 1) * 4)
    throw error
  }
  let raw: UnsafeMutableRawPointer
  do throws(PyError) { raw = try SRETypes.pattern.allocate() } catch {
    program.free()
    throw error
  }
  for index in [0, 4, 5] { call[index].retain() }
  PatternObject(Value(raw)).fields.initialize(
    to: PatternObject.Fields(pattern: pattern, groupIndex: call[4], indexGroup: call[5], flags: flags, groups: groups, textKind: kind, program: program))
  return Owned(taking: raw)
}
