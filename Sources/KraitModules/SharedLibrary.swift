// Shared libraries that are loaded when a module needs them first. What is linked costs every program time at its start: libcrypto alone twice that of an empty program.

import Glibc
import KraitRuntime

/// A library of the system that was loaded; it stays for the life of the process.
struct SharedLibrary: @unchecked Sendable {
  private let handle: UnsafeMutableRawPointer

  /// The first of some files that can be loaded.
  init?(_ names: [String]) {
    for name in names {
      if let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) {
        self.handle = handle
        return
      }
    }
    return nil
  }

  /// A function, by its C type; nil if the library lacks it.
  func function<Function>(_ name: String, as type: Function.Type = Function.self) -> Function? {
    guard let address = dlsym(handle, name) else { return nil }
    return unsafeBitCast(address, to: Function.self)
  }
}
