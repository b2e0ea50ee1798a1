// `_socket.socket`: messages of several buffers, with control messages beside the data.

import CKraitSystem
import Glibc
import KraitRuntime

/// The layout of control messages.
enum ControlMessage {
  static let header = MemoryLayout<cmsghdr>.size
  private static let limit = 0x7FFF_FFFF

  static func aligned(_ size: Int) -> Int { (size + 7) & ~7 }

  /// Header and data; nil when it is too long for the system.
  static func length(_ size: Int) -> Int? { size < 0 || size > limit - header ? nil : header + size }
  /// The same with what aligns the next one.
  static func space(_ size: Int) -> Int? { size < 0 || size > limit - header - 8 ? nil : header + aligned(size) }
}

/// Buffers of several objects, given back at the end.
private struct BufferList: ~Copyable {
  private(set) var fields: [BufferFields] = []

  init() {}
  deinit {
    for field in fields {
      var field = field
      field.release()
    }
  }

  mutating func append(_ value: Value, _ request: BufferRequest) throws(PyError) {
    guard let slot = value.type.slots.pointee.buffer else { throw .typeError("a bytes-like object is required, not '\(value.typeName)'") }
    var field = BufferFields()
    try slot(value, request, &field)
    fields.append(field)
  }

  /// What the system wants to know of them.
  var vectors: [iovec] { fields.map { iovec(iov_base: $0.data, iov_len: $0.byteCount) } }
}

private func list(_ value: Value, _ function: StaticString, _ number: Int) throws(PyError) -> Owned {
  do throws(PyError) { return try Owned.list(from: value) } catch {
    guard PyError.matches(.typeError) else { throw error }
    PyError.clear()
    throw .typeError("\(function)() argument \(number) must be an iterable")
  }
}

func defineMessages(_ t: TypeDefinition) {
  t.rawMethod("recvmsg", "recvmsg(bufsize[, ancbufsize[, flags]])\nReceive data and control messages; return (data, ancdata, msg_flags, address).") {
    (object: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("recvmsg", 1, 3)
    let (size, room, flags) = (try arguments.size(0), try arguments.size(1), try arguments.cInt(2))
    if size < 0 { throw .valueError("negative buffer size in recvmsg()") }
    let buffer = try PlainBuffer(size)
    let start = buffer.start
    return try receive(object, [iovec(iov_base: start, iov_len: size)], room, flags) { (count: Int) throws(PyError) -> Owned in
      try Owned.bytes(UnsafeRawBufferPointer(start: start, count: count))
    }
  }
  t.rawMethod("recvmsg_into", "recvmsg_into(buffers[, ancbufsize[, flags]])\nReceive data into buffers one after the other; return (nbytes, ancdata, msg_flags, address).") {
    (object: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("recvmsg_into", 1, 3)
    let (room, flags) = (try arguments.size(1), try arguments.cInt(2))
    let items = try list(arguments.base[0], "recvmsg_into", 1)
    var buffers = BufferList()
    for index in 0..<ListObject(items.value).count {
      do throws(PyError) { try buffers.append(ListObject(items.value)[index], .writable) } catch {
        guard PyError.matches(.typeError) || PyError.matches(.bufferError) else { throw error }
        PyError.clear()
        throw .typeError("recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers")
      }
    }
    return try receive(object, buffers.vectors, room, flags) { (count: Int) throws(PyError) -> Owned in try Owned.integer(count) }
  }
  t.rawMethod("sendmsg", "sendmsg(buffers[, ancdata[, flags[, address]]])\nSend the data of several buffers, with control messages (level, type, data); return how many bytes were taken.") {
    (object: Value, arguments: Arguments) throws(PyError) -> Owned in try send(object, arguments)
  }
  t.method("sendmsg_afalg(msg=None, *, op, iv=None, assoclen=None, flags=0)", "Send data to a cipher of the kernel: what to do with it, and with which initial vector.") {
    (call: Call) throws(PyError) -> Owned in try sendToCipher(call)
  }
}

// MARK: - Receiving

private func receive(
  _ object: Value, _ vectors: [iovec], _ room: Int, _ flags: Int32, _ makeData: (Int) throws(PyError) -> Owned
) throws(PyError) -> Owned {
  if room < 0 || room > 0x7FFF_FFFF { throw .valueError("invalid ancillary data buffer length") }
  let socket = SocketObject(object)
  let control = try PlainBuffer(room)
  let controlStart = control.start
  var vectors = vectors
  var address = SocketAddress()
  var message = msghdr()
  let count = try socket.perform(writing: false) { descriptor in
    vectors.withUnsafeMutableBufferPointer { vectors in
      address.length = SocketAddress.capacity
      return address.withPointer { pointer, length in
        message = msghdr()
        message.msg_name = UnsafeMutableRawPointer(pointer)
        message.msg_namelen = length.pointee
        message.msg_iov = vectors.baseAddress
        message.msg_iovlen = vectors.count
        message.msg_control = room > 0 ? controlStart : nil
        message.msg_controllen = room
        return Glibc.recvmsg(descriptor, &message, flags)
      }
    }
  }
  let received = UnsafeRawBufferPointer(start: control.start, count: message.msg_controllen)
  do throws(PyError) {
    let messages = try controlMessages(received, isCut: message.msg_flags & Int32(MSG_CTRUNC) != 0)
    let data = try makeData(count)
    address.length = min(message.msg_namelen, SocketAddress.capacity)
    let sender = try address.value(socket)
    return try Owned.tuple(copying: [data.value, messages.value, Value(smallInteger: Int(message.msg_flags)), sender.value])
  } catch {
    closeReceived(received)
    throw error
  }
}

/// The header of a control message and the range of its data; nil at the end.
private func header(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> (level: Int32, type: Int32, data: Range<Int>, isComplete: Bool)? {
  guard place + ControlMessage.header <= bytes.count else { return nil }
  let header = bytes.loadUnaligned(fromByteOffset: place, as: cmsghdr.self)
  let length = Int(clamping: header.cmsg_len)
  guard length >= ControlMessage.header else { return nil }
  let start = place + ControlMessage.header
  let end = place + min(length, bytes.count - place)
  return (header.cmsg_level, header.cmsg_type, start..<end, length <= bytes.count - place)
}

private func controlMessages(_ bytes: UnsafeRawBufferPointer, isCut: Bool) throws(PyError) -> Owned {
  let result = try Owned.list()
  var place = 0
  while place < bytes.count {
    guard let found = header(bytes, place) else {
      try warn(.runtimeWarning, "received malformed or improperly-truncated ancillary data")
      break
    }
    let data = try Owned.bytes(UnsafeRawBufferPointer(rebasing: bytes[found.data]))
    let item = try Owned.tuple(Value(smallInteger: Int(found.level)), Value(smallInteger: Int(found.type)), data.value)
    try ListObject(result.value).append(item.value)
    if !found.isComplete {
      try warn(.runtimeWarning, "received malformed or improperly-truncated ancillary data")
      break
    }
    place = ControlMessage.aligned(found.data.upperBound)
  }
  return result
}

/// Closes descriptors that came, when nobody gets to know of them.
private func closeReceived(_ bytes: UnsafeRawBufferPointer) {
  var place = 0
  while let found = header(bytes, place) {
    if found.level == SOL_SOCKET && found.type == Int32(SCM_RIGHTS) {
      for offset in stride(from: found.data.lowerBound, through: found.data.upperBound - 4, by: 4) {
        Glibc.close(bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
      }
    }
    place = ControlMessage.aligned(found.data.upperBound)
  }
}

// MARK: - Sending

/// Control messages as the system wants them.
private struct ControlData {
  var bytes: [UInt8] = []

  mutating func append(_ level: Int32, _ type: Int32, _ data: UnsafeRawBufferPointer) throws(PyError) {
    guard let space = ControlMessage.space(data.count), bytes.count + space <= 0x7FFF_FFFF else { throw PyError.raise(.osError, "ancillary data item too large") }
    let start = bytes.count
    bytes += [UInt8](repeating: 0, count: space)
    bytes.withUnsafeMutableBytes { target in
      target.storeBytes(of: ControlMessage.header + data.count, toByteOffset: start, as: Int.self)
      target.storeBytes(of: level, toByteOffset: start + 8, as: Int32.self)
      target.storeBytes(of: type, toByteOffset: start + 12, as: Int32.self)
      UnsafeMutableRawBufferPointer(rebasing: target[(start + ControlMessage.header)...]).copyMemory(from: data)
    }
  }
}

private func transmit(
  _ socket: SocketObject, _ vectors: [iovec], _ control: ControlData, _ flags: Int32, _ target: SocketAddress?
) throws(PyError) -> Owned {
  var (vectors, bytes) = (vectors, control.bytes)
  var address = target ?? SocketAddress()
  let count = try socket.perform(writing: true) { descriptor in
    vectors.withUnsafeMutableBufferPointer { vectors in
      bytes.withUnsafeMutableBytes { bytes in
        address.withPointer { pointer, length in
          var message = msghdr()
          if target != nil {
            message.msg_name = UnsafeMutableRawPointer(pointer)
            message.msg_namelen = length.pointee
          }
          message.msg_iov = vectors.baseAddress
          message.msg_iovlen = vectors.count
          if !bytes.isEmpty {
            message.msg_control = bytes.baseAddress
            message.msg_controllen = bytes.count
          }
          return Glibc.sendmsg(descriptor, &message, flags)
        }
      }
    }
  }
  return try Owned.integer(count)
}

private func send(_ object: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  try arguments.checkCount("sendmsg", 1, 4)
  let flags = try arguments.cInt(2)
  let socket = SocketObject(object)
  let items = try list(arguments.base[0], "sendmsg", 1)
  var buffers = BufferList()
  for index in 0..<ListObject(items.value).count { try buffers.append(ListObject(items.value)[index], .simple) }
  var control = ControlData()
  if arguments.positionalCount > 1 {
    let messages = try list(arguments.base[1], "sendmsg", 2)
    for index in 0..<ListObject(messages.value).count { try append(ListObject(messages.value)[index], to: &control) }
  }
  let given = arguments.positionalCount > 3 ? arguments.base[3] : .none
  let address = given.isNone ? nil : try SocketAddress(given, socket, "sendmsg")
  try audit("socket.sendmsg", object, given)
  return try transmit(socket, buffers.vectors, control, flags, address)
}

private func append(_ item: Value, to control: inout ControlData) throws(PyError) {
  let name = "[sendmsg() ancillary data items]() argument must be"
  guard item.isTuple else { throw .typeError("\(name) 3-item tuple, not \(item.typeName)") }
  let tuple = TupleObject(item)
  guard tuple.count == 3 else { throw .typeError("\(name) tuple of length 3, not \(tuple.count)") }
  let (level, type) = (try tuple[0].cInt(), try tuple[1].cInt())
  let view = try tuple[2].buffer(.simple)
  try control.append(level, type, view.bytes)
}

private func sendToCipher(_ call: Call) throws(PyError) -> Owned {
  let socket = SocketObject(call.receiver)
  if socket.family != AF_ALG { throw PyError.raise(.osError, "algset is only supported for AF_ALG") }
  let operation = try call[1].cInt()
  if operation < 0 { throw .typeError("Invalid or missing argument 'op'") }
  var control = ControlData()
  try withUnsafeBytes(of: operation) { (bytes) throws(PyError) in try control.append(SOL_ALG, 3, bytes) }
  if !call[2].isNone {
    let view = try call[2].buffer(.simple)
    var vector: [UInt8] = []
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: view.bytes.count)) { vector += $0 }
    vector += view.bytes
    let failure = appendVector(vector, to: &control)
    if let failure { throw failure }
  }
  if !call[3].isNone {
    let length = try call[3].cInt()
    if length < 0 { throw .typeError("assoclen must be positive") }
    try withUnsafeBytes(of: length) { (bytes) throws(PyError) in try control.append(SOL_ALG, 4, bytes) }
  }
  var buffers = BufferList()
  if !call[0].isNone {
    let items = try list(call[0], "sendmsg_afalg", 1)
    for index in 0..<ListObject(items.value).count { try buffers.append(ListObject(items.value)[index], .simple) }
  }
  return try transmit(socket, buffers.vectors, control, try call[4].cInt(), nil)
}

private let SOL_ALG: Int32 = 279

private func appendVector(_ bytes: [UInt8], to control: inout ControlData) -> PyError? {
  bytes.withUnsafeBytes { bytes in
    do throws(PyError) { try control.append(SOL_ALG, 2, bytes) } catch { return error }
    return nil
  }
}
