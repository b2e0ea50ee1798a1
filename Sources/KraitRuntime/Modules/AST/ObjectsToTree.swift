// From Python's node objects to the front end's tree.

import CKraitCore
import KraitSyntax

/// Reads node objects into an arena, with CPython's checks of classes and fields.
final class TreeReader {
  private let classes: TreeClasses
  private let arena: Arena
  /// Classes of nodes by address.
  private var kinds: [UInt64: NodeKind] = [:]

  /// - Parameter mode: what kind of tree is wanted: 0 a module, 1 an expression, 2 what is typed in, 3 the type of a function.
  static func tree(of object: Value, mode: Int, arena: Arena) throws(PyError) -> Mod {
    let reader = TreeReader(classes: try TreeClasses.current(), arena: arena)
    let wanted: NodeKind = [.module, .expression, .interactive, .functionType][mode]
    guard object.isInstance(of: TypeObject(reader.classes.class(of: wanted))) else {
      throw .typeError("expected \(wanted.name) node, got \(object.type.nameText)")
    }
    guard let node = try reader.node(.mod, object) else { throw .typeError("expected \(wanted.name) node, got \(object.type.nameText)") }
    return Mod(raw: node)
  }

  /// Whether a value is a node that `compile()` takes.
  static func isTree(_ value: Value) throws(PyError) -> Bool {
    // Without a class of nodes among the bases there is no need to import the module.
    guard value.isObject, value.type.isHeapType else { return false }
    return value.isInstance(of: TypeObject(try TreeClasses.current().base))
  }

  private init(classes: TreeClasses, arena: Arena) {
    self.classes = classes
    self.arena = arena
    for kind in NodeKind.allCases { kinds[classes.class(of: kind).bits] = kind }
  }

  /// A node of a category; nil for None where the category is a sum.
  private func node(_ category: NodeCategory, _ object: Value) throws(PyError) -> UnsafeMutableRawPointer? {
    try checkNativeRecursion(StaticString(" during compilation"))
    if category.isProduct {
      guard let kind = NodeKind.allCases.first(where: { $0.category == category }) else { return nil }
      let node = try fill(kind, object)
      if category.isLocated { try storeRange(of: object, category, node) }
      return try check(kind, node)
    }
    if object.isNone { return nil }
    let range = arena.allocate(24)
    if category.isLocated { try storeRange(of: object, category, range) }
    guard let kind = kind(of: object, category) else {
      throw .typeError("expected some sort of \(category.name), but got \(try object.repr().text)")
    }
    let node = try fill(kind, object)
    if category.isLocated {
      node.storeBytes(of: range.load(fromByteOffset: 4, as: SourceRange.self), toByteOffset: 4, as: SourceRange.self)
    }
    return try check(kind, node)
  }

  /// The class of nodes of a category that an object is an instance of.
  private func kind(of object: Value, _ category: NodeCategory) -> NodeKind? {
    if let kind = kinds[object.type.value.bits], kind.category == category { return kind }
    let order = TupleObject(object.type.contents.pointee.mro)
    for index in 0..<order.count {
      if let kind = kinds[order[index].bits], kind.category == category { return kind }
    }
    return nil
  }

  private func storeRange(of object: Value, _ category: NodeCategory, _ node: UnsafeMutableRawPointer) throws(PyError) {
    func required(_ name: Value) throws(PyError) -> Int32 {
      let value = try object.lookUpAttribute(name)
      if value.value.isAbsent { throw .typeError("required field \"\(name.text)\" missing from \(category.name)") }
      return try int32(value.value)
    }
    func optional(_ name: Value, _ fallback: Int32) throws(PyError) -> Int32 {
      let value = try object.lookUpAttribute(name)
      return value.value.isAbsent || value.value.isNone ? fallback : try int32(value.value)
    }
    let line = try required(Name.lineno)
    let column = try required(TreeNames.columnOffset)
    let endLine = try optional(Name.end_lineno, line)
    let endColumn = try optional(TreeNames.endColumnOffset, column)
    node.storeBytes(of: SourceRange(line: line, column: column, endLine: endLine, endColumn: endColumn), toByteOffset: 4, as: SourceRange.self)
  }

  private func int32(_ value: Value) throws(PyError) -> Int32 {
    guard value.isInteger else { throw .valueError("invalid integer value: \(try value.repr().text)") }
    guard let word = Integer.asInt(value), let result = Int32(exactly: word) else { throw .overflowError("Python int too large to convert to C int") }
    return result
  }

  // MARK: Fields

  /// A node of a kind with its fields read from an object.
  private func fill(_ kind: NodeKind, _ object: Value) throws(PyError) -> UnsafeMutableRawPointer {
    let fields = kind.fields
    // Turning a node into a constant in place needs room for one.
    let node = arena.allocate(max(24 + 8 * fields.count, 40))
    node.initializeMemory(as: UInt8.self, repeating: 0, count: max(24 + 8 * fields.count, 40))
    node.storeBytes(of: kind, as: NodeKind.self)
    node.storeBytes(of: SourceRange.none, toByteOffset: 4, as: SourceRange.self)
    for field in fields {
      let name = intern(try Owned.string(field.name))
      let value = try object.lookUpAttribute(name.value)
      if field.isList {
        let list = try list(field, value.value, kind)
        node.storeBytes(of: list, toByteOffset: field.offset, as: UnsafeMutableRawPointer?.self)
        continue
      }
      if value.value.isAbsent || value.value.isNone && (field.isOptional || field.isNumberOrNone) {
        if field.isOptional || field.isNumberOrNone { continue }
        // A context that is left out is Load.
        if case .enumeration(.exprContext) = field.kind { continue }
        throw .typeError("required field \"\(field.name)\" missing from \(kind.name)")
      }
      try store(field.kind, value.value, at: node + field.offset)
    }
    return node
  }

  /// Refuses fields that must have a value and have none.
  private func check(_ kind: NodeKind, _ node: UnsafeMutableRawPointer) throws(PyError) -> UnsafeMutableRawPointer {
    for field in kind.fields where !field.isList && !field.isOptional {
      switch field.kind {
      case .int, .enumeration: continue
      default:
        if node.load(fromByteOffset: field.offset, as: UInt.self) == 0 { throw .valueError("field '\(field.name)' is required for \(kind.name)") }
      }
    }
    return node
  }

  private func list(_ field: NodeField, _ value: Value, _ kind: NodeKind) throws(PyError) -> UnsafeMutableRawPointer? {
    if value.isAbsent { return nil }
    guard value.isList else { throw .typeError("\(kind.name) field \"\(field.name)\" must be a list, not a \(value.typeName)") }
    let items = ListObject(value)
    let count = items.count
    if count == 0 { return nil }
    let stride = if case .enumeration = field.kind { 1 } else { 8 }
    let memory = arena.allocate(8 + count * stride)
    memory.storeBytes(of: count, as: Int.self)
    (memory + 8).initializeMemory(as: UInt8.self, repeating: 0, count: count * stride)
    for index in 0..<count {
      guard items.count == count else { throw .runtimeError("\(kind.name) field \"\(field.name)\" changed size during iteration") }
      let item = Owned(copying: items[index])
      try store(field.kind, item.value, at: memory + 8 + index * stride)
    }
    guard items.count == count else { throw .runtimeError("\(kind.name) field \"\(field.name)\" changed size during iteration") }
    return memory
  }

  private func store(_ kind: NodeField.Kind, _ value: Value, at place: UnsafeMutableRawPointer) throws(PyError) {
    switch kind {
    case .category(let category): place.storeBytes(of: try node(category, value), as: UnsafeMutableRawPointer?.self)
    case .identifier:
      if value.isNone { return }
      guard value.isExactString else { throw .typeError("AST identifier must be of type str") }
      place.storeBytes(of: text(value), as: Text.self)
    case .string:
      if value.isNone { return }
      guard value.isExactString else { throw .typeError("AST string must be of type str") }
      place.storeBytes(of: text(value), as: Text.self)
    case .constant: place.storeBytes(of: try constant(value), as: ConstantValue.self)
    case .int: place.storeBytes(of: Int(try int32(value)), as: Int.self)
    case .enumeration(let enumeration):
      for member in enumeration.members.indices
      where value === classes.instance(enumeration, member) || value.isInstance(of: TypeObject(classes.memberClass(enumeration, member))) {
        place.storeBytes(of: UInt8(member), as: UInt8.self)
        return
      }
      throw .typeError("expected some sort of \(enumeration.name), but got \(try value.repr().text)")
    }
  }

  private func text(_ value: Value) -> Text {
    StringObject(value).withUTF8 { (bytes: UnsafeBufferPointer<UInt8>) -> Text in arena.text(bytes) }
  }

  /// A constant of the front end for a value.
  private func constant(_ value: Value) throws(PyError) -> ConstantValue {
    try checkNativeRecursion(" during compilation")
    if value.isNone { return arena.none }
    if value === .ellipsis { return arena.ellipsis }
    if value.isBool { return arena.boolean(value.isTrue) }
    if value.isExactInteger {
      if let small = Integer.asInt(value) { return arena.integer(small) }
      let number = IntegerObject(value)
      return arena.integer(limbs: UnsafeBufferPointer(start: number.limbs, count: number.count), isNegative: number.isNegative)
    }
    if value.isExactFloat { return arena.float(doubleValue(of: value) ?? 0) }
    if value.type == .complex {
      let number = ComplexObject(value)
      return arena.complex(number.real, number.imaginary)
    }
    if value.isExactString { return arena.string(text(value)) }
    if value.isExact(.bytes) { return arena.bytes(arena.text(BytesObject(value).buffer.bindMemory(to: UInt8.self))) }
    if value.isExactTuple {
      var elements: [ConstantValue] = []
      for index in 0..<TupleObject(value).count { elements.append(try constant(TupleObject(value)[index])) }
      return arena.tuple(elements)
    }
    if value.type == .frozenset {
      var elements: [ConstantValue] = []
      var position = 0
      var key = Value.absent
      while SetObject(value).next(&position, &key) { elements.append(try constant(key)) }
      return arena.frozenset(elements)
    }
    throw .typeError("got an invalid type in Constant: \(value.type.nameText)")
  }
}
