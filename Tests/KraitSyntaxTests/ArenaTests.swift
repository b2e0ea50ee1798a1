import Testing

@testable import KraitSyntax

@Suite struct ArenaTests {
  @Test func equalBytesGiveTheSameText() {
    let arena = Arena()
    #expect(arena.text("spam") == arena.text("sp" + "am"))
    #expect(arena.text("spam") != arena.text("eggs"))
    #expect(arena.text("spam").description == "spam")
  }

  @Test func constantsAreSharedByTypeAndValue() {
    let arena = Arena()
    #expect(arena.integer(1) == arena.integer(1))
    #expect(arena.integer(1) != arena.boolean(true))
    #expect(arena.integer(1) != arena.float(1))
    #expect(arena.float(0.0) != arena.float(-0.0))
    #expect(arena.float(.nan) != arena.float(.nan))
    #expect(arena.tuple([arena.integer(1)]) == arena.tuple([arena.integer(1)]))
    #expect(arena.tuple([arena.integer(1)]) != arena.tuple([arena.float(1)]))
    #expect(arena.integer(Int.min).smallInteger == Int.min)
    #expect(arena.integer(0).smallInteger == 0)
  }
}
