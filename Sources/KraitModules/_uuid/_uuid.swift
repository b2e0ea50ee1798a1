// The module `_uuid`: identifiers of time and place, by the system's libuuid.

import KraitRuntime

/// libuuid, loaded at the first import.
private struct UUIDLibrary: @unchecked Sendable {
  typealias Generate = @convention(c) (UnsafeMutablePointer<UInt8>) -> Int32
  let generateTimeSafe: Generate

  static let shared: UUIDLibrary? = UUIDLibrary()

  private init?() {
    guard let library = SharedLibrary(["libuuid.so.1"]), let generate: Generate = library.function("uuid_generate_time_safe") else { return nil }
    generateTimeSafe = generate
  }
}

let uuidModule = ModuleDefinition("_uuid", "Identifiers made by libuuid.") { (m: ModuleBuilder) throws(PyError) in
  guard UUIDLibrary.shared != nil else { throw PyError.raise(.importError, "libuuid.so.1: cannot open shared object file: No such file or directory") }
  try m.constant("has_uuid_generate_time_safe", 1)
  try m.constant("has_stable_extractable_node", 0)
  try m.function("generate_time_safe()", "An identifier of time and place as bytes, and a number that says whether no other process can have got the same.") {
    (_: Call) throws(PyError) -> Owned in
    guard let library = UUIDLibrary.shared else { throw .runtimeError("libuuid is gone") }
    var bytes = [UInt8](repeating: 0, count: 16)
    let status = library.generateTimeSafe(&bytes)
    let value = Owned(
      taking: try bytes.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in
        try Owned.bytes(UnsafeRawBufferPointer(buffer)).take()
      })
    let number = try Owned.integer(Int(status))
    return try Owned.tuple(value.value, number.value)
  }
}
