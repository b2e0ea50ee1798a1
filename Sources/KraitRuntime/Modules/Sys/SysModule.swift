// The module `sys`: constants, hooks, streams.

import CKraitCore
import Glibc

let sysModule = ModuleDefinition("sys", "What the interpreter knows of itself, and what it can be told.") { (m: ModuleBuilder) throws(PyError) in
  try m.defineSystemInformation()
  try defineSystemConstants(m)
  try addStandardErrorPrinter(m)
  try defineHooks(m)
  try defineLimits(m)
  try defineInspection(m)
  try defineAuditing(m)
  try defineTracing(m)
}

private func ownedList(_ texts: [String]) throws(PyError) -> Owned {
  let result = try Owned.list()
  for text in texts { try ListObject(result.value).append(sharing: try decodedArgument(text)) }
  return result
}

/// A str of a command line argument or a path.
private func decodedArgument(_ text: String) throws(PyError) -> Owned {
  let configuration = RuntimeConfiguration.current
  guard configuration.hasUncoercedCLocale && !configuration.usesUTF8Mode else { return try Owned.systemText(text) }
  // The C locale knows ASCII; all other bytes are no characters.
  var builder = StringBuilder()
  for byte in SystemText.bytes(text) { try builder.append(codePoint: byte < 0x80 ? UInt32(byte) : 0xDC00 + UInt32(byte)) }
  return try builder.finish()
}

private func defineSystemConstants(_ m: ModuleBuilder) throws(PyError) {
  let configuration = RuntimeConfiguration.current
  try m.constant("modules", Owned(copying: currentInterpreter.pointee.modules))
  try m.constant("argv", try ownedList(configuration.arguments))
  try m.constant("orig_argv", try ownedList(configuration.originalArguments))
  try m.constant("path", try ownedList(configuration.path))
  try m.constant("warnoptions", try ownedList(configuration.warningOptions))
  let options = try Owned.dict()
  for option in configuration.extraOptions {
    let value = try option.value.map { (text: String) throws(PyError) -> Value in try Owned.systemText(text).take() } ?? .true
    let name = try Owned.string(option.name)
    try DictObject(options.value).set(name.value, value)
    value.releaseIfPresent()
  }
  try m.constant("_xoptions", options)
  try m.constant("meta_path", try Owned.list())
  try m.constant("path_hooks", try Owned.list())
  try m.constant("path_importer_cache", try Owned.dict())
  try m.constant("executable", configuration.executable)
  try m.constant("_base_executable", configuration.baseExecutable)
  try m.constant("prefix", configuration.prefix)
  try m.constant("exec_prefix", configuration.execPrefix)
  try m.constant("base_prefix", configuration.basePrefix)
  try m.constant("base_exec_prefix", configuration.baseExecPrefix)
  if let folder = configuration.libraryFolder { try m.constant("_stdlib_dir", folder) } else { try m.constant("_stdlib_dir", Value.none) }
  try m.constant("dont_write_bytecode", .boolean(configuration.writesNoBytecode))
  try m.constant("version", RuntimeConfiguration.versionText)
  try m.constant("hexversion", 0x030E_08F0)
  try m.constant("api_version", 1013)
  try m.constant("maxsize", Int.max)
  try m.constant("maxunicode", 0x10FFFF)
  try m.constant("byteorder", "little")
  try m.constant("platform", "linux")
  try m.constant("platlibdir", configuration.platformLibraryFolder)
  try m.constant("abiflags", "")
  try m.constant("float_repr_style", "short")
  let prefix = RuntimeConfiguration.current.cachePrefix ?? ""
  try m.constant("pycache_prefix", prefix.isEmpty ? .none : try Owned.string(prefix))
  try m.constant("_framework", "")
  try m.constant("_home", Value.none)
  try m.constant(
    "copyright",
    """
    Copyright (c) 2001 Python Software Foundation.
    All Rights Reserved.

    Copyright (c) 2000 BeOpen.com.
    All Rights Reserved.

    Copyright (c) 1995-2001 Corporation for National Research Initiatives.
    All Rights Reserved.

    Copyright (c) 1991-1995 Stichting Mathematisch Centrum, Amsterdam.
    All Rights Reserved.
    """)
  let project = try Owned.string("Krait" as StaticString)
  let git = try Owned.tuple([project.value, Name.empty, Name.empty])
  try m.constant("_git", git)
  let standard = try Owned.list()
  let text = UnsafeBufferPointer(start: standardModuleNames.utf8Start, count: standardModuleNames.utf8CodeUnitCount)
  var start = 0
  for end in 0...text.count where end == text.count || text[end] <= 0x20 {
    if end > start { try ListObject(standard.value).append(sharing: intern(try Owned.string(utf8: UnsafeBufferPointer(rebasing: text[start..<end])))) }
    start = end + 1
  }
  try m.constant("stdlib_module_names", try TypeObject.frozenset.value.call(standard.value))
  let names = try Owned.list(capacity: nativeModules.definitions.count)
  for definition in nativeModules.definitions { try ListObject(names.value).append(sharing: intern(try Owned.string(definition.name))) }
  try m.constant("builtin_module_names", try Owned.tuple(from: names.value))
}
