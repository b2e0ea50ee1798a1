// The types of None, NotImplemented and Ellipsis.

import CKraitCore

func defineSingletons(_ types: TypeDefinitions) {
  types.define(.noneType) { t in
    t.textSignature = "()"
    t.documentation = "What None is."
    t.rawNew("NoneType") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
      try refuseArguments("NoneType", arguments)
      return .none
    }
    t.slots.repr = UnarySlot { (_: Value) throws(PyError) -> Owned in try Owned.string("None") }
    // As in CPython since 3.12: the same in every process.
    t.slots.hash = HashSlot { (_: Value) throws(PyError) -> Int in 0xFCA8_6420 }
    t.slots.compare = CompareSlot { (a: Value, b: Value, op: Comparison) throws(PyError) -> Owned in
      switch op {
      case .equal: a === b ? .boolean(true) : .notImplemented
      case .notEqual: a === b ? .boolean(false) : .notImplemented
      default: .notImplemented
      }
    }
    t.slots.truth = TruthSlot { (_: Value) throws(PyError) -> Bool in false }
  }
  types.define(.notImplementedType) { t in
    t.textSignature = "()"
    t.documentation = "What NotImplemented is."
    t.rawNew("NotImplementedType") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
      try refuseArguments("NotImplementedType", arguments)
      return .notImplemented
    }
    t.slots.repr = UnarySlot { (_: Value) throws(PyError) -> Owned in try Owned.string("NotImplemented") }
    t.slots.truth = TruthSlot { (_: Value) throws(PyError) -> Bool in
      throw .typeError("NotImplemented should not be used in a boolean context")
    }
    t.method("__reduce__()") { (_: Call) throws(PyError) -> Owned in try Owned.string("NotImplemented") }
  }
  types.define(.ellipsisType) { t in
    t.textSignature = "()"
    t.documentation = "What ... is."
    t.rawNew("ellipsis") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
      try refuseArguments("EllipsisType", arguments)
      return Owned(taking: Value.ellipsis)
    }
    t.slots.repr = UnarySlot { (_: Value) throws(PyError) -> Owned in try Owned.string("Ellipsis") }
    t.method("__reduce__()") { (_: Call) throws(PyError) -> Owned in try Owned.string("Ellipsis") }
  }
}

private func refuseArguments(_ name: StaticString, _ arguments: Arguments) throws(PyError) {
  if arguments.positionalCount > 0 || arguments.keywordCount > 0 { throw .typeError("\(name) takes no arguments") }
}
