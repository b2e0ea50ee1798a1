// What native modules keep for each interpreter.

import CKraitCore
import Glibc

/// A value that a native module keeps for each interpreter, such as an exception class that it raises or a function that it imported.
///
/// Declare it as a global variable: `nonisolated(unsafe) var structError = InterpreterValue()`. The interpreter owns what is set and gives it up at its end,
/// after the modules.
@frozen
public struct InterpreterValue: Sendable {
  // The number of the slot; 0 until the first use. A plain number, so that the variable needs no once-token.
  @usableFromInline var number = 0

  @inlinable public init() {}

  /// The calling interpreter's value, borrowed; absent until one is set.
  public var value: Value {
    @inline(__always) get {
      let interpreter = currentInterpreter
      // Acquire: without a lock another thread may be making room.
      guard number != 0, number < Int(krait_load64_acquire(&interpreter.pointee.moduleStorage.count)) else { return .absent }
      return Value(bits: interpreter.pointee.moduleStorage.base.unsafelyUnwrapped[number].word)
    }
  }

  /// Keeps a value in place of the one before, which is the result; absent empties the slot.
  @discardableResult
  public mutating func set(_ value: consuming Owned) throws(PyError) -> Owned {
    let place = try InterpreterStorage.place(&number)
    let old = Value(bits: place.pointee.word)
    place.pointee = InterpreterStorage.Entry(word: value.take().bits, release: nil)
    // Given up by the caller, when the variable is no longer being changed: that may run code which reads it.
    return Owned(taking: old)
  }
}

/// Memory that a native module keeps for each interpreter: a structure of plain fields, zeroed at first.
///
/// Declare it as a global variable: `nonisolated(unsafe) var state = InterpreterMemory<State>()`.
public struct InterpreterMemory<State: BitwiseCopyable>: Sendable {
  private var number = 0

  public init() {}

  /// The calling interpreter's memory; `release`, which captures nothing, is called at the interpreter's end, after the modules, before the memory is freed.
  public mutating func pointer(release: @escaping (UnsafeMutableRawPointer) -> Void = { _ in }) throws(PyError) -> UnsafeMutablePointer<State> {
    let interpreter = currentInterpreter
    if number != 0, number < interpreter.pointee.moduleStorage.count, let memory = UnsafeMutableRawPointer(bitPattern: UInt(interpreter.pointee.moduleStorage.base.unsafelyUnwrapped[number].word)) {
      return memory.assumingMemoryBound(to: State.self)
    }
    let place = try InterpreterStorage.place(&number)
    guard let memory = calloc(1, max(MemoryLayout<State>.size, 1)) else { throw PyError.memoryError() }
    place.pointee = InterpreterStorage.Entry(
      word: UInt64(UInt(bitPattern: memory)), release: DeallocateSlot(release), size: max(MemoryLayout<State>.size, 1))
    return memory.assumingMemoryBound(to: State.self)
  }
}

/// An interpreter's slots for native modules. Guarded by the interpreter's lock.
struct InterpreterStorage {
  struct Entry {
    /// An owned value, or the address of memory if ``release`` says how to end it.
    var word: UInt64
    var release: DeallocateSlot?
    /// Bytes of the memory.
    var size = 0
  }

  /// The first slot is never used.
  var base: UnsafeMutablePointer<Entry>?
  var count = 0

  /// Slots given out so far, in the process.
  nonisolated(unsafe) private static var numbers: UInt64 = 0
  nonisolated(unsafe) private static var lock: UInt8 = 0

  /// Gives a variable its number, unless another interpreter has done so meanwhile.
  ///
  /// A function of its own: while a variable is lent to one (`inout`), the compiler takes it that nobody else changes it, and a second look under the lock is left out.
  @inline(never)
  private static func reserve(_ number: UnsafeMutablePointer<Int>) {
    while !krait_cas8(&lock, 0, 1) { sched_yield() }
    if krait_load64_acquire(number) == 0 {
      numbers += 1
      krait_store64_release(number, numbers)
    }
    krait_store8_release(&lock, 0)
  }

  /// The calling interpreter's slot of a variable, which gets its number at the first call.
  static func place(_ number: inout Int) throws(PyError) -> UnsafeMutablePointer<Entry> {
    if number == 0 { withUnsafeMutablePointer(to: &number) { reserve($0) } }
    let interpreter = currentInterpreter
    if number >= interpreter.pointee.moduleStorage.count {
      let capacity = max(64, number * 2)
      guard let memory = calloc(capacity, MemoryLayout<Entry>.stride)?.assumingMemoryBound(to: Entry.self) else { throw PyError.memoryError() }
      if let old = interpreter.pointee.moduleStorage.base {
        memory.update(from: old, count: interpreter.pointee.moduleStorage.count)
        // Without a lock others may be reading it. It is the smaller one each time.
        if !Runtime.isFree { Glibc.free(old) }
      }
      interpreter.pointee.moduleStorage.base = memory
      krait_store64_release(&interpreter.pointee.moduleStorage.count, UInt64(capacity))
    }
    return interpreter.pointee.moduleStorage.base.unsafelyUnwrapped + number
  }

  /// Becomes a copy of the slots of an image's interpreter; false when there is no memory. Memory is copied byte by byte, words that point into the image moved.
  mutating func copy(_ source: InterpreterStorage, _ placement: HeapImage.Placement) -> Bool {
    guard let entries = source.base else { return true }
    guard let memory = calloc(source.count, MemoryLayout<Entry>.stride)?.assumingMemoryBound(to: Entry.self) else { return false }
    base = memory
    count = source.count
    for number in 0..<count where entries[number].word != 0 {
      guard entries[number].release != nil, let old = UnsafeMutableRawPointer(bitPattern: UInt(entries[number].word)) else {
        memory[number] = Entry(word: UInt64(placement.address(UInt(entries[number].word))), release: nil)
        continue
      }
      let size = entries[number].size
      guard let copy = malloc(size) else { return false }
      memcpy(copy, old, size)
      for offset in stride(from: 0, to: size & ~7, by: 8) {
        copy.storeBytes(of: placement.address(copy.load(fromByteOffset: offset, as: UInt.self)), toByteOffset: offset, as: UInt.self)
      }
      memory[number] = Entry(word: UInt64(UInt(bitPattern: copy)), release: entries[number].release, size: size)
    }
    return true
  }

  /// Frees the slots, after ``clear()``.
  mutating func free() {
    Glibc.free(base)
    self = InterpreterStorage()
  }

  /// Gives up memory but no values, when the interpreter's heap goes as a whole.
  mutating func releaseMemory() {
    for number in 0..<count {
      guard let entry = base?[number], let release = entry.release, let memory = UnsafeMutableRawPointer(bitPattern: UInt(entry.word)) else { continue }
      base?[number] = Entry(word: 0, release: nil)
      release(memory)
      Glibc.free(memory)
    }
  }

  /// Gives up everything, at the interpreter's end.
  mutating func clear() {
    for number in 0..<count {
      // What is given up may run code that asks for the slot.
      guard let entries = base else { return }
      let entry = entries[number]
      entries[number] = Entry(word: 0, release: nil)
      if entry.word == 0 { continue }
      if let release = entry.release, let memory = UnsafeMutableRawPointer(bitPattern: UInt(entry.word)) {
        release(memory)
        Glibc.free(memory)
      } else {
        Value(bits: entry.word).releaseIfPresent()
      }
    }
  }
}
