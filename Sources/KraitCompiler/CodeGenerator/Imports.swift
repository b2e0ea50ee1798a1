// import and from … import.

import KraitSyntax

extension CodeGenerator {
  func visit(_ node: AST.Import) throws(Diagnostic) {
    let range = node.range
    for alias in node.names {
      emitConstant(0, at: range)
      emitNone(at: range)
      emitName(.IMPORT_NAME, alias.name, at: range)
      if let name = alias.asname {
        emitImportAs(alias.name, name, at: range)
      } else {
        let bytes = alias.name.bytes
        if let dot = bytes.firstIndex(of: UInt8(ascii: ".")) {
          store(arena.text(UnsafeBufferPointer(rebasing: bytes[..<dot])), at: range)
        } else {
          store(alias.name, at: range)
        }
      }
    }
  }

  /// `import a.b.c as name`: the import left `a` on the stack, the name takes `c`.
  private func emitImportAs(_ path: Text, _ name: Text, at range: SourceRange) {
    let bytes = path.bytes
    guard let firstDot = bytes.firstIndex(of: UInt8(ascii: ".")) else { return store(name, at: range) }
    var start = firstDot + 1
    while true {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: ".")) ?? bytes.endIndex
      let attribute = arena.text(UnsafeBufferPointer(rebasing: bytes[start..<end]))
      emit(.IMPORT_FROM, unit.names.index(of: attribute), at: range)
      if end == bytes.endIndex { break }
      emit(.SWAP, 2, at: range)
      emit(.POP_TOP, at: range)
      start = end + 1
    }
    store(name, at: range)
    emit(.POP_TOP, at: range)
  }

  func visit(_ node: AST.ImportFrom) throws(Diagnostic) {
    let range = node.range
    emitConstant(node.level, at: range)
    emitConstant(arena.tuple(node.names.map { arena.string($0.name) }), at: range)
    emitName(.IMPORT_NAME, node.module ?? wellKnown.empty, at: range)
    for alias in node.names {
      if alias.name == "*" {
        emit(.CALL_INTRINSIC_1, Intrinsic.importStar.rawValue, at: range)
        emit(.POP_TOP, at: .none)
        return
      }
      emitName(.IMPORT_FROM, alias.name, at: range)
      store(alias.asname ?? alias.name, at: range)
    }
    emit(.POP_TOP, at: range)
  }
}
