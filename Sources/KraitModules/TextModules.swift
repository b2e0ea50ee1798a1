// Modules about text: patterns, formats, characters, checksums, and Python's own source.

import KraitRuntime

let textModules: [ModuleDefinition] = [
  _jsonModule,
  _opcodeModule,
  _sreModule,
  _suggestionsModule,
  _tokenizeModule,
  binasciiModule,
  chineseCodecsModule,
  hongKongCodecsModule,
  iso2022CodecsModule,
  japaneseCodecsModule,
  koreanCodecsModule,
  multibytecodecModule,
  pyexpatModule,
  taiwaneseCodecsModule,
]
