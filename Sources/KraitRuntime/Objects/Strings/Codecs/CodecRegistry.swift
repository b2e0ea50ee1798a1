// The registry of codecs and error handlers of an interpreter: search functions and handlers that programs registered (`codecs`).

import CKraitCore

enum CodecRegistry {
  // MARK: Error handlers

  /// The handler with a name; LookupError if there is none.
  static func errorHandler(_ name: Value) throws(PyError) -> Owned {
    excludeOtherThreads()
    try checkNameText(name)
    try fillErrorHandlers()
    let found = try DictObject(currentInterpreter.pointee.errorHandlers).get(name)
    if !found.isAbsent { return Owned(copying: found) }
    throw PyError.raise(.lookupError, "unknown error handler name '\(name.text)'")
  }

  /// Adds an error handler under a name.
  static func registerErrorHandler(_ name: Value, _ handler: Value) throws(PyError) {
    guard handler.type.slots.pointee.call != nil else { throw PyError.typeError("handler must be callable") }
    try fillErrorHandlers()
    try DictObject(currentInterpreter.pointee.errorHandlers).set(name, handler)
  }

  /// Whether there was a handler; those that the runtime has cannot be removed.
  static func unregisterErrorHandler(_ name: Value) throws(PyError) -> Bool {
    for builtin in builtinHandlerNames where StringObject(name).isEqual(to: builtin) {
      throw PyError.valueError("cannot un-register built-in error handler '\(name.text)'")
    }
    try fillErrorHandlers()
    let handlers = DictObject(currentInterpreter.pointee.errorHandlers)
    guard try !handlers.get(name).isAbsent else { return false }
    _ = try handlers.remove(name)
    return true
  }

  private static var builtinHandlerNames: [StaticString] {
    ["strict", "ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace", "surrogatepass", "surrogateescape"]
  }

  private static func fillErrorHandlers() throws(PyError) {
    guard currentInterpreter.pointee.errorHandlers.isAbsent else { return }
    let handlers = try Owned.dict()
    func add(_ name: StaticString, _ function: StaticString, _ body: @escaping (Call) throws(PyError) -> Owned) throws(PyError) {
      let description = NativeFunction.make(function, "What a codec's errors argument of this name does.", body)
      let key = try Owned.string(name)
      let object = try NativeFunctionObject.make(description, receiver: .none, module: .absent)
      try DictObject(handlers.value).set(key.value, object.value)
    }
    try add("strict", "strict_errors(exception, /)") { (call: Call) throws(PyError) -> Owned in
      guard call[0].isException else { throw PyError.typeError("codec must pass exception instance") }
      throw PyError.raise(Owned(copying: call[0]))
    }
    try add("ignore", "ignore_errors(exception, /)") { (call: Call) throws(PyError) -> Owned in try callHandler(.ignore, call[0]) }
    try add("replace", "replace_errors(exception, /)") { (call: Call) throws(PyError) -> Owned in try callHandler(.replace, call[0]) }
    try add("xmlcharrefreplace", "xmlcharrefreplace_errors(exception, /)") { (call: Call) throws(PyError) -> Owned in try callHandler(.xmlReplace, call[0]) }
    try add("backslashreplace", "backslashreplace_errors(exception, /)") { (call: Call) throws(PyError) -> Owned in try callHandler(.backslashReplace, call[0]) }
    try add("namereplace", "namereplace_errors(exception, /)") { (call: Call) throws(PyError) -> Owned in try callHandler(.nameReplace, call[0]) }
    try add("surrogatepass", "surrogatepass(exception, /)") { (call: Call) throws(PyError) -> Owned in try callHandler(.surrogatePass, call[0]) }
    try add("surrogateescape", "surrogateescape(exception, /)") { (call: Call) throws(PyError) -> Owned in try callHandler(.surrogateEscape, call[0]) }
    currentInterpreter.pointee.errorHandlers = handlers.copy().take()
  }

  /// What one of the runtime's own handlers answers to an exception: the replacement and where to go on.
  private static func callHandler(_ handling: ErrorHandling, _ exception: Value) throws(PyError) -> Owned {
    func attribute(_ name: StaticString) throws(PyError) -> Owned {
      let name = try Owned.string(name)
      return try exception.getAttribute(name.value)
    }
    let isEncoding = exception.isInstance(of: .unicodeEncodeError)
    let isDecoding = exception.isInstance(of: .unicodeDecodeError)
    guard isEncoding || isDecoding || exception.isInstance(of: .unicodeTranslateError) else {
      throw PyError.typeError("don't know how to handle \(exception.typeName) in error callback")
    }
    let object = try attribute("object")
    if isDecoding ? !object.value.isBytes : !object.value.isString {
      throw PyError.typeError("UnicodeError 'object' attribute must be a \(isDecoding ? "bytes" : "string")")
    }
    let startValue = try attribute("start")
    let endValue = try attribute("end")
    let length = try object.value.length()
    let start = max(0, min(try startValue.value.asInt(), length))
    let end = max(start, min(try endValue.value.asInt(), length))
    let encoding = isEncoding || isDecoding ? try attribute("encoding") : Owned.emptyString
    guard isEncoding || isDecoding else { return try translationReplacement(handling, exception, StringObject(object.value), start, end) }
    let form = SurrogateForm(encodingName(encoding.value))
    let encodingText = form?.name ?? "charmap"
    // A failure is the exception itself, not one like it.
    if isEncoding {
      let text = Owned.exactString(object.value)
      do throws(PyError) {
        var handler = HandlerCall()
        let replacement = try handling.replaceUnencodable(StringObject(text.value), start, end, encodingText, "", &handler)
        let position = try Owned.integer(replacement.position)
        return try Owned.tuple(replacement.value.value, position.value)
      } catch {
        guard PyError.matches(.unicodeEncodeError) else { throw error }
        PyError.clear()
        throw PyError.raise(Owned(copying: exception))
      }
    }
    let view = try object.value.buffer(.simple)
    var decoder = Decoder(view.bytes, handling, object.value)
    do throws(PyError) {
      try decoder.reject(start, end, encodingText, "")
    } catch {
      guard PyError.matches(.unicodeDecodeError) else { throw error }
      PyError.clear()
      throw PyError.raise(Owned(copying: exception))
    }
    let text = try decoder.output.finish()
    let position = try Owned.integer(decoder.position)
    return try Owned.tuple(text.value, position.value)
  }

  /// The name as codecs compare it.
  private static func encodingName(_ name: Value) -> String {
    name.isString ? normalizedEncoding(name).replacingUnderscores : ""
  }

  private static func translationReplacement(
    _ handling: ErrorHandling, _ exception: Value, _ text: StringObject, _ start: Int, _ end: Int
  ) throws(PyError) -> Owned {
    var output = StringBuilder()
    switch handling {
    case .ignore: break
    case .replace: try output.append(codePoint: 0xFFFD, count: end &- start)
    case .backslashReplace: for index in start..<end { try output.appendBackslashEscape(text.codePoint(at: index)) }
    default: throw PyError.typeError("don't know how to handle \(exception.typeName) in error callback")
    }
    let replacement = try output.finish()
    let position = try Owned.integer(end)
    return try Owned.tuple(replacement.value, position.value)
  }

  // MARK: Codecs

  static func register(_ function: Value) throws(PyError) {
    guard function.type.slots.pointee.call != nil else { throw PyError.typeError("argument must be callable") }
    try ListObject(try searchPath()).append(function)
  }

  static func unregister(_ function: Value) throws(PyError) {
    let path = ListObject(try searchPath())
    for index in 0..<path.count where path[index] === function {
      let position = Value(smallInteger: index)
      try path.value.deleteItem(position)
      currentInterpreter.pointee.codecCache.releaseIfPresent()
      currentInterpreter.pointee.codecCache = .absent
      return
    }
  }

  /// The list of search functions, borrowed from the interpreter.
  private static func searchPath() throws(PyError) -> Value {
    if currentInterpreter.pointee.codecSearchPath.isAbsent { currentInterpreter.pointee.codecSearchPath = try Owned.list().take() }
    return currentInterpreter.pointee.codecSearchPath
  }

  /// The codec that a name means: a tuple of encoder, decoder, reader and writer. LookupError if no search function knows it.
  static func lookUp(_ encoding: Value) throws(PyError) -> Owned {
    excludeOtherThreads()
    try checkNameText(encoding)
    // Names that were looked up before stand in the cache as they were given, too.
    if !currentInterpreter.pointee.codecCache.isAbsent {
      let key = Owned.exactString(encoding)
      let known = try DictObject(currentInterpreter.pointee.codecCache).get(key.value)
      if !known.isAbsent { return Owned(copying: known) }
    }
    let name = intern(try Owned.string(normalizedEncoding(encoding)))
    if currentInterpreter.pointee.codecCache.isAbsent {
      currentInterpreter.pointee.codecCache = try Owned.dict().take()
      try importEncodings()
    }
    let known = try DictObject(currentInterpreter.pointee.codecCache).get(name.value)
    if !known.isAbsent {
      let found = Owned(copying: known)
      try remember(encoding, found.value)
      return found
    }
    let path = Owned(copying: try searchPath())
    var index = 0
    while index < ListObject(path.value).count {
      let function = Owned(copying: ListObject(path.value)[index])
      let found = try function.value.call(name.value)
      if !found.value.isNone {
        guard found.value.isTuple, TupleObject(found.value).count == 4 else { throw PyError.typeError("codec search functions must return 4-tuples") }
        try DictObject(currentInterpreter.pointee.codecCache).set(name.value, found.value)
        try remember(encoding, found.value)
        return found
      }
      index &+= 1
    }
    throw PyError.raise(.lookupError, "unknown encoding: \(encoding.text)")
  }

  /// - Parameter name: as it was given. There are many ways to write a name: not all are kept.
  private static func remember(_ name: Value, _ codec: Value) throws(PyError) {
    let cache = DictObject(currentInterpreter.pointee.codecCache)
    let key = Owned.exactString(name)
    if cache.count < 200 { try cache.set(key.value, codec) }
  }

  /// The package `encodings` registers the search function of the standard library; without a library there is none.
  private static func importEncodings() throws(PyError) {
    let name = try Owned.string("encodings")
    do throws(PyError) { _ = try importModule(name: name.value, globals: .none, fromList: .none, level: 0) } catch {
      guard PyError.matches(.importError) else { throw error }
      PyError.clear()
    }
  }

  /// Encodes by a codec that a search function finds.
  static func encodeText(_ text: Value, _ encoding: Value, _ errors: Value) throws(PyError) -> Owned {
    let codec = try lookUpText(encoding, "codecs.encode()")
    return try run(codec.value, 0, text, errors, encoding, "encoding", "encoder must return a tuple (object, integer)")
  }

  static func decodeText(_ bytes: Value, _ encoding: Value, _ errors: Value) throws(PyError) -> Owned {
    let codec = try lookUpText(encoding, "codecs.decode()")
    return try run(codec.value, 1, bytes, errors, encoding, "decoding", "decoder must return a tuple (object,integer)")
  }

  /// `codecs.encode` and `codecs.decode`: from any type to any.
  static func encodeAny(_ object: Value, _ encoding: Value, _ errors: Value) throws(PyError) -> Owned {
    let codec = try lookUp(encoding)
    return try run(codec.value, 0, object, errors, encoding, "encoding", "encoder must return a tuple (object, integer)")
  }

  static func decodeAny(_ object: Value, _ encoding: Value, _ errors: Value) throws(PyError) -> Owned {
    let codec = try lookUp(encoding)
    return try run(codec.value, 1, object, errors, encoding, "decoding", "decoder must return a tuple (object,integer)")
  }

  private static func lookUpText(_ encoding: Value, _ alternative: StaticString) throws(PyError) -> Owned {
    let codec = try lookUp(encoding)
    if !codec.value.isExactTuple {
      let isText = try codec.value.lookUpAttribute(Name._is_text_encoding)
      if !isText.value.isAbsent, try !isText.value.isTruthy() {
        throw PyError.raise(.lookupError, "'\(encoding.text)' is not a text encoding; use \(alternative) to handle arbitrary codecs")
      }
    }
    return codec
  }

  private static func run(
    _ codec: Value, _ place: Int, _ object: Value, _ errors: Value, _ encoding: Value, _ activity: StaticString, _ wrong: StaticString
  ) throws(PyError) -> Owned {
    let function = TupleObject(codec)[place]
    let result: Owned
    do throws(PyError) { result = errors.isAbsent ? try function.call(object) : try function.call(object, errors) } catch {
      let exception = currentThread.pointee.takeException()
      let note = try Owned.string("\(activity) with '\(encoding.text)' codec failed")
      let method = try Owned.string("add_note")
      _ = try exception.value.callMethod(method.value, note.value)
      currentThread.pointee.setException(exception)
      throw error
    }
    guard result.value.isTuple, TupleObject(result.value).count == 2 else { throw PyError.typeError("\(wrong)") }
    return Owned(copying: TupleObject(result.value)[0])
  }
}

extension String {
  /// Hyphens in place of underscores.
  fileprivate var replacingUnderscores: String { String(map { $0 == "_" ? "-" : $0 }) }
}
