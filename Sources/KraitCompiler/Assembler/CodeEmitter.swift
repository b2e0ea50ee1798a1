// Writes the blocks of a finished flow graph as bytecode, with the tables of locations and exception handlers.

import KraitSyntax

struct CodeEmitter: ~Copyable {
  /// An instruction in its final place, with the numbers of the instructions that it refers to.
  private struct PlacedInstruction: BitwiseCopyable {
    var opcode: Opcode
    var argument: Int32
    var range: SourceRange
    /// For jumps, the target.
    var target: Int32
    /// The first instruction of the handler, or -1.
    var handler: Int32
    /// The handler's block.
    var handlerBlock: Int32
    /// The distance from the start, in code units.
    var offset: Int32 = 0
    var size: Int32 = 0
  }

  private(set) var code = Buffer<UInt8>()
  private(set) var lineTable = Buffer<UInt8>()
  private(set) var exceptionTable = Buffer<UInt8>()
  private var instructions = Buffer<PlacedInstruction>()
  private var blockStarts = Buffer<Int32>()

  mutating func emit(_ graph: borrowing FlowGraph, firstLine: Int32) {
    place(graph)
    resolveJumps()
    writeCode()
    writeLineTable(firstLine: firstLine)
    writeExceptionTable(graph)
  }

  private mutating func place(_ graph: borrowing FlowGraph) {
    blockStarts.removeAll()
    blockStarts.grow(to: graph.blocks.count)
    var count = 0
    var block = 0
    while block >= 0 {
      blockStarts[block] = Int32(count)
      count += Int(graph.blocks[block].count)
      block = Int(graph.blocks[block].next)
    }
    instructions.removeAll()
    instructions.reserve(count)
    block = 0
    while block >= 0 {
      let start = graph.instruction(0, of: block)
      for index in 0..<Int(graph.blocks[block].count) {
        let instruction = start[index]
        instructions.append(
          PlacedInstruction(
            opcode: instruction.opcode, argument: instruction.argument, range: instruction.range,
            target: instruction.isJump ? blockStarts[Int(instruction.target)] : -1,
            handler: instruction.handler < 0 ? -1 : blockStarts[Int(instruction.handler)], handlerBlock: instruction.handler))
      }
      block = Int(graph.blocks[block].next)
    }
  }

  // MARK: Jumps

  /// How far `END_SEND` stands behind its `SEND`, in code units.
  private static let endSendDistance: Int32 = 5

  /// The size of an instruction with its extended arguments and caches, in code units.
  @inline(__always)
  private static func size(_ opcode: Opcode, _ argument: Int32) -> Int32 {
    let argument = UInt32(bitPattern: argument)
    let extended = argument <= 0xFF ? 0 : argument <= 0xFFFF ? 1 : argument <= 0xFF_FFFF ? 2 : 3
    return Int32(truncatingIfNeeded: 1 &+ extended &+ opcode.cacheEntries)
  }

  /// Gives jumps their directions and distances; distances depend on sizes and sizes on distances, so until nothing changes.
  private mutating func resolveJumps() {
    for index in 0..<instructions.count {
      let instruction = instructions.start + index
      if instruction.pointee.target >= 0 {
        let isForward = instruction.pointee.target > Int32(index)
        switch instruction.pointee.opcode {
        case .JUMP: instruction.pointee.opcode = isForward ? .JUMP_FORWARD : .JUMP_BACKWARD
        case .JUMP_NO_INTERRUPT: instruction.pointee.opcode = isForward ? .JUMP_FORWARD : .JUMP_BACKWARD_NO_INTERRUPT
        default: break
        }
        instruction.pointee.argument = instruction.pointee.target
      }
      instruction.pointee.size = CodeEmitter.size(instruction.pointee.opcode, instruction.pointee.argument)
    }
    var isDone = false
    while !isDone {
      isDone = true
      var offset: Int32 = 0
      for index in 0..<instructions.count {
        instructions[index].offset = offset
        offset &+= instructions[index].size
      }
      for index in 0..<instructions.count where instructions[index].target >= 0 {
        let instruction = instructions[index]
        let end = instruction.offset &+ instruction.size
        let target = instructions[Int(instruction.target)].offset
        let distance =
          if instruction.opcode == .END_ASYNC_FOR {
            end &- target &- CodeEmitter.endSendDistance
          } else {
            target < end ? end &- target : target &- end
          }
        instructions[index].argument = distance
        let size = CodeEmitter.size(instruction.opcode, distance)
        if size != instruction.size {
          instructions[index].size = size
          isDone = false
        }
      }
    }
  }

  // MARK: Bytecode

  private mutating func writeCode() {
    code.removeAll()
    guard let last = instructions.elements.last else { return }
    code.grow(to: Int(last.offset &+ last.size) * 2)
    var position = code.start
    for instruction in instructions.elements {
      let opcode = instruction.opcode
      let argument = UInt32(bitPattern: instruction.argument)
      var shift: UInt32 = 24
      while shift > 0 {
        if argument >> shift != 0 {
          position[0] = UInt8(truncatingIfNeeded: Opcode.EXTENDED_ARG.rawValue)
          position[1] = UInt8(truncatingIfNeeded: argument >> shift)
          position += 2
        }
        shift -= 8
      }
      position[0] = UInt8(truncatingIfNeeded: opcode.rawValue)
      position[1] = UInt8(truncatingIfNeeded: argument)
      position += 2
      let caches = opcode.cacheEntries * 2
      for index in 0..<caches { position[index] = 0 }
      position += caches
    }
  }

  // MARK: Locations

  /// The kinds of entry of the location table that are not short forms (0 to 9).
  private enum LocationKind {
    static let oneLine: Int32 = 10
    static let noColumns: Int32 = 13
    static let long: Int32 = 14
    static let none: Int32 = 15
  }

  /// An entry covers at most so many code units.
  private static let longestEntry: Int32 = 8

  private mutating func writeLineTable(firstLine: Int32) {
    lineTable.removeAll()
    for index in stride(from: instructions.count - 1, through: 0, by: -1) where instructions[index].range == .next {
      let isLast = !instructions[index].opcode.classes.isDisjoint(with: .terminator) || index == instructions.count - 1
      instructions[index].range = isLast ? .none : instructions[index + 1].range
    }
    var line = firstLine
    var range = SourceRange.none
    var size: Int32 = 0
    for instruction in instructions.elements {
      if instruction.range != range {
        writeLocation(range, size, &line)
        range = instruction.range
        size = 0
      }
      size &+= instruction.size
    }
    writeLocation(range, size, &line)
  }

  private mutating func writeLocation(_ range: SourceRange, _ size: Int32, _ line: inout Int32) {
    var rest = size
    while rest > 0 {
      let length = min(rest, CodeEmitter.longestEntry)
      writeLocationEntry(range, length, line)
      if range.line != SourceRange.none.line { line = range.line }
      rest &-= length
    }
  }

  private mutating func writeLocationEntry(_ range: SourceRange, _ length: Int32, _ line: Int32) {
    if range.line == SourceRange.none.line {
      startLocationEntry(LocationKind.none, length)
      return
    }
    let lines = range.line &- line
    if range.column < 0 || range.endColumn < 0 {
      if range.endLine == range.line || range.endLine < 0 {
        startLocationEntry(LocationKind.noColumns, length)
        writeSignedNumber(lines)
        return
      }
    } else if range.endLine == range.line {
      let width = range.endColumn &- range.column
      if lines == 0 && range.column < 80 && width < 16 && width >= 0 {
        startLocationEntry(range.column >> 3, length)
        lineTable.append(UInt8(truncatingIfNeeded: (range.column & 7) << 4 | width))
        return
      }
      if lines >= 0 && lines < 3 && range.column < 128 && range.endColumn < 128 {
        startLocationEntry(LocationKind.oneLine + lines, length)
        lineTable.append(UInt8(truncatingIfNeeded: range.column))
        lineTable.append(UInt8(truncatingIfNeeded: range.endColumn))
        return
      }
    }
    startLocationEntry(LocationKind.long, length)
    writeSignedNumber(lines)
    writeNumber(UInt32(bitPattern: range.endLine &- range.line))
    writeNumber(UInt32(bitPattern: range.column &+ 1))
    writeNumber(UInt32(bitPattern: range.endColumn &+ 1))
  }

  @inline(__always)
  private mutating func startLocationEntry(_ kind: Int32, _ length: Int32) {
    lineTable.append(UInt8(truncatingIfNeeded: 0x80 | kind << 3 | (length - 1)))
  }

  /// Six bits a byte, the lowest first; bit 6 says that more follow.
  private mutating func writeNumber(_ number: UInt32) {
    var number = number
    while number >= 64 {
      lineTable.append(UInt8(64 | number & 63))
      number >>= 6
    }
    lineTable.append(UInt8(number))
  }

  private mutating func writeSignedNumber(_ number: Int32) {
    writeNumber(number < 0 ? number.magnitude << 1 | 1 : number.magnitude << 1)
  }

  // MARK: Exception handlers

  private mutating func writeExceptionTable(_ graph: borrowing FlowGraph) {
    exceptionTable.removeAll()
    var handler: Int32 = -1
    var handlerBlock: Int32 = -1
    var start: Int32 = 0
    var end: Int32 = 0
    for instruction in instructions.elements {
      if instruction.handler != handler {
        if handler >= 0 { writeHandler(graph.blocks[Int(handlerBlock)], at: handler, from: start, to: end) }
        start = instruction.offset
        handler = instruction.handler
        handlerBlock = instruction.handlerBlock
      }
      end = instruction.offset &+ instruction.size
    }
    if handler >= 0 { writeHandler(graph.blocks[Int(handlerBlock)], at: handler, from: start, to: end) }
  }

  private mutating func writeHandler(_ block: BasicBlock, at index: Int32, from start: Int32, to end: Int32) {
    // The depth at which the handler finds the stack, without what it is given.
    let depth = block.startDepth &- (block.preservesLastInstruction ? 2 : 1)
    writeItem(start, isFirst: true)
    writeItem(end &- start)
    writeItem(instructions[Int(index)].offset)
    writeItem(depth << 1 | (block.preservesLastInstruction ? 1 : 0))
  }

  /// Six bits a byte, the highest first; bit 6 says that more follow, bit 7 marks an entry's first byte.
  private mutating func writeItem(_ value: Int32, isFirst: Bool = false) {
    var mark: UInt8 = isFirst ? 0x80 : 0
    var shift: Int32 = 24
    while shift > 0 {
      if value >> shift != 0 {
        exceptionTable.append(UInt8(truncatingIfNeeded: value >> shift) & 0x3F | 0x40 | mark)
        mark = 0
      }
      shift -= 6
    }
    exceptionTable.append(UInt8(truncatingIfNeeded: value) & 0x3F | mark)
  }
}
