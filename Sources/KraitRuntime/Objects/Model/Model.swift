// The types of the object model itself.

import CKraitCore
import Glibc

/// Describes the types of this folder.
func defineModel(_ types: TypeDefinitions) {
  defineObject(types)
  defineType(types)
  defineDescriptors(types)
  defineProperty(types)
  defineClassMethods(types)
  defineSuper(types)
  defineMappingProxy(types)
  defineSimpleNamespace(types)
  defineSingletons(types)
  defineCell(types)
  defineModule(types)
}

/// The working directory; nil when it cannot be told.
func currentDirectory() -> String? {
  guard let path = getcwd(nil, 0) else { return nil }
  defer { free(path) }
  return String(cString: path)
}
