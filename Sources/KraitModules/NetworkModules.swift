// Modules for waiting, terminals, sockets and what the system keeps of groups, limits and locales.

import KraitRuntime

let networkModules: [ModuleDefinition] = [
  selectModule,
  fcntlModule,
  grpModule,
  resourceModule,
  termiosModule,
  syslogModule,
  localeModule,
  socketModule,
  posixSharedMemoryModule,
  multiprocessingModule,
  mmapModule,
]
