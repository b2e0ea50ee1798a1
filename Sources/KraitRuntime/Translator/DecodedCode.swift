// The first pass over `co_code`: instructions, jump targets and handlers, all checked, so that the translation needs no further doubt.

import CKraitCore
import KraitCompiler

/// Why code cannot run: what a hand-made code object got wrong.
struct MalformedCode: Error {
  let message: String
  init(_ message: String) { self.message = message }
}

/// What a position of the value stack may hold.
enum StackKind: UInt8 {
  case value
  /// Surely NULL: the second word of a call of something that is not a method.
  case null
  /// A value or NULL: what `LOAD_ATTR` pushes for a method call, a variable that may be unbound.
  case either

  func merged(with other: StackKind) -> StackKind { self == other ? self : .either }
}

/// `co_code` decoded: instructions with their whole arguments, and what the value stack holds where control flow meets.
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

  var instructions: [Instruction] = []
  var handlers: [Handler] = []
  /// At leaders: the stack on entry.
  var entryStacks: [Int: [StackKind]] = [:]
  /// At leaders: the locals that are bound on all paths.
  private var entryBound: [Int: BoundLocals] = [:]
  /// By instruction: the height of the value stack before it; 0 where control never comes.
  private(set) var depths: [Int32] = []
  let localCount: Int
  let stackSize: Int

  init(_ code: CodeObject) throws(MalformedCode) {
    localCount = code.localsPlusCount
    stackSize = code.stackSize
    let bytes = code.instructions
    if bytes.count == 0 || bytes.count % 2 != 0 { throw MalformedCode("code: co_code must have an even, positive number of bytes") }
    var byUnit = [Int32](repeating: -1, count: bytes.count / 2)
    try decode(bytes, &byUnit, code)
    try resolveJumps(byUnit)
    try resolveHandlers(code, byUnit)
    try trace(code)
  }

  private mutating func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ byUnit: inout [Int32], _ code: CodeObject) throws(MalformedCode) {
    let constants = code.constants.count
    let names = code.names.count
    instructions.reserveCapacity(bytes.count / 4)
    var offset = 0
    var extended: UInt32 = 0
    var start = 0
    while offset < bytes.count {
      guard let opcode = Opcode(rawValue: UInt16(bytes[offset])), opcode.rawValue < 234 || opcode == .CACHE else {
        throw MalformedCode("unknown opcode \(bytes[offset])")
      }
      let argument = extended << 8 | UInt32(bytes[offset + 1])
      if opcode == .EXTENDED_ARG {
        byUnit[offset / 2] = Int32(instructions.count)
        extended = argument
        offset += 2
        continue
      }
      if opcode == .CACHE || opcode == .RESERVED || opcode == .ENTER_EXECUTOR { throw MalformedCode("unknown opcode \(opcode.rawValue)") }
      guard argument <= Int32.max else { throw MalformedCode("argument out of range at offset \(offset)") }
      byUnit[offset / 2] = Int32(instructions.count)
      let properties = opcode.properties
      let value = Int(argument)
      if properties.contains(.constant) && value >= constants { throw MalformedCode("constant index out of range at offset \(offset)") }
      if properties.contains(.name) {
        let index = opcode == .LOAD_GLOBAL || opcode == .LOAD_ATTR ? value >> 1 : opcode == .LOAD_SUPER_ATTR ? value >> 2 : value
        if index >= names { throw MalformedCode("name index out of range at offset \(offset)") }
      }
      let isPair = opcode == .LOAD_FAST_LOAD_FAST || opcode == .LOAD_FAST_BORROW_LOAD_FAST_BORROW || opcode == .STORE_FAST_LOAD_FAST
        || opcode == .STORE_FAST_STORE_FAST
      if isPair {
        if value >> 4 >= localCount || value & 15 >= localCount { throw MalformedCode("variable index out of range at offset \(offset)") }
      } else if properties.contains(.local) || properties.contains(.free) {
        if value >= localCount { throw MalformedCode("variable index out of range at offset \(offset)") }
      }
      instructions.append(Instruction(opcode: opcode, offset: Int32(offset), start: Int32(start), argument: Int32(argument)))
      extended = 0
      offset += 2 + 2 * opcode.cacheEntries
      start = offset
    }
    if extended != 0 || offset != bytes.count || instructions.isEmpty { throw MalformedCode("co_code ends in the middle of an instruction") }
  }

  private mutating func resolveJumps(_ byUnit: [Int32]) throws(MalformedCode) {
    for index in instructions.indices {
      let instruction = instructions[index]
      guard instruction.opcode.properties.contains(.jump), instruction.opcode != .END_ASYNC_FOR else { continue }
      let backward = instruction.opcode == .JUMP_BACKWARD || instruction.opcode == .JUMP_BACKWARD_NO_INTERRUPT
      let next = Int(instruction.offset) / 2 + 1 + instruction.opcode.cacheEntries
      let unit = backward ? next - Int(instruction.argument) : next + Int(instruction.argument)
      guard unit >= 0, unit < byUnit.count, byUnit[unit] >= 0 else { throw MalformedCode("bad jump at offset \(instruction.offset)") }
      instructions[index].target = byUnit[unit]
      instructions[Int(byUnit[unit])].isLeader = true
    }
  }

  private mutating func resolveHandlers(_ code: CodeObject, _ byUnit: [Int32]) throws(MalformedCode) {
    for entry in ExceptionTable(bytes: code.exceptionTable) {
      guard entry.start >= 0, entry.end <= byUnit.count * 2, entry.target >= 0, entry.target < byUnit.count * 2, byUnit[entry.target / 2] >= 0,
        entry.depth <= stackSize
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
    depths = Array(repeating: 0, count: instructions.count)
    entryStacks[0] = []
    entryBound[0] = BoundLocals(count: localCount, parameters: code.parameterCount)
    instructions[0].isLeader = true
    var work = [0]
    while let leader = work.popLast() {
      guard var stack = entryStacks[leader], var bound = entryBound[leader] else { continue }
      var index = leader
      while true {
        instructions[index].isReachable = true
        depths[index] = Int32(stack.count)
        let instruction = instructions[index]
        if instruction.handler >= 0 {
          let handler = handlers[Int(instruction.handler)]
          let depth = Int(handler.depth)
          guard stack.count >= depth else { throw MalformedCode("the stack is lower than the handler's at offset \(instruction.offset)") }
          var entry = Array(stack[..<depth])
          for position in entry.indices where entry[position] == .null { entry[position] = .either }
          if handler.pushesLastInstruction { entry.append(.value) }
          entry.append(.value)
          try reach(Int(handler.target), entry, bound, &work)
        }
        if bound.apply(instruction, stack, code) { instructions[index].needsCheck = true }
        let falls = try StackTracer.step(instruction, &stack, stackSize)
        if instruction.target >= 0 {
          var atTarget = stack
          StackTracer.adjustForJump(instruction.opcode, &atTarget)
          try reach(Int(instruction.target), atTarget, bound, &work)
        }
        if !falls { break }
        StackTracer.adjustForFallThrough(instruction.opcode, &stack)
        index += 1
        guard index < instructions.count else { throw MalformedCode("control runs over the end of co_code") }
        if instructions[index].isLeader {
          try reach(index, stack, bound, &work)
          break
        }
      }
    }
  }

  private mutating func reach(_ index: Int, _ stack: [StackKind], _ bound: BoundLocals, _ work: inout [Int]) throws(MalformedCode) {
    guard stack.count <= stackSize else { throw MalformedCode("the stack grows beyond co_stacksize at offset \(instructions[index].offset)") }
    guard var known = entryStacks[index] else {
      entryStacks[index] = stack
      entryBound[index] = bound
      work.append(index)
      return
    }
    guard known.count == stack.count else { throw MalformedCode("the stack's height is not the same on all paths to offset \(instructions[index].offset)") }
    var changed = false
    for position in known.indices {
      let merged = known[position].merged(with: stack[position])
      if merged != known[position] {
        known[position] = merged
        changed = true
      }
    }
    if entryBound[index]?.intersect(bound) == true { changed = true }
    if changed {
      entryStacks[index] = known
      work.append(index)
    }
  }
}

/// The locals that are surely bound.
struct BoundLocals {
  private var words: [UInt64]

  init(count: Int, parameters: Int) {
    words = Array(repeating: 0, count: (count + 63) / 64)
    for index in 0..<min(parameters, count) { insert(index) }
  }

  private func contains(_ index: Int) -> Bool { words[index >> 6] >> UInt64(index & 63) & 1 != 0 }
  private mutating func insert(_ index: Int) { words[index >> 6] |= 1 << UInt64(index & 63) }
  private mutating func remove(_ index: Int) { words[index >> 6] &= ~(1 << UInt64(index & 63)) }

  /// Keeps what both have; returns whether that is less.
  mutating func intersect(_ other: BoundLocals) -> Bool {
    var changed = false
    for index in words.indices where words[index] & ~other.words[index] != 0 {
      words[index] &= other.words[index]
      changed = true
    }
    return changed
  }

  /// Follows an instruction; returns whether it reads a local that may be unbound.
  mutating func apply(_ instruction: DecodedCode.Instruction, _ stack: [StackKind], _ code: CodeObject) -> Bool {
    let argument = Int(instruction.argument)
    switch instruction.opcode {
    case .LOAD_FAST, .LOAD_FAST_BORROW: return !contains(argument)
    case .LOAD_FAST_LOAD_FAST, .LOAD_FAST_BORROW_LOAD_FAST_BORROW: return !contains(argument >> 4) || !contains(argument & 15)
    case .LOAD_FAST_CHECK, .MAKE_CELL: insert(argument)
    case .STORE_FAST: note(argument, stack.last)
    case .STORE_FAST_LOAD_FAST:
      note(argument >> 4, stack.last)
      return !contains(argument & 15)
    case .STORE_FAST_STORE_FAST:
      note(argument >> 4, stack.last)
      note(argument & 15, stack.count > 1 ? stack[stack.count - 2] : nil)
    case .DELETE_FAST, .LOAD_FAST_AND_CLEAR: remove(argument)
    case .COPY_FREE_VARS:
      for index in max(0, code.localsPlusCount - argument)..<code.localsPlusCount { insert(index) }
    default: break
    }
    return false
  }

  private mutating func note(_ local: Int, _ kind: StackKind?) {
    if kind == .value { insert(local) } else { remove(local) }
  }
}

/// The effect of each instruction on the kinds of the value stack.
enum StackTracer {
  private static func fail(_ instruction: DecodedCode.Instruction, _ what: String) -> MalformedCode {
    MalformedCode("\(what) at offset \(instruction.offset) (\(instruction.opcode.name))")
  }

  /// Applies an instruction; returns whether control may go on to the next one.
  static func step(_ instruction: DecodedCode.Instruction, _ stack: inout [StackKind], _ limit: Int) throws(MalformedCode) -> Bool {
    let argument = Int(instruction.argument)
    let opcode = instruction.opcode
    func need(_ count: Int) throws(MalformedCode) {
      if count < 0 || stack.count < count { throw fail(instruction, "the stack runs under") }
    }
    func pop(_ count: Int) throws(MalformedCode) {
      try need(count)
      for kind in stack[(stack.count - count)...] where kind != .value { throw fail(instruction, "NULL for a value") }
      stack.removeLast(count)
    }
    func push(_ count: Int, _ kind: StackKind = .value) throws(MalformedCode) {
      if count < 0 || stack.count + count > limit { throw fail(instruction, "the stack grows beyond co_stacksize") }
      for _ in 0..<count { stack.append(kind) }
    }
    switch opcode {
    case .COPY:
      if argument < 1 { throw fail(instruction, "bad argument") }
      try need(argument)
      try push(1, stack[stack.count - argument])
    case .SWAP:
      if argument < 1 { throw fail(instruction, "bad argument") }
      try need(argument)
      stack.swapAt(stack.count - argument, stack.count - 1)
    case .PUSH_NULL: try push(1, .null)
    case .LOAD_GLOBAL:
      try push(1)
      if argument & 1 != 0 { try push(1, .null) }
    case .LOAD_ATTR:
      try pop(1)
      try push(1)
      if argument & 1 != 0 { try push(1, .either) }
    case .LOAD_SUPER_ATTR:
      try pop(3)
      try push(1)
      if argument & 1 != 0 { try push(1, .either) }
    case .LOAD_SPECIAL:
      if argument > 3 { throw fail(instruction, "bad argument") }
      try pop(1)
      try push(1)
      try push(1, .either)
    case .LOAD_FAST_AND_CLEAR: try push(1, .either)
    case .POP_TOP, .STORE_FAST, .END_FOR, .POP_ITER:
      try need(1)
      stack.removeLast()
    case .STORE_FAST_STORE_FAST:
      try need(2)
      stack.removeLast(2)
    case .STORE_FAST_LOAD_FAST:
      try need(1)
      stack.removeLast()
      try push(1)
    case .CALL, .CALL_KW:
      let extra = opcode == .CALL_KW ? 1 : 0
      try need(argument &+ 2 &+ extra)
      try pop(argument &+ extra)
      stack.removeLast()
      try pop(1)
      try push(1)
    case .CALL_FUNCTION_EX:
      try need(4)
      stack.removeLast()
      try pop(1)
      stack.removeLast()
      try pop(1)
      try push(1)
    case .WITH_EXCEPT_START:
      try need(5)
      guard stack[stack.count - 1] == .value, stack[stack.count - 5] == .value else { throw fail(instruction, "NULL for a value") }
      try push(1)
    case .FOR_ITER:
      // The value, or nothing at the loop's end: `adjustForJump`.
      try need(1)
      try pop(1)
      try push(2)
    case .DICT_MERGE:
      try need(argument &+ 4)
      try pop(1)
      guard argument >= 1, stack[stack.count - argument] == .value else { throw fail(instruction, "bad argument") }
    case .LIST_APPEND, .SET_ADD, .LIST_EXTEND, .SET_UPDATE, .DICT_UPDATE:
      try pop(1)
      try need(argument)
      guard argument >= 1, stack[stack.count - argument] == .value else { throw fail(instruction, "bad argument") }
    case .MAP_ADD:
      try pop(2)
      try need(argument)
      guard argument >= 1, stack[stack.count - argument] == .value else { throw fail(instruction, "bad argument") }
    case .RETURN_GENERATOR: try push(1)
    case .RETURN_VALUE:
      try pop(1)
      return false
    case .RERAISE:
      try need(argument &+ 1)
      if stack[stack.count - 1] != .value || stack[stack.count - 1 - argument] != .value { throw fail(instruction, "NULL for a value") }
      return false
    case .RAISE_VARARGS:
      if argument > 2 { throw fail(instruction, "bad argument") }
      try pop(argument)
      return false
    case .JUMP_FORWARD, .JUMP_BACKWARD, .JUMP_BACKWARD_NO_INTERRUPT: return false
    case .END_ASYNC_FOR: try pop(2)
    case .INTERPRETER_EXIT, .EXIT_INIT_CHECK: throw fail(instruction, "unknown opcode")
    case .UNPACK_SEQUENCE:
      try pop(1)
      try push(argument)
    case .UNPACK_EX:
      try pop(1)
      try push(1 + argument & 0xFF + argument >> 8)
    case .BUILD_SLICE:
      if argument != 2 && argument != 3 { throw fail(instruction, "bad argument") }
      try pop(argument)
      try push(1)
    default:
      guard let (popped, pushed) = opcode.stackEffect(argument) else { throw fail(instruction, "unknown opcode") }
      try pop(popped)
      try push(pushed)
    }
    return true
  }

  /// What differs on the path that jumps.
  static func adjustForJump(_ opcode: Opcode, _ stack: inout [StackKind]) {
    if opcode == .FOR_ITER { stack[stack.count - 1] = .null }
  }

  static func adjustForFallThrough(_ opcode: Opcode, _ stack: inout [StackKind]) {}
}
