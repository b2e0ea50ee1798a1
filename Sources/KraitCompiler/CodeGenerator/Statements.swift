// Statements, dispatched by kind.

import KraitSyntax

extension CodeGenerator {
  func visit(_ statements: NodeList<Stmt>) throws(Diagnostic) {
    for statement in statements { try visit(statement) }
  }

  func visit(_ statement: Stmt) throws(Diagnostic) {
    try checkDepth()
  }
}
