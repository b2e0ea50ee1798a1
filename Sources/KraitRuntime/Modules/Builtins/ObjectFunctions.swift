// Functions of `builtins` about one object: attributes, representation, identity.

import CKraitCore

func defineObjectFunctions(_ m: ModuleBuilder) throws(PyError) {
  try m.function("len(obj, /)", "Return how many items a container has.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(try call[0].length())
  }
  try m.function("repr(obj, /)", "Return a str that shows the object, if possible as an expression that makes it.") {
    (call: Call) throws(PyError) -> Owned in try call[0].repr()
  }
  try m.function("ascii(obj, /)", "As repr(), with escapes for all characters that are not ASCII.") { (call: Call) throws(PyError) -> Owned in
    try call[0].ascii()
  }
  try m.function("hash(obj, /)", "Return the object's hash value; equal objects have equal ones.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(try call[0].hash())
  }
  try m.function("id(obj, /)", "Return a number that no other object has as long as this one lives.") {
    (call: Call) throws(PyError) -> Owned in try Owned.integer(call[0].bits)
  }
  try m.function("callable(obj, /)", "Return whether the object can be called.") { (call: Call) throws(PyError) -> Owned in
    .boolean(call[0].isCallable)
  }
  try m.function("format(value, format_spec='', /)", "The text that value makes of format_spec by its type's __format__.") {
    (call: Call) throws(PyError) -> Owned in try call[0].format(try call.string(1))
  }
  try defineAttributeFunctions(m)
  try defineClassTests(m)
  try defineNamespaceFunctions(m)
}

private func checkAttributeName(_ value: Value) throws(PyError) {
  if !value.isString { throw .typeError("attribute name must be string, not '\(value.typeName)'") }
}

private func defineAttributeFunctions(_ m: ModuleBuilder) throws(PyError) {
  try m.function(
    "getattr(object, name, default=<unrepresentable>, /)", "Return the named attribute; the default, if one is given, when there is none."
  ) { (call: Call) throws(PyError) -> Owned in
    try checkAttributeName(call[1])
    if call[2].isAbsent { return try call[0].getAttribute(call[1]) }
    let found = try call[0].lookUpAttribute(call[1])
    return found.value.isAbsent ? Owned(copying: call[2]) : found
  }
  try m.function("hasattr(obj, name, /)", "Return whether the object has the named attribute.") { (call: Call) throws(PyError) -> Owned in
    try checkAttributeName(call[1])
    let found = try call[0].lookUpAttribute(call[1])
    return .boolean(!found.value.isAbsent)
  }
  try m.function("setattr(obj, name, value, /)", "Set the named attribute.") { (call: Call) throws(PyError) -> Owned in
    try checkAttributeName(call[1])
    try call[0].setAttribute(call[1], call[2])
    return .none
  }
  try m.function("delattr(obj, name, /)", "Delete the named attribute.") { (call: Call) throws(PyError) -> Owned in
    try checkAttributeName(call[1])
    try call[0].deleteAttribute(call[1])
    return .none
  }
}

// MARK: - Names

private func defineNamespaceFunctions(_ m: ModuleBuilder) throws(PyError) {
  try m.function("globals()", "Return the dict of the running code's global names.") { (_: Call) throws(PyError) -> Owned in
    let globals = currentThread.pointee.currentGlobals
    return globals.isAbsent ? .none : Owned(copying: globals)
  }
  try m.function("locals()", "Return a mapping of the running code's local names.") { (_: Call) throws(PyError) -> Owned in try currentLocals() }
  try m.rawFunction("dir", "Return the sorted names of an object's attributes, or of the local names.") {
    (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkNoKeywords("dir")
    try arguments.check("dir", 0, 1)
    return arguments.positionalCount == 0 ? try sortedLocalNames() : try directory(of: arguments.base[0])
  }
  try m.rawFunction("vars", "Return an object's __dict__, or the local names.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkNoKeywords("vars")
    try arguments.check("vars", 0, 1)
    if arguments.positionalCount == 0 { return try currentLocals() }
    let dict = try arguments.base[0].lookUpAttribute(Name.__dict__)
    if dict.value.isAbsent { throw .typeError("vars() argument must have __dict__ attribute") }
    return dict
  }
}

/// What `locals()` returns in the running frame.
func currentLocals() throws(PyError) -> Owned {
  try currentThread.pointee.currentLocals()
}

private func sortedList(_ iterable: Value) throws(PyError) -> Owned {
  let list = try Owned.list(from: iterable)
  _ = try list.value.callMethod(Name.sort)
  return list
}

private func sortedLocalNames() throws(PyError) -> Owned {
  let locals = try currentLocals()
  let names = try locals.value.callMethod(Name.keys)
  return try sortedList(names.value)
}

private func directory(of object: Value) throws(PyError) -> Owned {
  let method = try object.lookUpSpecial(Name.__dir__)
  if method.value.isAbsent { throw .typeError("object does not provide __dir__") }
  let names = try method.value.call()
  return try sortedList(names.value)
}
