// The module `_csv`: tables as text. The dialects' registry and the module's constants.

import KraitRuntime

let csvModule = ModuleDefinition("_csv", "Tables as text: what the module csv is built on.") { (m: ModuleBuilder) throws(PyError) in
  try csvError.set(try m.exception("Error"))
  let dialects = try Owned.dict()
  try m.constant("_dialects", dialects.value)
  try csvDialects.set(dialects)
  try defineCSVDialect(m)
  try defineCSVReader(m)
  try defineCSVWriter(m)
  try m.constant("QUOTE_MINIMAL", CSVQuoting.minimal.rawValue)
  try m.constant("QUOTE_ALL", CSVQuoting.all.rawValue)
  try m.constant("QUOTE_NONNUMERIC", CSVQuoting.nonNumeric.rawValue)
  try m.constant("QUOTE_NONE", CSVQuoting.none.rawValue)
  try m.constant("QUOTE_STRINGS", CSVQuoting.strings.rawValue)
  try m.constant("QUOTE_NOTNULL", CSVQuoting.notNull.rawValue)
  try m.rawFunction("register_dialect", "Makes a dialect known under a name.\n\n    csv.register_dialect(name[, dialect[, **fmtparams]])") {
    (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.check("register_dialect", 1, 2)
    guard arguments.base[0].isString else { throw .typeError("dialect name must be a string") }
    let dialect = try CSVDialect.make(arguments.positionalCount == 2 ? arguments.base[1] : .absent, arguments)
    let known = Owned(copying: csvDialects.value)
    try DictObject(known.value).set(arguments.base[0], dialect.value)
    return .none
  }
  try m.function("unregister_dialect(name)", "Forgets the dialect of a name.") { (call) throws(PyError) in
    let known = Owned(copying: csvDialects.value)
    let old = try DictObject(known.value).remove(call[0])
    if old.value.isAbsent { throw csvFailure("unknown dialect") }
    return .none
  }
  try m.function("get_dialect(name)", "The dialect of a name.") { (call) throws(PyError) in try CSVDialect.find(call[0]) }
  try m.function("list_dialects()", "The names of the known dialects.") { (_) throws(PyError) in
    let known = Owned(copying: csvDialects.value)
    return try Owned.list(from: known.value)
  }
  try m.function("field_size_limit(new_limit=<unrepresentable>)", "How long a field may be; a new limit, if given, is set.") { (call) throws(PyError) in
    let old = csvFieldLimit
    if !call[0].isAbsent {
      guard call[0].isExactInteger else { throw .typeError("limit must be an integer") }
      guard let limit = Integer.asInt(call[0]) else { throw .overflowError("Python int too large to convert to C ssize_t") }
      csvFieldLimit = limit
    }
    return try Owned.integer(old)
  }
}
