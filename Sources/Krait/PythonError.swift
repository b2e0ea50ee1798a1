// Python's exceptions as Swift errors.

import KraitRuntime

/// An exception of Python's.
public struct PythonError: Error, Sendable, CustomStringConvertible {
  /// The name of its class, with the module unless that is `builtins` or `__main__`.
  public let typeName: String
  /// What `str()` gives.
  public let message: String
  /// What Python would print, the traceback included.
  public let traceback: String

  init(typeName: String, message: String, traceback: String) {
    self.typeName = typeName
    self.message = message
    self.traceback = traceback
  }

  init(_ captured: CapturedException) {
    let isPlain = captured.moduleName == "builtins" || captured.moduleName == "__main__"
    typeName = isPlain ? captured.qualifiedName : "\(captured.moduleName).\(captured.qualifiedName)"
    message = captured.message
    traceback = captured.report
  }

  public var description: String { message.isEmpty ? typeName : "\(typeName): \(message)" }
}

/// What can go wrong with an interpreter besides its programs.
public enum InterpreterError: Error, Sendable {
  /// The interpreter was closed.
  case closed
  /// Its programs were ended by ``Interpreter/terminate()``.
  case terminated
  /// The system gave no memory for it.
  case noMemory
  /// A result is no value of the wanted type; its `repr()`.
  case unexpectedResult(String)
}
