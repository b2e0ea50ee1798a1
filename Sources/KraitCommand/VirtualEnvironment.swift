// Virtual environments (PEP 405).

import Glibc
import KraitRuntime

/// What a file `pyvenv.cfg` beside a program, or one folder up, says: the program is that of a virtual environment.
struct VirtualEnvironment {
  /// The environment's folder, which becomes `sys.prefix`; `site` finds its packages from there.
  let prefix: String
  /// The program that the environment was made from.
  let baseExecutable: String

  /// The environment that a program belongs to; nil when it belongs to none. A file without the key `home` makes none.
  ///
  /// - Parameter executable: the program's path as it was called, with symbolic links as they are: in an environment it mostly is one.
  init?(of executable: String) {
    let folder = FileNames.parent(of: executable)
    for place in [folder, FileNames.parent(of: folder)] where !place.isEmpty {
      let values = VirtualEnvironment.read("\(place)/pyvenv.cfg")
      guard let home = values["home"] else { continue }
      prefix = place
      let name = executable[(executable.lastIndex(of: "/").map { executable.index(after: $0) } ?? executable.startIndex)...]
      // The environment's names for the program need not be those at its home.
      let candidates = ["\(home)/\(name)", values["executable"], FileNames.resolved(executable)].compactMap { $0 }
      baseExecutable = candidates.first { candidate in SystemText.withBytes(candidate) { access($0, X_OK) } == 0 } ?? executable
      return
    }
    return nil
  }

  /// The file's lines `key = value`; none when it cannot be read.
  private static func read(_ path: String) -> [String: String] {
    guard let file = SystemText.withBytes(path, { fopen($0, "re") }) else { return [:] }
    var values: [String: String] = [:]
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer {
      free(line)
      fclose(file)
    }
    while getline(&line, &capacity, file) >= 0, let line {
      let parts = SystemText.string(line).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      values[trimmed(parts[0]).lowercased()] = trimmed(parts[1])
    }
    return values
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text.drop { $0.isWhitespace })
  }
}
