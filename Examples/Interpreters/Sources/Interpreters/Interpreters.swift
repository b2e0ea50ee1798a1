// Two Python interpreters that compute at the same time, a channel between them and Swift, and one that is stopped.

import Krait

@main
enum Program {
  static func main() async throws {
    let first = try await Interpreter()
    let second = try await Interpreter()
    print("threading model: \(Runtime.threadingModel.map(\.rawValue) ?? "none yet")")

    // Both run at once, each with a lock of its own.
    let program = "def count(n):\n    total = 0\n    for k in range(n):\n        total += k & 3\n    return total\n"
    try await first.run(program)
    try await second.run(program)
    async let a = first.call("count", 1_000_000, returning: Int.self)
    async let b = second.call("count", 2_000_000, returning: Int.self)
    print("counts: \(try await a) \(try await b)")

    // A channel is a queue in Python and a sequence in Swift.
    let squares = Channel<Int>()
    try await first.set("squares", to: squares)
    async let sending: Void = first.run("for n in range(5):\n    squares.put(n * n)\nsquares.put(-1)\n")
    for try await square in squares {
      if square < 0 { break }
      print("square: \(square)")
    }
    try await sending

    // Exceptions arrive with Python's report.
    do { try await second.run("import json\njson.loads('{')", named: "program.py") } catch let error as PythonError {
      print("\(error)\n\(error.traceback.split(separator: "\n").first ?? "")")
    }

    // One that does not stop is stopped.
    second.setTimeLimit(.milliseconds(100))
    do { try await second.run("while True: pass") } catch let error as PythonError { print(error.message) }

    await first.close()
    await second.close()
  }
}
