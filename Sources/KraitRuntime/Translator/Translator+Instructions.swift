// What each instruction of the bytecode becomes.

import CKraitCore
import KraitCompiler

extension Translator {
  private mutating func nameWord(_ index: Int) {
    relocations.append(SharedForm.Relocation(word: UInt32(output.count), number: ~Int32(index)))
    output.word(code.names[index].bits)
  }

  /// The instruction `distance` further on, if control reaches it only from here and nothing but this path's handler guards it.
  private func following(_ distance: Int) -> DecodedCode.Instruction? {
    let next = index + distance
    guard plan == nil, next < decoded.instructions.count else { return nil }
    let instruction = decoded.instructions[next]
    guard !instruction.isLeader, instruction.isReachable, instruction.handler == decoded.instructions[index].handler else { return nil }
    return instruction
  }

  /// The slot of the topmost entry, which stays, with room made for a result above it.
  private mutating func peek() -> Int {
    _ = slotOf(stack.count - 1)
    vacate(slot(stack.count))
    return slotOf(stack.count - 1)
  }

  /// Whether the frames of the code are those of generators and coroutines.
  private var isGenerator: Bool { !code.flags.isDisjoint(with: [.generator, .coroutine, .asyncGenerator, .iterableCoroutine]) }

  private func isConditionalJump(_ opcode: Opcode) -> Bool { opcode == .POP_JUMP_IF_FALSE || opcode == .POP_JUMP_IF_TRUE }

  /// An instruction whose operands are the topmost `popped` entries in consecutive slots, and whose results take their place.
  private mutating func emitRange(_ instruction: Instruction, _ popped: Int, _ pushed: Int, b: Int = 0, c: Int = 0, name: Int? = nil) {
    let base: Int
    if popped > 0 { base = popRange(popped) } else { base = slot(stack.count) }
    if pushed > popped { for extra in popped..<pushed { vacate(base + extra) } }
    output.emit(instruction, base, b, c)
    if let name { nameWord(name) }
    for _ in 0..<pushed { stack.append(.temporary(slot(stack.count))) }
  }

  /// Translates one instruction; returns whether control may go on to the next.
  mutating func translate(_ instruction: UnsafePointer<DecodedCode.Instruction>) -> Bool {
    let argument = Int(instruction.pointee.argument)
    skippedAhead = 0
    if _slowPath(hasFarVariables) && translateFar(instruction) { return true }
    switch instruction.pointee.opcode {
    // MARK: Nothing, and what vanishes
    case .NOP, .NOT_TAKEN: break
    case .RESUME:
      if let plan { output.emitLong(.RESUME_INSTRUMENTED, argument, Int(plan.locationOfInstruction[index])) } else { output.emit(.RESUME, argument) }
    case .LOAD_FAST, .LOAD_FAST_BORROW:
      if instruction.pointee.needsCheck { output.emit(.CHECK_BOUND, argument) }
      push(.local(argument))
    case .LOAD_FAST_LOAD_FAST, .LOAD_FAST_BORROW_LOAD_FAST_BORROW:
      if instruction.pointee.needsCheck {
        output.emit(.CHECK_BOUND, argument >> 4)
        output.emit(.CHECK_BOUND, argument & 15)
      }
      push(.local(argument >> 4))
      push(.local(argument & 15))
    case .LOAD_FAST_CHECK:
      output.emit(.CHECK_BOUND, argument)
      push(.local(argument))
    case .LOAD_CONST: push(.constant(argument))
    case .LOAD_SMALL_INT: push(.smallInteger(argument))
    case .PUSH_NULL: push(.null)
    case .COPY: return translateCopy(argument)
    case .SWAP: stack.swapAt(stack.count - argument, stack.count - 1)
    case .POP_TOP, .POP_ITER:
      if case .temporary(let slot) = stack.removeLast() { output.emit(.RELEASE, slot) }
    case .END_FOR:
      if case .temporary(let slot) = stack.removeLast() { output.emit(.RELEASE, slot) }

    // MARK: Variables
    case .STORE_FAST: store(argument)
    case .STORE_FAST_LOAD_FAST:
      store(argument >> 4)
      if instruction.pointee.needsCheck { output.emit(.CHECK_BOUND, argument & 15) }
      push(.local(argument & 15))
    case .STORE_FAST_STORE_FAST:
      let start = output.count
      store(argument >> 4)
      store(argument & 15)
      if plan == nil { output.joinMoves(since: start) }
    case .LOAD_FAST_AND_CLEAR:
      willChange(local: argument)
      output.emit(.MOVE_AND_CLEAR, pushResult(), argument)
    case .DELETE_FAST:
      willChange(local: argument)
      output.emit(.DELETE_FAST, argument)
    case .MAKE_CELL: output.emit(.MAKE_CELL, argument)
    case .COPY_FREE_VARS: output.emit(.COPY_FREE_VARS, argument)
    case .LOAD_DEREF:
      let destination = pushResult()
      let word = output.count
      output.emit(.LOAD_DEREF, destination, argument)
      output.allowStore(from: word, slot: destination)
    case .STORE_DEREF: output.emit(.STORE_DEREF, argument, popOperand())
    case .DELETE_DEREF: output.emit(.DELETE_DEREF, argument)
    case .LOAD_FROM_DICT_OR_DEREF: emitRange(.LOAD_FROM_DICT_OR_DEREF, 1, 1, b: argument)
    case .LOAD_FROM_DICT_OR_GLOBALS: emitRange(.LOAD_FROM_DICT_OR_GLOBALS, 1, 1, name: argument)
    case .LOAD_NAME:
      emitRange(.LOAD_NAME, 0, 1, name: argument)
      output.word(0)
    case .STORE_NAME:
      output.emit(.STORE_NAME, popOperand())
      nameWord(argument)
      output.word(0)
    case .DELETE_NAME:
      output.emit(.DELETE_NAME)
      nameWord(argument)
    case .LOAD_GLOBAL:
      let destination = pushResult()
      let word = output.count
      output.emit(.LOAD_GLOBAL, destination)
      nameWord(argument >> 1)
      output.word(0)
      if argument & 1 != 0 { push(.null) } else { output.allowStore(from: word, slot: destination) }
    case .STORE_GLOBAL:
      output.emit(.STORE_GLOBAL, popOperand())
      nameWord(argument)
      output.word(0)
    case .DELETE_GLOBAL:
      output.emit(.DELETE_GLOBAL)
      nameWord(argument)
    case .LOAD_LOCALS: emitRange(.LOAD_LOCALS, 0, 1)
    case .LOAD_BUILD_CLASS: emitRange(.LOAD_BUILD_CLASS, 0, 1)
    case .LOAD_COMMON_CONSTANT: emitRange(.LOAD_COMMON_CONSTANT, 0, 1, b: argument)
    case .SETUP_ANNOTATIONS: output.emit(.SETUP_ANNOTATIONS)

    // MARK: Operators
    case .BINARY_OP: translateBinary(argument)
    case .COMPARE_OP: return translateComparison(argument)
    case .IS_OP: return translateTest(.IS_OP, .IS_JUMP, argument)
    case .CONTAINS_OP: return translateTest(.CONTAINS_OP, .CONTAINS_JUMP, argument)
    case .UNARY_NEGATIVE: translateUnary(.UNARY_NEGATIVE)
    case .UNARY_INVERT: translateUnary(.UNARY_INVERT)
    case .UNARY_NOT: translateUnary(.UNARY_NOT)
    case .TO_BOOL:
      // The jump tests the truth itself.
      if let next = following(1), isConditionalJump(next.opcode) { break }
      translateUnary(.TO_BOOL)
    case .BINARY_SLICE: emitRange(.BINARY_SLICE, 3, 1)
    case .STORE_SLICE: emitRange(.STORE_SLICE, 4, 0)
    case .STORE_SUBSCR:
      let (value, container, key) = popOperands3()
      output.emit(.STORE_SUBSCR, value, container, key)
      output.word(0)
    case .DELETE_SUBSCR:
      let (container, key) = popOperands2()
      output.emit(.DELETE_SUBSCR, container, key)
    case .GET_LEN:
      let subject = peek()
      output.emit(.GET_LEN, pushResult(), subject)

    // MARK: Attributes
    case .LOAD_ATTR: translateLoadAttribute(argument)
    case .STORE_ATTR:
      let (value, owner) = popOperands2()
      output.emit(.STORE_ATTR, owner, value)
      nameWord(argument)
      output.word(0)
      output.word(0)
    case .DELETE_ATTR:
      output.emit(.DELETE_ATTR, popOperand())
      nameWord(argument)
    case .LOAD_SUPER_ATTR:
      emitRange(argument & 1 != 0 ? .LOAD_SUPER_METHOD : .LOAD_SUPER_ATTR, 3, argument & 1 != 0 ? 2 : 1, b: argument & 2, name: argument >> 2)
    case .LOAD_SPECIAL: emitRange(.LOAD_SPECIAL, 1, 2, b: argument)

    // MARK: Building and taking apart
    case .BUILD_TUPLE: emitRange(.BUILD_TUPLE, argument, 1, b: argument)
    case .BUILD_LIST: emitRange(.BUILD_LIST, argument, 1, b: argument)
    case .BUILD_SET: emitRange(.BUILD_SET, argument, 1, b: argument)
    case .BUILD_MAP: emitRange(.BUILD_MAP, argument * 2, 1, b: argument)
    case .BUILD_STRING: emitRange(.BUILD_STRING, argument, 1, b: argument)
    case .BUILD_SLICE: emitRange(.BUILD_SLICE, argument, 1, b: argument)
    case .BUILD_TEMPLATE: emitRange(.BUILD_TEMPLATE, 2, 1)
    case .BUILD_INTERPOLATION: emitRange(.BUILD_INTERPOLATION, 2 + argument & 1, 1, b: argument)
    case .LIST_APPEND: translateAddTo(.LIST_APPEND, argument)
    case .LIST_EXTEND: translateAddTo(.LIST_EXTEND, argument)
    case .SET_ADD: translateAddTo(.SET_ADD, argument)
    case .SET_UPDATE: translateAddTo(.SET_UPDATE, argument)
    case .DICT_UPDATE: translateAddTo(.DICT_UPDATE, argument)
    case .DICT_MERGE:
      _ = slotOf(stack.count - 1)
      let callable = slotOf(stack.count - 1 - argument - 3)
      let container = slotOf(stack.count - 1 - argument)
      output.emit(.DICT_MERGE, container, popOperand(), callable)
    case .MAP_ADD:
      _ = slotOf(stack.count - 2)
      _ = slotOf(stack.count - 1)
      let container = slotOf(stack.count - 2 - argument)
      let (key, value) = popOperands2()
      output.emit(.MAP_ADD, container, key, value)
    case .FORMAT_SIMPLE: translateUnary(.FORMAT_SIMPLE)
    case .FORMAT_WITH_SPEC: emitRange(.FORMAT_WITH_SPEC, 2, 1)
    case .CONVERT_VALUE: emitRange(.CONVERT_VALUE, 1, 1, b: argument)
    case .UNPACK_SEQUENCE: emitRange(.UNPACK_SEQUENCE, 1, argument, b: argument)
    case .UNPACK_EX: emitRange(.UNPACK_EX, 1, 1 + argument & 0xFF + argument >> 8, b: argument & 0xFF, c: argument >> 8)

    // MARK: Jumps
    case .JUMP_FORWARD, .JUMP_BACKWARD, .JUMP_BACKWARD_NO_INTERRUPT:
      settle(below: 0, target: Int(instruction.pointee.target))
      emitJump(to: Int(instruction.pointee.target), backward: instruction.pointee.opcode == .JUMP_BACKWARD)
      return false
    case .POP_JUMP_IF_FALSE, .POP_JUMP_IF_TRUE:
      settle(below: 1, target: Int(instruction.pointee.target))
      let condition = popOperand()
      emitJump(instruction.pointee.opcode == .POP_JUMP_IF_FALSE ? .JUMP_IF_FALSE : .JUMP_IF_TRUE, condition, 1, to: Int(instruction.pointee.target))
    case .POP_JUMP_IF_NONE, .POP_JUMP_IF_NOT_NONE:
      settle(below: 1, target: Int(instruction.pointee.target))
      let condition = popOperand()
      emitJump(instruction.pointee.opcode == .POP_JUMP_IF_NONE ? .JUMP_IF_NONE : .JUMP_IF_NOT_NONE, condition, 1, to: Int(instruction.pointee.target))
    case .GET_ITER: translateUnary(.GET_ITER)
    case .FOR_ITER:
      settle(below: 0, target: Int(instruction.pointee.target))
      let iterator = slotOf(stack.count - 1)
      let destination = pushResult()
      let word = output.count
      emitJump(plan == nil ? .FOR_ITER : .FOR_ITER_INSTRUMENTED, destination, iterator, to: Int(instruction.pointee.target), words: [0, 0, 0])
      if !usesLongJumps && plan == nil { output.allowStore(from: word, slot: destination) }

    // MARK: Calls
    case .CALL:
      let range = callRange(argument)
      output.emit(.CALL, range.base, argument, range.hasNoSelf && plan == nil ? 1 : 0)
      for _ in 0..<3 { output.word(0) }
      stack.append(.temporary(range.base))
    case .CALL_KW:
      let range = callRange(argument + 1)
      output.emit(.CALL_KW, range.base, argument, range.hasNoSelf && plan == nil ? 1 : 0)
      for _ in 0..<3 { output.word(0) }
      stack.append(.temporary(range.base))
    case .CALL_FUNCTION_EX:
      emitRange(.CALL_FUNCTION_EX, 4, 1)
      for _ in 0..<3 { output.word(0) }
    case .CALL_INTRINSIC_1: emitRange(.CALL_INTRINSIC_1, 1, 1, b: argument)
    case .CALL_INTRINSIC_2: emitRange(.CALL_INTRINSIC_2, 2, 1, b: argument)
    case .MAKE_FUNCTION: emitRange(.MAKE_FUNCTION, 1, 1)
    case .SET_FUNCTION_ATTRIBUTE: emitRange(.SET_FUNCTION_ATTRIBUTE, 2, 1, b: argument)
    case .RETURN_VALUE:
      if case .constant(let number) = stack[stack.count - 1] {
        stack.removeLast()
        output.emit(isGenerator ? .RETURN_CONST_FROM_GENERATOR : .RETURN_CONST, 0, localCount)
        constantWord(number)
      } else {
        output.emit(isGenerator ? .RETURN_FROM_GENERATOR : .RETURN, popOperand(), localCount)
      }
      return false
    case .IMPORT_NAME: emitRange(.IMPORT_NAME, 2, 1, name: argument)
    case .IMPORT_FROM:
      let module = peek()
      output.emit(.IMPORT_FROM, pushResult(), module)
      nameWord(argument)

    // MARK: Generators and coroutines
    case .RETURN_GENERATOR: output.emit(.RETURN_GENERATOR, pushResult())
    case .YIELD_VALUE:
      for position in 0..<(stack.count - 1) {
        if stack[position] == .null { materialiseNull(position) } else { materialise(position) }
      }
      let value = popOperand()
      let below = stack.count
      output.emit(.YIELD_VALUE, pushResult(), value, below)
    case .SEND:
      settle(below: 0, target: Int(instruction.pointee.target))
      let receiver = slot(stack.count - 2)
      let value = slot(stack.count - 1)
      emitJump(.SEND, value, receiver, to: Int(instruction.pointee.target), words: [0, 0, 0])
    case .END_SEND: emitRange(.END_SEND, 2, 1)
    case .GET_YIELD_FROM_ITER:
      let base = popRange(1)
      output.emit(.GET_YIELD_FROM_ITER, base, base)
      stack.append(.temporary(slot(stack.count)))
    case .GET_AWAITABLE: emitRange(.GET_AWAITABLE, 1, 1, b: argument)
    case .GET_AITER: emitRange(.GET_AITER, 1, 1)
    case .GET_ANEXT:
      let iterator = peek()
      output.emit(.GET_ANEXT, pushResult(), iterator)
    case .END_ASYNC_FOR: emitRange(.END_ASYNC_FOR, 2, 0)
    case .CLEANUP_THROW: emitRange(.CLEANUP_THROW, 3, 2)

    // MARK: Exceptions
    case .PUSH_EXC_INFO: emitRange(.PUSH_EXC_INFO, 1, 2)
    case .POP_EXCEPT: emitRange(.POP_EXCEPT, 1, 0)
    case .CHECK_EXC_MATCH:
      vacate(slot(stack.count - 1))
      let type = slotOf(stack.count - 1)
      let exception = slotOf(stack.count - 2)
      stack.removeLast()
      output.emit(.CHECK_EXC_MATCH, pushResult(replacing: type), exception, type)
    case .CHECK_EG_MATCH: emitRange(.CHECK_EG_MATCH, 2, 2)
    case .RERAISE:
      emitRange(.RERAISE, argument + 1, 0, b: argument)
      return false
    case .RAISE_VARARGS:
      emitRange(.RAISE_VARARGS, argument, 0, b: argument)
      return false
    case .WITH_EXCEPT_START:
      for position in (stack.count - 5)..<stack.count {
        if stack[position] == .null { materialiseNull(position) } else { materialise(position) }
      }
      output.emit(.WITH_EXCEPT_START, pushResult())

    // MARK: Patterns
    case .MATCH_MAPPING, .MATCH_SEQUENCE:
      let subject = peek()
      output.emit(instruction.pointee.opcode == .MATCH_MAPPING ? .MATCH_MAPPING : .MATCH_SEQUENCE, pushResult(), subject)
    case .MATCH_KEYS:
      let keys = peek()
      let subject = slotOf(stack.count - 2)
      output.emit(.MATCH_KEYS, pushResult(), subject, keys)
    case .MATCH_CLASS: emitRange(.MATCH_CLASS, 3, 1, b: argument)
    default: output.emit(.UNREACHABLE)
    }
    return true
  }

  // MARK: The less simple ones

  private mutating func translateCopy(_ depth: Int) -> Bool {
    let position = stack.count - depth
    // `x and y`, `x or y`: test, and keep the value where control jumps.
    if depth == 1, let test = following(1), test.opcode == .TO_BOOL, let jump = following(2), isConditionalJump(jump.opcode) {
      skippedAhead = 2
      settle(below: 0, target: Int(jump.target))
      emitJump(jump.opcode == .POP_JUMP_IF_FALSE ? .JUMP_IF_FALSE : .JUMP_IF_TRUE, slotOf(position), 0, to: Int(jump.target))
      skipped = 2
      skippedFalls = true
      return true
    }
    // Making room may move what is copied.
    if case .temporary = stack[position] { vacate(slot(stack.count)) }
    switch stack[position] {
    case .temporary(let source): output.emit(.COPY, pushResult(), source)
    default: push(stack[position])
    }
    return true
  }

  private mutating func store(_ local: Int) {
    let entry = stack.removeLast()
    let hasBorrowers = stack.contains(.local(local))
    switch entry {
    case .temporary(let slot):
      if !hasBorrowers && output.redirect(slot, to: local) {
        // The value is where the instruction would put it already.
        if let last = boundaries.last, Int(last.word) == output.count { boundaries.removeLast() }
        return
      }
      // The value must not be taken for free room while the borrowers are served.
      stack.append(entry)
      willChange(local: local)
      let source = slotOf(stack.count - 1)
      stack.removeLast()
      output.emit(.MOVE, local, source)
      _ = slot
    case .local(let source):
      if source == local { return }
      willChange(local: local)
      output.emit(.COPY, local, source)
    case .constant(let number):
      willChange(local: local)
      emitConstant(number, to: local)
    case .smallInteger(let value):
      willChange(local: local)
      output.emit(.LOAD_INT, local, 0, value)
    case .null:
      willChange(local: local)
      output.emit(.CLEAR, local)
    }
  }

  private mutating func translateUnary(_ instruction: Instruction) {
    let operand = popOperand()
    let destination = pushResult(replacing: operand)
    let word = output.count
    output.emit(instruction, destination, operand)
    if operand < localCount { output.allowStore(from: word, slot: destination) }
  }

  private mutating func translateBinary(_ operation: Int) {
    let count = stack.count
    let isSubscript = operation == 26
    var short: Int? = nil
    switch stack[count - 1] {
    case .smallInteger(let value): short = value
    case .constant(let number):
      let value = code.constants[number]
      if value.isSmallInteger, let narrow = Int16(exactly: value.smallInteger) { short = Int(narrow) }
    default: break
    }
    if let short {
      stack.removeLast()
      let left = popOperand()
      let destination = pushResult(replacing: left)
      let word = output.count
      output.emit(.BINARY_OP_I, destination, left, short)
      output.word(UInt64(operation))
      if left < localCount || !isSubscript { output.allowStore(from: word, slot: destination) }
      return
    }
    if case .constant(let number) = stack[count - 1], code.constants[number].isImmediateDouble {
      stack.removeLast()
      let left = popOperand()
      let destination = pushResult(replacing: left)
      let word = output.count
      output.emit(.BINARY_OP_K, destination, left)
      output.word(UInt64(operation))
      constantWord(number)
      if left < localCount || !isSubscript { output.allowStore(from: word, slot: destination) }
      return
    }
    let (left, right) = popOperands2()
    let destination = pushResult(replacing: left, right)
    let word = output.count
    output.emit(.BINARY_OP, destination, left, right)
    output.word(UInt64(operation))
    if (left < localCount && right < localCount) || !isSubscript { output.allowStore(from: word, slot: destination) }
  }

  private mutating func translateComparison(_ argument: Int) -> Bool {
    let comparison = argument >> 5
    if let jump = following(1), isConditionalJump(jump.opcode) {
      skippedAhead = 1
      settle(below: 2, target: Int(jump.target))
      let sense: UInt64 = jump.opcode == .POP_JUMP_IF_TRUE ? 8 : 0
      if case .smallInteger(let value) = stack[stack.count - 1] {
        stack.removeLast()
        emitJump(.COMPARE_JUMP_I, popOperand(), value, to: Int(jump.target), words: [UInt64(comparison) | sense])
      } else {
        let (left, right) = popOperands2()
        emitJump(.COMPARE_JUMP, left, right, to: Int(jump.target), words: [UInt64(comparison) | sense])
      }
      skipped = 1
      skippedFalls = true
      return true
    }
    let (left, right) = popOperands2()
    let destination = pushResult(replacing: left, right)
    let word = output.count
    output.emit(.COMPARE_OP, destination, left, right)
    output.word(UInt64(comparison) | (argument & 16 != 0 ? 16 : 0))
    output.allowStore(from: word, slot: destination)
    return true
  }

  /// `is` and `in`, with the jump that follows.
  private mutating func translateTest(_ instruction: Instruction, _ jumping: Instruction, _ inverted: Int) -> Bool {
    if let jump = following(1), isConditionalJump(jump.opcode) {
      skippedAhead = 1
      settle(below: 2, target: Int(jump.target))
      let (left, right) = popOperands2()
      // Whether the jump is taken when the test holds.
      let taken = (jump.opcode == .POP_JUMP_IF_TRUE) != (inverted & 1 != 0)
      emitJump(jumping, left, right, to: Int(jump.target), words: [taken ? 1 : 0])
      skipped = 1
      skippedFalls = true
      return true
    }
    let (left, right) = popOperands2()
    let destination = pushResult(replacing: left, right)
    output.emit(instruction, destination, left, right)
    output.word(UInt64(inverted & 1))
    return true
  }

  private mutating func translateLoadAttribute(_ argument: Int) {
    if argument & 1 != 0 {
      let position = stack.count - 1
      if case .temporary = stack[position] { materialise(position) }
      let owner = popOperand()
      let base = slot(position)
      vacate(base)
      vacate(base + 1)
      output.emit(.LOAD_METHOD, base, owner)
      nameWord(argument >> 1)
      output.word(0)
      output.word(0)
      stack.append(.temporary(base))
      stack.append(.temporary(base + 1))
      return
    }
    let owner = popOperand()
    let destination = pushResult(replacing: owner)
    let word = output.count
    output.emit(.LOAD_ATTR, destination, owner)
    nameWord(argument >> 1)
    output.word(0)
    output.word(0)
    if owner < localCount { output.allowStore(from: word, slot: destination) }
  }

  /// `LIST_APPEND` and its like: a container further down, a value on top.
  private mutating func translateAddTo(_ instruction: Instruction, _ depth: Int) {
    _ = slotOf(stack.count - 1)
    let container = slotOf(stack.count - 1 - depth)
    output.emit(instruction, container, popOperand())
  }

  /// Callable, self or NULL, and `count` further values in consecutive slots, taken off.
  private mutating func callRange(_ count: Int) -> (base: Int, hasNoSelf: Bool) {
    let first = stack.count - count - 2
    let hasNoSelf = stack[first + 1] == .null
    for position in first..<stack.count where position != first + 1 || !hasNoSelf {
      if stack[position] == .null { materialiseNull(position) } else { materialise(position) }
    }
    // A stray temporary must not stand where NULL would be.
    if hasNoSelf { vacate(slot(first + 1)) }
    stack.removeLast(count + 2)
    return (slot(first), hasNoSelf)
  }
}
