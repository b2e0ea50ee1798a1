// The module `_socket`: what `socket` is made of.

import CKraitSystem
import Glibc
import KraitRuntime

let socketModule = ModuleDefinition("_socket", "Sockets and name resolution; use the module socket.") { (m: ModuleBuilder) throws(PyError) in
  try SocketErrors.herror.set(try m.exception("herror", module: "socket", bases: [.osError]))
  try SocketErrors.gaierror.set(try m.exception("gaierror", module: "socket", bases: [.osError]))
  try m.constant("error", TypeObject.osError.value)
  try m.constant("timeout", TypeObject.timeoutError.value)
  try defineSocket(m)
  try m.constant("SocketType", SocketObject.type.value)
  try defineSocketFunctions(m)
  try defineNameFunctions(m)
  try defineAddressFunctions(m)
  for (name, number) in socketConstants { try m.constant(name, number) }
  try m.constant("has_ipv6", Value.true)
  try m.constant("BDADDR_ANY", "00:00:00:00:00:00")
  try m.constant("BDADDR_LOCAL", "00:00:00:FF:FF:FF")
}

enum SocketErrors {
  nonisolated(unsafe) static var herror = InterpreterValue()
  nonisolated(unsafe) static var gaierror = InterpreterValue()

  static func raise(_ type: Value, _ code: Int32, _ text: UnsafePointer<CChar>?) -> PyError {
    do throws(PyError) {
      let message = try Owned.string(text.map { String(cString: $0) } ?? "")
      let exception = try type.call(Value(smallInteger: Int(code)), message.value)
      return PyError.raise(exception)
    } catch { return error }
  }

  /// The error of `getaddrinfo` or `getnameinfo`.
  static func resolution(_ code: Int32) -> PyError { code == EAI_SYSTEM ? systemError() : raise(gaierror.value, code, gai_strerror(code)) }
  /// The error of `gethostbyname` and its like.
  static func host(_ code: Int32) -> PyError { raise(herror.value, code, hstrerror(code)) }
}

// MARK: - Arguments

extension Arguments {
  /// Complains of a wrong number of arguments as functions do that take them by position only.
  func checkCount(_ name: StaticString, _ minimum: Int, _ maximum: Int) throws(PyError) {
    if keywordCount > 0 { throw .typeError("socket.\(name)() takes no keyword arguments") }
    if (minimum...maximum).contains(positionalCount) { return }
    let quantity = minimum == maximum ? "exactly" : positionalCount < minimum ? "at least" : "at most"
    let limit = positionalCount < minimum ? minimum : maximum
    throw .typeError("\(name)() takes \(quantity) \(limit) argument\(limit == 1 ? "" : "s") (\(positionalCount) given)")
  }

  /// A C int, or a default when it is not given.
  func cInt(_ index: Int, default number: Int32 = 0) throws(PyError) -> Int32 { index < positionalCount ? try base[index].cInt() : number }
  /// A C ssize_t.
  func size(_ index: Int, default number: Int = 0) throws(PyError) -> Int { index < positionalCount ? try base[index].cSize() : number }
}

extension Value {
  /// A C int.
  func cInt() throws(PyError) -> Int32 {
    if isSmallInteger, let number = Int32(exactly: smallInteger) { return number }
    let number = try index()
    guard let word = Integer.asInt(number.value) else { throw .overflowError("Python int too large to convert to C long") }
    if word > Int(Int32.max) { throw .overflowError("signed integer is greater than maximum") }
    if word < Int(Int32.min) { throw .overflowError("signed integer is less than minimum") }
    return Int32(truncatingIfNeeded: word)
  }

  /// The low 32 bits of an int.
  func cUnsigned() throws(PyError) -> UInt32 {
    let number = try index()
    return UInt32(truncatingIfNeeded: Integer.truncatedBits(number.value))
  }

  /// A C ssize_t.
  func cSize() throws(PyError) -> Int {
    if isSmallInteger { return smallInteger }
    let number = try index()
    guard let word = Integer.asInt(number.value) else { throw .overflowError("Python int too large to convert to C ssize_t") }
    return word
  }
}

// MARK: - Functions beside the type

private func defineSocketFunctions(_ m: ModuleBuilder) throws(PyError) {
  try m.function("close(object, /)", "Close the descriptor of a socket.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = Int32(truncatingIfNeeded: try call.offset(0))
    if withoutLock({ Glibc.close(descriptor) }) < 0 && errno != ECONNRESET { throw systemError() }
    return .none
  }
  try m.function("dup(object, /)", "Make another descriptor of a socket, which programs that are run do not inherit.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = krait_fcntl(Int32(truncatingIfNeeded: try call.offset(0)), F_DUPFD_CLOEXEC, 0)
    if descriptor < 0 { throw systemError() }
    return try Owned.integer(Int(descriptor))
  }
  try m.rawFunction("socketpair", "socketpair([family[, type[, proto]]])\nMake two sockets that are connected; AF_UNIX is the default family.") {
    (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("socketpair", 0, 3)
    let family = try arguments.cInt(0, default: AF_UNIX)
    let type = try arguments.cInt(1, default: Int32(SOCK_STREAM.rawValue))
    let number = try arguments.cInt(2)
    var ends: [Int32] = [-1, -1]
    if CKraitSystem.socketpair(family, type | Int32(SOCK_CLOEXEC.rawValue), number, &ends) < 0 { throw systemError() }
    return try pair(ends, family, type, number)
  }
  try m.rawFunction("CMSG_LEN", "CMSG_LEN(length)\nThe length of a control message with so many bytes of data.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("CMSG_LEN", 1, 1)
    guard let length = ControlMessage.length(try arguments.size(0)) else { throw .overflowError("CMSG_LEN() argument out of range") }
    return try Owned.integer(length)
  }
  try m.rawFunction("CMSG_SPACE", "CMSG_SPACE(length)\nThe room that a control message with so many bytes of data takes, with what aligns the next one.") {
    (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("CMSG_SPACE", 1, 1)
    guard let space = ControlMessage.space(try arguments.size(0)) else { throw .overflowError("CMSG_SPACE() argument out of range") }
    return try Owned.integer(space)
  }
  try m.function("getdefaulttimeout()", "The timeout of new sockets in seconds; None for none.") { (_: Call) throws(PyError) -> Owned in try timeoutValue(SocketObject.defaultTimeout) }
  try m.function("setdefaulttimeout(object, /)", "Set the timeout of new sockets in seconds; None for none.") { (call: Call) throws(PyError) -> Owned in
    SocketObject.defaultTimeout = try parseTimeout(call[0])
    return .none
  }
}

/// Two sockets for two descriptors, which are closed when there is no memory for both.
private func pair(_ ends: [Int32], _ family: Int32, _ type: Int32, _ number: Int32) throws(PyError) -> Owned {
  let first: Owned
  do throws(PyError) { first = try SocketObject.make(SocketObject.type.value, ends[0], family, type, number) } catch {
    Glibc.close(ends[1])
    throw error
  }
  let second = try SocketObject.make(SocketObject.type.value, ends[1], family, type, number)
  return try Owned.tuple(first.value, second.value)
}
