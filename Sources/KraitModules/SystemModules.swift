// Modules that show the operating system.

import KraitRuntime

let systemModules: [ModuleDefinition] = [
  errnoModule,
]
