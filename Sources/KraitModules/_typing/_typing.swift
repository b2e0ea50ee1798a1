// The module `_typing`: the types that `typing` shows, which the runtime makes for the syntax of type parameters.

import KraitRuntime

let typingModule = ModuleDefinition("_typing", "What the module typing stands on.\n") { (m: ModuleBuilder) throws(PyError) in
  try m.function("_idfunc(x, /)") { (call: Call) throws(PyError) -> Owned in Owned(copying: call[0]) }
  for type in [TypeObject.typeVar, .typeVarTuple, .paramSpec, .paramSpecArgs, .paramSpecKwargs, .generic] { try m.type(type) }
  try m.constant("TypeAliasType", TypeObject.typeAlias.value)
  try m.constant("Union", TypeObject.union.value)
  try m.constant("NoDefault", try TypeObject.noDefaultType.value.call())
}
