import Testing

@testable import KraitCompiler

@Test("Every instruction moves the stack as CPython says") func stackEffects() {
  for sample in stackEffectSamples {
    #expect(StackEffect(sample.opcode, sample.argument).net == sample.effect, "\(sample.opcode) \(sample.argument)")
  }
}
