// The module `sys`.

import CKraitCore

let sysModule = ModuleDefinition("sys", "This module provides access to some objects used or maintained by the\ninterpreter.") {
  (m: ModuleBuilder) throws(PyError) in
  try m.constant("modules", Owned(copying: currentInterpreter.pointee.modules))
  try m.constant("maxsize", Int.max)
}
