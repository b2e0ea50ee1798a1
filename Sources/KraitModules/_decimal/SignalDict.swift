// The mappings `Context.flags` and `Context.traps`: from signals' classes to whether their bits are set in the context.

import KraitRuntime

nonisolated(unsafe) private var mixinType = ModuleType()
/// The class of the mappings: the mixin and MutableMapping.
nonisolated(unsafe) private var signalDictClass = InterpreterValue()

enum SignalDict {
  /// The bits of a mapping; nil for any other value and for one whose context is gone.
  static func flags(of value: Value) -> UnsafeMutablePointer<UInt32>? {
    guard mixinType.includes(value) else { return nil }
    return value.object.load(fromByteOffset: 16, as: UnsafeMutablePointer<UInt32>?.self)
  }

  private static func checkedFlags(_ value: Value) throws(PyError) -> UnsafeMutablePointer<UInt32> {
    guard let flags = flags(of: value) else { throw .valueError("invalid signal dict") }
    return flags
  }

  static func make(_ flags: UnsafeMutablePointer<UInt32>) throws(PyError) -> Owned {
    let made = try signalDictClass.value.call()
    made.value.object.storeBytes(of: flags, toByteOffset: 16, as: UnsafeMutablePointer<UInt32>?.self)
    return made
  }

  /// The context of a mapping ends.
  static func detach(_ value: Value) { value.object.storeBytes(of: nil, toByteOffset: 16, as: UnsafeMutablePointer<UInt32>?.self) }

  static func define(_ m: ModuleBuilder) throws(PyError) {
    mixinType = ModuleType(
      try m.defineType("SignalDictMixin", module: "decimal", isPublic: false) { t in
        t.basicSize = 24
        t.flags.insert(.baseType)
        t.inheritsNew = true
        t.rawInitialize("SignalDictMixin") { (object: Value, _: Arguments) throws(PyError) in detach(object) }
        t.slots.deallocate = DeallocateSlot { finishDeallocation($0) }
        t.slots.length = LengthSlot { (object: Value) throws(PyError) -> Int in
          _ = try checkedFlags(object)
          return DecimalSignal.signals.count
        }
        t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in
          _ = try checkedFlags(object)
          let keys = try DecimalSignal.list(.max)
          let tuple = try Owned.tuple(from: keys.value)
          return try tuple.value.iterate()
        }
        t.slots.subscript = BinarySlot { (object: Value, key: Value) throws(PyError) -> Owned in
          let flags = try checkedFlags(object)
          return .boolean(flags.pointee & (try DecimalSignal.bits(of: key)) != 0)
        }
        t.slots.storeSubscript = StoreSlot { (object: Value, key: Value, value: Value) throws(PyError) in
          if value.isAbsent { throw .valueError("signal keys cannot be deleted") }
          let bits = try DecimalSignal.bits(of: key)
          let isSet = try value.isTruthy()
          let flags = try checkedFlags(object)
          if isSet { flags.pointee |= bits } else { flags.pointee &= ~bits }
        }
        t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
          let flags = try checkedFlags(object).pointee
          let parts = DecimalSignal.signals.map { "<class 'decimal.\($0.name)'>:\(flags & $0.bits != 0 ? "True" : "False")" }
          return try Owned.string("{" + parts.joined(separator: ", ") + "}")
        }
        t.slots.compare = CompareSlot { (a: Value, b: Value, operation: Comparison) throws(PyError) -> Owned in
          guard operation == .equal || operation == .notEqual else { return .notImplemented }
          let own = try checkedFlags(a).pointee
          let other: UInt32
          if mixinType.includes(b) {
            other = try checkedFlags(b).pointee
          } else if b.isDict {
            do throws(PyError) { other = try ArithmeticContext.signals(b) } catch {
              guard PyError.matches(.keyError) else { throw error }
              PyError.clear()
              return .notImplemented
            }
          } else {
            return .notImplemented
          }
          return .boolean((own == other) == (operation == .equal))
        }
        t.attribute(Name.__hash__, .none)
        t.method("copy()", "The same as a dict.") { (call: Call) throws(PyError) -> Owned in
          let flags = try checkedFlags(call.receiver).pointee
          let result = try Owned.dict()
          for (number, signal) in DecimalSignal.signals.enumerated() {
            try DictObject(result.value).set(DecimalSignal.exceptionClass(number), Value(flags & signal.bits != 0))
          }
          return result
        }
      })
    if !signalDictClass.value.isAbsent { return }
    let module = try importModule("collections.abc")
    let name = try Owned.string("MutableMapping" as StaticString)
    let mapping = try module.value.getAttribute(name.value)
    let bases = try Owned.tuple(mixinType.value, mapping.value)
    let own = try Owned.string("SignalDict" as StaticString)
    let namespace = try Owned.dict()
    try signalDictClass.set(try mapping.value.type.value.call(own.value, bases.value, namespace.value))
  }
}
