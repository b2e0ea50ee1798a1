// Terminals and pseudo-terminals.

import CKraitSystem
import Glibc
import KraitRuntime

func defineTerminals(_ m: ModuleBuilder) throws(PyError) {
  try m.function("openpty()", "Make a pseudo-terminal: the descriptors of its two ends, the controlling one first.") { (_: Call) throws(PyError) -> Owned in
    var (leader, follower): (Int32, Int32) = (-1, -1)
    if krait_openpty(&leader, &follower, nil, nil, nil) != 0 { throw systemError() }
    for descriptor in [leader, follower] where fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0 {
      let error = systemError()
      close(leader)
      close(follower)
      throw error
    }
    return try Owned.tuple(Value(smallInteger: Int(leader)), Value(smallInteger: Int(follower)))
  }
  try m.function("login_tty(fd, /)", "Make a terminal the one that controls this process, and its standard streams; the descriptor is closed.") {
    (call: Call) throws(PyError) -> Owned in
    if krait_login_tty(try call.descriptor(0)) == -1 { throw systemError() }
    return .none
  }
  try m.function("posix_openpt(oflag, /)", "Open the controlling end of a new pseudo-terminal.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = krait_posix_openpt(try call.int32(0) | O_CLOEXEC)
    if descriptor < 0 { throw systemError() }
    return try Owned.integer(Int(descriptor))
  }
  try m.function("grantpt(fd, /)", "Give the user the rights to a pseudo-terminal's other end.") { (call: Call) throws(PyError) -> Owned in
    if krait_grantpt(try call.descriptor(0)) < 0 { throw systemError() }
    return .none
  }
  try m.function("unlockpt(fd, /)", "Let a pseudo-terminal's other end be opened.") { (call: Call) throws(PyError) -> Owned in
    if krait_unlockpt(try call.descriptor(0)) < 0 { throw systemError() }
    return .none
  }
  try m.function("ptsname(fd, /)", "The path of a pseudo-terminal's other end.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.descriptor(0)
    return try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { (buffer) throws(PyError) in
      let name = buffer.baseAddress.unsafelyUnwrapped
      let code = krait_ptsname(descriptor, name, buffer.count)
      if code != 0 { throw .osError(code) }
      return try decodeFileSystem(UnsafeRawBufferPointer(start: name, count: strlen(name)))
    }
  }
  // There is no hook that native code could install for the time while a terminal is waited for.
  try m.function("_inputhook()", "Run the hook for waiting at the prompt, if there is one.") { (_: Call) throws(PyError) -> Owned in try Owned.integer(0) }
  try m.function("_is_inputhook_installed()", "Whether there is a hook for waiting at the prompt.") { (_: Call) throws(PyError) -> Owned in .boolean(false) }
  try m.function("tcgetpgrp(fd, /)", "The process group in the foreground of a terminal.") { (call: Call) throws(PyError) -> Owned in
    let group = Glibc.tcgetpgrp(try call.int32(0))
    if group < 0 { throw systemError() }
    return try Owned.integer(Int(group))
  }
  try m.function("tcsetpgrp(fd, pgid, /)", "Put a process group into the foreground of a terminal.") { (call: Call) throws(PyError) -> Owned in
    if Glibc.tcsetpgrp(try call.int32(0), try call.int32(1)) < 0 { throw systemError() }
    return .none
  }
}
