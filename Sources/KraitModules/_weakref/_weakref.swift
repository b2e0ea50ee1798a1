// The module `_weakref`: what `weakref` is made of.

import KraitRuntime

let weakrefModule = ModuleDefinition("_weakref", "References that do not keep their objects alive.") { (m: ModuleBuilder) throws(PyError) in
  try m.constant("ref", TypeObject.weakReference.value)
  try m.constant("ReferenceType", TypeObject.weakReference.value)
  try m.constant("ProxyType", TypeObject.weakProxy.value)
  try m.constant("CallableProxyType", TypeObject.weakCallableProxy.value)
  try m.function("proxy(object, callback=None, /)", "Make a proxy that behaves as the object does.") { (call: Call) throws(PyError) -> Owned in
    try call[0].weakReference(type: call[0].isCallable ? .weakCallableProxy : .weakProxy, callback: call[1])
  }
  try m.function("getweakrefcount(object, /)", "Return how many weak references an object has.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(call[0].weakReferenceCount)
  }
  try m.function("getweakrefs(object, /)", "Return a list of an object's weak references.") { (call: Call) throws(PyError) -> Owned in
    try call[0].weakReferenceList()
  }
  try m.function("_remove_dead_weakref(dct, key, /)", "Remove a key from a dict if its value is a dead weak reference.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isDict else { throw call.wrongType(0, "dict") }
    let found = Owned(copyingIfPresent: try DictObject(call[0]).get(call[1]))
    if !found.value.isAbsent, found.value.isWeakReference {
      let target = WeakReferenceObject(found.value).target()
      if target.value.isAbsent { _ = try DictObject(call[0]).remove(call[1]) }
    }
    return .none
  }
}
