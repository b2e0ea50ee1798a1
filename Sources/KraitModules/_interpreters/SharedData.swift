// What goes from one interpreter to another: plain data outside of any interpreter's heap.

import CKraitCore
import Glibc
import KraitRuntime

/// A message between interpreters: made in one, restored in another, given up anywhere, once.
///
/// Small ints, floats and singletons are words that mean the same everywhere, and so are immortal objects. Other texts and bytes are copied once when the message is
/// made and once when it is restored; what `krait.share` made is not copied at all. A memory view stays where it is: the message and who receives it hold it there.
public struct SharedData: BitwiseCopyable {
  enum Kind: UInt8 {
    /// ``word`` is the value itself.
    case value
    /// ``word`` is an object that interpreters share, which the message holds.
    case shared
    /// A number of 64 bits that is no immediate value.
    case integer, float
    /// ``memory`` has the units, ``word`` says how many; ``detail`` is their width.
    case string
    case bytes
    /// ``memory`` has ``word`` messages.
    case tuple
    /// As ``tuple``: the messages of what ``FrozenRecord`` makes an instance of.
    case record
    /// ``memory`` has a ``SharedBuffer``.
    case buffer
    /// ``memory`` has `marshal` data of a function's code.
    case function
    /// ``memory`` has `marshal` data of a program's code.
    case script
    /// ``memory`` has what `pickle` made.
    case pickle
    /// ``word`` is the number of something that interpreters share; ``detail`` says of what sort (``SharedHandles``).
    case handle
  }

  let kind: Kind
  var detail: UInt8 = 0
  let word: UInt64
  var memory: UnsafeMutableRawPointer?
  var size = 0

  /// What is done with values that are no plain data.
  public enum Fallback {
    /// NotShareableError.
    case none
    /// Functions that need nothing around them go as code, anything else by `pickle`.
    case full
    /// As ``full``; and functions that no name leads to, and what refers to such, go with their code, their cells and what they name. CPython refuses those.
    case code
  }

  init(_ kind: Kind, _ word: UInt64 = 0, detail: UInt8 = 0) {
    self.kind = kind
    self.word = word
    self.detail = detail
  }

  /// An immediate value.
  static func immediate(_ value: Value) -> SharedData { SharedData(.value, value.bits) }
  public static var none: SharedData { immediate(.none) }

  private init(_ kind: Kind, _ word: UInt64, copying data: UnsafeRawPointer, _ size: Int, detail: UInt8 = 0) throws(PyError) {
    guard let memory = malloc(max(size, 1)) else { throw .memoryError() }
    memory.copyMemory(from: data, byteCount: size)
    self.kind = kind
    self.word = word
    self.detail = detail
    self.memory = memory
    self.size = size
  }

  // MARK: Making

  /// The message for a value of the calling interpreter.
  public init(_ value: Value, fallback: Fallback = .none) throws(PyError) {
    if !value.isObject {
      if value.isExactInteger || value.isFloat || value.isNone || value === .true || value === .false {
        self = .immediate(value)
        return
      }
      try self.init(other: value, fallback)
    } else if SharedObjects.contains(value) {
      value.retain()
      self.init(.shared, value.bits)
    } else if value.isExactString {
      let text = StringObject(value)
      if value.object.isImmortalEverywhere && !text.isNameOfInterpreters {
        self = .immediate(value)
      } else {
        try self.init(.string, UInt64(text.length), copying: text.data, text.length * text.width, detail: UInt8(text.width))
      }
    } else if value.isExact(.bytes) {
      let bytes = BytesObject(value)
      if value.object.isImmortalEverywhere { self = .immediate(value) } else { try self.init(.bytes, UInt64(bytes.count), copying: bytes.data, bytes.count) }
    } else if value.isExactInteger {
      guard let number = Integer.asInt(value) else {
        // CPython's own way to say what to do.
        if fallback != .none {
          try self.init(pickled: try Pickling.dumps(value))
          return
        }
        let text = try Owned.string("try sending as bytes" as StaticString)
        let cause = try TypeObject.overflowError.value.call(text.value)
        throw notShareable(value, cause: cause)
      }
      self.init(.integer, UInt64(bitPattern: Int64(number)))
    } else if value.isExact(.float) {
      self.init(.float, try value.asDouble().bitPattern)
    } else if value.isExact(.tuple) {
      try self.init(tuple: value, fallback)
    } else if (value.isObject && value.type == .memoryview) {
      try self.init(sharing: value)
    } else {
      try self.init(other: value, fallback)
    }
  }

  private init(tuple value: Value, _ fallback: Fallback, _ kind: Kind = .tuple) throws(PyError) {
    try checkNativeRecursion(" while sharing a tuple")
    let items = TupleObject(value)
    let count = items.count
    guard let memory = malloc(max(count, 1) * MemoryLayout<SharedData>.stride) else { throw .memoryError() }
    let messages = memory.assumingMemoryBound(to: SharedData.self)
    for index in 0..<count {
      do throws(PyError) { (messages + index).initialize(to: try SharedData(items[index], fallback: fallback)) } catch {
        for made in 0..<index { messages[made].release() }
        free(memory)
        let cause = currentThread.pointee.takeException()
        guard cause.value.isInstance(of: .notShareableError) else {
          currentThread.pointee.setException(cause)
          throw error
        }
        throw notShareable(value, cause: cause)
      }
    }
    self.init(kind, UInt64(count))
    self.memory = memory
  }

  private init(sharing view: Value) throws(PyError) {
    self.init(.buffer)
    memory = UnsafeMutableRawPointer(try SharedBuffer.make(view))
  }

  /// Queues and other shared things by their number; else functions and what `pickle` takes, if that is wanted.
  private init(other value: Value, _ fallback: Fallback) throws(PyError) {
    if let handle = try SharedHandles.handle(of: value) {
      self = handle
      return
    }
    let parts = try FrozenRecord.parts(of: value)
    if !parts.value.isAbsent {
      try self.init(tuple: parts.value, fallback == .none ? .full : fallback, .record)
      return
    }
    if fallback == .none { throw notShareable(value) }
    if value.isObject, value.type == .function {
      if let code = try StatelessCode.code(of: value) {
        try self.init(function: code)
        return
      }
    }
    try self.init(pickled: try SharedData.pickled(value, fallback))
  }

  private static func pickled(_ value: Value, _ fallback: Fallback) throws(PyError) -> Owned {
    do throws(PyError) {
      let data = try Pickling.dumps(value)
      let isComplete = fallback == .full ? true : try !Pickling.needsProgram(data.value)
      if isComplete { return data }
    } catch {
      // Whatever pickle has to say, the value cannot be sent.
      PyError.clear()
      if fallback == .full { throw notShareable(value) }
    }
    do throws(PyError) { return try Pickling.dumpsWithCode(value) } catch { throw notShareable(value, cause: currentThread.pointee.takeException()) }
  }

  /// The message for the code of a function that needs nothing around it.
  init(function code: Value) throws(PyError) {
    let data = try MarshalValueWriter.marshal(code)
    try self.init(.function, 0, copying: BytesObject(data.value).data, BytesObject(data.value).count)
  }

  /// The message for the code of a program, or for anything else that `marshal` takes.
  init(script code: Value) throws(PyError) {
    let data = try MarshalValueWriter.marshal(code)
    try self.init(.script, 0, copying: BytesObject(data.value).data, BytesObject(data.value).count)
  }

  init(pickled data: borrowing Owned) throws(PyError) {
    let file = Pickling.mainFile()
    let bytes = BytesObject(data.value)
    try self.init(.pickle, UInt64(bytes.count), copying: bytes.data, bytes.count)
    // The program's file follows the data: its classes are looked for there when `__main__` has none of that name.
    if let file, let larger = realloc(memory, size + file.utf8.count) {
      memory = larger
      var name = file
      let offset = size
      name.withUTF8 { (larger + offset).copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: $0.count) }
      size += name.utf8.count
    }
  }

  // MARK: Restoring

  /// The value in the calling interpreter. The message can be restored again.
  public func restore() throws(PyError) -> Owned {
    switch kind {
    case .value: return Owned(copying: Value(bits: word))
    case .shared:
      currentInterpreter.pointee.holdsShared = true
      return Owned(copying: Value(bits: word))
    case .integer: return try Owned.integer(Int(Int64(bitPattern: word)))
    case .float: return try Owned.float(Double(bitPattern: word))
    case .string: return try Owned.string(CodeUnits(base: contents, count: Int(word), width: Int(detail)))
    case .bytes: return try Owned.bytes(UnsafeRawBufferPointer(start: contents, count: size))
    case .tuple, .record:
      try checkNativeRecursion(" while receiving a tuple")
      let count = Int(word)
      let messages = contents.assumingMemoryBound(to: SharedData.self)
      let result = try Owned.tuple(count: count)
      for index in 0..<count { TupleObject(result.value).initialize(index, try messages[index].restore()) }
      return kind == .tuple ? result : try FrozenRecord.restore(result.value)
    case .buffer: return try SharedBuffer.restore(contents.assumingMemoryBound(to: SharedBuffer.self))
    case .function:
      var reader = MarshalValueReader(MarshalSource(UnsafeRawBufferPointer(start: contents, count: size)))
      let code = try reader.readObject()
      let globals = try mainNamespace()
      return try FunctionObject.make(code: code.value, globals: globals.value)
    case .script:
      var reader = MarshalValueReader(MarshalSource(UnsafeRawBufferPointer(start: contents, count: size)))
      return try reader.readObject()
    case .pickle:
      let count = Int(word)
      let data = try Owned.bytes(UnsafeRawBufferPointer(start: contents, count: count))
      let file = size > count ? String(decoding: UnsafeRawBufferPointer(start: contents + count, count: size - count), as: UTF8.self) : nil
      do throws(PyError) { return try Pickling.loads(data.value, mainFile: file) } catch {
        let cause = currentThread.pointee.takeException()
        _ = PyError.raise(.notShareableError, "object could not be unpickled")
        let exception = currentThread.pointee.takeException()
        ExceptionObject(exception.value).setCause(cause)
        throw PyError.raise(exception)
      }
    case .handle: return try SharedHandles.restore(detail, word)
    }
  }

  private var contents: UnsafeMutableRawPointer { memory.unsafelyUnwrapped }

  // MARK: The end

  /// Gives up what the message holds. To be called once, on any thread.
  public func release() {
    switch kind {
    case .value, .integer, .float: return
    case .shared: SharedObjects.release(Value(bits: word))
    case .handle: SharedHandles.release(detail, word)
    case .tuple, .record:
      let messages = contents.assumingMemoryBound(to: SharedData.self)
      for index in 0..<Int(word) { messages[index].release() }
      free(memory)
    case .buffer: SharedBuffer.release(contents.assumingMemoryBound(to: SharedBuffer.self))
    default: free(memory)
    }
  }
}

/// NotShareableError for a value.
func notShareable(_ value: Value, cause: consuming Owned = Owned(taking: .absent)) -> PyError {
  do throws(PyError) {
    let shown = try value.repr()
    let error = PyError.raise(.notShareableError, "\(shown.value.text) does not support cross-interpreter data")
    if cause.value.isAbsent { return error }
    let exception = currentThread.pointee.takeException()
    ExceptionObject(exception.value).setCause(cause)
    currentThread.pointee.setException(exception)
    return error
  } catch { return error }
}

/// The dict of the interpreter's `__main__`.
func mainNamespace() throws(PyError) -> Owned {
  let module = Owned(copyingIfPresent: try DictObject(currentInterpreter.pointee.modules).get(Name.__main__))
  guard module.value.isObject, !module.value.isAbsent, module.value.type.isSubtype(of: .module) else { throw .runtimeError("interpreter has no __main__ module") }
  return Owned(copying: ModuleObject(module.value).dict)
}
