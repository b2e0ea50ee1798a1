// Native functions: the immortal description of a function written in Swift, and how it is called.

import CKraitCore

/// A function written in Swift, as Python sees it: name, parameters, documentation, and the bare address of its code.
///
/// Descriptions are made once for the process and never freed; objects (``NativeFunctionObject``, method descriptors) and types point at them.
public struct NativeFunction {
  /// What the code at ``code`` is.
  public enum Form: UInt8, Sendable {
    /// `(Call) throws(PyError) -> Owned`: arguments bound to parameters.
    case bound
    /// `(Value, Arguments) throws(PyError) -> Owned`: receiver and arguments as they were given.
    case raw
    /// `(Call) throws(PyError) -> Void`: an `__init__`.
    case initializer
    /// `(Value, Arguments) throws(PyError) -> Void`: an `__init__` that looks at its arguments itself.
    case rawInitializer
  }

  /// Where the function stands, which decides what the receiver is and how errors name it.
  public enum Kind: UInt8, Sendable {
    /// Of a module: the receiver is the module.
    case function
    case method
    case classMethod
    case staticMethod
    /// The receiver is the type to instantiate; errors name the type.
    case new
    /// `__init__`; errors name the type.
    case initialize
  }

  public let code: UnsafeRawPointer
  public let form: Form
  public var kind: Kind
  /// What the function may do beside other threads.
  var sharing = FunctionSharing.none
  /// Whether the function looks at keywords that are no str itself: for others the caller refuses them.
  let takesAnyKeywords: Bool
  /// How many positional arguments fit without a look at the parameters; -1 when that never happens, and until the parameters are read.
  public fileprivate(set) var exactCount: Int32 = -1
  /// How many positional arguments fit with nothing but defaults for the others; -1 as above.
  fileprivate(set) var minimumCount: Int32 = -1
  /// Interned; the type's name for ``Kind/new`` and ``Kind/initialize``.
  public let name: Value
  /// The type that a method is of, absent for functions of modules.
  public var owner: Value
  /// The parameters; those of most functions that a program imports are never read: ``Swift/UnsafePointer/prepare()``.
  public fileprivate(set) var signature: UnsafePointer<Signature>
  /// What the parameters are read from, the name included; empty when the function does not tell them.
  fileprivate let source: UnsafePointer<UInt8>
  fileprivate let sourceCount: Int32
  public let documentation: StaticString

  @usableFromInline struct BoundClosure { let function: (Call) throws(PyError) -> Owned }
  @usableFromInline struct BoundThin { let function: @convention(thin) (Call) throws(PyError) -> Owned }
  @usableFromInline struct RawClosure { let function: (Value, Arguments) throws(PyError) -> Owned }
  @usableFromInline struct RawThin { let function: @convention(thin) (Value, Arguments) throws(PyError) -> Owned }
  @usableFromInline struct InitializerClosure { let function: (Call) throws(PyError) -> Void }
  @usableFromInline struct InitializerThin { let function: @convention(thin) (Call) throws(PyError) -> Void }
  @usableFromInline struct RawInitializerClosure { let function: (Value, Arguments) throws(PyError) -> Void }
  @usableFromInline struct RawInitializerThin { let function: @convention(thin) (Value, Arguments) throws(PyError) -> Void }

  /// - Parameter text: name and parameters, or a name alone.
  private init(code: UnsafeRawPointer, form: Form, kind: Kind, takesAnyKeywords: Bool = false, text: StaticString, documentation: StaticString, owner: Value) {
    self.code = code
    self.takesAnyKeywords = takesAnyKeywords
    self.form = form
    self.kind = kind
    self.documentation = documentation
    self.owner = owner
    let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    let open = bytes.firstIndex(of: UInt8(ascii: "("))
    precondition(open != nil || form == .raw || form == .rawInitializer, "a signature needs parentheses")
    name = internedName(UnsafeBufferPointer(rebasing: bytes[..<(open ?? bytes.count)]))
    signature = open == nil ? Signature.untold : Signature.unread
    source = text.utf8Start
    sourceCount = open == nil ? 0 : Int32(bytes.count)
  }

  private static func store(_ function: NativeFunction) -> UnsafePointer<NativeFunction> {
    let stored = UnsafeMutablePointer<NativeFunction>.allocate(capacity: 1)
    stored.initialize(to: function)
    return UnsafePointer(stored)
  }

  /// Whether there are parameters to show.
  var isTold: Bool { sourceCount > 0 }

  /// A function with parameters.
  public static func make(
    _ signature: StaticString, _ documentation: StaticString = "", kind: Kind = .function, owner: Value = .absent,
    _ function: @escaping (Call) throws(PyError) -> Owned
  ) -> UnsafePointer<NativeFunction> {
    let code = codeAddress(unsafeBitCast(BoundClosure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
    return store(NativeFunction(code: code, form: .bound, kind: kind, text: signature, documentation: documentation, owner: owner))
  }

  /// A function that looks at its arguments itself. Behind the name, parameters in parentheses may say what to show.
  public static func make(
    raw name: StaticString, _ documentation: StaticString = "", kind: Kind = .function, takesAnyKeywords: Bool = false, owner: Value = .absent,
    _ function: @escaping (Value, Arguments) throws(PyError) -> Owned
  ) -> UnsafePointer<NativeFunction> {
    let code = codeAddress(unsafeBitCast(RawClosure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
    return store(NativeFunction(code: code, form: .raw, kind: kind, takesAnyKeywords: takesAnyKeywords, text: name, documentation: documentation, owner: owner))
  }

  /// An `__init__` with parameters.
  public static func make(
    initializer signature: StaticString, _ documentation: StaticString = "", owner: Value = .absent,
    _ function: @escaping (Call) throws(PyError) -> Void
  ) -> UnsafePointer<NativeFunction> {
    let code = codeAddress(unsafeBitCast(InitializerClosure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
    return store(NativeFunction(code: code, form: .initializer, kind: .initialize, text: signature, documentation: documentation, owner: owner))
  }

  /// An `__init__` that looks at its arguments itself.
  public static func make(
    rawInitializer name: StaticString, _ documentation: StaticString = "", takesAnyKeywords: Bool = false, owner: Value = .absent,
    _ function: @escaping (Value, Arguments) throws(PyError) -> Void
  ) -> UnsafePointer<NativeFunction> {
    let code = codeAddress(unsafeBitCast(RawInitializerClosure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
    return store(NativeFunction(code: code, form: .rawInitializer, kind: .initialize, takesAnyKeywords: takesAnyKeywords, text: name, documentation: documentation, owner: owner))
  }
}

// MARK: - Calling

extension UnsafePointer where Pointee == NativeFunction {
  /// Calls the function. The result of an `__init__` is None.
  @inline(__always)
  public func call(_ receiver: Value, _ arguments: Arguments) throws(PyError) -> Owned {
    if _fastPath(pointee.form == .bound) {
      if _fastPath(Int(pointee.exactCount) == arguments.positionalCount && arguments.keywordNames.isAbsent) {
        return try callBound(Call(function: self, receiver: receiver, base: arguments.base))
      }
    } else if pointee.form == .raw {
      return try unsafeBitCast(pointee.code, to: NativeFunction.RawThin.self).function(receiver, arguments)
    }
    return try callByForm(receiver, arguments)
  }

  /// Calls a function of form ``NativeFunction/Form/bound`` with parameters in place.
  @inline(__always)
  public func callBound(_ call: Call) throws(PyError) -> Owned {
    try unsafeBitCast(pointee.code, to: NativeFunction.BoundThin.self).function(call)
  }

  /// Reads the parameters if nobody has asked for them.
  @inline(__always)
  func prepare() {
    if _slowPath(pointee.signature.pointee.isUnread) { readSignature() }
  }

  @inline(never)
  private func readSignature() {
    ModuleTypes.lockTypes()
    defer { ModuleTypes.unlockTypes() }
    guard pointee.signature.pointee.isUnread else { return }
    let function = UnsafeMutablePointer(mutating: self)
    let read = UnsafeMutablePointer<Signature>.allocate(capacity: 1)
    read.initialize(to: Signature(UnsafeBufferPointer(start: pointee.source, count: Int(pointee.sourceCount))))
    // Other threads look at the signature first, and at the counts without it.
    krait_store64_release(&function.pointee.signature, UInt64(UInt(bitPattern: read)))
    if pointee.form != .raw && !read.pointee.hasVariadic && !read.pointee.hasKeywords && read.pointee.positionalCount == read.pointee.parameters.count {
      function.pointee.minimumCount = Int32(read.pointee.requiredPositionalCount)
      function.pointee.exactCount = Int32(read.pointee.positionalCount)
    }
  }

  /// Calls an `__init__`.
  public func initialize(_ receiver: Value, _ arguments: Arguments) throws(PyError) {
    prepare()
    switch pointee.form {
    case .initializer:
      if Int(pointee.exactCount) == arguments.positionalCount && arguments.keywordNames.isAbsent {
        try unsafeBitCast(pointee.code, to: NativeFunction.InitializerThin.self).function(
          Call(function: self, receiver: receiver, base: arguments.base))
      } else {
        try withBoundCall(receiver, arguments) { (call: Call) throws(PyError) in
          try unsafeBitCast(pointee.code, to: NativeFunction.InitializerThin.self).function(call)
        }
      }
    case .rawInitializer:
      try unsafeBitCast(pointee.code, to: NativeFunction.RawInitializerThin.self).function(receiver, arguments)
    case .bound, .raw: _ = try callByForm(receiver, arguments)
    }
  }

  /// The most parameters that ``callWithDefaults(_:_:_:)`` fills in.
  private static var mostWithDefaults: Int { @inline(__always) get { 8 } }

  /// Whether so many arguments by position leave only parameters with defaults.
  @inline(__always)
  private func fillsUp(_ count: Int) -> Bool {
    pointee.form == .bound && count < Int(pointee.exactCount) && count >= Int(pointee.minimumCount) && Int(pointee.exactCount) <= Self.mostWithDefaults
  }

  /// Whether so many arguments by position are all parameters, or leave only such with defaults.
  func takesByPosition(_ count: Int) -> Bool { pointee.form == .bound && count == Int(pointee.exactCount) || fillsUp(count) }

  /// The ways that need more than the arguments' count.
  @inline(never) @usableFromInline
  func callByForm(_ receiver: Value, _ arguments: Arguments) throws(PyError) -> Owned {
    // The common way is a function of its own, which saves no registers for the others.
    if _fastPath(arguments.keywordNames.isAbsent && fillsUp(arguments.positionalCount)) {
      return try callWithDefaults(receiver, arguments.base, arguments.positionalCount)
    }
    return try callOtherwise(receiver, arguments)
  }

  @inline(never)
  private func callOtherwise(_ receiver: Value, _ arguments: Arguments) throws(PyError) -> Owned {
    if _slowPath(pointee.signature.pointee.isUnread) {
      readSignature()
      return try call(receiver, arguments)
    }
    switch pointee.form {
    case .raw: return try unsafeBitCast(pointee.code, to: NativeFunction.RawThin.self).function(receiver, arguments)
    case .bound where arguments.keywordNames.isAbsent && pointee.signature.pointee.takesAnyPositional: return try callVariadic(receiver, arguments)
    case .bound: return try withBoundCall(receiver, arguments) { (call: Call) throws(PyError) -> Owned in try callBound(call) }
    case .initializer, .rawInitializer:
      try initialize(receiver, arguments)
      return .none
    }
  }

  /// All arguments are for `*args`; the parameters behind have their defaults.
  private func callVariadic(_ receiver: Value, _ arguments: Arguments) throws(PyError) -> Owned {
    var values: (Value, Value, Value, Value, Value, Value, Value, Value) = (
      .absent, .absent, .absent, .absent, .absent, .absent, .absent, .absent
    )
    return try withUnsafeMutablePointer(to: &values) { (tuple) throws(PyError) -> Owned in
      let slots = UnsafeMutableRawPointer(tuple).assumingMemoryBound(to: Value.self)
      let parameters = pointee.signature.pointee.parameters
      for index in 0..<parameters.count { slots[index] = parameters[index].default }
      slots[parameters.count] = Value(bits: UInt64(UInt(bitPattern: arguments.base)))
      slots[parameters.count &+ 1] = Value(bits: UInt64(arguments.positionalCount))
      return try callBound(Call(function: self, receiver: receiver, base: UnsafePointer<Value>(slots)))
    }
  }

  /// The most parameters of functions whose keywords have places (``keywordPlaces(_:positional:)``).
  private static var mostWithPlaces: Int { @inline(__always) get { 13 } }

  /// Where keywords go, the number of a parameter in 8 bits each, if arguments given like this are bound without a mistake and without a dict; nil for the general way.
  func keywordPlaces(_ names: TupleObject, positional: Int) -> UInt64? {
    prepare()
    let signature = pointee.signature
    let parameters = signature.pointee.parameters
    guard pointee.form == .bound, parameters.count <= Self.mostWithPlaces, names.count <= 8 else { return nil }
    guard positional <= signature.pointee.positionalCount || signature.pointee.hasVariadic else { return nil }
    var isGiven = parameters.indices.map { $0 < positional && $0 < signature.pointee.positionalCount }
    var places: UInt64 = 0
    for keyword in 0..<names.count {
      let first = signature.pointee.positionalOnlyCount
      guard let place = (first..<parameters.count).first(where: { parameters[$0].name === names[keyword] }), !isGiven[place] else { return nil }
      isGiven[place] = true
      places |= UInt64(place) << UInt64(8 * keyword)
    }
    return parameters.indices.allSatisfy { isGiven[$0] || parameters[$0].isOptional } ? places : nil
  }

  /// A call whose keywords' places were worked out before; their values stand behind the positional arguments.
  @inline(__always)
  func call(_ receiver: Value, _ arguments: UnsafePointer<Value>, positional: Int, keywords: Int, places: UInt64) throws(PyError) -> Owned {
    try withUnsafeTemporaryAllocation(of: Value.self, capacity: Self.mostWithPlaces + 3) { (buffer) throws(PyError) -> Owned in
      let slots = buffer.baseAddress.unsafelyUnwrapped
      let signature = pointee.signature
      let parameters = signature.pointee.parameters
      let named = Swift.min(positional, signature.pointee.positionalCount)
      var index = 0
      while index < named {
        // An atomic store, so that the few words are not made a call of memcpy.
        krait_store64(slots + index, arguments[index].bits)
        index &+= 1
      }
      while index < parameters.count {
        krait_store64(slots + index, parameters[index].default.bits)
        index &+= 1
      }
      slots[index] = Value(bits: UInt64(UInt(bitPattern: arguments + named)))
      slots[index &+ 1] = Value(bits: UInt64(positional &- named))
      slots[index &+ 2] = .absent
      var places = places
      index = positional
      while index < positional &+ keywords {
        slots[Int(places & 0xFF)] = arguments[index]
        places = places &>> 8
        index &+= 1
      }
      return try callBound(Call(function: self, receiver: receiver, base: UnsafePointer<Value>(slots)))
    }
  }

  /// Only parameters at the end are missing, and have defaults.
  @inline(never)
  func callWithDefaults(_ receiver: Value, _ arguments: UnsafePointer<Value>, _ count: Int) throws(PyError) -> Owned {
    try withUnsafeTemporaryAllocation(of: Value.self, capacity: Self.mostWithDefaults) { (buffer) throws(PyError) -> Owned in
      let slots = buffer.baseAddress.unsafelyUnwrapped
      let parameters = pointee.signature.pointee.parameters
      var index = 0
      while index < count {
        // An atomic store, so that the few words are not made a call of memcpy.
        krait_store64(slots + index, arguments[index].bits)
        index &+= 1
      }
      while index < Int(pointee.exactCount) {
        krait_store64(slots + index, parameters[index].default.bits)
        index &+= 1
      }
      return try callBound(Call(function: self, receiver: receiver, base: UnsafePointer<Value>(slots)))
    }
  }

  /// Binds arguments to parameters in a buffer on the stack, and gives back the references that binding made.
  private func withBoundCall<Result: ~Copyable>(
    _ receiver: Value, _ arguments: Arguments, _ body: (Call) throws(PyError) -> Result
  ) throws(PyError) -> Result {
    let signature = pointee.signature
    return try withUnsafeTemporaryAllocation(of: Value.self, capacity: signature.pointee.bufferSize) {
      (buffer: UnsafeMutableBufferPointer<Value>) throws(PyError) -> Result in
      let slots = buffer.baseAddress.unsafelyUnwrapped
      slots.initialize(repeating: .absent, count: signature.pointee.bufferSize)
      // Only the dict of `**kw` is new; all else is borrowed from the caller or immortal.
      defer { slots[signature.pointee.parameters.count + 2].releaseIfPresent() }
      try bind(ignoresKeywords(receiver, arguments) ? arguments.withoutKeywords : arguments, into: slots)
      return try body(Call(function: self, receiver: receiver, base: UnsafePointer<Value>(slots)))
    }
  }

  /// A `__new__` without keywords leaves them to the `__init__` that a subclass has of its own, and the other way round.
  private func ignoresKeywords(_ receiver: Value, _ arguments: Arguments) -> Bool {
    if _fastPath(arguments.keywordNames.isAbsent) || pointee.signature.pointee.takesKeywords || !pointee.owner.isType { return false }
    let owner = TypeObject(raw: pointee.owner.object)
    switch pointee.kind {
    case .new:
      let type = receiver.asType
      return type != owner && type.lookUp(Name.__init__) !== owner.lookUp(Name.__init__)
    case .initialize:
      let type = receiver.type
      // set.__init__ refuses them always.
      return type != owner && owner != .set && type.lookUp(Name.__new__) !== owner.lookUp(Name.__new__)
    default: return false
    }
  }
}
