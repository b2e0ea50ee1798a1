// str: isalpha and its relatives.

import CKraitCore

func defineStringPredicates(_ t: TypeDefinition) {
  t.method("isascii()", "Whether all characters are ASCII.") { (call: Call) throws(PyError) -> Owned in .boolean(StringObject(call.receiver).isASCII) }
  t.method("isalpha()", "Whether all characters are letters, and there is one.") { (call: Call) throws(PyError) -> Owned in
    .boolean(all(call, .alphabetic))
  }
  t.method("isdecimal()", "Whether all characters are decimal digits, and there is one.") { (call: Call) throws(PyError) -> Owned in
    .boolean(all(call, .decimal))
  }
  t.method("isdigit()", "Whether all characters are digits, and there is one.") { (call: Call) throws(PyError) -> Owned in .boolean(all(call, .digit)) }
  t.method("isnumeric()", "Whether all characters are numeric, and there is one.") { (call: Call) throws(PyError) -> Owned in
    .boolean(all(call, .numeric))
  }
  t.method("isalnum()", "Whether all characters are letters or numeric, and there is one.") { (call: Call) throws(PyError) -> Owned in
    .boolean(all(call, .alphanumeric))
  }
  t.method("isspace()", "Whether all characters are whitespace, and there is one.") { (call: Call) throws(PyError) -> Owned in .boolean(all(call, .space)) }
  t.method("isprintable()", "Whether repr would show all characters as they are.") { (call: Call) throws(PyError) -> Owned in
    let units = StringObject(call.receiver).units
    for index in 0..<units.count where !units[index].isPrintable { return .boolean(false) }
    return .boolean(true)
  }
  t.method("isidentifier()", "Whether the text is a valid name; a keyword is one too.") { (call: Call) throws(PyError) -> Owned in
    .boolean(StringObject(call.receiver).isIdentifier)
  }
  t.method("islower()", "Whether all cased characters are in lower case, and there is one.") { (call: Call) throws(PyError) -> Owned in
    .boolean(hasOneCase(call, .lower, not: [.upper, .title]))
  }
  t.method("isupper()", "Whether all cased characters are in upper case, and there is one.") { (call: Call) throws(PyError) -> Owned in
    .boolean(hasOneCase(call, .upper, not: [.lower, .title]))
  }
  t.method("istitle()", "Whether each word begins in upper case and goes on in lower case.") { (call: Call) throws(PyError) -> Owned in
    let units = StringObject(call.receiver).units
    var isInWord = false
    var found = false
    for index in 0..<units.count {
      let properties = UnicodeDatabase.properties(units[index])
      if !properties.isDisjoint(with: [.upper, .title]) {
        if isInWord { return .boolean(false) }
        isInWord = true
        found = true
      } else if properties.contains(.lower) {
        if !isInWord { return .boolean(false) }
        found = true
      } else {
        isInWord = false
      }
    }
    return .boolean(found)
  }
}

private func all(_ call: Call, _ property: UnicodeDatabase.Properties) -> Bool {
  let text = StringObject(call.receiver)
  let units = text.units
  if units.count == 0 { return false }
  if text.isASCII { return UnicodeDatabase.asciiProperties(of: units) { !$0.isDisjoint(with: property) } }
  for index in 0..<units.count where !UnicodeDatabase.has(units[index], property) { return false }
  return true
}

private func hasOneCase(_ call: Call, _ wanted: UnicodeDatabase.Properties, not others: UnicodeDatabase.Properties) -> Bool {
  let text = StringObject(call.receiver)
  let units = text.units
  if text.isASCII {
    var seen: UnicodeDatabase.Properties = []
    let hasNoOther = UnicodeDatabase.asciiProperties(of: units) { properties in
      seen = seen.union(properties)
      return properties.isDisjoint(with: others)
    }
    return hasNoOther && seen.contains(wanted)
  }
  var found = false
  for index in 0..<units.count {
    let properties = UnicodeDatabase.properties(units[index])
    if !properties.isDisjoint(with: others) { return false }
    if properties.contains(wanted) { found = true }
  }
  return found
}

extension StringObject {
  /// Whether the text is a valid name.
  public var isIdentifier: Bool {
    let units = self.units
    guard units.count > 0, units[0] == 0x5F || UnicodeDatabase.has(units[0], .identifierStart) else { return false }
    for index in 1..<units.count where !UnicodeDatabase.has(units[index], .identifierContinue) { return false }
    return true
  }
}
