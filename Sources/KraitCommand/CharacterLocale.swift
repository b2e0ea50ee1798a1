// The locale of characters, by which text goes in and out of a program.

import Glibc

/// What LC_ALL, LC_CTYPE and LANG say of characters. The C locale knows ASCII only: unless LC_ALL asks for it, C.UTF-8 is put in its place, for the process's children as well (PEP 538).
struct CharacterLocale {
  /// Whether the environment names the C locale, no locale, or one that the system does not have.
  let isC: Bool
  let isCoerced: Bool
  /// What the C library calls the encoding.
  let encoding: String
  private let warns: Bool

  /// - Parameter coercion: PYTHONCOERCECLOCALE: "0" keeps the C locale, "warn" tells what happens to it.
  init(coercion: String?) {
    let name = Self.variable("LC_ALL") ?? Self.variable("LC_CTYPE") ?? Self.variable("LANG") ?? "C"
    warns = coercion == "warn"
    if name == "C.UTF-8" || name == "C.utf8" {
      // Known without the C library, which would read files for it.
      (isC, isCoerced, encoding) = (false, false, "UTF-8")
    } else if name != "C" && name != "POSIX" && setlocale(LC_CTYPE, "") != nil {
      (isC, isCoerced, encoding) = (false, false, String(cString: nl_langinfo(Int32(CODESET))))
    } else {
      isC = true
      isCoerced = Self.variable("LC_ALL") == nil && coercion != "0" && setenv("LC_CTYPE", "C.UTF-8", 1) == 0
      encoding = isCoerced ? "UTF-8" : "ANSI_X3.4-1968"
    }
  }

  /// Tells on standard error what became of the C locale, if that was asked for.
  func warn() {
    guard warns && isC else { return }
    print(
      isCoerced
        ? "Python detected LC_CTYPE=C: LC_CTYPE coerced to C.UTF-8 (set another locale or PYTHONCOERCECLOCALE=0 to disable this locale coercion behavior).\n"
        : """
        Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), which may cause Unicode compatibility problems. \
        Using C.UTF-8, C.utf8, or UTF-8 (if available) as alternative Unicode-compatible locales is recommended.

        """, to: 2)
  }

  private static func variable(_ name: String) -> String? { getenv(name).flatMap { $0.pointee == 0 ? nil : String(cString: $0) } }
}
