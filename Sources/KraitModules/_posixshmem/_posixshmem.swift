// The module `_posixshmem`: shared memory with names, for `multiprocessing.shared_memory`.

import Glibc
import KraitRuntime

let posixSharedMemoryModule = ModuleDefinition("_posixshmem", "Shared memory of POSIX; use multiprocessing.shared_memory.") { (m: ModuleBuilder) throws(PyError) in
  try m.function("shm_open(path, flags, mode=511)", "Open shared memory, as open() does with files; return its descriptor.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isString else { throw .typeError("shm_open() argument 1 must be str, not \(call[0].isNone ? "None" : call[0].typeName)") }
    let path = try name(call[0])
    let (flags, mode) = (try call.int32(1), try call.int32(2))
    let text = BytesObject(path.value).data.assumingMemoryBound(to: CChar.self)
    let descriptor = try retrying { Glibc.shm_open(text, flags | O_CLOEXEC, mode_t(truncatingIfNeeded: mode)) }
    if descriptor < 0 {
      let code = errno
      throw .osError(code, fileName: call[0])
    }
    return try Owned.integer(Int(descriptor))
  }
  try m.function("shm_unlink(path, /)", "Take the name of shared memory away; it goes when nobody has it open any more.") { (call: Call) throws(PyError) -> Owned in
    let path = try name(try call.string(0))
    let text = BytesObject(path.value).data.assumingMemoryBound(to: CChar.self)
    if try retrying({ Glibc.shm_unlink(text) }) < 0 {
      let code = errno
      throw .osError(code, fileName: call[0])
    }
    return .none
  }
}

private func name(_ value: Value) throws(PyError) -> Owned {
  let bytes = try value.callMethod(Name.encode)
  if memchr(BytesObject(bytes.value).data, 0, BytesObject(bytes.value).count) != nil { throw .valueError("embedded null character") }
  return bytes
}
