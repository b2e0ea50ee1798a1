// Modules that show the operating system.

import KraitRuntime

let systemModules: [ModuleDefinition] = [
  ctypesModule,
  errnoModule,
  faulthandlerModule,
  marshalModule,
  threadModule,
  interpretersModule,
  interpqueuesModule,
  interpchannelsModule,
  kraitModule,
  signalModule,
  queueModule,
  weakrefModule,
  posixModule,
  ioModule,
  timeModule,
  statModule,
  pwdModule,
  posixSubprocessModule,
  lsprofModule,
  remoteDebuggingModule,
  testInternalsModule,
  testLimitedProtocolModule,
  testMultiphaseModule,
]
