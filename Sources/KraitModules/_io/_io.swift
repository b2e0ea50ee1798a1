// The module `_io`: streams, from which `io` is made.

import Glibc
import KraitRuntime

let defaultBufferSize = 131072

let ioModule = ModuleDefinition("_io", "Streams of bytes and text.") { (m: ModuleBuilder) throws(PyError) in
  StreamTypes.unsupportedOperation = try m.defineType("UnsupportedOperation", module: "io", base: .osError) { t in
    t.secondBase = .valueError
    t.flags.insert(.baseType)
  }
  try m.constant("BlockingIOError", TypeObject.blockingIOError.value)
  try m.constant("DEFAULT_BUFFER_SIZE", defaultBufferSize)
  try defineBase(m)
  try defineAbstractStreams(m)
  try defineFile(m)
  try defineBuffered(m)
  try defineBytesStream(m)
  try defineNewlineDecoder(m)
  try defineStringStream(m)
  try defineTextWrapper(m)
  try defineOpen(m)
  try m.function("open_code(path)", "Open a file whose contents are to be run.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isString else { throw call.wrongType(0, "str") }
    let mode = try Owned.string("rb" as StaticString)
    let raw = try StreamTypes.file.value.call(call[0], mode.value)
    return try StreamTypes.reader.value.call(raw.value)
  }
  try m.function("text_encoding(encoding, stacklevel=2, /)", "Return the encoding, or the one to use when it is None.") { (call: Call) throws(PyError) -> Owned in
    if !call[0].isNone { return Owned(copying: call[0]) }
    if RuntimeConfiguration.current.warnsOfDefaultEncoding { try warn(.encodingWarning, "'encoding' argument not specified", stackLevel: try call.int(1)) }
    return try Owned.string(RuntimeConfiguration.current.usesUTF8Mode ? "utf-8" : "locale")
  }
}
