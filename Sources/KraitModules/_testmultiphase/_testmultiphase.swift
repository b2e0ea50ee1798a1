// The module `_testmultiphase`: a native module to import, for CPython's tests of importing.

import KraitRuntime

nonisolated(unsafe) private var moduleError = InterpreterValue()

/// A native module that nothing but tests imports.
///
/// CPython's tests of `importlib` need it to be there before they begin, though few use it. Its contents are those of CPython's; as all native modules of Krait it is
/// built in, made anew in each interpreter, and has no file.
let testMultiphaseModule = ModuleDefinition("_testmultiphase", "A native module for tests of importing.") { (m: ModuleBuilder) throws(PyError) in
  try m.constant("int_const", 1969)
  try m.constant("str_const", "something different")
  try moduleError.set(try m.exception("error"))
  try m.defineType("Example") { t in
    t.documentation = "An object with a method."
    t.inheritsNew = true
    t.method("demo(text=None, /)", "The text that is given.") { (call: Call) throws(PyError) -> Owned in
      call[0].isString ? Owned(copying: call[0]) : .none
    }
  }
  try m.function("foo(i, j, /)", "Return the sum of i and j.") { (call: Call) throws(PyError) -> Owned in
    let (sum, overflow) = try call.int(0).addingReportingOverflow(try call.int(1))
    if overflow { throw .overflowError("Python int too large to convert to C long") }
    return try Owned.integer(sum)
  }
}
