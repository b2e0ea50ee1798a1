// The matcher: runs a program at one position of a text. It goes back by stacks on the heap, never by native recursion.

import Glibc
import KraitRuntime

extension MatchState {
  /// Tries a match that begins at `start`, with the program from a node on at a position; the groups must be unset.
  mutating func match<Unit: FixedWidthInteger & UnsignedInteger>(
    _ type: Unit.Type, start: Int, node firstNode: Int = 0, position firstPosition: Int, mustAdvance: Bool = false
  ) throws(PyError) -> Bool {
    let text = base.assumingMemoryBound(to: Unit.self)
    let end = self.end
    let nodes = program.nodes
    let classes = program.classes
    let registers = self.registers
    let lastIndex = 2 &* program.groupCount
    var choices = self.choices
    var top = 0
    var trailCount = 0
    /// The innermost barrier's place, -1 for none.
    var barrier = -1
    var node = nodes + firstNode
    var position = firstPosition
    choices[0] = Choice(kind: .bottom, node: 0, position: 0, trail: 0, extra: 0)

    /// Changes a register; the old value goes to the trail when there is a way back.
    @inline(__always)
    func set(_ register: Int, _ value: Int) throws(PyError) {
      if top != 0 {
        if _slowPath(trailCount == trailCapacity) { try growTrail() }
        trail[trailCount] = Change(register: register, value: registers[register])
        trailCount &+= 1
      }
      registers[register] = value
    }

    @inline(__always)
    func push(_ kind: Choice.Kind, _ node: UInt32, _ position: Int, _ extra: Int) throws(PyError) {
      top &+= 1
      if _slowPath(top == choiceCapacity) {
        try growChoices()
        choices = self.choices
      }
      choices[top] = Choice(kind: kind, node: node, position: position, trail: trailCount, extra: extra)
    }

    @inline(__always)
    func number(_ node: UnsafeMutablePointer<Node>) -> UInt32 { UInt32(truncatingIfNeeded: node - nodes) }

    running: while true {
      forward: do {
        switch node.pointee.operation {
        case .fail: break forward

        case .literal:
          guard position < end, UInt32(truncatingIfNeeded: text[position]) == node.pointee.a else { break forward }
          position &+= 1
          node += 1
          continue running

        case .test:
          guard position < end, UnsafePointer(classes + Int(node.pointee.a)).contains(text[position]) else { break forward }
          position &+= 1
          node += 1
          continue running

        case .testLocale:
          guard position < end, classes[Int(node.pointee.a)].evaluate(UInt32(truncatingIfNeeded: text[position])) else { break forward }
          position &+= 1
          node += 1
          continue running

        case .anyAll:
          guard position < end else { break forward }
          position &+= 1
          node += 1
          continue running

        case .at:
          guard isAt(node.pointee.detail, text, position) else { break forward }
          node += 1
          continue running

        case .mark:
          let register = Int(node.pointee.a)
          isDirty = true
          try set(register, position)
          if register & 1 != 0 { try set(lastIndex, register &>> 1 &+ 1) }
          node += 1
          continue running

        case .alternative:
          // The alternatives that the next character rules out are passed over at once.
          var chosen = node
          while true {
            if canBegin(chosen, text, position, end) { break }
            if chosen.pointee.a == 0 { break forward }
            chosen = nodes + Int(chosen.pointee.a)
          }
          var other = chosen.pointee.a
          while other != 0 && !canBegin(nodes + Int(other), text, position, end) { other = nodes[Int(other)].a }
          if other != 0 { try push(.resume, other, position, 0) }
          node = chosen + 1
          continue running

        case .jump:
          node = nodes + Int(node.pointee.a)
          continue running

        case .groupReference:
          let (from, to) = (registers[2 &* Int(node.pointee.a)], registers[2 &* Int(node.pointee.a) &+ 1])
          guard from >= 0, to >= from, to &- from <= end &- position else { break forward }
          guard equals(text, from, position, to &- from, node.pointee.detail) else { break forward }
          position &+= to &- from
          node += 1
          continue running

        case .groupReferenceExists:
          let (from, to) = (registers[2 &* Int(node.pointee.b)], registers[2 &* Int(node.pointee.b) &+ 1])
          node = from >= 0 && to >= from ? node + 1 : nodes + Int(node.pointee.a)
          continue running

        case .repeatMax:
          let minimum = Int(node.pointee.minimum)
          guard minimum <= end &- position else { break forward }
          let reached = take(text, position, limit(node.pointee.maximum, position), node)
          let least = position &+ minimum
          guard reached >= least else { break forward }
          position = reached
          node += 1
          if reached == least || (Unit.self == UInt8.self ? node[-1].isExclusiveLow : node[-1].isExclusive) { continue running }
          if node[-1].hasNextLiteral {
            position = lastPlace(of: node[-1].next, text, least, reached)
            if position < least { break forward }
            if position == least { continue running }
          }
          try push(.giveBack, number(node) &- 1, position, least)
          continue running

        case .repeatPossessive:
          let minimum = Int(node.pointee.minimum)
          guard minimum <= end &- position else { break forward }
          let reached = take(text, position, limit(node.pointee.maximum, position), node)
          guard reached >= position &+ minimum else { break forward }
          position = reached
          node += 1
          continue running

        case .repeatMin:
          let minimum = Int(node.pointee.minimum)
          guard minimum <= end &- position else { break forward }
          let least = position &+ minimum
          guard take(text, position, least, node) == least else { break forward }
          let last = limit(node.pointee.maximum, position)
          position = least
          if node.pointee.hasNextLiteral {
            // Up to the first place where the literal stands there is nothing to try.
            guard let place = firstPlace(of: node.pointee.next, text, position, last, node) else { break forward }
            position = place
          }
          if position < last { try push(.takeMore, number(node), position, last) }
          node += 1
          continue running

        case .enterLoop:
          let counter = lastIndex &+ 1 &+ 2 &* Int(node.pointee.b)
          try set(counter, 0)
          try set(counter &+ 1, -1)
          node = nodes + Int(node.pointee.a)
          continue running

        case .maxUntil:
          let counter = lastIndex &+ 1 &+ 2 &* Int(node.pointee.b)
          let count = registers[counter]
          if count < Int(node.pointee.minimum) {
            try set(counter, count &+ 1)
            node = nodes + Int(node.pointee.a)
            continue running
          }
          // A round that took nothing is the last one.
          if (count < Int(node.pointee.maximum) || node.pointee.maximum == .max) && registers[counter &+ 1] != position {
            try push(.resume, number(node) &+ 1, position, 0)
            try set(counter, count &+ 1)
            try set(counter &+ 1, position)
            node = nodes + Int(node.pointee.a)
            continue running
          }
          node += 1
          continue running

        case .minUntil:
          let counter = lastIndex &+ 1 &+ 2 &* Int(node.pointee.b)
          let count = registers[counter]
          if count < Int(node.pointee.minimum) {
            try set(counter, count &+ 1)
            node = nodes + Int(node.pointee.a)
            continue running
          }
          try push(.goRound, number(node), position, 0)
          node += 1
          continue running

        case .assert, .assertNot:
          let back = Int(node.pointee.b)
          if back > position {
            // There is not as much text behind.
            if node.pointee.operation == .assert { break forward }
            node = nodes + Int(node.pointee.a)
            continue running
          }
          try push(.barrier, number(node), position, barrier)
          barrier = top
          position &-= back
          node += 1
          continue running

        case .atomic:
          try push(.barrier, number(node), position, barrier)
          barrier = top
          node += 1
          continue running

        case .possessiveLoop:
          let counter = lastIndex &+ 1 &+ 2 &* Int(node.pointee.b)
          let count = registers[counter]
          let goesOn = count < Int(node.pointee.minimum) || (count < Int(node.pointee.maximum) || node.pointee.maximum == .max) && registers[counter &+ 1] != position
          guard goesOn else {
            node = nodes + Int(node.pointee.a)
            continue running
          }
          try push(.barrier, number(node), position, barrier)
          barrier = top
          if count >= Int(node.pointee.minimum) { try set(counter &+ 1, position) }
          node += 1
          continue running

        case .leave:
          let entry = choices[barrier]
          let owner = nodes + Int(entry.node)
          top = barrier &- 1
          barrier = entry.extra
          switch owner.pointee.operation {
          case .assert:
            position = entry.position
            node = nodes + Int(owner.pointee.a)
          case .assertNot:
            // It matched, so the assertion failed.
            undo(&trailCount, entry.trail, registers)
            break forward
          case .possessiveLoop:
            let counter = lastIndex &+ 1 &+ 2 &* Int(owner.pointee.b)
            try set(counter, registers[counter] &+ 1)
            node = owner
          default: node = nodes + Int(owner.pointee.a)
          }
          continue running

        case .success:
          if barrier < 0 && (mustReachEnd && position != end || mustAdvance && position == start) { break forward }
          self.start = start
          self.position = position
          return true
        }
      }

      // Back to the last choice.
      steps &+= 1
      if _slowPath(steps & 0xFFF == 0) { try checkSignals() }
      let choice = choices + top
      undo(&trailCount, choice.pointee.trail, registers)
      switch choice.pointee.kind {
      case .bottom: return false
      case .resume:
        position = choice.pointee.position
        node = nodes + Int(choice.pointee.node)
        top &-= 1
      case .giveBack:
        node = nodes + Int(choice.pointee.node)
        let least = choice.pointee.extra
        position = choice.pointee.position &- 1
        if node.pointee.hasNextLiteral { position = lastPlace(of: node.pointee.next, text, least, position) }
        if position <= least {
          top &-= 1
          if position < least {
            node = failNode
            continue running
          }
        } else {
          choice.pointee.position = position
        }
        node += 1
      case .takeMore:
        node = nodes + Int(choice.pointee.node)
        let last = choice.pointee.extra
        position = choice.pointee.position
        top &-= 1
        guard position < last, take(text, position, position &+ 1, node) == position &+ 1 else {
          node = failNode
          continue running
        }
        position &+= 1
        if node.pointee.hasNextLiteral {
          guard let place = firstPlace(of: node.pointee.next, text, position, last, node) else {
            node = failNode
            continue running
          }
          position = place
        }
        if position < last {
          top &+= 1
          choice.pointee.position = position
        }
        node += 1
      case .goRound:
        node = nodes + Int(choice.pointee.node)
        position = choice.pointee.position
        top &-= 1
        let counter = lastIndex &+ 1 &+ 2 &* Int(node.pointee.b)
        let count = registers[counter]
        if count >= Int(node.pointee.maximum) && node.pointee.maximum != .max || registers[counter &+ 1] == position {
          node = failNode
          continue running
        }
        try set(counter, count &+ 1)
        try set(counter &+ 1, position)
        node = nodes + Int(node.pointee.a)
      case .barrier:
        node = nodes + Int(choice.pointee.node)
        position = choice.pointee.position
        barrier = choice.pointee.extra
        top &-= 1
        switch node.pointee.operation {
        case .assertNot: node = nodes + Int(node.pointee.a)
        case .possessiveLoop:
          let counter = lastIndex &+ 1 &+ 2 &* Int(node.pointee.b)
          node = registers[counter] >= Int(node.pointee.minimum) ? nodes + Int(node.pointee.a) : failNode
        default: node = failNode
        }
      }
    }
  }

  /// A node that only fails: takes the way back once more.
  @inline(__always) private var failNode: UnsafeMutablePointer<Node> { program.nodes + (program.nodeCount &- 1) }

  @inline(__always)
  private func undo(_ count: inout Int, _ length: Int, _ registers: UnsafeMutablePointer<Int>) {
    while count > length {
      count &-= 1
      registers[trail[count].register] = trail[count].value
    }
  }

  /// One past the last position that a repeat may reach.
  @inline(__always)
  private func limit(_ maximum: UInt32, _ position: Int) -> Int {
    Int(maximum) >= end &- position ? end : position &+ Int(maximum)
  }

  /// Whether an alternative may match what stands at a position.
  @inline(__always)
  private func canBegin<Unit: FixedWidthInteger & UnsignedInteger>(
    _ alternative: UnsafeMutablePointer<Node>, _ text: UnsafePointer<Unit>, _ position: Int, _ end: Int
  ) -> Bool {
    let first = Int(alternative.pointee.first)
    if first < 0 { return true }
    return position < end && UnsafePointer(program.classes + first).contains(text[position])
  }
}

// MARK: - Runs of one character

extension MatchState {
  /// How far the character of a repeat goes, at most to a limit.
  @inline(__always)
  fileprivate func take<Unit: FixedWidthInteger & UnsignedInteger>(
    _ text: UnsafePointer<Unit>, _ from: Int, _ limit: Int, _ node: UnsafeMutablePointer<Node>
  ) -> Int {
    var place = from
    switch Node.Repeated(rawValue: node.pointee.detail).unsafelyUnwrapped {
    case .everything: return limit
    case .notLineFeed: return findUnit(10, text, from, limit) ?? limit
    case .notLiteral: return findUnit(node.pointee.a, text, from, limit) ?? limit
    case .literal:
      guard let unit = Unit(exactly: node.pointee.a) else { return from }
      while place < limit && text[place] == unit { place &+= 1 }
    case .test:
      let test = UnsafePointer(program.classes + Int(node.pointee.a))
      while place < limit && test.contains(text[place]) { place &+= 1 }
    case .testLocale:
      let test = program.classes + Int(node.pointee.a)
      while place < limit && test.pointee.evaluate(UInt32(truncatingIfNeeded: text[place])) { place &+= 1 }
    }
    return place
  }

  /// The last place from `last` down to `first` where a literal stands; before `first` if there is none.
  @inline(__always)
  fileprivate func lastPlace<Unit: FixedWidthInteger & UnsignedInteger>(of literal: UInt32, _ text: UnsafePointer<Unit>, _ first: Int, _ last: Int) -> Int {
    guard let unit = Unit(exactly: literal) else { return first &- 1 }
    var place = last
    if place == end { place &-= 1 }
    while place >= first && text[place] != unit { place &-= 1 }
    return place
  }

  /// The first place where a literal stands, which the character of a repeat reaches from `position`, at most to `last`.
  @inline(__always)
  fileprivate func firstPlace<Unit: FixedWidthInteger & UnsignedInteger>(
    of literal: UInt32, _ text: UnsafePointer<Unit>, _ position: Int, _ last: Int, _ node: UnsafeMutablePointer<Node>
  ) -> Int? {
    guard let place = findUnit(literal, text, position, min(last &+ 1, end)) else { return nil }
    return take(text, position, place, node) == place ? place : nil
  }
}

/// The first place of a unit in a range.
@inline(__always)
func findUnit<Unit: FixedWidthInteger & UnsignedInteger>(_ literal: UInt32, _ text: UnsafePointer<Unit>, _ from: Int, _ to: Int) -> Int? {
  guard from < to, let unit = Unit(exactly: literal) else { return nil }
  if Unit.self == UInt8.self {
    guard let found = memchr(text + from, Int32(literal), to &- from) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(text)
  }
  var place = from
  while place < to {
    if text[place] == unit { return place }
    place &+= 1
  }
  return nil
}

// MARK: - Anchors and references

extension MatchState {
  private func isWord<Unit: FixedWidthInteger & UnsignedInteger>(_ anchor: Anchor, _ c: Unit) -> Bool {
    let c = UInt32(truncatingIfNeeded: c)
    switch anchor {
    case .boundary, .nonBoundary: return Category.isWordASCII(c)
    case .localeBoundary, .localeNonBoundary: return Category.isWordLocale(c)
    default: return Category.isWordUnicode(c)
    }
  }

  /// Whether an anchor holds at a position.
  @inline(__always)
  fileprivate func isAt<Unit: FixedWidthInteger & UnsignedInteger>(_ detail: UInt8, _ text: UnsafePointer<Unit>, _ position: Int) -> Bool {
    let anchor = Anchor(rawValue: detail).unsafelyUnwrapped
    switch anchor {
    case .beginning, .beginningString: return position == 0
    case .beginningLine: return position == 0 || text[position &- 1] == 10
    case .end: return position == end || position &+ 1 == end && text[position] == 10
    case .endLine: return position == end || text[position] == 10
    case .endString: return position == end
    case .boundary, .localeBoundary, .unicodeBoundary: return isBetween(anchor, text, position)
    case .nonBoundary, .localeNonBoundary, .unicodeNonBoundary: return !isBetween(anchor, text, position)
    }
  }

  /// Whether a word begins or ends at a position.
  @inline(__always)
  private func isBetween<Unit: FixedWidthInteger & UnsignedInteger>(_ anchor: Anchor, _ text: UnsafePointer<Unit>, _ position: Int) -> Bool {
    let before = position > 0 && isWord(anchor, text[position &- 1])
    let after = position < end && isWord(anchor, text[position])
    return before != after
  }

  /// Whether two parts of the text are equal, case ignored by a rule.
  @inline(__always)
  fileprivate func equals<Unit: FixedWidthInteger & UnsignedInteger>(_ text: UnsafePointer<Unit>, _ a: Int, _ b: Int, _ count: Int, _ folding: UInt8) -> Bool {
    if folding == 0 {
      for index in 0..<count where text[a &+ index] != text[b &+ index] { return false }
      return true
    }
    let folding = CaseFolding(rawValue: folding).unsafelyUnwrapped
    for index in 0..<count {
      let (x, y) = (UInt32(truncatingIfNeeded: text[a &+ index]), UInt32(truncatingIfNeeded: text[b &+ index]))
      if folding.lower(x) != folding.lower(y) { return false }
    }
    return true
  }
}
