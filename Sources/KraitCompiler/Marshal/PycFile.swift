// `.pyc` files: 16 bytes of header (PEP 552), then a code object in `marshal` form.

import KraitSyntax

/// The header of a `.pyc`: how an importer finds out whether the file still fits its source.
public struct PycHeader: Equatable, Sendable {
  public enum Validation: Equatable, Sendable {
    /// Modification time and size of the source, both modulo 2**32.
    case timestamp(modified: UInt32, size: UInt32)
    /// Hash of the source that the importer compares.
    case checkedHash(UInt64)
    /// Hash of the source that the importer trusts.
    case uncheckedHash(UInt64)
  }

  public let validation: Validation
  private let flags: UInt32

  public init(validation: Validation) {
    self.validation = validation
    flags =
      switch validation {
      case .timestamp: 0
      case .checkedHash: 3
      case .uncheckedHash: 1
      }
  }

  /// CPython 3.14's magic number.
  public static let magicNumber: UInt16 = 3627
  static let magicToken = UInt32(magicNumber) | 0x0A0D_0000
  public static let size = 16

  public var bytes: [UInt8] {
    var output = MarshalOutput()
    output.int32(Int32(bitPattern: PycHeader.magicToken))
    output.int32(Int32(bitPattern: flags))
    switch validation {
    case .timestamp(let modified, let size):
      output.int32(Int32(bitPattern: modified))
      output.int32(Int32(bitPattern: size))
    case .checkedHash(let hash), .uncheckedHash(let hash):
      output.int64(Int(bitPattern: UInt(hash)))
    }
    return output.bytes
  }

  /// Reads a header with the checks and messages of `importlib`. `name` is the module's.
  public init(_ data: [UInt8], name: String) throws(Diagnostic) {
    func word(_ index: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(data[index * 4 + $1]) << (8 * UInt32($1)) }
    }
    guard data.count >= 4, word(0) == PycHeader.magicToken else {
      throw Diagnostic(.importError, "bad magic number in '\(name)': \(PycHeader.bytesLiteral(data.prefix(4)))")
    }
    guard data.count >= PycHeader.size else { throw Diagnostic(.eofError, "reached EOF while reading pyc header of '\(name)'") }
    flags = word(1)
    let hash = UInt64(word(2)) | UInt64(word(3)) << 32
    switch flags {
    case 0: validation = .timestamp(modified: word(2), size: word(3))
    case 1: validation = .uncheckedHash(hash)
    case 3: validation = .checkedHash(hash)
    // "Check the source" without "hash based" says nothing.
    case 2: validation = .timestamp(modified: word(2), size: word(3))
    default: throw Diagnostic(.importError, "invalid flags \(flags) in '\(name)'")
    }
  }

  private static func bytesLiteral(_ bytes: ArraySlice<UInt8>) -> String {
    var result = "b'"
    for byte in bytes {
      switch byte {
      case 0x09: result += "\\t"
      case 0x0A: result += "\\n"
      case 0x0D: result += "\\r"
      case 0x27 where !bytes.contains(0x22): result += "'"
      case 0x27: result += "\\'"
      case 0x5C: result += "\\\\"
      case 0x20...0x7E: result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16)
        result += digits.count == 1 ? "\\x0\(digits)" : "\\x\(digits)"
      }
    }
    if bytes.contains(0x27) && !bytes.contains(0x22) { return "b\"" + result.dropFirst(2) + "\"" }
    return result + "'"
  }
}

/// A `.pyc` in memory.
public struct PycFile {
  public var header: PycHeader
  public let tree: MarshalTree

  /// Reads a whole file. `name` is the module's, for messages.
  public init(_ data: [UInt8], name: String) throws(Diagnostic) {
    header = try PycHeader(data, name: name)
    tree = try MarshalTree.read(data, from: PycHeader.size)
  }

  /// The code of the module.
  public func codeUnit(in arena: Arena) throws(Diagnostic) -> CodeUnit { try tree.root.codeUnit(in: arena) }

  /// The file that was read, unless something followed its code object.
  public var bytes: [UInt8] { header.bytes + tree.bytes() }

  /// The bytes of a file for a code unit.
  public static func bytes(_ unit: CodeUnit, header: PycHeader, in arena: Arena) -> [UInt8] {
    header.bytes + unit.marshaled(in: arena)
  }
}
