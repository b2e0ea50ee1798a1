// Messages between interpreters as objects that tests can hold.

import Glibc
import KraitRuntime

/// An object that holds a message of another interpreter's making, as a queue does between `put` and `get`.
enum CrossInterpreterData {
  private struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// Nil until the message is made.
    var message: UnsafeMutablePointer<SharedData>?
  }

  nonisolated(unsafe) private static var type = ModuleType()

  static func define(_ m: ModuleBuilder) throws(PyError) {
    type = ModuleType(
      try m.defineType("CrossInterpreterData", isPublic: false) { t in
        t.documentation = "A message for another interpreter."
        t.basicSize = MemoryLayout<Contents>.size
        t.flags.insert(.disallowInstantiation)
        t.slots.deallocate = DeallocateSlot { raw in
          if let message = raw.assumingMemoryBound(to: Contents.self).pointee.message {
            message.pointee.release()
            message.deallocate()
          }
          finishDeallocation(raw)
        }
      })
    try m.function(
      "get_crossinterp_data(obj, mode=None)",
      "Turn a value into a message: as plain data (xidata), with functions and what pickle takes (fallback), or in one way alone (pickle, marshal, code, func, script, script-pure)."
    ) { (call: Call) throws(PyError) -> Owned in
      guard call[1].isNone || call[1].isString else { throw .typeError("expected mode str, got \(try call[1].repr().text)") }
      let message = try message(for: call[0], mode: call[1].isNone ? "xidata" : call[1].text)
      let object: UnsafeMutableRawPointer
      do throws(PyError) { object = try type.object.allocate() } catch {
        message.release()
        throw error
      }
      let place = UnsafeMutablePointer<SharedData>.allocate(capacity: 1)
      place.initialize(to: message)
      object.assumingMemoryBound(to: Contents.self).pointee.message = place
      return Owned(taking: object)
    }
    try m.function("restore_crossinterp_data(data, /)", "The value that a message stands for.") { (call: Call) throws(PyError) -> Owned in
      guard type.includes(call[0]), let message = call[0].object.assumingMemoryBound(to: Contents.self).pointee.message else {
        throw .typeError("expected cross-interpreter data, got \(try call[0].repr().text)")
      }
      return try message.pointee.restore()
    }
  }

  private static func message(for value: Value, mode: String) throws(PyError) -> SharedData {
    switch mode {
    case "xidata": return try SharedData(value)
    case "fallback": return try SharedData(value, fallback: .full)
    case "pickle":
      return try refusing("object could not be pickled") { () throws(PyError) -> SharedData in try SharedData(pickled: try Pickling.dumps(value)) }
    case "marshal":
      return try refusing("object could not be marshalled") { () throws(PyError) -> SharedData in try SharedData(script: value) }
    case "code":
      guard value.isObject, value.type == .code else { throw PyError.raise(.notShareableError, "expected code, got \(try value.repr().text)") }
      return try SharedData(script: value)
    case "func":
      guard value.isObject, value.type == .function else { throw PyError.raise(.notShareableError, "expected a function, got \(try value.repr().text)") }
      return try refusing("only stateless functions are shareable") { () throws(PyError) -> SharedData in
        try verify(value)
        let code = FunctionObject(value).code
        try code.load()
        return try SharedData(function: code.value)
      }
    case "script", "script-pure":
      return try refusing("object not a valid script") { () throws(PyError) -> SharedData in
        if mode == "script-pure", value.isObject, value.type == .function || value.type == .code { try verify(value) }
        let code = try StatelessCode.script(of: value)
        return try SharedData(script: code.value)
      }
    default: throw .valueError("unsupported mode '\(mode)'")
    }
  }

  private static func verify(_ value: Value) throws(PyError) {
    if value.type == .function {
      let function = FunctionObject(value)
      for (defaults, name) in [(function.defaults, "defaults"), (function.keywordDefaults, "keyword defaults")] where !defaults.isAbsent && !defaults.isNone {
        throw .valueError("\(name) not supported")
      }
    }
    try StatelessCode.verify(value)
  }

  /// NotShareableError, whose cause is what `make` raises.
  private static func refusing(_ message: String, _ make: () throws(PyError) -> SharedData) throws(PyError) -> SharedData {
    do throws(PyError) { return try make() } catch {
      let cause = currentThread.pointee.takeException()
      _ = PyError.raise(.notShareableError, message)
      let exception = currentThread.pointee.takeException()
      ExceptionObject(exception.value).setCause(cause)
      throw PyError.raise(exception)
    }
  }
}
