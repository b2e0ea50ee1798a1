// The report of an exception with its causes, contexts and groups: what Python's `traceback` module prints.

import CKraitCore

/// Makes the text of a report. Whatever goes wrong meanwhile (a `__str__` that raises) is noted in the text.
struct ExceptionReport {
  private static let causeMessage = "\nThe above exception was the direct cause of the following exception:\n\n"
  private static let contextMessage = "\nDuring handling of the above exception, another exception occurred:\n\n"
  private static let mostGroupMembers = 15
  private static let deepestGroup = 10

  /// An exception of the report. Entries refer to one another by number: chains can be long.
  private struct Entry {
    /// Owned, like the traceback: what a program's `__str__` does must not take it away.
    let exception: Value
    let traceback: Value
    var frames: [CodePoints] = []
    var message: CodePoints = []
    var cause: Int?
    var context: Int?
    var members: [Int]?
  }

  private var entries: [Entry] = []
  private var seen: Set<UInt64> = []
  private var source = SourceLines()
  private let limit: Int?
  private var text: CodePoints = []
  // How the members of groups are boxed.
  private var depth = 0
  private var needsClosing = false

  static func text(of exception: Value) -> CodePoints {
    var report = ExceptionReport()
    let root = report.collect(exception)
    report.format(root)
    for entry in report.entries {
      entry.exception.release()
      entry.traceback.releaseIfPresent()
    }
    return report.text
  }

  private init() {
    limit = ExceptionReport.tracebackLimit()
  }

  /// `sys.tracebacklimit`.
  static func tracebackLimit() -> Int? {
    let sys = currentInterpreter.pointee.sys
    guard !sys.isAbsent else { return nil }
    let limit = DictObject(sys).get(interned: Name.tracebacklimit)
    guard !limit.isAbsent, limit.isInteger else { return nil }
    return max(0, Integer.asInt(limit) ?? (Integer.isNegative(limit) ? 0 : .max))
  }

  // MARK: Collecting

  private mutating func add(_ exception: Value) -> Int {
    seen.insert(exception.bits)
    exception.retain()
    let traceback = ExceptionObject(exception).traceback
    traceback.retainIfPresent()
    let number = entries.count
    entries.append(Entry(exception: exception, traceback: traceback))
    let frames = TracebackReport(traceback, limit: limit, source: &source).parts
    let message = lines(of: exception)
    entries[number].frames = frames
    entries[number].message = message
    return number
  }

  private mutating func collect(_ exception: Value) -> Int {
    let root = add(exception)
    var queue = [root]
    while let number = queue.popLast() {
      let exception = ExceptionObject(entries[number].exception)
      var next: [Int] = []
      if !exception.cause.isAbsent && !seen.contains(exception.cause.bits) {
        let cause = add(exception.cause)
        entries[number].cause = cause
        next.append(cause)
      }
      if entries[number].cause == nil && !exception.suppressContext && !exception.context.isAbsent && !seen.contains(exception.context.bits) {
        let context = add(exception.context)
        entries[number].context = context
        next.append(context)
      }
      if exception.value.isExceptionGroup {
        let members = Owned(copying: exception[ExceptionGroupField.exceptions])
        var numbers: [Int] = []
        for member in TupleObject(members.value).buffer { numbers.append(add(member)) }
        entries[number].members = numbers
        next += numbers
      }
      queue += next
    }
    return root
  }

  // MARK: The exception itself

  /// Type and message, notes behind them.
  private func lines(of exception: Value) -> CodePoints {
    var text: CodePoints = []
    let name = ExceptionReport.typeName(exception.type)
    if exception.isInstance(of: .syntaxError) {
      var report = SyntaxErrorReport(exception)
      for line in report.lines(typeName: name) { text += line }
    } else {
      text += name
      let message = ExceptionReport.string(exception, "exception") + NameSuggestion.text(for: exception)
      if !message.isEmpty {
        text += ": "
        text += message
      }
      text.append(CodePoint.newline)
    }
    appendNotes(exception, &text)
    return text
  }

  private func appendNotes(_ exception: Value, _ text: inout CodePoints) {
    var notes = Owned(taking: .absent)
    do throws(PyError) {
      notes = try exception.lookUpAttribute(Name.__notes__)
    } catch {
      let failure = currentThread.pointee.takeException()
      text += "Ignored error getting __notes__: "
      text += ExceptionReport.representation(failure.value, "__notes__")
      text.append(CodePoint.newline)
      return
    }
    if notes.isAbsent || notes.isNone { return }
    guard notes.value.isList || notes.value.isTuple else {
      text += ExceptionReport.representation(notes.value, "__notes__")
      text.append(CodePoint.newline)
      return
    }
    do throws(PyError) {
      var shown: CodePoints = []
      try notes.value.iterateEach { (note: Value) throws(PyError) -> Bool in
        shown += ExceptionReport.string(note, "note")
        shown.append(CodePoint.newline)
        return true
      }
      text += shown
    } catch { PyError.clear() }
  }

  /// The type's name, with its module unless that is the program's own or `builtins`.
  private static func typeName(_ type: TypeObject) -> CodePoints {
    do throws(PyError) {
      let name = try type.value.getAttribute(Name.__qualname__)
      let module = try type.value.getAttribute(Name.__module__)
      let text = name.value.isString ? CodePoints(name.value) : CodePoints(type.nameText)
      guard module.value.isString else { return CodePoints("<unknown>.") + text }
      let moduleText = module.text
      return moduleText == "__main__" || moduleText == "builtins" ? text : CodePoints(module.value) + CodePoints(".") + text
    } catch {
      PyError.clear()
      return CodePoints(type.nameText)
    }
  }

  private static func string(_ value: Value, _ what: String) -> CodePoints {
    do throws(PyError) {
      let text = try value.str()
      return CodePoints(text.value)
    } catch {
      PyError.clear()
      return CodePoints("<\(what) str() failed>")
    }
  }

  private static func representation(_ value: Value, _ what: String) -> CodePoints {
    do throws(PyError) {
      let text = try value.repr()
      return CodePoints(text.value)
    } catch {
      PyError.clear()
      return CodePoints("<\(what) repr() failed>")
    }
  }

  // MARK: Formatting

  private var indentation: String { String(repeating: " ", count: 2 * depth) }

  private mutating func emit(_ part: CodePoints, margin: String = "|") {
    text += part.indented(by: depth == 0 ? "" : indentation + margin + " ")
  }

  private mutating func emit(_ part: String, margin: String = "|") { emit(CodePoints(part), margin: margin) }

  private mutating func format(_ root: Int) {
    var chain: [(message: String?, entry: Int)] = []
    var next: Int? = root
    while let number = next {
      if let cause = entries[number].cause {
        chain.append((ExceptionReport.causeMessage, number))
        next = cause
      } else if let context = entries[number].context {
        chain.append((ExceptionReport.contextMessage, number))
        next = context
      } else {
        chain.append((nil, number))
        next = nil
      }
    }
    for (message, number) in chain.reversed() {
      if let message { emit(message) }
      let entry = entries[number]
      if let members = entry.members {
        formatGroup(entry, members)
      } else {
        if !entry.frames.isEmpty {
          emit("Traceback (most recent call last):\n")
          for frame in entry.frames { emit(frame) }
        }
        emit(entry.message)
      }
    }
  }

  private mutating func formatGroup(_ entry: Entry, _ members: [Int]) {
    if depth > ExceptionReport.deepestGroup { return emit("... (max_group_depth is \(ExceptionReport.deepestGroup))\n") }
    let isOutermost = depth == 0
    if isOutermost { depth = 1 }
    if !entry.frames.isEmpty {
      emit("Exception Group Traceback (most recent call last):\n", margin: isOutermost ? "+" : "|")
      for frame in entry.frames { emit(frame) }
    }
    emit(entry.message)
    let shown = min(members.count, ExceptionReport.mostGroupMembers + 1)
    needsClosing = false
    for index in 0..<shown {
      let isLast = index == shown - 1
      // A group inside may close the box for this one.
      if isLast { needsClosing = true }
      let isCut = index >= ExceptionReport.mostGroupMembers
      text += indentation + (index == 0 ? "+-" : "  ") + "+---------------- \(isCut ? "..." : String(index + 1)) ----------------\n"
      depth += 1
      if isCut {
        let more = members.count - ExceptionReport.mostGroupMembers
        emit("and \(more) more exception\(more > 1 ? "s" : "")\n")
      } else {
        format(members[index])
      }
      if isLast && needsClosing {
        text += indentation + "+------------------------------------\n"
        needsClosing = false
      }
      depth -= 1
    }
    if isOutermost { depth = 0 }
  }
}
