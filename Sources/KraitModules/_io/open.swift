// `open`: which streams a mode asks for.

import Glibc
import KraitRuntime

func defineOpen(_ m: ModuleBuilder) throws(PyError) {
  try m.function(
    "open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
    """
    Open a file and return a stream.

    mode is 'r' (read), 'w' (write anew), 'x' (make) or 'a' (append), with 'b' (bytes) or 't' (text), and '+' (read and write).
    buffering is 0 for none, 1 for lines, another number for the size of the buffer. encoding, errors and newline are for text.
    file may be a descriptor, which is left open if closefd is false; opener, called with file and flags, gives the descriptor.
    """
  ) { (call: Call) throws(PyError) -> Owned in try open(call) }
}

/// What a mode says.
private struct Mode {
  var isCreating = false, isReading = false, isWriting = false, isAppending = false, isUpdating = false, isText = false, isBinary = false

  init(_ text: String) throws(PyError) {
    // Bits of ASCII's letters; no Set, whose type of elements the first `open` would look up among all of the program, as each start has one.
    var seen: (low: UInt64, high: UInt64) = (0, 0)
    for letter in text.unicodeScalars {
      let bit = UInt64(1) << UInt64(letter.value & 63)
      guard letter.value < 128, (letter.value < 64 ? seen.low : seen.high) & bit == 0 else { throw .valueError("invalid mode: '\(text)'") }
      if letter.value < 64 { seen.low |= bit } else { seen.high |= bit }
      switch letter {
      case "x": isCreating = true
      case "r": isReading = true
      case "w": isWriting = true
      case "a": isAppending = true
      case "+": isUpdating = true
      case "t": isText = true
      case "b": isBinary = true
      default: throw .valueError("invalid mode: '\(text)'")
      }
    }
    if isText && isBinary { throw .valueError("can't have text and binary mode at once") }
    let kinds = [isCreating, isReading, isWriting, isAppending].count { $0 }
    if kinds > 1 { throw .valueError("must have exactly one of create/read/write/append mode") }
  }

  var rawText: String { (isCreating ? "x" : "") + (isReading ? "r" : "") + (isWriting ? "w" : "") + (isAppending ? "a" : "") + (isUpdating ? "+" : "") }
  var hasKind: Bool { isCreating || isReading || isWriting || isAppending }
}

private func open(_ call: Call) throws(PyError) -> Owned {
  guard call[1].isString else { throw call.wrongType(1, "str") }
  var buffering = Int(try call.int32(2))
  for index in 3...5 where !call[index].isNone && !call[index].isString { throw call.wrongType(index, "str or None") }
  let closes = try call.bool(6)
  var file = Owned(copying: call[0])
  if !file.value.isInteger {
    // Numbers may be anything with `__index__`; all else is a path.
    if file.value.type.slots.pointee.index != nil && !file.value.isString && !file.value.isBytes { file = try file.value.index() } else { file = try streamPath(file.value) }
  }
  let mode = try Mode(call[1].text)
  if mode.isBinary && !call[3].isNone { throw .valueError("binary mode doesn't take an encoding argument") }
  if mode.isBinary && !call[4].isNone { throw .valueError("binary mode doesn't take an errors argument") }
  if mode.isBinary && !call[5].isNone { throw .valueError("binary mode doesn't take a newline argument") }
  if mode.isBinary && buffering == 1 {
    try warn(
      .runtimeWarning, "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used")
  }
  let rawMode = try Owned.string(mode.rawText)
  let raw = try makeRaw(file.value, rawMode.value, closes, call[7])
  do throws(PyError) { return try wrap(raw.value, mode, &buffering, call) } catch {
    let failure = currentThread.pointee.takeException()
    do throws(PyError) { _ = try raw.value.callMethod(StreamName.close) } catch {
      chainExceptions(failure)
      throw error
    }
    throw rethrow(failure)
  }
}

/// `os.fspath` as `open` does it.
private func streamPath(_ value: Value) throws(PyError) -> Owned {
  if value.isString || value.isBytes { return Owned(copying: value) }
  let method = try value.lookUpSpecial(Name.__fspath__)
  if method.value.isAbsent || method.value.isNone { throw .typeError("expected str, bytes or os.PathLike object, not \(value.typeName)") }
  let path = try method.value.call()
  guard path.value.isString || path.value.isBytes else {
    throw .typeError("expected \(value.typeName).__fspath__() to return str or bytes, not \(path.value.typeName)")
  }
  return path
}

private func makeRaw(_ file: Value, _ mode: Value, _ closes: Bool, _ opener: Value) throws(PyError) -> Owned {
  try StreamTypes.file.value.call(file, mode, Value(closes), opener)
}

private func wrap(_ raw: Value, _ mode: Mode, _ buffering: inout Int, _ call: Call) throws(PyError) -> Owned {
  let file = FileStream.of(raw)
  var isLineBuffered = false
  if buffering < 0 {
    // Only a terminal, which is no regular file, is buffered by lines.
    if !file.pointee.isRegular && isatty(file.pointee.descriptor) == 1 { isLineBuffered = true }
  }
  if buffering == 1 && !mode.isBinary { isLineBuffered = true }
  if buffering < 0 || buffering == 1 { buffering = max(min(file.pointee.blockSize, 8192 * 1024), defaultBufferSize) }
  if buffering < 0 { throw .valueError("invalid buffering size") }
  if buffering == 0 {
    if !mode.isBinary { throw .valueError("can't have unbuffered text I/O") }
    return Owned(copying: raw)
  }
  let type: TypeObject
  if mode.isUpdating {
    type = StreamTypes.random
  } else if mode.isCreating || mode.isWriting || mode.isAppending {
    type = StreamTypes.writer
  } else if mode.isReading {
    type = StreamTypes.reader
  } else {
    throw .valueError("unknown mode: '\(call[1].text)'")
  }
  let buffered = try type.value.call(raw, Value(smallInteger: buffering))
  if mode.isBinary { return buffered }
  let arguments = try Owned.tuple(copying: [buffered.value, call[3], call[4], call[5], Value(isLineBuffered)])
  let text: Owned
  do throws(PyError) {
    text = try StreamTypes.textWrapper.value.call(arguments: Arguments(base: TupleObject(arguments.value).items, positionalCount: 5))
  } catch {
    let failure = currentThread.pointee.takeException()
    do throws(PyError) { _ = try buffered.value.callMethod(StreamName.close) } catch { chainExceptions(failure); throw error }
    throw rethrow(failure)
  }
  let modeText = Owned(copying: call[1])
  try text.value.setAttribute(StreamName.mode, modeText.value)
  return text
}
