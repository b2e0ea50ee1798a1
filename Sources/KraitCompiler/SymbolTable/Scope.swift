// The symbol table's data: what each block of a program knows about its names. SymbolTableBuilder fills it, the code generator reads it.

import KraitSyntax
import OrderedCollections

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
  public var resolution: Resolution { Resolution(rawValue: UInt8(truncatingIfNeeded: (rawValue >> 12) & 0xF))! }
  public func resolved(_ resolution: Resolution) -> Symbol { Symbol(rawValue: (rawValue & 0xFFF) | Int32(resolution.rawValue) << 12) }
}

/// How a name is found from a block.
public enum Resolution: UInt8, Sendable {
  case unknown, local, globalExplicit, globalImplicit, free, cell
}

/// One block of a program: module, class, function, annotation scope and so on.
public final class Scope {
  public enum Kind: Sendable {
    case function, `class`, module
    /// Annotations and other code that runs lazily (PEP 649).
    case annotation
    /// The value of a `type` statement (PEP 695).
    case typeAlias
    /// The scope that holds type parameters (PEP 695).
    case typeParameters
    /// A type variable's bound, constraints or default.
    case typeVariable

    /// Whether names resolve as in a function.
    public var isFunctionLike: Bool {
      switch self {
      case .function, .annotation, .typeAlias, .typeParameters, .typeVariable: true
      case .class, .module: false
      }
    }
  }

  public enum ComprehensionKind: Sendable { case none, list, dict, set, generator }

  public let kind: Kind
  public let name: Text
  public let range: SourceRange
  public internal(set) var symbols = OrderedDictionary<Text, Symbol>()
  /// Parameters in order, as `co_varnames` wants them first.
  public internal(set) var variableNames: [Text] = []
  public internal(set) var children: [Scope] = []
  public internal(set) var comprehension: ComprehensionKind = .none
  public internal(set) var isNested = false
  public internal(set) var hasFreeVariables = false
  public internal(set) var hasFreeChildVariables = false
  public internal(set) var isGenerator = false
  public internal(set) var isCoroutine = false
  public internal(set) var hasVariableArguments = false
  public internal(set) var hasVariableKeywords = false
  public internal(set) var returnsValue = false
  public internal(set) var needsClassClosure = false
  public internal(set) var needsClassDict = false
  public internal(set) var isComprehensionInlined = false
  public internal(set) var canSeeClassScope = false
  public internal(set) var hasConditionalAnnotations = false
  public internal(set) var hasDocstring = false
  public internal(set) var isMethod = false
  public internal(set) var annotationsUsed = false
  /// When not `nil`, only these private names are mangled here: the type parameters of a generic class, whose bases may use private names.
  public internal(set) var mangledNames: Set<Text>?
  /// The annotation scope that belongs to this block, when it has annotations.
  public internal(set) var annotationScope: Scope?

  init(kind: Kind, name: Text, range: SourceRange) {
    self.kind = kind
    self.name = name
    self.range = range
  }

  /// How `name` (already mangled) is found from this block.
  public func resolution(of name: Text) -> Resolution { symbols[name]?.resolution ?? .unknown }
}

/// The scopes of one tree, found by the node that opens them.
public final class SymbolTable {
  public let top: Scope
  /// By the address of the node (or, for annotation scopes, of what CPython uses as the key) that opens the block.
  var scopes: [UnsafeMutableRawPointer: Scope] = [:]
  /// The `__future__` features and where they stood.
  public let future: FutureFeatures

  init(top: Scope, future: FutureFeatures) {
    self.top = top
    self.future = future
  }

  /// The scope that a node opens.
  public func scope(at node: UnsafeMutableRawPointer) -> Scope? { scopes[node] }
}

/// `from __future__ import …` of a module.
public struct FutureFeatures: Sendable {
  public var flags: CodeFlags = []
  /// The position of the last future statement; line -1 when there is none.
  public var range = SourceRange.none
}
