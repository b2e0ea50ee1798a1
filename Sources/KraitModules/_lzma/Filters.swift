// Filter chains of `_lzma`: dicts that describe filters, and liblzma's structures.

import CKraitLZMA
import Glibc
import KraitRuntime

/// Numbers of liblzma whose macros Swift does not see.
enum LZMA {
  static let filterLZMA1: UInt64 = 0x4000_0000_0000_0001
  static let filterLZMA2: UInt64 = 0x21
  static let filterDelta: UInt64 = 3
  static let endOfChain: UInt64 = .max
  static let longestChain = 4
  static let defaultPreset: UInt32 = 6

  static func isBranchFilter(_ id: UInt64) -> Bool { id >= 4 && id <= 9 }
}

nonisolated(unsafe) var lzmaError = InterpreterValue()

func lzmaFailure(_ message: String) -> PyError { PyError.raise(TypeObject(lzmaError.value), message) }

/// The error of a result of liblzma; nil when it is none.
func failure(_ code: lzma_ret) -> PyError? {
  switch code {
  case LZMA_OK, LZMA_GET_CHECK, LZMA_NO_CHECK, LZMA_STREAM_END: nil
  case LZMA_UNSUPPORTED_CHECK: lzmaFailure("Unsupported integrity check")
  case LZMA_MEM_ERROR: .memoryError()
  case LZMA_MEMLIMIT_ERROR: lzmaFailure("Memory usage limit exceeded")
  case LZMA_FORMAT_ERROR: lzmaFailure("Input format not supported by decoder")
  case LZMA_OPTIONS_ERROR: lzmaFailure("Invalid or unsupported options")
  case LZMA_DATA_ERROR: lzmaFailure("Corrupt input data")
  case LZMA_BUF_ERROR: lzmaFailure("Insufficient buffer space")
  case LZMA_PROG_ERROR: lzmaFailure("Internal error")
  default: lzmaFailure("Unrecognized error from liblzma: \(code.rawValue)")
  }
}

/// A chain in liblzma's form, with its options.
struct FilterChain: ~Copyable {
  let filters: UnsafeMutablePointer<lzma_filter>
  private(set) var count = 0

  init() {
    filters = .allocate(capacity: LZMA.longestChain + 1)
    for index in 0...LZMA.longestChain { (filters + index).initialize(to: lzma_filter(id: LZMA.endOfChain, options: nil)) }
  }

  deinit {
    for index in 0..<count { free(filters[index].options) }
    filters.deallocate()
  }

  /// The chain that a sequence of dicts describes.
  init(_ sequence: Value) throws(PyError) {
    self.init()
    if sequence.isDict { throw .typeError("\(sequence.typeName) is not a sequence") }
    let length = try sequence.length()
    if length > LZMA.longestChain { throw .valueError("Too many filters - liblzma supports a maximum of \(LZMA.longestChain)") }
    for index in 0..<length {
      let item = try sequence.getItem(Value(smallInteger: index))
      try append(item.value)
    }
  }

  mutating func append(_ description: Value) throws(PyError) {
    guard description.type.slots.pointee.subscript != nil, !description.isString, !description.isBytes, !description.isList, !description.isTuple else {
      throw .typeError("Filter specifier must be a dict or dict-like object")
    }
    let id = try FilterChain.item(description, "id")
    if id.value.isAbsent { throw .valueError("Filter specifier must have an \"id\" entry") }
    let number = try id.value.index()
    guard let filter = Integer.asUInt64(number.value), !Integer.isNegative(number.value) else { throw .overflowError("int too big to convert") }
    let options: UnsafeMutableRawPointer?
    switch filter {
    case LZMA.filterLZMA1, LZMA.filterLZMA2: options = try FilterChain.lzmaOptions(description)
    case LZMA.filterDelta: options = try FilterChain.deltaOptions(description)
    case 4...9: options = try FilterChain.branchOptions(description)
    default: throw .valueError("Invalid filter ID: \(filter)")
    }
    filters[count] = lzma_filter(id: filter, options: options)
    count += 1
  }

  /// An entry; absent if there is none.
  private static func item(_ description: Value, _ name: String) throws(PyError) -> Owned {
    let key = try Owned.string(name)
    do throws(PyError) { return try description.getItem(key.value) } catch {
      guard PyError.matches(.keyError) else { throw error }
      PyError.clear()
      return Owned(taking: .absent)
    }
  }

  /// Reads the numbers among a filter's options. What is no name of an option, or no such number, is an error that names the kind of filter.
  private static func read(_ description: Value, _ kind: String, _ names: [String], _ store: (Int, UInt32) -> Void) throws(PyError) {
    func invalid() -> PyError { .valueError("Invalid filter specifier for \(kind) filter") }
    let keys = try Owned.list(from: description)
    for index in 0..<ListObject(keys.value).count {
      let key = Owned(copying: ListObject(keys.value)[index])
      guard key.value.isString else { throw invalid() }
      let name = key.value.text
      if name == "id" || name == "preset" && kind == "LZMA" { continue }
      guard let place = names.firstIndex(of: name) else { throw invalid() }
      let value = try description.getItem(key.value)
      guard value.value.isInteger, let word = Integer.asInt(value.value), let number = UInt32(exactly: word) else { throw invalid() }
      store(place, number)
    }
  }

  private static func lzmaOptions(_ description: Value) throws(PyError) -> UnsafeMutableRawPointer {
    var preset = LZMA.defaultPreset
    let given = try item(description, "preset")
    if !given.value.isAbsent { preset = try uint32(given.value) }
    guard let memory = calloc(1, MemoryLayout<lzma_options_lzma>.size) else { throw .memoryError() }
    let options = memory.bindMemory(to: lzma_options_lzma.self, capacity: 1)
    if lzma_lzma_preset(options, preset) != 0 {
      free(memory)
      throw lzmaFailure("Invalid compression preset: \(preset)")
    }
    do throws(PyError) {
      try read(description, "LZMA", ["dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"]) { place, number in
        switch place {
        case 0: options.pointee.dict_size = number
        case 1: options.pointee.lc = number
        case 2: options.pointee.lp = number
        case 3: options.pointee.pb = number
        case 4: options.pointee.mode = lzma_mode(rawValue: number)
        case 5: options.pointee.nice_len = number
        case 6: options.pointee.mf = lzma_match_finder(rawValue: number)
        default: options.pointee.depth = number
        }
      }
    } catch {
      free(memory)
      throw error
    }
    return memory
  }

  private static func deltaOptions(_ description: Value) throws(PyError) -> UnsafeMutableRawPointer {
    var distance: UInt32 = 1
    try read(description, "delta", ["dist"]) { distance = $1 }
    guard let memory = calloc(1, MemoryLayout<lzma_options_delta>.size) else { throw .memoryError() }
    let options = memory.bindMemory(to: lzma_options_delta.self, capacity: 1)
    options.pointee.type = LZMA_DELTA_TYPE_BYTE
    options.pointee.dist = distance
    return memory
  }

  private static func branchOptions(_ description: Value) throws(PyError) -> UnsafeMutableRawPointer {
    var offset: UInt32 = 0
    try read(description, "BCJ", ["start_offset"]) { offset = $1 }
    guard let memory = calloc(1, MemoryLayout<lzma_options_bcj>.size) else { throw .memoryError() }
    memory.bindMemory(to: lzma_options_bcj.self, capacity: 1).pointee.start_offset = offset
    return memory
  }

  /// A C `uint32_t`.
  static func uint32(_ value: Value) throws(PyError) -> UInt32 {
    let number = try value.index()
    if Integer.isNegative(number.value) { throw .valueError("Cannot convert negative int") }
    guard let result = Integer.asUInt64(number.value).flatMap(UInt32.init(exactly:)) else { throw .overflowError("Python int too large for C uint32_t") }
    return result
  }

  /// The dict that describes a filter which liblzma read.
  static func describe(_ filter: lzma_filter) throws(PyError) -> Owned {
    let dict = try Owned.dict()
    let entries = DictObject(dict.value)
    func set(_ name: String, _ value: UInt64) throws(PyError) {
      let key = try Owned.string(name)
      let number = try Owned.integer(value)
      try entries.set(sharing: key, number)
    }
    try set("id", filter.id)
    guard let options = filter.options else { return dict }
    switch filter.id {
    case LZMA.filterLZMA1:
      let options = options.assumingMemoryBound(to: lzma_options_lzma.self)
      try set("lc", UInt64(options.pointee.lc))
      try set("lp", UInt64(options.pointee.lp))
      try set("pb", UInt64(options.pointee.pb))
      try set("dict_size", UInt64(options.pointee.dict_size))
    case LZMA.filterLZMA2: try set("dict_size", UInt64(options.assumingMemoryBound(to: lzma_options_lzma.self).pointee.dict_size))
    case LZMA.filterDelta: try set("dist", UInt64(options.assumingMemoryBound(to: lzma_options_delta.self).pointee.dist))
    case 4...9: try set("start_offset", UInt64(options.assumingMemoryBound(to: lzma_options_bcj.self).pointee.start_offset))
    default: throw .valueError("Invalid filter ID: \(filter.id)")
    }
    return dict
  }
}

/// Gives up options that liblzma allocated.
func releaseOptions(_ options: UnsafeMutableRawPointer?) { free(options) }
