// Modules of data: hashes, compression, arrays, tables of characters.

import KraitRuntime

let dataModules: [ModuleDefinition] = [
  arrayModule,
  blake2Module,
  cmathModule,
  csvModule,
  md5Module,
  sha1Module,
  sha2Module,
  sha3Module,
  symtableModule,
  unicodedataModule,
  zlibModule,
]
