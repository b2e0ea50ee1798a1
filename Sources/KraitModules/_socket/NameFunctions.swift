// `_socket`: names of hosts, services, protocols and interfaces.

import CKraitSystem
import Glibc
import KraitRuntime

/// A host's name as the older functions take it.
private func hostArgument(_ value: Value, _ function: StaticString) throws(PyError) -> Owned {
  guard value.isString || value.isBytes || value.isInstance(of: .bytearray) else {
    throw .typeError("\(function)() argument 1 must be str, bytes or bytearray, not \(value.isNone ? "None" : value.typeName)")
  }
  let bytes = try encodedHost(value)
  if memchr(BytesObject(bytes.value).data, 0, BytesObject(bytes.value).count) != nil {
    throw .typeError("\(function)() argument 1 must be encoded string without null bytes, not \(value.typeName)")
  }
  return bytes
}

/// Text of an argument for the system, UTF-8 with a zero behind it.
private func textArgument(_ arguments: Arguments, _ index: Int, _ function: StaticString) throws(PyError) -> Owned {
  let value = arguments.base[index]
  guard value.isString else { throw .typeError("\(function)() argument \(index + 1) must be str, not \(value.isNone ? "None" : value.typeName)") }
  let bytes = try value.callMethod(Name.encode)
  if memchr(BytesObject(bytes.value).data, 0, BytesObject(bytes.value).count) != nil { throw .valueError("embedded null character") }
  return bytes
}

private func characters(_ bytes: borrowing Owned) -> UnsafePointer<CChar> { UnsafePointer(BytesObject(bytes.value).data.assumingMemoryBound(to: CChar.self)) }

/// A str for the audit hooks of a name's bytes.
private func shown(_ bytes: borrowing Owned) throws(PyError) -> Owned { try systemText(characters(bytes)) }

func defineNameFunctions(_ m: ModuleBuilder) throws(PyError) {
  try defineHosts(m)
  try defineResolver(m)
  try m.rawFunction("getservbyname", "getservbyname(servicename[, protocolname])\nThe port of a service.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("getservbyname", 1, 2)
    let name = try textArgument(arguments, 0, "getservbyname")
    let transport = arguments.positionalCount > 1 ? try textArgument(arguments, 1, "getservbyname") : Owned.none
    try audit("socket.getservbyname", arguments.base[0], arguments.positionalCount > 1 ? arguments.base[1] : .none)
    guard let entry = Glibc.getservbyname(characters(name), transport.value.isNone ? nil : characters(transport)) else {
      throw PyError.raise(.osError, "service/proto not found")
    }
    return try Owned.integer(Int(UInt16(truncatingIfNeeded: entry.pointee.s_port).bigEndian))
  }
  try m.rawFunction("getservbyport", "getservbyport(port[, protocolname])\nThe service that a port is for.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("getservbyport", 1, 2)
    let port = try arguments.cInt(0)
    let transport = arguments.positionalCount > 1 ? try textArgument(arguments, 1, "getservbyport") : Owned.none
    guard let number = UInt16(exactly: port) else { throw .overflowError("getservbyport: port must be 0-65535.") }
    try audit("socket.getservbyport", Value(smallInteger: Int(port)), arguments.positionalCount > 1 ? arguments.base[1] : .none)
    guard let entry = Glibc.getservbyport(Int32(number.bigEndian), transport.value.isNone ? nil : characters(transport)) else {
      throw PyError.raise(.osError, "port/proto not found")
    }
    return try systemText(entry.pointee.s_name)
  }
  try m.rawFunction("getprotobyname", "getprotobyname(name)\nThe number of a protocol.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("getprotobyname", 1, 1)
    let name = try textArgument(arguments, 0, "getprotobyname")
    guard let entry = Glibc.getprotobyname(characters(name)) else { throw PyError.raise(.osError, "protocol not found") }
    return try Owned.integer(Int(entry.pointee.p_proto))
  }
  try defineInterfaces(m)
}

// MARK: - Hosts

private func defineHosts(_ m: ModuleBuilder) throws(PyError) {
  try m.function("gethostname()", "The name of this machine.") { (_: Call) throws(PyError) -> Owned in
    try audit("socket.gethostname")
    var buffer = [CChar](repeating: 0, count: 1024)
    if withoutLock({ Glibc.gethostname(&buffer, buffer.count - 1) }) < 0 { throw systemError() }
    return try systemText(buffer)
  }
  try m.rawFunction("sethostname", "sethostname(name)\nSet the name of this machine.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("sethostname", 1, 1)
    let name = try fileSystemBytes(arguments.base[0])
    try audit("socket.sethostname", arguments.base[0])
    if CKraitSystem.sethostname(characters(name), BytesObject(name.value).count) < 0 { throw systemError() }
    return .none
  }
  try m.rawFunction("gethostbyname", "gethostbyname(host)\nThe address of a host, as text.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("gethostbyname", 1, 1)
    let name = try hostArgument(arguments.base[0], "gethostbyname")
    if isAudited {
      let text = try shown(name)
      try audit("socket.gethostbyname", text.value)
    }
    let address = try resolve(name, AF_INET)
    return try address.host()
  }
  try m.rawFunction("gethostbyname_ex", "gethostbyname_ex(host)\nThe name, the other names and the addresses of a host.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("gethostbyname_ex", 1, 1)
    let name = try hostArgument(arguments.base[0], "gethostbyname_ex")
    if isAudited {
      let text = try shown(name)
      try audit("socket.gethostbyname", text.value)
    }
    _ = try resolve(name, AF_INET)
    let text = characters(name)
    return try look { (entry, buffer, size, found, code) in gethostbyname_r(text, entry, buffer, size, found, code) }
  }
  try m.rawFunction("gethostbyaddr", "gethostbyaddr(host)\nThe name, the other names and the addresses of a host, by its address.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("gethostbyaddr", 1, 1)
    let name = try hostArgument(arguments.base[0], "gethostbyaddr")
    if isAudited {
      let text = try shown(name)
      try audit("socket.gethostbyaddr", text.value)
    }
    let address = try resolve(name, AF_UNSPEC)
    return try look { (entry, buffer, size, found, code) in
      address.withHostBytes { gethostbyaddr_r($0.baseAddress, socklen_t($0.count), address.family, entry, buffer, size, found, code) }
    }
  }
}

/// Calls a function of the resolver with ever more memory until the answer fits.
private func look(
  _ body: (
    UnsafeMutablePointer<hostent>, UnsafeMutablePointer<CChar>, Int, UnsafeMutablePointer<UnsafeMutablePointer<hostent>?>, UnsafeMutablePointer<Int32>
  ) -> Int32
) throws(PyError) -> Owned {
  var size = 16384
  while true {
    let buffer = try PlainBuffer(size)
    var entry = hostent()
    var found: UnsafeMutablePointer<hostent>?
    var code: Int32 = 0
    let result = withoutLock { body(&entry, buffer.start.assumingMemoryBound(to: CChar.self), size, &found, &code) }
    if result == ERANGE && size < 1 << 26 {
      size *= 2
      continue
    }
    guard let found else { throw SocketErrors.host(code) }
    return try description(found.pointee)
  }
}

private func description(_ entry: hostent) throws(PyError) -> Owned {
  let aliases = try Owned.list()
  if var alias = entry.h_aliases {
    while let text = alias.pointee {
      try ListObject(aliases.value).append(sharing: try systemText(text))
      alias += 1
    }
  }
  let addresses = try Owned.list()
  if var address = entry.h_addr_list {
    while let bytes = address.pointee {
      let raw = UnsafeRawPointer(bytes)
      try ListObject(addresses.value).append(
        sharing: entry.h_addrtype == AF_INET6
          ? try SocketAddress.text(AF_INET6, raw.loadUnaligned(as: in6_addr.self)) : try SocketAddress.text(raw.loadUnaligned(as: in_addr.self)))
      address += 1
    }
  }
  let name = try systemText(entry.h_name)
  return try Owned.tuple(name.value, aliases.value, addresses.value)
}

// MARK: - The resolver

private func defineResolver(_ m: ModuleBuilder) throws(PyError) {
  try m.function("getaddrinfo(host, port, family=0, type=0, proto=0, flags=0)", "Resolve host and port to a list of (family, type, proto, canonname, sockaddr).") {
    (call: Call) throws(PyError) -> Owned in try addresses(call)
  }
  try m.rawFunction("getnameinfo", "getnameinfo(sockaddr, flags)\nThe names of the host and the port of an address.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("getnameinfo", 2, 2)
    return try names(arguments.base[0], try arguments.cInt(1))
  }
}

private func addresses(_ call: Call) throws(PyError) -> Owned {
  var hints = addrinfo()
  hints.ai_family = try call[2].cInt()
  hints.ai_socktype = try call[3].cInt()
  hints.ai_protocol = try call[4].cInt()
  hints.ai_flags = try call[5].cInt()
  guard call[0].isNone || call[0].isString || call[0].isBytes else { throw .typeError("getaddrinfo() argument 1 must be string or None") }
  let host = call[0].isNone ? Owned.none : try encodedHost(call[0])
  let port = try portText(call[1])
  try audit(
    "socket.getaddrinfo", call[0], call[1], Value(smallInteger: Int(hints.ai_family)), Value(smallInteger: Int(hints.ai_socktype)),
    Value(smallInteger: Int(hints.ai_protocol)))
  let result = try Owned.list()
  if let address = plainAddress(host, call[1], &hints) {
    try append(to: result, hints, address, emptyText)
    return result
  }
  let (name, service) = (host.value.isNone ? nil : characters(host), port.value.isNone ? nil : characters(port))
  var list: UnsafeMutablePointer<addrinfo>?
  let code = withoutLock { getaddrinfo(name, service, &hints, &list) }
  if code != 0 { throw SocketErrors.resolution(code) }
  defer { freeaddrinfo(list) }
  var next = list
  while let entry = next {
    next = entry.pointee.ai_next
    var address = SocketAddress()
    if let source = entry.pointee.ai_addr { address.copy(source, entry.pointee.ai_addrlen) } else { address.length = 0 }
    try append(to: result, entry.pointee, address, entry.pointee.ai_canonname ?? emptyText)
  }
  return result
}

private func append(to list: borrowing Owned, _ entry: addrinfo, _ address: SocketAddress, _ canonicalName: UnsafePointer<CChar>) throws(PyError) {
  let target = try address.value(-1, entry.ai_protocol)
  let canonical = try systemText(canonicalName)
  let item = try Owned.tuple(copying: [
    Value(smallInteger: Int(entry.ai_family)), Value(smallInteger: Int(entry.ai_socktype)), Value(smallInteger: Int(entry.ai_protocol)), canonical.value, target.value,
  ])
  try ListObject(list.value).append(item.value)
}

/// What a resolver would find for four numbers, the number of a port and one type of socket, as a client gives them: there is nothing to look up, so that
/// the lock need not be left. The hints become the entry. Nil for all else.
private func plainAddress(_ host: borrowing Owned, _ port: Value, _ hints: inout addrinfo) -> SocketAddress? {
  guard host.value.isBytes, hints.ai_flags == 0, hints.ai_family == AF_UNSPEC || hints.ai_family == AF_INET, port.isSmallInteger,
    let number = UInt16(exactly: port.smallInteger)
  else { return nil }
  let transport: Int
  switch hints.ai_socktype {
  case Int32(SOCK_STREAM.rawValue): transport = IPPROTO_TCP
  case Int32(SOCK_DGRAM.rawValue): transport = IPPROTO_UDP
  default: return nil
  }
  guard hints.ai_protocol == 0 || hints.ai_protocol == Int32(transport) else { return nil }
  var form = sockaddr_in()
  guard inet_pton(AF_INET, characters(host), &form.sin_addr) > 0 else { return nil }
  form.sin_family = sa_family_t(AF_INET)
  form.sin_port = number.bigEndian
  hints.ai_family = AF_INET
  hints.ai_protocol = Int32(transport)
  var address = SocketAddress()
  address.set(form)
  return address
}

nonisolated(unsafe) private let emptyText: UnsafeMutablePointer<CChar> = strdup("")

/// A port's number or service as text; None for none.
private func portText(_ value: Value) throws(PyError) -> Owned {
  if value.isNone { return .none }
  if value.isInteger {
    let text = try (value.isBool ? Value(smallInteger: value.isTrue ? 1 : 0) : value).str()
    return try text.value.callMethod(Name.encode)
  }
  if value.isString { return try value.callMethod(Name.encode) }
  if value.isBytes { return Owned(copying: value) }
  throw PyError.raise(.osError, "Int or String expected")
}

private func names(_ value: Value, _ flags: Int32) throws(PyError) -> Owned {
  guard value.isTuple else { throw .typeError("getnameinfo() argument 1 must be a tuple") }
  let items = TupleObject(value)
  guard (2...4).contains(items.count), items[0].isString else { throw .typeError("getnameinfo(): illegal sockaddr argument") }
  let host = try items[0].callMethod(Name.encode)
  let port = try items[1].cInt()
  let flow = items.count > 2 ? try items[2].cUnsigned() : 0
  let scope = items.count > 3 ? try items[3].cUnsigned() : 0
  if flow > 0xFFFFF { throw .overflowError("getnameinfo(): flowinfo must be 0-1048575.") }
  try audit("socket.getnameinfo", value)
  var hints = addrinfo()
  hints.ai_family = AF_UNSPEC
  hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
  hints.ai_flags = AI_NUMERICHOST
  var list: UnsafeMutablePointer<addrinfo>?
  let name = characters(host)
  let code = "\(port)".withCString { service in withoutLock { getaddrinfo(name, service, &hints, &list) } }
  if code != 0 { throw SocketErrors.resolution(code) }
  defer { freeaddrinfo(list) }
  var address = SocketAddress()
  guard let first = list, address.set(first) else { throw PyError.raise(.osError, "unknown address family") }
  if first.pointee.ai_next != nil { throw PyError.raise(.osError, "sockaddr resolved to multiple addresses") }
  if address.family == AF_INET {
    if items.count != 2 { throw PyError.raise(.osError, "IPv4 sockaddr must be 2 tuple") }
  } else {
    address.setFlow(flow, scope: scope)
  }
  var (hostText, serviceText) = ([CChar](repeating: 0, count: 1025), [CChar](repeating: 0, count: 32))
  let length = address.length
  let failure = withoutLock {
    address.withPointer { pointer, _ in getnameinfo(pointer, length, &hostText, socklen_t(hostText.count), &serviceText, socklen_t(serviceText.count), flags) }
  }
  if failure != 0 { throw SocketErrors.resolution(failure) }
  let first2 = try systemText(hostText)
  let second = try systemText(serviceText)
  return try Owned.tuple(first2.value, second.value)
}

// MARK: - Interfaces

private func defineInterfaces(_ m: ModuleBuilder) throws(PyError) {
  try m.function("if_nameindex()", "The interfaces of this machine, a list of their numbers and names.") { (_: Call) throws(PyError) -> Owned in
    guard let list = krait_if_nameindex() else { throw systemError() }
    defer { if_freenameindex(list) }
    let result = try Owned.list()
    var entry = list
    while entry.pointee.if_index != 0, let text = entry.pointee.if_name {
      let name = try systemText(text)
      let pair = try Owned.tuple(Value(smallInteger: Int(entry.pointee.if_index)), name.value)
      try ListObject(result.value).append(pair.value)
      entry += 1
    }
    return result
  }
  try m.function("if_nametoindex(oname, /)", "The number of an interface.") { (call: Call) throws(PyError) -> Owned in
    let name = try fileSystemBytes(call[0])
    if memchr(BytesObject(name.value).data, 0, BytesObject(name.value).count) != nil { throw .valueError("embedded null byte") }
    let index = Glibc.if_nametoindex(characters(name))
    if index == 0 { throw systemError() }
    return try Owned.integer(Int(index))
  }
  try m.function("if_indextoname(if_index, /)", "The name of an interface.") { (call: Call) throws(PyError) -> Owned in
    let number = try unsigned(call[0], limit: UInt64(UInt32.max), "unsigned int")
    var buffer = [CChar](repeating: 0, count: Int(IFNAMSIZ) + 1)
    if Glibc.if_indextoname(UInt32(number), &buffer) == nil { throw systemError() }
    return try systemText(buffer)
  }
}

/// An int that is neither negative nor beyond a limit.
private func unsigned(_ value: Value, limit: UInt64, _ type: StaticString) throws(PyError) -> UInt64 {
  let number = try value.index()
  if Integer.isNegative(number.value) { throw .valueError("Cannot convert negative int") }
  guard let word = Integer.asUInt64(number.value), word <= limit else { throw .overflowError("Python int too large for C \(type)") }
  return word
}

// MARK: - Forms of addresses

func defineAddressFunctions(_ m: ModuleBuilder) throws(PyError) {
  for name in ["htonl(integer, /)", "ntohl(integer, /)"] as [StaticString] {
    try m.function(name, "Turn 32 bits from the machine's order of bytes to the network's, or back.") { (call: Call) throws(PyError) -> Owned in
      try Owned.integer(Int(UInt32(try unsigned(call[0], limit: UInt64(UInt32.max), "uint32_t")).byteSwapped))
    }
  }
  for name in ["htons(integer, /)", "ntohs(integer, /)"] as [StaticString] {
    try m.function(name, "Turn 16 bits from the machine's order of bytes to the network's, or back.") { (call: Call) throws(PyError) -> Owned in
      try Owned.integer(Int(UInt16(try unsigned(call[0], limit: 0xFFFF, "uint16_t")).byteSwapped))
    }
  }
  try m.function("inet_aton(ip_addr, /)", "The four bytes of an IPv4 address.") { (call: Call) throws(PyError) -> Owned in
    let text = try (try call.string(0)).callMethod(Name.encode)
    if memchr(BytesObject(text.value).data, 0, BytesObject(text.value).count) != nil { throw .valueError("embedded null character") }
    var address = in_addr()
    if CKraitSystem.inet_aton(characters(text), &address) == 0 { throw PyError.raise(.osError, "illegal IP address string passed to inet_aton") }
    return try withUnsafeBytes(of: address) { (bytes) throws(PyError) in try Owned.bytes(bytes) }
  }
  try m.function("inet_ntoa(packed_ip, /)", "The text of an IPv4 address of four bytes.") { (call: Call) throws(PyError) -> Owned in
    let view = try call[0].buffer(.simple)
    if view.bytes.count != 4 { throw PyError.raise(.osError, "packed IP wrong length for inet_ntoa") }
    return try SocketAddress.text(view.bytes.loadUnaligned(as: in_addr.self))
  }
  try m.rawFunction("inet_pton", "inet_pton(af, ip)\nThe bytes of an address of a family.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("inet_pton", 2, 2)
    let family = try arguments.cInt(0)
    let text = try textArgument(arguments, 1, "inet_pton")
    var bytes = [UInt8](repeating: 0, count: 16)
    let result = Glibc.inet_pton(family, characters(text), &bytes)
    if result < 0 { throw systemError() }
    if result == 0 { throw PyError.raise(.osError, "illegal IP address string passed to inet_pton") }
    return try fileSystemName(Array(bytes.prefix(family == AF_INET ? 4 : 16)), isBytes: true)
  }
  try m.rawFunction("inet_ntop", "inet_ntop(af, packed_ip)\nThe text of an address of a family.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkCount("inet_ntop", 2, 2)
    let family = try arguments.cInt(0)
    let view = try arguments.base[1].buffer(.simple)
    guard family == AF_INET || family == AF_INET6 else { throw .valueError("unknown address family \(family)") }
    if view.bytes.count != (family == AF_INET ? 4 : 16) { throw .valueError("invalid length of packed IP address string") }
    return family == AF_INET
      ? try SocketAddress.text(view.bytes.loadUnaligned(as: in_addr.self)) : try SocketAddress.text(family, view.bytes.loadUnaligned(as: in6_addr.self))
  }
}
