// Functions of `builtins` about one object: attributes, type tests, representation.

import CKraitCore

func defineObjectFunctions(_ m: ModuleBuilder) throws(PyError) {
  try m.function("len(obj, /)", "Return the number of items in a container.") { (call: Call) throws(PyError) -> Owned in
    Owned(taking: Value(smallInteger: try call[0].length()))
  }
  try m.function("repr(obj, /)", "Return the canonical string representation of the object.") { (call: Call) throws(PyError) -> Owned in
    try call[0].repr()
  }
}
