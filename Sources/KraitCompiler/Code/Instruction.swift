// Instructions on their way from the code generator to the flow graph, and from there to the assembler.

import KraitSyntax

extension Opcode {
  public var hasArgument: Bool { properties.contains(.argument) }
  /// Whether the argument is a jump target (or, for the block pushing pseudo instructions, a handler).
  public var hasTarget: Bool { !classes.isDisjoint(with: .target) }
  /// `SETUP_FINALLY`, `SETUP_WITH`, `SETUP_CLEANUP`.
  public var isBlockPush: Bool { self == .SETUP_FINALLY || self == .SETUP_WITH || self == .SETUP_CLEANUP }
  public var properties: Properties { Properties(rawValue: Opcode.propertyTable[Int(rawValue)]) }
  /// The number of inline cache entries (two bytes each) behind the instruction.
  public var cacheEntries: Int { Int(Opcode.cacheTable[Int(rawValue)]) }
}

/// A place in an ``InstructionSequence`` that jumps can name before it is known.
@frozen
public struct Label: Hashable, BitwiseCopyable, Sendable {
  public let id: Int32
  public init(id: Int32) { self.id = id }
}

/// One instruction before assembly: no extended arguments, no inline caches, jumps by label.
@frozen
public struct Instruction: BitwiseCopyable, Sendable {
  public var opcode: Opcode
  /// The argument; for jumps the label's id until ``InstructionSequence/resolveLabels()``, then an index of an instruction.
  public var argument: Int32
  public var range: SourceRange

  public init(_ opcode: Opcode, _ argument: Int32 = 0, at range: SourceRange) {
    self.opcode = opcode
    self.argument = argument
    self.range = range
  }
}

/// What the code generator writes: instructions in order, with labels between them.
public struct InstructionSequence {
  public private(set) var instructions: [Instruction] = []
  /// By label id, the index of the instruction that it stands before; -1 while not placed.
  private var labelPositions: [Int32] = []
  /// Code of annotations that is put where `ANNOTATIONS_PLACEHOLDER` stands.
  public var annotationsCode: [Instruction] = []

  public init() {}

  public var count: Int { instructions.count }

  public mutating func newLabel() -> Label {
    labelPositions.append(-1)
    return Label(id: Int32(labelPositions.count - 1))
  }

  /// Places a label before the next instruction.
  public mutating func use(_ label: Label) {
    labelPositions[Int(label.id)] = Int32(instructions.count)
  }

  @inline(__always)
  public mutating func append(_ instruction: Instruction) {
    instructions.append(instruction)
  }

  public mutating func insert(_ instruction: Instruction, at index: Int) {
    instructions.insert(instruction, at: index)
    for id in labelPositions.indices where labelPositions[id] >= Int32(index) { labelPositions[id] += 1 }
  }

  /// Replaces the label ids in jumps by the indices of the instructions that they name; labels are then forgotten.
  public mutating func resolveLabels() {
    for index in instructions.indices where instructions[index].opcode.hasTarget {
      instructions[index].argument = labelPositions[Int(instructions[index].argument)]
    }
    labelPositions = []
  }
}
