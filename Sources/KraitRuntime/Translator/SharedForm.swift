// Executable forms that interpreters have in common: each begins with a copy of the words as the translator made them.

import CKraitCore
import Glibc

/// A code object's place, in memory of the process, for the form that the first interpreter to run it leaves to the others.
///
/// Code of the image of interpreters and of ``ModuleData`` has one. Words are an interpreter's own, as instructions specialise in place and refer to its objects; the tables beside them are not copied.
struct SharedForm {
  /// The address of a ``Contents``, which never changes and is never freed; 0 until there is one.
  private var address: UInt64 = 0

  /// A word that holds a constant of the code object, or a name.
  struct Relocation {
    var word: UInt32
    /// The constant's number; a name's is told by its complement.
    var number: Int32
  }

  private struct Contents {
    let wordCount: Int
    let words: UnsafeMutablePointer<UInt64>
    let origins: UnsafeMutableBufferPointer<Executable.Origin>
    let handlers: UnsafeMutableBufferPointer<Executable.Handler>
    let relocations: UnsafeMutableBufferPointer<Relocation>
    let isBrief: Bool
  }

  /// Whether forms are left for others: since there were others. Written once, by whoever makes the first.
  nonisolated(unsafe) static var isWanted = false

  /// A place for code that had none.
  static func make() -> UnsafeMutablePointer<SharedForm> {
    let place = UnsafeMutablePointer<SharedForm>.allocate(capacity: 1)
    place.initialize(to: SharedForm())
    return place
  }

  static func place(of code: CodeObject) -> UnsafeMutablePointer<SharedForm>? { code.contents.pointee.shared.map { $0.assumingMemoryBound(to: SharedForm.self) } }

  /// A form of the calling interpreter's for code that another one has translated; nil when none has.
  static func copy(for code: CodeObject) throws(PyError) -> PC? {
    guard let place = place(of: code) else { return nil }
    let address = krait_load64_acquire(UnsafeMutableRawPointer(place).assumingMemoryBound(to: UInt64.self))
    guard let form = UnsafePointer<Contents>(bitPattern: UInt(address)) else { return nil }
    let executable = try Executable.make(wordCount: form.pointee.wordCount, sharing: form.pointee.origins, form.pointee.handlers)
    executable.start.update(from: form.pointee.words, count: form.pointee.wordCount)
    let (constants, names) = (code.constants, code.names)
    for relocation in form.pointee.relocations {
      let value = relocation.number >= 0 ? constants[Int(relocation.number)] : names[Int(~relocation.number)]
      executable.start[Int(relocation.word)] = value.bits
    }
    code.isBrief = form.pointee.isBrief
    return executable.start
  }

  /// Leaves a form that has not run yet to other interpreters.
  static func keep(_ start: PC, of code: CodeObject, _ relocations: UnsafeBufferPointer<Relocation>) {
    guard isWanted, let place = place(of: code) else { return }
    let made = Executable(start: start).contents.pointee
    let tableOffset = MemoryLayout<Contents>.stride + made.wordCount * 8
    let handlerOffset = tableOffset + made.origins.count * MemoryLayout<Executable.Origin>.stride
    let relocationOffset = handlerOffset + made.handlers.count * MemoryLayout<Executable.Handler>.stride
    let block = UnsafeMutableRawPointer.allocate(byteCount: relocationOffset + relocations.count * MemoryLayout<Relocation>.stride, alignment: 8)
    func copy<Element: BitwiseCopyable>(_ elements: UnsafeBufferPointer<Element>, at offset: Int) -> UnsafeMutableBufferPointer<Element> {
      let target = UnsafeMutableBufferPointer(start: (block + offset).assumingMemoryBound(to: Element.self), count: elements.count)
      _ = target.initialize(from: elements)
      return target
    }
    let words = copy(UnsafeBufferPointer(start: start, count: made.wordCount), at: MemoryLayout<Contents>.stride)
    block.initializeMemory(as: Contents.self, to: Contents(
      wordCount: made.wordCount, words: words.baseAddress.unsafelyUnwrapped, origins: copy(UnsafeBufferPointer(made.origins), at: tableOffset),
      handlers: copy(UnsafeBufferPointer(made.handlers), at: handlerOffset), relocations: copy(relocations, at: relocationOffset), isBrief: code.isBrief))
    // Release: who finds the form finds it whole. Of two that were made at once, one is kept.
    let kept = krait_cas64(UnsafeMutableRawPointer(place).assumingMemoryBound(to: UInt64.self), 0, UInt64(UInt(bitPattern: block)))
    if !kept { block.deallocate() }
  }
}
