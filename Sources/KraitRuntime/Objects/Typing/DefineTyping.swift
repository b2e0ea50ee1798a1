// The types behind annotations and type parameters (PEP 585, 604, 695, 696) and template strings (PEP 750).

import CKraitCore

func defineTyping(_ types: TypeDefinitions) {
}

extension Owned {
  /// `origin[arguments]` of a class that takes type arguments.
  public static func genericAlias(_ origin: Value, _ arguments: Value) throws(PyError) -> Owned {
    throw PyError.raise(.notImplementedError, "generic aliases")
  }
}
