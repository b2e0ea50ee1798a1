// The names of one block and what is known of them: an insertion-ordered map, as the order decides the order of names in code objects.

import KraitSyntax

/// A map from names to symbols in order of insertion, kept in an ``Arena``.
///
/// Names are interned, so that a lookup compares addresses; small maps are searched in order, larger ones through an index.
public struct SymbolMap: BitwiseCopyable, RandomAccessCollection {
  private struct Entry: BitwiseCopyable {
    var name: Text
    var symbol: Symbol
  }

  private static let largestUnindexedCount = 8

  private var entries: UnsafeMutablePointer<Entry>?
  /// Open addressing over positions in `entries`, -1 where free; absent while the map is small.
  private var index: UnsafeMutablePointer<Int32>?
  private var size: Int32 = 0
  private var capacity: Int32 = 0

  init() {}

  public var count: Int { Int(size) }
  public var startIndex: Int { 0 }
  public var endIndex: Int { Int(size) }

  public subscript(position: Int) -> (name: Text, symbol: Symbol) {
    precondition(position >= 0 && position < count)
    let entry = entries.unsafelyUnwrapped[position]
    return (entry.name, entry.symbol)
  }

  /// The symbol of a name, if the map has one.
  public subscript(name: Text) -> Symbol? {
    let position = self.position(of: name)
    return position < 0 ? nil : entries.unsafelyUnwrapped[position].symbol
  }

  /// Where a name stands in the order of insertion; -1 if it is not in the map.
  @inline(__always)
  func position(of name: Text) -> Int {
    guard let entries else { return -1 }
    guard let index else {
      var position = 0
      while position < Int(size) {
        if entries[position].name == name { return position }
        position &+= 1
      }
      return -1
    }
    let mask = indexMask
    var slot = Int(bitPattern: name.hash) & mask
    while true {
      let position = Int(index[slot])
      if position < 0 || entries[position].name == name { return position }
      slot = (slot &+ 1) & mask
    }
  }

  @inline(__always)
  func symbol(at position: Int) -> Symbol { entries.unsafelyUnwrapped[position].symbol }

  @inline(__always)
  func setSymbol(_ symbol: Symbol, at position: Int) { entries.unsafelyUnwrapped[position].symbol = symbol }

  /// Adds a name that is not in the map.
  mutating func append(_ name: Text, _ symbol: Symbol, in arena: Arena) {
    if size == capacity { grow(in: arena) }
    entries.unsafelyUnwrapped[Int(size)] = Entry(name: name, symbol: symbol)
    if let index { SymbolMap.enter(name, at: size, into: index, mask: indexMask) }
    size &+= 1
  }

  /// Adds a name unless the map has it: for maps that serve as sets.
  mutating func insert(_ name: Text, in arena: Arena) {
    if position(of: name) < 0 { append(name, [], in: arena) }
  }

  /// Changes the symbol of a name, if the map has it.
  func update(_ name: Text, _ change: (inout Symbol) -> Void) {
    let position = self.position(of: name)
    if position >= 0 { change(&entries.unsafelyUnwrapped[position].symbol) }
  }

  /// Removes a name, if the map has it; names after it move up.
  @discardableResult
  mutating func remove(_ name: Text, in arena: Arena) -> Bool {
    guard position(of: name) >= 0 else { return false }
    var remaining = SymbolMap()
    for entry in self where entry.name != name { remaining.append(entry.name, entry.symbol, in: arena) }
    self = remaining
    return true
  }

  // The index is twice to four times as large as the map and never full.
  private var indexMask: Int { Int(capacity) &* 2 &- 1 }

  private static func enter(_ name: Text, at position: Int32, into index: UnsafeMutablePointer<Int32>, mask: Int) {
    var slot = Int(bitPattern: name.hash) & mask
    while index[slot] >= 0 { slot = (slot &+ 1) & mask }
    index[slot] = position
  }

  @inline(never)
  private mutating func grow(in arena: Arena) {
    capacity = capacity == 0 ? 4 : capacity &* 2
    let bigger = arena.allocate(Entry.self, count: Int(capacity)).baseAddress.unsafelyUnwrapped
    if let entries { bigger.update(from: entries, count: Int(size)) }
    entries = bigger
    guard Int(capacity) > SymbolMap.largestUnindexedCount else { return }
    let index = arena.allocate(Int32.self, count: Int(capacity) &* 2).baseAddress.unsafelyUnwrapped
    index.update(repeating: -1, count: Int(capacity) &* 2)
    for position in 0..<size { SymbolMap.enter(bigger[Int(position)].name, at: position, into: index, mask: indexMask) }
    self.index = index
  }
}
