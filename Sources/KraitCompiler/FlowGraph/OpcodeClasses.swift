// What the flow graph asks of an instruction: how it ends a block, where control may go.

extension Opcode {
  /// Whether the argument is the target of a jump.
  var isJump: Bool {
    switch self {
    case .JUMP, .JUMP_NO_INTERRUPT, .JUMP_IF_FALSE, .JUMP_IF_TRUE, .POP_JUMP_IF_FALSE, .POP_JUMP_IF_TRUE, .POP_JUMP_IF_NONE,
      .POP_JUMP_IF_NOT_NONE, .FOR_ITER, .SEND, .END_ASYNC_FOR, .JUMP_FORWARD, .JUMP_BACKWARD, .JUMP_BACKWARD_NO_INTERRUPT:
      true
    default: false
    }
  }

  var isUnconditionalJump: Bool {
    switch self {
    case .JUMP, .JUMP_NO_INTERRUPT, .JUMP_FORWARD, .JUMP_BACKWARD, .JUMP_BACKWARD_NO_INTERRUPT: true
    default: false
    }
  }

  /// The four jumps that are followed by `NOT_TAKEN` when they are not taken.
  var isConditionalJump: Bool {
    switch self {
    case .POP_JUMP_IF_FALSE, .POP_JUMP_IF_TRUE, .POP_JUMP_IF_NONE, .POP_JUMP_IF_NOT_NONE: true
    default: false
    }
  }

  /// Whether control leaves the code object here.
  var exitsScope: Bool {
    switch self {
    case .RETURN_VALUE, .RAISE_VARARGS, .RERAISE: true
    default: false
    }
  }

  /// Whether the instruction must be the last one of its block.
  var isTerminator: Bool { isJump || exitsScope }

  /// Whether control never goes on to the next instruction.
  var endsFlow: Bool { isUnconditionalJump || exitsScope }

  /// Whether the evaluator may handle signals and switch threads here, so that the frame's line number shows.
  var checksEvalBreaker: Bool {
    switch self {
    case .JUMP, .JUMP_BACKWARD, .CALL, .CALL_KW, .CALL_FUNCTION_EX, .RESUME: true
    default: false
    }
  }

  var loadsConstant: Bool { self == .LOAD_CONST || self == .LOAD_SMALL_INT }
}
