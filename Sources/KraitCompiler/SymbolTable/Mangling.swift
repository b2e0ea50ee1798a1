// Private names of classes: `__name` inside `class C` is `_C__name` (symbol table and code generator).

import KraitSyntax

extension Text {
  /// Whether the name begins with two underscores, as those names do that may be mangled.
  @inline(__always)
  var isPrivate: Bool {
    let bytes = self.bytes
    return bytes.count > 2 && bytes[0] == UInt8(ascii: "_") && bytes[1] == UInt8(ascii: "_")
  }
}

extension Arena {
  /// A name as it is spelled in the class `className`: names that begin with two underscores, do not end with two and hold no dot
  /// get the class's name, without its leading underscores, in front.
  func mangled(_ name: Text, in className: Text?) -> Text {
    guard let className, name.isPrivate else { return name }
    let bytes = name.bytes
    if bytes[bytes.count - 1] == UInt8(ascii: "_") && bytes[bytes.count - 2] == UInt8(ascii: "_") { return name }
    if bytes.contains(UInt8(ascii: ".")) { return name }
    let stripped = className.bytes.drop { $0 == UInt8(ascii: "_") }
    if stripped.isEmpty { return name }
    return text([UInt8(ascii: "_")] + stripped + bytes)
  }

  /// The same for a name used in `scope`, which may limit mangling to some names.
  func mangled(_ name: Text, in className: Text?, of scope: Scope) -> Text {
    if let only = scope.mangledNames, only[name] == nil { return name }
    return mangled(name, in: className)
  }
}
