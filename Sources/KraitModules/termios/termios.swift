// The module `termios`: control of terminals.

import CKraitSystem
import Glibc
import KraitRuntime

nonisolated(unsafe) private var errorClass = InterpreterValue()

let termiosModule = ModuleDefinition(
  "termios", "Control of terminals, as POSIX has it; tty and pty are easier to use.\n\nA terminal is given as a descriptor or as an object with a fileno() method."
) { (m: ModuleBuilder) throws(PyError) in
  try errorClass.set(try m.exception("error"))
  try m.function(
    "tcgetattr(fd, /)",
    "The attributes of a terminal: a list of four sets of flags (input, output, control, local), two speeds (input, output) and cc.\n\ncc is a list of the control characters, bytes of length 1; those at VMIN and VTIME are ints where input is not read by lines."
  ) { (call: Call) throws(PyError) -> Owned in try attributes(try fileDescriptor(call[0])) }
  try m.function(
    "tcsetattr(fd, when, attributes, /)", "Set a terminal's attributes, a list as from tcgetattr(): TCSANOW at once, TCSADRAIN after all output, TCSAFLUSH also dropping input."
  ) { (call: Call) throws(PyError) -> Owned in try setAttributes(call) }
  try m.function("tcsendbreak(fd, duration, /)", "Send a break: of the common length for a duration of 0.") { (call: Call) throws(PyError) -> Owned in
    let (descriptor, duration) = (try fileDescriptor(call[0]), try call.int32(1))
    return try check(withoutLock { Glibc.tcsendbreak(descriptor, duration) })
  }
  try m.function("tcdrain(fd, /)", "Wait until all output was sent.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try fileDescriptor(call[0])
    return try check(withoutLock { Glibc.tcdrain(descriptor) })
  }
  try m.function("tcflush(fd, queue, /)", "Drop what waits: of input (TCIFLUSH), of output (TCOFLUSH) or of both (TCIOFLUSH).") { (call: Call) throws(PyError) -> Owned in
    let (descriptor, queue) = (try fileDescriptor(call[0]), try call.int32(1))
    return try check(withoutLock { Glibc.tcflush(descriptor, queue) })
  }
  try m.function("tcflow(fd, action, /)", "Stop or resume: output by TCOOFF and TCOON, input by TCIOFF and TCION.") { (call: Call) throws(PyError) -> Owned in
    let (descriptor, action) = (try fileDescriptor(call[0]), try call.int32(1))
    return try check(withoutLock { Glibc.tcflow(descriptor, action) })
  }
  try m.function("tcgetwinsize(fd, /)", "The size of a terminal: rows and columns.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try fileDescriptor(call[0])
    var size = winsize()
    _ = try check(ioctl(descriptor, UInt(TIOCGWINSZ), &size))
    return try Owned.tuple(Value(smallInteger: Int(size.ws_row)), Value(smallInteger: Int(size.ws_col)))
  }
  try m.function("tcsetwinsize(fd, winsize, /)", "Set the size of a terminal: rows and columns.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try fileDescriptor(call[0])
    guard !call[1].isDict, let length = try? sequenceLength(call[1]), length == 2 else {
      PyError.clear()
      throw .typeError("tcsetwinsize, arg 2: must be a two-item sequence")
    }
    let first = try call[1].getItem(Value(smallInteger: 0))
    let rows = try long(first.value)
    let second = try call[1].getItem(Value(smallInteger: 1))
    let columns = try long(second.value)
    var size = winsize()
    _ = try check(ioctl(descriptor, UInt(TIOCGWINSZ), &size))
    guard let rows = UInt16(exactly: rows), let columns = UInt16(exactly: columns) else { throw .overflowError("winsize value(s) out of range.") }
    size.ws_row = rows
    size.ws_col = columns
    return try check(ioctl(descriptor, UInt(TIOCSWINSZ), &size))
  }
  for (name, number) in constants { try m.constant(name, number) }
}

/// None, or the exception of the call that has failed.
private func check(_ result: Int32) throws(PyError) -> Owned {
  if result >= 0 { return .none }
  let code = errno
  let text = try Owned.string(String(cString: strerror(code)))
  let exception = try errorClass.value.call(Value(smallInteger: Int(code)), text.value)
  throw PyError.raise(exception)
}

private func sequenceLength(_ value: Value) throws(PyError) -> Int {
  guard value.type.slots.pointee.item != nil || value.type.slots.pointee.subscript != nil else { throw .typeError("not a sequence") }
  return try value.length()
}

/// A C long.
private func long(_ value: Value) throws(PyError) -> Int {
  let number = try value.index()
  guard let word = Integer.asInt(number.value) else { throw .overflowError("Python int too large to convert to C long") }
  return word
}

// MARK: - Attributes

/// Speeds in bits per second with the system's codes for them.
private let speeds: [(number: Int, code: Int32)] = [
  (0, B0), (50, B50), (75, B75), (110, B110), (134, B134), (150, B150), (200, B200), (300, B300), (600, B600), (1200, B1200), (1800, B1800), (2400, B2400),
  (4800, B4800), (9600, B9600), (19200, B19200), (38400, B38400), (57600, B57600), (115200, B115200), (230400, B230400), (460800, B460800), (500000, B500000),
  (576000, B576000), (921600, B921600), (1_000_000, B1000000), (1_152_000, B1152000), (1_500_000, B1500000), (2_000_000, B2000000), (2_500_000, B2500000),
  (3_000_000, B3000000), (3_500_000, B3500000), (4_000_000, B4000000),
]

private func speed(_ code: speed_t) -> Int { speeds.first { $0.code == Int32(bitPattern: code) }?.number ?? Int(code) }
private func code(_ speed: Int) -> speed_t { speeds.first { $0.number == speed }.map { speed_t(bitPattern: $0.code) } ?? speed_t(truncatingIfNeeded: speed) }

private let characterCount = Int(NCCS)

private func attributes(_ descriptor: Int32) throws(PyError) -> Owned {
  var mode = termios()
  _ = try check(tcgetattr(descriptor, &mode))
  let byLines = mode.c_lflag & tcflag_t(ICANON) != 0
  let characters = try Owned.list()
  for (index, byte) in withUnsafeBytes(of: mode.c_cc, { Array($0) }).enumerated() {
    if !byLines && (index == Int(VMIN) || index == Int(VTIME)) {
      try ListObject(characters.value).append(Value(smallInteger: Int(byte)))
    } else {
      let text = try withUnsafeBytes(of: byte) { (bytes) throws(PyError) in try Owned.bytes(bytes) }
      try ListObject(characters.value).append(text.value)
    }
  }
  let result = try Owned.list()
  for number in [
    Int(mode.c_iflag), Int(mode.c_oflag), Int(mode.c_cflag), Int(mode.c_lflag), speed(cfgetispeed(&mode)), speed(cfgetospeed(&mode)),
  ] {
    try ListObject(result.value).append(Value(smallInteger: number))
  }
  try ListObject(result.value).append(characters.value)
  return result
}

private func setAttributes(_ call: Call) throws(PyError) -> Owned {
  let (descriptor, action) = (try fileDescriptor(call[0]), try call.int32(1))
  guard call[2].isList, ListObject(call[2]).count == 7 else { throw .typeError("tcsetattr, arg 3: must be 7 element list") }
  // A copy: conversions may change the list.
  let items = try Owned.list(from: call[2])
  let list = ListObject(items.value)
  var mode = termios()
  _ = try check(tcgetattr(descriptor, &mode))
  mode.c_iflag = tcflag_t(truncatingIfNeeded: try long(list[0]))
  mode.c_oflag = tcflag_t(truncatingIfNeeded: try long(list[1]))
  mode.c_cflag = tcflag_t(truncatingIfNeeded: try long(list[2]))
  mode.c_lflag = tcflag_t(truncatingIfNeeded: try long(list[3]))
  let input = try long(list[4])
  let output = try long(list[5])
  guard list[6].isList, ListObject(list[6]).count == characterCount else {
    throw .typeError("tcsetattr: attributes[6] must be \(characterCount) element list")
  }
  let characters = try Owned.list(from: list[6])
  for index in 0..<characterCount {
    let item = ListObject(characters.value)[index]
    let byte: UInt8
    if item.isBytes && BytesObject(item).count == 1 {
      byte = BytesObject(item).data.load(as: UInt8.self)
    } else if item.isInteger {
      byte = UInt8(truncatingIfNeeded: try long(item))
    } else {
      throw .typeError("tcsetattr: elements of attributes must be bytes objects of length 1 or integers")
    }
    withUnsafeMutableBytes(of: &mode.c_cc) { $0[index] = byte }
  }
  _ = try check(cfsetispeed(&mode, code(input)))
  _ = try check(cfsetospeed(&mode, code(output)))
  let copy = mode
  return try check(withoutLock { withUnsafePointer(to: copy) { tcsetattr(descriptor, action, $0) } })
}

// MARK: - Constants

private let constants: [(name: StaticString, number: Int)] = [
  ("B0", 0), ("B1000000", 1000000), ("B110", 110), ("B115200", 115200), ("B1152000", 1152000), ("B1200", 1200), ("B134", 134), ("B14400", 14400),
  ("B150", 150), ("B1500000", 1500000), ("B1800", 1800), ("B19200", 19200), ("B200", 200), ("B2000000", 2000000), ("B230400", 230400),
  ("B2400", 2400), ("B2500000", 2500000), ("B28800", 28800), ("B300", 300), ("B3000000", 3000000), ("B3500000", 3500000), ("B38400", 38400),
  ("B4000000", 4000000), ("B460800", 460800), ("B4800", 4800), ("B50", 50), ("B500000", 500000), ("B57600", 57600), ("B576000", 576000),
  ("B600", 600), ("B7200", 7200), ("B75", 75), ("B76800", 76800), ("B921600", 921600), ("B9600", 9600), ("BRKINT", 2), ("BS0", 0), ("BS1", 8192),
  ("BSDLY", 8192), ("CBAUD", 4111), ("CBAUDEX", 4096), ("CDSUSP", 25), ("CEOF", 4), ("CEOL", 0), ("CEOT", 4), ("CERASE", 127), ("CFLUSH", 15),
  ("CIBAUD", 269418496), ("CINTR", 3), ("CKILL", 21), ("CLNEXT", 22), ("CLOCAL", 2048), ("CQUIT", 28), ("CR0", 0), ("CR1", 512), ("CR2", 1024),
  ("CR3", 1536), ("CRDLY", 1536), ("CREAD", 128), ("CRPRNT", 18), ("CRTSCTS", 2147483648), ("CS5", 0), ("CS6", 16), ("CS7", 32), ("CS8", 48),
  ("CSIZE", 48), ("CSTART", 17), ("CSTOP", 19), ("CSTOPB", 64), ("CSUSP", 26), ("CWERASE", 23), ("ECHO", 8), ("ECHOCTL", 512), ("ECHOE", 16),
  ("ECHOK", 32), ("ECHOKE", 2048), ("ECHONL", 64), ("ECHOPRT", 1024), ("EXTA", 19200), ("EXTB", 38400), ("EXTPROC", 65536), ("FF0", 0),
  ("FF1", 32768), ("FFDLY", 32768), ("FIOASYNC", 21586), ("FIOCLEX", 21585), ("FIONBIO", 21537), ("FIONCLEX", 21584), ("FIONREAD", 21531),
  ("FLUSHO", 4096), ("HUPCL", 1024), ("IBSHIFT", 16), ("ICANON", 2), ("ICRNL", 256), ("IEXTEN", 32768), ("IGNBRK", 1), ("IGNCR", 128),
  ("IGNPAR", 4), ("IMAXBEL", 8192), ("INLCR", 64), ("INPCK", 16), ("IOCSIZE_MASK", 1073676288), ("IOCSIZE_SHIFT", 16), ("ISIG", 1), ("ISTRIP", 32),
  ("IUCLC", 512), ("IUTF8", 16384), ("IXANY", 2048), ("IXOFF", 4096), ("IXON", 1024), ("NCCS", 32), ("NL0", 0), ("NL1", 256), ("NLDLY", 256),
  ("NOFLSH", 128), ("N_MOUSE", 2), ("N_PPP", 3), ("N_SLIP", 1), ("N_STRIP", 4), ("N_TTY", 0), ("OCRNL", 8), ("OFDEL", 128), ("OFILL", 64),
  ("OLCUC", 2), ("ONLCR", 4), ("ONLRET", 32), ("ONOCR", 16), ("OPOST", 1), ("PARENB", 256), ("PARMRK", 8), ("PARODD", 512), ("PENDIN", 16384),
  ("TAB0", 0), ("TAB1", 2048), ("TAB2", 4096), ("TAB3", 6144), ("TABDLY", 6144), ("TCFLSH", 21515), ("TCGETS", 21505), ("TCIFLUSH", 0),
  ("TCIOFF", 2), ("TCIOFLUSH", 2), ("TCION", 3), ("TCOFLUSH", 1), ("TCOOFF", 0), ("TCOON", 1), ("TCSADRAIN", 1), ("TCSAFLUSH", 2), ("TCSANOW", 0),
  ("TCSBRK", 21513), ("TCSBRKP", 21541), ("TCSETS", 21506), ("TCSETSF", 21508), ("TCSETSW", 21507), ("TCXONC", 21514), ("TIOCCONS", 21533),
  ("TIOCEXCL", 21516), ("TIOCGETD", 21540), ("TIOCGICOUNT", 21597), ("TIOCGLCKTRMIOS", 21590), ("TIOCGPGRP", 21519), ("TIOCGSERIAL", 21534),
  ("TIOCGSOFTCAR", 21529), ("TIOCGWINSZ", 21523), ("TIOCINQ", 21531), ("TIOCLINUX", 21532), ("TIOCMBIC", 21527), ("TIOCMBIS", 21526),
  ("TIOCMGET", 21525), ("TIOCMIWAIT", 21596), ("TIOCMSET", 21528), ("TIOCM_CAR", 64), ("TIOCM_CD", 64), ("TIOCM_CTS", 32), ("TIOCM_DSR", 256),
  ("TIOCM_DTR", 2), ("TIOCM_LE", 1), ("TIOCM_RI", 128), ("TIOCM_RNG", 128), ("TIOCM_RTS", 4), ("TIOCM_SR", 16), ("TIOCM_ST", 8),
  ("TIOCNOTTY", 21538), ("TIOCNXCL", 21517), ("TIOCOUTQ", 21521), ("TIOCPKT", 21536), ("TIOCPKT_DATA", 0), ("TIOCPKT_DOSTOP", 32),
  ("TIOCPKT_FLUSHREAD", 1), ("TIOCPKT_FLUSHWRITE", 2), ("TIOCPKT_NOSTOP", 16), ("TIOCPKT_START", 8), ("TIOCPKT_STOP", 4), ("TIOCSCTTY", 21518),
  ("TIOCSERCONFIG", 21587), ("TIOCSERGETLSR", 21593), ("TIOCSERGETMULTI", 21594), ("TIOCSERGSTRUCT", 21592), ("TIOCSERGWILD", 21588),
  ("TIOCSERSETMULTI", 21595), ("TIOCSERSWILD", 21589), ("TIOCSER_TEMT", 1), ("TIOCSETD", 21539), ("TIOCSLCKTRMIOS", 21591), ("TIOCSPGRP", 21520),
  ("TIOCSSERIAL", 21535), ("TIOCSSOFTCAR", 21530), ("TIOCSTI", 21522), ("TIOCSWINSZ", 21524), ("TOSTOP", 256), ("VDISCARD", 13), ("VEOF", 4),
  ("VEOL", 11), ("VEOL2", 16), ("VERASE", 2), ("VINTR", 0), ("VKILL", 3), ("VLNEXT", 15), ("VMIN", 6), ("VQUIT", 1), ("VREPRINT", 12),
  ("VSTART", 8), ("VSTOP", 9), ("VSUSP", 10), ("VSWTC", 7), ("VSWTCH", 7), ("VT0", 0), ("VT1", 16384), ("VTDLY", 16384), ("VTIME", 5),
  ("VWERASE", 14), ("XCASE", 4), ("XTABS", 6144), ("_POSIX_VDISABLE", 0),
]

