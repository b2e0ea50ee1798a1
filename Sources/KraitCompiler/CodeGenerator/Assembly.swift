// From a unit's instructions to its code object.

import KraitSyntax

extension CodeGenerator {
  /// Ends the current unit's instructions and makes its code object.
  func assemble(addsNone: Bool) throws(Diagnostic) -> CodeUnit {
    throw Diagnostic(.systemError, "the flow graph is not linked", fileName: source.fileName)
  }
}
