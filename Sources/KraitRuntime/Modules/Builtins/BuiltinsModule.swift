// The module `builtins`: its functions, constants, types and exceptions.

import CKraitCore

let builtinsModule = ModuleDefinition(
  "builtins", "The functions, types, exceptions and constants that need no import."
) { (m: ModuleBuilder) throws(PyError) in
  try defineObjectFunctions(m)
  try defineNumberFunctions(m)
  try defineIterationFunctions(m)
  try defineCompilation(m)
  try defineInputAndOutput(m)
  try defineClassBuilding(m)
  try defineImport(m)
  try m.constant("None", Value.none)
  try m.constant("True", .boolean(true))
  try m.constant("False", .boolean(false))
  try m.constant("Ellipsis", Owned(taking: .ellipsis))
  try m.constant("NotImplemented", Value.notImplemented)
  try m.constant("__debug__", .boolean(true))
  for type in builtinTypes { try m.type(type) }
  for type in BuiltinTypes.exceptions { try m.type(type) }
  try m.constant("EnvironmentError", TypeObject.osError.value)
  try m.constant("IOError", TypeObject.osError.value)
}

/// The types that have a name in `builtins`, exceptions aside.
private var builtinTypes: [TypeObject] {
  [
    .bool, .memoryview, .bytearray, .bytes, .classMethod, .complex, .dict, .enumerate, .filter, .float, .frozenset, .property, .int, .list, .map,
    .object, .range, .reversed, .set, .slice, .staticMethod, .str, .superType, .tuple, .type, .zip,
  ]
}

extension BuiltinTypes {
  /// The exception classes that have a name in `builtins`; they are the last of the table, but for some of other modules.
  static var exceptions: [TypeObject] {
    let first = table.firstIndex { "\($0.name)" == "BaseException" } ?? table.count
    return (first..<table.count).filter { "\(table[$0].module)" == "builtins" }.map { TypeObject.builtin($0) }
  }
}

/// Makes what every interpreter needs before it runs anything: `sys.modules`, `builtins`, `sys`.
func makeCoreModules(_ interpreter: UnsafeMutablePointer<InterpreterState>) throws(PyError) {
  interpreter.pointee.modules = try Owned.dict().take()
  let builtins = try builtinsModule.makeModule()
  interpreter.pointee.builtins = Owned(copying: ModuleObject(builtins.value).dict).take()
  interpreter.pointee.allFunction = DictObject(interpreter.pointee.builtins).get(interned: Name.all)
  interpreter.pointee.anyFunction = DictObject(interpreter.pointee.builtins).get(interned: Name.any)
  interpreter.pointee.commonConstants = try Owned.tuple(interpreter.pointee.allFunction, interpreter.pointee.anyFunction).take()
  try DictObject(interpreter.pointee.modules).set(Name.builtins, builtins.value)
  let sys = try sysModule.makeModule()
  interpreter.pointee.sys = Owned(copying: ModuleObject(sys.value).dict).take()
  try DictObject(interpreter.pointee.modules).set(Name.sys, sys.value)
}
