// A pattern in the form that the matcher runs: nodes of one size, with what CPython's words spell out over several places beside each other.

import KraitRuntime

/// One step of a program.
struct Node: BitwiseCopyable {
  enum Operation: UInt8 {
    case fail
    /// The pattern has matched.
    case success
    /// The end of what an assertion, an atomic group or a possessive repeat runs.
    case leave
    case literal
    /// A test by ``Program/classes``; `a` is its number.
    case test
    /// The same with the C library's locale.
    case testLocale
    case anyAll
    case at
    case mark
    /// An alternative: what follows it is tried if its first character can be met; `a` is the next alternative, 0 for none.
    case alternative
    case jump
    case groupReference
    /// Goes to `a` when the group has not matched.
    case groupReferenceExists
    /// A repeat of one character as often as possible, giving back one at a time.
    case repeatMax
    case repeatMin
    case repeatPossessive
    /// The beginning of a repeat of more than a character; `a` is its loop's end, ``maxUntil`` or ``minUntil``.
    case enterLoop
    case maxUntil
    case minUntil
    /// Runs what follows up to ``leave`` without a way back; then goes to `a`.
    case assert
    case assertNot
    case atomic
    case possessiveLoop
  }

  /// What a repeat of one character repeats.
  enum Repeated: UInt8 { case everything, notLineFeed, literal, notLiteral, test, testLocale }

  var operation: Operation
  /// By operation: ``Anchor``, ``CaseFolding``, ``Repeated``.
  var detail: UInt8 = 0
  /// For a repeat: whether ``next`` is a literal that must follow.
  var hasNextLiteral = false
  /// For a repeat: nothing that it takes can begin what follows, so that giving back is useless; in text of Latin-1, and in any text.
  var isExclusiveLow = false
  var isExclusive = false
  var a: UInt32 = 0
  var b: UInt32 = 0
  var minimum: UInt32 = 0
  var maximum: UInt32 = 0
  var next: UInt32 = 0
  /// The class of first characters, for an alternative; -1 if any may be first.
  var first: Int32 = -1

  init(_ operation: Operation, detail: UInt8 = 0, a: UInt32 = 0, b: UInt32 = 0, minimum: UInt32 = 0, maximum: UInt32 = 0) {
    self.operation = operation
    self.detail = detail
    self.a = a
    self.b = b
    self.minimum = minimum
    self.maximum = maximum
  }
}

/// A compiled pattern; a block of memory that its pattern object owns.
struct Program: BitwiseCopyable {
  /// The words as `re` made them.
  let code: UnsafeMutablePointer<UInt32>
  let codeCount: Int
  let nodes: UnsafeMutablePointer<Node>
  let nodeCount: Int
  let classes: UnsafeMutablePointer<CharacterClass>
  let classCount: Int
  /// Literals that every match begins with: a part of ``code``.
  let prefix: UnsafePointer<UInt32>
  let prefixCount: Int
  /// How much of the prefix is only literals in the program, too: so many nodes can be left out.
  let prefixSkip: Int
  /// The prefix is the whole pattern.
  let isLiteral: Bool
  /// The class of characters that a match can begin with, -1 for any.
  let first: Int
  /// Characters that a match takes at least.
  let minimumWidth: Int
  let groupCount: Int
  let loopCount: Int
  /// The pattern begins with `\A` or `^`.
  let isAnchored: Bool

  /// Words of state: two a group, the last group that was closed, two a loop.
  var registerCount: Int { 2 * groupCount + 1 + 2 * loopCount }

  func free() {
    freeMemory(code, size: max(codeCount, 1) * 4)
    freeMemory(nodes, size: max(nodeCount, 1) * MemoryLayout<Node>.stride)
    freeMemory(classes, size: max(classCount, 1) * MemoryLayout<CharacterClass>.stride)
  }
}
