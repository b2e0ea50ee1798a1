// The compiler's passes in order: future features, preprocessing, symbol table, code generation (which assembles each unit as it ends).

import KraitSyntax

/// Compiles a tree to the code object of its module, as Python's `compile()` does.
///
/// The tree is changed: preprocessing folds parts of it and drops docstrings as `options` ask. Warnings are added to `source`;
/// the code object and all that it holds live in the source's arena.
public func compile(
  _ tree: Mod, source: SourceFile, options: CompileOptions = CompileOptions()
) throws(Diagnostic) -> CodeUnit {
  let future = try FutureFeatures(of: tree, source: source, options: options)
  try Preprocessor.run(tree, source: source, options: options, future: future)
  let symbolTable = try SymbolTable.build(tree, source: source, options: options, future: future)
  return try CodeGenerator(source: source, options: options, symbolTable: symbolTable).generate(tree)
}
