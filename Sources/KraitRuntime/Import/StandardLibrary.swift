// Where the standard library's Python files are.

import Glibc

public enum StandardLibrary {
  /// The library's folder: below `home` (PYTHONHOME), next to a program or in a checkout that it is in, in the system. Nil when there is none.
  public static func folder(near program: String, home: String?) -> String? {
    var candidates: [String] = []
    if let home { candidates.append("\(home.split(separator: ":").first.map(String.init) ?? home)/lib/python3.14") }
    var folder = resolved(program)
    while let slash = folder.lastIndex(of: "/"), slash != folder.startIndex {
      folder = String(folder[..<slash])
      candidates += ["\(folder)/lib/python3.14", "\(folder)/.python/stdlib"]
    }
    candidates += ["/usr/local/lib/python3.14", "/usr/lib/python3.14"]
    return candidates.first { access("\($0)/os.py", R_OK) == 0 }.map { resolved($0) }
  }

  /// A path with symbolic links followed; as it is when nothing is there.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}
