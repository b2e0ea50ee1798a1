import KraitSyntax
import Testing

@testable import KraitCompiler

/// What differential tests of whole `.pyc` files cannot see: values that no compiler writes, and data that nobody should.
@Suite struct MarshalTests {
  private func error(_ data: [UInt8]) -> String {
    do {
      let tree = try MarshalTree.read(data)
      if tree.root.resolved.type == .code { _ = try tree.root.codeUnit(in: Arena()) }
      return "no error"
    } catch {
      return "\(error.exceptionClass.rawValue): \(error.message)"
    }
  }

  private func bytes(_ text: StaticString, _ tail: [UInt8] = []) -> [UInt8] {
    Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) + tail
  }

  @Test func everyTypeIsReadAndWrittenAgain() throws {
    let data =
      bytes("(", [25, 0, 0, 0]) + bytes("NFTS.") + bytes("i", [1, 2, 3, 0x84]) + bytes("I", [1, 0, 0, 0, 0, 0, 0, 0x80])
      + bytes("l", [0xFE, 0xFF, 0xFF, 0xFF, 1, 0, 2, 0]) + bytes("f", [3]) + bytes("1e5") + bytes("g", [0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
      + bytes("x", [1]) + bytes("2", [3]) + bytes("nan") + bytes("y", Array(repeating: 7, count: 16)) + bytes("s", [1, 0, 0, 0, 0xFF])
      + bytes("t", [2, 0, 0, 0, 0xC3, 0xA9]) + bytes("u", [3, 0, 0, 0, 0xED, 0xA0, 0x80]) + bytes("a", [1, 0, 0, 0]) + bytes("x")
      + bytes("A", [1, 0, 0, 0]) + bytes("y") + bytes("z", [1, 0xE9]) + bytes("Z", [1]) + bytes("q") + bytes(")", [0])
      + bytes("[", [0, 0, 0, 0]) + bytes("{NF0") + bytes("<", [1, 0, 0, 0]) + bytes("N") + bytes(">", [0, 0, 0, 0]) + bytes(":NNN")
    let tree = try MarshalTree.read(data)
    #expect(tree.root.children.count == 25)
    #expect(tree.bytes() == data)
    #expect(tree.root.children[5].integer == Int(Int32(bitPattern: 0x8403_0201)))
    #expect(tree.root.children[6].integer == Int.min + 1)
    #expect(tree.root.children[8].floats.0 == 1e5)
    #expect(tree.root.children[17].utf8 == [0xC3, 0xA9])
  }

  @Test func aListMayHoldItself() throws {
    let data: [UInt8] = [0xDB, 2, 0, 0, 0] + bytes("r", [0, 0, 0, 0]) + [0xE9, 1, 0, 0, 0]
    let tree = try MarshalTree.read(data)
    #expect(tree.root.children[0].resolved.position == tree.root.position)
    #expect(tree.bytes() == data)
  }

  @Test func badDataIsRefusedInPythonsWords() {
    #expect(error([]) == "EOFError: EOF read where object expected")
    #expect(error(bytes("i")) == "EOFError: marshal data too short")
    #expect(error(bytes("z")) == "EOFError: EOF read where not expected")
    #expect(error(bytes("?")) == "ValueError: bad marshal data (unknown type code)")
    #expect(error(bytes("r", [0, 0, 0, 0])) == "ValueError: bad marshal data (invalid reference)")
    #expect(error(bytes("(", [0xFF, 0xFF, 0xFF, 0xFF])) == "ValueError: bad marshal data (tuple size out of range)")
    #expect(error(bytes("l", [1, 0, 0, 0, 0, 0])) == "ValueError: bad marshal data (unnormalized long data)")
    #expect(error(bytes("l", [0, 0, 0, 0x80])) == "ValueError: bad marshal data (long size out of range)")
    #expect(error(bytes("0")) == "TypeError: NULL object in marshal data for object")
    #expect(error(bytes(")", [1]) + bytes("0")) == "TypeError: NULL object in marshal data for tuple")
    #expect(error(bytes("f", [3]) + bytes(" 15")) == "ValueError: could not convert string to float: ' 15'")
    #expect(
      error(bytes("<", [1, 0, 0, 0]) + bytes(")", [1]) + bytes("[", [0, 0, 0, 0]))
        == "TypeError: cannot use 'tuple' as a set element (unhashable type: 'list')")
    #expect(
      error(bytes("u", [3, 0, 0, 0, 0xF0, 0x90, 0x28]))
        == "UnicodeDecodeError: 'utf-8' codec can't decode bytes in position 0-1: invalid continuation byte")
    #expect(error(Array(repeatElement([0x29, 1], count: 3000).joined())) == "ValueError: recursion limit exceeded")
  }

  @Test func declaredSizesDoNotAllocate() {
    // Two gigabytes each, in seven bytes.
    for type: StaticString in ["(", "[", "<", ">", "s", "u", "a", "l"] {
      #expect(error(bytes(type, [0xFF, 0xFF, 0xFF, 0x7F, 0x4E, 0x4E])).hasPrefix("EOFError"))
    }
  }

  @Test func sourceHashIsSipHash13() {
    // importlib.util.source_hash of the same texts.
    #expect(sourceHash([]) == hash([97, 245, 183, 203, 101, 58, 106, 164]))
    #expect(sourceHash(Array("print('hello')\n".utf8)) == hash([125, 188, 4, 75, 122, 39, 116, 95]))
  }

  private func hash(_ bytes: [UInt8]) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

  @Test func headersSurviveTheRoundTrip() throws {
    for validation in [PycHeader.Validation.timestamp(modified: 0xFFFF_FFFF, size: 7), .checkedHash(.max - 1), .uncheckedHash(1 << 63)] {
      #expect(try PycHeader(PycHeader(validation: validation).bytes, name: "m").validation == validation)
    }
    #expect(throws: Diagnostic.self) { try PycHeader([0x2B, 0x0E, 0x0D, 0x0A, 4] + Array(repeating: 0, count: 11), name: "m") }
  }
}
