// What CPython 3.14's code object holds, bit for bit.

import KraitSyntax

/// `co_flags`.
public struct CodeFlags: OptionSet, BitwiseCopyable, Sendable {
  public let rawValue: UInt32
  // Computed, so that other modules see the numbers: each use of a constant is a call there.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
  @inlinable public static var optimized: CodeFlags { CodeFlags(rawValue: 0x1) }
  @inlinable public static var newLocals: CodeFlags { CodeFlags(rawValue: 0x2) }
  @inlinable public static var variableArguments: CodeFlags { CodeFlags(rawValue: 0x4) }
  @inlinable public static var variableKeywords: CodeFlags { CodeFlags(rawValue: 0x8) }
  @inlinable public static var nested: CodeFlags { CodeFlags(rawValue: 0x10) }
  @inlinable public static var generator: CodeFlags { CodeFlags(rawValue: 0x20) }
  @inlinable public static var coroutine: CodeFlags { CodeFlags(rawValue: 0x80) }
  @inlinable public static var iterableCoroutine: CodeFlags { CodeFlags(rawValue: 0x100) }
  @inlinable public static var asyncGenerator: CodeFlags { CodeFlags(rawValue: 0x200) }
  @inlinable public static var futureDivision: CodeFlags { CodeFlags(rawValue: 0x20000) }
  @inlinable public static var futureAbsoluteImport: CodeFlags { CodeFlags(rawValue: 0x40000) }
  @inlinable public static var futureWithStatement: CodeFlags { CodeFlags(rawValue: 0x80000) }
  @inlinable public static var futurePrintFunction: CodeFlags { CodeFlags(rawValue: 0x100000) }
  @inlinable public static var futureUnicodeLiterals: CodeFlags { CodeFlags(rawValue: 0x200000) }
  @inlinable public static var futureBarryAsBDFL: CodeFlags { CodeFlags(rawValue: 0x400000) }
  @inlinable public static var futureGeneratorStop: CodeFlags { CodeFlags(rawValue: 0x800000) }
  @inlinable public static var futureAnnotations: CodeFlags { CodeFlags(rawValue: 0x1000000) }
  /// All features that code inherits from its `__future__` statements.
  public static let future: CodeFlags = [
    .futureDivision, .futureAbsoluteImport, .futureWithStatement, .futurePrintFunction, .futureUnicodeLiterals, .futureBarryAsBDFL,
    .futureGeneratorStop, .futureAnnotations,
  ]
  @inlinable public static var hasDocstring: CodeFlags { CodeFlags(rawValue: 0x4000000) }
  @inlinable public static var method: CodeFlags { CodeFlags(rawValue: 0x8000000) }
}

/// `co_localspluskinds`: what kind of variable a frame slot holds.
public struct LocalKind: OptionSet, BitwiseCopyable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let positional = LocalKind(rawValue: 0x02)
  public static let keyword = LocalKind(rawValue: 0x04)
  public static let variable = LocalKind(rawValue: 0x08)
  public static let hidden = LocalKind(rawValue: 0x10)
  public static let local = LocalKind(rawValue: 0x20)
  public static let cell = LocalKind(rawValue: 0x40)
  public static let free = LocalKind(rawValue: 0x80)
}

/// The contents of a code object; all parts live in the ``Arena`` of its compilation or of the `.pyc` it was read from.
public struct CodeUnitContents: BitwiseCopyable {
  public var argumentCount: Int32 = 0
  public var positionalOnlyArgumentCount: Int32 = 0
  public var keywordOnlyArgumentCount: Int32 = 0
  public var stackSize: Int32 = 0
  public var flags: CodeFlags = []
  public var firstLineNumber: Int32 = 0
  /// `co_code`: two bytes an instruction, inline caches as zeros.
  public var code: UnsafeBufferPointer<UInt8>
  public var constants: UnsafeBufferPointer<ConstantValue>
  public var names: UnsafeBufferPointer<Text>
  public var localsPlusNames: UnsafeBufferPointer<Text>
  public var localsPlusKinds: UnsafeBufferPointer<LocalKind>
  public var fileName: Text
  public var name: Text
  public var qualifiedName: Text
  public var lineTable: UnsafeBufferPointer<UInt8>
  public var exceptionTable: UnsafeBufferPointer<UInt8>

  public init(
    code: UnsafeBufferPointer<UInt8>, constants: UnsafeBufferPointer<ConstantValue>, names: UnsafeBufferPointer<Text>,
    localsPlusNames: UnsafeBufferPointer<Text>, localsPlusKinds: UnsafeBufferPointer<LocalKind>, fileName: Text, name: Text,
    qualifiedName: Text, lineTable: UnsafeBufferPointer<UInt8>, exceptionTable: UnsafeBufferPointer<UInt8>
  ) {
    self.code = code
    self.constants = constants
    self.names = names
    self.localsPlusNames = localsPlusNames
    self.localsPlusKinds = localsPlusKinds
    self.fileName = fileName
    self.name = name
    self.qualifiedName = qualifiedName
    self.lineTable = lineTable
    self.exceptionTable = exceptionTable
  }
}

/// A handle of ``CodeUnitContents`` in an arena.
@dynamicMemberLookup
public struct CodeUnit: Hashable, BitwiseCopyable {
  public let pointer: UnsafeMutablePointer<CodeUnitContents>

  public init(_ contents: CodeUnitContents, in arena: Arena) {
    pointer = arena.allocate(CodeUnitContents.self, count: 1).baseAddress!
    pointer.initialize(to: contents)
  }

  /// The code unit behind a constant of kind `code`.
  public init(_ constant: ConstantValue) {
    precondition(constant.kind == .code)
    pointer = constant.codePointer.assumingMemoryBound(to: CodeUnitContents.self)
  }

  public subscript<T>(dynamicMember member: KeyPath<CodeUnitContents, T>) -> T { pointer.pointee[keyPath: member] }

  /// A constant that holds the code unit; equal only to itself.
  public func constant(in arena: Arena) -> ConstantValue { arena.code(UnsafeMutableRawPointer(pointer)) }
}

extension CodeUnit {
  /// Equality of code objects as Python has it: everything but the file's name and the qualified name.
  public func isEqual(to other: CodeUnit) -> Bool {
    if pointer == other.pointer { return true }
    let a = pointer.pointee
    let b = other.pointer.pointee
    return a.name == b.name && a.firstLineNumber == b.firstLineNumber && a.argumentCount == b.argumentCount
      && a.positionalOnlyArgumentCount == b.positionalOnlyArgumentCount && a.keywordOnlyArgumentCount == b.keywordOnlyArgumentCount
      && a.flags == b.flags && a.code.elementsEqual(b.code) && a.constants.elementsEqual(b.constants)
      && a.names.elementsEqual(b.names) && a.localsPlusNames.elementsEqual(b.localsPlusNames)
      && a.lineTable.elementsEqual(b.lineTable) && a.exceptionTable.elementsEqual(b.exceptionTable)
  }
}
