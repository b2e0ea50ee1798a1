// Modules of data: hashes, compression, arrays, tables of characters.

import KraitRuntime

let dataModules: [ModuleDefinition] = [
  arrayModule,
  blake2Module,
  bz2Module,
  cmathModule,
  csvModule,
  decimalModule,
  elementTreeModule,
  lzmaModule,
  md5Module,
  pickleModule,
  sha1Module,
  sha2Module,
  sha3Module,
  symtableModule,
  unicodedataModule,
  uuidModule,
  zlibModule,
]
