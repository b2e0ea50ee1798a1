// Modules of data types, iterators, functions and numbers.

import KraitRuntime

let collectionModules: [ModuleDefinition] = [
  abcModule,
  asyncioModule,
  atexitModule,
  bisectModule,
  collectionsModule,
  contextvarsModule,
  datetimeModule,
  functoolsModule,
  heapqModule,
  itertoolsModule,
  mathModule,
  operatorModule,
  randomModule,
  statisticsModule,
  structModule,
  sysconfigModule,
  typesModule,
  typingModule,
  zoneInfoModule,
]
