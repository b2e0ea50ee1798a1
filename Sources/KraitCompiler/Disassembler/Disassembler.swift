// Prints a code unit as Python's `dis` prints the code object.

import KraitSyntax

/// What `dis` can be asked to show.
public struct DisassemblyOptions: Sendable {
  /// Inline caches, as instructions of their own.
  public var showsCaches = false
  /// Byte offsets.
  public var showsOffsets = false
  /// Whole source ranges instead of line numbers.
  public var showsPositions = false

  public init() {}
}

extension CodeUnit {
  /// Writes the code unit's instructions and tables, then those of all code units among its constants.
  public func disassemble(_ options: DisassemblyOptions = DisassemblyOptions(), into output: inout ByteBuffer) {
    Disassembler(unit: self, options: options).write(into: &output)
    for constant in self.constants where constant.kind == .code {
      output.append("\nDisassembly of ")
      CodeUnit(constant).appendRepr(to: &output)
      output.append(":\n")
      CodeUnit(constant).disassemble(options, into: &output)
    }
  }

  /// What `repr()` of the code object gives; the address is that of the contents.
  public func appendRepr(to output: inout ByteBuffer) {
    output.append("<code object ")
    output.append(self.name.bytes)
    output.append(" at 0x")
    output.append(String(UInt(bitPattern: pointer), radix: 16))
    output.append(", file \"")
    output.append(self.fileName.bytes)
    output.append("\", line ")
    output.append(decimal: self.firstLineNumber == 0 ? -1 : Int(self.firstLineNumber))
    output.append(">")
  }
}

struct Disassembler {
  private let unit: CodeUnit
  private let options: DisassemblyOptions
  private let lineStarts: [Int: Int32]
  private let positions: [SourceRange]
  private let handlers: [ExceptionTable.Entry]
  /// By byte offset the number of the label there.
  private let labels: [Int: Int]
  private let locationWidth: Int
  private let labelWidth: Int
  private let offsetWidth: Int

  private static let nameWidth = 20
  private static let argumentWidth = 5
  private static let noLine = "  --"

  init(unit: CodeUnit, options: DisassemblyOptions) {
    self.unit = unit
    self.options = options
    let lines = unit.lines
    var lineStarts: [Int: Int32] = [:]
    for stretch in lines.lines() { lineStarts[stretch.start] = stretch.line }
    self.lineStarts = lineStarts
    positions = options.showsPositions ? lines.positions() : []
    handlers = Array(unit.handlers)

    var places = Set(InstructionDecoder(unit.pointer.pointee.code).lazy.compactMap(\.jumpTarget))
    for handler in handlers { places.formUnion([handler.start, handler.end, handler.target]) }
    labels = Dictionary(uniqueKeysWithValues: places.sorted().enumerated().map { ($1, $0 + 1) })
    labelWidth = 4 + String(labels.count).utf8.count

    let lastOffset = unit.pointer.pointee.code.count - 2
    offsetWidth = options.showsOffsets ? String(max(lastOffset, 9999)).utf8.count : 0
    locationWidth = options.showsPositions ? Disassembler.width(of: positions) : Disassembler.width(of: lineStarts.values)
  }

  /// The width of the column of line numbers; 0 when there is none.
  private static func width(of lines: some Collection<Int32>) -> Int {
    let known = lines.lazy.filter { $0 != -1 && $0 != 0 }
    guard let greatest = known.max(), greatest != -1 else { return 0 }
    let width = max(3, String(greatest).utf8.count)
    return lines.contains(-1) ? max(width, noLine.utf8.count) : width
  }

  /// The width of the column of ranges; 0 when there is none.
  private static func width(of ranges: [SourceRange]) -> Int {
    var greatest = 0
    var isKnown = false
    for range in ranges {
      var width = 0
      for part in [range.line, range.endLine, range.column, range.endColumn] {
        width += part == -1 ? 1 : String(part).utf8.count
        if part != -1 { isKnown = true }
      }
      greatest = max(greatest, width)
    }
    return isKnown ? 1 + max(noLine.utf8.count, 3 + greatest) : 0
  }

  func write(into output: inout ByteBuffer) {
    for instruction in InstructionDecoder(unit.pointer.pointee.code) {
      write(instruction, into: &output)
      if options.showsCaches { writeCaches(of: instruction, into: &output) }
    }
    if handlers.isEmpty { return }
    output.append("ExceptionTable:\n")
    for handler in handlers {
      output.append("  ")
      appendLabel(at: handler.start, to: &output)
      output.append(" to ")
      appendLabel(at: handler.end, to: &output)
      output.append(" -> ")
      appendLabel(at: handler.target, to: &output)
      output.append(" [")
      output.append(decimal: handler.depth)
      output.append(handler.pushesLastInstruction ? "] lasti\n" : "]\n")
    }
  }

  private func appendLabel(at offset: Int, to output: inout ByteBuffer) {
    output.append("L")
    output.append(decimal: labels[offset] ?? 0)
  }

  // MARK: - Lines

  private func write(_ instruction: DecodedInstruction, into output: inout ByteBuffer) {
    let line = lineStarts[instruction.offset]
    if locationWidth > 0 && line != nil && instruction.offset > 0 { output.append("\n") }
    writePrefix(offset: instruction.offset, location: instruction.offset, line: line, into: &output)
    let name = instruction.opcode.map { "\($0.name)" } ?? "<\(instruction.number)>"
    guard let argument = instruction.argument else {
      output.append(name)
      output.append("\n")
      return
    }
    writeName(name, argument: argument, into: &output)
    var description = ByteBuffer(capacity: 64)
    describe(instruction, argument, into: &description)
    if description.count > 0 {
      output.append(" (")
      output.append(description.bytes)
      output.append(")")
    }
    output.append("\n")
  }

  /// The columns before the name: location, label, offset, and room for the mark of the current instruction.
  private func writePrefix(offset: Int, location: Int, line: Int32?, isCache: Bool = false, into output: inout ByteBuffer) {
    if locationWidth > 0 {
      if options.showsPositions {
        pad(locationText(location), to: locationWidth, isRight: false, into: &output)
      } else {
        pad(isCache ? "" : line.map { $0 == -1 ? Disassembler.noLine : String($0) } ?? "", to: locationWidth, isRight: true, into: &output)
      }
      output.append(" ")
    }
    pad(isCache ? "" : labels[offset].map { "L\($0):" } ?? "", to: labelWidth, isRight: true, into: &output)
    output.append(" ")
    if offsetWidth > 0 {
      pad(String(offset), to: offsetWidth, isRight: true, into: &output)
      output.append("   ")
    }
    output.append("    ")
  }

  private func writeName(_ name: String, argument: Int, into output: inout ByteBuffer) {
    pad(name, to: Disassembler.nameWidth, isRight: false, into: &output)
    output.append(" ")
    // A long name takes its excess from the argument's column.
    let excess = max(0, name.utf8.count - Disassembler.nameWidth)
    pad(String(argument), to: max(0, Disassembler.argumentWidth - excess), isRight: true, into: &output)
  }

  private func pad(_ text: String, to width: Int, isRight: Bool, into output: inout ByteBuffer) {
    let missing = max(0, width - text.utf8.count)
    if isRight { output.append(repeating: UInt8(ascii: " "), count: missing) }
    output.append(text)
    if !isRight { output.append(repeating: UInt8(ascii: " "), count: missing) }
  }

  private func locationText(_ offset: Int) -> String {
    let range = positions.indices.contains(offset / 2) ? positions[offset / 2] : .none
    if range == .none { return Disassembler.noLine }
    func text(_ part: Int32) -> String { part == -1 ? "?" : String(part) }
    return "\(text(range.line)):\(text(range.column))-\(text(range.endLine)):\(text(range.endColumn))"
  }

  private func writeCaches(of instruction: DecodedInstruction, into output: inout ByteBuffer) {
    guard let opcode = instruction.opcode, opcode.cacheEntries > 0 else { return }
    let code = unit.pointer.pointee.code
    var offset = instruction.offset
    for (name, size) in opcode.cacheLayout {
      for index in 0..<size {
        offset += 2
        writePrefix(offset: offset, location: instruction.offset, line: nil, isCache: true, into: &output)
        writeName("CACHE", argument: 0, into: &output)
        if index == 0 {
          output.append(" (")
          output.append(name)
          output.append(": ")
          let field = code[min(offset, code.count)..<min(offset + 2 * size, code.count)]
          output.append(String(field.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }))
          output.append(")")
        }
        output.append("\n")
      }
    }
  }

  // MARK: - Arguments

  /// What the argument means; nothing where it is just a number, or where it is out of the range of what it means.
  private func describe(_ instruction: DecodedInstruction, _ argument: Int, into output: inout ByteBuffer) {
    guard let opcode = instruction.opcode else { return }
    let properties = opcode.properties
    if properties.contains(.constant) {
      describeConstant(argument, into: &output)
    } else if properties.contains(.name) {
      describeName(opcode, argument, into: &output)
    } else if let target = instruction.jumpTarget {
      output.append(opcode == .END_ASYNC_FOR ? "from " : "to ")
      appendLabel(at: target, to: &output)
    } else if opcode.namesTwoLocals {
      describeLocal(argument >> 4, into: &output)
      output.append(", ")
      describeLocal(argument & 15, into: &output)
    } else if properties.contains(.local) || properties.contains(.free) {
      describeLocal(argument, into: &output)
    } else {
      describeOperation(opcode, argument, into: &output)
    }
  }

  private func describeConstant(_ index: Int, into output: inout ByteBuffer) {
    let constants = unit.pointer.pointee.constants
    guard constants.indices.contains(index) else { return }
    output.append(repr: constants[index]) { code, output in CodeUnit(code).appendRepr(to: &output) }
  }

  private func describeName(_ opcode: Opcode, _ argument: Int, into output: inout ByteBuffer) {
    let shift = opcode == .LOAD_GLOBAL || opcode == .LOAD_ATTR ? 1 : opcode == .LOAD_SUPER_ATTR ? 2 : 0
    let names = unit.pointer.pointee.names
    guard names.indices.contains(argument >> shift) else { return }
    output.append(names[argument >> shift].bytes)
    if shift > 0 && argument & 1 != 0 { output.append(opcode == .LOAD_GLOBAL ? " + NULL" : " + NULL|self") }
  }

  private func describeLocal(_ index: Int, into output: inout ByteBuffer) {
    let names = unit.pointer.pointee.localsPlusNames
    if names.indices.contains(index) { output.append(names[index].bytes) }
  }

  private func describeOperation(_ opcode: Opcode, _ argument: Int, into output: inout ByteBuffer) {
    func append(_ table: [StaticString]) {
      if table.indices.contains(argument) { output.append(table[argument]) }
    }
    switch opcode {
    case .COMPARE_OP:
      let index = argument >> 5
      guard OpcodeTables.comparisons.indices.contains(index) else { return }
      output.append(argument & 16 != 0 ? "bool(" : "")
      output.append(OpcodeTables.comparisons[index])
      output.append(argument & 16 != 0 ? ")" : "")
    case .CONVERT_VALUE: append(["", "str", "repr", "ascii"])
    case .SET_FUNCTION_ATTRIBUTE:
      var isFirst = true
      for (bit, attribute) in Disassembler.functionAttributes.enumerated() where argument & 1 << bit != 0 {
        output.append(isFirst ? "" : ", ")
        output.append(attribute)
        isFirst = false
      }
    case .BINARY_OP: append(OpcodeTables.binaryOperations)
    case .CALL_INTRINSIC_1: append(OpcodeTables.intrinsics1)
    case .CALL_INTRINSIC_2: append(OpcodeTables.intrinsics2)
    case .LOAD_COMMON_CONSTANT:
      // The functions among them show their representation, the types their name.
      let isFunction = argument == 3 || argument == 4
      output.append(isFunction ? "<built-in function " : "")
      append(OpcodeTables.commonConstants)
      output.append(isFunction ? ">" : "")
    case .LOAD_SPECIAL: append(OpcodeTables.specialMethods)
    case .IS_OP: output.append(argument != 0 ? "is not" : "is")
    case .CONTAINS_OP: output.append(argument != 0 ? "not in" : "in")
    default: break
    }
  }

  private static let functionAttributes: [StaticString] = ["defaults", "kwdefaults", "annotations", "closure", "annotate"]
}

extension Opcode {
  /// Whether the argument holds two indices of local variables, four bits each.
  fileprivate var namesTwoLocals: Bool {
    switch self {
    case .LOAD_FAST_LOAD_FAST, .LOAD_FAST_BORROW_LOAD_FAST_BORROW, .STORE_FAST_LOAD_FAST, .STORE_FAST_STORE_FAST: true
    default: false
    }
  }

  /// The fields of the inline cache with their sizes in entries.
  fileprivate var cacheLayout: [(StaticString, Int)] {
    switch self {
    case .LOAD_GLOBAL: [("counter", 1), ("index", 1), ("module_keys_version", 1), ("builtin_keys_version", 1)]
    case .BINARY_OP: [("counter", 1), ("descr", 4)]
    case .LOAD_ATTR: [("counter", 1), ("version", 2), ("keys_version", 2), ("descr", 4)]
    case .STORE_ATTR: [("counter", 1), ("version", 2), ("index", 1)]
    case .CALL, .CALL_KW: [("counter", 1), ("func_version", 2)]
    case .TO_BOOL: [("counter", 1), ("version", 2)]
    default: [("counter", cacheEntries)]
    }
  }
}
