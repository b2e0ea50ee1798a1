// Type slots: the native functions behind a type's behaviour, with CPython's names.

import CKraitCore

/// How slots are stored: the bare address of a Swift function that captures nothing.
///
/// A Swift closure is two words, and calling one from memory retains and releases its context. These wrappers keep only the code's address and
/// call it as a thin function: one indirect call, no reference counting. The function must not capture; that is checked when the slot is made.
/// Each signature has a wrapper of its own because a generic one would be called through a reabstraction thunk.
@usableFromInline
func codeAddress(_ closure: (UnsafeRawPointer, UnsafeRawPointer?)) -> UnsafeRawPointer {
  precondition(closure.1 == nil, "a slot's function captures something")
  return closure.0
}

/// `repr(x)`, `iter(x)`, `-x` and others of one operand.
@frozen
public struct UnarySlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value) throws(PyError) -> Owned }
  @usableFromInline struct Thin { let function: @convention(thin) (Value) throws(PyError) -> Owned }
  public init(_ function: @escaping (Value) throws(PyError) -> Owned) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value) throws(PyError) -> Owned {
    try unsafeBitCast(code, to: Thin.self).function(a)
  }
}

/// `x + y`, `x[y]` and others of two operands; may answer `NotImplemented` where Python's does.
@frozen
public struct BinarySlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value, Value) throws(PyError) -> Owned }
  @usableFromInline struct Thin { let function: @convention(thin) (Value, Value) throws(PyError) -> Owned }
  public init(_ function: @escaping (Value, Value) throws(PyError) -> Owned) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try unsafeBitCast(code, to: Thin.self).function(a, b)
  }
}

/// `pow(x, y, z)`, `__get__`: an absent third operand is ``Value/absent``.
@frozen
public struct TernarySlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value, Value, Value) throws(PyError) -> Owned }
  @usableFromInline struct Thin { let function: @convention(thin) (Value, Value, Value) throws(PyError) -> Owned }
  public init(_ function: @escaping (Value, Value, Value) throws(PyError) -> Owned) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value, _ b: Value, _ c: Value) throws(PyError) -> Owned {
    try unsafeBitCast(code, to: Thin.self).function(a, b, c)
  }
}

/// Rich comparison.
@frozen
public struct CompareSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value, Value, Comparison) throws(PyError) -> Owned }
  @usableFromInline struct Thin { let function: @convention(thin) (Value, Value, Comparison) throws(PyError) -> Owned }
  public init(_ function: @escaping (Value, Value, Comparison) throws(PyError) -> Owned) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value, _ b: Value, _ c: Comparison) throws(PyError) -> Owned {
    try unsafeBitCast(code, to: Thin.self).function(a, b, c)
  }
}

/// `hash(x)`; never -1.
@frozen
public struct HashSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value) throws(PyError) -> Int }
  @usableFromInline struct Thin { let function: @convention(thin) (Value) throws(PyError) -> Int }
  public init(_ function: @escaping (Value) throws(PyError) -> Int) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value) throws(PyError) -> Int {
    try unsafeBitCast(code, to: Thin.self).function(a)
  }
}

/// `len(x)`.
@frozen
public struct LengthSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value) throws(PyError) -> Int }
  @usableFromInline struct Thin { let function: @convention(thin) (Value) throws(PyError) -> Int }
  public init(_ function: @escaping (Value) throws(PyError) -> Int) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value) throws(PyError) -> Int {
    try unsafeBitCast(code, to: Thin.self).function(a)
  }
}

/// `bool(x)`.
@frozen
public struct TruthSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value) throws(PyError) -> Bool }
  @usableFromInline struct Thin { let function: @convention(thin) (Value) throws(PyError) -> Bool }
  public init(_ function: @escaping (Value) throws(PyError) -> Bool) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value) throws(PyError) -> Bool {
    try unsafeBitCast(code, to: Thin.self).function(a)
  }
}

/// `y in x`: container, element.
@frozen
public struct ContainsSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value, Value) throws(PyError) -> Bool }
  @usableFromInline struct Thin { let function: @convention(thin) (Value, Value) throws(PyError) -> Bool }
  public init(_ function: @escaping (Value, Value) throws(PyError) -> Bool) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value, _ b: Value) throws(PyError) -> Bool {
    try unsafeBitCast(code, to: Thin.self).function(a, b)
  }
}

/// `sq_item`, `sq_repeat`: by an index or count that is a native integer.
@frozen
public struct IndexSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value, Int) throws(PyError) -> Owned }
  @usableFromInline struct Thin { let function: @convention(thin) (Value, Int) throws(PyError) -> Owned }
  public init(_ function: @escaping (Value, Int) throws(PyError) -> Owned) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value, _ b: Int) throws(PyError) -> Owned {
    try unsafeBitCast(code, to: Thin.self).function(a, b)
  }
}

/// `x[y] = z`, `setattr(x, y, z)`, `__set__`; deletion is a ``Value/absent`` third operand.
@frozen
public struct StoreSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value, Value, Value) throws(PyError) -> Void }
  @usableFromInline struct Thin { let function: @convention(thin) (Value, Value, Value) throws(PyError) -> Void }
  public init(_ function: @escaping (Value, Value, Value) throws(PyError) -> Void) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value, _ b: Value, _ c: Value) throws(PyError) -> Void {
    try unsafeBitCast(code, to: Thin.self).function(a, b, c)
  }
}

/// `next(x)`: ``Value/absent`` says that the iterator is exhausted, without an exception.
@frozen
public struct NextSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value) throws(PyError) -> Owned }
  @usableFromInline struct Thin { let function: @convention(thin) (Value) throws(PyError) -> Owned }
  public init(_ function: @escaping (Value) throws(PyError) -> Owned) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value) throws(PyError) -> Owned {
    try unsafeBitCast(code, to: Thin.self).function(a)
  }
}

/// `x(…)`: callee, arguments.
@frozen
public struct CallSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value, Arguments) throws(PyError) -> Owned }
  @usableFromInline struct Thin { let function: @convention(thin) (Value, Arguments) throws(PyError) -> Owned }
  public init(_ function: @escaping (Value, Arguments) throws(PyError) -> Owned) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value, _ b: Arguments) throws(PyError) -> Owned {
    try unsafeBitCast(code, to: Thin.self).function(a, b)
  }
}

/// `x.__init__(…)`.
@frozen
public struct InitializeSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value, Arguments) throws(PyError) -> Void }
  @usableFromInline struct Thin { let function: @convention(thin) (Value, Arguments) throws(PyError) -> Void }
  public init(_ function: @escaping (Value, Arguments) throws(PyError) -> Void) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value, _ b: Arguments) throws(PyError) -> Void {
    try unsafeBitCast(code, to: Thin.self).function(a, b)
  }
}

/// Ends an object: gives up what it holds and frees its block.
@frozen
public struct DeallocateSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (UnsafeMutableRawPointer) -> Void }
  @usableFromInline struct Thin { let function: @convention(thin) (UnsafeMutableRawPointer) -> Void }
  public init(_ function: @escaping (UnsafeMutableRawPointer) -> Void) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  func isSame(as other: DeallocateSlot) -> Bool { code == other.code }
  @inline(__always)
  public func callAsFunction(_ a: UnsafeMutableRawPointer) -> Void {
    unsafeBitCast(code, to: Thin.self).function(a)
  }
}

/// Calls the visitor with each object that this one holds.
@frozen
public struct TraverseSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (UnsafeMutableRawPointer, Visitor) -> Void }
  @usableFromInline struct Thin { let function: @convention(thin) (UnsafeMutableRawPointer, Visitor) -> Void }
  public init(_ function: @escaping (UnsafeMutableRawPointer, Visitor) -> Void) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: UnsafeMutableRawPointer, _ b: Visitor) -> Void {
    unsafeBitCast(code, to: Thin.self).function(a, b)
  }
}

/// Gives up what could be part of a cycle.
@frozen
public struct ClearSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (UnsafeMutableRawPointer) -> Void }
  @usableFromInline struct Thin { let function: @convention(thin) (UnsafeMutableRawPointer) -> Void }
  public init(_ function: @escaping (UnsafeMutableRawPointer) -> Void) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: UnsafeMutableRawPointer) -> Void {
    unsafeBitCast(code, to: Thin.self).function(a)
  }
}

/// Runs the finaliser once (PEP 442); exceptions are reported as unraisable.
@frozen
public struct FinalizeSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value) -> Void }
  @usableFromInline struct Thin { let function: @convention(thin) (Value) -> Void }
  public init(_ function: @escaping (Value) -> Void) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value) -> Void {
    unsafeBitCast(code, to: Thin.self).function(a)
  }
}

/// `<`, `<=`, `==`, `!=`, `>`, `>=`, with CPython's numbers.
@frozen
public enum Comparison: UInt8, BitwiseCopyable, Sendable {
  case less, lessEqual, equal, notEqual, greater, greaterEqual

  /// The comparison that gives the same answer with the operands exchanged.
  @inlinable
  public var reflected: Comparison {
    switch self {
    case .less: .greater
    case .lessEqual: .greaterEqual
    case .equal: .equal
    case .notEqual: .notEqual
    case .greater: .less
    case .greaterEqual: .lessEqual
    }
  }

  /// The answer of this comparison for two operands that compare as given.
  @inlinable
  public func holds<T: Comparable>(_ a: T, _ b: T) -> Bool {
    switch self {
    case .less: a < b
    case .lessEqual: a <= b
    case .equal: a == b
    case .notEqual: a != b
    case .greater: a > b
    case .greaterEqual: a >= b
    }
  }
}

/// What a traversal calls for each reference: a function and one word of its own.
@frozen
public struct Visitor: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline let context: UnsafeMutableRawPointer
  @usableFromInline struct Closure { let function: (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void }
  @usableFromInline struct Thin { let function: @convention(thin) (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void }

  /// The function that is called for immediate values too, with the value's word for the object's address; all others see objects only.
  @usableFromInline nonisolated(unsafe) static var seeingImmediates: UnsafeRawPointer?

  /// The same visitor, which sees immediate values too.
  func withImmediates() -> Visitor {
    Visitor.seeingImmediates = code
    return self
  }

  /// - Parameter function: called with an object and the context.
  init(context: UnsafeMutableRawPointer, _ function: @escaping (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
    self.context = context
  }

  @inline(__always)
  public func callAsFunction(_ value: Value) {
    if value.isObject && !value.isAbsent {
      unsafeBitCast(code, to: Thin.self).function(value.object, context)
    } else if code == Visitor.seeingImmediates, let word = UnsafeMutableRawPointer(bitPattern: UInt(value.bits)) {
      unsafeBitCast(code, to: Thin.self).function(word, context)
    }
  }
}

/// The arguments of a call: positional ones, then the values of keywords, in one borrowed array (CPython's vectorcall, PEP 590).
@frozen
public struct Arguments: BitwiseCopyable {
  public let base: UnsafePointer<Value>
  public let positionalCount: Int
  /// A tuple of the keywords' names, or ``Value/absent``.
  public let keywordNames: Value

  @inlinable @inline(__always)
  public init(base: UnsafePointer<Value>, positionalCount: Int, keywordNames: Value = .absent) {
    self.base = base
    self.positionalCount = positionalCount
    self.keywordNames = keywordNames
  }

  var withoutKeywords: Arguments { Arguments(base: base, positionalCount: positionalCount) }
}
