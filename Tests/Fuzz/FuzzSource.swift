// Fuzz target: any bytes as Python source, through every pass of the front end. The first byte chooses the mode and the optimisation level.

import KraitCompiler
import KraitSyntax

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSource(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 0 else { return 0 }
  let modes: [ParseOptions.Mode] = [.file, .single, .evaluate, .functionType]
  var parsing = ParseOptions()
  parsing.mode = modes[Int(data[0] & 3)]
  parsing.typeComments = data[0] & 16 != 0
  parsing.allowsIncompleteInput = data[0] & 32 != 0
  var compiling = CompileOptions()
  compiling.optimizationLevel = Int(data[0] >> 2 & 3) % 3
  compiling.allowsTopLevelAwait = data[0] & 64 != 0
  let bytes = UnsafeBufferPointer(start: data + 1, count: size - 1)
  do {
    let source = try SourceFile(bytes: bytes, fileName: "<fuzz>", mode: parsing.mode)
    let tree = try parse(source, options: parsing)
    if parsing.mode == .functionType { return 0 }
    let unit = try compile(tree, source: source, options: compiling)
    // What was written must be readable, and give the same bytes again.
    let written = PycFile.bytes(unit, header: PycHeader(validation: .uncheckedHash(0)), in: source.arena)
    let read = try PycFile(written, name: "fuzz")
    precondition(read.bytes == written)
  } catch {}
  return 0
}
