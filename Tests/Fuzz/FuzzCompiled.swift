// Fuzz target: any bytes as a `.pyc`: read, written again, made a code unit, disassembled.

import KraitCompiler
import KraitSyntax

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCompiled(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  do {
    let file = try PycFile(Array(UnsafeBufferPointer(start: data, count: size)), name: "fuzz")
    _ = file.bytes
    let arena = Arena()
    let unit = try file.codeUnit(in: arena)
    var output = ByteBuffer()
    var options = DisassemblyOptions()
    options.showsCaches = true
    options.showsPositions = true
    unit.disassemble(options, into: &output)
    _ = unit.marshaled(in: arena)
  } catch {}
  return 0
}
