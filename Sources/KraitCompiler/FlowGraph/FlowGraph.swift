// The control flow graph of one code object: basic blocks over one pool of instructions, linked by indices.
// The assembler keeps one graph and fills it anew for each code object, so that its memory is taken once a compilation.

import KraitSyntax

/// An instruction in a basic block.
struct FlowInstruction: BitwiseCopyable {
  var opcode: Opcode {
    didSet { classes = opcode.classes }
  }
  /// Of ``opcode``.
  private(set) var classes: OpcodeClasses
  var argument: Int32
  var range: SourceRange
  /// The block that a jump goes to, or the handler that a block push names.
  var target: Int32 = -1
  /// The block that handles exceptions of this instruction.
  var handler: Int32 = -1

  init(_ opcode: Opcode, _ argument: Int32 = 0, at range: SourceRange) {
    self.opcode = opcode
    classes = opcode.classes
    self.argument = argument
    self.range = range
  }

  @inline(__always)
  mutating func set(_ opcode: Opcode, _ argument: Int32 = 0) {
    self.opcode = opcode
    self.argument = argument
  }

  var line: Int32 { range.line }
  var isJump: Bool { classes.contains(.jump) }
  var isUnconditionalJump: Bool { classes.contains(.unconditionalJump) }
  var isConditionalJump: Bool { classes.contains(.conditionalJump) }
  var exitsScope: Bool { classes.contains(.scopeExit) }
  var isTerminator: Bool { !classes.isDisjoint(with: .terminator) }
  var endsFlow: Bool { !classes.isDisjoint(with: .flowEnd) }
  var isBlockPush: Bool { classes.contains(.blockPush) }
  var hasTarget: Bool { !classes.isDisjoint(with: .target) }
  var loadsConstant: Bool { classes.contains(.constantLoad) }
  var checksEvalBreaker: Bool { classes.contains(.evalBreakerCheck) }
}

/// Instructions that control enters at the first and leaves at the last.
struct BasicBlock: BitwiseCopyable {
  /// Where the instructions begin in the pool, how many there are, how many have room.
  var start: Int32
  var count: Int32 = 0
  var capacity: Int32 = 0
  /// The most instructions that the block ever had; see ``FlowGraph/append(new:to:)``.
  var highWater: Int32 = 0
  /// The block that control falls into, which is also the next one in the layout; -1 at the end.
  var next: Int32 = -1
  var predecessors: Int32 = 0
  /// The depth of the stack at the block's start; negative while unknown.
  var startDepth: Int32 = 0
  /// The handlers in force at the block's start, as an index into ``FlowGraph/handlerFrames``.
  var handlers: Int32 = -1
  /// Local variables of the first 64 that may be unbound at the block's start.
  var unboundLocals: UInt64 = 0
  var isLabelled = false
  var isVisited = false
  var isExceptionHandler = false
  /// Whether the handler pushes the offset of the instruction that raised, so that it can be raised anew from there.
  var preservesLastInstruction = false
  var isCold = false
  var isWarm = false
}

struct FlowGraph: ~Copyable {
  /// One entry of a stack of handlers; the entry below is shared by all stacks built upon it.
  struct HandlerFrame: BitwiseCopyable {
    var block: Int32
    var below: Int32
    var depth: Int32
  }

  /// The entry block is number 0.
  var blocks = Buffer<BasicBlock>()
  var instructions = Buffer<FlowInstruction>()
  var handlerFrames = Buffer<HandlerFrame>()
  /// Blocks still to visit in the traversal at hand.
  var pending = Buffer<Int32>()
  var scratch = Buffer<Int32>()
  var references = Buffer<StackReference>()
  var referenceFlags = Buffer<UInt8>()
  let arena: Arena
  var constants = IndexTable<ConstantValue>()

  init(arena: Arena) { self.arena = arena }

  // MARK: Blocks and instructions

  /// The address of a block's instruction; valid until instructions are added anywhere.
  @inline(__always)
  func instruction(_ index: Int, of block: Int) -> UnsafeMutablePointer<FlowInstruction> {
    instructions.start + (Int(blocks[block].start) &+ index)
  }

  @inline(__always)
  func lastInstruction(of block: Int) -> UnsafeMutablePointer<FlowInstruction>? {
    let count = blocks[block].count
    return count == 0 ? nil : instructions.start + Int(blocks[block].start &+ count &- 1)
  }

  @inline(__always)
  func fallsThrough(_ block: Int) -> Bool {
    guard let last = lastInstruction(of: block) else { return true }
    return !last.pointee.endsFlow
  }

  /// The first block from `block` on that has instructions, or -1.
  @inline(__always)
  func nonemptyBlock(from block: Int32) -> Int32 {
    var block = block
    while block >= 0 && blocks[Int(block)].count == 0 { block = blocks[Int(block)].next }
    return block
  }

  mutating func newBlock() -> Int {
    blocks.append(BasicBlock(start: Int32(instructions.count)))
    return blocks.count - 1
  }

  @inline(__always)
  mutating func append(_ instruction: FlowInstruction, to block: Int) {
    if blocks[block].count == blocks[block].capacity { makeRoom(in: block, for: 1) }
    instructions[Int(blocks[block].start &+ blocks[block].count)] = instruction
    setCount(blocks[block].count &+ 1, of: block)
  }

  /// Appends an instruction that the flow graph itself made up after exception targets were labelled.
  ///
  /// CPython does not label it but leaves what its place in the block held before: no handler if the block never was as long, else that
  /// of the instruction which stood there last. The exception table shows the difference.
  mutating func append(new instruction: FlowInstruction, to block: Int) {
    var instruction = instruction
    let count = blocks[block].count
    instruction.handler = count < blocks[block].highWater ? instructions[Int(blocks[block].start &+ count)].handler : -1
    append(instruction, to: block)
  }

  mutating func insert(_ instruction: FlowInstruction, at index: Int, of block: Int) {
    if blocks[block].count == blocks[block].capacity { makeRoom(in: block, for: 1) }
    let start = instructions.start + Int(blocks[block].start)
    let count = Int(blocks[block].count)
    (start + index + 1).update(from: start + index, count: count - index)
    start[index] = instruction
    setCount(Int32(count + 1), of: block)
  }

  /// Appends the instructions of one block to another.
  mutating func append(instructionsOf source: Int, to block: Int) {
    let count = Int(blocks[source].count)
    if Int(blocks[block].count) + count > Int(blocks[block].capacity) { makeRoom(in: block, for: count) }
    (instructions.start + Int(blocks[block].start &+ blocks[block].count))
      .update(from: instructions.start + Int(blocks[source].start), count: count)
    setCount(blocks[block].count &+ Int32(count), of: block)
  }

  @inline(__always)
  private func setCount(_ count: Int32, of block: Int) {
    blocks[block].count = count
    if count > blocks[block].highWater { blocks[block].highWater = count }
  }

  /// Makes a block's room larger, in place when it is the last in the pool, else by moving it there.
  @inline(never)
  private mutating func makeRoom(in block: Int, for additional: Int) {
    let (start, count, capacity) = (Int(blocks[block].start), Int(blocks[block].highWater), Int(blocks[block].capacity))
    let needed = count + additional + 4
    if start + capacity == instructions.count {
      instructions.grow(to: start + needed)
    } else {
      let newStart = instructions.count
      instructions.grow(to: newStart + needed)
      (instructions.start + newStart).update(from: instructions.start + start, count: count)
      blocks[block].start = Int32(newStart)
    }
    blocks[block].capacity = Int32(needed)
  }

  /// Forgets which blocks were visited and empties the list of pending blocks.
  mutating func beginTraversal() {
    for block in 0..<blocks.count { blocks[block].isVisited = false }
    pending.removeAll()
    pending.reserve(blocks.count)
  }

  @inline(__always)
  mutating func visit(_ block: Int) {
    if blocks[block].isVisited { return }
    blocks[block].isVisited = true
    pending.append(Int32(truncatingIfNeeded: block))
  }

  // MARK: Building

  /// Fills the graph from a sequence whose labels are resolved; `false` when a jump leads nowhere.
  mutating func build(from sequence: borrowing InstructionSequence) -> Bool {
    blocks.removeAll()
    instructions.removeAll()
    handlerFrames.removeAll()
    return sequence.instructions.withUnsafeBufferPointer { source in
      sequence.annotationsCode.withUnsafeBufferPointer { annotations in build(from: source, annotations: annotations) }
    }
  }

  private mutating func build(from source: UnsafeBufferPointer<Instruction>, annotations: UnsafeBufferPointer<Instruction>) -> Bool {
    instructions.reserve(source.count + annotations.count + 16)
    // For each instruction zero, or one more than the block that begins there; -1 marks a target whose block is still to come.
    scratch.removeAll()
    scratch.grow(to: source.count)
    for index in 0..<source.count { scratch[index] = 0 }
    for index in 0..<source.count where source[index].opcode.hasTarget {
      let target = Int(source[index].argument)
      guard target >= 0 && target < source.count else { return false }
      scratch[target] = -1
    }
    var current = newBlock()
    for index in 0..<source.count {
      if scratch[index] < 0 {
        if blocks[current].count > 0 || blocks[current].isLabelled { current = startBlock(after: current) }
        blocks[current].isLabelled = true
        scratch[index] = Int32(current + 1)
      }
      let instruction = source[index]
      if instruction.opcode == .ANNOTATIONS_PLACEHOLDER {
        for annotation in annotations { current = add(annotation, to: current) }
      } else {
        current = add(instruction, to: current)
      }
    }
    for index in 0..<instructions.count where instructions[index].hasTarget {
      let block = scratch[Int(instructions[index].argument)] - 1
      instructions[index].target = block
      if instructions[index].isBlockPush { blocks[Int(block)].isExceptionHandler = true }
    }
    return true
  }

  @inline(__always)
  private mutating func add(_ instruction: Instruction, to block: Int) -> Int {
    var block = block
    if let last = lastInstruction(of: block), last.pointee.isTerminator { block = startBlock(after: block) }
    instructions.append(FlowInstruction(instruction.opcode, instruction.argument, at: instruction.range))
    blocks[block].count &+= 1
    blocks[block].capacity &+= 1
    blocks[block].highWater &+= 1
    return block
  }

  private mutating func startBlock(after block: Int) -> Int {
    let new = newBlock()
    blocks[block].next = Int32(new)
    return new
  }
}
