// Code as it runs: words in memory of their own, with side tables for tracebacks and exceptions (RFC 0003).

import CKraitCore
import KraitCompiler
import Glibc

/// The executable form of one code object.
///
/// An instruction is one word (`op` 16 bits, operands A, B, C of 16 bits each) and the words of its inline caches or constants. Words are rewritten in place as instructions
/// specialise: caches first, then the operation by one atomic store. The word before the first leads to the ``Contents``.
struct Executable {
  struct Contents {
    var words: PC
    var wordCount: Int
    /// Ascending pairs: word offset, byte offset in `co_code`.
    var origins: UnsafeMutableBufferPointer<Origin>
    var handlers: UnsafeMutableBufferPointer<Handler>
    /// Bytes of the block.
    var size: Int
  }

  struct Origin {
    var word: UInt32
    var offset: UInt32
  }

  /// A stretch of words that a handler guards.
  struct Handler {
    var start: UInt32
    var end: UInt32
    /// Word offset of the handler.
    var target: UInt32
    /// Temporaries that stay.
    var depth: UInt16
    var pushesLastInstruction: Bool
  }

  let contents: UnsafeMutablePointer<Contents>

  init(_ contents: UnsafeMutablePointer<Contents>) { self.contents = contents }

  /// The executable that begins at a word.
  init(start: PC) {
    contents = UnsafeMutablePointer<Contents>(bitPattern: UInt(start[-1])).unsafelyUnwrapped
  }

  var start: PC { contents.pointee.words }

  static func == (a: Executable, b: Executable?) -> Bool { a.contents == b?.contents }

  func contains(_ pc: PC) -> Bool { pc >= contents.pointee.words && pc < contents.pointee.words + contents.pointee.wordCount }

  /// The first word that comes from the instruction at a byte offset of `co_code`; nil when none does.
  func word(ofOffset offset: Int) -> PC? {
    let origins = contents.pointee.origins
    var low = 0
    var high = origins.count
    while low < high {
      let middle = (low + high) / 2
      if Int(origins[middle].offset) < offset { low = middle + 1 } else { high = middle }
    }
    guard low < origins.count, Int(origins[low].offset) == offset else { return nil }
    return contents.pointee.words + Int(origins[low].word)
  }

  func bytecodeOffset(at pc: PC) -> Int {
    let word = pc - contents.pointee.words
    guard word >= 0, word < contents.pointee.wordCount else { return -1 }
    let origins = contents.pointee.origins
    var low = 0
    var high = origins.count
    while low < high {
      let middle = (low + high) / 2
      if Int(origins[middle].word) <= word { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? -1 : Int(origins[low - 1].offset)
  }

  /// The handler for an exception raised at an instruction.
  func handler(at pc: PC) -> Handler? {
    guard let handlers = contents.pointee.handlers.baseAddress else { return nil }
    let word = UInt32(truncatingIfNeeded: pc - contents.pointee.words)
    var low: UInt = 0
    var high = UInt(bitPattern: contents.pointee.handlers.count)
    while low < high {
      let middle = (low &+ high) &>> 1
      if handlers[Int(middle)].start <= word { low = middle &+ 1 } else { high = middle }
    }
    guard low > 0, word < handlers[Int(low &- 1)].end else { return nil }
    return handlers[Int(low &- 1)]
  }

}

extension Executable {
  /// An executable form with undefined words: one block of the interpreter's memory, which goes with its heap.
  static func make(wordCount: Int, origins: UnsafeBufferPointer<Origin>, handlers: UnsafeBufferPointer<Handler>) throws(PyError) -> Executable {
    let originOffset = 8 + wordCount * 8 + MemoryLayout<Contents>.stride
    let handlerOffset = originOffset + origins.count * MemoryLayout<Origin>.stride
    let size = handlerOffset + handlers.count * MemoryLayout<Handler>.stride
    let block = try allocateMemory(size)
    let contents = (block + 8 + wordCount * 8).assumingMemoryBound(to: Contents.self)
    block.storeBytes(of: UInt64(UInt(bitPattern: contents)), as: UInt64.self)
    let storedOrigins = UnsafeMutableBufferPointer(start: (block + originOffset).assumingMemoryBound(to: Origin.self), count: origins.count)
    _ = storedOrigins.initialize(from: origins)
    let storedHandlers = UnsafeMutableBufferPointer(start: (block + handlerOffset).assumingMemoryBound(to: Handler.self), count: handlers.count)
    _ = storedHandlers.initialize(from: handlers)
    contents.initialize(to: .init(
      words: (block + 8).assumingMemoryBound(to: UInt64.self), wordCount: wordCount, origins: storedOrigins, handlers: storedHandlers, size: size))
    return Executable(contents)
  }

  /// An executable form with undefined words, whose tables are in memory that stays.
  static func make(
    wordCount: Int, sharing origins: UnsafeMutableBufferPointer<Origin>, _ handlers: UnsafeMutableBufferPointer<Handler>
  ) throws(PyError) -> Executable {
    let size = 8 + wordCount * 8 + MemoryLayout<Contents>.stride
    let block = try allocateMemory(size)
    let contents = (block + 8 + wordCount * 8).assumingMemoryBound(to: Contents.self)
    block.storeBytes(of: UInt64(UInt(bitPattern: contents)), as: UInt64.self)
    contents.initialize(to: .init(words: (block + 8).assumingMemoryBound(to: UInt64.self), wordCount: wordCount, origins: origins, handlers: handlers, size: size))
    return Executable(contents)
  }

  /// Frees the executable form of a code object that ends.
  static func free(_ start: UnsafeMutableRawPointer) { freeMemory(start - 8, size: Executable(start: start.assumingMemoryBound(to: UInt64.self)).contents.pointee.size) }
}

extension CodeObject {
  /// What stands for ``bytecodeOffset(at:)`` until somebody asks for it: most tracebacks are dropped unread.
  @inline(__always)
  func unresolvedOffset(at pc: PC) -> Int {
    if let executable, executable.contains(pc) { return -2 - (pc - executable.start) }
    return bytecodeOffset(at: pc)
  }

  /// An offset in `co_code` that may be one of ``unresolvedOffset(at:)``.
  func resolvedOffset(_ offset: Int) -> Int {
    if offset >= -1 { return offset }
    guard let executable else { return -1 }
    return executable.bytecodeOffset(at: executable.start + (-2 - offset))
  }

  /// The executable form, if the code has run before.
  var executable: Executable? {
    guard let start = contents.pointee.executable else { return nil }
    return Executable(start: start.assumingMemoryBound(to: UInt64.self))
  }

  /// The form that a frame runs which is at a word: the ordinary or the instrumented one.
  func executable(containing pc: PC) -> Executable? {
    guard let ordinary = executable else { return nil }
    if _slowPath(contents.pointee.monitoring != nil), !ordinary.contains(pc), let start = monitoring?.instrumented { return Executable(start: start) }
    return ordinary
  }

  /// The byte offset in `co_code` of the instruction that a frame at a word is at; -1 before the first.
  func bytecodeOffset(at pc: PC) -> Int { executable(containing: pc)?.bytecodeOffset(at: pc) ?? -1 }

  /// Slots of a frame: locals, cells, temporaries.
  @inline(__always)
  var frameSize: Int { Int(contents.pointee.frameSize) }

  func localName(_ index: Int) -> Value { TupleObject(contents.pointee.localsPlusNames)[index] }

  /// The first word to run, translating the code if it never ran.
  func executableStart() throws(PyError) -> PC {
    if let start = contents.pointee.executable { return start.assumingMemoryBound(to: UInt64.self) }
    return try Translator.translate(self)
  }
}
