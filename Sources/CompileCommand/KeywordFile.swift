// Reads a table of keywords from a TOML file: `[keywords]`, each of Python's keywords with its spelling or spellings.

import KraitSyntax
import TOMLKit

/// Why a file is not what was asked for.
struct FileFormatError: Error, CustomStringConvertible {
  let path: String
  let reason: String
  var description: String { "\(path): \(reason)" }
}

enum KeywordFile {
  static func table(in path: String) throws -> KeywordTable {
    let text = String(decoding: try FileSystem.read(path).bytes, as: UTF8.self)
    let document: TOMLTable
    do {
      document = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      throw FileFormatError(path: path, reason: "line \(error.source.begin.line): \(error.description)")
    }
    guard let entries = document["keywords"]?.table else { throw FileFormatError(path: path, reason: "there is no table [keywords]") }
    var spellings: [KeywordKind: [String]] = [:]
    for (name, value) in entries {
      guard let keyword = KeywordKind(pythonSpelling: name) else {
        throw FileFormatError(path: path, reason: "'\(name)' is not a keyword of Python")
      }
      spellings[keyword] = try spellingList(value, of: name, in: path)
    }
    do {
      return try KeywordTable(spellings: spellings)
    } catch {
      throw FileFormatError(path: path, reason: error.description)
    }
  }

  private static func spellingList(_ value: TOMLValueConvertible, of name: String, in path: String) throws -> [String] {
    if let spelling = value.string { return [spelling] }
    guard let list = value.array else { throw FileFormatError(path: path, reason: "'\(name)' is neither a string nor a list of strings") }
    return try list.map { element in
      guard let spelling = element.string else {
        throw FileFormatError(path: path, reason: "'\(name)' has a spelling that is not a string")
      }
      return spelling
    }
  }
}
