// What generic aliases and unions share: type parameters in arguments, substitution, and how types are shown.

import CKraitCore

enum TypeArguments {
  /// The tuple of the distinct type parameters that stand in a tuple of arguments, in order of appearance.
  static func parameters(in arguments: Value) throws(PyError) -> Owned {
    let found = try Owned.list()
    try collect(arguments, into: ListObject(found.value))
    return try Owned.tuple(from: found.value)
  }

  private static func collect(_ arguments: Value, into found: ListObject) throws(PyError) {
    try checkNativeRecursion(" while collecting type parameters")
    try arguments.iterateEach { (argument) throws(PyError) -> Bool in
      // A class is no parameter, though it may have attributes of these names.
      if argument.isType { return true }
      if argument.isTuple || argument.isList {
        try collect(argument, into: found)
        return true
      }
      let substitute = try argument.lookUpAttribute(Name.__typing_subst__)
      if !substitute.value.isAbsent {
        try add(argument, to: found)
        return true
      }
      let parameters = try argument.lookUpAttribute(Name.__parameters__)
      if !parameters.value.isAbsent, parameters.value.isTuple {
        for parameter in TupleObject(parameters.value).buffer { try add(parameter, to: found) }
      }
      return true
    }
  }

  private static func add(_ parameter: Value, to found: ListObject) throws(PyError) {
    for index in 0..<found.count where found[index] === parameter { return }
    try found.append(parameter)
  }

  /// The arguments with `item` (one argument or a tuple of them) in place of the parameters.
  static func substitute(_ alias: Value, _ arguments: Value, _ parameters: Value, _ item: Value) throws(PyError) -> Owned {
    let count = TupleObject(parameters).count
    guard count > 0 else { throw PyError.typeError("\(try alias.repr().text) is not a generic class") }
    var given = try unpacked(item)
    for parameter in TupleObject(parameters).buffer {
      let prepare = try parameter.lookUpAttribute(Name.__typing_prepare_subst__)
      guard !prepare.value.isAbsent && !prepare.value.isNone else { continue }
      let tuple = given.value.isTuple ? given.copy() : try Owned.tuple(given.value)
      given = try prepare.value.call(alias, tuple.value)
    }
    let items = given.value.isTuple ? given.copy() : try Owned.tuple(given.value)
    let actual = TupleObject(items.value).count
    guard actual == count else {
      throw PyError.typeError("Too \(actual > count ? "many" : "few") arguments for \(try alias.repr().text); actual \(actual), expected \(count)")
    }
    return try replaced(arguments, parameters, items.value)
  }

  /// A tuple of arguments in which starred aliases are expanded.
  private static func unpacked(_ item: Value) throws(PyError) -> Owned {
    let list = try Owned.list()
    let items = item.isTuple ? Owned(copying: item) : try Owned.tuple(item)
    for argument in TupleObject(items.value).buffer {
      if argument.isType {
        try ListObject(list.value).append(argument)
        continue
      }
      let inner = try argument.lookUpAttribute(Name.__typing_unpacked_tuple_args__)
      if !inner.value.isAbsent, inner.value.isTuple, !(TupleObject(inner.value).count > 0 && TupleObject(inner.value)[TupleObject(inner.value).count - 1] === .ellipsis) {
        for element in TupleObject(inner.value).buffer { try ListObject(list.value).append(element) }
      } else {
        try ListObject(list.value).append(argument)
      }
    }
    return try Owned.tuple(from: list.value)
  }

  private static func replaced(_ arguments: Value, _ parameters: Value, _ items: Value) throws(PyError) -> Owned {
    let result = try Owned.list()
    try arguments.iterateEach { (argument) throws(PyError) -> Bool in
      if argument.isType {
        try ListObject(result.value).append(argument)
        return true
      }
      if argument.isTuple || argument.isList {
        let inner = try replaced(argument, parameters, items)
        let kept = argument.isList ? try Owned.list(from: inner.value) : inner.copy()
        try ListObject(result.value).append(kept.value)
        return true
      }
      let unpacks = try argument.lookUpAttribute(Name.__typing_is_unpacked_typevartuple__)
      let isUnpacked = unpacks.value.isAbsent ? false : try unpacks.value.isTruthy()
      let substitute = try argument.lookUpAttribute(Name.__typing_subst__)
      var new: Owned
      if !substitute.value.isAbsent {
        guard let place = TupleObject(parameters).buffer.firstIndex(where: { $0 === argument }) else {
          throw PyError.typeError("argument \(try argument.repr().text) with __typing_subst__ was not found in __parameters__")
        }
        new = try substitute.value.call(TupleObject(items)[place])
      } else {
        new = try substituteInside(argument, parameters, items)
      }
      if isUnpacked && !new.value.isTuple {
        throw PyError.typeError("expected __typing_subst__ of \(argument.typeName) objects to return a tuple, not \(new.value.typeName)")
      }
      if isUnpacked {
        for element in TupleObject(new.value).buffer { try ListObject(result.value).append(element) }
      } else {
        try ListObject(result.value).append(new.value)
      }
      return true
    }
    return try Owned.tuple(from: result.value)
  }

  /// An argument that has parameters of its own, subscripted with what stands for them.
  private static func substituteInside(_ argument: Value, _ parameters: Value, _ items: Value) throws(PyError) -> Owned {
    let own = try argument.lookUpAttribute(Name.__parameters__)
    guard !own.value.isAbsent, own.value.isTuple, TupleObject(own.value).count > 0 else { return Owned(copying: argument) }
    let inner = try Owned.list()
    for parameter in TupleObject(own.value).buffer {
      guard let place = TupleObject(parameters).buffer.firstIndex(where: { $0 === parameter }) else {
        try ListObject(inner.value).append(parameter)
        continue
      }
      let item = TupleObject(items)[place]
      if item.isTuple && parameter.type.slots.pointee.iterate != nil {
        for element in TupleObject(item).buffer { try ListObject(inner.value).append(element) }
      } else {
        try ListObject(inner.value).append(item)
      }
    }
    let item = try Owned.tuple(from: inner.value)
    return try argument.getItem(item.value)
  }

  /// How a type is shown as an argument: `int`, `collections.abc.Callable`, `...`.
  static func text(of type: Value) throws(PyError) -> String {
    if type === .ellipsis { return "..." }
    if type.isNone || type === TypeObject.noneType.value { return "None" }
    let origin = try type.lookUpAttribute(Name.__origin__)
    if !origin.value.isAbsent {
      let arguments = try type.lookUpAttribute(Name.__args__)
      if !arguments.value.isAbsent { return try type.repr().text }
    }
    let qualifiedName = try type.lookUpAttribute(Name.__qualname__)
    if !qualifiedName.value.isAbsent {
      let module = try type.lookUpAttribute(Name.__module__)
      if !module.value.isAbsent && !module.value.isNone {
        let name = try qualifiedName.value.str().text
        if module.value.isString && module.value.text == "builtins" { return name }
        return "\(try module.value.str().text).\(name)"
      }
    }
    return try type.repr().text
  }

  /// As ``text(of:)``, where a list of types may stand too.
  static func textOfItem(_ item: Value) throws(PyError) -> String {
    guard item.isList else { return try text(of: item) }
    var parts: [String] = []
    let count = ListObject(item).count
    for index in 0..<count {
      // An item's `__repr__` may have made the list shorter.
      guard index < ListObject(item).count else { throw PyError.indexError("list index out of range") }
      let element = Owned(copying: ListObject(item)[index])
      parts.append(try text(of: element.value))
    }
    return "[\(parts.joined(separator: ", "))]"
  }
}
