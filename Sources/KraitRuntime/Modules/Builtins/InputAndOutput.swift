// `print`, `input`, `breakpoint`.

import CKraitCore

func defineInputAndOutput(_ m: ModuleBuilder) throws(PyError) {
  try m.function("print(*args, sep=' ', end='\\n', file=None, flush=False)", "Write the arguments as text, separated by sep and followed by end.") {
    (call: Call) throws(PyError) -> Owned in
    try print(call)
    return .none
  }
  try m.rawFunction("input", "Read a line from standard input, after a prompt if one is given.") {
    (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkNoKeywords("input")
    try arguments.check("input", 0, 1)
    return try input(prompt: arguments.positionalCount == 1 ? arguments.base[0] : .absent)
  }
  try m.rawFunction("breakpoint", "Call sys.breakpointhook with the arguments.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    let hook = DictObject(currentInterpreter.pointee.sys).get(interned: Name.breakpointhook)
    if hook.isAbsent { throw .runtimeError("lost sys.breakpointhook") }
    let held = Owned(copying: hook)
    return try held.value.call(arguments: arguments)
  }
}

/// `sys.NAME`, absent when it is missing.
public func systemObject(_ name: Value) -> Owned {
  Owned(copyingIfPresent: DictObject(currentInterpreter.pointee.sys).get(interned: name))
}

private func separator(_ value: Value, _ name: String, default text: Value) throws(PyError) -> Value {
  if value.isNone { return text }
  if !value.isString { throw .typeError("\(name) must be None or a string, not \(value.typeName)") }
  return value
}

private func print(_ call: Call) throws(PyError) {
  let file: Owned
  if call[2].isNone {
    file = systemObject(Name.stdout)
    if file.value.isAbsent { throw .runtimeError("lost sys.stdout") }
    if file.value.isNone { return }
  } else {
    file = Owned(copying: call[2])
  }
  let separator = try separator(call[0], "sep", default: Name.space)
  let end = try separator2(call[1])
  let items = call.variadic
  if TextOutput.takes(file.value) {
    // The usual case, without a look-up and a call for each piece.
    for index in 0..<items.count {
      if index > 0 { try TextOutput.write(file.value, separator) }
      if items[index].isExactString {
        try TextOutput.write(file.value, items[index])
      } else {
        let text = try items[index].str()
        try TextOutput.write(file.value, text.value)
      }
    }
    try TextOutput.write(file.value, end)
  } else {
    for index in 0..<items.count {
      if index > 0 { _ = try file.value.callMethod(Name.write, separator) }
      let text = try items[index].str()
      _ = try file.value.callMethod(Name.write, text.value)
    }
    _ = try file.value.callMethod(Name.write, end)
  }
  if try call.bool(3) { _ = try file.value.callMethod(Name.flush) }
}

private func separator2(_ value: Value) throws(PyError) -> Value { try separator(value, "end", default: Name.newlineText) }

private func input(prompt: Value) throws(PyError) -> Owned {
  let stdin = systemObject(Name.stdin)
  let stdout = systemObject(Name.stdout)
  let stderr = systemObject(Name.stderr)
  if stdin.value.isAbsent || stdin.value.isNone { throw .runtimeError("input(): lost sys.stdin") }
  if stdout.value.isAbsent || stdout.value.isNone { throw .runtimeError("input(): lost sys.stdout") }
  if stderr.value.isAbsent || stderr.value.isNone { throw .runtimeError("input(): lost sys.stderr") }
  do throws(PyError) { _ = try stderr.value.callMethod(Name.flush) } catch { PyError.clear() }
  if !prompt.isAbsent {
    let text = try prompt.str()
    _ = try stdout.value.callMethod(Name.write, text.value)
  }
  do throws(PyError) { _ = try stdout.value.callMethod(Name.flush) } catch { PyError.clear() }
  let line = try stdin.value.callMethod(Name.readline)
  guard line.value.isString else { throw .typeError("object.readline() returned non-string") }
  let string = StringObject(line.value)
  if string.length == 0 { throw PyError.raise(.eofError, "EOF when reading a line") }
  if string.codePoint(at: string.length - 1) != 0x0A { return line }
  return try Owned.string(string.units[0..<string.length - 1])
}
