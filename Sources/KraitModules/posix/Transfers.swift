// Data between descriptors and several buffers, files prepared for it, and the kernel's counters and timers as descriptors.

import CKraitSystem
import Glibc
import KraitRuntime

/// The buffers of a sequence of bytes-like objects, for a system call.
private struct BufferVector: ~Copyable {
  private var views: UnsafeMutablePointer<BufferView>?
  private var count = 0
  private(set) var pieces: [iovec] = []

  private init() {}

  static func make(_ sequence: Value, _ function: StaticString, isWritable: Bool) throws(PyError) -> BufferVector {
    guard !sequence.isDict, sequence.type.slots.pointee.item != nil else { throw .typeError("\(function)() arg 2 must be a sequence") }
    let items = try Owned.list(from: sequence)
    var vector = BufferVector()
    try vector.fill(ListObject(items.value), isWritable)
    return vector
  }

  private mutating func fill(_ items: ListObject, _ isWritable: Bool) throws(PyError) {
    let total = items.count
    let views = UnsafeMutablePointer<BufferView>.allocate(capacity: max(total, 1))
    self.views = views
    for index in 0..<total where index < items.count {
      let item = Owned(copying: items[index])
      (views + index).initialize(to: try item.value.buffer(isWritable ? .writable : .simple))
      count += 1
      let bytes = views[index].bytes
      pieces.append(iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count))
    }
  }

  deinit {
    views?.deinitialize(count: count)
    views?.deallocate()
  }
}

func defineTransfers(_ m: ModuleBuilder) throws(PyError) {
  try defineVectors(m)
  try defineCopying(m)
  try definePreparation(m)
  try defineEventDescriptors(m)
  try defineTimerDescriptors(m)
}

private func defineVectors(_ m: ModuleBuilder) throws(PyError) {
  try m.function("readv(fd, buffers, /)", "Read into several buffers, one after the other; return how many bytes.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.int32(0)
    let vector = try BufferVector.make(call[1], "readv", isWritable: true)
    let pieces = vector.pieces
    let count = try retrying { krait_readv(descriptor, pieces, Int32(clamping: pieces.count)) }
    if count < 0 { throw systemError() }
    return try Owned.integer(count)
  }
  try m.function("writev(fd, buffers, /)", "Write several buffers, one after the other; return how many bytes.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.int32(0)
    let vector = try BufferVector.make(call[1], "writev", isWritable: false)
    let pieces = vector.pieces
    let count = try retrying { krait_writev(descriptor, pieces, Int32(clamping: pieces.count)) }
    if count < 0 { throw systemError() }
    return try Owned.integer(count)
  }
  try m.function("preadv(fd, buffers, offset, flags=0, /)", "readv() at a place in the file.") { (call: Call) throws(PyError) -> Owned in
    let (descriptor, offset, flags) = (try call.int32(0), try call.offset(2), try call.int32(3))
    let vector = try BufferVector.make(call[1], "preadv", isWritable: true)
    let pieces = vector.pieces
    let count = try retrying { krait_preadv(descriptor, pieces, Int32(clamping: pieces.count), offset, flags) }
    if count < 0 { throw systemError() }
    return try Owned.integer(count)
  }
  try m.function("pwritev(fd, buffers, offset, flags=0, /)", "writev() at a place in the file.") { (call: Call) throws(PyError) -> Owned in
    let (descriptor, offset, flags) = (try call.int32(0), try call.offset(2), try call.int32(3))
    let vector = try BufferVector.make(call[1], "pwritev", isWritable: false)
    let pieces = vector.pieces
    let count = try retrying { krait_pwritev(descriptor, pieces, Int32(clamping: pieces.count), offset, flags) }
    if count < 0 { throw systemError() }
    return try Owned.integer(count)
  }
}

/// An offset that may be None, which is where the file stands.
private struct OptionalOffset {
  var place = 0
  let isGiven: Bool

  init(_ call: Call, _ index: Int) throws(PyError) {
    isGiven = !call[index].isNone
    if isGiven { place = try call.offset(index) }
  }

  mutating func pass<Result>(_ body: (UnsafeMutablePointer<Int>?) -> Result) -> Result { isGiven ? body(&place) : body(nil) }
}

private func countToCopy(_ call: Call) throws(PyError) -> Int {
  let count = try call.int(2)
  if count < 0 { throw .valueError("negative value for 'count' not allowed") }
  return count
}

private func defineCopying(_ m: ModuleBuilder) throws(PyError) {
  try m.function("sendfile(out_fd, in_fd, offset, count)", "Copy bytes of a file to another descriptor within the kernel; return how many.") { (call: Call) throws(PyError) -> Owned in
    let (to, from) = (try call.int32(0), try call.int32(1))
    var offset = try OptionalOffset(call, 2)
    let count = try call.int(3)
    let sent = try retrying { offset.pass { krait_sendfile(to, from, $0, count) } }
    if sent < 0 { throw systemError() }
    return try Owned.integer(sent)
  }
  try m.function(
    "copy_file_range(src, dst, count, offset_src=None, offset_dst=None)", "Copy bytes from file to file within the kernel; return how many."
  ) { (call: Call) throws(PyError) -> Owned in
    let (from, to) = (try call.int32(0), try call.int32(1))
    let count = try countToCopy(call)
    var source = try OptionalOffset(call, 3)
    var target = try OptionalOffset(call, 4)
    let copied = try retrying {
      source.pass { start in
        target.pass { end in
          start.withRebound { (first: UnsafeMutablePointer<Int64>?) in end.withRebound { copy_file_range(from, first, to, $0, count, 0) } }
        }
      }
    }
    if copied < 0 { throw systemError() }
    return try Owned.integer(copied)
  }
  try m.function(
    "splice(src, dst, count, offset_src=None, offset_dst=None, flags=0)", "Move bytes between a pipe and another descriptor within the kernel; return how many."
  ) { (call: Call) throws(PyError) -> Owned in
    let (from, to) = (try call.int32(0), try call.int32(1))
    let count = try countToCopy(call)
    var source = try OptionalOffset(call, 3)
    var target = try OptionalOffset(call, 4)
    let flags = UInt32(bitPattern: try call.int32(5))
    let moved = try retrying { source.pass { start in target.pass { krait_splice(from, start, to, $0, count, flags) } } }
    if moved < 0 { throw systemError() }
    return try Owned.integer(moved)
  }
}

extension Optional where Wrapped == UnsafeMutablePointer<Int> {
  /// The same pointer as C's int64_t, which has the same size.
  fileprivate func withRebound<Result>(_ body: (UnsafeMutablePointer<Int64>?) -> Result) -> Result {
    guard let self else { return body(nil) }
    return self.withMemoryRebound(to: Int64.self, capacity: 1) { body($0) }
  }
}

private func definePreparation(_ m: ModuleBuilder) throws(PyError) {
  try m.function("posix_fadvise(fd, offset, length, advice, /)", "Tell the system how a part of a file will be used.") { (call: Call) throws(PyError) -> Owned in
    let (descriptor, offset, length, advice) = (try call.int32(0), try call.offset(1), try call.offset(2), try call.int32(3))
    try repeatingWithCode { krait_posix_fadvise(descriptor, offset, length, advice) }
    return .none
  }
  try m.function("posix_fallocate(fd, offset, length, /)", "Have space on the disk for a part of a file.") { (call: Call) throws(PyError) -> Owned in
    let (descriptor, offset, length) = (try call.int32(0), try call.offset(1), try call.offset(2))
    try repeatingWithCode { krait_posix_fallocate(descriptor, offset, length) }
    return .none
  }
  try m.function("lockf(fd, command, length, /)", "Lock, unlock or test a part of an open file, from its place on.") { (call: Call) throws(PyError) -> Owned in
    let (descriptor, command, length) = (try call.int32(0), try call.int32(1), try call.offset(2))
    if isAudited { try audit("os.lockf", Value(smallInteger: Int(descriptor)), Value(smallInteger: Int(command)), call[2]) }
    if withoutLock({ krait_lockf(descriptor, command, length) }) < 0 { throw systemError() }
    return .none
  }
  try m.function("memfd_create(name, flags=1)", "Make a file that is nowhere but in memory; the name is for people.") { (call: Call) throws(PyError) -> Owned in
    let name = try fileSystemBytes(call[0])
    let bytes = BytesObject(name.value)
    if memchr(bytes.data, 0, bytes.count) != nil { throw .valueError("embedded null byte") }
    let flags = UInt32(bitPattern: try call.int32(1))
    let descriptor = CKraitSystem.memfd_create(bytes.data.assumingMemoryBound(to: CChar.self), flags)
    if descriptor < 0 { throw systemError() }
    return try Owned.integer(Int(descriptor))
  }
}

/// Calls a function that returns its error, again as long as signals interrupt it.
private func repeatingWithCode(_ body: () -> Int32) throws(PyError) {
  while true {
    let code = withoutLock(body)
    if code == 0 { return }
    if code != EINTR { throw .osError(code) }
    try checkSignals()
  }
}

// MARK: - Counters and timers

/// An int that is not negative and has at most so many bits.
private func unsigned(_ value: Value, bits: Int, _ type: StaticString) throws(PyError) -> UInt64 {
  let number = try value.index()
  if Integer.isNegative(number.value) { throw .valueError("Cannot convert negative int") }
  guard try Integer.bitLength(number.value) <= bits else { throw .overflowError("Python int too large for C \(type)") }
  return Integer.truncatedBits(number.value)
}

private func defineEventDescriptors(_ m: ModuleBuilder) throws(PyError) {
  try m.function("eventfd(initval, flags=524288)", "A descriptor that holds a counter.") { (call: Call) throws(PyError) -> Owned in
    let value = UInt32(truncatingIfNeeded: try unsigned(call[0], bits: 32, "unsigned int"))
    let descriptor = krait_eventfd(value, try call.int32(1))
    if descriptor < 0 { throw systemError() }
    return try Owned.integer(Int(descriptor))
  }
  try m.function("eventfd_read(fd)", "Take the counter's value, which becomes 0, or 1 from a semaphore; wait while it is 0.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.descriptor(0)
    var value: UInt64 = 0
    if withoutLock({ Glibc.read(descriptor, &value, 8) }) != 8 { throw systemError() }
    return try Owned.integer(value)
  }
  try m.function("eventfd_write(fd, value)", "Add to the counter.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.descriptor(0)
    var value = try unsigned(call[1], bits: 64, "unsigned long long")
    if withoutLock({ Glibc.write(descriptor, &value, 8) }) != 8 { throw systemError() }
    return .none
  }
}

private func seconds(_ time: timespec) throws(PyError) -> Owned { try Owned.float(Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)) }

private func nanoseconds(_ time: timespec) throws(PyError) -> Owned {
  let (whole, isTooLarge) = time.tv_sec.multipliedReportingOverflow(by: 1_000_000_000)
  if isTooLarge { throw .overflowError("timestamp too large to convert to C PyTime_t") }
  return try Owned.integer(whole &+ time.tv_nsec)
}

/// What is left until a timer runs off, and its interval, in seconds or nanoseconds.
private func timerTuple(_ value: itimerspec, _ convert: (timespec) throws(PyError) -> Owned) throws(PyError) -> Owned {
  let left = try convert(value.it_value)
  let interval = try convert(value.it_interval)
  return try Owned.tuple(left.value, interval.value)
}

private func fromSeconds(_ call: Call, _ index: Int) throws(PyError) -> timespec {
  let seconds = try call.double(index)
  if seconds.isNaN { throw .valueError("Invalid value NaN (not a number)") }
  let exact = (seconds * 1e9).rounded(.down)
  guard let count = Int(exactly: exact) else { throw .overflowError("timestamp out of range for C PyTime_t") }
  return fromNanoseconds(count)
}

private func fromNanoseconds(_ count: Int) -> timespec {
  let (quotient, remainder) = count.quotientAndRemainder(dividingBy: 1_000_000_000)
  return remainder < 0 ? timespec(tv_sec: quotient - 1, tv_nsec: remainder + 1_000_000_000) : timespec(tv_sec: quotient, tv_nsec: remainder)
}

private func setTimer(_ call: Call, _ initial: timespec, _ interval: timespec) throws(PyError) -> itimerspec {
  let (descriptor, flags) = (try call.descriptor(0), try call.int32(1))
  var new = itimerspec(it_interval: interval, it_value: initial)
  var old = itimerspec()
  if krait_timerfd_settime(descriptor, flags, &new, &old) != 0 { throw systemError() }
  return old
}

private func readTimer(_ call: Call) throws(PyError) -> itimerspec {
  var value = itimerspec()
  if krait_timerfd_gettime(try call.descriptor(0), &value) != 0 { throw systemError() }
  return value
}

private func defineTimerDescriptors(_ m: ModuleBuilder) throws(PyError) {
  try m.function("timerfd_create(clockid, /, *, flags=0)", "A descriptor that becomes readable when a timer runs off.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = krait_timerfd_create(try call.int32(0), try call.int32(1) | 0x80000)
    if descriptor < 0 { throw systemError() }
    return try Owned.integer(Int(descriptor))
  }
  try m.function("timerfd_settime(fd, /, *, flags=0, initial=0.0, interval=0.0)", "Set a timer in seconds; return what was left of it, and its interval.") {
    (call: Call) throws(PyError) -> Owned in
    let (initial, interval) = (try fromSeconds(call, 2), try fromSeconds(call, 3))
    return try timerTuple(try setTimer(call, initial, interval), seconds)
  }
  try m.function("timerfd_settime_ns(fd, /, *, flags=0, initial=0, interval=0)", "Set a timer in nanoseconds; return what was left of it, and its interval.") {
    (call: Call) throws(PyError) -> Owned in
    let (initial, interval) = (fromNanoseconds(try call.int(2)), fromNanoseconds(try call.int(3)))
    return try timerTuple(try setTimer(call, initial, interval), nanoseconds)
  }
  try m.function("timerfd_gettime(fd, /)", "The seconds that are left of a timer, and its interval.") { (call: Call) throws(PyError) -> Owned in
    try timerTuple(try readTimer(call), seconds)
  }
  try m.function("timerfd_gettime_ns(fd, /)", "The nanoseconds that are left of a timer, and its interval.") { (call: Call) throws(PyError) -> Owned in
    try timerTuple(try readTimer(call), nanoseconds)
  }
}
