// The library Krait: interpreters as actors.

import Testing

@testable import Krait

@Suite struct InterpreterTests {
  @Test func evaluatesExpressions() async throws {
    let interpreter = try await Interpreter()
    #expect(Runtime.threadingModel == .interpreter)
    #expect(try await interpreter.evaluate("1 + 2") == 3)
    #expect(try await interpreter.evaluate("2 ** 100") == .bigInteger("1267650600228229401496703205376"))
    #expect(try await interpreter.evaluate("['a', b'b', (1.5, None), {'k': True}]") == ["a", .bytes([98]), .tuple([1.5, .none]), ["k": true]])
    #expect(try await interpreter.evaluate("'é' * 3", as: String.self) == "ééé")
    #expect(try await interpreter.evaluate("[1, 2]", as: [Int].self) == [1, 2])
    #expect(try await interpreter.evaluate("{'a': 1}", as: [String: Int].self) == ["a": 1])
    await #expect(throws: InterpreterError.self) { try await interpreter.evaluate("'x'", as: Int.self) }
    await interpreter.close()
  }

  @Test func keepsNamesBetweenRuns() async throws {
    let interpreter = try await Interpreter()
    try await interpreter.run("def double(x):\n    return 2 * x\n")
    #expect(try await interpreter.call("double", 21, returning: Int.self) == 42)
    try await interpreter.set("words", to: ["a", "b"])
    #expect(try await interpreter.evaluate("', '.join(words)", as: String.self) == "a, b")
    try await interpreter.run("import json")
    #expect(try await interpreter.call("json.dumps", ["k": [1, 2]], returning: String.self) == "{\"k\": [1, 2]}")
    await interpreter.close()
  }

  @Test func refusesToChangeTypesThatAllShare() async throws {
    let first = try await Interpreter()
    let second = try await Interpreter()
    try await first.run(
      """
      import select, time, zlib
      refused = 0
      for kind in select.epoll, time.struct_time, type(zlib.compressobj()):
          try:
              kind.note = [1]
          except TypeError:
              refused += 1
      try:
          type.__dict__["__abstractmethods__"].__set__(int, {"real"})
      except TypeError:
          refused += 1
      import ast
      ast.AST.note = [1]
      """)
    #expect(try await first.evaluate("refused") == 4)
    await first.close()
    try await second.run("import ast, select\n")
    #expect(try await second.evaluate("[hasattr(kind, name) for kind, name in [(select.epoll, 'note'), (int, '__abstractmethods__'), (ast.Name, 'note')]]") == [false, false, false])
    await second.close()
  }

  @Test func throwsPythonsExceptions() async throws {
    let interpreter = try await Interpreter()
    do {
      try await interpreter.run("def f():\n    raise ValueError('no')\nf()\n", named: "program.py")
      Issue.record("nothing was thrown")
    } catch let error as PythonError {
      #expect(error.typeName == "ValueError")
      #expect(error.message == "no")
      #expect(error.traceback.contains("File \"program.py\", line 2, in f"))
    }
    await interpreter.close()
  }

  @Test func interpretersShareNothing() async throws {
    let first = try await Interpreter()
    let second = try await Interpreter()
    try await first.run("x = 1")
    await #expect(throws: PythonError.self) { try await second.evaluate("x") }
    #expect(first.identifier != second.identifier)
    await first.close()
    await second.close()
  }

  @Test func isClosedForGood() async throws {
    let interpreter = try await Interpreter()
    await interpreter.close()
    await #expect(throws: InterpreterError.self) { try await interpreter.evaluate("1") }
    await interpreter.close()
  }

  @Test func cancellationInterruptsTheProgram() async throws {
    let interpreter = try await Interpreter()
    let task = Task { try await interpreter.run("while True: pass") }
    try await Task.sleep(for: .milliseconds(50))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try await interpreter.evaluate("1") == 1)
    await interpreter.close()
  }

  @Test func terminateStopsWhatCatchesEverything() async throws {
    let interpreter = try await Interpreter()
    let task = Task { try await interpreter.run("while True:\n    try:\n        while True: pass\n    except BaseException: pass\n") }
    try await Task.sleep(for: .milliseconds(50))
    interpreter.terminate()
    await #expect(throws: InterpreterError.self) { try await task.value }
    await #expect(throws: InterpreterError.self) { try await interpreter.evaluate("1") }
    await interpreter.close()
  }

  @Test func limitsAreKept() async throws {
    let interpreter = try await Interpreter(Interpreter.Configuration(memoryLimit: 32 << 20, timeLimit: .milliseconds(200)))
    do {
      try await interpreter.run("while True: pass")
      Issue.record("nothing was thrown")
    } catch let error as PythonError { #expect(error.message == "time limit exceeded") }
    do {
      try await interpreter.run("x = bytearray(1 << 30)")
      Issue.record("nothing was thrown")
    } catch let error as PythonError { #expect(error.typeName == "MemoryError") }
    #expect(try await interpreter.evaluate("1") == 1)
    await interpreter.close()
  }

  @Test func channelsCarryValuesBothWays() async throws {
    let interpreter = try await Interpreter()
    let requests = Channel<Int>()
    let answers = Channel<PythonValue>(capacity: 4)
    try await interpreter.set("requests", to: requests)
    try await interpreter.set("answers", to: answers)
    let task = Task {
      try await interpreter.run("for _ in range(100):\n    n = requests.get()\n    answers.put((n, n * n, str(n)))\n")
    }
    for number in 0..<100 { try await requests.send(number) }
    var count = 0
    for try await answer in answers {
      #expect(answer == .tuple([.int(count), .int(count * count), .string("\(count)")]))
      count += 1
      if count == 100 { break }
    }
    try await task.value
    answers.close()
    #expect(try await answers.receive() == nil)
    await interpreter.close()
  }
}
