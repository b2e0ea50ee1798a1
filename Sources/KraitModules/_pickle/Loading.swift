// Unpickling: the loop over the opcodes, and what each does.

import CKraitCore
import Glibc
import KraitRuntime

extension UnpicklerObject {
  func load() throws(PyError) -> Owned {
    contents.pointee.isRunning = true
    contents.pointee.marks.removeAll()
    contents.pointee.fence = 0
    contents.pointee.protocolNumber = 0
    defer {
      contents.pointee.isRunning = false
      exchange(&contents.pointee.persistentLoad, Owned(taking: .absent))
      let left = contents.pointee.stack.takeAll()
      left.release()
    }
    if value.object.shape.flags.contains(.heapType) || !contents.pointee.persistentLoadAttribute.isAbsent { try findHooks() }
    try run()
    try skipConsumed()
    return try pop()
  }

  private func findHooks() throws(PyError) {
    let found = try value.lookUpAttribute(PickleName.persistentLoad)
    contents.pointee.persistentLoadIsMethod = false
    let isOwn = contents.pointee.persistentLoadAttribute.isAbsent && unpicklerType.object.lookUp(PickleName.persistentLoad) === value.type.lookUp(PickleName.persistentLoad)
    if found.value.isAbsent || isOwn && found.value.type == .builtinMethod { return }
    if found.value.type == .method, MethodObject(found.value).receiver === value {
      contents.pointee.persistentLoadIsMethod = true
      exchange(&contents.pointee.persistentLoad, Owned(copying: MethodObject(found.value).function))
      return
    }
    exchange(&contents.pointee.persistentLoad, found)
  }

  @inline(__always)
  private func readOpcode() throws(PyError) -> UInt8 {
    let next = contents.pointee.next
    if _fastPath(next < contents.pointee.limit) {
      contents.pointee.next = next &+ 1
      return contents.pointee.input.unsafelyUnwrapped[next]
    }
    do throws(PyError) { return try read(1)[0] } catch {
      guard PyError.matches(TypeObject(PickleState.unpicklingError.value)) else { throw error }
      PyError.clear()
      throw .raise(.eofError, "Ran out of input")
    }
  }

  private func run() throws(PyError) {
    while true {
      let code = try readOpcode()
      switch code {
      case PickleCode.memoize: try remember(contents.pointee.memoCount, try top())
      case PickleCode.shortBinaryUnicode: try loadText(Int(try read(1)[0]))
      case PickleCode.binaryInt1: try push(Owned(taking: Value(smallInteger: Int(try read(1)[0]))))
      case PickleCode.binaryInt2: try push(Owned(taking: Value(smallInteger: Int(try unsigned(2)))))
      case PickleCode.binaryInt: try push(Owned(taking: Value(smallInteger: Int(Int32(truncatingIfNeeded: try unsigned(4))))))
      case PickleCode.binaryGet: try push(try remembered(Int(try read(1)[0])))
      case PickleCode.longBinaryGet: try push(try remembered(Int(try unsigned(4))))
      case PickleCode.binaryPut: try remember(try withTop(Int(try read(1)[0])), try top())
      case PickleCode.longBinaryPut: try remember(try withTop(Int(try unsigned(4))), try top())
      case PickleCode.mark: try pushMark()
      case PickleCode.none: try push(.none)
      case PickleCode.newTrue: try push(.boolean(true))
      case PickleCode.newFalse: try push(.boolean(false))
      case PickleCode.binaryFloat: try push(try .float(Double(bitPattern: try unsigned(8).byteSwapped)))
      case PickleCode.emptyTuple: try push(.emptyTuple)
      case PickleCode.tuple1: try loadTuple(1)
      case PickleCode.tuple2: try loadTuple(2)
      case PickleCode.tuple3: try loadTuple(3)
      case PickleCode.tuple: try push(try popTuple(from: try popMark()))
      case PickleCode.emptyList: try push(try .list())
      case PickleCode.emptyDict: try push(try .dict())
      case PickleCode.emptySet: try push(try .set())
      case PickleCode.append: try append(from: contents.pointee.stack.count - 1, isMarked: false)
      case PickleCode.appends: try append(from: try popMark(), isMarked: true)
      case PickleCode.setItem: try setItems(from: contents.pointee.stack.count - 2)
      case PickleCode.setItems: try setItems(from: try popMark())
      case PickleCode.addItems: try addItems()
      case PickleCode.stackGlobal: try loadStackGlobal()
      case PickleCode.reduce: try loadReduce()
      case PickleCode.newObject: try loadNewObject(hasKeywords: false)
      case PickleCode.newObjectWithKeywords: try loadNewObject(hasKeywords: true)
      case PickleCode.build: try build()
      case PickleCode.stop: return
      case PickleCode.frame: try loadFrame()
      case PickleCode.protocolNumber: try loadProtocol()
      default: try runRare(code)
      }
    }
  }

  @inline(never)
  private func runRare(_ code: UInt8) throws(PyError) {
    switch code {
    case PickleCode.shortBinaryBytes: try loadBytes(Int(try read(1)[0]))
    case PickleCode.binaryBytes: try loadBytes(Int(try unsigned(4)))
    case PickleCode.binaryBytes8: try loadBytes(try size(8, .overflowError, "BINBYTES"))
    case PickleCode.bytearray8: try loadByteArray(try size(8, .overflowError, "BYTEARRAY8"))
    case PickleCode.binaryUnicode: try loadText(Int(try unsigned(4)))
    case PickleCode.binaryUnicode8: try loadText(try size(8, .overflowError, "BINUNICODE"))
    case PickleCode.shortBinaryString: try loadOldString(Int(try read(1)[0]))
    case PickleCode.binaryString:
      let size = Int32(truncatingIfNeeded: try unsigned(4))
      if size < 0 { throw unpicklingError("BINSTRING pickle has negative byte count") }
      try loadOldString(Int(size))
    case PickleCode.long1: try loadLong(Int(try read(1)[0]))
    case PickleCode.long4:
      let size = Int32(truncatingIfNeeded: try unsigned(4))
      if size < 0 { throw unpicklingError("LONG pickle has negative byte count") }
      try loadLong(Int(size))
    case PickleCode.nextBuffer: try loadNextBuffer()
    case PickleCode.readOnlyBuffer: try makeReadOnly()
    case PickleCode.list:
      let tuple = try popTuple(from: try popMark())
      try push(try .list(TupleObject(tuple.value).buffer))
    case PickleCode.dict: try loadDict()
    case PickleCode.frozenset:
      let items = try popTuple(from: try popMark())
      try push(try .frozenset(from: items.value))
    case PickleCode.object: try loadObject()
    case PickleCode.instance: try loadInstance()
    case PickleCode.global: try loadGlobal()
    case PickleCode.duplicate: try push(Owned(copying: try top()))
    case PickleCode.pop: try popOne()
    case PickleCode.popMark:
      let start = try popMark()
      let dropped = try popTuple(from: start)
      _ = consume dropped
    case PickleCode.get: try push(try remembered(try loadNumber()))
    case PickleCode.put:
      _ = try top()
      let index = try loadNumber()
      if index < 0 { throw .valueError("negative PUT argument") }
      try remember(index, try top())
    case PickleCode.persistentID: try loadPersistent(isBinary: false)
    case PickleCode.binaryPersistentID: try loadPersistent(isBinary: true)
    case PickleCode.extension1: try loadExtension(Int(try read(1)[0]))
    case PickleCode.extension2: try loadExtension(Int(try unsigned(2)))
    case PickleCode.extension4: try loadExtension(Int(Int32(truncatingIfNeeded: try unsigned(4))))
    case PickleCode.int: try loadInt()
    case PickleCode.long: try loadLongText()
    case PickleCode.float: try loadFloatText()
    case PickleCode.string: try loadQuotedString()
    case PickleCode.unicode: try loadEscapedText()
    default:
      if code >= 0x20 && code <= 0x7E && code != UInt8(ascii: "'") && code != UInt8(ascii: "\\") {
        throw unpicklingError("invalid load key, '\(Character(Unicode.Scalar(code)))'.")
      }
      let digits = String(code, radix: 16)
      throw unpicklingError("invalid load key, '\\x\(digits.count < 2 ? "0" : "")\(digits)'.")
    }
  }

  // MARK: Numbers of the stream

  @inline(__always)
  private func unsigned(_ size: Int) throws(PyError) -> UInt64 {
    let bytes = UnsafeRawPointer(try read(size))
    switch size {
    case 2: return UInt64(UInt16(littleEndian: bytes.loadUnaligned(as: UInt16.self)))
    case 4: return UInt64(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
    default: return UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    }
  }

  private func size(_ size: Int, _ error: TypeObject, _ name: StaticString) throws(PyError) -> Int {
    let number = try unsigned(size)
    if number > UInt64(Int.max) { throw .raise(error, "\(name) exceeds system's maximum size of \(Int.max) bytes") }
    return Int(number)
  }

  /// A number, when the stack has a value that it is for.
  @inline(__always)
  private func withTop(_ number: Int) throws(PyError) -> Int {
    if _slowPath(contents.pointee.stack.count <= contents.pointee.fence) { throw underflow() }
    return number
  }

  /// An int of decimal digits.
  private func parse(_ text: UnsafeBufferPointer<UInt8>) throws(PyError) -> Owned {
    let bytes = try Owned.bytes(UnsafeRawBufferPointer(text))
    return try TypeObject.int.value.call(bytes.value)
  }

  /// The decimal number on a line.
  private func loadNumber() throws(PyError) -> Int {
    let number = try parse(try readText())
    return try number.value.asInt()
  }

  private func loadProtocol() throws(PyError) {
    let number = Int(try read(1)[0])
    if number > PicklerObject.highestProtocol { throw .valueError("unsupported pickle protocol: \(number)") }
    contents.pointee.protocolNumber = Int32(number)
  }

  private func loadFrame() throws(PyError) {
    let number = try unsigned(8)
    if number > UInt64(Int.max) { throw .overflowError("FRAME length exceeds system's maximum of \(Int.max) bytes") }
    try enterFrame(Int(number))
  }

  // MARK: Atoms

  @inline(__always)
  private func loadText(_ count: Int) throws(PyError) {
    let bytes = UnsafeRawBufferPointer(start: try read(count), count: count)
    let text = try textOfASCII(bytes)
    if _slowPath(text.value.isAbsent) { return try push(try decodeText(bytes, encoding: PickleName.utf8, errors: PickleName.surrogatePass)) }
    try push(text)
  }

  private func loadBytes(_ count: Int) throws(PyError) {
    let atHand = contents.pointee.limit - contents.pointee.next
    if count <= atHand || contents.pointee.isInFrame { return try push(try .bytes(UnsafeRawBufferPointer(start: try read(count), count: count))) }
    if contents.pointee.read.isAbsent { throw truncated() }
    let memory = try PlainBuffer(count)
    let target = UnsafeMutableRawBufferPointer(start: memory.start, count: count)
    try read(into: target)
    try push(try .bytes(UnsafeRawBufferPointer(target)))
  }

  private func loadByteArray(_ count: Int) throws(PyError) {
    if contents.pointee.read.isAbsent && !contents.pointee.isInFrame && count > contents.pointee.inputCount - contents.pointee.next { throw truncated() }
    let made = try Owned.bytearray(UnsafeRawBufferPointer(start: nil, count: 0))
    try ByteArrayObject(made.value).setCount(count)
    try read(into: UnsafeMutableRawBufferPointer(start: ByteArrayObject(made.value).data, count: count))
    try push(made)
  }

  private func loadLong(_ count: Int) throws(PyError) {
    try push(try Integer.make(bytes: UnsafeBufferPointer(start: try read(count), count: count), isLittleEndian: true, isSigned: true))
  }

  /// A str of Python 2: text in the encoding that was given, or bytes.
  private func pushOldString(_ bytes: consuming Owned) throws(PyError) {
    let encoding = Owned(copying: contents.pointee.encoding)
    if StringObject(encoding.value).isEqual(to: "bytes") { return try push(bytes) }
    let errors = Owned(copying: contents.pointee.errors)
    try push(try bytes.value.callMethod(PickleName.decode, encoding.value, errors.value))
  }

  private func loadOldString(_ count: Int) throws(PyError) {
    try pushOldString(try .bytes(UnsafeRawBufferPointer(start: try read(count), count: count)))
  }

  private func loadQuotedString() throws(PyError) {
    let line = try readLine().dropLast()
    guard line.count >= 2, let first = line.first, first == line.last, first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") else {
      throw unpicklingError("the STRING opcode argument must be quoted")
    }
    let bytes = try Owned.bytes(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: line.dropFirst().dropLast())))
    let codecs = try importModule("codecs")
    let pair = try codecs.value.callMethod(Name.make("escape_decode"), bytes.value)
    guard pair.value.isTuple, TupleObject(pair.value).count > 0 else { throw .systemError("escape_decode() did not return a tuple") }
    try pushOldString(Owned(copying: TupleObject(pair.value)[0]))
  }

  private func loadEscapedText() throws(PyError) {
    let line = try readLine().dropLast()
    let bytes = try Owned.bytes(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: line)))
    try push(try bytes.value.callMethod(PickleName.decode, Name.make("raw_unicode_escape")))
  }

  private func loadInt() throws(PyError) {
    let text = try readText()
    if text.count == 2, text[0] == UInt8(ascii: "0"), text[1] == UInt8(ascii: "0") || text[1] == UInt8(ascii: "1") {
      return try push(.boolean(text[1] == UInt8(ascii: "1")))
    }
    do throws(PyError) {
      // Zeros may lead, as in decimal numbers of C's.
      try push(try parse(text))
    } catch {
      guard PyError.matches(.valueError) else { throw error }
      PyError.clear()
      throw .valueError("could not convert string to int")
    }
  }

  private func loadLongText() throws(PyError) {
    var text = try readText()
    if text.last == UInt8(ascii: "L") { text = UnsafeBufferPointer(rebasing: text.dropLast()) }
    try push(try parse(text))
  }

  private func loadFloatText() throws(PyError) {
    let text = try readText()
    guard let double = parseDouble(text) else { throw .valueError("could not convert string to float: '\(String(decoding: text, as: UTF8.self))\n'") }
    try push(try .float(double))
  }

  // MARK: Containers

  private func loadTuple(_ count: Int) throws(PyError) {
    if contents.pointee.stack.count < count { throw underflow() }
    try push(try popTuple(from: contents.pointee.stack.count - count))
  }

  private func popOne() throws(PyError) {
    let marks = contents.pointee.marks
    if marks.count > 0 && marks.last == contents.pointee.stack.count {
      _ = try popMark()
    } else {
      _ = try pop()
    }
  }

  private func loadDict() throws(PyError) {
    let items = try popTuple(from: try popMark())
    let tuple = TupleObject(items.value)
    if tuple.count % 2 != 0 { throw unpicklingError("odd number of items for DICT") }
    let dict = try Owned.dict()
    for index in stride(from: 0, to: tuple.count, by: 2) { try DictObject(dict.value).set(tuple[index], tuple[index + 1]) }
    try push(dict)
  }

  /// Appends what stands from a height on to the list below.
  private func append(from start: Int, isMarked: Bool) throws(PyError) {
    let count = contents.pointee.stack.count
    if start > count || start <= contents.pointee.fence { throw underflow() }
    if start == count { return }
    let list = Owned(copying: contents.pointee.stack[start - 1])
    if list.value.isExactList {
      try ListObject(list.value).append(taking: contents.pointee.stack.values(from: start))
      contents.pointee.stack.forget(from: start)
      return
    }
    let items = try popTuple(from: start)
    let extend = try list.value.lookUpAttribute(PickleName.extend)
    if !extend.value.isAbsent {
      let argument = try Owned.list(TupleObject(items.value).buffer)
      _ = try extend.value.call(argument.value)
      return
    }
    let append = try list.value.getAttribute(PickleName.append)
    for index in 0..<TupleObject(items.value).count { _ = try append.value.call(TupleObject(items.value)[index]) }
  }

  /// Sets the keys and values that stand from a height on in the mapping below.
  private func setItems(from start: Int) throws(PyError) {
    let count = contents.pointee.stack.count
    if start > count || start <= contents.pointee.fence { throw underflow() }
    if start == count { return }
    if (count - start) % 2 != 0 { throw unpicklingError("odd number of items for SETITEMS") }
    let mapping = Owned(copying: contents.pointee.stack[start - 1])
    let isDict = mapping.value.isExactDict
    if isDict { try DictObject(mapping.value).reserve((count - start) / 2, stringKeys: contents.pointee.stack[start].isExactString) }
    // Setting may run code, but nothing that reaches the stack.
    var index = start
    while index < count {
      let key = contents.pointee.stack.take(index)
      let value = contents.pointee.stack.take(index + 1)
      if isDict { try DictObject(mapping.value).set(key.value, taking: value) } else { try mapping.value.setItem(key.value, value.value) }
      index += 2
    }
    contents.pointee.stack.forget(from: start)
  }

  private func addItems() throws(PyError) {
    let start = try popMark()
    let count = contents.pointee.stack.count
    if start > count || start <= contents.pointee.fence { throw underflow() }
    if start == count { return }
    let set = Owned(copying: contents.pointee.stack[start - 1])
    let items = try popTuple(from: start)
    if set.value.isInstance(of: .set) { return try SetObject(set.value).update(from: items.value) }
    let add = try set.value.getAttribute(PickleName.add)
    for index in 0..<TupleObject(items.value).count { _ = try add.value.call(TupleObject(items.value)[index]) }
  }

  // MARK: Buffers

  private func loadNextBuffer() throws(PyError) {
    if contents.pointee.buffers.isAbsent { throw unpicklingError("pickle stream refers to out-of-band data but no *buffers* argument was given") }
    let iterator = Owned(copying: contents.pointee.buffers)
    let buffer = try iterator.value.next()
    if buffer.value.isAbsent { throw unpicklingError("not enough out-of-band buffers") }
    try push(buffer)
  }

  private func makeReadOnly() throws(PyError) {
    let object = Owned(copying: try top())
    let view = try Owned.memoryview(object.value)
    let isReadOnly = try view.value.getAttribute(Name.make("readonly"))
    if try isReadOnly.value.isTruthy() { return }
    let readOnly = try view.value.callMethod(Name.make("toreadonly"))
    _ = try pop()
    try push(readOnly)
  }
}
