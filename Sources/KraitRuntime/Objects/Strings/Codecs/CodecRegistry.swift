// The registry of codecs and error handlers of an interpreter: search functions and handlers that programs registered (`codecs`).

import CKraitCore

enum CodecRegistry {
  /// The handler with a name; LookupError if there is none.
  static func errorHandler(_ name: Value) throws(PyError) -> Owned {
    let handlers = currentInterpreter.pointee.errorHandlers
    if !handlers.isAbsent {
      let found = try DictObject(handlers).get(name)
      if !found.isAbsent { return Owned(copying: found) }
    }
    throw PyError.raise(.lookupError, "unknown error handler name '\(name.text)'")
  }

  /// Adds an error handler under a name.
  static func registerErrorHandler(_ name: Value, _ handler: Value) throws(PyError) {
    guard handler.type.slots.pointee.call != nil else { throw PyError.typeError("handler must be callable") }
    if currentInterpreter.pointee.errorHandlers.isAbsent { currentInterpreter.pointee.errorHandlers = try Owned.dict().take() }
    try DictObject(currentInterpreter.pointee.errorHandlers).set(name, handler)
  }

  /// Encodes by a codec that a search function finds.
  static func encodeText(_ text: Value, _ encoding: Value, _ errors: Value) throws(PyError) -> Owned { throw unknown(encoding) }

  static func decodeText(_ bytes: Value, _ encoding: Value, _ errors: Value) throws(PyError) -> Owned { throw unknown(encoding) }

  private static func unknown(_ encoding: Value) -> PyError { .raise(.lookupError, "unknown encoding: \(encoding.text)") }
}
