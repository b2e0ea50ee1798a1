// The module `_collections`: what `collections` has in native code.

import KraitRuntime

let collectionsModule = ModuleDefinition(
  "_collections", "High performance data structures: deque, defaultdict, OrderedDict."
) { (m: ModuleBuilder) throws(PyError) in
  try defineDefaultDict(m)
}
