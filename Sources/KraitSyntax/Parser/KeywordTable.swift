// Which spellings of the source are keywords: Python's own, or those of a localised table. The parser asks it for every name.

/// A keyword of the grammar, independent of how a program spells it.
@frozen
public enum KeywordKind: UInt8, CaseIterable, BitwiseCopyable, Sendable {
  case `false`, none, `true`, and, `as`, assert, async, await, `break`, `class`, `continue`, def, del, elif, `else`, except, finally
  case `for`, from, global, `if`, `import`, `in`, `is`, lambda, nonlocal, not, or, pass, raise, `return`, `try`, `while`, with, yield
  /// Soft keywords: ordinary names except where the grammar asks for them.
  case wildcard, `case`, match, type

  public var isSoft: Bool { rawValue >= KeywordKind.wildcard.rawValue }

  /// How Python spells it.
  public var pythonSpelling: String {
    switch self {
    case .false: "False"
    case .none: "None"
    case .true: "True"
    case .and: "and"
    case .as: "as"
    case .assert: "assert"
    case .async: "async"
    case .await: "await"
    case .break: "break"
    case .class: "class"
    case .continue: "continue"
    case .def: "def"
    case .del: "del"
    case .elif: "elif"
    case .else: "else"
    case .except: "except"
    case .finally: "finally"
    case .for: "for"
    case .from: "from"
    case .global: "global"
    case .if: "if"
    case .import: "import"
    case .in: "in"
    case .is: "is"
    case .lambda: "lambda"
    case .nonlocal: "nonlocal"
    case .not: "not"
    case .or: "or"
    case .pass: "pass"
    case .raise: "raise"
    case .return: "return"
    case .try: "try"
    case .while: "while"
    case .with: "with"
    case .yield: "yield"
    case .wildcard: "_"
    case .case: "case"
    case .match: "match"
    case .type: "type"
    }
  }

  private static let byPythonSpelling = Dictionary(uniqueKeysWithValues: allCases.map { ($0.pythonSpelling, $0) })

  /// The keyword that Python spells so.
  public init?(pythonSpelling: String) {
    guard let keyword = KeywordKind.byPythonSpelling[pythonSpelling] else { return nil }
    self = keyword
  }
}

/// Why a set of spellings is not a keyword table.
public enum KeywordTableError: Error, Equatable, CustomStringConvertible {
  case notAnIdentifier(spelling: String, keyword: KeywordKind)
  case noSpelling(keyword: KeywordKind)
  case ambiguous(spelling: String, first: KeywordKind, second: KeywordKind)
  case unmovedOriginal(spelling: String, keyword: KeywordKind, original: KeywordKind)

  public var description: String {
    switch self {
    case .notAnIdentifier(let spelling, let keyword):
      "'\(spelling)', given for '\(keyword.pythonSpelling)', is not an identifier"
    case .noSpelling(let keyword):
      "'\(keyword.pythonSpelling)' has an empty list of spellings; leave it out to keep Python's own"
    case .ambiguous(let spelling, let first, let second):
      "'\(spelling)' is given for both '\(first.pythonSpelling)' and '\(second.pythonSpelling)'"
    case .unmovedOriginal(let spelling, let keyword, let original):
      "'\(spelling)', given for '\(keyword.pythonSpelling)', is Python's own spelling of '\(original.pythonSpelling)'; give that keyword another spelling too"
    }
  }
}

/// A map from spellings to keywords.
///
/// ``python`` is Python's own. A localised table replaces the spellings of the keywords that it names; each may have several, and Python's own
/// is no longer among them unless it is listed, so that it becomes an ordinary identifier.
@frozen
public struct KeywordTable: @unchecked Sendable {
  /// One spelling: its first and last eight bytes tell apart everything up to 16 bytes, longer ones are compared whole.
  @usableFromInline struct Slot: BitwiseCopyable {
    @usableFromInline var head: UInt64
    @usableFromInline var tail: UInt64
    /// 0 marks a free slot.
    @usableFromInline var count: Int32
    @usableFromInline var keyword: KeywordKind
    @usableFromInline var bytes: UnsafePointer<UInt8>?
  }

  /// Owns the slots and the bytes they point to; never changes.
  @usableFromInline final class Storage {
    let slots: UnsafeMutableBufferPointer<Slot>
    let arena = Arena()

    init(capacity: Int) {
      slots = .allocate(capacity: capacity)
      slots.initialize(repeating: Slot(head: 0, tail: 0, count: 0, keyword: .false, bytes: nil))
    }

    deinit { slots.deallocate() }
  }

  /// What a look-up needs, without owning it: valid as long as the table is.
  @usableFromInline struct Index: BitwiseCopyable {
    @usableFromInline let slots: UnsafePointer<Slot>
    @usableFromInline let mask: Int
    @usableFromInline let longest: Int

    /// The keyword that these bytes of the source spell.
    @inlinable
    func keyword(_ bytes: UnsafeBufferPointer<UInt8>) -> KeywordKind? {
      let count = bytes.count
      if count > longest || count == 0 { return nil }
      let (head, tail) = KeywordTable.key(bytes)
      var index = KeywordTable.hash(head, tail, count) & mask
      while true {
        let slot = slots[index]
        if slot.count == 0 { return nil }
        if slot.head == head && slot.tail == tail && slot.count == Int32(truncatingIfNeeded: count)
          && (count <= 16 || UnsafeBufferPointer(start: slot.bytes, count: count).elementsEqual(bytes))
        {
          return slot.keyword
        }
        index = (index &+ 1) & mask
      }
    }
  }

  @usableFromInline let storage: Storage
  @usableFromInline let index: Index
  /// Whether some spelling is not ASCII: then names of the source have to be normalised (NFKC) before they are looked up.
  public let hasNonASCIISpellings: Bool

  /// Python's own keywords.
  public static let python = KeywordTable(checked: KeywordKind.allCases.map { ($0, [UInt8]($0.pythonSpelling.utf8)) })

  /// A table in which the given keywords have the given spellings, in any normal form, and all others keep Python's own.
  public init(spellings: [KeywordKind: [String]]) throws(KeywordTableError) {
    var pairs: [(KeywordKind, [UInt8])] = []
    var owners: [String: KeywordKind] = [:]
    let arena = Arena()
    for keyword in KeywordKind.allCases {
      guard let list = spellings[keyword] else { continue }
      if list.isEmpty { throw .noSpelling(keyword: keyword) }
      for spelling in list {
        guard KeywordTable.isIdentifier(spelling) else { throw .notAnIdentifier(spelling: spelling, keyword: keyword) }
        let spelling = Array(spelling.utf8).withUnsafeBufferPointer {
          String(decoding: Normalization.compatibilityComposed($0, in: arena), as: UTF8.self)
        }
        if let other = owners[spelling] {
          if other == keyword { continue }
          throw .ambiguous(spelling: spelling, first: other, second: keyword)
        }
        owners[spelling] = keyword
        pairs.append((keyword, [UInt8](spelling.utf8)))
      }
    }
    for keyword in KeywordKind.allCases where spellings[keyword] == nil {
      let original = keyword.pythonSpelling
      if let other = owners[original] { throw .unmovedOriginal(spelling: original, keyword: other, original: keyword) }
      pairs.append((keyword, [UInt8](original.utf8)))
    }
    self.init(checked: pairs)
  }

  private init(checked pairs: [(KeywordKind, [UInt8])]) {
    var capacity = 128
    while capacity < pairs.count * 4 { capacity *= 2 }
    storage = Storage(capacity: capacity)
    let mask = capacity - 1
    index = Index(
      slots: UnsafePointer(storage.slots.baseAddress.unsafelyUnwrapped), mask: mask, longest: pairs.reduce(0) { max($0, $1.1.count) })
    hasNonASCIISpellings = pairs.contains { $0.1.contains { $0 >= 0x80 } }
    for (keyword, spelling) in pairs {
      let bytes = storage.arena.copy(spelling)
      let (head, tail) = KeywordTable.key(bytes)
      var index = KeywordTable.hash(head, tail, bytes.count) & mask
      while storage.slots[index].count != 0 { index = (index + 1) & mask }
      storage.slots[index] = Slot(head: head, tail: tail, count: Int32(bytes.count), keyword: keyword, bytes: bytes.baseAddress)
    }
  }

  /// The keyword that these bytes of the source spell.
  @inlinable
  public func keyword(_ bytes: UnsafeBufferPointer<UInt8>) -> KeywordKind? { index.keyword(bytes) }

  @inlinable @inline(__always)
  static func key(_ bytes: UnsafeBufferPointer<UInt8>) -> (head: UInt64, tail: UInt64) {
    guard let start = bytes.baseAddress else { return (0, 0) }
    let count = bytes.count
    if count >= 8 {
      let raw = UnsafeRawPointer(start)
      return (raw.loadUnaligned(as: UInt64.self), raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
    }
    var head: UInt64 = 0
    for index in 0..<count { head = head << 8 | UInt64(start[index]) }
    return (head, 0)
  }

  @inlinable @inline(__always)
  static func hash(_ head: UInt64, _ tail: UInt64, _ count: Int) -> Int {
    let mixed = (head ^ (tail &<< 1) ^ UInt64(truncatingIfNeeded: count)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed &>> 40)
  }

  /// Whether the tokenizer would read the text as one name.
  static func isIdentifier(_ spelling: String) -> Bool {
    guard let first = spelling.unicodeScalars.first, UnicodeProperties.isIdentifierStart(first.value) else { return false }
    return spelling.unicodeScalars.dropFirst().allSatisfy { UnicodeProperties.isIdentifierContinue($0.value) }
  }
}
