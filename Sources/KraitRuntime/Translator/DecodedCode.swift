// The first pass over `co_code`: instructions, jump targets and handlers, all checked, so that the translation needs no further doubt.

import CKraitCore
import KraitCompiler

/// Why code cannot run: what a hand-made code object got wrong.
struct MalformedCode: Error {
  let message: String
  init(_ message: String) { self.message = message }

  /// The code is not to blame: there is no memory for its translation.
  static let noMemory = MalformedCode("")

  /// What the program sees.
  var raised: PyError { message.isEmpty ? .memoryError() : .systemError(message) }
}

/// What a position of the value stack may hold.
enum StackKind: UInt8 {
  case value
  /// Surely NULL: the second word of a call of something that is not a method.
  case null
  /// A value or NULL: what `LOAD_ATTR` pushes for a method call, a variable that may be unbound.
  case either
}

/// `co_code` decoded: instructions with their whole arguments, and what the value stack holds where control flow meets. Whoever makes one deallocates it, with all that was taken from its memory.
struct DecodedCode {
  struct Instruction {
    var opcode: Opcode
    /// Byte offset; that of the first `EXTENDED_ARG`, if there are any, is ``start``.
    var offset: Int32
    var start: Int32
    var argument: Int32
    /// The instruction jumped to, or -1.
    var target: Int32 = -1
    /// The entry of ``handlers`` that guards it, or -1.
    var handler: Int32 = -1
    /// Whether control may come from elsewhere than the instruction before.
    var isLeader = false
    var isReachable = false
    /// A local that the instruction reads may be unbound on some path: only hand-made code reads such a one without `LOAD_FAST_CHECK`.
    var needsCheck = false
  }

  struct Handler {
    var target: Int32
    var depth: Int32
    var pushesLastInstruction: Bool
  }

  /// What is known where control flow meets: a number of kinds, words of bound locals, then the kinds.
  private typealias Entry = UnsafeMutablePointer<UInt64>

  private(set) var instructions: UnsafeMutableBufferPointer<Instruction>
  private(set) var handlers: PlainArray<Handler>
  /// By instruction: the height of the value stack before it; 0 where control never comes.
  private(set) var depths: UnsafeMutablePointer<Int32>
  /// By instruction: at leaders, the state on entry.
  private var entries: UnsafeMutablePointer<Entry?>
  /// What the passes over the code take their memory from.
  let memory: ScratchMemory
  /// Variables that are followed: those with slots of their own.
  let localCount: Int
  let stackSize: Int
  /// Words of a set of locals.
  private let boundWords: Int

  init(_ code: CodeObject) throws(MalformedCode) {
    localCount = code.nearCount
    stackSize = code.stackSize
    boundWords = (localCount + 63) / 64
    let bytes = code.instructions
    if bytes.count == 0 || bytes.count % 2 != 0 { throw MalformedCode("code: co_code must have an even, positive number of bytes") }
    let units = bytes.count / 2
    // Two passes take a hundred bytes for each instruction, of which there are half as many as units; what hangs on jumps and handlers comes on top.
    memory = ScratchMemory(bytes: 1024 + 64 * units)
    handlers = PlainArray(memory, capacity: 8)
    let byUnit: UnsafeMutablePointer<Int32> = memory.take(units)
    let decoded: UnsafeMutablePointer<Instruction> = memory.take(units)
    var count = 0
    var failure: MalformedCode?
    do throws(MalformedCode) { try DecodedCode.decode(bytes, code, byUnit, decoded, &count) } catch { failure = error }
    instructions = UnsafeMutableBufferPointer(start: decoded, count: count)
    depths = memory.take(count)
    depths.initialize(repeating: 0, count: count)
    entries = memory.take(count)
    entries.initialize(repeating: nil, count: count)
    do throws(MalformedCode) {
      if let failure { throw failure }
      try resolveJumps(byUnit, units)
      try resolveHandlers(code, byUnit, units)
      try trace(code)
    } catch {
      deallocate()
      throw error
    }
  }

  func deallocate() { memory.deallocate() }

  /// The kinds on the value stack where control flow meets; empty elsewhere.
  @inline(__always)
  func entryStack(_ index: Int) -> UnsafeBufferPointer<StackKind> {
    guard let entry = entries[index] else { return UnsafeBufferPointer(start: nil, count: 0) }
    return UnsafeBufferPointer(start: kinds(of: entry), count: Int(entry[0]))
  }

  @inline(__always)
  func hasEntryStack(_ index: Int) -> Bool { entries[index] != nil }

  private func kinds(of entry: Entry) -> UnsafeMutablePointer<StackKind> {
    UnsafeMutableRawPointer(entry + 1 + boundWords).assumingMemoryBound(to: StackKind.self)
  }

  private static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, _ code: CodeObject, _ byUnit: UnsafeMutablePointer<Int32>, _ instructions: UnsafeMutablePointer<Instruction>, _ count: inout Int
  ) throws(MalformedCode) {
    let facts = OpcodeFacts.table
    let constants = code.constants.count
    let names = code.names.count
    let localCount = code.variableCount
    byUnit.initialize(repeating: -1, count: bytes.count / 2)
    var offset = 0
    var extended: UInt32 = 0
    var start = 0
    while offset < bytes.count {
      let fact = facts[Int(bytes[offset])]
      guard fact.isKnown else { throw MalformedCode("unknown opcode \(bytes[offset])") }
      let opcode = fact.opcode
      let argument = extended << 8 | UInt32(bytes[offset + 1])
      byUnit[offset / 2] = Int32(count)
      if opcode == .EXTENDED_ARG {
        extended = argument
        offset += 2
        continue
      }
      guard argument <= Int32.max else { throw MalformedCode("argument out of range at offset \(offset)") }
      let value = Int(argument)
      switch fact.use {
      case .other: break
      case .constant: if value >= constants { throw MalformedCode("constant index out of range at offset \(offset)") }
      case .name: if value >> Int(fact.shift) >= names { throw MalformedCode("name index out of range at offset \(offset)") }
      case .local: if value >= localCount { throw MalformedCode("variable index out of range at offset \(offset)") }
      case .locals: if value >> 4 >= localCount || value & 15 >= localCount { throw MalformedCode("variable index out of range at offset \(offset)") }
      }
      (instructions + count).initialize(to: Instruction(opcode: opcode, offset: Int32(offset), start: Int32(start), argument: Int32(argument)))
      count += 1
      extended = 0
      offset += 2 + 2 * Int(fact.cacheEntries)
      start = offset
    }
    if extended != 0 || offset != bytes.count || count == 0 { throw MalformedCode("co_code ends in the middle of an instruction") }
  }

  private func resolveJumps(_ byUnit: UnsafeMutablePointer<Int32>, _ units: Int) throws(MalformedCode) {
    let facts = OpcodeFacts.table
    let instructions = self.instructions.baseAddress.unsafelyUnwrapped
    for index in 0..<self.instructions.count {
      let fact = facts[Int(instructions[index].opcode.rawValue)]
      guard fact.isJump else { continue }
      let instruction = instructions[index]
      let backward = instruction.opcode == .JUMP_BACKWARD || instruction.opcode == .JUMP_BACKWARD_NO_INTERRUPT
      let next = Int(instruction.offset) / 2 + 1 + Int(fact.cacheEntries)
      let unit = backward ? next - Int(instruction.argument) : next + Int(instruction.argument)
      guard unit >= 0, unit < units, byUnit[unit] >= 0, Int(byUnit[unit]) < self.instructions.count else { throw MalformedCode("bad jump at offset \(instruction.offset)") }
      instructions[index].target = byUnit[unit]
      instructions[Int(byUnit[unit])].isLeader = true
    }
  }

  private mutating func resolveHandlers(_ code: CodeObject, _ byUnit: UnsafeMutablePointer<Int32>, _ units: Int) throws(MalformedCode) {
    let table = code.exceptionTable
    if table.isEmpty { return }
    for entry in ExceptionTable(bytes: table) {
      guard entry.start >= 0, entry.end <= units * 2, entry.target >= 0, entry.target < units * 2, byUnit[entry.target / 2] >= 0, entry.depth <= stackSize
      else { throw MalformedCode("bad exception table") }
      let target = byUnit[entry.target / 2]
      instructions[Int(target)].isLeader = true
      handlers.append(Handler(target: target, depth: Int32(entry.depth), pushesLastInstruction: entry.pushesLastInstruction))
      var unit = entry.start / 2
      while unit < entry.end / 2 {
        if byUnit[unit] >= 0 && instructions[Int(byUnit[unit])].offset / 2 == unit {
          instructions[Int(byUnit[unit])].handler = Int32(handlers.count - 1)
        }
        unit += 1
      }
    }
  }

  // MARK: The stack at each instruction

  /// Follows every path once for each state that it adds, and checks that the stack never runs over or under.
  private mutating func trace(_ code: CodeObject) throws(MalformedCode) {
    var stack = KindStack(memory, limit: stackSize)
    let bound = BoundLocals(memory, wordCount: boundWords, count: localCount)
    var work = PlainArray<Int32>(memory, capacity: 16)
    bound.insertParameters(min(code.parameterCount, localCount))
    let instructions = self.instructions.baseAddress.unsafelyUnwrapped
    instructions[0].isLeader = true
    try reach(0, stack, 0, 0, bound, &work)
    while work.count > 0 {
      var index = Int(work.removeLast())
      guard let entry = entries[index] else { continue }
      bound.words.update(from: entry + 1, count: boundWords)
      stack.set(kinds(of: entry), Int(entry[0]))
      while true {
        instructions[index].isReachable = true
        depths[index] = Int32(stack.count)
        let instruction = UnsafePointer(instructions + index)
        if instruction.pointee.handler >= 0 {
          let handler = handlers[Int(instruction.pointee.handler)]
          guard stack.count >= Int(handler.depth) else { throw MalformedCode("the stack is lower than the handler's at offset \(instruction.pointee.offset)") }
          try reach(Int(handler.target), stack, Int(handler.depth), handler.pushesLastInstruction ? 2 : 1, bound, &work)
        }
        if bound.apply(instruction, stack, code) { instructions[index].needsCheck = true }
        let falls = try StackTracer.step(instruction, &stack)
        if instruction.pointee.target >= 0 {
          // The end of a loop: no value.
          let isLoop = instruction.pointee.opcode == .FOR_ITER
          let kept = isLoop ? stack.replaceTop(.null) : .value
          try reach(Int(instruction.pointee.target), stack, stack.count, 0, bound, &work)
          if isLoop { _ = stack.replaceTop(kept) }
        }
        if !falls { break }
        index += 1
        guard index < self.instructions.count else { throw MalformedCode("control runs over the end of co_code") }
        if instructions[index].isLeader {
          try reach(index, stack, stack.count, 0, bound, &work)
          break
        }
      }
    }
  }

  /// Control comes to an instruction with the lowest `depth` entries of a stack, and with `extra` values that a handler gets above them (NULL may then be something else below).
  private mutating func reach(
    _ index: Int, _ stack: KindStack, _ depth: Int, _ extra: Int, _ bound: BoundLocals, _ work: inout PlainArray<Int32>
  ) throws(MalformedCode) {
    let count = depth + extra
    guard count <= max(stackSize, 0) else { throw MalformedCode("the stack grows beyond co_stacksize at offset \(instructions[index].offset)") }
    guard let known = entries[index] else {
      let entry: Entry = memory.take(1 + boundWords + (count + 7) / 8)
      entry[0] = UInt64(count)
      (entry + 1).update(from: bound.words, count: boundWords)
      let kinds = self.kinds(of: entry)
      for position in 0..<depth { kinds[position] = extra > 0 && stack[position] == .null ? .either : stack[position] }
      for position in depth..<count { kinds[position] = .value }
      entries[index] = entry
      work.append(Int32(index))
      return
    }
    guard Int(known[0]) == count else { throw MalformedCode("the stack's height is not the same on all paths to offset \(instructions[index].offset)") }
    let kinds = self.kinds(of: known)
    var changed = false
    for position in 0..<count {
      var kind = position < depth ? stack[position] : .value
      if extra > 0 && kind == .null { kind = .either }
      if kinds[position] != kind && kinds[position] != .either {
        kinds[position] = .either
        changed = true
      }
    }
    for word in 0..<boundWords {
      let both = known[1 + word] & bound.words[word]
      if both != known[1 + word] {
        known[1 + word] = both
        changed = true
      }
    }
    if changed { work.append(Int32(index)) }
  }
}

/// What the decoder asks of an opcode, one row for each byte.
private struct OpcodeFacts {
  /// What the argument counts.
  enum Use: UInt8 { case other, constant, name, local, locals }

  var opcode = Opcode.NOP
  var isKnown = false
  var isJump = false
  var use = Use.other
  /// The bits of a name's argument that are something else.
  var shift: UInt8 = 0
  var cacheEntries: UInt8 = 0

  static nonisolated(unsafe) let table: UnsafePointer<OpcodeFacts> = {
    let table = UnsafeMutablePointer<OpcodeFacts>.allocate(capacity: 256)
    for byte in 0..<256 { (table + byte).initialize(to: OpcodeFacts(UInt16(byte))) }
    return UnsafePointer(table)
  }()

  private init(_ number: UInt16) {
    guard number < 234, let opcode = Opcode(rawValue: number), opcode != .CACHE, opcode != .RESERVED else { return }
    self.opcode = opcode
    isKnown = true
    let properties = opcode.properties
    isJump = properties.contains(.jump) && opcode != .END_ASYNC_FOR
    cacheEntries = UInt8(opcode.cacheEntries)
    switch opcode {
    case .LOAD_FAST_LOAD_FAST, .LOAD_FAST_BORROW_LOAD_FAST_BORROW, .STORE_FAST_LOAD_FAST, .STORE_FAST_STORE_FAST: use = .locals
    default:
      if properties.contains(.constant) { use = .constant }
      if properties.contains(.name) { use = .name }
      if properties.contains(.local) || properties.contains(.free) { use = .local }
    }
    shift = opcode == .LOAD_GLOBAL || opcode == .LOAD_ATTR ? 1 : opcode == .LOAD_SUPER_ATTR ? 2 : 0
  }
}

/// The locals that are surely bound.
private struct BoundLocals {
  let words: UnsafeMutablePointer<UInt64>
  /// Far variables are never surely bound.
  let count: Int

  init(_ memory: ScratchMemory, wordCount: Int, count: Int) {
    self.count = count
    words = memory.take(wordCount)
    words.initialize(repeating: 0, count: wordCount)
  }

  func insertParameters(_ count: Int) { for index in 0..<max(count, 0) { insert(index) } }

  @inline(__always) private func contains(_ index: Int) -> Bool { index < count && words[index >> 6] >> UInt64(index & 63) & 1 != 0 }
  @inline(__always) private func insert(_ index: Int) { if index < count { words[index >> 6] |= 1 << UInt64(index & 63) } }
  @inline(__always) private func remove(_ index: Int) { if index < count { words[index >> 6] &= ~(1 << UInt64(index & 63)) } }

  /// Follows an instruction; returns whether it reads a local that may be unbound.
  @inline(__always)
  func apply(_ instruction: UnsafePointer<DecodedCode.Instruction>, _ stack: KindStack, _ code: CodeObject) -> Bool {
    let argument = Int(instruction.pointee.argument)
    switch instruction.pointee.opcode {
    case .LOAD_FAST, .LOAD_FAST_BORROW: return !contains(argument)
    case .LOAD_FAST_LOAD_FAST, .LOAD_FAST_BORROW_LOAD_FAST_BORROW: return !contains(argument >> 4) || !contains(argument & 15)
    case .LOAD_FAST_CHECK, .MAKE_CELL: insert(argument)
    case .STORE_FAST: note(argument, stack, 1)
    case .STORE_FAST_LOAD_FAST:
      note(argument >> 4, stack, 1)
      return !contains(argument & 15)
    case .STORE_FAST_STORE_FAST:
      note(argument >> 4, stack, 1)
      note(argument & 15, stack, 2)
    case .DELETE_FAST, .LOAD_FAST_AND_CLEAR: remove(argument)
    case .COPY_FREE_VARS:
      for index in max(0, code.variableCount - argument)..<max(code.variableCount, 0) { insert(index) }
    default: break
    }
    return false
  }

  private func note(_ local: Int, _ stack: KindStack, _ depth: Int) {
    if stack.count >= depth && stack[stack.count - depth] == .value { insert(local) } else { remove(local) }
  }
}

/// What the value stack holds, from the bottom up.
struct KindStack {
  /// What went wrong.
  enum Fault: Error {
    case runsUnder, growsBeyond, nullForValue, badArgument, unknownOpcode

    var text: String {
      switch self {
      case .runsUnder: "the stack runs under"
      case .growsBeyond: "the stack grows beyond co_stacksize"
      case .nullForValue: "NULL for a value"
      case .badArgument: "bad argument"
      case .unknownOpcode: "unknown opcode"
      }
    }
  }

  private let base: UnsafeMutablePointer<StackKind>
  private(set) var count = 0
  private let limit: Int

  init(_ memory: ScratchMemory, limit: Int) {
    self.limit = limit
    base = memory.take(limit)
  }

  @inline(__always) subscript(position: Int) -> StackKind { base[position] }
  /// The kind that stands so far below the top; 1 is the top. It is there.
  @inline(__always) func fromTop(_ depth: Int) -> StackKind { base[count &- depth] }

  @inline(__always)
  mutating func set(_ kinds: UnsafePointer<StackKind>, _ number: Int) {
    for position in 0..<number { base[position] = kinds[position] }
    count = number
  }

  @inline(__always)
  func replaceTop(_ kind: StackKind) -> StackKind {
    let old = base[count &- 1]
    base[count &- 1] = kind
    return old
  }

  func swap(_ depth: Int) {
    let top = base[count - 1]
    base[count - 1] = base[count - depth]
    base[count - depth] = top
  }

  @inline(__always)
  func need(_ number: Int) throws(Fault) {
    if number < 0 || count < number { throw .runsUnder }
  }

  /// Takes values off.
  @inline(__always)
  mutating func pop(_ number: Int) throws(Fault) {
    try need(number)
    var position = count &- number
    while position < count {
      if base[position] != .value { throw .nullForValue }
      position &+= 1
    }
    count &-= number
  }

  /// Takes off what may be NULL.
  @inline(__always)
  mutating func drop(_ number: Int) throws(Fault) {
    try need(number)
    count &-= number
  }

  @inline(__always)
  mutating func push(_ number: Int, _ kind: StackKind = .value) throws(Fault) {
    if number < 0 || number > limit &- count { throw .growsBeyond }
    var position = 0
    while position < number {
      base[count &+ position] = kind
      position &+= 1
    }
    count &+= number
  }
}

/// The effect of each instruction on the kinds of the value stack.
enum StackTracer {
  /// Applies an instruction; returns whether control may go on to the next one. After `FOR_ITER` the stack is that of the path into the loop.
  @inline(__always)
  static func step(_ instruction: UnsafePointer<DecodedCode.Instruction>, _ stack: inout KindStack) throws(MalformedCode) -> Bool {
    do throws(KindStack.Fault) { return try apply(instruction, &stack) } catch {
      throw MalformedCode("\(error.text) at offset \(instruction.pointee.offset) (\(instruction.pointee.opcode.name))")
    }
  }

  @inline(__always)
  private static func apply(_ instruction: UnsafePointer<DecodedCode.Instruction>, _ stack: inout KindStack) throws(KindStack.Fault) -> Bool {
    let argument = Int(instruction.pointee.argument)
    let opcode = instruction.pointee.opcode
    switch opcode {
    // The most frequent ones first: they ask no table.
    case .NOP, .NOT_TAKEN, .RESUME: break
    case .LOAD_FAST, .LOAD_FAST_BORROW, .LOAD_FAST_CHECK, .LOAD_CONST, .LOAD_SMALL_INT, .LOAD_DEREF, .LOAD_NAME: try stack.push(1)
    case .LOAD_FAST_LOAD_FAST, .LOAD_FAST_BORROW_LOAD_FAST_BORROW: try stack.push(2)
    case .BINARY_OP, .COMPARE_OP, .CONTAINS_OP, .IS_OP, .SET_FUNCTION_ATTRIBUTE:
      try stack.pop(2)
      try stack.push(1)
    case .TO_BOOL, .GET_ITER, .MAKE_FUNCTION, .UNARY_NOT:
      try stack.pop(1)
      try stack.push(1)
    case .POP_JUMP_IF_FALSE, .POP_JUMP_IF_TRUE, .POP_JUMP_IF_NONE, .POP_JUMP_IF_NOT_NONE, .STORE_NAME, .STORE_DEREF: try stack.pop(1)
    case .STORE_ATTR: try stack.pop(2)
    case .COPY:
      if argument < 1 { throw .badArgument }
      try stack.need(argument)
      try stack.push(1, stack.fromTop(argument))
    case .SWAP:
      if argument < 1 { throw .badArgument }
      try stack.need(argument)
      stack.swap(argument)
    case .PUSH_NULL: try stack.push(1, .null)
    case .LOAD_GLOBAL:
      try stack.push(1)
      if argument & 1 != 0 { try stack.push(1, .null) }
    case .LOAD_ATTR:
      try stack.pop(1)
      try stack.push(1)
      if argument & 1 != 0 { try stack.push(1, .either) }
    case .LOAD_SUPER_ATTR:
      try stack.pop(3)
      try stack.push(1)
      if argument & 1 != 0 { try stack.push(1, .either) }
    case .LOAD_SPECIAL:
      if argument > 3 { throw .badArgument }
      try stack.pop(1)
      try stack.push(1)
      try stack.push(1, .either)
    case .LOAD_FAST_AND_CLEAR: try stack.push(1, .either)
    case .POP_TOP, .STORE_FAST, .END_FOR, .POP_ITER: try stack.drop(1)
    case .STORE_FAST_STORE_FAST: try stack.drop(2)
    case .STORE_FAST_LOAD_FAST:
      try stack.drop(1)
      try stack.push(1)
    case .CALL, .CALL_KW:
      let extra = opcode == .CALL_KW ? 1 : 0
      try stack.need(argument &+ 2 &+ extra)
      try stack.pop(argument &+ extra)
      try stack.drop(1)
      try stack.pop(1)
      try stack.push(1)
    case .CALL_FUNCTION_EX:
      try stack.need(4)
      try stack.drop(1)
      try stack.pop(1)
      try stack.drop(1)
      try stack.pop(1)
      try stack.push(1)
    case .WITH_EXCEPT_START:
      try stack.need(5)
      guard stack.fromTop(1) == .value, stack.fromTop(5) == .value else { throw .nullForValue }
      try stack.push(1)
    case .FOR_ITER:
      // The value, or nothing at the loop's end.
      try stack.pop(1)
      try stack.push(2)
    case .DICT_MERGE:
      try stack.need(argument &+ 4)
      try stack.pop(1)
      guard argument >= 1, stack.fromTop(argument) == .value else { throw .badArgument }
    case .LIST_APPEND, .SET_ADD, .LIST_EXTEND, .SET_UPDATE, .DICT_UPDATE:
      try stack.pop(1)
      try stack.need(argument)
      guard argument >= 1, stack.fromTop(argument) == .value else { throw .badArgument }
    case .MAP_ADD:
      try stack.pop(2)
      try stack.need(argument)
      guard argument >= 1, stack.fromTop(argument) == .value else { throw .badArgument }
    case .RETURN_GENERATOR: try stack.push(1)
    case .RETURN_VALUE:
      try stack.pop(1)
      return false
    case .RERAISE:
      try stack.need(argument &+ 1)
      if stack.fromTop(1) != .value || stack.fromTop(1 &+ argument) != .value { throw .nullForValue }
      return false
    case .RAISE_VARARGS:
      if argument > 2 { throw .badArgument }
      try stack.pop(argument)
      return false
    case .JUMP_FORWARD, .JUMP_BACKWARD, .JUMP_BACKWARD_NO_INTERRUPT: return false
    case .END_ASYNC_FOR: try stack.pop(2)
    case .INTERPRETER_EXIT, .EXIT_INIT_CHECK: throw .unknownOpcode
    case .UNPACK_SEQUENCE:
      try stack.pop(1)
      try stack.push(argument)
    case .UNPACK_EX:
      try stack.pop(1)
      try stack.push(1 + argument & 0xFF + argument >> 8)
    case .BUILD_SLICE:
      if argument != 2 && argument != 3 { throw .badArgument }
      try stack.pop(argument)
      try stack.push(1)
    default:
      guard let (popped, pushed) = opcode.stackEffect(argument) else { throw .unknownOpcode }
      try stack.pop(popped)
      try stack.push(pushed)
    }
    return true
  }
}
