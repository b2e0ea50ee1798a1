// Buffered streams in memory: what `BufferedReader`, `BufferedWriter` and `BufferedRandom` share.

import CKraitSystem
import Glibc
import KraitRuntime

struct BufferedContents {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var state: ObjectState
  /// The raw stream; absent before `__init__` and after `detach`.
  var raw: Value
  var memory: UnsafeMutableRawPointer?
  /// The bytearray whose memory that is, where the raw stream is given a view of it to fill; else absent.
  var array: Value
  var size: Int
  /// Bytes that were read and not yet used: from `start` to `end`.
  var start: Int
  var end: Int
  /// Bytes that were written and not yet sent, from the beginning. Never beside bytes that were read.
  var pending: Int
  var isReadable: Bool
  var isWritable: Bool
  var isInitialized: Bool
  var isDetached: Bool
  var isFinalizing: Bool
  /// The raw stream is a `FileIO` and nothing derived from it: its descriptor is used as it is.
  var isFile: Bool
  /// The thread that uses the raw stream, which may let others run meanwhile: they wait, and what it calls itself must not come back.
  var user: ThreadPointer?
  var waiters: WaitQueue
}

struct BufferedStream {
  let value: Value
  init(_ value: Value) { self.value = value }
  var contents: UnsafeMutablePointer<BufferedContents> { value.object.assumingMemoryBound(to: BufferedContents.self) }

  /// The buffer, which is made when it is first needed: many streams only pass on what is read or written at once, or nothing.
  var memory: UnsafeMutableRawPointer {
    @inline(__always)
    get throws(PyError) {
      if let memory = contents.pointee.memory { return memory }
      return try makeMemory()
    }
  }

  @inline(never)
  private func makeMemory() throws(PyError) -> UnsafeMutableRawPointer {
    if contents.pointee.isReadable && !contents.pointee.isFile {
      let array = try Owned.bytearray(uninitializedCount: contents.pointee.size)
      ByteArrayObject(array.value).lend()
      let made = ByteArrayObject(array.value).data
      contents.pointee.array = array.take()
      contents.pointee.memory = made
      return made
    }
    let made = try allocateMemory(contents.pointee.size)
    contents.pointee.memory = made
    return made
  }

  static func freeMemory(of contents: UnsafeMutablePointer<BufferedContents>) {
    guard let memory = contents.pointee.memory else { return }
    contents.pointee.memory = nil
    let array = contents.pointee.array
    if array.isAbsent { return KraitRuntime.freeMemory(memory, size: contents.pointee.size) }
    contents.pointee.array = .absent
    ByteArrayObject(array).takeBack()
    array.releaseIfPresent()
  }
  var available: Int { contents.pointee.end - contents.pointee.start }

  func checkInitialized() throws(PyError) {
    if _fastPath(contents.pointee.isInitialized) { return }
    throw .valueError(contents.pointee.isDetached ? "raw stream has been detached" : "I/O operation on uninitialized object")
  }

  var isClosed: Bool {
    get throws(PyError) {
      try checkInitialized()
      if contents.pointee.isFile { return FileStream.of(contents.pointee.raw).pointee.descriptor < 0 }
      let raw = Owned(copying: contents.pointee.raw)
      let closed = try raw.value.getAttribute(StreamName.closed)
      return try closed.isTruthy()
    }
  }

  func checkOpen(_ message: StaticString) throws(PyError) {
    try checkInitialized()
    if try isClosed { throw .valueError("\(message) of closed file") }
  }

  func initialize(_ raw: Value, size: Int, readable: Bool, writable: Bool) throws(PyError) {
    if size <= 0 { throw .valueError("buffer size must be strictly positive") }
    let contents = self.contents
    BufferedStream.freeMemory(of: contents)
    contents.pointee.isInitialized = false
    guard size < Int.max / 4 else { throw PyError.memoryError() }
    contents.pointee.size = size
    contents.pointee.start = 0
    contents.pointee.end = 0
    contents.pointee.pending = 0
    let old = contents.pointee.raw
    contents.pointee.raw = Owned(copying: raw).take()
    old.releaseIfPresent()
    contents.pointee.isReadable = readable
    contents.pointee.isWritable = writable
    contents.pointee.isDetached = false
    contents.pointee.isFile = raw.type == StreamTypes.file && value.type == (writable ? (readable ? StreamTypes.random : StreamTypes.writer) : StreamTypes.reader)
    contents.pointee.isInitialized = true
  }

  // MARK: The raw stream

  /// Calls the raw stream, between ``enter()`` and ``leave()``; what it does must not use this stream.
  func callRaw(_ name: Value, _ argument: Value = .absent, _ second: Value = .absent) throws(PyError) -> Owned {
    let raw = Owned(copying: contents.pointee.raw)
    if !second.isAbsent { return try raw.value.callMethod(name, argument, second) }
    return argument.isAbsent ? try raw.value.callMethod(name) : try raw.value.callMethod(name, argument)
  }

  /// Before the raw stream is used: waits for other threads that use it.
  @inline(__always)
  func enter() throws(PyError) {
    if _slowPath(contents.pointee.user != nil) { try waitForUser() }
    contents.pointee.user = currentThread
  }

  @inline(never)
  private func waitForUser() throws(PyError) {
    // The caller's reference may go while others run.
    let held = Owned(copying: value)
    let contents = held.value.object.assumingMemoryBound(to: BufferedContents.self)
    let waiters = (UnsafeMutableRawPointer(contents) + MemoryLayout<BufferedContents>.offset(of: \.waiters).unsafelyUnwrapped).assumingMemoryBound(to: WaitQueue.self)
    while let user = contents.pointee.user {
      if user == currentThread { throw .runtimeError("reentrant call inside \(try value.repr().text)") }
      // Threads that are frozen at the interpreter's end never leave.
      if currentInterpreter.pointee.isFinalizing { return }
      _ = try waiters.wait(until: WaitDeadline(timeout: -1))
    }
    try checkInitialized()
  }

  @inline(__always)
  func leave() {
    contents.pointee.user = nil
    if _slowPath(!contents.pointee.waiters.isEmpty) { contents.pointee.waiters.wakeOne() }
  }

  /// Reads once; -1 when nothing can be read now.
  func readRaw(_ target: UnsafeMutableRawPointer, _ count: Int) throws(PyError) -> Int {
    if contents.pointee.isFile {
      let file = FileStream.of(contents.pointee.raw)
      let descriptor = file.pointee.descriptor
      if descriptor < 0 { throw .valueError("I/O operation on closed file") }
      if !file.pointee.isReadable { throw unsupported("File not open for reading") }
      let got = try retrying { Glibc.read(descriptor, target, min(count, 0x7FFF_F000)) }
      if got >= 0 { return got }
      if errno == EAGAIN { return -1 }
      throw systemError()
    }
    // The stream's own memory is filled in place, other memory through a bytearray: the view may outlive the call. Nobody may resize either meanwhile.
    let own = contents.pointee.array
    let isOwn = !own.isAbsent && target == contents.pointee.memory && count == contents.pointee.size
    let array = isOwn ? Owned(copying: own) : try Owned.bytearray(uninitializedCount: count)
    ByteArrayObject(array.value).lend()
    defer { ByteArrayObject(array.value).takeBack() }
    let view = try Owned.memoryview(array.value)
    let result = try callRaw(StreamName.readinto, view.value)
    if result.value.isNone { return -1 }
    let got: Int
    do throws(PyError) { got = try result.value.asInt() } catch {
      let cause = currentThread.pointee.takeException()
      let failure = PyError.raise(.osError, "raw readinto() failed")
      let exception = currentThread.pointee.takeException()
      try exception.value.setAttribute(Name.__cause__, cause.value)
      currentThread.pointee.setException(exception)
      throw failure
    }
    if got < 0 || got > count {
      throw PyError.raise(.osError, "raw readinto() returned invalid length \(got) (should have been between 0 and \(count))")
    }
    if !isOwn { memcpy(target, ByteArrayObject(array.value).data, got) }
    return got
  }

  /// Writes once; -1 when nothing can be written now.
  func writeRaw(_ source: UnsafeRawPointer, _ count: Int) throws(PyError) -> Int {
    if contents.pointee.isFile {
      let file = FileStream.of(contents.pointee.raw)
      let descriptor = file.pointee.descriptor
      if descriptor < 0 { throw .valueError("I/O operation on closed file") }
      if !file.pointee.isWritable { throw unsupported("File not open for writing") }
      let put = try retrying { Glibc.write(descriptor, source, min(count, 0x7FFF_F000)) }
      if put >= 0 { return put }
      if errno == EAGAIN { return -1 }
      throw systemError()
    }
    let bytes = try Owned.bytes(UnsafeRawBufferPointer(start: source, count: count))
    let view = try TypeObject.memoryview.value.call(bytes.value)
    let result = try callRaw(StreamName.write, view.value)
    if result.value.isNone { return -1 }
    let put = try result.value.asInt()
    if put < 0 || put > count {
      throw PyError.raise(.osError, "raw write() returned invalid length \(put) (should have been between 0 and \(count))")
    }
    return put
  }

  func seekRaw(_ offset: Int, _ whence: Int) throws(PyError) -> Int {
    if contents.pointee.isFile {
      let file = FileStream.of(contents.pointee.raw)
      if file.pointee.descriptor < 0 { throw .valueError("I/O operation on closed file") }
      let place = lseek(file.pointee.descriptor, offset, Int32(whence))
      if place < 0 { throw systemError() }
      return place
    }
    let number = try Owned.integer(offset)
    let result = try callRaw(StreamName.seek, number.value, Value(smallInteger: whence))
    return try place(result.value, "seek")
  }

  func tellRaw() throws(PyError) -> Int {
    if contents.pointee.isFile { return try seekRaw(0, 1) }
    let result = try callRaw(StreamName.tell)
    return try place(result.value, "tell")
  }

  private func place(_ result: Value, _ method: StaticString) throws(PyError) -> Int {
    let number = try result.index()
    guard let place = Integer.asInt(number.value) else { throw .overflowError("Python int too large to convert to C long") }
    if place < 0 { throw PyError.raise(.osError, "Raw stream returned invalid position \(place)") }
    return place
  }

  // MARK: Reading

  /// Fills the empty buffer; how many bytes there are now, -1 when nothing can be read now.
  func fill() throws(PyError) -> Int {
    contents.pointee.start = 0
    contents.pointee.end = 0
    let got = try readRaw(memory, contents.pointee.size)
    if got > 0 { contents.pointee.end = got }
    return got
  }

  /// Before reading: sends what was written.
  func prepareReading() throws(PyError) { if contents.pointee.pending > 0 { try sendPending() } }

  /// Takes bytes out of the buffer.
  func take(_ count: Int) throws(PyError) -> Owned {
    let bytes = try Owned.bytes(UnsafeRawBufferPointer(start: try memory + contents.pointee.start, count: count))
    contents.pointee.start += count
    return bytes
  }

  func read(_ count: Int) throws(PyError) -> Owned {
    if count <= available && contents.pointee.pending == 0 && contents.pointee.user == nil { return try take(count) }
    try enter()
    defer { leave() }
    if count <= available && contents.pointee.pending == 0 { return try take(count) }
    try prepareReading()
    let result = try PlainBuffer(count)
    var have = min(available, count)
    if have > 0 { memcpy(result.start, try memory + contents.pointee.start, have) }
    contents.pointee.start += have
    var isBlocked = false
    while have < count {
      let rest = count - have
      let whole = rest - rest % contents.pointee.size
      if whole > 0 {
        let got = try readRaw(result.start + have, whole)
        if got <= 0 {
          isBlocked = got < 0
          break
        }
        have += got
        continue
      }
      let got = try fill()
      if got <= 0 {
        isBlocked = got < 0
        break
      }
      let taken = min(got, count - have)
      memcpy(result.start + have, try memory, taken)
      contents.pointee.start = taken
      have += taken
    }
    if have == 0 && isBlocked { return .none }
    return try Owned.bytes(UnsafeRawBufferPointer(start: result.start, count: have))
  }

  /// Everything up to the end.
  func readAll() throws(PyError) -> Owned {
    try enter()
    defer { leave() }
    try prepareReading()
    let first = try take(available)
    contents.pointee.start = 0
    contents.pointee.end = 0
    let rest: Owned
    if contents.pointee.isFile {
      rest = try KraitModules.readAll(FileStream.of(contents.pointee.raw))
    } else {
      rest = try readAllOfRaw()
    }
    if rest.value.isNone { return BytesObject(first.value).count > 0 ? first : .none }
    if BytesObject(first.value).count == 0 { return rest }
    return try first.value.add(rest.value)
  }

  private func readAllOfRaw() throws(PyError) -> Owned {
    let raw = Owned(copying: contents.pointee.raw)
    let readall = try raw.value.lookUpAttribute(StreamName.readall)
    if !readall.value.isAbsent {
      let data = try readall.call()
      if !data.value.isNone && !data.value.isBytes { throw .typeError("readall() should return bytes") }
      return data
    }
    var pieces: [UInt8] = []
    var isFirst = true
    while true {
      let piece = try callRaw(StreamName.read)
      if piece.value.isNone {
        if isFirst { return .none }
        break
      }
      if !piece.value.isBytes { throw .typeError("read() should return bytes") }
      if BytesObject(piece.value).count == 0 { break }
      pieces += BytesObject(piece.value).buffer
      isFirst = false
    }
    return try fileSystemName(pieces, isBytes: true)
  }

  /// A line of at most `limit` bytes; negative for any length.
  func readLine(_ limit: Int) throws(PyError) -> Owned {
    try enter()
    defer { leave() }
    try prepareReading()
    let count = limit < 0 ? available : min(available, limit)
    let first = try memory + contents.pointee.start
    if let end = memchr(first, 0x0A, count) { return try take(end - first + 1) }
    if limit >= 0 && count == limit { return try take(count) }
    var line: [UInt8] = []
    while true {
      let room = limit < 0 ? available : min(available, limit - line.count)
      let start = try memory + contents.pointee.start
      let end = memchr(start, 0x0A, room).map { $0 - start + 1 }
      line += UnsafeRawBufferPointer(start: start, count: end ?? room)
      contents.pointee.start += end ?? room
      if end != nil || line.count == limit { break }
      if try fill() <= 0 { break }
    }
    return try fileSystemName(line, isBytes: true)
  }

  /// Reads into memory: until it is full, or what one call gives.
  func read(into target: UnsafeMutableRawBufferPointer, once: Bool) throws(PyError) -> Int? {
    try enter()
    defer { leave() }
    try prepareReading()
    guard let base = target.baseAddress, target.count > 0 else { return 0 }
    var have = min(available, target.count)
    if have > 0 { memcpy(base, try memory + contents.pointee.start, have) }
    contents.pointee.start += have
    while have < target.count {
      let rest = target.count - have
      var got: Int
      if once && have > 0 && rest <= contents.pointee.size { break }
      if rest > contents.pointee.size {
        got = try readRaw(base + have, rest)
      } else {
        got = try fill()
        if got > 0 {
          got = min(got, rest)
          memcpy(base + have, try memory, got)
          contents.pointee.start = got
        }
      }
      if got <= 0 {
        if got < 0 && have == 0 { return nil }
        break
      }
      have += got
      if once { break }
    }
    return have
  }

  // MARK: Writing

  /// Before writing: goes back to where the program is, behind which bytes were read in advance.
  func prepareWriting() throws(PyError) {
    let ahead = available
    contents.pointee.start = 0
    contents.pointee.end = 0
    if ahead > 0 { _ = try seekRaw(-ahead, 1) }
  }

  /// Sends what was written.
  func sendPending() throws(PyError) {
    var done = 0
    defer {
      if done > 0, let memory = contents.pointee.memory {
        memmove(memory, memory + done, contents.pointee.pending - done)
        contents.pointee.pending -= done
      }
    }
    while done < contents.pointee.pending {
      let put = try writeRaw(try memory + done, contents.pointee.pending - done)
      if put < 0 { throw wouldBlock(0) }
      done += put
      try checkSignals()
    }
  }

  private func wouldBlock(_ written: Int) -> PyError {
    do throws(PyError) {
      let text = try Owned.string("write could not complete without blocking" as StaticString)
      let exception = try TypeObject.blockingIOError.value.call(Value(smallInteger: Int(EAGAIN)), text.value, Value(smallInteger: written))
      return PyError.raise(exception)
    } catch { return error }
  }

  @inline(__always)
  func write(_ bytes: UnsafeRawBufferPointer) throws(PyError) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    if _fastPath(bytes.count <= contents.pointee.size - contents.pointee.pending && contents.pointee.end == contents.pointee.start && contents.pointee.user == nil) {
      memcpy(try memory + contents.pointee.pending, base, bytes.count)
      contents.pointee.pending += bytes.count
      return
    }
    try writeMuch(base, bytes.count)
  }

  @inline(never)
  private func writeMuch(_ base: UnsafeRawPointer, _ count: Int) throws(PyError) {
    try enter()
    defer { leave() }
    // Another thread may have closed the stream meanwhile.
    if try isClosed { throw .valueError("write to closed file") }
    if contents.pointee.end != contents.pointee.start { try prepareWriting() }
    if count <= contents.pointee.size - contents.pointee.pending {
      memcpy(try memory + contents.pointee.pending, base, count)
      contents.pointee.pending += count
      return
    }
    contents.pointee.start = 0
    contents.pointee.end = 0
    do throws(PyError) { try sendPending() } catch {
      guard PyError.matches(.blockingIOError) else { throw error }
      // What fits is kept all the same.
      let room = contents.pointee.size - contents.pointee.pending
      let kept = min(room, count)
      memcpy(try memory + contents.pointee.pending, base, kept)
      contents.pointee.pending += kept
      PyError.clear()
      if kept == count { return }
      throw wouldBlock(kept)
    }
    var done = 0
    while count - done > contents.pointee.size {
      let put = try writeRaw(base + done, count - done)
      if put < 0 {
        let kept = contents.pointee.size
        memcpy(try memory, base + done, kept)
        contents.pointee.pending = kept
        throw wouldBlock(done + kept)
      }
      done += put
      try checkSignals()
    }
    memcpy(try memory, base + done, count - done)
    contents.pointee.pending = count - done
  }

  /// Sends what was written and forgets what was read in advance.
  func flush() throws(PyError) {
    try enter()
    defer { leave() }
    if contents.pointee.isWritable { try sendPending() }
    if contents.pointee.isReadable && contents.pointee.isWritable { try prepareWriting() }
  }

  // MARK: Places

  func tell() throws(PyError) -> Int {
    try enter()
    defer { leave() }
    return max(0, try tellRaw() - available + contents.pointee.pending)
  }

  func seek(_ target: Int, _ whence: Int) throws(PyError) -> Int {
    try enter()
    defer { leave() }
    if contents.pointee.isReadable && contents.pointee.pending == 0 && whence <= 1 {
      // A place within the buffer needs no call, but for knowing where that is.
      let raw = try tellRaw()
      let current = raw - available
      let offset = whence == 0 ? target &- current : target
      if offset >= -contents.pointee.start && offset <= available && contents.pointee.end > 0 {
        contents.pointee.start += offset
        // A device may be at no place that means anything.
        return max(0, current + offset)
      }
    }
    if contents.pointee.isWritable { try sendPending() }
    let ahead = available
    let place = try seekRaw(whence == 1 ? target - ahead : target, whence)
    contents.pointee.start = 0
    contents.pointee.end = 0
    return place
  }
}
