// The type `_socket.socket`: its state, and how its calls wait.

import CKraitSystem
import Glibc
import KraitRuntime

struct SocketObject {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }

  nonisolated(unsafe) static var type = ModuleType()
  /// Nanoseconds; -1 for none.
  nonisolated(unsafe) static var defaultTimeout = -1

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// What the finaliser needs.
    var state: ObjectState
    /// -1 when closed.
    var descriptor: Int32
    var family: Int32
    var type: Int32
    var number: Int32
    /// Nanoseconds; -1 for none: calls wait as long as it takes.
    var timeout: Int
  }
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var descriptor: Int32 { contents.pointee.descriptor }
  var family: Int32 { contents.pointee.family }
  var timeout: Int { contents.pointee.timeout }

  /// A socket for a descriptor, which it takes over, even when there is an error.
  static func make(_ type: Value, _ descriptor: Int32, _ family: Int32, _ kind: Int32, _ number: Int32) throws(PyError) -> Owned {
    do throws(PyError) {
      let raw = try TypeObject(type).allocate()
      raw.assumingMemoryBound(to: Contents.self).pointee.descriptor = -1
      let result = Owned(taking: raw)
      try SocketObject(result.value).begin(descriptor, family, kind, number)
      return result
    } catch {
      Glibc.close(descriptor)
      throw error
    }
  }

  /// Gives the socket its descriptor; with an error it stays without one.
  func begin(_ descriptor: Int32, _ family: Int32, _ kind: Int32, _ number: Int32) throws(PyError) {
    let (nonBlocking, closing) = (Int32(SOCK_NONBLOCK.rawValue), Int32(SOCK_CLOEXEC.rawValue))
    var timeout = kind & nonBlocking != 0 ? 0 : SocketObject.defaultTimeout
    if kind & nonBlocking == 0 && timeout >= 0 {
      if !SocketObject.setBlocking(descriptor, false) { throw systemError() }
    } else if kind & nonBlocking != 0 {
      timeout = 0
    }
    contents.pointee.descriptor = descriptor
    contents.pointee.family = family
    contents.pointee.type = kind & ~(nonBlocking | closing)
    contents.pointee.number = number
    contents.pointee.timeout = timeout
  }

  static func setBlocking(_ descriptor: Int32, _ isBlocking: Bool) -> Bool {
    var flag: Int32 = isBlocking ? 0 : 1
    return withUnsafeMutablePointer(to: &flag) { krait_ioctl(descriptor, UInt(FIONBIO), Int(bitPattern: $0)) } == 0
  }

  func setTimeout(_ timeout: Int) throws(PyError) {
    contents.pointee.timeout = timeout
    if !SocketObject.setBlocking(descriptor, timeout < 0) { throw systemError() }
  }

  // MARK: Waiting

  enum Readiness { case ready, late, failed }

  /// Waits for the socket until it can be read or written, or a connection is made or refused.
  private func wait(_ isWriting: Bool, _ isConnecting: Bool, _ deadline: Deadline) -> Readiness {
    let descriptor = self.descriptor
    // Closed meanwhile: the call itself shall say so.
    if descriptor < 0 { return .ready }
    var entry = pollfd(fd: descriptor, events: Int16(isWriting ? POLLOUT : POLLIN), revents: 0)
    if isConnecting { entry.events |= Int16(POLLERR) }
    let time = deadline.milliseconds
    let count = withoutLock { poll(&entry, 1, time) }
    return count < 0 ? .failed : count == 0 ? .late : .ready
  }

  /// Calls a function of the system with the socket's descriptor: waits before it up to the timeout, and again when a signal interrupts it.
  ///
  /// - Parameter timeout: nanoseconds in place of the socket's own timeout.
  /// - Returns: what the function returns, not negative.
  func perform(writing: Bool, timeout given: Int? = nil, connecting: Bool = false, _ body: (Int32) -> Int) throws(PyError) -> Int {
    let timeout = given ?? self.timeout
    let deadline = Deadline(timeout > 0 ? Timeout(nanoseconds: timeout) : nil)
    while true {
      if timeout > 0 || connecting {
        switch wait(writing, connecting, deadline) {
        case .failed:
          if errno != EINTR { throw systemError() }
          try checkSignals()
          continue
        case .late: throw PyError.raise(.timeoutError, "timed out")
        case .ready: break
        }
      }
      let result = try attempt(body)
      if result >= 0 { return result }
      // It seemed to be ready, and was not: another process was faster, or a checksum was wrong.
      if timeout > 0 && errno == EAGAIN { continue }
      throw systemError()
    }
  }

  private func attempt(_ body: (Int32) -> Int) throws(PyError) -> Int {
    while true {
      let descriptor = self.descriptor
      let result = withoutLock { body(descriptor) }
      if result >= 0 || errno != EINTR { return result }
      try checkSignals()
    }
  }

  /// Connects; the result is 0, or the error that the system gave.
  func connect(_ address: SocketAddress) throws(PyError) -> Int32 {
    var address = address
    let length = address.length
    let descriptor = self.descriptor
    if withoutLock({ address.withPointer { pointer, _ in Glibc.connect(descriptor, pointer, length) } }) == 0 { return 0 }
    let code = errno
    if code == EINTR {
      try checkSignals()
      if timeout == 0 { return code }
    } else if timeout <= 0 || code != EINPROGRESS {
      return code
    }
    _ = try perform(writing: true, connecting: true) { descriptor in
      var code: Int32 = 0
      var size = socklen_t(4)
      if Glibc.getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) != 0 { return -1 }
      if code == 0 || code == EISCONN { return 0 }
      errno = code
      return -1
    }
    return 0
  }

  func close() -> Bool {
    let descriptor = self.descriptor
    guard descriptor >= 0 else { return true }
    contents.pointee.descriptor = -1
    return withoutLock { Glibc.close(descriptor) } == 0 || errno == ECONNRESET
  }
}

/// Nanoseconds of a timeout; -1 for None.
func parseTimeout(_ value: Value) throws(PyError) -> Int {
  if value.isNone { return -1 }
  let timeout = try Timeout(value, unit: Timeout.second, wrongType: "'\(value.typeName)' object cannot be interpreted as an integer or float")
  if timeout.nanoseconds < 0 { throw .valueError("Timeout value out of range") }
  if timeout.milliseconds > Int(Int32.max) { throw .overflowError("timeout doesn't fit into C timeval") }
  return timeout.nanoseconds
}

func timeoutValue(_ nanoseconds: Int) throws(PyError) -> Owned { nanoseconds < 0 ? .none : try Owned.float(Double(nanoseconds) / 1e9) }

// MARK: - The type

func defineSocket(_ m: ModuleBuilder) throws(PyError) {
  SocketObject.type = ModuleType(
    try m.defineType("socket") { t in
      t.documentation = """
        socket(family=AF_INET, type=SOCK_STREAM, proto=0, fileno=None)
        --

        A socket: an end of a communication.

        With a descriptor, the socket takes it over, and finds out by itself what is not said of it. A timeout of None lets calls wait for ever, 0 not at
        all, else so many seconds.
        """
      t.basicSize = MemoryLayout<SocketObject.Contents>.size
      t.flags.insert(.baseType)
      t.shapeFlags.insert(.hasState)
      t.rawNew("socket") { (type: Value, _: Arguments) throws(PyError) -> Owned in
        let raw = try TypeObject(type).allocate()
        raw.assumingMemoryBound(to: SocketObject.Contents.self).pointee.descriptor = -1
        raw.assumingMemoryBound(to: SocketObject.Contents.self).pointee.timeout = SocketObject.defaultTimeout
        return Owned(taking: raw)
      }
      t.initialize("socket(family=-1, type=-1, proto=-1, fileno=None)") { (call: Call) throws(PyError) in try initialize(call) }
      t.slots.deallocate = DeallocateSlot { raw in finishDeallocation(raw) }
      t.slots.finalize = FinalizeSlot(finalize)
      t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
        let contents = SocketObject(object).contents.pointee
        return try Owned.string("<socket object, fd=\(contents.descriptor), family=\(contents.family), type=\(contents.type), proto=\(contents.number)>")
      }
      t.member("family", "The family of addresses.") { (object: Value) throws(PyError) -> Owned in try Owned.integer(Int(SocketObject(object).family)) }
      t.member("type", "The type of the socket.") { (object: Value) throws(PyError) -> Owned in try Owned.integer(Int(SocketObject(object).contents.pointee.type)) }
      t.member("proto", "The number of the protocol.") { (object: Value) throws(PyError) -> Owned in try Owned.integer(Int(SocketObject(object).contents.pointee.number)) }
      t.getter("timeout", "The timeout in seconds, or None.") { (object: Value) throws(PyError) -> Owned in try timeoutValue(SocketObject(object).timeout) }
      defineConnections(t)
      defineOptions(t)
      defineTransfer(t)
      defineMessages(t)
    })
}

private func initialize(_ call: Call) throws(PyError) {
  var (family, kind, number) = (try call.int32(0), try call.int32(1), try call.int32(2))
  try audit("socket.__new__", call.receiver, Value(smallInteger: Int(family)), Value(smallInteger: Int(kind)), Value(smallInteger: Int(number)))
  let socket = SocketObject(call.receiver)
  if call[3].isNone {
    if family == -1 { family = AF_INET }
    if kind == -1 { kind = Int32(SOCK_STREAM.rawValue) }
    if number == -1 { number = 0 }
    let descriptor = Glibc.socket(family, kind | Int32(SOCK_CLOEXEC.rawValue), number)
    if descriptor < 0 { throw systemError() }
    do throws(PyError) { try socket.begin(descriptor, family, kind, number) } catch {
      Glibc.close(descriptor)
      throw error
    }
    return
  }
  let word = try call.offset(3)
  if word < 0 { throw .valueError("negative file descriptor") }
  let descriptor = Int32(truncatingIfNeeded: word)
  var address = SocketAddress()
  if address.withPointer({ pointer, length in getsockname(descriptor, pointer, length) }) < 0 {
    if family == -1 || errno == EBADF || errno == ENOTSOCK { throw systemError() }
  } else if family == -1 {
    family = address.family
  }
  if kind == -1 { kind = try option(descriptor, SO_TYPE) }
  if number == -1 { number = try option(descriptor, SO_PROTOCOL) }
  try socket.begin(descriptor, family, kind, number)
}

private func option(_ descriptor: Int32, _ name: Int32) throws(PyError) -> Int32 {
  var value: Int32 = 0
  var size = socklen_t(4)
  if Glibc.getsockopt(descriptor, SOL_SOCKET, name, &value, &size) < 0 { throw systemError() }
  return value
}

private func finalize(_ object: Value) {
  let socket = SocketObject(object)
  guard socket.descriptor >= 0 else { return }
  do throws(PyError) {
    let text = try Owned.string("unclosed \(try object.repr().text)")
    try warnResource(text.value, source: object)
  } catch {
    // A filter may have made it an error, which nobody can catch; others come of the interpreter's end.
    if PyError.matches(.warning) { reportUnraisable("Exception ignored while finalizing socket", object) } else { PyError.clear() }
  }
  _ = socket.close()
}

// MARK: - Connections

private func nameOf(_ object: Value, _ body: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) throws(PyError) -> Owned {
  let socket = SocketObject(object)
  let descriptor = socket.descriptor
  var address = SocketAddress()
  if withoutLock({ address.withPointer { pointer, length in body(descriptor, pointer, length) } }) < 0 { throw systemError() }
  return try address.value(socket)
}

private func defineConnections(_ t: TypeDefinition) {
  t.method("_accept()", "Wait for a connection; return the descriptor of a new socket for it and the peer's address.") { (call: Call) throws(PyError) -> Owned in
    let socket = SocketObject(call.receiver)
    var address = SocketAddress()
    let descriptor = try socket.perform(writing: false) { descriptor in
      address.length = SocketAddress.capacity
      return Int(address.withPointer { pointer, length in accept4(descriptor, pointer, length, Int32(SOCK_CLOEXEC.rawValue)) })
    }
    do throws(PyError) {
      let peer = try address.value(socket)
      return try Owned.tuple(Value(smallInteger: descriptor), peer.value)
    } catch {
      Glibc.close(Int32(descriptor))
      throw error
    }
  }
  t.method("bind(object, /)", "Give the socket an address of this machine.") { (call: Call) throws(PyError) -> Owned in
    let socket = SocketObject(call.receiver)
    var address = try SocketAddress(call[0], socket, "bind")
    try audit("socket.bind", call.receiver, call[0])
    let (descriptor, length) = (socket.descriptor, address.length)
    if withoutLock({ address.withPointer { pointer, _ in Glibc.bind(descriptor, pointer, length) } }) < 0 { throw systemError() }
    return .none
  }
  t.method("close()", "Close the socket.") { (call: Call) throws(PyError) -> Owned in
    if !SocketObject(call.receiver).close() { throw systemError() }
    return .none
  }
  t.method("connect(object, /)", "Connect to an address.") { (call: Call) throws(PyError) -> Owned in
    let socket = SocketObject(call.receiver)
    let address = try SocketAddress(call[0], socket, "connect")
    try audit("socket.connect", call.receiver, call[0])
    let code = try socket.connect(address)
    if code != 0 { throw .osError(code) }
    return .none
  }
  t.method("connect_ex(object, /)", "Connect to an address; return 0, or the number of the system's error.") { (call: Call) throws(PyError) -> Owned in
    let socket = SocketObject(call.receiver)
    let address = try SocketAddress(call[0], socket, "connect_ex")
    try audit("socket.connect", call.receiver, call[0])
    do throws(PyError) { return try Owned.integer(Int(try socket.connect(address))) } catch {
      guard PyError.matches(.osError) else { throw error }
      let isLate = PyError.matches(.timeoutError)
      let exception = currentThread.pointee.takeException()
      let number = try exception.value.getAttribute(Name.errno)
      if isLate && number.value.isNone { return try Owned.integer(Int(EWOULDBLOCK)) }
      return number
    }
  }
  t.method("detach()", "Give the descriptor up without closing it, and return it.") { (call: Call) throws(PyError) -> Owned in
    let socket = SocketObject(call.receiver)
    let descriptor = socket.descriptor
    socket.contents.pointee.descriptor = -1
    return try Owned.integer(Int(descriptor))
  }
  t.method("fileno()", "The descriptor; -1 when the socket is closed.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(Int(SocketObject(call.receiver).descriptor)) }
  t.method("getpeername()", "The address of the other end.") { (call: Call) throws(PyError) -> Owned in try nameOf(call.receiver) { getpeername($0, $1, $2) } }
  t.method("getsockname()", "The address of this end.") { (call: Call) throws(PyError) -> Owned in try nameOf(call.receiver) { getsockname($0, $1, $2) } }
  t.rawMethod("listen", "listen([backlog])\nWait for connections; backlog is how many may wait to be accepted.") { (object: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("listen", 0, 1)
    let backlog = max(try arguments.cInt(0, default: 128), 0)
    let descriptor = SocketObject(object).descriptor
    if withoutLock({ Glibc.listen(descriptor, backlog) }) < 0 { throw systemError() }
    return .none
  }
  t.method("shutdown(object, /)", "End a direction of the connection, or both: SHUT_RD, SHUT_WR, SHUT_RDWR.") { (call: Call) throws(PyError) -> Owned in
    let how = try call.int32(0)
    let descriptor = SocketObject(call.receiver).descriptor
    if withoutLock({ Glibc.shutdown(descriptor, how) }) < 0 { throw systemError() }
    return .none
  }
}

// MARK: - Options

private func defineOptions(_ t: TypeDefinition) {
  t.method("setblocking(object, /)", "Let calls wait for ever, or not at all.") { (call: Call) throws(PyError) -> Owned in
    try SocketObject(call.receiver).setTimeout(try call.bool(0) ? -1 : 0)
    return .none
  }
  t.method("getblocking()", "Whether calls wait.") { (call: Call) throws(PyError) -> Owned in .boolean(SocketObject(call.receiver).timeout != 0) }
  t.method("settimeout(object, /)", "Set the timeout: None for none, else seconds.") { (call: Call) throws(PyError) -> Owned in
    let timeout = try parseTimeout(call[0])
    try SocketObject(call.receiver).setTimeout(timeout)
    return .none
  }
  t.method("gettimeout()", "The timeout in seconds, or None.") { (call: Call) throws(PyError) -> Owned in try timeoutValue(SocketObject(call.receiver).timeout) }
  t.rawMethod("getsockopt", "getsockopt(level, option[, buffersize])\nThe value of an option: an int, or bytes when a size is given.") {
    (object: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("getsockopt", 2, 3)
    let (level, name, size) = (try arguments.cInt(0), try arguments.cInt(1), try arguments.cInt(2))
    let socket = SocketObject(object)
    if size == 0 {
      if socket.family == AF_VSOCK {
        var value: UInt64 = 0
        var length = socklen_t(8)
        if Glibc.getsockopt(socket.descriptor, level, name, &value, &length) < 0 { throw systemError() }
        return try Owned.integer(value)
      }
      var value: Int32 = 0
      var length = socklen_t(4)
      if Glibc.getsockopt(socket.descriptor, level, name, &value, &length) < 0 { throw systemError() }
      return try Owned.integer(Int(value))
    }
    if socket.family == AF_VSOCK { throw PyError.raise(.osError, "getsockopt string buffer not allowed") }
    if size < 0 || size > 1024 { throw PyError.raise(.osError, "getsockopt buflen out of range") }
    let buffer = try PlainBuffer(Int(size))
    var length = socklen_t(size)
    if Glibc.getsockopt(socket.descriptor, level, name, buffer.start, &length) < 0 { throw systemError() }
    return try Owned.bytes(UnsafeRawBufferPointer(start: buffer.start, count: Int(length)))
  }
  t.rawMethod("setsockopt", "setsockopt(level, option, value)\nsetsockopt(level, option, None, length)\nSet an option: to an int, to the contents of a buffer, or to nothing of a length.") {
    (object: Value, arguments: Arguments) throws(PyError) -> Owned in try setOption(object, arguments)
  }
}

private func setOption(_ object: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  try arguments.checkNoKeywords("socket.setsockopt")
  let descriptor = SocketObject(object).descriptor
  let count = arguments.positionalCount
  guard count == 3 || count == 4 && arguments.base[2].isNone && arguments.base[3].type.slots.pointee.index != nil else {
    throw .typeError("setsockopt() takes exactly 3 arguments (\(count) given)")
  }
  let (level, name) = (try arguments.cInt(0), try arguments.cInt(1))
  let value = arguments.base[2]
  if count == 4 {
    let size = try arguments.base[3].cUnsigned()
    if Glibc.setsockopt(descriptor, level, name, nil, size) < 0 { throw systemError() }
    return .none
  }
  if value.type.slots.pointee.index != nil {
    let number = try value.index()
    if SocketObject(object).family == AF_VSOCK, let word = Integer.asUInt64(number.value) {
      var word = word
      if Glibc.setsockopt(descriptor, level, name, &word, 8) < 0 { throw systemError() }
      return .none
    }
    if let word = Integer.asInt(number.value), let small = Int32(exactly: word) {
      var small = small
      if Glibc.setsockopt(descriptor, level, name, &small, 4) < 0 { throw systemError() }
      return .none
    }
  }
  let view = try value.buffer(.simple)
  if Glibc.setsockopt(descriptor, level, name, view.bytes.baseAddress, socklen_t(clamping: view.bytes.count)) < 0 { throw systemError() }
  return .none
}
