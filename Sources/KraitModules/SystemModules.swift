// Modules that show the operating system.

import KraitRuntime

let systemModules: [ModuleDefinition] = [
  errnoModule,
  marshalModule,
  threadModule,
  weakrefModule,
  posixModule,
  ioModule,
  timeModule,
  statModule,
  pwdModule,
  posixSubprocessModule,
]
