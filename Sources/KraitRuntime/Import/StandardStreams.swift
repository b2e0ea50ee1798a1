// `sys.stdin`, `sys.stdout` and `sys.stderr`, made of the streams of `_io`.

import CKraitCore
import Glibc

/// What `print` calls for a text stream of `_io`, past a look-up and a call for each piece. Set when `_io` is imported.
public enum TextOutput {
  /// The address of the type `TextIOWrapper`; 0 before.
  public nonisolated(unsafe) static var type: UInt = 0
  /// Writes a str, as the stream's `write` does.
  public nonisolated(unsafe) static var write: (Value, Value) throws(PyError) -> Void = { (_, _) throws(PyError) in }

  /// Whether a value is a stream that ``write`` takes.
  @inline(__always)
  static func takes(_ stream: Value) -> Bool { stream.isObject && UInt(bitPattern: stream.type.raw) == type }
}

enum StandardStreams {
  /// The types of what ``make()`` makes: of buffers and of files.
  private nonisolated(unsafe) static var types: [UInt] = []

  /// The addresses of the three streams with their buffers and files; nil when a program has put others in their place, which may have something to do at their end.
  static func objects() -> [UInt]? {
    var result: [UInt] = []
    return add(Name.stdin, "__stdin__", to: &result) && add(Name.stdout, "__stdout__", to: &result) && add(Name.stderr, "__stderr__", to: &result) ? result : nil
  }

  /// False when another has taken the stream's place.
  private static func add(_ name: Value, _ original: StaticString, to result: inout [UInt]) -> Bool {
    let stream = systemObject(name)
    if stream.value.isAbsent || stream.value.isNone { return true }
    let first = systemObject(Name.make(original))
    guard first.value === stream.value, TextOutput.takes(stream.value) else { return false }
    do throws(PyError) {
      let buffer = try stream.value.getAttribute(Name.make("buffer"))
      guard types.contains(UInt(bitPattern: buffer.value.type.raw)) else { return false }
      // Without a buffer, the stream of text stands on the file.
      let raw = try buffer.value.lookUpAttribute(Name.make("raw"))
      let file = raw.value.isAbsent ? buffer.copy() : raw
      guard types.contains(UInt(bitPattern: file.value.type.raw)) else { return false }
      let closes = try file.value.getAttribute(Name.make("closefd"))
      guard closes.value.isFalse else { return false }
      result.append(UInt(bitPattern: stream.value.object))
      result.append(UInt(bitPattern: buffer.value.object))
      result.append(UInt(bitPattern: file.value.object))
      return true
    } catch {
      PyError.clear()
      return false
    }
  }

  /// Puts the three streams into `sys`. A descriptor that is not open gives None.
  static func make() throws(PyError) {
    let io = try importModule("_io")
    let open = try io.getAttribute(Name.make("open"))
    let wrapper = try io.getAttribute(Name.make("TextIOWrapper"))
    let (encoding, errors) = try settings()
    for (descriptor, name, original) in [(0, "stdin", "__stdin__"), (1, "stdout", "__stdout__"), (2, "stderr", "__stderr__")] as [(Int32, StaticString, StaticString)] {
      let handler = descriptor == 2 ? "backslashreplace" : errors
      let stream = fcntl(descriptor, F_GETFD) < 0 ? Owned.none : try make(open.value, wrapper.value, descriptor, name, encoding, handler)
      let sys = DictObject(currentInterpreter.pointee.sys)
      try sys.set(Name.make(name), stream.value)
      try sys.set(Name.make(original), stream.value)
    }
  }

  private static func make(
    _ open: Value, _ wrapper: Value, _ descriptor: Int32, _ name: StaticString, _ encoding: String, _ errors: String
  ) throws(PyError) -> Owned {
    let isOutput = descriptor > 0
    let isUnbuffered = isOutput && RuntimeConfiguration.current.isUnbuffered
    let mode = try Owned.string(isOutput ? "wb" : "rb")
    let arguments = try Owned.tuple([
      Value(smallInteger: Int(descriptor)), mode.value, Value(smallInteger: isUnbuffered ? 0 : -1), .none, .none, .none, .false,
    ])
    let buffer = try open.call(tuple: arguments.value)
    let raw = isUnbuffered ? buffer.copy() : try buffer.getAttribute(Name.make("raw"))
    for part in [buffer.value, raw.value] where !types.contains(UInt(bitPattern: part.type.raw)) { types.append(UInt(bitPattern: part.type.raw)) }
    let shownName = try Owned.string("<\(name)>")
    try raw.value.setAttribute(Name.name, shownName.value)
    let isTerminal = isatty(descriptor) == 1
    let isLineBuffered = !RuntimeConfiguration.current.isUnbuffered && (isTerminal || descriptor == 2)
    let encodingText = try Owned.string(encoding)
    let errorsText = try Owned.string(errors)
    let wrapperArguments = try Owned.tuple([
      buffer.value, encodingText.value, errorsText.value, isOutput ? Name.newlineText : .none, Value(isLineBuffered),
      Value(RuntimeConfiguration.current.isUnbuffered),
    ])
    let stream = try wrapper.call(tuple: wrapperArguments.value)
    let shownMode = try Owned.string(isOutput ? "w" : "r")
    try stream.value.setAttribute(Name.mode, shownMode.value)
    return stream
  }

  /// What the codec calls itself.
  private static func codecName(_ encoding: String) throws(PyError) -> String {
    let name = try Owned.string(encoding)
    let codec = try CodecRegistry.lookUp(name.value)
    let own = try codec.value.getAttribute(Name.make("name"))
    return own.value.isString ? own.value.text : encoding
  }

  /// Encoding and error handler: those of PYTHONIOENCODING, else the locale's, which lets all bytes pass if it is a C locale.
  private static func settings() throws(PyError) -> (encoding: String, errors: String) {
    let configuration = RuntimeConfiguration.current
    var encoding = "utf-8"
    if !configuration.usesUTF8Mode && configuration.localeEncoding != "UTF-8" { encoding = try codecName(configuration.localeEncoding) }
    var errors = configuration.hasCLocale || configuration.usesUTF8Mode ? "surrogateescape" : "strict"
    if let setting = configuration.environment("PYTHONIOENCODING") {
      let parts = setting.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      if !parts[0].isEmpty {
        encoding = try codecName(String(parts[0]))
        errors = "strict"
      }
      if parts.count > 1 && !parts[1].isEmpty { errors = String(parts[1]) }
    }
    return (encoding, errors)
  }
}
