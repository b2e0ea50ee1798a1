// The module `_sysconfig`: how this Python was built, as far as `sysconfig` cannot find out itself.

import KraitRuntime

let sysconfigModule = ModuleDefinition("_sysconfig", "What only native code knows for sysconfig.") { (m: ModuleBuilder) throws(PyError) in
  try m.function("config_vars()", "How this Python was built, as far as sysconfig tells, in a dict.") { (_: Call) throws(PyError) -> Owned in
    let variables = try Owned.dict()
    for name in ["Py_GIL_DISABLED", "Py_DEBUG"] {
      let key = try Owned.string(name)
      try DictObject(variables.value).set(key.value, Value(smallInteger: 0))
    }
    return variables
  }
}
