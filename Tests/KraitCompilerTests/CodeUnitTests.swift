import Testing

@testable import KraitCompiler

@Suite struct InstructionSequenceTests {
  @Test func labelsBecomeIndicesOfInstructions() {
    var sequence = InstructionSequence()
    let end = sequence.newLabel()
    sequence.append(Instruction(.JUMP, end.id, at: .none))
    sequence.append(Instruction(.NOP, at: .none))
    sequence.use(end)
    sequence.append(Instruction(.RETURN_VALUE, at: .none))
    sequence.resolveLabels()
    #expect(sequence.instructions[0].argument == 2)
  }
}
