// What a native function takes: parameters, their kinds and defaults, parsed once from a line of Python such as `f(a, /, b, *, c=None, **kw)`.

import CKraitCore
import Glibc

/// The parameters of a native function; immortal.
public struct Signature {
  public enum Kind: UInt8, Sendable { case positionalOnly, positionalOrKeyword, keywordOnly }

  public struct Parameter {
    public let name: Value
    public let kind: Kind
    /// Whether the argument may be left out.
    public let isOptional: Bool
    /// What an argument that was left out is; ``Value/absent`` when the source says `<unrepresentable>`, or `<unset: TEXT>`, which shows as the text.
    public let `default`: Value
  }

  /// Positional ones first, then keyword-only ones.
  public let parameters: UnsafeBufferPointer<Parameter>
  public let positionalOnlyCount: Int
  /// Parameters that can be given by position.
  public let positionalCount: Int
  public let requiredPositionalCount: Int
  public let requiredKeywordOnlyCount: Int
  public let hasVariadic: Bool
  public let hasKeywords: Bool
  /// Whether CPython gives the function the class that defines it. Such a function is called as those with keywords are, and its errors read so.
  let takesClass: Bool
  /// Whether nobody has asked for the parameters yet.
  let isUnread: Bool
  /// The text between the parentheses.
  public let text: UnsafeBufferPointer<UInt8>

  /// Whether any argument can be given by keyword.
  var takesKeywords: Bool { hasKeywords || parameters.count > positionalOnlyCount || takesClass }

  /// Whether a call without keywords fits whatever it gives: all arguments are for `*args`, and the few parameters behind have defaults.
  var takesAnyPositional: Bool { hasVariadic && positionalCount == 0 && requiredKeywordOnlyCount == 0 && parameters.count <= 5 }

  /// Words that a bound call needs: one a parameter, then base and count of `*args`, then `**kw`.
  var bufferSize: Int { parameters.count + 3 }
}

extension Signature {
  /// Parses a signature.
  ///
  /// The sources are our own: a mistake in one is a mistake in the program and stops it when the function is made.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), bytes.last == UInt8(ascii: ")") else {
      fatalError("a signature needs parentheses: \(String(decoding: bytes, as: UTF8.self))")
    }
    var scanner = SignatureScanner(bytes: bytes, position: open + 1)
    var parameters: [Parameter] = []
    var kind = Kind.positionalOrKeyword
    var positionalOnly = 0
    var isBracketed = false
    var hasVariadic = false
    var hasKeywords = false
    // `f($self, a, /)` and `f($self, $class, a, /)`: the receiver and the class are no parameters.
    var takesClass = false
    if scanner.current == UInt8(ascii: "$") {
      scanner.skipReceiver()
      if scanner.current == UInt8(ascii: "$") {
        scanner.skipReceiver()
        takesClass = true
      }
      if scanner.current == UInt8(ascii: "/") && bytes[scanner.position + 1] == UInt8(ascii: ")") { scanner.position += 1 }
    }
    let textStart = scanner.position
    while true {
      scanner.skipSpaces()
      let byte = scanner.current
      if byte == UInt8(ascii: ")") { break }
      // `f(sub[, start[, end]], /)`: optional without a default.
      if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: ",") {
        if byte == UInt8(ascii: "[") { isBracketed = true }
        scanner.position += 1
        continue
      }
      if byte == UInt8(ascii: "$") {
        // The receiver, which is no parameter.
        scanner.position += 1
        _ = scanner.identifier()
        continue
      }
      if byte == UInt8(ascii: "/") {
        positionalOnly = parameters.count
        scanner.position += 1
      } else if byte == UInt8(ascii: "*") {
        scanner.position += 1
        if scanner.current == UInt8(ascii: "*") {
          scanner.position += 1
          _ = scanner.identifier()
          hasKeywords = true
        } else if scanner.current != UInt8(ascii: ",") {
          _ = scanner.identifier()
          hasVariadic = true
        }
        kind = .keywordOnly
      } else {
        let name = internedName(scanner.identifier())
        var isOptional = isBracketed
        var value = Value.absent
        if scanner.current == UInt8(ascii: "=") {
          scanner.position += 1
          isOptional = true
          value = scanner.literal()
        }
        parameters.append(Parameter(name: name, kind: kind, isOptional: isOptional, default: value))
      }
      scanner.skipSpaces()
      if scanner.current == UInt8(ascii: ",") { scanner.position += 1 }
    }
    for index in 0..<positionalOnly {
      let old = parameters[index]
      parameters[index] = Parameter(name: old.name, kind: .positionalOnly, isOptional: old.isOptional, default: old.default)
    }
    let stored = UnsafeMutableBufferPointer<Parameter>.allocate(capacity: max(parameters.count, 1))
    _ = stored.initialize(from: parameters)
    self.parameters = UnsafeBufferPointer(rebasing: stored[..<parameters.count])
    let positional = parameters.filter { $0.kind != .keywordOnly }
    positionalOnlyCount = positionalOnly
    positionalCount = positional.count
    requiredPositionalCount = positional.count { !$0.isOptional }
    requiredKeywordOnlyCount = parameters.count { $0.kind == .keywordOnly && !$0.isOptional }
    self.hasVariadic = hasVariadic
    self.hasKeywords = hasKeywords
    self.takesClass = takesClass
    text = UnsafeBufferPointer(rebasing: bytes[textStart..<(bytes.count - 1)])
    isUnread = false
  }

  /// What a function has whose parameters are not read yet: most are never asked for.
  nonisolated(unsafe) static let unread = make(isUnread: true)

  /// What a function has that looks at its arguments itself and says no more than its name.
  nonisolated(unsafe) static let untold = make(isUnread: false)

  private static func make(isUnread: Bool) -> UnsafePointer<Signature> {
    let signature = UnsafeMutablePointer<Signature>.allocate(capacity: 1)
    signature.initialize(to: Signature(isUnread: isUnread))
    return UnsafePointer(signature)
  }

  private init(isUnread: Bool) {
    parameters = UnsafeBufferPointer(start: nil, count: 0)
    positionalOnlyCount = 0
    positionalCount = 0
    requiredPositionalCount = 0
    requiredKeywordOnlyCount = 0
    hasVariadic = true
    hasKeywords = true
    takesClass = false
    self.isUnread = isUnread
    text = UnsafeBufferPointer(start: nil, count: 0)
  }

  /// Defaults that only tell what leaving the argument out means, without the mark that says so.
  private static func shown(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let mark = Array("<unset: ".utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index...].starts(with: mark), let end = bytes[index...].firstIndex(of: UInt8(ascii: ">")) {
        result += bytes[(index + mark.count)..<end]
        index = end + 1
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// `__text_signature__`: the parameters with the receiver's name in front; nil where leaving an argument out means what no default tells.
  func textSignature(receiver: StaticString) -> String? {
    let inner = Signature.shown(String(decoding: text, as: UTF8.self))
    let bytes = Array(inner.utf8)
    if bytes.indices.contains(where: { bytes[$0...].starts(with: "<unset>".utf8) }) { return nil }
    if receiver.utf8CodeUnitCount == 0 || inner.hasPrefix("$") { return "(\(inner))" }
    // The receiver is positional only. Where no parameter is, the mark that says so is added behind it.
    let marked = inner.isEmpty ? "\(receiver), /" : positionalOnlyCount > 0 ? "\(receiver), \(inner)" : "\(receiver), /, \(inner)"
    return "(\(marked))"
  }
}

/// An interned, immortal str.
func internedName(_ bytes: UnsafeBufferPointer<UInt8>) -> Value { StringObject.immortal(bytes) }

/// Reads identifiers and literals of signatures.
private struct SignatureScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  var position: Int

  var current: UInt8 { bytes[position] }

  mutating func skipSpaces() {
    while current == UInt8(ascii: " ") || current == UInt8(ascii: "\n") { position += 1 }
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
    default: false
    }
  }

  mutating func identifier() -> UnsafeBufferPointer<UInt8> {
    let start = position
    while SignatureScanner.isNamePart(current) { position += 1 }
    if position == start { fatalError("a signature needs a name: \(String(decoding: bytes, as: UTF8.self))") }
    return UnsafeBufferPointer(rebasing: bytes[start..<position])
  }

  mutating func skipReceiver() {
    position += 1
    _ = identifier()
    if current == UInt8(ascii: ",") { position += 1 }
    skipSpaces()
  }

  /// A default: a literal, `<unrepresentable>`, or one of the few names that signatures use.
  mutating func literal() -> Value {
    let start = position
    if current == UInt8(ascii: "'") || current == UInt8(ascii: "\"") { return text(isBytes: false) }
    if current == UInt8(ascii: "b"), bytes[position + 1] == UInt8(ascii: "'") || bytes[position + 1] == UInt8(ascii: "\"") {
      position += 1
      return text(isBytes: true)
    }
    var depth = 0
    while !(depth == 0 && (current == UInt8(ascii: ",") || current == UInt8(ascii: ")"))) {
      if current == UInt8(ascii: "(") { depth += 1 }
      if current == UInt8(ascii: ")") { depth -= 1 }
      position += 1
    }
    let word = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
    switch word {
    case "None": return .none
    case "True": return .true
    case "False": return .false
    case "Ellipsis", "...": return .ellipsis
    case "<unrepresentable>", "<unset>", "sys.stderr": return .absent
    case "()": return Owned.emptyTuple.take()
    case "Z_DEFAULT_COMPRESSION": return Value(smallInteger: -1)
    case "Z_DEFAULT_STRATEGY": return Value(smallInteger: 0)
    case "zlib.Z_FINISH": return Value(smallInteger: 4)
    case "DEFLATED", "DEF_MEM_LEVEL": return Value(smallInteger: 8)
    case "MAX_WBITS": return Value(smallInteger: 15)
    case "DEF_BUF_SIZE", "zlib.DEF_BUF_SIZE": return Value(smallInteger: 16384)
    case "sys.maxsize": return SignatureScanner.made { () throws(PyError) in try Owned.integer(Int.max) }
    default:
      if word.hasPrefix("<unset: ") { return .absent }
      if let value = Int(word) { return SignatureScanner.made { () throws(PyError) in try Owned.integer(value) } }
      if let value = Double(word) { return SignatureScanner.made { () throws(PyError) in try Owned.float(value) } }
      fatalError("a default that signatures do not know: \(word)")
    }
  }

  private mutating func text(isBytes: Bool) -> Value {
    let quote = current
    position += 1
    var contents: [UInt8] = []
    while current != quote {
      if current == UInt8(ascii: "\\") {
        position += 1
        switch current {
        case UInt8(ascii: "n"): contents.append(0x0A)
        case UInt8(ascii: "t"): contents.append(0x09)
        case UInt8(ascii: "r"): contents.append(0x0D)
        case UInt8(ascii: "0"): contents.append(0)
        default: contents.append(current)
        }
      } else {
        contents.append(current)
      }
      position += 1
    }
    position += 1
    return contents.withUnsafeBufferPointer { buffer in
      if isBytes { return SignatureScanner.made { () throws(PyError) in try Owned.bytes(UnsafeRawBufferPointer(buffer)) } }
      return internedName(buffer)
    }
  }

  private static func made(_ make: () throws(PyError) -> Owned) -> Value {
    do {
      return try ModuleTypes.immortal { () throws(PyError) in try make() }
    } catch { fatalError("no memory for a default") }
  }
}
