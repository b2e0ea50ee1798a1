// The types that this folder defines.

/// Defines function, method, code and native function types.
func defineCalls(_ types: TypeDefinitions) {
  defineNativeFunctionObject(types)
  defineMethodObject(types)
  defineFunctionObject(types)
  defineCodeObject(types)
}
