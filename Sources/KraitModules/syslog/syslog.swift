// The module `syslog`: messages for the system's log.

import CKraitSystem
import Glibc
import KraitRuntime

let syslogModule = ModuleDefinition("syslog", "") { (m: ModuleBuilder) throws(PyError) in
  try m.function("openlog(ident=<unrepresentable>, logoption=0, facility=8)", "Say how messages begin, with options, and of what facility they are.") {
    (call: Call) throws(PyError) -> Owned in
    let identifier = call[0].isAbsent ? Owned(taking: .absent) : Owned(copying: try call.string(0))
    try open(identifier, options: try call.offset(1), facility: try call.offset(2))
    return .none
  }
  try m.rawFunction("syslog", "syslog([priority=LOG_INFO,] message)\nSend a message to the log.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkNoKeywords("syslog.syslog")
    guard (1...2).contains(arguments.positionalCount) else { throw .typeError("syslog.syslog requires 1 to 2 arguments") }
    var priority: Int32 = 6
    if arguments.positionalCount == 2 {
      let number = try arguments.base[0].index()
      guard let word = Integer.asInt(number.value), let small = Int32(exactly: word) else { throw .overflowError("Python int too large to convert to C int") }
      priority = small
    }
    let message = arguments.base[arguments.positionalCount - 1]
    guard message.isString else {
      throw .typeError("syslog() argument \(arguments.positionalCount) must be str, not \(message.isNone ? "None" : message.typeName)")
    }
    return try send(priority, message)
  }
  try m.function("closelog()", "Close the log and forget what openlog() and setlogmask() said.") { (_: Call) throws(PyError) -> Owned in
    if log.isOpen {
      try audit("syslog.closelog")
      Glibc.closelog()
      log.isOpen = false
      free(log.identifier)
      log.identifier = nil
    }
    return .none
  }
  try m.function("setlogmask(maskpri, /)", "Set which priorities are logged, and return what was set before.") { (call: Call) throws(PyError) -> Owned in
    let mask = try longInt(call, 0)
    try audit("syslog.setlogmask", Value(smallInteger: Int(mask)))
    return try Owned.integer(Int(Glibc.setlogmask(mask)))
  }
  try m.function("LOG_MASK(pri, /)", "The mask of one priority.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(Int(Int32(1) &<< (try longInt(call, 0)))) }
  try m.function("LOG_UPTO(pri, /)", "The mask of a priority and all that are more urgent.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(Int((Int32(1) &<< ((try longInt(call, 0)) &+ 1)) &- 1))
  }
  for (name, number) in constants { try m.constant(name, number) }
}

private func longInt(_ call: Call, _ index: Int) throws(PyError) -> Int32 { Int32(truncatingIfNeeded: try call.offset(index)) }

/// The log is one of the process. The C library keeps the pointer to the text with which messages begin.
private struct Log {
  var isOpen = false
  var identifier: UnsafeMutablePointer<CChar>?
}
nonisolated(unsafe) private var log = Log()

/// A str as C wants it: UTF-8 without zeros.
private func utf8(_ text: Value) throws(PyError) -> Owned {
  let bytes = try text.callMethod(Name.encode)
  if memchr(BytesObject(bytes.value).data, 0, BytesObject(bytes.value).count) != nil { throw .valueError("embedded null character") }
  return bytes
}

/// The program's name, from `sys.argv`.
private func programName() throws(PyError) -> Owned {
  let sys = try importModule("sys")
  let argv = try sys.value.lookUpAttribute(Name.make("argv"))
  guard argv.value.isList, ListObject(argv.value).count > 0, ListObject(argv.value)[0].isString else { return Owned(taking: .absent) }
  let path = ListObject(argv.value)[0].text
  if path.isEmpty { return Owned(taking: .absent) }
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return try Owned.string(path) }
  return try Owned.string(String(path[path.utf8.index(after: slash)...]))
}

private func open(_ identifier: consuming Owned, options: Int, facility: Int) throws(PyError) {
  let name = identifier.value.isAbsent ? try programName() : identifier
  var text: UnsafeMutablePointer<CChar>?
  if !name.value.isAbsent {
    let bytes = try utf8(name.value)
    text = strdup(BytesObject(bytes.value).data.assumingMemoryBound(to: CChar.self))
  }
  do throws(PyError) {
    let first = try Owned.integer(options)
    let second = try Owned.integer(facility)
    try audit("syslog.openlog", name.value.isAbsent ? .none : name.value, first.value, second.value)
  } catch {
    free(text)
    throw error
  }
  openlog(text, Int32(truncatingIfNeeded: options), Int32(truncatingIfNeeded: facility))
  free(log.identifier)
  log.identifier = text
  log.isOpen = true
}

private func send(_ priority: Int32, _ message: Value) throws(PyError) -> Owned {
  let bytes = try utf8(message)
  try audit("syslog.syslog", Value(smallInteger: Int(priority)), message)
  if !log.isOpen { try open(Owned(taking: .absent), options: 0, facility: 8) }
  let text = BytesObject(bytes.value).data.assumingMemoryBound(to: CChar.self)
  withoutLock { krait_syslog(priority, text) }
  return .none
}

private let constants: [(name: StaticString, number: Int)] = [
  ("LOG_ALERT", 1), ("LOG_AUTH", 32), ("LOG_AUTHPRIV", 80), ("LOG_CONS", 2), ("LOG_CRIT", 2), ("LOG_CRON", 72), ("LOG_DAEMON", 24),
  ("LOG_DEBUG", 7), ("LOG_EMERG", 0), ("LOG_ERR", 3), ("LOG_FTP", 88), ("LOG_INFO", 6), ("LOG_KERN", 0), ("LOG_LOCAL0", 128), ("LOG_LOCAL1", 136),
  ("LOG_LOCAL2", 144), ("LOG_LOCAL3", 152), ("LOG_LOCAL4", 160), ("LOG_LOCAL5", 168), ("LOG_LOCAL6", 176), ("LOG_LOCAL7", 184), ("LOG_LPR", 48),
  ("LOG_MAIL", 16), ("LOG_NDELAY", 8), ("LOG_NEWS", 56), ("LOG_NOTICE", 5), ("LOG_NOWAIT", 16), ("LOG_ODELAY", 4), ("LOG_PERROR", 32),
  ("LOG_PID", 1), ("LOG_SYSLOG", 40), ("LOG_USER", 8), ("LOG_UUCP", 64), ("LOG_WARNING", 4),
]

