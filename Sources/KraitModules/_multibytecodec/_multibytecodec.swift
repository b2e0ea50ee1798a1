// The modules of East Asian encodings: `_multibytecodec` has the classes, the others the codecs of a region.

import KraitRuntime

let multibytecodecModule = ModuleDefinition("_multibytecodec", "What the codecs of East Asian encodings are made of.") { (m: ModuleBuilder) throws(PyError) in
  try defineMultibyteCodec(m)
  try defineMultibyteStreams(m)
}

private func find(_ call: Call, _ names: [StaticString]) throws(PyError) -> Owned {
  guard call[0].isString else { throw .typeError("encoding name must be a string.") }
  let given = StringObject(call[0])
  guard let name = names.first(where: { given.isEqual(to: $0) }) else { throw PyError.raise(.lookupError, "no such codec is supported.") }
  return try MultibyteCodecObject.make(EastAsianCodecs.codec(name))
}

let japaneseCodecsModule = ModuleDefinition("_codecs_jp") { (m: ModuleBuilder) throws(PyError) in
  _ = try importModule("_multibytecodec")
  try m.function("getcodec(encoding, /)", "The codec with a name.") { (call: Call) throws(PyError) -> Owned in
    try find(call, ["shift_jis", "cp932", "euc_jp", "shift_jis_2004", "euc_jis_2004", "euc_jisx0213", "shift_jisx0213"])
  }
}

let koreanCodecsModule = ModuleDefinition("_codecs_kr") { (m: ModuleBuilder) throws(PyError) in
  _ = try importModule("_multibytecodec")
  try m.function("getcodec(encoding, /)", "The codec with a name.") { (call: Call) throws(PyError) -> Owned in try find(call, ["euc_kr", "cp949", "johab"]) }
}

let chineseCodecsModule = ModuleDefinition("_codecs_cn") { (m: ModuleBuilder) throws(PyError) in
  _ = try importModule("_multibytecodec")
  try m.function("getcodec(encoding, /)", "The codec with a name.") { (call: Call) throws(PyError) -> Owned in try find(call, ["gb2312", "gbk", "gb18030", "hz"]) }
}

let hongKongCodecsModule = ModuleDefinition("_codecs_hk") { (m: ModuleBuilder) throws(PyError) in
  _ = try importModule("_multibytecodec")
  try m.function("getcodec(encoding, /)", "The codec with a name.") { (call: Call) throws(PyError) -> Owned in try find(call, ["big5hkscs"]) }
}

let taiwaneseCodecsModule = ModuleDefinition("_codecs_tw") { (m: ModuleBuilder) throws(PyError) in
  _ = try importModule("_multibytecodec")
  try m.function("getcodec(encoding, /)", "The codec with a name.") { (call: Call) throws(PyError) -> Owned in try find(call, ["big5", "cp950"]) }
}

let iso2022CodecsModule = ModuleDefinition("_codecs_iso2022") { (m: ModuleBuilder) throws(PyError) in
  _ = try importModule("_multibytecodec")
  try m.function("getcodec(encoding, /)", "The codec with a name.") { (call: Call) throws(PyError) -> Owned in
    try find(
      call, ["iso2022_kr", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3", "iso2022_jp_ext"])
  }
}
