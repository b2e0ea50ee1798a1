// Where the standard library's Python files are, and the files of our own.

import Glibc

public enum StandardLibrary {
  /// The library's folder: below `home` (PYTHONHOME: `prefix` or `prefix:exec_prefix`) whether it is there or not, else next to a program or in a checkout that it is in, or in the
  /// system. Nil when there is none.
  ///
  /// - Parameter name: the folder in a prefix (PYTHONPLATLIBDIR).
  public static func folder(near program: String, home: String?, named name: String = "lib") -> String? {
    if let home { return "\(home.prefix { $0 != ":" })/\(name)/python3.14" }
    let around = folders(around: program).flatMap { ["\($0)/\(name)/python3.14", "\($0)/.python/stdlib"] }
    let candidates = around + ["/usr/local/\(name)/python3.14", "/usr/\(name)/python3.14"]
    return candidates.first { access("\($0)/os.py", R_OK) == 0 }.map { resolved($0) }
  }

  /// The second folder of PYTHONHOME, where modules in machine code are; nil if it names but one.
  public static func execPrefix(of home: String) -> String? {
    home.firstIndex(of: ":").map { String(home[home.index(after: $0)...]) }
  }

  /// The folder of our own files (Sources/KraitLibrary), by the same rule: `lib/krait` next to a program, or in the checkout that it is in. Nil when there is none.
  public static func ownFolder(near program: String) -> String? {
    let candidates = folders(around: program).flatMap { ["\($0)/lib/krait", "\($0)/Sources/KraitLibrary"] } + ["/usr/local/lib/krait", "/usr/lib/krait"]
    return candidates.first { access("\($0)/krait", R_OK) == 0 }
  }

  /// The folder of a program, the one around it, and so on.
  private static func folders(around program: String) -> [String] {
    var folder = resolved(program), folders: [String] = []
    while let slash = folder.lastIndex(of: "/"), slash != folder.startIndex {
      folder = String(folder[..<slash])
      folders.append(folder)
    }
    return folders
  }

  /// A path with symbolic links followed; as it is when nothing is there.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}
