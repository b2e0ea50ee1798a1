// `stderrprinter`: what `sys.stderr` is while the import system is set up, before `_io` makes the standard streams.
//
// Errors of that time must reach the user, and `_io` cannot be there so early. It is the least that `print` and tracebacks need: no buffer, UTF-8,
// what cannot be encoded is escaped.

import CKraitCore
import Glibc

func defineStandardErrorPrinter(_ types: TypeDefinitions) {
  types.define(.standardErrorPrinter) { t in
    t.flags.insert(.disallowInstantiation)
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      try Owned.string("<stderrprinter(fd=2) object at \(addressText(object))>")
    }
    t.method("write(text, /)") { (call: Call) throws(PyError) -> Owned in
      let text = try call.string(0)
      let bytes = try encodeUTF8(StringObject(text), .backslashReplace)
      var rest = UnsafeRawBufferPointer(BytesObject(bytes.value).buffer)
      while !rest.isEmpty {
        let count = Glibc.write(2, rest.baseAddress, rest.count)
        if count < 0 {
          let code = errno
          if code == EINTR { continue }
          if code == EAGAIN { return .none }
          throw .osError(code)
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
      return Owned(taking: Value(smallInteger: StringObject(text).length))
    }
    t.method("flush()") { (_: Call) throws(PyError) -> Owned in .none }
    t.method("close()") { (_: Call) throws(PyError) -> Owned in .none }
    t.method("fileno()") { (_: Call) throws(PyError) -> Owned in Owned(taking: Value(smallInteger: 2)) }
    t.method("isatty()") { (_: Call) throws(PyError) -> Owned in .boolean(Glibc.isatty(2) == 1) }
    t.getter("closed") { (_: Value) throws(PyError) -> Owned in .boolean(false) }
    t.getter("encoding") { (_: Value) throws(PyError) -> Owned in .none }
    t.getter("mode") { (_: Value) throws(PyError) -> Owned in try Owned.string("w") }
  }
}

/// Puts it into the module `sys`, if there is a descriptor to write to.
func addStandardErrorPrinter(_ m: ModuleBuilder) throws(PyError) {
  let isOpen = fcntl(2, F_GETFD) >= 0
  let printer = isOpen ? Owned(taking: try TypeObject.standardErrorPrinter.allocate()) : .none
  try m.constant("stderr", printer.copy())
  try m.constant("__stderr__", printer)
}
