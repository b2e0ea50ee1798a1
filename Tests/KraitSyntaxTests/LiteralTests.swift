// Literals and representations where differential tests do not look: sizes and depths beyond what a source file holds.

import Testing

@testable import KraitSyntax

@Suite struct LiteralTests {
  @Test func integersOfAnySizeSurviveTextInEveryRadix() {
    let arena = Arena()
    for count in [1, 19, 20, 4300, 20_000] {
      let digits = (0..<count).map { UInt8(($0 * 7 + 1) % 10) }
      for isNegative in [false, true] {
        let value = arena.integer(digits: digits, radix: 10, isNegative: isNegative)
        #expect(value.integerText() == (isNegative ? [UInt8(ascii: "-")] : []) + digits.map { $0 + 48 })
        for radix: Int32 in [2, 8, 16] {
          let text = value.integerText(radix: radix).drop { $0 == UInt8(ascii: "-") }
          let back = text.map { $0 < 58 ? $0 - 48 : $0 - 87 }
          #expect(arena.integer(digits: back, radix: radix, isNegative: isNegative) == value)
        }
      }
    }
  }

  @Test func floatsAreShownAsPythonShowsThem() {
    let expected: [(Double, String)] = [
      (0, "0.0"), (-0.0, "-0.0"), (1e16, "1e+16"), (9999999999999998, "9999999999999998.0"), (1e-4, "0.0001"), (1e-5, "1e-05"),
      (0.1, "0.1"), (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (123456, "123456.0"), (1e22, "1e+22"),
      (.infinity, "inf"), (-.infinity, "-inf"), (.nan, "nan"),
    ]
    let arena = Arena()
    for (value, text) in expected { #expect(arena.float(value).repr == text) }
    #expect(arena.complex(0, 1).repr == "1j")
    #expect(arena.complex(-0.0, -1).repr == "(-0-1j)")
    #expect(arena.complex(1.5, .nan).repr == "(1.5+nanj)")
    #expect(arena.complex(0, -0.0).repr == "-0j")
  }

  @Test func containersAreShownAsPythonShowsThem() {
    let arena = Arena()
    let one = arena.integer(1)
    let text = arena.string(arena.text("it's"))
    #expect(arena.tuple([one]).repr == "(1,)")
    #expect(arena.tuple([] as [ConstantValue]).repr == "()")
    #expect(arena.frozenset([text]).repr == "frozenset({\"it's\"})")
    #expect(arena.frozenset([] as [ConstantValue]).repr == "frozenset()")
    #expect(arena.slice(arena.none, arena.ellipsis, arena.tuple([one, text])).repr == "slice(None, Ellipsis, (1, \"it's\"))")
    #expect(arena.bytes(arena.text([0, 0x27, 0x22, 0xFF, 0x0A])).repr == #"b'\x00\'"\xff\n'"#)
  }

  @Test func aTreeTooDeepForTheStackIsAnErrorNotACrash() {
    let arena = Arena()
    var node = AST.Name(id: arena.text("x"), ctx: .load, at: .none, in: arena).asExpr
    for _ in 0..<1_000_000 { node = AST.Await(value: node, at: .none, in: arena).asExpr }
    var buffer = ByteBuffer()
    let error = #expect(throws: Diagnostic.self) { try node.dump(into: &buffer) }
    #expect(error?.exceptionClass == .recursionError)
  }

  @Test func unannotatedDumpsNameFieldsOnlyBehindGaps() throws {
    let arena = Arena()
    let none = NodeList<Expr>()
    let call = AST.Call(
      func: AST.Name(id: arena.text("f"), ctx: .load, at: .none, in: arena).asExpr, args: none, keywords: NodeList(), at: .none, in: arena)
    let yield = AST.Yield(value: nil, at: .none, in: arena)
    let slice = AST.Slice(lower: nil, upper: call.asExpr, step: nil, at: .none, in: arena)
    var options = TreeDumpOptions()
    options.annotateFields = false
    var buffer = ByteBuffer()
    try slice.dump(options, into: &buffer)
    #expect(buffer.string == "Slice(upper=Call(Name('f', Load())))")
    options.showsEmpty = true
    var full = ByteBuffer()
    try call.dump(options, into: &full)
    try yield.dump(options, into: &full)
    #expect(full.string == "Call(Name('f', Load()), [], [])Yield()")
  }
}
