// One call of a native function: its arguments by parameter number, and conversions that complain as CPython does.

import CKraitCore

/// What a native function is called with.
///
/// When the arguments fit exactly, ``base`` points at the caller's own slots; else at a buffer that the binder filled: a word for each parameter,
/// then base and count of `*args`, then the dict of `**kw`.
@frozen
public struct Call: BitwiseCopyable {
  public let function: UnsafePointer<NativeFunction>
  /// `self`; the type for a `__new__` and a class method, the module for a function.
  public let receiver: Value
  public let base: UnsafePointer<Value>

  @inlinable @inline(__always)
  public init(function: UnsafePointer<NativeFunction>, receiver: Value, base: UnsafePointer<Value>) {
    self.function = function
    self.receiver = receiver
    self.base = base
  }

  /// The argument for a parameter by number; absent only when its default is `<unrepresentable>`.
  @inlinable @inline(__always)
  public subscript(_ index: Int) -> Value { base[index] }

  /// What was given for `*args`.
  public var variadic: UnsafeBufferPointer<Value> {
    let count = function.pointee.signature.pointee.parameters.count
    return UnsafeBufferPointer(
      start: UnsafePointer(bitPattern: UInt(base[count].bits)), count: Int(base[count + 1].bits))
  }

  /// What was given for `**kw`: a dict, or absent when nothing was.
  public var keywords: Value { base[function.pointee.signature.pointee.parameters.count + 2] }
}

// MARK: - Conversions

extension Call {
  /// How errors name an argument: CPython counts positional-only ones when there are several, and names the others.
  func describe(_ index: Int) -> String {
    let signature = function.pointee.signature.pointee
    guard index < signature.parameters.count else { return "argument \(index + 1)" }
    if signature.parameters[index].kind != .positionalOnly { return "argument '\(signature.parameters[index].name.text)'" }
    return signature.parameters.count == 1 && !signature.takesClass ? "argument" : "argument \(index + 1)"
  }

  /// "f() argument 1 must be str, not int".
  @inline(never)
  public func wrongType(_ index: Int, _ expected: String) -> PyError {
    let value = self[index]
    let given = value.isNone ? "None" : value.typeName
    return .typeError("\(function.pointee.name.text)() \(describe(index)) must be \(expected), not \(given)")
  }

  /// An int that fits a machine word, by `__index__`.
  @inline(__always)
  public func int(_ index: Int) throws(PyError) -> Int {
    let value = self[index]
    if _fastPath(value.isSmallInteger) { return value.smallInteger }
    return try value.asInt()
  }

  /// The same as ``int(_:)``: a size or an index.
  @inline(__always)
  public func index(_ index: Int) throws(PyError) -> Int { try int(index) }

  /// A C int.
  public func int32(_ index: Int) throws(PyError) -> Int32 {
    let converted = try self[index].index()
    if let word = Integer.asInt(converted.value), let result = Int32(exactly: word) { return result }
    throw .overflowError("Python int too large to convert to C int")
  }

  public func double(_ index: Int) throws(PyError) -> Double {
    let value = self[index]
    if _fastPath(value.isImmediateDouble) { return value.immediateDouble }
    return try value.asDouble()
  }

  /// Truth, as `bool()` has it.
  @inline(__always)
  public func bool(_ index: Int) throws(PyError) -> Bool {
    let value = self[index]
    if _fastPath(value.isBool) { return value.isTrue }
    return try value.isTruthy()
  }

  /// A str.
  @inline(__always)
  public func string(_ index: Int) throws(PyError) -> Value {
    let value = self[index]
    if _slowPath(!value.isString) { throw wrongType(index, "str") }
    return value
  }

  /// A str or None; absent for None.
  public func optionalString(_ index: Int) throws(PyError) -> Value {
    let value = self[index]
    if value.isNone || value.isAbsent { return .absent }
    if !value.isString { throw wrongType(index, "str or None") }
    return value
  }

  /// One code point of a str of length 1.
  public func character(_ index: Int) throws(PyError) -> UInt32 {
    let value = self[index]
    guard value.isString else { throw wrongType(index, "a unicode character") }
    let string = StringObject(value)
    guard string.length == 1 else {
      throw .typeError(
        "\(function.pointee.name.text)(): \(describe(index)) must be a unicode character, not a string of length \(string.length)")
    }
    return string.codePoint(at: 0)
  }

  /// An exact instance of a type or of a subclass.
  public func instance(_ index: Int, of type: TypeObject) throws(PyError) -> Value {
    let value = self[index]
    if !value.isInstance(of: type) { throw wrongType(index, type.shownName) }
    return value
  }
}

extension Owned {
  /// A new reference to a borrowed value, or nothing.
  @inlinable @inline(__always)
  public init(copyingIfPresent value: Value) {
    value.retainIfPresent()
    self.init(taking: value)
  }
}
