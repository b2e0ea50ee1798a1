// Type parameters and t-strings: instructions whose results are objects of the module `typing`.

import CKraitCore

enum Typing {
  private static func missing(_ what: String) -> PyError { .raise(.notImplementedError, "\(what) is not available yet") }

  static func typeVariable(name: Value) throws(PyError) -> Owned { throw missing("TypeVar") }
  static func typeVariable(name: Value, evaluateBound: Value) throws(PyError) -> Owned { throw missing("TypeVar") }
  static func typeVariable(name: Value, evaluateConstraints: Value) throws(PyError) -> Owned { throw missing("TypeVar") }
  static func parameterSpecification(name: Value) throws(PyError) -> Owned { throw missing("ParamSpec") }
  static func typeVariableTuple(name: Value) throws(PyError) -> Owned { throw missing("TypeVarTuple") }
  static func subscriptGeneric(_ parameters: Value) throws(PyError) -> Owned { throw missing("Generic") }
  static func typeAlias(_ parts: Value) throws(PyError) -> Owned { throw missing("TypeAliasType") }
  static func setDefault(of parameter: Value, evaluate: Value) throws(PyError) -> Owned { throw missing("a type parameter's default") }
}

enum TemplateObject {
  static func make(strings: Value, interpolations: Value) throws(PyError) -> Owned { throw .raise(.notImplementedError, "Template is not available yet") }
}

enum InterpolationObject {
  static func make(value: Value, expression: Value, conversion: Value, formatSpec: Value) throws(PyError) -> Owned {
    throw .raise(.notImplementedError, "Interpolation is not available yet")
  }
}
