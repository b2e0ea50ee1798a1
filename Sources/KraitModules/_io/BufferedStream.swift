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
  /// The program's place in the buffer; zero while nothing is in it.
  var position: Int
  /// Where the raw stream's bytes in the buffer end, which begin at its start; negative where none are there. What is written over them counts as theirs.
  var readEnd: Int
  /// Bytes that were written and not yet sent; a negative end for none.
  var dirtyStart: Int
  var dirtyEnd: Int
  /// The raw stream's place in the buffer, from which the program's may differ in both directions; zero while nothing is in it.
  var rawPosition: Int
  /// The raw stream's own place; negative where it is not known.
  var rawPlace: Int
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

  /// How many bytes can be read without the raw stream.
  var available: Int { max(0, contents.pointee.readEnd &- contents.pointee.position) }

  /// How far the raw stream is ahead of the program.
  private var rawOffset: Int { contents.pointee.rawPosition - contents.pointee.position }

  private func forgetRead() {
    contents.pointee.readEnd = -1
    if contents.pointee.dirtyEnd < 0 { forgetAll() }
  }

  private func forgetDirty() {
    contents.pointee.dirtyEnd = -1
    if contents.pointee.readEnd < 0 { forgetAll() }
  }

  func forgetAll() {
    contents.pointee.position = 0
    contents.pointee.rawPosition = 0
    contents.pointee.readEnd = -1
    contents.pointee.dirtyEnd = -1
  }

  func checkInitialized() throws(PyError) {
    if _fastPath(contents.pointee.isInitialized) { return }
    throw .valueError(contents.pointee.isDetached ? "raw stream has been detached" : "I/O operation on uninitialized object")
  }

  var isClosed: Bool {
    get throws(PyError) {
      try checkInitialized()
      if contents.pointee.isFile { return FileStream.of(contents.pointee.raw).pointee.descriptor < 0 }
      if let isClosed = isClosedBytesStream(contents.pointee.raw) { return isClosed }
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
    forgetAll()
    contents.pointee.rawPlace = -1
    let old = contents.pointee.raw
    contents.pointee.raw = Owned(copying: raw).take()
    old.releaseIfPresent()
    contents.pointee.isReadable = readable
    contents.pointee.isWritable = writable
    contents.pointee.isDetached = false
    contents.pointee.isFile = raw.type == StreamTypes.file && value.type == (writable ? (readable ? StreamTypes.random : StreamTypes.writer) : StreamTypes.reader)
    // Where the raw stream is: asked once, if it says; a file tells when it is needed.
    if !contents.pointee.isFile { do throws(PyError) { _ = try tellRaw() } catch { PyError.clear() } }
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
    let got = try readOnce(target, count)
    if got > 0 && contents.pointee.rawPlace >= 0 { contents.pointee.rawPlace += got }
    return got
  }

  private func readOnce(_ target: UnsafeMutableRawPointer, _ count: Int) throws(PyError) -> Int {
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
    let place = own.isAbsent ? -1 : target - ByteArrayObject(own).data
    let isOwn = place >= 0 && place + count <= contents.pointee.size
    let array = isOwn ? Owned(copying: own) : try Owned.bytearray(uninitializedCount: count)
    ByteArrayObject(array.value).lend()
    defer { ByteArrayObject(array.value).takeBack() }
    var view = try Owned.memoryview(array.value)
    if isOwn && count < contents.pointee.size {
      let part = try Owned.slice(Value(smallInteger: place), Value(smallInteger: place + count))
      view = try view.getItem(part.value)
    }
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
  private func writeRaw(_ source: UnsafeRawPointer, _ count: Int) throws(PyError) -> Int {
    let put = try writeOnce(source, count)
    if put > 0 && contents.pointee.rawPlace >= 0 { contents.pointee.rawPlace += put }
    return put
  }

  private func writeOnce(_ source: UnsafeRawPointer, _ count: Int) throws(PyError) -> Int {
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
    // A raw stream that has no file tells no reason why it cannot write.
    errno = 0
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
      contents.pointee.rawPlace = place
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
    contents.pointee.rawPlace = place
    return place
  }

  // MARK: Reading

  /// Reads behind what was read before; how many bytes, -1 when nothing can be read now.
  func fill() throws(PyError) -> Int {
    let start = max(0, contents.pointee.readEnd)
    let got = try readRaw(memory + start, contents.pointee.size - start)
    if got > 0 {
      contents.pointee.readEnd = start + got
      contents.pointee.rawPosition = start + got
    }
    return got
  }

  /// Before the raw stream is read: sends what was written and goes to the program's place.
  func prepareReading() throws(PyError) {
    if contents.pointee.isWritable { try sendAndRewind() }
    forgetRead()
  }

  /// Takes bytes out of the buffer.
  func take(_ count: Int) throws(PyError) -> Owned {
    let bytes = try Owned.bytes(UnsafeRawBufferPointer(start: try memory + contents.pointee.position, count: count))
    contents.pointee.position += count
    return bytes
  }

  func read(_ count: Int) throws(PyError) -> Owned {
    if count <= available && contents.pointee.user == nil { return try take(count) }
    try enter()
    defer { leave() }
    if count <= available { return try take(count) }
    let result = try PlainBuffer(count)
    var have = available
    if have > 0 { memcpy(result.start, try memory + contents.pointee.position, have) }
    contents.pointee.position += have
    try prepareReading()
    while count - have >= contents.pointee.size {
      let got = try readRaw(result.start + have, (count - have) / contents.pointee.size * contents.pointee.size)
      if got <= 0 { return try finishReading(result, have, got) }
      have += got
    }
    contents.pointee.readEnd = 0
    while have < count {
      let got = try fill()
      if got <= 0 { return try finishReading(result, have, got) }
      let taken = min(got, count - have)
      memcpy(result.start + have, try memory + contents.pointee.position, taken)
      contents.pointee.position += taken
      have += taken
    }
    return try finishReading(result, have, 0)
  }

  private func finishReading(_ result: borrowing PlainBuffer, _ have: Int, _ got: Int) throws(PyError) -> Owned {
    if have == 0 && got < 0 { return .none }
    return try Owned.bytes(UnsafeRawBufferPointer(start: result.start, count: have))
  }

  /// What can be read next, at least a byte but at the end.
  func peek() throws(PyError) -> Owned {
    if available == 0 {
      forgetRead()
      _ = try fill()
    }
    return try Owned.bytes(UnsafeRawBufferPointer(start: try memory + contents.pointee.position, count: available))
  }

  /// Everything up to the end.
  func readAll() throws(PyError) -> Owned {
    try enter()
    defer { leave() }
    let first = try take(available)
    try prepareReading()
    let place = contents.pointee.rawPlace
    contents.pointee.rawPlace = -1
    let rest: Owned
    if contents.pointee.isFile {
      rest = try KraitModules.readAll(FileStream.of(contents.pointee.raw))
    } else {
      rest = try readAllOfRaw()
    }
    if place >= 0 { contents.pointee.rawPlace = place + (rest.value.isNone ? 0 : BytesObject(rest.value).count) }
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
    let count = limit < 0 ? available : min(available, limit)
    let first = try memory + contents.pointee.position
    if let end = memchr(first, 0x0A, count) { return try take(end - first + 1) }
    if limit >= 0 && count == limit { return try take(count) }
    var line = [UInt8](UnsafeRawBufferPointer(start: first, count: count))
    contents.pointee.position += count
    if contents.pointee.isWritable { try sendAndRewind() }
    while line.count != limit {
      forgetRead()
      let got = try fill()
      if got <= 0 { break }
      let room = limit < 0 ? got : min(got, limit - line.count)
      let start = try memory
      let end = memchr(start, 0x0A, room).map { $0 - start + 1 }
      line += UnsafeRawBufferPointer(start: start, count: end ?? room)
      contents.pointee.position = end ?? room
      if end != nil { break }
    }
    return try fileSystemName(line, isBytes: true)
  }

  /// Reads into memory: until it is full, or what one call gives.
  func read(into target: UnsafeMutableRawBufferPointer, once: Bool) throws(PyError) -> Int? {
    try enter()
    defer { leave() }
    guard let base = target.baseAddress, target.count > 0 else {
      if available == 0 { try prepareReading() }
      return 0
    }
    var have = min(available, target.count)
    if have > 0 { memcpy(base, try memory + contents.pointee.position, have) }
    contents.pointee.position += have
    if have == target.count { return have }
    try prepareReading()
    while have < target.count {
      let rest = target.count - have
      var got: Int
      if rest > contents.pointee.size {
        got = try readRaw(base + have, rest)
      } else {
        if once && have > 0 { break }
        got = try fill()
        if got > 0 {
          got = min(got, rest)
          memcpy(base + have, try memory + contents.pointee.position, got)
          contents.pointee.position += got
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

  /// Sends what was written.
  private func sendDirty() throws(PyError) {
    if contents.pointee.dirtyEnd <= contents.pointee.dirtyStart { return forgetDirty() }
    try moveRaw(to: contents.pointee.dirtyStart)
    while contents.pointee.dirtyStart < contents.pointee.dirtyEnd {
      let put = try writeRaw(try memory + contents.pointee.dirtyStart, contents.pointee.dirtyEnd - contents.pointee.dirtyStart)
      if put < 0 { throw wouldBlock(0) }
      contents.pointee.dirtyStart += put
      contents.pointee.rawPosition = contents.pointee.dirtyStart
      try checkSignals()
    }
    forgetDirty()
  }

  /// Moves the raw stream to a place of the buffer.
  private func moveRaw(to place: Int) throws(PyError) {
    let distance = place - contents.pointee.rawPosition
    if distance == 0 { return }
    _ = try seekRaw(distance, 1)
    contents.pointee.rawPosition = place
  }

  /// Sends what was written, forgets what was read, and moves the raw stream to the program's place.
  func sendAndRewind() throws(PyError) {
    try sendDirty()
    if !contents.pointee.isReadable { return }
    defer { forgetRead() }
    _ = try seekRaw(-rawOffset, 1)
  }

  private func wouldBlock(_ written: Int, _ code: Int32 = errno) -> PyError {
    do throws(PyError) {
      let text = try Owned.string("write could not complete without blocking" as StaticString)
      let exception = try TypeObject.blockingIOError.value.call(Value(smallInteger: Int(code)), text.value, Value(smallInteger: written))
      return PyError.raise(exception)
    } catch { return error }
  }

  @inline(__always)
  func write(_ bytes: UnsafeRawBufferPointer) throws(PyError) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    if _fastPath(hasRoom(bytes.count) && contents.pointee.user == nil) { return try keep(base, bytes.count) }
    try writeMuch(base, bytes.count)
  }

  /// Whether so many bytes fit beside what is in the buffer. As many as the whole buffer has are written at once.
  @inline(__always)
  private func hasRoom(_ count: Int) -> Bool { count <= contents.pointee.size &- contents.pointee.position && count < contents.pointee.size }

  /// Puts bytes into the buffer, which has room for them, at the program's place.
  @inline(__always)
  private func keep(_ base: UnsafeRawPointer, _ count: Int) throws(PyError) {
    let place = contents.pointee.position
    let end = place &+ count
    memcpy(try memory + place, base, count)
    if contents.pointee.dirtyEnd < 0 || contents.pointee.dirtyStart > place { contents.pointee.dirtyStart = place }
    if contents.pointee.dirtyEnd < end { contents.pointee.dirtyEnd = end }
    if contents.pointee.readEnd >= 0 && contents.pointee.readEnd < end { contents.pointee.readEnd = end }
    contents.pointee.position = end
  }

  @inline(never)
  private func writeMuch(_ base: UnsafeRawPointer, _ count: Int) throws(PyError) {
    try enter()
    defer { leave() }
    // Another thread may have closed the stream meanwhile.
    if try isClosed { throw .valueError("write to closed file") }
    if hasRoom(count) { return try keep(base, count) }
    do throws(PyError) { try sendDirty() } catch {
      let code = errno
      guard PyError.matches(.blockingIOError) else { throw error }
      // What fits is kept all the same.
      try shiftDirty()
      let kept = min(contents.pointee.size - contents.pointee.dirtyEnd, count)
      memcpy(try memory + contents.pointee.dirtyEnd, base, kept)
      contents.pointee.dirtyEnd += kept
      contents.pointee.position += kept
      PyError.clear()
      if kept == count { return }
      throw wouldBlock(kept, code)
    }
    try moveRaw(to: contents.pointee.position)
    forgetRead()
    var done = 0
    while count - done >= contents.pointee.size {
      let put = try writeRaw(base + done, count - done)
      if put < 0 {
        if count - done == contents.pointee.size { break }
        let kept = contents.pointee.size
        try keep(base + done, kept)
        throw wouldBlock(done + kept)
      }
      done += put
      try checkSignals()
    }
    if done < count { try keep(base + done, count - done) }
  }

  /// Moves what was written and could not be sent to the buffer's start; what was read is forgotten.
  private func shiftDirty() throws(PyError) {
    let start = contents.pointee.dirtyStart
    contents.pointee.readEnd = -1
    memmove(try memory, try memory + start, contents.pointee.dirtyEnd - start)
    contents.pointee.dirtyEnd -= start
    contents.pointee.rawPosition -= start
    contents.pointee.position -= start
    contents.pointee.dirtyStart = 0
  }

  /// Sends what was written and forgets what was read in advance.
  func flush() throws(PyError) {
    try enter()
    defer { leave() }
    try sendAndRewind()
  }

  /// - Parameter size: None for the program's place.
  func truncate(_ size: Value) throws(PyError) -> Owned {
    try enter()
    defer { leave() }
    try sendAndRewind()
    let result = try callRaw(StreamName.truncate, size)
    do throws(PyError) { _ = try tellRaw() } catch { PyError.clear() }
    return result
  }

  // MARK: Places

  func tell() throws(PyError) -> Int {
    try enter()
    defer { leave() }
    // A device may be at no place that means anything.
    return max(0, try tellRaw() - rawOffset)
  }

  func seek(_ target: Int, _ whence: Int) throws(PyError) -> Int {
    try enter()
    defer { leave() }
    if contents.pointee.isReadable && whence <= 1 {
      // A place within the buffer needs no call, but for knowing where that is.
      let raw = contents.pointee.rawPlace >= 0 ? contents.pointee.rawPlace : try tellRaw()
      let ahead = available
      if ahead > 0 {
        let current = raw - rawOffset
        let offset = whence == 0 ? target &- current : target
        if offset >= -contents.pointee.position && offset <= ahead {
          contents.pointee.position += offset
          return max(0, current + offset)
        }
      }
    }
    if contents.pointee.isWritable { try sendDirty() }
    let place = try seekRaw(whence == 1 ? target &- rawOffset : target, whence)
    forgetAll()
    return place
  }
}
