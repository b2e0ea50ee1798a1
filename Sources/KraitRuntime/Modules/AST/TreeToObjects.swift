// From the front end's tree to Python's node objects.

import CKraitCore
import KraitSyntax

/// Makes objects of nodes, by the tables of the classes' fields.
struct TreeObjectMaker: ~Copyable {
  private let classes: TreeClasses
  /// The names of fields, interned once for each kind.
  private var names: [[Value]]
  /// Strs of texts that were made already, owned.
  private var texts: [UnsafeMutableRawPointer: Value] = [:]

  /// The object of a tree.
  static func objects(of tree: Mod) throws(PyError) -> Owned {
    var maker = TreeObjectMaker(classes: try TreeClasses.current())
    return try maker.object(of: tree.raw)
  }

  private init(classes: TreeClasses) {
    self.classes = classes
    names = Array(repeating: [], count: NodeKind.allCases.count)
  }

  deinit {
    for list in names { for name in list { name.release() } }
    for text in texts.values { text.release() }
  }

  private mutating func fieldNames(_ kind: NodeKind) throws(PyError) -> [Value] {
    let number = Int(kind.rawValue)
    if names[number].isEmpty && !kind.fields.isEmpty {
      var made: [Value] = []
      for field in kind.fields {
        let name = intern(try Owned.string(field.name))
        made.append(name.take())
      }
      names[number] = made
    }
    return names[number]
  }

  private mutating func object(of node: UnsafeMutableRawPointer) throws(PyError) -> Owned {
    try checkNativeRecursion(" during ast construction")
    let kind = node.load(as: NodeKind.self)
    let type = TypeObject(classes.class(of: kind))
    let result = Owned(taking: try type.allocate())
    let names = try fieldNames(kind)
    let fields = kind.fields
    for index in fields.indices {
      let value = try value(fields[index], at: node + fields[index].offset)
      try genericSetAttribute(result.value, names[index], value.value)
    }
    if kind.category.isLocated {
      let range = node.load(fromByteOffset: 4, as: SourceRange.self)
      try genericSetAttribute(result.value, Name.lineno, Value(smallInteger: Int(range.line)))
      try genericSetAttribute(result.value, TreeNames.columnOffset, Value(smallInteger: Int(range.column)))
      try genericSetAttribute(result.value, Name.end_lineno, Value(smallInteger: Int(range.endLine)))
      try genericSetAttribute(result.value, TreeNames.endColumnOffset, Value(smallInteger: Int(range.endColumn)))
    }
    return result
  }

  private mutating func value(_ field: NodeField, at pointer: UnsafeMutableRawPointer) throws(PyError) -> Owned {
    guard field.isList else { return try element(field.kind, at: pointer) }
    guard let list = pointer.load(as: UnsafeMutableRawPointer?.self) else { return try Owned.list() }
    let count = list.load(as: Int.self)
    let result = try Owned.list(capacity: count)
    let stride = if case .enumeration = field.kind { 1 } else { 8 }
    for index in 0..<count { try ListObject(result.value).append(taking: try element(field.kind, at: list + 8 + index * stride)) }
    return result
  }

  private mutating func element(_ kind: NodeField.Kind, at pointer: UnsafeMutableRawPointer) throws(PyError) -> Owned {
    switch kind {
    case .category:
      guard let child = pointer.load(as: UnsafeMutableRawPointer?.self) else { return .none }
      return try object(of: child)
    case .identifier, .string:
      guard let text = pointer.load(as: Text?.self) else { return .none }
      if let known = texts[text.raw] { return Owned(copying: known) }
      let made = intern(try Owned.string(utf8: text.bytes))
      texts[text.raw] = made.copy().take()
      return made
    case .constant: return try CodeObject.value(of: pointer.load(as: ConstantValue.self))
    case .int: return try Owned.integer(pointer.load(as: Int.self))
    case .enumeration(let enumeration): return Owned(copying: classes.instance(enumeration, Int(pointer.load(as: UInt8.self))))
    }
  }
}
