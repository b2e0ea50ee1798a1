// The module `_types`: names for builtin types, which `types` shows.

import KraitRuntime

/// What other runtimes hand addresses around in; nothing here makes one.
nonisolated(unsafe) private var capsuleType = ModuleType()

let typesModule = ModuleDefinition("_types", "The types that only syntax and native code make.") { (m: ModuleBuilder) throws(PyError) in
  try m.constant("AsyncGeneratorType", TypeObject.asyncGenerator.value)
  try m.constant("BuiltinFunctionType", TypeObject.builtinFunction.value)
  try m.constant("BuiltinMethodType", TypeObject.builtinFunction.value)
  try m.constant("CellType", TypeObject.cell.value)
  try m.constant("ClassMethodDescriptorType", TypeObject.classMethodDescriptor.value)
  try m.constant("CodeType", TypeObject.code.value)
  try m.constant("CoroutineType", TypeObject.coroutine.value)
  try m.constant("EllipsisType", TypeObject.ellipsisType.value)
  try m.constant("FrameType", TypeObject.frame.value)
  try m.constant("FunctionType", TypeObject.function.value)
  try m.constant("GeneratorType", TypeObject.generator.value)
  try m.constant("GenericAlias", TypeObject.genericAlias.value)
  try m.constant("GetSetDescriptorType", TypeObject.getSetDescriptor.value)
  try m.constant("LambdaType", TypeObject.function.value)
  try m.constant("MappingProxyType", TypeObject.mappingProxy.value)
  try m.constant("MemberDescriptorType", TypeObject.memberDescriptor.value)
  try m.constant("MethodDescriptorType", TypeObject.methodDescriptor.value)
  try m.constant("MethodType", TypeObject.method.value)
  try m.constant("MethodWrapperType", TypeObject.methodWrapper.value)
  try m.constant("ModuleType", TypeObject.module.value)
  try m.constant("NoneType", TypeObject.noneType.value)
  try m.constant("NotImplementedType", TypeObject.notImplementedType.value)
  try m.constant("SimpleNamespace", TypeObject.simpleNamespace.value)
  try m.constant("TracebackType", TypeObject.traceback.value)
  try m.constant("UnionType", TypeObject.union.value)
  try m.constant("WrapperDescriptorType", TypeObject.wrapperDescriptor.value)
  capsuleType = ModuleType(
    try m.defineType("PyCapsule", module: "builtins", isPublic: false, isStatic: true) { t in
      t.documentation = "An address of native code, wrapped in an object."
    })
  try m.constant("CapsuleType", capsuleType.value)
}
