// Names of files as the command needs them.

import Glibc
import KraitRuntime

enum FileNames {
  /// A path from the root; not normalised.
  static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return "\(SystemText.string(folder))/\(path.hasPrefix("./") ? String(path.dropFirst(2)) : path)"
  }

  /// A path from the root with symbolic links followed; as ``absolute(_:)`` when the file is not there.
  static func resolved(_ path: String) -> String {
    guard let real = SystemText.withBytes(path, { realpath($0, nil) }) else { return absolute(path) }
    defer { free(real) }
    return SystemText.string(real)
  }

  static var workingFolder: String {
    guard let folder = getcwd(nil, 0) else { return "" }
    defer { free(folder) }
    return SystemText.string(folder)
  }

  /// What stands before the last slash.
  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Where the shell finds a command.
  static func search(_ name: String) -> String? {
    guard let path = getenv("PATH") else { return nil }
    for folder in String(cString: path).split(separator: ":") {
      let candidate = "\(folder)/\(name)"
      if access(candidate, X_OK) == 0 { return candidate }
    }
    return nil
  }
}
