// The instrumented form: nothing is fused, every value stands in its place of the value stack, and each instruction is announced. Frames run it while a tool watches.

import CKraitCore
import KraitCompiler

/// Where an instrumented form was put.
struct InstrumentedForm {
  var start: PC
  /// By instruction: the word that it begins at, and that of its first `INSTRUMENT`; -1 for none.
  var words: [Int32]
  var announcements: [Int32]
  /// By instruction: the positions of the value stack where NULL stands before it.
  var nulls: [[Int32]]
}

/// Where the instrumented form reports what, as ``CodeMonitoring`` numbers the places.
struct InstrumentationPlan {
  /// By instruction: its location; those of its `EXTENDED_ARG`s are the numbers before.
  var locationOfInstruction: [Int32]
  /// By instruction: whether tools may watch it, which begins with the first `RESUME`.
  var firstTraceable: Int
}

extension Translator {
  /// Translates the form that reports every instruction; its places are numbered by the plan.
  static func translateInstrumented(_ code: CodeObject, _ decoded: DecodedCode, _ plan: InstrumentationPlan) throws(MalformedCode) -> InstrumentedForm {
    var translator = Translator(code, decoded)
    translator.plan = plan
    translator.announcements = Array(repeating: -1, count: decoded.instructions.count)
    translator.nulls = Array(repeating: [], count: decoded.instructions.count)
    translator.run()
    let start = try translator.finish()
    return InstrumentedForm(start: start, words: Array(translator.wordOfInstruction), announcements: translator.announcements, nulls: translator.nulls)
  }

  /// Translates one instruction with its announcement; returns whether control may go on to the next.
  mutating func translateInstrumented(_ instruction: UnsafePointer<DecodedCode.Instruction>) -> Bool {
    guard let plan else { return false }
    let offset = Int(instruction.pointee.offset)
    let isGuarded = instruction.pointee.handler >= 0
    if isGuarded { enterHandlerRange(instruction) }
    if index >= plan.firstTraceable && instruction.pointee.opcode != .RESUME {
      let prefixes = (offset - Int(instruction.pointee.start)) / 2
      let location = Int(plan.locationOfInstruction[index])
      announcements[index] = Int32(output.count)
      for prefix in stride(from: prefixes, through: 0, by: -1) {
        noteOrigin(offset - prefix * 2)
        output.emitLong(.INSTRUMENT, 0, location - prefix)
      }
    }
    noteOrigin(offset)
    let before = Array(stack.elements)
    nulls[index] = before.indices.filter { before[$0] == .null }.map { Int32($0) }
    let falls = translate(instruction)
    if falls {
      for position in stack.indices where stack[position] != .null { materialise(position) }
      for position in stack.indices where stack[position] == .null && (position >= before.count || before[position] != .null) {
        output.emit(.LOAD_NULL, slot(position))
      }
    }
    output.endPeephole()
    if isGuarded { closeHandlerRange(instruction) }
    return falls
  }

  /// Completes a conditional jump that begins at a word: both ways out are reported where a tool may ask for them.
  mutating func emitInstrumentedJump(_ word: Int, to target: Int) {
    guard let plan else { return }
    let location = Int(plan.locationOfInstruction[index])
    let opcode = decoded.instructions[index].opcode
    let reportsJump = opcode != .FOR_ITER && opcode != .SEND
    output.patchC(word, output.count + 1 - word)
    output.emitLong(.JUMP, 0, reportsJump ? 3 : 2)
    if reportsJump { output.emitLong(.INSTRUMENT_EDGE, 1, location) }
    // The end of a loop passes over END_FOR, which has nothing to do here.
    let skips = opcode == .FOR_ITER && decoded.instructions[target].opcode == .END_FOR && target + 1 < decoded.instructions.count
    jumps.append(.init(word: output.count, target: skips ? target + 1 : target, isLong: true))
    output.emitLong(.JUMP, 0, 0)
    if opcode == .FOR_ITER { output.emitLong(.INSTRUMENT_EDGE, 0, location) }
  }
}
