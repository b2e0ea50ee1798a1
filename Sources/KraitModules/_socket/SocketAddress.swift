// Addresses of sockets: from Python's forms to the system's, and back.

import CKraitSystem
import Glibc
import KraitRuntime

/// An address as the system has it.
struct SocketAddress {
  private var storage = sockaddr_storage()
  var length = SocketAddress.capacity

  static let capacity = socklen_t(MemoryLayout<sockaddr_storage>.size)

  /// Room for an address that the system gives.
  init() {}

  var family: Int32 { Int32(storage.ss_family) }

  mutating func withPointer<Result>(_ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result) -> Result {
    withUnsafeMutablePointer(to: &storage) { storage in
      withUnsafeMutablePointer(to: &length) { length in body(UnsafeMutableRawPointer(storage).assumingMemoryBound(to: sockaddr.self), length) }
    }
  }

  private func load<Form>(_: Form.Type) -> Form { withUnsafeBytes(of: storage) { $0.loadUnaligned(as: Form.self) } }

  private mutating func store<Form>(_ form: Form, length: Int = MemoryLayout<Form>.size) {
    withUnsafeMutableBytes(of: &storage) { target in withUnsafeBytes(of: form) { target.copyMemory(from: $0) } }
    self.length = socklen_t(length)
  }
}

// MARK: - To Python

extension SocketAddress {
  /// The address as Python has it: None when there is none, a tuple, or a path.
  func value(_ socket: SocketObject) throws(PyError) -> Owned { try value(socket.descriptor, socket.contents.pointee.number) }

  func value(_ descriptor: Int32, _ number: Int32) throws(PyError) -> Owned {
    if length == 0 { return .none }
    switch family {
    case AF_INET:
      let address = load(sockaddr_in.self)
      let host = try SocketAddress.text(address.sin_addr)
      return try Owned.tuple(host.value, Value(smallInteger: Int(UInt16(bigEndian: address.sin_port))))
    case AF_INET6:
      let address = load(sockaddr_in6.self)
      let host = try SocketAddress.text(AF_INET6, address.sin6_addr)
      return try SocketAddress.tuple(host, [Int(UInt16(bigEndian: address.sin6_port)), Int(UInt32(bigEndian: address.sin6_flowinfo)), Int(address.sin6_scope_id)])
    case AF_UNIX: return try path()
    case AF_NETLINK:
      let address = load(sockaddr_nl.self)
      return try Owned.tuple(Value(smallInteger: Int(address.nl_pid)), Value(smallInteger: Int(address.nl_groups)))
    case AF_VSOCK:
      let address = load(sockaddr_vm.self)
      return try Owned.tuple(Value(smallInteger: Int(address.svm_cid)), Value(smallInteger: Int(address.svm_port)))
    case AF_QIPCRTR:
      let address = load(sockaddr_qrtr.self)
      return try Owned.tuple(Value(smallInteger: Int(address.sq_node)), Value(smallInteger: Int(address.sq_port)))
    case AF_TIPC: return try service()
    case AF_PACKET: return try link(descriptor)
    case AF_CAN: return try bus(descriptor, number)
    case AF_ALG:
      let address = load(sockaddr_alg.self)
      let type = try SocketAddress.string(address.salg_type)
      let name = try SocketAddress.string(address.salg_name)
      return try Owned.tuple(type.value, name.value)
    default:
      let data = withUnsafeBytes(of: storage) { Array($0[2..<16]) }
      let bytes = try fileSystemName(data, isBytes: true)
      return try Owned.tuple(Value(smallInteger: Int(family)), bytes.value)
    }
  }

  /// A tuple of a first item and numbers.
  private static func tuple(_ first: consuming Owned, _ numbers: [Int]) throws(PyError) -> Owned {
    try Owned.tuple(copying: [first.value] + numbers.map { Value(smallInteger: $0) })
  }

  /// An address of four numbers as text, without `inet_ntop`, which formats it by `sprintf`: every connection asks for it.
  static func text(_ address: in_addr) throws(PyError) -> Owned {
    let buffer = try PlainBuffer(16)
    let text = buffer.start.assumingMemoryBound(to: UInt8.self)
    var count = 0
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      let number = UInt8(truncatingIfNeeded: address.s_addr >> shift)
      if number >= 100 {
        text[count] = UInt8(ascii: "0") + number / 100
        count += 1
      }
      if number >= 10 {
        text[count] = UInt8(ascii: "0") + number / 10 % 10
        count += 1
      }
      text[count] = UInt8(ascii: "0") + number % 10
      text[count + 1] = UInt8(ascii: ".")
      count += 2
    }
    return try Owned.string(utf8: UnsafeBufferPointer(start: text, count: count - 1))
  }

  /// An internet address as text.
  static func text<Address>(_ family: Int32, _ address: Address) throws(PyError) -> Owned {
    var buffer = [CChar](repeating: 0, count: 64)
    let text = withUnsafeBytes(of: address) { inet_ntop(family, $0.baseAddress, &buffer, socklen_t(buffer.count)) }
    if text == nil { throw systemError() }
    return try systemText(buffer)
  }

  /// The text in a field of characters.
  private static func string<Field>(_ field: Field) throws(PyError) -> Owned {
    try fileSystemName(withUnsafeBytes(of: field) { Array($0.prefix { $0 != 0 }) }, isBytes: false)
  }

  private static let pathOffset = 2

  private func path() throws(PyError) -> Owned {
    let count = min(Int(length), MemoryLayout<sockaddr_un>.size) - SocketAddress.pathOffset
    let bytes = withUnsafeBytes(of: storage) { Array($0[SocketAddress.pathOffset..<SocketAddress.pathOffset + max(count, 0)]) }
    // Names that are no paths begin with a zero, and may have more.
    if let first = bytes.first, first == 0 { return try fileSystemName(bytes, isBytes: true) }
    return try fileSystemName(Array(bytes.prefix { $0 != 0 }), isBytes: false)
  }

  private static func interface(_ descriptor: Int32, _ index: Int32) throws(PyError) -> Owned {
    var name = [CChar](repeating: 0, count: Int(IFNAMSIZ))
    if index != 0 && krait_interface_name(descriptor, index, &name) != 0 { return try systemText(name) }
    return try Owned.string("" as StaticString)
  }

  private func link(_ descriptor: Int32) throws(PyError) -> Owned {
    let address = load(sockaddr_ll.self)
    let name = try SocketAddress.interface(descriptor, address.sll_ifindex)
    let hardware = try fileSystemName(withUnsafeBytes(of: address.sll_addr) { Array($0.prefix(min(Int(address.sll_halen), 8))) }, isBytes: true)
    return try Owned.tuple(copying: [
      name.value, Value(smallInteger: Int(UInt16(bigEndian: address.sll_protocol))), Value(smallInteger: Int(address.sll_pkttype)),
      Value(smallInteger: Int(address.sll_hatype)), hardware.value,
    ])
  }

  private func bus(_ descriptor: Int32, _ number: Int32) throws(PyError) -> Owned {
    let address = load(sockaddr_can.self)
    let name = try SocketAddress.interface(descriptor, address.can_ifindex)
    switch number {
    case Protocols.isotp: return try SocketAddress.tuple(name, [Int(address.can_addr.tp.rx_id), Int(address.can_addr.tp.tx_id)])
    case Protocols.j1939:
      let wide = try Owned.integer(address.can_addr.j1939.name)
      return try Owned.tuple(copying: [name.value, wide.value, Value(smallInteger: Int(address.can_addr.j1939.pgn)), Value(smallInteger: Int(address.can_addr.j1939.addr))])
    default: return try Owned.tuple(copying: [name.value])
    }
  }

  private enum Protocols {
    static let isotp: Int32 = 6
    static let j1939: Int32 = 7
  }

  private func service() throws(PyError) -> Owned {
    let address = load(sockaddr_tipc.self)
    let numbers: (UInt32, UInt32, UInt32)
    switch Int32(address.addrtype) {
    case 1: numbers = (address.addr.nameseq.type, address.addr.nameseq.lower, address.addr.nameseq.upper)
    case 2: numbers = (address.addr.name.name.type, address.addr.name.name.instance, address.addr.name.name.instance)
    case 3: numbers = (address.addr.id.node, address.addr.id.ref, 0)
    default: throw .valueError("Invalid address type")
    }
    return try SocketAddress.tuple(
      try Owned.integer(Int(address.addrtype)), [Int(numbers.0), Int(numbers.1), Int(numbers.2), Int(address.scope)])
  }
}

// MARK: - From Python

extension SocketAddress {
  /// The address that a value stands for, of the socket's family.
  ///
  /// - Parameter function: whose argument it is, for errors.
  init(_ value: Value, _ socket: SocketObject, _ function: StaticString) throws(PyError) {
    self.init()
    length = 0
    switch socket.family {
    case AF_INET: try setInternet(value, function)
    case AF_INET6: try setInternet6(value, function)
    case AF_UNIX: try setPath(value)
    case AF_NETLINK:
      let items = try SocketAddress.items(value, "\(function)(): AF_NETLINK")
      guard items.count == 2 else { throw .typeError("AF_NETLINK address must be a pair (pid, groups)") }
      store(sockaddr_nl(nl_family: UInt16(AF_NETLINK), nl_pad: 0, nl_pid: try items[0].cUnsigned(), nl_groups: try items[1].cUnsigned()))
    case AF_VSOCK:
      let items = try SocketAddress.items(value, "getsockaddrarg: AF_VSOCK")
      guard items.count == 2 else { throw .typeError("getsockaddrarg() takes exactly 2 arguments (\(items.count) given)") }
      var address = sockaddr_vm()
      address.svm_family = UInt16(AF_VSOCK)
      address.svm_cid = try items[0].cUnsigned()
      address.svm_port = try items[1].cUnsigned()
      store(address)
    case AF_QIPCRTR:
      let items = try SocketAddress.items(value, "getsockaddrarg: AF_QIPCRTR")
      guard items.count == 2 else { throw .typeError("AF_QIPCRTR address must be a pair (node, port)") }
      var address = sockaddr_qrtr()
      address.sq_family = UInt16(AF_QIPCRTR)
      address.sq_node = try items[0].cUnsigned()
      address.sq_port = try items[1].cUnsigned()
      store(address)
    case AF_TIPC: try setService(value, function)
    case AF_PACKET: try setLink(value, socket.descriptor, function)
    case AF_CAN: try setBus(value, socket, function)
    case AF_ALG: try setAlgorithm(value, function)
    default: throw PyError.raise(.osError, "\(function)(): bad family")
    }
  }

  private static func items(_ value: Value, _ family: String) throws(PyError) -> TupleObject {
    guard value.isTuple else { throw .typeError("\(family) address must be tuple, not \(value.typeName)") }
    return TupleObject(value)
  }

  private static func port(_ value: Value, _ function: StaticString) throws(PyError) -> UInt16 {
    let number = try value.index()
    guard let word = Integer.asInt(number.value), let port = UInt16(exactly: word) else { throw .overflowError("\(function)(): port must be 0-65535.") }
    return port.bigEndian
  }

  private mutating func setInternet(_ value: Value, _ function: StaticString) throws(PyError) {
    let items = try SocketAddress.items(value, "\(function)(): AF_INET")
    guard items.count == 2 else { throw .typeError("AF_INET address must be a pair (host, port)") }
    let host = try hostBytes(items[0])
    var address = sockaddr_in()
    address.sin_port = try SocketAddress.port(items[1], function)
    let found = try resolve(host, AF_INET)
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr = found.load(sockaddr_in.self).sin_addr
    store(address)
  }

  private mutating func setInternet6(_ value: Value, _ function: StaticString) throws(PyError) {
    let items = try SocketAddress.items(value, "\(function)(): AF_INET6")
    guard (2...4).contains(items.count) else { throw .typeError("AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])") }
    let host = try hostBytes(items[0])
    let port = try SocketAddress.port(items[1], function)
    let flow = items.count > 2 ? try items[2].cUnsigned() : 0
    let scope = items.count > 3 ? try items[3].cUnsigned() : 0
    if flow > 0xFFFFF { throw .overflowError("\(function)(): flowinfo must be 0-1048575.") }
    let found = try resolve(host, AF_INET6)
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_addr = found.load(sockaddr_in6.self).sin6_addr
    address.sin6_port = port
    address.sin6_flowinfo = flow.bigEndian
    address.sin6_scope_id = scope
    store(address)
  }

  private mutating func setPath(_ value: Value) throws(PyError) {
    let encoded = value.isString ? try encodeFileSystem(value) : Owned(copying: value)
    let view = try encoded.value.buffer(.simple)
    let capacity = MemoryLayout<sockaddr_un>.size - SocketAddress.pathOffset
    // Without a name the system chooses an abstract one.
    let isAbstract = view.bytes.isEmpty || view.bytes.first == 0
    if isAbstract ? view.bytes.count > capacity : view.bytes.count >= capacity { throw PyError.raise(.osError, "AF_UNIX path too long") }
    storage = sockaddr_storage()
    storage.ss_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &storage) { target in UnsafeMutableRawBufferPointer(rebasing: target[SocketAddress.pathOffset...]).copyMemory(from: view.bytes) }
    length = socklen_t(SocketAddress.pathOffset + view.bytes.count + (isAbstract ? 0 : 1))
  }

  private mutating func setService(_ value: Value, _ function: StaticString) throws(PyError) {
    guard value.isTuple else { throw .typeError("\(function)(): AF_TIPC address must be tuple, not \(value.typeName)") }
    let items = TupleObject(value)
    guard items.count == 4 || items.count == 5 else { throw .typeError("AF_TIPC address must be a tuple (addrType, v1, v2, v3[, scope])") }
    let (kind, first, second, third) = (try items[0].cUnsigned(), try items[1].cUnsigned(), try items[2].cUnsigned(), try items[3].cUnsigned())
    var address = sockaddr_tipc()
    address.family = UInt16(AF_TIPC)
    address.addrtype = UInt8(truncatingIfNeeded: kind)
    address.scope = Int8(truncatingIfNeeded: items.count == 5 ? try items[4].cUnsigned() : 2)
    switch kind {
    case 1:
      address.addr.nameseq.type = first
      address.addr.nameseq.lower = second
      address.addr.nameseq.upper = third
    case 2:
      address.addr.name.name.type = first
      address.addr.name.name.instance = second
    case 3:
      address.addr.id.node = first
      address.addr.id.ref = second
    default: throw .typeError("\(function)(): unknown TIPC address type")
    }
    store(address)
  }

  /// The number of an interface by its name's bytes.
  private static func interface(_ descriptor: Int32, _ name: UnsafeRawBufferPointer) throws(PyError) -> Int32 {
    var text = [CChar](repeating: 0, count: Int(IFNAMSIZ))
    for (index, byte) in name.prefix(Int(IFNAMSIZ) - 1).enumerated() { text[index] = CChar(bitPattern: byte) }
    let index = krait_interface_index(descriptor, text)
    if index < 0 { throw systemError() }
    return index
  }

  private mutating func setLink(_ value: Value, _ descriptor: Int32, _ function: StaticString) throws(PyError) {
    let items = try SocketAddress.items(value, "\(function)(): AF_PACKET")
    guard (2...5).contains(items.count), items[0].isString else { throw .typeError("AF_PACKET address must be a tuple of two to five elements") }
    let name = try items[0].callMethod(Name.encode)
    let number = try items[1].cInt()
    let kind = items.count > 2 ? try items[2].cInt() : 0
    let hardwareType = items.count > 3 ? try items[3].cInt() : 0
    var hardware: [UInt8] = []
    if items.count > 4 {
      let view = try items[4].buffer(.simple)
      if view.bytes.count > 8 { throw .valueError("Hardware address must be 8 bytes or less") }
      hardware = Array(view.bytes)
    }
    let index = try SocketAddress.interface(descriptor, BytesObject(name.value).buffer)
    guard let number = UInt16(exactly: number) else { throw .overflowError("\(function)(): proto must be 0-65535.") }
    var address = sockaddr_ll()
    address.sll_family = UInt16(AF_PACKET)
    address.sll_protocol = number.bigEndian
    address.sll_ifindex = index
    address.sll_pkttype = UInt8(truncatingIfNeeded: kind)
    address.sll_hatype = UInt16(truncatingIfNeeded: hardwareType)
    address.sll_halen = UInt8(hardware.count)
    withUnsafeMutableBytes(of: &address.sll_addr) { $0.copyBytes(from: hardware) }
    store(address)
  }

  private mutating func setBus(_ value: Value, _ socket: SocketObject, _ function: StaticString) throws(PyError) {
    let items = try SocketAddress.items(value, "\(function)(): AF_CAN")
    let number = socket.contents.pointee.number
    let wanted = number == Protocols.isotp ? 3 : number == Protocols.j1939 ? 4 : 1
    guard items.count == wanted else {
      let form = wanted == 1 ? "(interface, )" : wanted == 3 ? "(interface, rx_addr, tx_addr)" : "(ifname, name, pgn, addr)"
      throw .typeError("AF_CAN address must be a tuple \(form)")
    }
    let name = try fileSystemBytes(items[0])
    let bytes = BytesObject(name.value).buffer
    var address = sockaddr_can()
    address.can_family = UInt16(AF_CAN)
    // Without a name the socket listens to all interfaces.
    if bytes.count >= Int(IFNAMSIZ) { throw PyError.raise(.osError, "AF_CAN interface name too long") }
    if bytes.count > 0 { address.can_ifindex = try SocketAddress.interface(socket.descriptor, bytes) }
    if wanted == 3 {
      address.can_addr.tp.rx_id = try items[1].cUnsigned()
      address.can_addr.tp.tx_id = try items[2].cUnsigned()
    } else if wanted == 4 {
      let wide = try items[1].index()
      address.can_addr.j1939.name = Integer.truncatedBits(wide.value)
      address.can_addr.j1939.pgn = try items[2].cUnsigned()
      address.can_addr.j1939.addr = UInt8(truncatingIfNeeded: try items[3].cUnsigned())
    }
    store(address)
  }

  private mutating func setAlgorithm(_ value: Value, _ function: StaticString) throws(PyError) {
    let items = try SocketAddress.items(value, "\(function)(): AF_ALG")
    guard (2...4).contains(items.count), items[0].isString, items[1].isString else { throw .typeError("AF_ALG address must be a tuple (type, name[, feat[, mask]])") }
    let type = try items[0].callMethod(Name.encode)
    let name = try items[1].callMethod(Name.encode)
    var address = sockaddr_alg()
    address.salg_family = UInt16(AF_ALG)
    if items.count > 2 { address.salg_feat = try items[2].cUnsigned() & 0xFFFF }
    if items.count > 3 { address.salg_mask = try items[3].cUnsigned() & 0xFFFF }
    if BytesObject(type.value).count >= 14 { throw .valueError("AF_ALG type too long.") }
    if BytesObject(name.value).count >= 64 { throw .valueError("AF_ALG name too long.") }
    withUnsafeMutableBytes(of: &address.salg_type) { $0.copyMemory(from: BytesObject(type.value).buffer) }
    withUnsafeMutableBytes(of: &address.salg_name) { $0.copyMemory(from: BytesObject(name.value).buffer) }
    store(address)
  }
}

// MARK: - Hosts

/// A host's name for the system: bytes with a zero behind them.
///
/// - Parameter wrongType: makes the error for what is no name.
func hostBytes(_ value: Value) throws(PyError) -> Owned {
  guard value.isString || value.isBytes || value.isInstance(of: .bytearray) else {
    throw .typeError("str, bytes or bytearray expected, not \(value.isNone ? "NoneType" : value.typeName)")
  }
  let bytes: Owned
  if value.isString && StringObject(value).isASCII {
    bytes = try Owned.bytes(UnsafeRawBufferPointer(start: StringObject(value).data, count: StringObject(value).length))
  } else {
    do throws(PyError) { bytes = try encodedHost(value) } catch {
      PyError.clear()
      throw .typeError("encoding of hostname failed")
    }
  }
  if memchr(BytesObject(bytes.value).data, 0, BytesObject(bytes.value).count) != nil { throw .typeError("host name must not contain null character") }
  return bytes
}

/// The bytes of a name: as they are, or by the codec `idna`, which changes no plain name.
func encodedHost(_ value: Value) throws(PyError) -> Owned {
  if value.isBytes { return Owned(copying: value) }
  if !value.isString {
    let view = try value.buffer(.simple)
    return try Owned.bytes(view.bytes)
  }
  let string = StringObject(value)
  if string.isASCII {
    let bytes = UnsafeRawBufferPointer(start: string.data, count: string.length)
    let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isPlain = labels.enumerated().allSatisfy { $0.element.count < 64 && (!$0.element.isEmpty || $0.offset == labels.count - 1) }
    if isPlain { return try Owned.bytes(bytes) }
  }
  let codec = try Owned.string("idna" as StaticString)
  return try value.callMethod(Name.encode, codec.value)
}

/// The first address of a host, with its port 0.
func resolve(_ host: borrowing Owned, _ family: Int32) throws(PyError) -> SocketAddress {
  let name = BytesObject(host.value).data.assumingMemoryBound(to: CChar.self)
  var result = SocketAddress()
  if name.pointee == 0 { return try wildcard(family) }
  let text = BytesObject(host.value).buffer
  if text.elementsEqual("<broadcast>".utf8) || text.elementsEqual("255.255.255.255".utf8) {
    if family != AF_INET && family != AF_UNSPEC { throw PyError.raise(.osError, "address family mismatched") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32.max
    result.set(address)
    return result
  }
  // Addresses in numbers need no resolver.
  if family != AF_INET6 {
    var address = sockaddr_in()
    if inet_pton(AF_INET, name, &address.sin_addr) > 0 {
      address.sin_family = sa_family_t(AF_INET)
      result.set(address)
      return result
    }
  }
  if family != AF_INET && memchr(name, Int32(UInt8(ascii: "%")), text.count) == nil {
    var address = sockaddr_in6()
    if inet_pton(AF_INET6, name, &address.sin6_addr) > 0 {
      address.sin6_family = sa_family_t(AF_INET6)
      result.set(address)
      return result
    }
  }
  var hints = addrinfo()
  hints.ai_family = family
  var list: UnsafeMutablePointer<addrinfo>?
  let code = withoutLock { getaddrinfo(name, nil, &hints, &list) }
  if code != 0 { throw SocketErrors.resolution(code) }
  defer { freeaddrinfo(list) }
  guard let first = list, result.set(first) else { throw PyError.raise(.osError, "unknown address family") }
  return result
}

private func wildcard(_ family: Int32) throws(PyError) -> SocketAddress {
  var hints = addrinfo()
  hints.ai_family = family
  hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
  hints.ai_flags = AI_PASSIVE
  var list: UnsafeMutablePointer<addrinfo>?
  let code = withoutLock { getaddrinfo(nil, "0", &hints, &list) }
  if code != 0 { throw SocketErrors.resolution(code) }
  defer { freeaddrinfo(list) }
  var result = SocketAddress()
  guard let first = list, result.set(first) else { throw PyError.raise(.osError, "unsupported address family") }
  if first.pointee.ai_next != nil { throw PyError.raise(.osError, "wildcard resolved to multiple address") }
  return result
}

extension SocketAddress {
  mutating func set<Form>(_ form: Form) { store(form) }

  /// Takes an internet address over from a resolver's list; false for another family.
  @discardableResult
  mutating func set(_ entry: UnsafeMutablePointer<addrinfo>) -> Bool {
    guard let address = entry.pointee.ai_addr, entry.pointee.ai_family == AF_INET || entry.pointee.ai_family == AF_INET6 else { return false }
    copy(address, entry.pointee.ai_addrlen)
    return true
  }

  mutating func copy(_ address: UnsafePointer<sockaddr>, _ size: socklen_t) {
    let size = min(size, SocketAddress.capacity)
    withUnsafeMutableBytes(of: &storage) { $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(size))) }
    length = size
  }

  /// The host as text.
  func host() throws(PyError) -> Owned {
    family == AF_INET6 ? try SocketAddress.text(AF_INET6, load(sockaddr_in6.self).sin6_addr) : try SocketAddress.text(load(sockaddr_in.self).sin_addr)
  }

  /// Calls a function with the bytes of the host's address.
  func withHostBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(of: storage) { body(UnsafeRawBufferPointer(rebasing: family == AF_INET6 ? $0[8..<24] : $0[4..<8])) }
  }

  mutating func setFlow(_ flow: UInt32, scope: UInt32) {
    var address = load(sockaddr_in6.self)
    address.sin6_flowinfo = flow.bigEndian
    address.sin6_scope_id = scope
    store(address)
  }
}
