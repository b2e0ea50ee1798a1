// Exception objects in memory: the fields that all have, and those of the builtin types with more.

import CKraitCore
import Glibc

/// An exception object. A field that is absent reads as None in Python.
@frozen
public struct ExceptionObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }
  public var value: Value { Value(raw) }

  // Layout: 16 args (a tuple), 24 traceback, 32 context, 40 cause, 48 whether the context is suppressed, 49 the mark of a private one (`Privacy`), 56 the fields of the type, all Values.
  static var size: Int { 56 }
  static var fieldsOffset: Int { 56 }
  static var privacyOffset: Int { 49 }

  public var args: Value { raw.load(fromByteOffset: 16, as: Value.self) }
  public var traceback: Value { raw.load(fromByteOffset: 24, as: Value.self) }
  public var context: Value { raw.load(fromByteOffset: 32, as: Value.self) }
  public var cause: Value { raw.load(fromByteOffset: 40, as: Value.self) }
  public var suppressContext: Bool {
    get { raw.load(fromByteOffset: 48, as: UInt8.self) != 0 }
    nonmutating set { raw.storeBytes(of: newValue ? 1 : 0, toByteOffset: 48, as: UInt8.self) }
  }

  @inline(__always)
  private func replace(_ offset: Int, _ value: consuming Owned) {
    let old = raw.load(fromByteOffset: offset, as: Value.self)
    raw.storeBytes(of: value.take(), toByteOffset: offset, as: Value.self)
    old.releaseIfPresent()
  }

  public func setArgs(_ args: consuming Owned) { replace(16, args) }
  public func setTraceback(_ traceback: consuming Owned) { replace(24, traceback) }

  /// Puts an entry in front of the traceback, unless there is no memory for it: the exception matters more. Consumes the frame.
  @inline(__always)
  func pushTraceback(frame: consuming Owned, instruction: Int) {
    guard let entry = allocateIfPossible(TypeObject.traceback.rootShape, size: TracebackObject.size) else { return }
    // The reference to the rest goes over to the entry.
    entry.storeBytes(of: traceback.isNone ? .absent : traceback, toByteOffset: 16, as: Value.self)
    entry.storeBytes(of: frame.take(), toByteOffset: 24, as: Value.self)
    entry.storeBytes(of: instruction, toByteOffset: 32, as: Int.self)
    entry.storeBytes(of: -1, toByteOffset: 40, as: Int.self)
    raw.storeBytes(of: Value(entry), toByteOffset: 24, as: Value.self)
  }
  public func setContext(_ context: consuming Owned) { replace(32, context) }

  /// Sets the cause (absent or None for none), which suppresses the context.
  public func setCause(_ cause: consuming Owned) {
    replace(40, cause.value.isNone ? Owned(taking: .absent) : cause)
    suppressContext = true
  }

  /// A field of the builtin type, by number.
  subscript(index: Int) -> Value { raw.load(fromByteOffset: ExceptionObject.fieldsOffset + index * 8, as: Value.self) }
  func set(_ index: Int, _ value: consuming Owned) { replace(ExceptionObject.fieldsOffset + index * 8, value) }
  func set(_ index: Int, copying value: Value) { set(index, Owned(copyingIfPresent: value)) }

  /// How many fields the builtin type has of its own.
  var fieldCount: Int { (Int(raw.shape.type.nativeBase.contents.pointee.basicSize) - ExceptionObject.fieldsOffset) / 8 }

  /// Makes the exception that was being handled this one's context, unless that closes a circle.
  public func chainContext(_ handled: Value) {
    guard handled.isException, handled !== value else { return }
    // Wherever this exception is itself in the chain of contexts, the chain ends before it. The slow pointer finds circles that are there already.
    var link = ExceptionObject(handled)
    var slow = link
    var movesSlow = false
    while true {
      let next = link.context
      if next.isAbsent { break }
      if next === value {
        link.setContext(Owned(taking: .absent))
        break
      }
      link = ExceptionObject(next)
      if link.raw == slow.raw { break }
      if movesSlow { slow = ExceptionObject(slow.context) }
      movesSlow.toggle()
    }
    setContext(Owned(copying: handled))
  }

  /// A new instance of a builtin exception type (not a subclass of a program's own) with these arguments, made without calls.
  static func make(_ type: TypeObject, args: consuming Owned) throws(PyError) -> Owned {
    let object = ExceptionObject(raw: try type.allocate())
    object.raw.storeBytes(of: args.take(), toByteOffset: 16, as: Value.self)
    return Owned(taking: object.raw)
  }

  /// A MemoryError; nil when there is no memory for it.
  static func makeMemoryError() -> Owned? {
    let shape = TypeObject.memoryError.rootShape
    let size = Int(shape.contents.pointee.instanceSize)
    guard let raw = allocateIfPossible(shape, size: size) else { return nil }
    memset(raw + ObjectHeader.size, 0, size - ObjectHeader.size)
    ExceptionObject(raw: raw).setArgs(Owned.emptyTuple)
    return Owned(taking: raw)
  }

  /// A new instance of a class with ``TypeObject/makesPlainExceptions``.
  static func make(_ type: TypeObject, _ arguments: Arguments) throws(PyError) -> Owned {
    try make(type, args: try Owned.tuple(UnsafeBufferPointer(start: arguments.base, count: arguments.positionalCount)))
  }

  /// What calling an exception class with one argument gives.
  static func make(_ type: TypeObject, _ argument: Value) throws(PyError) -> Owned {
    // Builtin types without fields of their own: nothing but the arguments to set.
    let isPlain = type.isPlainException
    guard isPlain || type == .stopIteration else { return try type.value.call(argument) }
    let exception = try make(type, args: try Owned.tuple(argument))
    if !isPlain { ExceptionObject(exception.value).set(0, copying: argument) }
    return exception
  }
}

extension TypeObject {
  /// A builtin exception type that has nothing but the arguments.
  var isPlainException: Bool {
    rootShape.flags.contains(.exception) && !isHeapType && Int(contents.pointee.basicSize) == ExceptionObject.size
  }

  /// Calling the class gives an instance with the arguments and does nothing else: it is such a builtin type, or a program's own without `__new__` and `__init__`.
  var makesPlainExceptions: Bool {
    guard rootShape.flags.contains(.exception), !rootShape.flags.contains(.hasFinalizer), value.type == .type else { return false }
    if !isHeapType { return isPlainException }
    let base = TypeObject.baseException.slots
    return nativeBase.isPlainException && slots.pointee.new?.code == base.pointee.new?.code && slots.pointee.initialize?.code == base.pointee.initialize?.code
  }
}

/// Raises as the statement `raise exception from cause` does; without a cause when that is absent.
///
/// - Parameter exception: a class or an instance.
public func raiseException(_ exception: Value, cause: Value = .absent) -> PyError {
  do throws(PyError) {
    let instance = try exceptionInstance(exception) ?? PyError.typeError("exceptions must derive from BaseException")
    if !cause.isAbsent {
      let held: Owned
      if cause.isNone {
        held = Owned(taking: .absent)
      } else {
        held = try exceptionInstance(cause) ?? PyError.typeError("exception causes must derive from BaseException")
      }
      ExceptionObject(instance.value).setCause(held)
    }
    return PyError.raise(instance)
  } catch { return error }
}

/// The instance that raising a value raises; nil when it is neither an exception nor a class of exceptions.
private func exceptionInstance(_ value: Value) throws(PyError) -> OptionalOwned {
  if value.isException { return OptionalOwned(Owned(copying: value)) }
  guard value.isExceptionClass else { return OptionalOwned() }
  let instance = try value.call()
  guard instance.value.isException else {
    throw PyError.typeError(
      "calling \(try value.repr().text) should have returned an instance of BaseException, not \(try instance.value.type.value.repr().text)")
  }
  return OptionalOwned(instance)
}

/// An owned value or none.
private struct OptionalOwned: ~Copyable {
  private let owned: Owned

  init() { owned = Owned(taking: .absent) }
  init(_ owned: consuming Owned) { self.owned = owned }

  static func ?? (value: consuming OptionalOwned, error: @autoclosure () -> PyError) throws(PyError) -> Owned {
    if value.owned.value.isAbsent { throw error() }
    return value.owned.copy()
  }
}

/// An exception's entry for one frame that it went through.
@frozen
public struct TracebackObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  // Layout: 16 the next entry (towards where it was raised), 24 the frame, 32 the instruction's offset in bytes, 40 the line.
  static var size: Int { 48 }

  /// Absent at the end.
  public var next: Value { raw.load(fromByteOffset: 16, as: Value.self) }
  public var frame: Value { raw.load(fromByteOffset: 24, as: Value.self) }
  public var instruction: Int { code.resolvedOffset(raw.load(fromByteOffset: 32, as: Int.self)) }
  /// -1 for what the instruction says.
  var storedLine: Int { raw.load(fromByteOffset: 40, as: Int.self) }
  /// 0 when the instruction belongs to no line.
  public var line: Int { storedLine >= 0 ? storedLine : code.line(at: instruction) ?? 0 }
  public var code: CodeObject { CodeObject(FrameObject(frame).codeValue) }

  func setNext(_ next: consuming Owned) {
    let old = self.next
    raw.storeBytes(of: next.take(), toByteOffset: 16, as: Value.self)
    old.releaseIfPresent()
  }

  /// - Parameters:
  ///   - next: the entry that is nearer to where the exception was raised; absent or None for none.
  ///   - instruction: the offset in `co_code` in bytes, or what stands for it (``CodeObject/unresolvedOffset(at:)``).
  ///   - line: -1 to take it from the instruction when somebody asks.
  public static func make(next: Value, frame: Value, instruction: Int, line: Int) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.traceback.rootShape, size: size)
    raw.storeBytes(of: Owned(copyingIfPresent: next.isNone ? .absent : next).take(), toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: Owned(copying: frame).take(), toByteOffset: 24, as: Value.self)
    raw.storeBytes(of: instruction, toByteOffset: 32, as: Int.self)
    raw.storeBytes(of: line, toByteOffset: 40, as: Int.self)
    return Owned(taking: raw)
  }
}
