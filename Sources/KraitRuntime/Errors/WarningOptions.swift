// The filters that `-W` and `PYTHONWARNINGS` ask for: action:message:category:module:line.

import CKraitCore

/// A filter of the command line; every part but the action may be missing.
struct WarningOption: Sendable {
  let action: WarningFilters.Action
  let message: String
  let category: TypeObject
  let module: String
  let line: Int

  /// The filters in the order in which they are asked: the option that was given last is first.
  static let given: [WarningOption] = RuntimeConfiguration.current.warningOptions.reversed().compactMap { parse($0) }

  private static func parse(_ text: String) -> WarningOption? {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false).map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    if parts.count > 5 { return nil }
    while parts.count < 5 { parts.append("") }
    guard let action = action(parts[0]), let category = category(parts[2]) else { return nil }
    var line = 0
    if !parts[4].isEmpty {
      guard let number = Int(parts[4]), number >= 0 else { return nil }
      line = number
    }
    return WarningOption(action: action, message: parts[1].lowercased(), category: category, module: parts[3], line: line)
  }

  /// An action by any beginning of its name.
  private static func action(_ text: String) -> WarningFilters.Action? {
    if text.isEmpty { return .default }
    let actions: [(String, WarningFilters.Action)] = [
      ("default", .default), ("always", .always), ("ignore", .ignore), ("module", .default), ("once", .default), ("error", .error), ("all", .always),
    ]
    return actions.first { $0.0.hasPrefix(text) }?.1
  }

  private static func category(_ text: String) -> TypeObject? {
    if text.isEmpty { return .warning }
    return BuiltinTypes.exceptions.first { $0.isSubtype(of: .warning) && $0.nameText == text }
  }

  /// Whether the filter is for a warning.
  func matches(_ category: TypeObject, _ text: String, module: Value, line: Int) -> Bool {
    category.isSubtype(of: self.category) && (message.isEmpty || text.lowercased().hasPrefix(message)) && (self.line == 0 || self.line == line)
      && (self.module.isEmpty || !module.isAbsent && module.text == self.module)
  }
}
