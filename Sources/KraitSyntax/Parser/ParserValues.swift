// What rules of the grammar give: all one word, so that a rule's result is a word that is not zero, or zero for "no match".

/// A value of a rule.
protocol ParserValue: BitwiseCopyable {
  init(word: UInt)
  var word: UInt { get }
}

extension ParserValue where Self: ASTNode {
  @inline(__always) init(word: UInt) { self.init(raw: UnsafeMutableRawPointer(bitPattern: word).unsafelyUnwrapped) }
  @inline(__always) var word: UInt { UInt(bitPattern: raw) }
}

extension Mod: ParserValue {}
extension Stmt: ParserValue {}
extension Expr: ParserValue {}
extension Pattern: ParserValue {}
extension Comprehension: ParserValue {}
extension ExceptHandler: ParserValue {}
extension Arguments: ParserValue {}
extension Arg: ParserValue {}
extension Keyword: ParserValue {}
extension Alias: ParserValue {}
extension WithItem: ParserValue {}
extension MatchCase: ParserValue {}
extension TypeParam: ParserValue {}

/// The value of a match that has no other.
struct Success: ParserValue {
  init() {}
  @inline(__always) init(word: UInt) {}
  @inline(__always) var word: UInt { 1 }
}

/// A token by its number among the parser's tokens.
struct TokenReference: ParserValue {
  let word: UInt
  @inline(__always) init(word: UInt) { self.word = word }
  @inline(__always) init(index: Int) { word = UInt(bitPattern: index &+ 1) }
  @inline(__always) var index: Int { Int(bitPattern: word) &- 1 }
}

/// A sequence of values, laid out like a ``NodeList`` but never without storage.
struct Items<Element: ParserValue>: ParserValue {
  let raw: UnsafeMutableRawPointer

  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(word: UInt) { raw = UnsafeMutableRawPointer(bitPattern: word).unsafelyUnwrapped }
  @inline(__always) var word: UInt { UInt(bitPattern: raw) }

  @inline(__always) var count: Int { raw.load(as: Int.self) }
  @inline(__always) subscript(index: Int) -> Element {
    Element(word: raw.load(fromByteOffset: 8 &+ index &* 8, as: UInt.self))
  }
  @inline(__always) var last: Element { self[count &- 1] }
  @inline(__always) var words: UnsafeBufferPointer<UInt> {
    UnsafeBufferPointer(start: UnsafePointer((raw + 8).assumingMemoryBound(to: UInt.self)), count: count)
  }
}

extension Items where Element: BitwiseCopyable {
  /// The same storage as a node's list.
  @inline(__always) var list: NodeList<Element> { count == 0 ? NodeList() : NodeList(raw: raw) }
}

/// A value of several words, in the arena.
struct Reference<Value: BitwiseCopyable>: ParserValue {
  let pointer: UnsafeMutablePointer<Value>

  @inline(__always) init(word: UInt) { pointer = UnsafeMutablePointer(bitPattern: word).unsafelyUnwrapped }
  @inline(__always) init(_ value: Value, in arena: Arena) {
    pointer = arena.allocate(Value.self, count: 1).baseAddress.unsafelyUnwrapped
    pointer.initialize(to: value)
  }
  @inline(__always) var word: UInt { UInt(bitPattern: pointer) }
  @inline(__always) var value: Value { pointer.pointee }
}

/// The operator of an augmented assignment.
struct AugmentedOperator: ParserValue {
  let value: BinaryOperator
  @inline(__always) init(_ value: BinaryOperator) { self.value = value }
  @inline(__always) init(word: UInt) { value = BinaryOperator(rawValue: UInt8(truncatingIfNeeded: word &- 1)).unsafelyUnwrapped }
  @inline(__always) var word: UInt { UInt(value.rawValue) &+ 1 }
}

/// A keyword argument (or `**mapping`), or a starred positional one between them.
struct KeywordOrStarred: ParserValue {
  let word: UInt
  @inline(__always) init(word: UInt) { self.word = word }
  @inline(__always) init(keyword: Keyword) { word = keyword.word | 1 }
  @inline(__always) init(starred: Expr) { word = starred.word }
  @inline(__always) var keyword: Keyword? { word & 1 != 0 ? Keyword(word: word & ~1) : nil }
  @inline(__always) var starred: Expr? { word & 1 == 0 ? Expr(word: word) : nil }
}

/// A parameter and its default value.
struct DefaultParameterParts: BitwiseCopyable {
  var parameter: Arg
  var value: Expr?
}
typealias DefaultParameter = Reference<DefaultParameterParts>

/// The parameters before a `/`, some with default values.
struct PositionalOnlyParts: BitwiseCopyable {
  var plain: Items<Arg>
  var defaults: Items<DefaultParameter>
}
typealias PositionalOnlyDefaults = Reference<PositionalOnlyParts>

/// The parameters from the first star on.
struct StarParameterParts: BitwiseCopyable {
  var star: Arg?
  var keywords: Items<DefaultParameter>?
  var stars: Arg?
}
typealias StarParameters = Reference<StarParameterParts>

/// What stands between the brackets of a call.
struct CallArgumentParts: BitwiseCopyable {
  var arguments: NodeList<Expr>
  var keywords: NodeList<Keyword>
}
typealias CallArguments = Reference<CallArgumentParts>

/// An operator of a comparison with its right operand.
struct ComparedOperandParts: BitwiseCopyable {
  var comparison: ComparisonOperator
  var operand: Expr
}
typealias ComparedOperand = Reference<ComparedOperandParts>

/// An entry of a dictionary display; without key, a mapping to unpack.
struct DictItemParts: BitwiseCopyable {
  var key: Expr?
  var value: Expr
}
typealias DictItem = Reference<DictItemParts>

/// A key or keyword of a pattern with the pattern of its value.
struct KeyedPatternParts: BitwiseCopyable {
  var key: Expr
  var pattern: Pattern
}
typealias KeyedPattern = Reference<KeyedPatternParts>

typealias Conversion = Reference<LiteralReader.Conversion>
typealias Format = Reference<LiteralReader.FormatSpecification>

@inline(__always)
func word<Value: ParserValue>(_ value: Value?) -> UInt { value?.word ?? 0 }

@inline(__always)
func optional<Value: ParserValue>(_ word: UInt, _ type: Value.Type) -> Value? { word == 0 ? nil : Value(word: word) }
