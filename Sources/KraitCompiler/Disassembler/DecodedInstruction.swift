// Walks over `co_code`: instructions with their whole arguments, jump targets, inline caches.

import KraitSyntax

/// An instruction as it stands in `co_code`. An `EXTENDED_ARG` is one of its own; the instruction behind it has the whole argument.
public struct DecodedInstruction {
  /// The byte offset.
  public var offset: Int
  public var number: UInt8
  /// `nil` for a number that 3.14 does not define.
  public var opcode: Opcode?
  /// `nil` where the instruction takes none.
  public var argument: Int?

  /// Two bytes each, behind the instruction.
  public var cacheEntries: Int { opcode?.cacheEntries ?? 0 }

  /// The byte offset that the instruction jumps to (for `END_ASYNC_FOR`: the one that it comes from).
  public var jumpTarget: Int? {
    guard let opcode, let argument, opcode.properties.contains(.jump) else { return nil }
    let distance = opcode.jumpsBackward ? 0 &- argument : argument
    return offset &+ 2 &+ 2 &* cacheEntries &+ distance &* 2
  }
}

extension Opcode {
  var jumpsBackward: Bool { self == .JUMP_BACKWARD || self == .JUMP_BACKWARD_NO_INTERRUPT || self == .END_ASYNC_FOR }

  /// By number, the instruction; pseudo instructions do not occur in code objects.
  static let byNumber: [Opcode?] = (0...255).map { Opcode(rawValue: UInt16($0)) }
}

/// The instructions of `co_code` in order, inline caches left out.
public struct InstructionDecoder: Sequence, IteratorProtocol {
  private let code: UnsafeBufferPointer<UInt8>
  private var offset = 0
  private var extended = 0

  public init(_ code: UnsafeBufferPointer<UInt8>) { self.code = code }

  public mutating func next() -> DecodedInstruction? {
    guard offset + 1 < code.count else { return nil }
    let number = code[offset]
    let opcode = Opcode.byNumber[Int(number)]
    var instruction = DecodedInstruction(offset: offset, number: number, opcode: opcode, argument: nil)
    if let opcode, opcode.hasArgument {
      let argument = Int(code[offset + 1]) | extended
      instruction.argument = argument
      // An argument has 32 bits and is signed.
      extended = opcode == .EXTENDED_ARG ? Int(Int32(truncatingIfNeeded: argument << 8)) : 0
    } else {
      extended = 0
    }
    offset += 2 + 2 * instruction.cacheEntries
    return instruction
  }
}
