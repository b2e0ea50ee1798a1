// Modules of data types, iterators, functions and numbers.

import KraitRuntime

let collectionModules: [ModuleDefinition] = [
  collectionsModule,
]
