// What the module _decimal uses of libmpdec: the arithmetic of decimal numbers (IEEE 754, Cowlishaw's specification).

import CKraitSystem
import Glibc
import KraitRuntime

typealias DecimalNumber = UnsafeMutablePointer<krait_decimal>
typealias DecimalContext = UnsafeMutablePointer<krait_decimal_context>
typealias DecimalStatus = UnsafeMutablePointer<UInt32>

/// The functions of libmpdec.
struct MPDecimal: @unchecked Sendable {
  typealias Unary = @convention(c) (DecimalNumber, DecimalNumber, DecimalContext, DecimalStatus) -> Void
  typealias Binary = @convention(c) (DecimalNumber, DecimalNumber, DecimalNumber, DecimalContext, DecimalStatus) -> Void
  typealias Ternary = @convention(c) (DecimalNumber, DecimalNumber, DecimalNumber, DecimalNumber, DecimalContext, DecimalStatus) -> Void
  typealias SetStringFunction = @convention(c) (DecimalNumber, UnsafePointer<CChar>, DecimalContext, DecimalStatus) -> Void
  typealias SetIntegerFunction = @convention(c) (DecimalNumber, Int64, DecimalContext, DecimalStatus) -> Void
  typealias SetUnsignedFunction = @convention(c) (DecimalNumber, UInt64, DecimalContext, DecimalStatus) -> Void
  typealias ImportDigitsFunction = @convention(c) (DecimalNumber, UnsafePointer<UInt16>, Int, UInt8, UInt32, DecimalContext, DecimalStatus) -> Void
  typealias ExportDigitsFunction = @convention(c) (UnsafeMutablePointer<UnsafeMutablePointer<UInt16>?>, Int, UInt32, DecimalNumber, DecimalStatus) -> Int
  typealias CopyFunction = @convention(c) (DecimalNumber, DecimalNumber, DecimalStatus) -> Int32
  typealias CopyAbsoluteFunction = @convention(c) (DecimalNumber, DecimalNumber, DecimalStatus) -> Int32
  typealias CopyNegatedFunction = @convention(c) (DecimalNumber, DecimalNumber, DecimalStatus) -> Int32
  typealias CopySignFunction = @convention(c) (DecimalNumber, DecimalNumber, DecimalNumber, DecimalStatus) -> Int32
  typealias FinishFunction = @convention(c) (DecimalNumber, DecimalContext, DecimalStatus) -> Void
  typealias CompareFunction = @convention(c) (DecimalNumber, DecimalNumber, DecimalStatus) -> Int32
  typealias CompareTotalFunction = @convention(c) (DecimalNumber, DecimalNumber, DecimalNumber) -> Int32
  typealias CompareTotalMagnitudeFunction = @convention(c) (DecimalNumber, DecimalNumber, DecimalNumber) -> Int32
  typealias SameQuantumFunction = @convention(c) (DecimalNumber, DecimalNumber) -> Int32
  typealias SetErrorFunction = @convention(c) (DecimalNumber, UInt32, DecimalStatus) -> Void
  typealias SetSpecialFunction = @convention(c) (DecimalNumber, UInt8, UInt8) -> Void
  typealias NameFunction = @convention(c) (DecimalNumber, DecimalContext) -> UnsafePointer<CChar>?
  typealias ScientificFunction = @convention(c) (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, DecimalNumber, Int32) -> Int
  typealias EngineeringFunction = @convention(c) (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, DecimalNumber, Int32) -> Int
  typealias ParseFormatFunction = @convention(c) (UnsafeMutablePointer<krait_decimal_format>, UnsafePointer<CChar>, Int32) -> Int32
  typealias ValidateLocaleFunction = @convention(c) (UnsafeMutablePointer<krait_decimal_format>) -> Int32
  typealias FormatFunction = @convention(c) (DecimalNumber, UnsafeMutablePointer<krait_decimal_format>, DecimalContext, DecimalStatus) -> UnsafeMutablePointer<CChar>?
  typealias SetContextFunction = @convention(c) (DecimalContext, Int32) -> Int32
  typealias EndFunction = @convention(c) (DecimalNumber) -> Void
  typealias Test = @convention(c) (DecimalNumber, DecimalContext) -> Int32

  enum UnaryOperation: String, CaseIterable {
    case abs, plus, minus, exp, ln, log10, logb, sqrt, nextPlus = "next_plus", nextMinus = "next_minus", reduce, invert, roundToInteger = "round_to_int",
      roundToIntegerExact = "round_to_intx"
  }

  enum BinaryOperation: String, CaseIterable {
    case add, sub, mul, div, divint, rem, remainderNear = "rem_near", pow, and, or, xor, max, maxMagnitude = "max_mag", min, minMagnitude = "min_mag",
      nextToward = "next_toward", quantize, scaleb, rotate, shift, compare, compareSignal = "compare_signal"
  }

  let unary: [Unary]
  let binary: [Binary]
  let fma: Ternary
  let powmod: Ternary
  let divmod: Ternary
  let isNormal: Test
  let isSubnormal: Test
  let setString: SetStringFunction
  let setInteger: SetIntegerFunction
  let setUnsigned: SetUnsignedFunction
  let importDigits: ImportDigitsFunction
  let exportDigits: ExportDigitsFunction
  let copy: CopyFunction
  let copyAbsolute: CopyAbsoluteFunction
  let copyNegated: CopyNegatedFunction
  let copySign: CopySignFunction
  let finish: FinishFunction
  let compare: CompareFunction
  let compareTotal: CompareTotalFunction
  let compareTotalMagnitude: CompareTotalMagnitudeFunction
  let sameQuantum: SameQuantumFunction
  let setError: SetErrorFunction
  let setSpecial: SetSpecialFunction
  let name: NameFunction
  let scientific: ScientificFunction
  let engineering: EngineeringFunction
  let parseFormat: ParseFormatFunction
  let validateLocale: ValidateLocaleFunction
  let format: FormatFunction
  let setContext: SetContextFunction
  let end: EndFunction
  private let freePlace: UnsafeMutablePointer<@convention(c) (UnsafeMutableRawPointer?) -> Void>

  /// Frees a text or digits that the library made.
  func free(_ memory: UnsafeMutableRawPointer?) { freePlace.pointee(memory) }

  // Read in every operation: plain pointers, without a once-token.
  nonisolated(unsafe) private static var loaded: UnsafeMutablePointer<MPDecimal>?
  nonisolated(unsafe) private static var unaryTable: UnsafeMutablePointer<Unary>?
  nonisolated(unsafe) private static var binaryTable: UnsafeMutablePointer<Binary>?

  /// The library; the module cannot be imported without it.
  @inline(__always) static var shared: UnsafeMutablePointer<MPDecimal> { loaded.unsafelyUnwrapped }

  @inline(__always)
  static func call(_ operation: UnaryOperation, _ result: DecimalNumber, _ a: DecimalNumber, _ context: DecimalContext, _ status: DecimalStatus) {
    unaryTable.unsafelyUnwrapped[operation.number](result, a, context, status)
  }

  @inline(__always)
  static func call(
    _ operation: BinaryOperation, _ result: DecimalNumber, _ a: DecimalNumber, _ b: DecimalNumber, _ context: DecimalContext, _ status: DecimalStatus
  ) { binaryTable.unsafelyUnwrapped[operation.number](result, a, b, context, status) }

  /// Loads the library at the first import: the system's, else the one that came with the standard library.
  static func load() throws(PyError) {
    if loaded != nil { return }
    #if arch(x86_64)
      let triple = "x86_64-linux-gnu"
    #else
      let triple = "aarch64-linux-gnu"
    #endif
    let name = "libmpdec.so.4"
    let own = RuntimeConfiguration.current.libraryFolder.map { ["\($0)/../\(triple)/\(name)"] } ?? []
    guard let library = SharedLibrary([name] + own), let functions = MPDecimal(library) else {
      throw PyError.raise(.importError, "\(name): cannot open shared object file: No such file or directory")
    }
    let table = UnsafeMutablePointer<MPDecimal>.allocate(capacity: 1)
    table.initialize(to: functions)
    let unary = UnsafeMutablePointer<Unary>.allocate(capacity: functions.unary.count)
    unary.initialize(from: functions.unary, count: functions.unary.count)
    let binary = UnsafeMutablePointer<Binary>.allocate(capacity: functions.binary.count)
    binary.initialize(from: functions.binary, count: functions.binary.count)
    unaryTable = unary
    binaryTable = binary
    loaded = table
  }

  private init?(_ library: SharedLibrary) {
    func all<Function>(_ names: [String], _ type: Function.Type) -> [Function]? {
      let found = names.compactMap { library.function("mpd_q\($0)", as: Function.self) }
      return found.count == names.count ? found : nil
    }
    guard let unary = all(UnaryOperation.allCases.map(\.rawValue), Unary.self), let binary = all(BinaryOperation.allCases.map(\.rawValue), Binary.self),
      let fma: Ternary = library.function("mpd_qfma"), let powmod: Ternary = library.function("mpd_qpowmod"), let divmod: Ternary = library.function("mpd_qdivmod"),
      let isNormal: Test = library.function("mpd_isnormal"), let isSubnormal: Test = library.function("mpd_issubnormal")
    else { return nil }
    self.unary = unary
    self.binary = binary
    self.fma = fma
    self.powmod = powmod
    self.divmod = divmod
    self.isNormal = isNormal
    self.isSubnormal = isSubnormal
    guard let setString = library.function("mpd_qset_string", as: SetStringFunction.self), let setInteger = library.function("mpd_qset_i64", as: SetIntegerFunction.self),
      let setUnsigned = library.function("mpd_qset_u64", as: SetUnsignedFunction.self), let importDigits = library.function("mpd_qimport_u16", as: ImportDigitsFunction.self),
      let exportDigits = library.function("mpd_qexport_u16", as: ExportDigitsFunction.self), let copy = library.function("mpd_qcopy", as: CopyFunction.self),
      let copyAbsolute = library.function("mpd_qcopy_abs", as: CopyAbsoluteFunction.self), let copyNegated = library.function("mpd_qcopy_negate", as: CopyNegatedFunction.self),
      let copySign = library.function("mpd_qcopy_sign", as: CopySignFunction.self), let finish = library.function("mpd_qfinalize", as: FinishFunction.self),
      let compare = library.function("mpd_qcmp", as: CompareFunction.self), let compareTotal = library.function("mpd_compare_total", as: CompareTotalFunction.self),
      let compareTotalMagnitude = library.function("mpd_compare_total_mag", as: CompareTotalMagnitudeFunction.self),
      let sameQuantum = library.function("mpd_same_quantum", as: SameQuantumFunction.self), let setError = library.function("mpd_seterror", as: SetErrorFunction.self),
      let setSpecial = library.function("mpd_setspecial", as: SetSpecialFunction.self), let name = library.function("mpd_class", as: NameFunction.self),
      let scientific = library.function("mpd_to_sci_size", as: ScientificFunction.self), let engineering = library.function("mpd_to_eng_size", as: EngineeringFunction.self),
      let parseFormat = library.function("mpd_parse_fmt_str", as: ParseFormatFunction.self),
      let validateLocale = library.function("mpd_validate_lconv", as: ValidateLocaleFunction.self), let format = library.function("mpd_qformat_spec", as: FormatFunction.self),
      let setContext = library.function("mpd_ieee_context", as: SetContextFunction.self), let end = library.function("mpd_del", as: EndFunction.self),
      let free: UnsafeMutableRawPointer = library.function("mpd_free"), let least: UnsafeMutableRawPointer = library.function("MPD_MINALLOC")
    else { return nil }
    (self.setString, self.setInteger, self.setUnsigned, self.importDigits, self.exportDigits) = (setString, setInteger, setUnsigned, importDigits, exportDigits)
    (self.copy, self.copyAbsolute, self.copyNegated, self.copySign, self.finish) = (copy, copyAbsolute, copyNegated, copySign, finish)
    (self.compare, self.compareTotal, self.compareTotalMagnitude, self.sameQuantum) = (compare, compareTotal, compareTotalMagnitude, sameQuantum)
    (self.setError, self.setSpecial, self.name, self.scientific, self.engineering) = (setError, setSpecial, name, scientific, engineering)
    (self.parseFormat, self.validateLocale, self.format, self.setContext, self.end) = (parseFormat, validateLocale, format, setContext, end)
    freePlace = free.assumingMemoryBound(to: (@convention(c) (UnsafeMutableRawPointer?) -> Void).self)
    // Numbers have room for so many words in themselves.
    least.assumingMemoryBound(to: Int64.self).pointee = Int64(DecimalObject.ownWords)
  }
}

extension MPDecimal.UnaryOperation {
  @inline(__always) var number: Int { Int(unsafeBitCast(self, to: UInt8.self)) }
}

extension MPDecimal.BinaryOperation {
  @inline(__always) var number: Int { Int(unsafeBitCast(self, to: UInt8.self)) }
}

/// Bits of statuses and traps.
enum DecimalFlag {
  static let clamped: UInt32 = 0x1
  static let conversionSyntax: UInt32 = 0x2
  static let divisionByZero: UInt32 = 0x4
  static let divisionImpossible: UInt32 = 0x8
  static let divisionUndefined: UInt32 = 0x10
  static let inexact: UInt32 = 0x40
  static let invalidContext: UInt32 = 0x80
  static let invalidOperation: UInt32 = 0x100
  static let noMemory: UInt32 = 0x200
  /// The library leaves this one to others; here a float was used as a Decimal.
  static let floatOperation: UInt32 = 0x400
  static let overflow: UInt32 = 0x800
  static let rounded: UInt32 = 0x1000
  static let subnormal: UInt32 = 0x2000
  static let underflow: UInt32 = 0x4000
  /// All that the signal InvalidOperation stands for.
  static let invalid: UInt32 = 0x2 | 0x8 | 0x10 | 0x20 | 0x80 | 0x100 | 0x200
  static let errors: UInt32 = invalid | divisionByZero
}

/// Bits of a number's flags.
enum DecimalBit {
  static let negative: UInt8 = 1
  static let infinite: UInt8 = 2
  static let quietNaN: UInt8 = 4
  static let signalingNaN: UInt8 = 8
  static let special: UInt8 = 14
  static let ownStructure: UInt8 = 16
  static let ownWords: UInt8 = 32
  static let borrowedWords: UInt8 = 128
}
