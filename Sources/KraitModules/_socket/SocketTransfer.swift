// `_socket.socket`: sending and receiving of plain data.

import CKraitSystem
import Glibc
import KraitRuntime

/// The most that one call of the system moves.
private let largestTransfer = 0x7FFF_F000

extension SocketObject {
  func receive(_ target: UnsafeMutableRawPointer?, _ size: Int, _ flags: Int32) throws(PyError) -> Int {
    // Nothing is wanted: that need not wait.
    if size == 0 { return 0 }
    return try perform(writing: false) { descriptor in Glibc.recv(descriptor, target, min(size, largestTransfer), flags) }
  }

  /// Receives, and gives the sender's address too.
  func receive(_ target: UnsafeMutableRawPointer?, _ size: Int, _ flags: Int32, from address: inout SocketAddress) throws(PyError) -> Int {
    var sender = SocketAddress()
    let count = try perform(writing: false) { descriptor in
      sender.length = SocketAddress.capacity
      return sender.withPointer { pointer, length in Glibc.recvfrom(descriptor, target, min(size, largestTransfer), flags, pointer, length) }
    }
    address = sender
    return count
  }

  func send(_ source: UnsafeRawPointer?, _ size: Int, _ flags: Int32, timeout: Int? = nil) throws(PyError) -> Int {
    try perform(writing: true, timeout: timeout) { descriptor in Glibc.send(descriptor, source, min(size, largestTransfer), flags) }
  }
}

func defineTransfer(_ t: TypeDefinition) {
  t.rawMethod("recv", "recv(buffersize[, flags])\nReceive at most so many bytes; nothing when the other end has closed the connection.") {
    (object: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("recv", 1, 2)
    let (size, flags) = (try arguments.size(0), try arguments.cInt(1))
    if size < 0 { throw .valueError("negative buffersize in recv") }
    let buffer = try PlainBuffer(size)
    let count = try SocketObject(object).receive(buffer.start, size, flags)
    return try Owned.bytes(UnsafeRawBufferPointer(start: buffer.start, count: count))
  }
  t.method("recv_into(buffer, nbytes=0, flags=0)", "Receive into memory, at most so many bytes if nbytes is not 0; return how many came.") { (call: Call) throws(PyError) -> Owned in
    let (size, flags) = (try call[1].cSize(), try call[2].cInt())
    let view = try call[0].writableBuffer("recv_into", "argument 1")
    if size < 0 { throw .valueError("negative buffersize in recv_into") }
    if size > view.fields.byteCount { throw .valueError("buffer too small for requested bytes") }
    return try Owned.integer(try SocketObject(call.receiver).receive(view.fields.data, size == 0 ? view.fields.byteCount : size, flags))
  }
  t.rawMethod("recvfrom", "recvfrom(buffersize[, flags])\nReceive at most so many bytes; return them and the sender's address.") {
    (object: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("recvfrom", 1, 2)
    let (size, flags) = (try arguments.size(0), try arguments.cInt(1))
    if size < 0 { throw .valueError("negative buffersize in recvfrom") }
    let socket = SocketObject(object)
    let buffer = try PlainBuffer(size)
    var sender = SocketAddress()
    let count = try socket.receive(buffer.start, size, flags, from: &sender)
    let data = try Owned.bytes(UnsafeRawBufferPointer(start: buffer.start, count: count))
    let address = try sender.value(socket)
    return try Owned.tuple(data.value, address.value)
  }
  t.method("recvfrom_into(buffer, nbytes=0, flags=0)", "Receive into memory; return how many bytes came, and the sender's address.") { (call: Call) throws(PyError) -> Owned in
    let (size, flags) = (try call[1].cSize(), try call[2].cInt())
    let view = try call[0].writableBuffer("recvfrom_into", "argument 1")
    if size < 0 { throw .valueError("negative buffersize in recvfrom_into") }
    if size > view.fields.byteCount { throw .valueError("nbytes is greater than the length of the buffer") }
    let socket = SocketObject(call.receiver)
    var sender = SocketAddress()
    let count = try socket.receive(view.fields.data, size == 0 ? view.fields.byteCount : size, flags, from: &sender)
    let address = try sender.value(socket)
    return try Owned.tuple(Value(smallInteger: count), address.value)
  }
  t.rawMethod("send", "send(data[, flags])\nSend bytes; return how many were taken, which may be less than all.") { (object: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("send", 1, 2)
    let view = try arguments.base[0].buffer(.simple)
    let flags = try arguments.cInt(1)
    return try Owned.integer(try SocketObject(object).send(view.fields.data, view.fields.byteCount, flags))
  }
  t.rawMethod("sendall", "sendall(data[, flags])\nSend all bytes; after an error nobody knows how many were sent.") { (object: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("sendall", 1, 2)
    let view = try arguments.base[0].buffer(.simple)
    let flags = try arguments.cInt(1)
    let socket = SocketObject(object)
    let timeout = socket.timeout
    let deadline = Deadline(timeout > 0 ? Timeout(nanoseconds: timeout) : nil)
    var done = 0
    repeat {
      var left = timeout
      if let rest = deadline.rest {
        left = rest.nanoseconds
        if left <= 0 { throw PyError.raise(.timeoutError, "timed out") }
      }
      done += try socket.send(view.fields.data + done, view.fields.byteCount - done, flags, timeout: left)
      try checkSignals()
    } while done < view.fields.byteCount
    return .none
  }
  t.rawMethod("sendto", "sendto(data[, flags], address)\nSend bytes to an address; return how many were taken.") { (object: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkNoKeywords("socket.sendto")
    let count = arguments.positionalCount
    guard count == 2 || count == 3 else { throw .typeError("sendto() takes 2 or 3 arguments (\(count) given)") }
    let view = try arguments.base[0].buffer(.simple)
    let flags = count == 3 ? try arguments.base[1].cInt() : 0
    let target = arguments.base[count - 1]
    let socket = SocketObject(object)
    var address = try SocketAddress(target, socket, "sendto")
    try audit("socket.sendto", object, target)
    let length = address.length
    let sent = try socket.perform(writing: true) { descriptor in
      address.withPointer { pointer, _ in Glibc.sendto(descriptor, view.fields.data, min(view.fields.byteCount, largestTransfer), flags, pointer, length) }
    }
    return try Owned.integer(sent)
  }
}
