// The types that this folder defines.

/// Defines function, method, code and native function types, and those of the module `sys`.
func defineCalls(_ types: TypeDefinitions) {
  defineNativeFunctionObject(types)
  defineMethodObject(types)
  defineFunctionObject(types)
  defineCodeObject(types)
  defineSys(types)
}
