// What is known of one name in one block.

/// What is known of a name in a block; the bits and their values are CPython's (`symtable.h`, shown by the `symtable` module).
public struct Symbol: OptionSet, BitwiseCopyable, Sendable {
  public let rawValue: Int32
  public init(rawValue: Int32) { self.rawValue = rawValue }
  public static let global = Symbol(rawValue: 1)
  public static let local = Symbol(rawValue: 2)
  public static let parameter = Symbol(rawValue: 4)
  public static let nonlocal = Symbol(rawValue: 8)
  public static let used = Symbol(rawValue: 16)
  public static let freeInClass = Symbol(rawValue: 64)
  public static let imported = Symbol(rawValue: 128)
  public static let annotated = Symbol(rawValue: 256)
  public static let comprehensionIterator = Symbol(rawValue: 512)
  public static let typeParameter = Symbol(rawValue: 1 << 10)
  public static let comprehensionCell = Symbol(rawValue: 1 << 11)
  public static let bound: Symbol = [.local, .parameter, .imported, .typeParameter]

  /// The resolved scope, kept above the flags as in CPython (`SCOPE_OFFSET` 12).
  public var resolution: Resolution { Resolution(rawValue: UInt8(truncatingIfNeeded: (rawValue >> 12) & 0xF)) ?? .unknown }
  public func resolved(_ resolution: Resolution) -> Symbol { Symbol(rawValue: (rawValue & 0xFFF) | Int32(resolution.rawValue) << 12) }
  /// The flags without the resolution.
  var flags: Symbol { Symbol(rawValue: rawValue & 0xFFF) }

  /// Whether any of `others` is set.
  @inline(__always)
  func contains(anyOf others: Symbol) -> Bool { rawValue & others.rawValue != 0 }
}

/// How a name is found from a block.
public enum Resolution: UInt8, Sendable {
  case unknown, local, globalExplicit, globalImplicit, free, cell
}
