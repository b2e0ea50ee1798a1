// An exception as other interpreters see it: its type's names, its message and its report, as plain text.

import CKraitCore

/// A snapshot of an exception that refers to nothing of an interpreter.
public struct CapturedException: Error, Sendable {
  public let typeName: String
  public let qualifiedName: String
  public let moduleName: String
  public let message: String
  /// What the interpreter would print, with the traceback; without the last line's end.
  public let report: String

  /// The exception in one line.
  public var summary: String {
    let name = moduleName == "builtins" || moduleName == "__main__" ? qualifiedName : "\(moduleName).\(qualifiedName)"
    return "\(name): \(message)"
  }

  public init(_ exception: Value) {
    let pending = currentThread.pointee.takeException()
    // A program that used up its memory is to be told of all the same.
    let heap = currentInterpreter.pointee.heap
    let limit = heap.pointee.memoryLimit
    heap.pointee.memoryLimit = .max
    defer { heap.pointee.memoryLimit = limit }
    let type = exception.type
    typeName = type.nameText
    qualifiedName = CapturedException.text { () throws(PyError) in try type.value.getAttribute(Name.__qualname__) } ?? typeName
    moduleName = CapturedException.text { () throws(PyError) in try type.value.getAttribute(Name.__module__) } ?? "builtins"
    message = CapturedException.text { () throws(PyError) in try exception.str() } ?? "<exception str() failed>"
    var report = CapturedException.text { () throws(PyError) in try CapturedException.programReport(exception) }
      ?? CapturedException.text { () throws(PyError) in try exceptionReport(exception) } ?? ""
    if report.hasSuffix("\n") { report.removeLast() }
    self.report = report
    if !pending.value.isAbsent { currentThread.pointee.setException(pending) }
  }

  /// What the library's class makes of the exception, which a program may have changed; nothing where it was not imported, as then it says the same as ``exceptionReport(_:)``.
  private static func programReport(_ exception: Value) throws(PyError) -> Owned {
    let module = Owned(copyingIfPresent: try DictObject(currentInterpreter.pointee.modules).get(Name.make("traceback")))
    if module.value.isAbsent { return .none }
    let type = try module.value.getAttribute(Name.make("TracebackException"))
    let report = try type.value.callMethod(Name.make("from_exception"), exception)
    let lines = try report.value.callMethod(Name.make("format"))
    let empty = try Owned.string("" as StaticString)
    return try StringObject(empty.value).join(lines.value)
  }

  private static func text(_ make: () throws(PyError) -> Owned) -> String? {
    do throws(PyError) {
      let value = try make()
      return value.value.isString ? value.value.text : nil
    } catch {
      PyError.clear()
      return nil
    }
  }

  /// The exception's `str()`, whatever happens.
  static func message(of exception: Value) -> String { text { () throws(PyError) in try exception.str() } ?? exception.typeName }

  /// What `_interpreters` gives to Python: namespaces of texts.
  public func object() throws(PyError) -> Owned {
    let type = try CapturedException.namespace([("__name__", typeName), ("__qualname__", qualifiedName), ("__module__", moduleName)])
    let result = try CapturedException.namespace([])
    try result.value.setAttribute(Name.make("type"), type.value)
    for (name, text) in [("msg", message), ("formatted", summary), ("errdisplay", report)] as [(StaticString, String)] {
      let value = try Owned.string(text)
      try result.value.setAttribute(Name.make(name), value.value)
    }
    return result
  }

  private static func namespace(_ attributes: [(StaticString, String)]) throws(PyError) -> Owned {
    let result = try TypeObject.simpleNamespace.value.call()
    for (name, text) in attributes {
      let value = try Owned.string(text)
      try result.value.setAttribute(Name.make(name), value.value)
    }
    return result
  }
}
