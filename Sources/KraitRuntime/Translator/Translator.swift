// From stack bytecode to register form, by abstract interpretation of the value stack (RFC 0003).

import CKraitCore
import KraitCompiler
import Glibc

/// Translates one code object. It runs once for each function that is called, and most of a start is such functions: all its memory is plain, and that of the ``DecodedCode`` that it reads.
struct Translator {
  let code: CodeObject
  let decoded: DecodedCode
  /// Slots below the temporaries.
  let localCount: Int
  let hasFarVariables: Bool
  var output: CodeBuffer
  var stack: PlainArray<StackEntry>
  /// By instruction, the word that it begins at; -1: not translated.
  let wordOfInstruction: UnsafeMutableBufferPointer<Int32>
  /// Jumps to patch: the word of the jump instruction, the form of its offset, the instruction that it goes to.
  var jumps: PlainArray<PendingJump>
  var origins: PlainArray<Executable.Origin>
  var handlerRanges: PlainArray<Executable.Handler>
  var relocations: PlainArray<SharedForm.Relocation>
  /// The instruction being translated.
  var index = 0
  /// Jumps do not all fit 16 bits: each conditional jump gets a long jump of its own.
  var usesLongJumps = false
  /// What the instrumented form reports; nil for the ordinary one.
  var plan: InstrumentationPlan?
  var announcements: [Int32] = []
  /// By instruction: the positions of the value stack where NULL stands before it.
  var nulls: [[Int32]] = []
  /// Whether ``boundaries`` are wanted.
  var notesBoundaries = false
  /// Words of the ordinary form where the value stack is CPython's, and the instruction that is next there, ascending: a frame may go on in the instrumented form.
  var boundaries: PlainArray<Boundary>

  struct Boundary {
    var word: Int32
    var instruction: Int32
  }

  struct PendingJump {
    var word: Int
    var target: Int
    var isLong: Bool
  }

  /// What stands at a position of the abstract stack.
  enum StackEntry: Equatable {
    /// A value in a temporary, owned by this entry.
    case temporary(Int)
    /// The value of a local, borrowed.
    case local(Int)
    /// A constant of the code object.
    case constant(Int)
    case smallInteger(Int)
    /// NULL; no slot holds anything.
    case null
  }

  /// Translates and publishes the executable form.
  @inline(never)
  static func translate(_ code: CodeObject) throws(PyError) -> PC {
    try code.load()
    if let start = try SharedForm.copy(for: code) {
      publish(start, code)
      return start
    }
    do throws(MalformedCode) {
      if code.localsPlusCount &+ code.stackSize >= Int(CodeObject.reachableSlots) { throw MalformedCode("too many local variables and stack slots") }
      let decoded = try DecodedCode(code)
      defer { decoded.deallocate() }
      var translator = Translator(code, decoded)
      translator.run()
      let start = try translator.finish()
      code.isBrief = translator.isBrief
      SharedForm.keep(start, of: code, translator.relocations.elements)
      publish(start, code)
      return start
    } catch {
      throw error.raised
    }
  }

  private static func publish(_ start: PC, _ code: CodeObject) {
    // Release: a thread without a lock that finds the form finds it whole.
    krait_store64_release(&code.contents.pointee.executable, UInt64(UInt(bitPattern: start)))
    if _slowPath(ExecutableDisassembly.isOn) { ExecutableDisassembly.show(code, Executable(start: start), "ordinary") }
  }

  /// For code that ``DecodedCode`` took, which stays until the translation is done.
  init(_ code: CodeObject, _ decoded: DecodedCode) {
    let count = decoded.instructions.count
    self.code = code
    self.decoded = decoded
    localCount = code.localsPlusCount
    hasFarVariables = code.hasFarVariables
    let memory = decoded.memory
    wordOfInstruction = UnsafeMutableBufferPointer(start: memory.take(count), count: count)
    wordOfInstruction.initialize(repeating: -1)
    usesLongJumps = count > 6000
    output = CodeBuffer(memory, capacity: count * 2)
    stack = PlainArray(memory, capacity: code.stackSize)
    jumps = PlainArray(memory, capacity: 16)
    origins = PlainArray(memory, capacity: count)
    handlerRanges = PlainArray(memory, capacity: 8)
    relocations = PlainArray(memory, capacity: count / 4)
    boundaries = PlainArray(memory, capacity: 8)
  }

  mutating func run() {
    var falls = false
    if hasFarVariables && plan == nil { emitFar(.fold, 0, 0) }
    let instructions = decoded.instructions.baseAddress.unsafelyUnwrapped
    for index in 0..<decoded.instructions.count {
      // A pointer: what is passed on by value goes through a dozen registers and back.
      let instruction = UnsafePointer(instructions + index)
      self.index = index
      guard instruction.pointee.isReachable else { continue }
      if instruction.pointee.isLeader && decoded.hasEntryStack(index) {
        let entry = decoded.entryStack(index)
        if falls { settle(matching: entry) }
        output.endPeephole()
        stack.removeAll()
        for position in 0..<entry.count { stack.append(entry[position] == .null ? .null : .temporary(slot(position))) }
      }
      wordOfInstruction[index] = Int32(truncatingIfNeeded: output.count)
      if skipped > 0 {
        skipped -= 1
        falls = skippedFalls
        continue
      }
      if plan != nil {
        falls = translateInstrumented(instruction)
        continue
      }
      if _slowPath(notesBoundaries) { noteBoundary() }
      let isGuarded = instruction.pointee.handler >= 0
      if isGuarded { enterHandlerRange(instruction) }
      noteOrigin(Int(instruction.pointee.offset))
      falls = translate(instruction)
      if isGuarded { closeHandlerRange(instruction) }
    }
  }

  /// Instructions that the one before has taken in.
  var skipped = 0
  var skippedFalls = true

  // MARK: Side tables

  /// Positions that a handler expects in their slots must be there before anything can raise.
  mutating func enterHandlerRange(_ instruction: UnsafePointer<DecodedCode.Instruction>) {
    let handler = decoded.handlers[Int(instruction.pointee.handler)]
    let entry = decoded.entryStack(Int(handler.target))
    for position in 0..<Int(handler.depth) {
      if stack[position] == .null {
        if position < entry.count && entry[position] != .null { materialiseNull(position) }
      } else {
        materialise(position)
      }
    }
  }

  mutating func closeHandlerRange(_ instruction: UnsafePointer<DecodedCode.Instruction>) {
    let start = UInt32(wordOfInstruction[index])
    let end = UInt32(output.count)
    guard end > start else { return }
    let handler = decoded.handlers[Int(instruction.pointee.handler)]
    let last = handlerRanges.count - 1
    if last >= 0, handlerRanges[last].end == start, handlerRanges[last].target == UInt32(handler.target),
      Int(handlerRanges[last].depth) == Int(handler.depth), handlerRanges[last].pushesLastInstruction == handler.pushesLastInstruction
    {
      handlerRanges[last].end = end
      return
    }
    handlerRanges.append(
      .init(
        start: start, end: end, target: UInt32(handler.target), depth: UInt16(handler.depth), pushesLastInstruction: handler.pushesLastInstruction))
  }

  mutating func noteOrigin(_ offset: Int) {
    let word = UInt32(truncatingIfNeeded: output.count)
    let origin = Executable.Origin(word: word, offset: UInt32(truncatingIfNeeded: offset))
    if origins.count > 0 && origins[origins.count &- 1].word == word { origins[origins.count &- 1] = origin } else { origins.append(origin) }
  }

  /// The first instruction that begins at a word with everything in its place is where a frame may change forms: those after it that emit nothing have changed nothing.
  private mutating func noteBoundary() {
    if let last = boundaries.last, Int(last.word) == output.count { return }
    for position in stack.indices where stack[position] != .null && stack[position] != .temporary(slot(position)) { return }
    boundaries.append(Boundary(word: Int32(output.count), instruction: Int32(index)))
  }

  // MARK: The abstract stack

  @inline(__always) func slot(_ position: Int) -> Int { localCount + position }

  mutating func push(_ entry: StackEntry) { stack.append(entry) }

  /// Puts a new value on the stack; returns the slot that the instruction must write.
  mutating func pushResult() -> Int {
    let destination = slot(stack.count)
    vacate(destination)
    stack.append(.temporary(destination))
    return destination
  }

  /// Puts the result of an instruction on the stack that took `operands`: it replaces the first of them that is a temporary, so that writing it releases that one.
  mutating func pushResult(replacing operands: Int...) -> Int {
    for operand in operands where operand >= localCount {
      stack.append(.temporary(operand))
      return operand
    }
    return pushResult()
  }

  /// Makes sure that a position's value is in some slot, and returns which.
  mutating func slotOf(_ position: Int) -> Int {
    switch stack[position] {
    case .constant, .smallInteger: materialise(position)
    case .null: materialiseNull(position)
    case .temporary, .local: break
    }
    switch stack[position] {
    case .temporary(let slot), .local(let slot): return slot
    default: return 0
    }
  }

  /// Takes the topmost entry off and returns the slot where its value is.
  mutating func popOperand() -> Int {
    let slot = slotOf(stack.count - 1)
    stack.removeLast()
    return slot
  }

  /// Takes two entries off; the lower one's slot first. Both are brought into slots before either is taken, so that neither overwrites the other.
  mutating func popOperands2() -> (Int, Int) {
    let count = stack.count
    _ = slotOf(count - 2)
    let second = slotOf(count - 1)
    let first = slotOf(count - 2)
    stack.removeLast(2)
    return (first, second)
  }

  mutating func popOperands3() -> (Int, Int, Int) {
    let count = stack.count
    _ = slotOf(count - 3)
    _ = slotOf(count - 2)
    let third = slotOf(count - 1)
    let second = slotOf(count - 2)
    let first = slotOf(count - 3)
    stack.removeLast(3)
    return (first, second, third)
  }

  /// Takes the topmost entry off; its value is in the slot of its position afterwards.
  mutating func popSettled() -> Int {
    let position = stack.count - 1
    if stack[position] == .null { materialiseNull(position) } else { materialise(position) }
    stack.removeLast()
    return slot(position)
  }

  /// Brings the topmost `count` entries into consecutive slots and takes them off; returns the first slot.
  mutating func popRange(_ count: Int) -> Int {
    let first = stack.count - count
    for position in first..<stack.count {
      if stack[position] == .null { materialiseNull(position) } else { materialise(position) }
    }
    stack.removeLast(count)
    return slot(first)
  }

  /// Makes a position hold its own value in its own slot.
  mutating func materialise(_ position: Int) {
    let destination = slot(position)
    switch stack[position] {
    case .temporary(let source):
      if source == destination { return }
      if let other = stack.firstIndex(of: .temporary(destination)) {
        output.emit(.SWAP, destination, source)
        stack[other] = .temporary(source)
      } else {
        output.emit(.MOVE, destination, source)
      }
    case .local(let source):
      vacate(destination)
      output.emitCopy(destination, source)
    case .constant(let number):
      vacate(destination)
      emitConstant(number, to: destination)
    case .smallInteger(let value):
      vacate(destination)
      output.emit(.LOAD_INT, destination, 0, value)
    case .null: return
    }
    stack[position] = .temporary(destination)
  }

  /// Writes NULL into the slot of a position, for consumers that look.
  mutating func materialiseNull(_ position: Int) {
    let destination = slot(position)
    // The instrumented form has written it when it came on the stack.
    if plan == nil {
      vacate(destination)
      output.emit(.LOAD_NULL, destination)
    }
    stack[position] = .temporary(destination)
  }

  mutating func emitConstant(_ number: Int, to destination: Int) {
    let value = code.constants[number]
    if value.isSmallInteger, let short = Int16(exactly: value.smallInteger) {
      output.emit(.LOAD_INT, destination, 0, Int(short))
    } else {
      output.emit(.LOAD_CONST, destination)
      constantWord(number)
    }
  }

  mutating func constantWord(_ number: Int) {
    relocations.append(SharedForm.Relocation(word: UInt32(output.count), number: Int32(number)))
    output.word(code.constants[number].bits)
  }

  /// Makes room in a slot where another position's value stands.
  mutating func vacate(_ slot: Int) {
    // Each round brings one entry home; an exchange may put another one here.
    while let position = stack.firstIndex(of: .temporary(slot)), self.slot(position) != slot { materialise(position) }
  }

  /// A local is about to change: entries that borrow its value get values of their own.
  mutating func willChange(local: Int) {
    for position in stack.indices where stack[position] == .local(local) { materialise(position) }
  }

  /// Brings everything into its slot, as the next block expects it.
  mutating func settle(matching entry: UnsafeBufferPointer<StackKind>) {
    for position in stack.indices {
      if stack[position] == .null {
        if position < entry.count && entry[position] != .null { materialiseNull(position) }
      } else {
        materialise(position)
      }
    }
  }

  /// Brings all but the topmost `count` entries into their slots before a jump.
  mutating func settle(below count: Int, target: Int) {
    let here = decoded.entryStack(target)
    let next = index + 1 + skippedAhead
    let after = next < decoded.instructions.count && decoded.hasEntryStack(next) ? decoded.entryStack(next) : here
    for position in 0..<(stack.count - count) {
      if stack[position] == .null {
        if (position < here.count && here[position] != .null) || (position < after.count && after[position] != .null) { materialiseNull(position) }
      } else {
        materialise(position)
      }
    }
  }

  /// Instructions that the current one takes in, for ``settle(below:target:)``.
  var skippedAhead = 0

  // MARK: Jumps

  /// Emits a conditional jump whose C operand is the distance.
  mutating func emitJump(_ instruction: Instruction, _ a: Int, _ b: Int, to target: Int, words: [UInt64] = []) {
    let word = output.count
    output.emit(instruction, a, b, 0)
    for extra in words { output.word(extra) }
    if plan != nil {
      emitInstrumentedJump(word, to: target)
    } else if usesLongJumps {
      // Over the jump that goes on, to the one that goes far.
      output.patchC(word, output.count + 1 - word)
      output.emitLong(.JUMP, 0, 2)
      jumps.append(.init(word: output.count, target: target, isLong: true))
      output.emitLong(.JUMP, 0, 0)
    } else {
      jumps.append(.init(word: word, target: target, isLong: false))
    }
    output.endPeephole()
  }

  mutating func emitJump(to target: Int, backward: Bool) {
    jumps.append(.init(word: output.count, target: target, isLong: true))
    output.emitLong(backward ? plan != nil ? .JUMP_BACKWARD_INSTRUMENTED : .JUMP_BACKWARD : .JUMP, 0, 0)
    output.endPeephole()
  }

  // MARK: The end

  /// See ``CodeObject/isBrief``.
  private var isBrief: Bool {
    func instruction(_ word: Int) -> Instruction { Instruction.at(output.words.start + word) }
    guard code.contents.pointee.exactCount == 1, localCount == 1, output.count >= 3, instruction(0) == .RESUME else { return false }
    if instruction(1) == .RETURN_CONST { return output.count == 3 }
    guard output.count == 6, instruction(1) == .LOAD_ATTR, instruction(5) == .RETURN else { return false }
    let (load, end) = (output.words.start + 1, output.words.start + 5)
    return operandB(load) == 0 && operandA(load) == operandA(end)
  }

  /// Patches the jumps and copies everything to its final place.
  mutating func finish() throws(MalformedCode) -> PC {
    for jump in jumps.elements {
      let target = Int(wordOfInstruction[jump.target])
      guard target >= 0 else { throw MalformedCode("a jump leads nowhere") }
      let distance = target - jump.word
      if jump.isLong {
        output.patchLong(jump.word, distance)
      } else {
        guard Int16(exactly: distance) != nil else { throw MalformedCode("a jump is too far") }
        output.patchC(jump.word, distance)
      }
    }
    let count = output.count
    for index in handlerRanges.indices { handlerRanges[index].target = UInt32(wordOfInstruction[Int(handlerRanges[index].target)]) }
    let executable: Executable
    do throws(PyError) { executable = try Executable.make(wordCount: count, origins: origins.elements, handlers: handlerRanges.elements) } catch {
      PyError.clear()
      throw .noMemory
    }
    executable.start.update(from: output.words.start, count: count)
    return executable.start
  }
}

/// The words of the code that is being translated.
struct CodeBuffer {
  var words: PlainArray<UInt64>
  /// The last instruction, if the next may change it: where it begins, and the temporary that it writes by operand A.
  private(set) var lastResult: (word: Int, slot: Int)?
  private var lastCopy: Int?

  init(_ memory: ScratchMemory, capacity: Int) { words = PlainArray(memory, capacity: capacity) }

  var count: Int { words.count }

  static func encode(_ instruction: Instruction, _ a: Int, _ b: Int, _ c: Int) -> UInt64 {
    UInt64(instruction.rawValue) | UInt64(UInt16(truncatingIfNeeded: a)) << 16 | UInt64(UInt16(truncatingIfNeeded: b)) << 32
      | UInt64(UInt16(truncatingIfNeeded: c)) << 48
  }

  mutating func emit(_ instruction: Instruction, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0) {
    endPeephole()
    words.append(CodeBuffer.encode(instruction, a, b, c))
  }

  /// An instruction with a distance of 32 bits.
  mutating func emitLong(_ instruction: Instruction, _ a: Int, _ distance: Int) {
    endPeephole()
    words.append(UInt64(instruction.rawValue) | UInt64(UInt16(truncatingIfNeeded: a)) << 16 | UInt64(UInt32(truncatingIfNeeded: distance)) << 32)
  }

  mutating func word(_ word: UInt64) { words.append(word) }

  /// The instruction that begins at `word` may write a local in place of the temporary.
  mutating func allowStore(from word: Int, slot: Int) { lastResult = (word, slot) }

  /// Redirects the result of the last instruction, if it is the one that wrote `slot`.
  mutating func redirect(_ slot: Int, to local: Int) -> Bool {
    guard let last = lastResult, last.slot == slot else { return false }
    words[last.word] = words[last.word] & ~0xFFFF_0000 | UInt64(UInt16(truncatingIfNeeded: local)) << 16
    endPeephole()
    return true
  }

  /// Copies a local to a temporary; two neighbours become one instruction.
  mutating func emitCopy(_ destination: Int, _ source: Int) {
    if let last = lastCopy, last == words.count - 1 {
      let a = Int(words[last] >> 16 & 0xFFFF)
      if a + 1 == destination && Instruction(rawValue: UInt16(truncatingIfNeeded: words[last])) == .COPY {
        words[last] = CodeBuffer.encode(.COPY2, a, Int(words[last] >> 32 & 0xFFFF), source)
        endPeephole()
        return
      }
    }
    emit(.COPY, destination, source)
    lastCopy = words.count - 1
  }

  /// Makes one instruction of two moves, all that was emitted since `start`, whose sources are neighbours, the upper one first: what `UNPACK_SEQUENCE` leaves.
  mutating func joinMoves(since start: Int) {
    guard words.count == start + 2 else { return }
    let (first, second) = (words[start], words[start + 1])
    let move = UInt64(Instruction.MOVE.rawValue)
    guard first & 0xFFFF == move, second & 0xFFFF == move, first >> 32 & 0xFFFF == (second >> 32 & 0xFFFF) + 1 else { return }
    words[start] = CodeBuffer.encode(.MOVE2, Int(first >> 16 & 0xFFFF), Int(first >> 32 & 0xFFFF), Int(second >> 16 & 0xFFFF))
    words.removeLast()
    endPeephole()
  }

  /// Control may come from elsewhere here: what was emitted before stays as it is.
  mutating func endPeephole() {
    lastResult = nil
    lastCopy = nil
  }

  mutating func patchC(_ word: Int, _ value: Int) {
    words[word] = words[word] & 0x0000_FFFF_FFFF_FFFF | UInt64(UInt16(truncatingIfNeeded: value)) << 48
  }

  mutating func patchLong(_ word: Int, _ value: Int) {
    words[word] = words[word] & 0xFFFF_FFFF | UInt64(UInt32(truncatingIfNeeded: value)) << 32
  }
}
