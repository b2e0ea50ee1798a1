// The executable form as text, for `-X executable-dis`, and the counts of `-X opcode-stats`.

import CKraitCore
import Glibc
import KraitCompiler

enum ExecutableDisassembly {
  /// `-X executable-dis`: each form is printed when it is made. Set before the start.
  nonisolated(unsafe) static var isOn = false

  /// Prints one executable form on standard error.
  @inline(never)
  static func show(_ code: CodeObject, _ executable: Executable, _ form: String) {
    var text = "\(form) form of \(code.qualifiedName.text), line \(code.firstLineNumber), \(executable.contents.pointee.wordCount) words\n"
    let start = executable.start
    var word = 0
    while word < executable.contents.pointee.wordCount {
      let pc = start + word
      let number = Int(UInt16(truncatingIfNeeded: pc.pointee))
      guard number < Instruction.count else { break }
      let offset = executable.bytecodeOffset(at: pc)
      let line = offset < 0 ? nil : code.line(at: offset)
      text += padded(line.map { "\($0)" } ?? "", 6) + padded("\(offset)", 6) + padded("\(word)", 7) + "  "
      text += "\(Instruction.names[number])" + operands(of: number, pc, word, code) + "\n"
      word += max(1, Int(Instruction.lengths[number]))
    }
    for handler in executable.contents.pointee.handlers {
      text += "      \(handler.start) to \(handler.end): handler \(handler.target), depth \(handler.depth)\(handler.pushesLastInstruction ? ", with the place" : "")\n"
    }
    writeToStandardError(text + "\n")
  }

  private static func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

  /// The operands as Scripts/instructions describes them: "A=dst B=slot W=name".
  private static func operands(of number: Int, _ pc: PC, _ word: Int, _ code: CodeObject) -> String {
    var result = ""
    for part in "\(Instruction.operands[number])".split(separator: " ") {
      let sides = part.split(separator: "=")
      guard sides.count == 2 else { continue }
      let operand: (unsigned: Int, signed: Int)
      switch sides[0] {
      case "A": operand = (operandA(pc), Int(Int16(truncatingIfNeeded: operandA(pc))))
      case "B": operand = (operandB(pc), signedB(pc))
      case "C": operand = (operandC(pc), signedC(pc))
      default: operand = (0, 0)
      }
      switch sides[1] {
      case "slot", "dst": result += " " + slotName(operand.unsigned, code) + (sides[1] == "dst" ? " ←" : "")
      case "jump": result += " → \(word + operand.signed)"
      case "jump32": result += Instruction.names[number].description.hasPrefix("JUMP") ? " → \(word + longDistance(pc))" : " \(longDistance(pc))"
      case "count": result += " \(operand.unsigned)"
      case "const", "name": result += " " + constant(Value(bits: pc[1]))
      default: result += " \(operand.signed)"
      }
    }
    return result
  }

  private static func slotName(_ slot: Int, _ code: CodeObject) -> String {
    slot < code.localsPlusCount ? code.localName(slot).text : "[\(slot - code.localsPlusCount)]"
  }

  private static func constant(_ value: Value) -> String {
    do throws(PyError) {
      let text = try value.repr()
      return text.value.text
    } catch {
      PyError.clear()
      return "?"
    }
  }
}

/// `-X opcode-stats`: what was executed how often, and after what.
enum InstructionStatistics {
  /// Set before the start.
  nonisolated(unsafe) static var isOn = false

  /// How often an instruction followed another. Counts of several threads at once may get lost.
  nonisolated(unsafe) private static let pairs: UnsafeMutablePointer<UInt64> = {
    let pairs = UnsafeMutablePointer<UInt64>.allocate(capacity: Instruction.count * Instruction.count)
    pairs.initialize(repeating: 0, count: Instruction.count * Instruction.count)
    return pairs
  }()
  nonisolated(unsafe) private static var last = 0

  static func count(_ pc: PC) {
    let operation = Int(UInt16(truncatingIfNeeded: pc.pointee))
    pairs[last * Instruction.count + operation] &+= 1
    last = operation
  }

  /// Prints the instructions that make up most of a program and their commonest neighbours on standard error.
  static func report() {
    var counts = [(number: Int, count: UInt64)]()
    var neighbours = [(first: Int, second: Int, count: UInt64)]()
    var total: UInt64 = 0
    for second in 0..<Instruction.count {
      var sum: UInt64 = 0
      for first in 0..<Instruction.count {
        let count = pairs[first * Instruction.count + second]
        sum &+= count
        if count > 0 { neighbours.append((first, second, count)) }
      }
      if sum > 0 { counts.append((second, sum)) }
      total &+= sum
    }
    if total == 0 { return }
    var text = "\(total) instructions\n"
    var cumulative: UInt64 = 0
    for entry in counts.sorted(by: { ($0.count, $1.number) > ($1.count, $0.number) }) {
      cumulative &+= entry.count
      let general = Int(Instruction.families[entry.number]) == entry.number ? "" : "  of \(Instruction.names[Int(Instruction.families[entry.number])])"
      text += "\(column(entry.count, 14))\(share(entry.count, total))\(share(cumulative, total))  \(Instruction.names[entry.number])\(general)\n"
    }
    text += "pairs\n"
    for entry in neighbours.sorted(by: { ($0.count, $1.first, $1.second) > ($1.count, $0.first, $0.second) }).prefix(50) {
      text += "\(column(entry.count, 14))\(share(entry.count, total))  \(Instruction.names[entry.first]) \(Instruction.names[entry.second])\n"
    }
    writeToStandardError(text)
  }

  private static func column(_ count: UInt64, _ width: Int) -> String {
    let text = "\(count)"
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private static func share(_ count: UInt64, _ total: UInt64) -> String {
    let tenths = count.multipliedFullWidth(by: 1000)
    let quotient = total.dividingFullWidth(tenths).quotient
    return column(quotient / 10, 5) + ".\(quotient % 10) %"
  }
}
