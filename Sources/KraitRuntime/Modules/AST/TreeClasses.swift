// The module `_ast`: the classes of nodes, made for each interpreter from the tables of the front end's tree.

import CKraitCore
import KraitSyntax

/// The classes and singletons of one interpreter, in a tuple.
nonisolated(unsafe) private var treeClassesTuple = InterpreterValue()

/// The classes of nodes of the calling interpreter, borrowed.
struct TreeClasses: BitwiseCopyable {
  private let items: UnsafeMutablePointer<Value>

  static let enumerations: [NodeEnumeration] = [.exprContext, .boolOperator, .binaryOperator, .unaryOperator, .comparisonOperator]
  static let categories: [NodeCategory] = [
    .mod, .stmt, .expr, .comprehension, .exceptHandler, .arguments, .arg, .keyword, .alias, .withItem, .matchCase, .pattern, .typeIgnore, .typeParam,
  ]
  private static let kindsStart = 1
  private static var categoriesStart: Int { kindsStart + NodeKind.allCases.count }
  private static var enumerationsStart: Int { categoriesStart + categories.count }
  /// Thirteen places for the members of each enumeration, then as many for their instances.
  private static var membersStart: Int { enumerationsStart + enumerations.count }
  private static let memberPlaces = 16
  private static var instancesStart: Int { membersStart + enumerations.count * memberPlaces }
  static var count: Int { instancesStart + enumerations.count * memberPlaces }

  private init(_ tuple: Value) { items = TupleObject(tuple).items }

  /// The classes; the module is imported if it has not been.
  static func current() throws(PyError) -> TreeClasses {
    if treeClassesTuple.value.isAbsent {
      let name = try Owned.string("_ast" as StaticString)
      let interned = intern(name)
      _ = try importModule(name: interned.value, globals: .none, fromList: .none, level: 0)
    }
    guard !treeClassesTuple.value.isAbsent else { throw .systemError("the module _ast has no classes") }
    return TreeClasses(treeClassesTuple.value)
  }

  var base: Value { items[0] }
  func `class`(of kind: NodeKind) -> Value { items[Self.kindsStart + Int(kind.rawValue)] }
  func `class`(of category: NodeCategory) -> Value { items[Self.categoriesStart + (Self.categories.firstIndex(of: category) ?? 0)] }
  func `class`(of enumeration: NodeEnumeration) -> Value { items[Self.enumerationsStart + Self.number(enumeration)] }
  func memberClass(_ enumeration: NodeEnumeration, _ member: Int) -> Value {
    items[Self.membersStart + Self.number(enumeration) * Self.memberPlaces + member]
  }
  /// The one instance of a member of an enumeration.
  func instance(_ enumeration: NodeEnumeration, _ member: Int) -> Value {
    items[Self.instancesStart + Self.number(enumeration) * Self.memberPlaces + member]
  }

  static func number(_ enumeration: NodeEnumeration) -> Int {
    switch enumeration {
    case .exprContext: 0
    case .boolOperator: 1
    case .binaryOperator: 2
    case .unaryOperator: 3
    case .comparisonOperator: 4
    }
  }

  /// Makes all classes and puts them into the module.
  static func make(_ m: ModuleBuilder, base: Value) throws(PyError) {
    let tuple = try Owned.tuple(count: count)
    let classes = TreeClasses(tuple.value)
    // The collector and `repr` must find values everywhere.
    for index in 0..<count { classes.items[index] = .none }
    classes.items[0] = Owned(copying: base).take()

    func make(_ name: StaticString, base: Value, fields: [StaticString], documentation: String, at index: Int) throws(PyError) {
      let made = try makeClass(name, base: base, fields: fields, documentation: documentation)
      try m.constant(name, made.value)
      classes.items[index] = made.take()
    }

    for (index, category) in categories.enumerated() where !category.isProduct {
      try make(category.name, base: base, fields: [], documentation: category.documentation, at: categoriesStart + index)
      try setAttributes(classes.items[categoriesStart + index], isLocated: category.isLocated)
    }
    for enumeration in enumerations {
      let number = number(enumeration)
      let names = enumeration.members
      let documentation = "\(enumeration.name) = \(names.map(\.description).joined(separator: " | "))"
      try make(enumeration.name, base: base, fields: [], documentation: documentation, at: enumerationsStart + number)
      try setAttributes(classes.items[enumerationsStart + number], isLocated: false)
      for (member, name) in names.enumerated() {
        let index = number * memberPlaces + member
        try make(name, base: classes.class(of: enumeration), fields: [], documentation: name.description, at: membersStart + index)
        let instance = try TypeObject(classes.items[membersStart + index]).value.call()
        classes.items[instancesStart + index] = instance.take()
        try setFieldTypes(classes.items[membersStart + index], [], classes)
      }
    }
    for kind in NodeKind.allCases {
      let parent = kind.category.isProduct ? base : classes.class(of: kind.category)
      let index = kindsStart + Int(kind.rawValue)
      try make(kind.name, base: parent, fields: kind.fields.map(\.name), documentation: kind.signature, at: index)
      if kind.category.isProduct {
        try setAttributes(classes.items[index], isLocated: kind.category.isLocated)
        let place = categoriesStart + (categories.firstIndex(of: kind.category) ?? 0)
        classes.items[place] = Owned(copying: classes.items[index]).take()
      }
      for field in kind.fields where (field.isOptional || field.isNumberOrNone) && !field.isList {
        let name = intern(try Owned.string(field.name))
        try classes.items[index].setAttribute(name.value, .none)
      }
    }
    for kind in NodeKind.allCases { try setFieldTypes(classes.class(of: kind), kind.fields, classes) }
    try treeClassesTuple.set(tuple)
  }

  /// Puts the classes into the module once more, when a program imports it anew: the interpreter's compiler makes nodes of these.
  func enter(into m: ModuleBuilder) throws(PyError) {
    for index in 0..<Self.instancesStart where items[index].isType { try m.dict.set(TypeObject(items[index]).contents.pointee.name, items[index]) }
  }

  private static func makeClass(_ name: StaticString, base: Value, fields: [StaticString], documentation: String) throws(PyError) -> Owned {
    let namespace = try Owned.dict()
    let dict = DictObject(namespace.value)
    let names = fields.isEmpty ? .emptyTuple : try Owned.tuple(count: fields.count)
    for (index, field) in fields.enumerated() { TupleObject(names.value).initialize(index, intern(try Owned.string(field))) }
    try dict.set(TreeNames.fields, names.value)
    try dict.set(Name.__match_args__, names.value)
    try dict.set(Name.__module__, TreeNames.ast)
    let text = try Owned.string(documentation)
    try dict.set(Name.__doc__, text.value)
    let bases = try Owned.tuple(base)
    let interned = intern(try Owned.string(name))
    return try TypeObject.create(.type, interned.value, bases.value, namespace.value, .absent)
  }

  /// Which attributes nodes have beside their fields.
  private static func setAttributes(_ value: Value, isLocated: Bool) throws(PyError) {
    guard isLocated else { return try value.setAttribute(TreeNames.attributes, TupleObject.empty) }
    let names = try Owned.tuple(Name.lineno, TreeNames.columnOffset, Name.end_lineno, TreeNames.endColumnOffset)
    try value.setAttribute(TreeNames.attributes, names.value)
    try value.setAttribute(Name.end_lineno, .none)
    try value.setAttribute(TreeNames.endColumnOffset, .none)
  }

  private static func setFieldTypes(_ value: Value, _ fields: [NodeField], _ classes: TreeClasses) throws(PyError) {
    let types = try Owned.dict()
    for field in fields {
      let type: Value =
        switch field.kind {
        case .identifier, .string: TypeObject.str.value
        case .constant: TypeObject.object.value
        case .int: TypeObject.int.value
        case .enumeration(let enumeration): classes.class(of: enumeration)
        case .category(let category): classes.class(of: category)
        }
      let name = intern(try Owned.string(field.name))
      if field.isList {
        try DictObject(types.value).set(name.value, taking: try Owned.genericAlias(TypeObject.list.value, type))
      } else if field.isOptional || field.isNumberOrNone {
        try DictObject(types.value).set(name.value, taking: try type.or(.none))
      } else {
        try DictObject(types.value).set(name.value, type)
      }
    }
    try value.setAttribute(TreeNames.fieldTypes, types.value)
    try value.setAttribute(Name.__annotations_cache__, types.value)
  }
}

enum TreeNames {
  nonisolated(unsafe) static let ast = Name.make("ast")
  nonisolated(unsafe) static let fields = Name.make("_fields")
  nonisolated(unsafe) static let attributes = Name.make("_attributes")
  nonisolated(unsafe) static let fieldTypes = Name.make("_field_types")
  nonisolated(unsafe) static let columnOffset = Name.make("col_offset")
  nonisolated(unsafe) static let endColumnOffset = Name.make("end_col_offset")
}

// MARK: - What the grammar says

extension NodeCategory {
  /// The class's name in Python.
  var name: StaticString {
    switch self {
    case .mod: "mod"
    case .stmt: "stmt"
    case .expr: "expr"
    case .comprehension: "comprehension"
    case .exceptHandler: "excepthandler"
    case .arguments: "arguments"
    case .arg: "arg"
    case .keyword: "keyword"
    case .alias: "alias"
    case .withItem: "withitem"
    case .matchCase: "match_case"
    case .pattern: "pattern"
    case .typeIgnore: "type_ignore"
    case .typeParam: "type_param"
    }
  }

  /// Whether the category is itself the class of its nodes.
  var isProduct: Bool {
    switch self {
    case .comprehension, .arguments, .arg, .keyword, .alias, .withItem, .matchCase: true
    default: false
    }
  }

  var isLocated: Bool {
    switch self {
    case .stmt, .expr, .exceptHandler, .arg, .keyword, .alias, .pattern, .typeParam: true
    default: false
    }
  }

  fileprivate var documentation: String {
    let prefix = "\(name) = "
    let gap = "\n" + String(repeating: " ", count: name.utf8CodeUnitCount + 1) + "| "
    return prefix + NodeKind.allCases.filter { $0.category == self }.map(\.signature).joined(separator: gap)
  }
}

extension NodeEnumeration {
  /// The class's name in Python.
  var name: StaticString {
    switch self {
    case .exprContext: "expr_context"
    case .boolOperator: "boolop"
    case .binaryOperator: "operator"
    case .unaryOperator: "unaryop"
    case .comparisonOperator: "cmpop"
    }
  }

  var members: [StaticString] {
    switch self {
    case .exprContext: ExprContext.allCases.map(\.name)
    case .boolOperator: BoolOperator.allCases.map(\.name)
    case .binaryOperator: KraitSyntax.BinaryOperator.allCases.map(\.name)
    case .unaryOperator: UnaryOperator.allCases.map(\.name)
    case .comparisonOperator: ComparisonOperator.allCases.map(\.name)
    }
  }
}

extension NodeKind {
  /// The class as the grammar writes it: `Name(identifier id, expr_context ctx)`.
  fileprivate var signature: String {
    if fields.isEmpty { return name.description }
    let parts = fields.map { field in
      let type: String =
        switch field.kind {
        case .identifier: "identifier"
        case .string: "string"
        case .constant: "constant"
        case .int: "int"
        case .enumeration(let enumeration): enumeration.name.description
        case .category(let category): category.name.description
        }
      return "\(type)\(field.isOptional ? "?" : "")\(field.isList ? "*" : "") \(field.name)"
    }
    return "\(name)(\(parts.joined(separator: ", ")))"
  }
}

let astModule = ModuleDefinition("_ast") { (m: ModuleBuilder) throws(PyError) in
  if treeClassesTuple.value.isAbsent {
    let base = try m.defineInterpreterType("AST", module: "ast", defineTreeNode)
    try TreeClasses.make(m, base: base.value)
  } else {
    try TreeClasses.current().enter(into: m)
  }
  try m.constant("PyCF_ALLOW_TOP_LEVEL_AWAIT", Int(CompileFlags.topLevelAwait.rawValue))
  try m.constant("PyCF_ONLY_AST", Int(CompileFlags.onlyTree.rawValue))
  try m.constant("PyCF_TYPE_COMMENTS", Int(CompileFlags.typeComments.rawValue))
  try m.constant("PyCF_OPTIMIZED_AST", Int(CompileFlags.optimizedTree.rawValue | CompileFlags.onlyTree.rawValue))
}

extension NodeField {
  /// `level` of `ImportFrom`: a number that may be left out, for which the trees have 0.
  var isNumberOrNone: Bool { if case .int = kind { name.description == "level" } else { false } }
}
