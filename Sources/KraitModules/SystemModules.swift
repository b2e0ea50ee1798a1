// Modules that show the operating system.

import KraitRuntime

let systemModules: [ModuleDefinition] = [
  errnoModule,
  marshalModule,
  threadModule,
  signalModule,
  weakrefModule,
  posixModule,
  ioModule,
  timeModule,
  statModule,
  pwdModule,
  posixSubprocessModule,
]
