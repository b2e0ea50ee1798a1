// Modules of data types, iterators, functions and numbers.

import KraitRuntime

let collectionModules: [ModuleDefinition] = [
  abcModule,
  atexitModule,
  collectionsModule,
  itertoolsModule,
  operatorModule,
  typesModule,
  typingModule,
]
