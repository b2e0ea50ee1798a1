// How many values each instruction takes from the stack and puts on it.

/// The values that an instruction pops and pushes when control goes on to the next instruction, or to its target.
struct StackEffect: BitwiseCopyable {
  var popped: Int32
  var pushed: Int32

  var net: Int32 { pushed &- popped }

  @inline(__always)
  private init(_ popped: Int32, _ pushed: Int32) {
    self.popped = popped
    self.pushed = pushed
  }

  /// The effect of an instruction; for the pseudo instructions that push a block it is the one at the handler's entry.
  init(_ opcode: Opcode, _ argument: Int32) {
    switch opcode {
    case .NOP, .NOT_TAKEN, .RESUME, .CACHE, .EXTENDED_ARG, .RESERVED, .MAKE_CELL, .COPY_FREE_VARS, .DELETE_FAST, .DELETE_DEREF,
      .DELETE_GLOBAL, .DELETE_NAME, .JUMP, .JUMP_NO_INTERRUPT, .JUMP_FORWARD, .JUMP_BACKWARD, .JUMP_BACKWARD_NO_INTERRUPT,
      .SETUP_ANNOTATIONS, .POP_BLOCK, .ANNOTATIONS_PLACEHOLDER, .ENTER_EXECUTOR:
      self.init(0, 0)
    case .LOAD_CONST, .LOAD_SMALL_INT, .LOAD_FAST, .LOAD_FAST_CHECK, .LOAD_FAST_BORROW, .LOAD_FAST_AND_CLEAR, .LOAD_CLOSURE, .LOAD_DEREF,
      .LOAD_NAME, .LOAD_LOCALS, .LOAD_BUILD_CLASS, .LOAD_COMMON_CONSTANT, .PUSH_NULL, .RETURN_GENERATOR:
      self.init(0, 1)
    case .LOAD_FAST_LOAD_FAST, .LOAD_FAST_BORROW_LOAD_FAST_BORROW: self.init(0, 2)
    case .LOAD_GLOBAL: self.init(0, 1 + (argument & 1))
    case .POP_TOP, .POP_ITER, .POP_EXCEPT, .END_FOR, .STORE_FAST, .STORE_FAST_MAYBE_NULL, .STORE_DEREF, .STORE_GLOBAL, .STORE_NAME,
      .POP_JUMP_IF_FALSE, .POP_JUMP_IF_TRUE, .POP_JUMP_IF_NONE, .POP_JUMP_IF_NOT_NONE, .DELETE_ATTR, .INTERPRETER_EXIT, .EXIT_INIT_CHECK:
      self.init(1, 0)
    case .STORE_FAST_STORE_FAST, .STORE_ATTR, .DELETE_SUBSCR, .END_ASYNC_FOR: self.init(2, 0)
    case .STORE_SUBSCR: self.init(3, 0)
    case .STORE_SLICE: self.init(4, 0)
    case .STORE_FAST_LOAD_FAST, .RETURN_VALUE, .YIELD_VALUE, .GET_ITER, .GET_YIELD_FROM_ITER, .GET_AITER, .GET_AWAITABLE, .TO_BOOL,
      .UNARY_NOT, .UNARY_NEGATIVE, .UNARY_INVERT, .CALL_INTRINSIC_1, .MAKE_FUNCTION, .CONVERT_VALUE, .FORMAT_SIMPLE,
      .LOAD_FROM_DICT_OR_DEREF, .LOAD_FROM_DICT_OR_GLOBALS, .JUMP_IF_FALSE, .JUMP_IF_TRUE:
      self.init(1, 1)
    case .LOAD_ATTR: self.init(1, 1 + (argument & 1))
    case .LOAD_SUPER_ATTR: self.init(3, 1 + (argument & 1))
    case .GET_ANEXT, .GET_LEN, .IMPORT_FROM, .MATCH_MAPPING, .MATCH_SEQUENCE, .LOAD_SPECIAL, .PUSH_EXC_INFO, .FOR_ITER: self.init(1, 2)
    case .BINARY_OP, .COMPARE_OP, .CONTAINS_OP, .IS_OP, .IMPORT_NAME, .CALL_INTRINSIC_2, .FORMAT_WITH_SPEC, .SET_FUNCTION_ATTRIBUTE,
      .BUILD_TEMPLATE, .END_SEND:
      self.init(2, 1)
    case .SEND, .CHECK_EG_MATCH, .CHECK_EXC_MATCH: self.init(2, 2)
    case .MATCH_KEYS: self.init(2, 3)
    case .MATCH_CLASS, .BINARY_SLICE: self.init(3, 1)
    case .CLEANUP_THROW: self.init(3, 2)
    case .WITH_EXCEPT_START: self.init(5, 6)
    case .BUILD_TUPLE, .BUILD_LIST, .BUILD_SET, .BUILD_STRING, .BUILD_SLICE: self.init(argument, 1)
    case .BUILD_MAP: self.init(argument &* 2, 1)
    case .BUILD_INTERPOLATION: self.init(2 + (argument & 1), 1)
    case .LIST_APPEND, .SET_ADD, .LIST_EXTEND, .SET_UPDATE, .DICT_UPDATE: self.init(argument &+ 1, argument)
    case .MAP_ADD: self.init(argument &+ 2, argument)
    case .DICT_MERGE: self.init(argument &+ 4, argument &+ 3)
    case .UNPACK_SEQUENCE: self.init(1, argument)
    case .UNPACK_EX: self.init(1, 1 + (argument & 0xFF) + (argument >> 8))
    case .RAISE_VARARGS: self.init(argument, 0)
    case .RERAISE: self.init(argument &+ 1, argument)
    case .COPY: self.init(argument, argument &+ 1)
    case .SWAP: self.init(argument, argument)
    case .CALL: self.init(argument &+ 2, 1)
    case .CALL_KW: self.init(argument &+ 3, 1)
    case .CALL_FUNCTION_EX: self.init(4, 1)
    case .SETUP_FINALLY, .SETUP_WITH: self.init(0, 1)
    case .SETUP_CLEANUP: self.init(0, 2)
    case .INSTRUMENTED_END_FOR, .INSTRUMENTED_POP_ITER, .INSTRUMENTED_END_SEND, .INSTRUMENTED_FOR_ITER, .INSTRUMENTED_INSTRUCTION,
      .INSTRUMENTED_JUMP_FORWARD, .INSTRUMENTED_NOT_TAKEN, .INSTRUMENTED_POP_JUMP_IF_TRUE, .INSTRUMENTED_POP_JUMP_IF_FALSE,
      .INSTRUMENTED_POP_JUMP_IF_NONE, .INSTRUMENTED_POP_JUMP_IF_NOT_NONE, .INSTRUMENTED_RESUME, .INSTRUMENTED_RETURN_VALUE,
      .INSTRUMENTED_YIELD_VALUE, .INSTRUMENTED_END_ASYNC_FOR, .INSTRUMENTED_LOAD_SUPER_ATTR, .INSTRUMENTED_CALL, .INSTRUMENTED_CALL_KW,
      .INSTRUMENTED_CALL_FUNCTION_EX, .INSTRUMENTED_JUMP_BACKWARD, .INSTRUMENTED_LINE:
      self.init(0, 0)
    }
  }
}

extension Opcode {
  /// The values that the instruction pops and pushes when control goes on; nil for those that code objects do not contain.
  public func stackEffect(_ argument: Int) -> (popped: Int, pushed: Int)? {
    guard rawValue < 234, self != .CACHE, self != .RESERVED else { return nil }
    let effect = StackEffect(self, Int32(truncatingIfNeeded: argument))
    return (Int(effect.popped), Int(effect.pushed))
  }
}
