// What a search works on: the text, the registers of groups and loops, and the stacks for going back.

import KraitRuntime

/// A way back: where to go on when what was tried has failed.
struct Choice: BitwiseCopyable {
  enum Kind: UInt32 {
    /// Below all others: the attempt has failed.
    case bottom
    /// Go on at the node.
    case resume
    /// A repeat of one character gives one back; `extra` is the first position that it may go back to.
    case giveBack
    /// A repeat of one character takes one more; `extra` is the last position that it may reach.
    case takeMore
    /// A loop that prefers to end goes round once more.
    case goRound
    /// What lies above belongs to an assertion, an atomic group or a round of a possessive loop; `extra` is the enclosing one.
    case barrier
  }

  var kind: Kind
  var node: UInt32
  var position: Int
  /// How long the trail was.
  var trail: Int
  var extra: Int
}

/// A register's value before a change.
struct Change: BitwiseCopyable {
  var register: Int
  var value: Int
}

/// The state of one pattern on one text.
struct MatchState: ~Copyable {
  let program: Program
  /// The text's units, and how many of them count.
  let base: UnsafeRawPointer
  let end: Int
  /// Where the search began; afterwards, where the match begins.
  var start: Int
  /// Where the match ends.
  var position = 0
  /// Only a match up to the end counts.
  var mustReachEnd = false
  /// An empty match at the beginning does not count.
  var mustAdvance = false

  /// The boundaries of groups, the last group closed, then counters and last positions of loops. -1: unset.
  let registers: UnsafeMutablePointer<Int>
  /// Whether a group or loop has been set since ``reset()``.
  var isDirty = false
  var choices: UnsafeMutablePointer<Choice>
  var choiceCapacity: Int
  var trail: UnsafeMutablePointer<Change>
  var trailCapacity: Int
  /// Steps back so far; tells when to look for signals.
  var steps: UInt32 = 0

  private static let firstChoices = 32
  private static let firstChanges = 32

  init(_ program: Program, base: UnsafeRawPointer, start: Int, end: Int) throws(PyError) {
    self.program = program
    self.base = base
    self.start = start
    self.end = end
    let registerSize = program.registerCount * 8
    let choiceSize = Self.firstChoices * MemoryLayout<Choice>.stride
    let trailSize = Self.firstChanges * MemoryLayout<Change>.stride
    // One block at first; a stack that outgrows its part moves to one of its own.
    let memory = try allocateMemory(registerSize + choiceSize + trailSize)
    registers = memory.assumingMemoryBound(to: Int.self)
    choices = (memory + registerSize).assumingMemoryBound(to: Choice.self)
    trail = (memory + registerSize + choiceSize).assumingMemoryBound(to: Change.self)
    choiceCapacity = Self.firstChoices
    trailCapacity = Self.firstChanges
    registers.update(repeating: -1, count: 2 * program.groupCount + 1)
  }

  deinit {
    if choiceCapacity != Self.firstChoices { freeMemory(choices, size: choiceCapacity * MemoryLayout<Choice>.stride) }
    if trailCapacity != Self.firstChanges { freeMemory(trail, size: trailCapacity * MemoryLayout<Change>.stride) }
    let size = program.registerCount * 8 + Self.firstChoices * MemoryLayout<Choice>.stride + Self.firstChanges * MemoryLayout<Change>.stride
    freeMemory(registers, size: size)
  }

  /// Makes all groups unset.
  mutating func reset() {
    if isDirty {
      registers.update(repeating: -1, count: 2 * program.groupCount + 1)
      isDirty = false
    }
  }

  @inline(never)
  mutating func growChoices() throws(PyError) {
    let stride = MemoryLayout<Choice>.stride
    let new = try allocateMemory(choiceCapacity * 2 * stride).assumingMemoryBound(to: Choice.self)
    new.update(from: choices, count: choiceCapacity)
    if choiceCapacity != Self.firstChoices { freeMemory(choices, size: choiceCapacity * stride) }
    choices = new
    choiceCapacity *= 2
  }

  @inline(never)
  mutating func growTrail() throws(PyError) {
    let stride = MemoryLayout<Change>.stride
    let new = try allocateMemory(trailCapacity * 2 * stride).assumingMemoryBound(to: Change.self)
    new.update(from: trail, count: trailCapacity)
    if trailCapacity != Self.firstChanges { freeMemory(trail, size: trailCapacity * stride) }
    trail = new
    trailCapacity *= 2
  }

  /// Signals and the like. Python code may run; the text is held by the caller.
  @inline(never)
  func checkSignals() throws(PyError) {
    if currentThread.pointee.breaker != 0 { try ThreadState.handleBreaker(currentThread) }
  }
}
