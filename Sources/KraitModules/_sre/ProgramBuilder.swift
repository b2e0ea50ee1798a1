// From the words that `re` makes to a program. The words can be anything: whoever calls `_sre.compile` may have made them up.

import KraitRuntime

struct ProgramBuilder {
  private let code: UnsafePointer<UInt32>
  private let count: Int
  private let groupCount: Int
  private var nodes: [Node] = []
  private var classes: [CharacterClass] = []
  private var loopCount = 0

  private static func invalid() -> PyError { .runtimeError("invalid SRE code") }

  /// Makes a program, which takes over the words.
  static func build(code: UnsafeMutablePointer<UInt32>, count: Int, groupCount: Int) throws(PyError) -> Program {
    var builder = ProgramBuilder(code: UnsafePointer(code), count: count, groupCount: groupCount)
    // One node for each word at most, and numbers of nodes are 32 bits wide.
    guard count > 0, count < Int32.max, code[count - 1] == Opcode.success else { throw invalid() }
    try builder.translate(0, count - 1)
    builder.nodes.append(Node(.success))
    // The matcher goes here to take the way back.
    builder.nodes.append(Node(.fail))
    builder.link()
    return try builder.finish(code)
  }

  private init(code: UnsafePointer<UInt32>, count: Int, groupCount: Int) {
    self.code = code
    self.count = count
    self.groupCount = groupCount
  }

  private var here: UInt32 { UInt32(truncatingIfNeeded: nodes.count) }

  // MARK: Words

  /// The argument at a place; it must be before `end`.
  private func argument(_ place: Int, _ end: Int) throws(PyError) -> UInt32 {
    guard place < end else { throw Self.invalid() }
    return code[place]
  }

  /// Where a skip leads: no further than `end`.
  private func target(_ place: Int, _ end: Int) throws(PyError) -> Int {
    let target = place + Int(try argument(place, end))
    guard target > place, target <= end else { throw Self.invalid() }
    return target
  }

  // MARK: Translation

  /// Translates the words of a range.
  private mutating func translate(_ start: Int, _ end: Int) throws(PyError) {
    try checkNativeRecursion(" in compilation of a regular expression")
    var place = start
    while place < end {
      let operation = code[place]
      place += 1
      switch operation {
      case Opcode.mark:
        let number = try argument(place, end)
        guard number < 2 * groupCount else { throw Self.invalid() }
        nodes.append(Node(.mark, a: number))
        place += 1
      case Opcode.failure: nodes.append(Node(.fail))
      case Opcode.success: nodes.append(Node(.success))
      case Opcode.at:
        guard let anchor = Anchor(rawValue: UInt8(clamping: try argument(place, end))) else { throw Self.invalid() }
        nodes.append(Node(.at, detail: anchor.rawValue))
        place += 1
      case Opcode.literal:
        nodes.append(Node(.literal, a: try argument(place, end)))
        place += 1
      case Opcode.groupReference, Opcode.groupReferenceIgnore, Opcode.groupReferenceLocaleIgnore, Opcode.groupReferenceUnicodeIgnore:
        let group = try argument(place, end)
        guard group < groupCount else { throw Self.invalid() }
        let folding: CaseFolding =
          operation == Opcode.groupReference ? .none
          : operation == Opcode.groupReferenceIgnore ? .ascii : operation == Opcode.groupReferenceLocaleIgnore ? .locale : .unicode
        nodes.append(Node(.groupReference, detail: folding.rawValue, a: group))
        place += 1
      case Opcode.info:
        // Only the first one is used, by search.
        place = try target(place, end)
      case Opcode.branch: place = try translateBranch(place, end)
      case Opcode.repeatOne, Opcode.minRepeatOne, Opcode.possessiveRepeatOne: place = try translateRepeatOne(operation, place, end)
      case Opcode.repeat: place = try translateRepeat(place, end)
      case Opcode.possessiveRepeat: place = try translatePossessiveRepeat(place, end)
      case Opcode.atomicGroup: place = try translateEnclosed(.atomic, place, place + 1, end)
      case Opcode.assert, Opcode.assertNot: place = try translateAssertion(operation, place, end)
      case Opcode.groupReferenceExists: place = try translateConditional(place, end)
      default:
        guard let (kind, value, folding, next) = try single(operation, place, end) else { throw Self.invalid() }
        append(kind, value, folding)
        place = next
      }
    }
  }

  /// A test of one character: what it is and where the words go on; nil for any other operation.
  private func single(
    _ operation: UInt32, _ place: Int, _ end: Int
  ) throws(PyError) -> (kind: CharacterClass.Kind, value: UInt32, folding: CaseFolding, next: Int)? {
    switch operation {
    case Opcode.any: return (.notLineFeed, 0, .none, place)
    case Opcode.anyAll: return (.everything, 0, .none, place)
    case Opcode.failure: return (.nothing, 0, .none, place)
    case Opcode.literal: return (.literal, try argument(place, end), .none, place + 1)
    case Opcode.notLiteral: return (.notLiteral, try argument(place, end), .none, place + 1)
    case Opcode.literalIgnore: return (.literal, try argument(place, end), .ascii, place + 1)
    case Opcode.notLiteralIgnore: return (.notLiteral, try argument(place, end), .ascii, place + 1)
    case Opcode.literalUnicodeIgnore: return (.literal, try argument(place, end), .unicode, place + 1)
    case Opcode.notLiteralUnicodeIgnore: return (.notLiteral, try argument(place, end), .unicode, place + 1)
    case Opcode.literalLocaleIgnore: return (.literal, try argument(place, end), .locale, place + 1)
    case Opcode.notLiteralLocaleIgnore: return (.notLiteral, try argument(place, end), .locale, place + 1)
    case Opcode.category:
      let category = try argument(place, end)
      guard category < Category.count else { throw Self.invalid() }
      return (.category, category, .none, place + 1)
    case Opcode.in: return (.set, try set(place, end), .none, try target(place, end))
    case Opcode.inIgnore: return (.set, try set(place, end), .ascii, try target(place, end))
    case Opcode.inUnicodeIgnore: return (.set, try set(place, end), .unicode, try target(place, end))
    case Opcode.inLocaleIgnore: return (.set, try set(place, end), .locale, try target(place, end))
    default: return nil
    }
  }

  /// Where the words of a set begin, after a look at all of them.
  private func set(_ place: Int, _ end: Int) throws(PyError) -> UInt32 {
    let after = try target(place, end)
    try checkSet(place + 1, after)
    return UInt32(place + 1)
  }

  /// The set must end with FAILURE exactly at `end`.
  private func checkSet(_ start: Int, _ end: Int) throws(PyError) {
    var place = start
    while place < end {
      switch code[place] {
      case Opcode.failure:
        guard place == end - 1 else { throw Self.invalid() }
        return
      case Opcode.literal: place += 2
      case Opcode.category:
        guard try argument(place + 1, end) < Category.count else { throw Self.invalid() }
        place += 2
      case Opcode.charset: place += 9
      case Opcode.range, Opcode.rangeUnicodeIgnore: place += 3
      case Opcode.negate: place += 1
      case Opcode.bigCharset:
        let blocks = Int(try argument(place + 1, end))
        guard place + 2 + 64 + blocks * 8 <= end else { throw Self.invalid() }
        for word in 0..<64 {
          for shift in 0..<4 where Int(code[place + 2 + word] >> UInt32(8 * shift) & 255) >= blocks { throw Self.invalid() }
        }
        place += 2 + 64 + blocks * 8
      default: throw Self.invalid()
      }
    }
    throw Self.invalid()
  }

  /// The number of a class, one that is there already if it is the same.
  private mutating func classNumber(_ kind: CharacterClass.Kind, _ value: UInt32, _ folding: CaseFolding) -> UInt32 {
    if kind != .set, let known = classes.firstIndex(where: { $0.kind == kind && $0.value == value && $0.folding == folding }) {
      return UInt32(known)
    }
    classes.append(CharacterClass(kind, value, folding, code: code))
    return UInt32(classes.count - 1)
  }

  private mutating func append(_ kind: CharacterClass.Kind, _ value: UInt32, _ folding: CaseFolding) {
    switch kind {
    case .nothing: nodes.append(Node(.fail))
    case .everything: nodes.append(Node(.anyAll))
    case .literal where folding == .none: nodes.append(Node(.literal, a: value))
    default:
      let number = classNumber(kind, value, folding)
      nodes.append(Node(classes[Int(number)].isDynamic ? .testLocale : .test, a: number))
    }
  }

  private mutating func translateRepeatOne(_ operation: UInt32, _ place: Int, _ end: Int) throws(PyError) -> Int {
    let after = try target(place, end)
    guard after - place >= 4 else { throw Self.invalid() }
    let (minimum, maximum) = (code[place + 1], code[place + 2])
    // What is repeated is one test, and SUCCESS.
    guard minimum <= maximum, let (kind, value, folding, next) = try single(code[place + 3], place + 4, after), next == after - 1, code[next] == Opcode.success
    else { throw Self.invalid() }
    let repeated: Node.Repeated
    var number = value
    switch kind {
    case .everything: repeated = .everything
    case .notLineFeed: repeated = .notLineFeed
    case .literal where folding == .none: repeated = .literal
    case .notLiteral where folding == .none: repeated = .notLiteral
    default:
      number = classNumber(kind, value, folding)
      repeated = classes[Int(number)].isDynamic ? .testLocale : .test
    }
    // The class is kept in any case: what may follow is compared with it.
    let compared = repeated == .test || repeated == .testLocale ? number : classNumber(kind, value, folding)
    let how: Node.Operation = operation == Opcode.repeatOne ? .repeatMax : operation == Opcode.minRepeatOne ? .repeatMin : .repeatPossessive
    nodes.append(Node(how, detail: repeated.rawValue, a: number, b: compared, minimum: minimum, maximum: maximum))
    return after
  }

  private mutating func translateRepeat(_ place: Int, _ end: Int) throws(PyError) -> Int {
    let until = try target(place, end)
    guard until - place >= 3, until < end else { throw Self.invalid() }
    let (minimum, maximum) = (code[place + 1], code[place + 2])
    guard minimum <= maximum, code[until] == Opcode.maxUntil || code[until] == Opcode.minUntil else { throw Self.invalid() }
    let loop = UInt32(loopCount)
    loopCount += 1
    let enter = nodes.count
    nodes.append(Node(.enterLoop, b: loop, minimum: minimum, maximum: maximum))
    try translate(place + 3, until)
    nodes[enter].a = here
    nodes.append(Node(code[until] == Opcode.maxUntil ? .maxUntil : .minUntil, a: UInt32(enter + 1), b: loop, minimum: minimum, maximum: maximum))
    return until + 1
  }

  private mutating func translatePossessiveRepeat(_ place: Int, _ end: Int) throws(PyError) -> Int {
    let success = try target(place, end)
    guard success - place >= 3, success < end, code[success] == Opcode.success else { throw Self.invalid() }
    let (minimum, maximum) = (code[place + 1], code[place + 2])
    guard minimum <= maximum else { throw Self.invalid() }
    let loop = UInt32(loopCount)
    loopCount += 1
    let enter = nodes.count
    nodes.append(Node(.enterLoop, b: loop, minimum: minimum, maximum: maximum))
    nodes[enter].a = here
    nodes.append(Node(.possessiveLoop, b: loop, minimum: minimum, maximum: maximum))
    try translate(place + 3, success)
    nodes.append(Node(.leave))
    nodes[enter + 1].a = here
    return success + 1
  }

  /// What ends with SUCCESS and is run without a way back into it.
  private mutating func translateEnclosed(_ operation: Node.Operation, _ place: Int, _ body: Int, _ end: Int, b: UInt32 = 0) throws(PyError) -> Int {
    let after = try target(place, end)
    guard after - 1 >= body, code[after - 1] == Opcode.success else { throw Self.invalid() }
    let enter = nodes.count
    nodes.append(Node(operation, b: b))
    try translate(body, after - 1)
    nodes.append(Node(.leave))
    nodes[enter].a = here
    return after
  }

  private mutating func translateAssertion(_ operation: UInt32, _ place: Int, _ end: Int) throws(PyError) -> Int {
    let back = try argument(place + 1, end)
    // Beyond that a width is no width.
    guard back & 0x8000_0000 == 0 else { throw Self.invalid() }
    return try translateEnclosed(operation == Opcode.assert ? .assert : .assertNot, place, place + 2, end, b: back)
  }

  private mutating func translateBranch(_ place: Int, _ end: Int) throws(PyError) -> Int {
    var place = place
    var jumps: [Int] = []
    var last = -1
    var finish = -1
    while true {
      if try argument(place, end) == 0 { break }
      // The skip leads behind the jump that ends the alternative.
      let after = try target(place, end)
      guard after - place >= 3, code[after - 2] == Opcode.jump else { throw Self.invalid() }
      let jump = try target(after - 1, end)
      if finish < 0 { finish = jump }
      guard jump == finish else { throw Self.invalid() }
      if last >= 0 { nodes[last].a = here }
      last = nodes.count
      nodes.append(Node(.alternative))
      try translate(place + 1, after - 2)
      jumps.append(nodes.count)
      nodes.append(Node(.jump))
      place = after
    }
    guard last >= 0, finish == place + 1 else { throw Self.invalid() }
    for jump in jumps { nodes[jump].a = here }
    return finish
  }

  private mutating func translateConditional(_ place: Int, _ end: Int) throws(PyError) -> Int {
    let group = try argument(place, end)
    let skip = Int(try argument(place + 1, end))
    guard group < groupCount, skip >= 2, place + skip <= end else { throw Self.invalid() }
    var otherwise = place + skip
    let test = nodes.count
    nodes.append(Node(.groupReferenceExists, b: group))
    // With a part for the other case, the first one ends with a jump over it. The jump's word could also be the argument of something,
    // so it counts only if what stands before it can be read to its end.
    if skip >= 4, code[otherwise - 2] == Opcode.jump, let over = jumpTarget(otherwise - 1, end) {
      let saved = (nodes.count, classes.count, loopCount)
      do throws(PyError) {
        try translate(place + 2, otherwise - 2)
        let jump = nodes.count
        nodes.append(Node(.jump))
        nodes[test].a = here
        try translate(otherwise, over)
        nodes[jump].a = here
        return over
      } catch {
        guard PyError.matches(.runtimeError), !PyError.matches(.recursionError) else { throw error }
        PyError.clear()
        nodes.removeSubrange(saved.0...)
        classes.removeSubrange(saved.1...)
        loopCount = saved.2
        otherwise = place + skip
      }
    }
    try translate(place + 2, otherwise)
    nodes[test].a = here
    return otherwise
  }

  private func jumpTarget(_ place: Int, _ end: Int) -> Int? {
    let target = place + Int(code[place])
    return target > place && target <= end ? target : nil
  }
}

// MARK: - What follows what

/// The characters that something can begin with.
private struct FirstSet {
  var bitmap: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  var high = false
  /// Nothing is known: it may also match nothing at all.
  var isAny = false

  static var any: FirstSet {
    var set = FirstSet()
    set.isAny = true
    return set
  }

  mutating func insert(literal: UInt32) {
    guard literal < 256 else {
      high = true
      return
    }
    withUnsafeMutableBytes(of: &bitmap) { $0.bindMemory(to: UInt64.self)[Int(literal) >> 6] |= 1 << UInt64(literal & 63) }
  }

  mutating func formUnion(_ other: FirstSet) {
    bitmap.0 |= other.bitmap.0
    bitmap.1 |= other.bitmap.1
    bitmap.2 |= other.bitmap.2
    bitmap.3 |= other.bitmap.3
    high = high || other.high
    isAny = isAny || other.isAny
  }

  mutating func formUnion(_ other: CharacterClass) {
    if other.isDynamic { isAny = true }
    var set = FirstSet()
    set.bitmap = other.bitmap
    set.high = other.maybeHigh
    formUnion(set)
  }

  func isDisjointLow(_ other: CharacterClass) -> Bool {
    bitmap.0 & other.bitmap.0 | bitmap.1 & other.bitmap.1 | bitmap.2 & other.bitmap.2 | bitmap.3 & other.bitmap.3 == 0
  }
}

extension ProgramBuilder {
  /// The characters that a match of what begins at a node can begin with.
  private func firstSet(_ start: Int, _ budget: inout Int) -> FirstSet {
    var result = FirstSet()
    var place = start
    while true {
      budget -= 1
      guard budget > 0, place < nodes.count else { return .any }
      let node = nodes[place]
      switch node.operation {
      case .fail: return result
      case .literal:
        result.insert(literal: node.a)
        return result
      case .test:
        result.formUnion(classes[Int(node.a)])
        return result
      case .at, .mark: place += 1
      case .assert, .assertNot, .jump: place = Int(node.a)
      case .atomic: place += 1
      case .alternative:
        result.formUnion(firstSet(place + 1, &budget))
        if node.a == 0 || result.isAny { return result }
        place = Int(node.a)
      case .groupReferenceExists:
        result.formUnion(firstSet(place + 1, &budget))
        if result.isAny { return result }
        place = Int(node.a)
      case .repeatMax, .repeatMin, .repeatPossessive:
        result.formUnion(classes[Int(node.b)])
        if node.minimum > 0 || result.isAny { return result }
        place += 1
      case .enterLoop:
        if nodes[Int(node.a)].operation == .possessiveLoop {
          result.formUnion(firstSet(Int(node.a) + 1, &budget))
          if node.minimum > 0 || result.isAny { return result }
          place = Int(nodes[Int(node.a)].a)
        } else {
          result.formUnion(firstSet(place + 1, &budget))
          if node.minimum > 0 || result.isAny { return result }
          place = Int(node.a) + 1
        }
      default: return .any
      }
    }
  }

  /// Fills in what repeats and alternatives know of the characters to come.
  fileprivate mutating func link() {
    for place in nodes.indices {
      switch nodes[place].operation {
      case .repeatMax, .repeatMin:
        var following = place + 1
        while nodes[following].operation == .mark { following += 1 }
        if nodes[following].operation == .literal {
          nodes[place].hasNextLiteral = true
          nodes[place].next = nodes[following].a
        }
        guard nodes[place].operation == .repeatMax else { continue }
        let repeated = classes[Int(nodes[place].b)]
        var budget = 100
        let set = firstSet(place + 1, &budget)
        if !set.isAny && !repeated.isDynamic && set.isDisjointLow(repeated) {
          nodes[place].isExclusiveLow = true
          nodes[place].isExclusive = !(set.high && repeated.maybeHigh)
        }
      case .alternative:
        var budget = 100
        let set = firstSet(place + 1, &budget)
        if let number = addClass(set) { nodes[place].first = Int32(number) }
      default: break
      }
    }
  }

  /// A class for a set of first characters, beyond Latin-1 any or none; nil when the set excludes nothing.
  private mutating func addClass(_ set: FirstSet) -> Int? {
    if set.isAny { return nil }
    var new = CharacterClass(set.high ? .everything : .nothing, 0, .none, code: code)
    new.bitmap = set.bitmap
    classes.append(new)
    return classes.count - 1
  }

  fileprivate mutating func finish(_ owned: UnsafeMutablePointer<UInt32>) throws(PyError) -> Program {
    var prefix = 0..<0
    var prefixSkip = 0
    var isLiteral = false
    var minimumWidth = 0
    if count > 4 && code[0] == Opcode.info {
      let after = 1 + Int(code[1])
      let flags = code[2]
      minimumWidth = Int(code[3])
      if flags & InfoFlag.prefix != 0 && after > 6 {
        let length = Int(code[5])
        guard length <= after - 7 else { throw Self.invalid() }
        prefix = 7..<(7 + length)
        // So much of the prefix stands at the beginning of the program, literal by literal.
        var matching = 0
        while matching < min(length, nodes.count), nodes[matching].operation == .literal, nodes[matching].a == code[7 + matching] { matching += 1 }
        prefixSkip = matching
        isLiteral = flags & InfoFlag.literal != 0 && matching == length && nodes[matching].operation == .success
      }
    }
    var budget = 200
    let set = firstSet(0, &budget)
    let first = addClass(set) ?? -1
    let isAnchored =
      nodes[0].operation == .at && (nodes[0].detail == Anchor.beginning.rawValue || nodes[0].detail == Anchor.beginningString.rawValue)
    let nodeMemory = try allocateMemory(nodes.count * MemoryLayout<Node>.stride).assumingMemoryBound(to: Node.self)
    nodeMemory.initialize(from: nodes, count: nodes.count)
    let classMemory: UnsafeMutablePointer<CharacterClass>
    do throws(PyError) {
      classMemory = try allocateMemory(max(classes.count, 1) * MemoryLayout<CharacterClass>.stride).assumingMemoryBound(to: CharacterClass.self)
    } catch {
      freeMemory(nodeMemory, size: nodes.count * MemoryLayout<Node>.stride)
      throw error
    }
    classMemory.initialize(from: classes, count: classes.count)
    return Program(
      code: owned, codeCount: count, nodes: nodeMemory, nodeCount: nodes.count, classes: classMemory, classCount: classes.count,
      prefix: UnsafePointer(owned) + prefix.lowerBound, prefixCount: prefix.count, prefixSkip: prefixSkip, isLiteral: isLiteral, first: first,
      minimumWidth: minimumWidth, groupCount: groupCount, loopCount: loopCount, isAnchored: isAnchored)
  }
}
