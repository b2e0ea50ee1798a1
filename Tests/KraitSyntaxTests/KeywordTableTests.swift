import Testing

@testable import KraitSyntax

@Suite struct KeywordTableTests {
  private func keyword(_ spelling: String, in table: KeywordTable) -> KeywordKind? {
    var spelling = spelling
    return spelling.withUTF8 { table.keyword($0) }
  }

  @Test func pythonsOwnTableKnowsItsKeywordsOnly() {
    for kind in KeywordKind.allCases { #expect(keyword(kind.pythonSpelling, in: .python) == kind) }
    for name in ["", "iff", "i", "If", "nonlocals", "a_name_that_is_longer_than_sixteen_bytes"] { #expect(keyword(name, in: .python) == nil) }
  }

  @Test func aRemappedKeywordGivesUpItsSpelling() throws {
    let table = try KeywordTable(spellings: [.def: ["déf", "une_définition_de_fonction"], .if: ["si", "if"]])
    #expect(keyword("déf", in: table) == .def)
    #expect(keyword("une_définition_de_fonction", in: table) == .def)
    #expect(keyword("def", in: table) == nil)
    #expect(keyword("if", in: table) == .if)
    #expect(keyword("while", in: table) == .while)
    #expect(table.hasNonASCIISpellings)
  }

  @Test func ambiguousTablesAreRefused() {
    func refusal(_ spellings: [KeywordKind: [String]]) -> KeywordTableError? {
      do {
        _ = try KeywordTable(spellings: spellings)
        return nil
      } catch { return error }
    }
    #expect(refusal([.if: ["si"], .elif: ["si"]]) == .ambiguous(spelling: "si", first: .elif, second: .if))
    #expect(refusal([.if: ["1er"]]) == .notAnIdentifier(spelling: "1er", keyword: .if))
    #expect(refusal([.if: ["deux mots"]]) == .notAnIdentifier(spelling: "deux mots", keyword: .if))
    #expect(refusal([.if: []]) == .noSpelling(keyword: .if))
    #expect(refusal([.if: ["for"]]) == .unmovedOriginal(spelling: "for", keyword: .if, original: .for))
    #expect(refusal([.if: ["for"], .for: ["if"]]) == nil)
  }
}
