// What the flow graph asks of an instruction: how it ends a block, where control may go.

/// Properties of an opcode that the passes test again and again; each instruction carries its own.
struct OpcodeClasses: OptionSet, BitwiseCopyable {
  let rawValue: UInt8
  /// The argument is the target of a jump.
  static let jump = OpcodeClasses(rawValue: 1)
  /// A jump that is always taken.
  static let unconditionalJump = OpcodeClasses(rawValue: 2)
  /// One of the four jumps that are followed by `NOT_TAKEN` when they are not taken.
  static let conditionalJump = OpcodeClasses(rawValue: 4)
  /// Control leaves the code object.
  static let scopeExit = OpcodeClasses(rawValue: 8)
  /// A pseudo instruction that names a handler for what follows.
  static let blockPush = OpcodeClasses(rawValue: 16)
  static let constantLoad = OpcodeClasses(rawValue: 32)
  /// The evaluator may handle signals and switch threads here, so that the frame's line number shows.
  static let evalBreakerCheck = OpcodeClasses(rawValue: 64)

  /// The instruction must be the last one of its block.
  static let terminator: OpcodeClasses = [.jump, .scopeExit]
  /// Control never goes on to the next instruction.
  static let flowEnd: OpcodeClasses = [.unconditionalJump, .scopeExit]
  static let target: OpcodeClasses = [.jump, .blockPush]
}

extension Opcode {
  var classes: OpcodeClasses {
    switch self {
    case .JUMP, .JUMP_BACKWARD: [.jump, .unconditionalJump, .evalBreakerCheck]
    case .JUMP_NO_INTERRUPT, .JUMP_FORWARD, .JUMP_BACKWARD_NO_INTERRUPT: [.jump, .unconditionalJump]
    case .POP_JUMP_IF_FALSE, .POP_JUMP_IF_TRUE, .POP_JUMP_IF_NONE, .POP_JUMP_IF_NOT_NONE: [.jump, .conditionalJump]
    case .JUMP_IF_FALSE, .JUMP_IF_TRUE, .FOR_ITER, .SEND, .END_ASYNC_FOR: .jump
    case .RETURN_VALUE, .RAISE_VARARGS, .RERAISE: .scopeExit
    case .SETUP_FINALLY, .SETUP_WITH, .SETUP_CLEANUP: .blockPush
    case .LOAD_CONST, .LOAD_SMALL_INT: .constantLoad
    case .CALL, .CALL_KW, .CALL_FUNCTION_EX, .RESUME: .evalBreakerCheck
    default: []
    }
  }
}
