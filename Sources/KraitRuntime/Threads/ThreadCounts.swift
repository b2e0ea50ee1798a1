// Counts of their own that threads keep of objects which several of them count all the time.

import CKraitCore
import Glibc

/// Per-thread reference counts (PEP 703 has them for types and code) of the few objects that several threads of an interpreter without a lock were found to count again and again.
///
/// Such an object's count is the shared count less ``excess``, and what each thread has in its row of ``ThreadState/counts``. A thread adds to its own number and takes away from it as long as that is not zero, and
/// from the shared count otherwise; so numbers are never negative, and the last reference of all is given up in the shared count, or the look that its fall to ``excess`` brought about finds that it was.
/// All is put together at a safepoint, while the other threads of the interpreter stand still.
enum ThreadCounts {
  /// What keeps the object alive meanwhile.
  private static let excess: UInt32 = 1 << 27
  /// Shared counts, state included, at which the last reference may have been given up.
  private static let last = excess << 1...(excess << 2 | ObjectHeader.merged)

  /// The places of ``krait_counted`` that are in use. As all of this, for whoever made the others stand still.
  nonisolated(unsafe) private static var used: [Int] = []
  /// An object's shared count fell to ``excess``: ``settle(_:)`` is due. An atomic byte.
  nonisolated(unsafe) private static var isDue: UInt8 = 0
  /// An object found that another has its place. An atomic byte.
  nonisolated(unsafe) private static var isCrowded: UInt8 = 0

  static var wantsToSettle: Bool { @inline(__always) get { krait_load8(&isDue) != 0 } }

  // MARK: Counting

  /// A reference in the calling thread's own count; false for an object that has none.
  @inline(__always)
  static func retain(_ object: UnsafeMutableRawPointer) -> Bool {
    let place = krait_counted_place(object)
    if krait_counted_at(place) != object { return false }
    guard let count = currentThread.pointee.counts else { return false }
    krait_store32(count + place, krait_load32(count + place) &+ 1)
    return true
  }

  /// Gives up a reference in the calling thread's own count; false if there is none.
  @inline(__always)
  static func release(_ object: UnsafeMutableRawPointer) -> Bool {
    let place = krait_counted_place(object)
    if krait_counted_at(place) != object { return false }
    guard let count = currentThread.pointee.counts else { return false }
    let number = krait_load32(count + place)
    if number == 0 { return false }
    krait_store32(count + place, number &- 1)
    return true
  }

  /// The shared word of an object fell to this value.
  @inline(__always)
  static func noteFall(_ object: UnsafeMutableRawPointer, to word: UInt32) {
    if _slowPath(last.contains(word)) { askToSettle(object) }
  }

  @inline(never)
  private static func askToSettle(_ object: UnsafeMutableRawPointer) {
    guard krait_counted_at(krait_counted_place(object)) == object else { return }
    krait_store8_release(&isDue, 1)
    // A thread that is in another interpreter has others settle it.
    ThreadState.request(.mergeQueue, of: currentThread)
    if let owner = Segment.containing(object).pointee.heap.pointee.thread { ThreadState.request(.mergeQueue, of: owner) }
  }

  /// How many references there are, of which the shared word says `count`. In the object's interpreter.
  static func references(of object: UnsafeMutableRawPointer, shared count: Int) -> Int {
    let place = krait_counted_place(object)
    guard krait_counted_at(place) == object else { return count }
    var sum = count - Int(excess)
    Threads.forEach(currentInterpreter) { thread in
      if let counts = thread.pointee.counts { sum += Int(krait_load32(counts + place)) }
    }
    return sum
  }

  // MARK: While the others stand still

  /// Whether threads may count this object for themselves: a place for it is free. Asked while the others run, too.
  static func mayBegin(_ object: UnsafeMutableRawPointer, _ thread: ThreadPointer) -> Bool {
    let found = krait_counted_at(krait_counted_place(object))
    if found == nil { return !object.isImmortal && thread.pointee.interpreter.pointee.owns(object) }
    if found != object { krait_store8_release(&isCrowded, 1) }
    return false
  }

  /// From now on each thread counts the object for itself.
  static func begin(_ object: UnsafeMutableRawPointer, _ thread: ThreadPointer) {
    guard mayBegin(object, thread) else { return }
    // As UnsafeMutableRawPointer.mergeCounts(): whose the object is does not matter any more. A thread that is in another interpreter meanwhile may be counting in the shared word.
    let local = krait_load32(object.localCount)
    krait_store32(object.localCount, 0)
    var before = krait_load32(object.sharedCount)
    while !krait_cas32(object.sharedCount, before, (before &+ (local &+ excess) << 2) | ObjectHeader.merged) { before = krait_load32(object.sharedCount) }
    let place = krait_counted_place(object)
    krait_set_counted(place, object)
    used.append(place)
  }

  /// A row for a thread that gets peers. Without memory it counts in shared counts.
  static func prepare(_ thread: ThreadPointer) {
    if thread.pointee.counts != nil { return }
    let size = Int(KRAIT_COUNTED_PLACES) * MemoryLayout<UInt32>.stride + metPlaces * MemoryLayout<UInt>.stride
    thread.pointee.counts = calloc(1, size)?.assumingMemoryBound(to: UInt32.self)
  }

  /// Behind the row stand objects that the thread was found to count, each where its address says: no references, but addresses to compare.
  private static var metPlaces: Int { 64 }

  /// Whether the calling thread was found to count the object before, and not too many others since.
  static func hasMet(_ object: UnsafeMutableRawPointer, _ thread: ThreadPointer) -> Bool {
    guard let counts = thread.pointee.counts else { return false }
    let met = UnsafeMutableRawPointer(counts + Int(KRAIT_COUNTED_PLACES)).assumingMemoryBound(to: UInt.self) + krait_counted_place(object) % metPlaces
    if met.pointee == UInt(bitPattern: object) { return true }
    met.pointee = UInt(bitPattern: object)
    return false
  }

  /// Looks at the objects whose shared count fell to ``excess``. Those that have no reference left are no longer counted so; the caller gives up the one reference that each has then.
  ///
  /// As for what follows, an interpreter with a lock has no such objects, and nothing is done: its threads may be asked by what they did to another's.
  static func settle(_ interpreter: UnsafeMutablePointer<InterpreterState>) -> [UnsafeMutableRawPointer] {
    if interpreter.pointee.lock != nil { return [] }
    krait_store8_release(&isDue, 0)
    var dead: [UnsafeMutableRawPointer] = []
    for place in used {
      guard let object = krait_counted_at(place), last.contains(krait_load32(object.sharedCount)) else { continue }
      if fold(place, object, interpreter) == 0 { dead.append(object) }
    }
    for object in dead { end(object, adding: 1) }
    used.removeAll { krait_counted_at($0) == nil }
    return dead
  }

  /// Objects are counted as others are again. The caller gives up the one reference that each of the result has.
  static func endAll(_ interpreter: UnsafeMutablePointer<InterpreterState>) -> [UnsafeMutableRawPointer] {
    if interpreter.pointee.lock != nil || used.isEmpty { return [] }
    krait_store8_release(&isDue, 0)
    krait_store8_release(&isCrowded, 0)
    var dead: [UnsafeMutableRawPointer] = []
    for place in used {
      guard let object = krait_counted_at(place) else { continue }
      let isDead = fold(place, object, interpreter) == 0
      if isDead { dead.append(object) }
      end(object, adding: isDead ? 1 : 0)
    }
    used = []
    return dead
  }

  /// As ``endAll(_:)``, when objects found no place: others may be counted more now.
  static func makeRoom(_ interpreter: UnsafeMutablePointer<InterpreterState>) -> [UnsafeMutableRawPointer] { krait_load8(&isCrowded) != 0 ? endAll(interpreter) : [] }

  /// What threads have counted goes into the shared counts: a forked child has one thread.
  static func foldAll(_ interpreter: UnsafeMutablePointer<InterpreterState>) {
    if interpreter.pointee.lock != nil { return }
    for place in used {
      if let object = krait_counted_at(place) { _ = fold(place, object, interpreter) }
    }
  }

  /// The same for one thread, which ends: its state may be another interpreter's next, whose threads have no rows.
  static func end(_ thread: ThreadPointer) {
    guard let counts = thread.pointee.counts else { return }
    thread.pointee.counts = nil
    defer { free(counts) }
    for place in used {
      guard let object = krait_counted_at(place) else { continue }
      _ = krait_add32(object.sharedCount, krait_load32(counts + place) << 2)
    }
  }

  /// The object becomes immortal.
  static func forget(_ object: UnsafeMutableRawPointer, _ interpreter: UnsafeMutablePointer<InterpreterState>) {
    let place = krait_counted_place(object)
    guard krait_counted_at(place) == object else { return }
    _ = fold(place, object, interpreter)
    end(object, adding: 0)
    used.removeAll { $0 == place }
  }

  /// Puts the threads' counts into the shared one: how many references there are.
  private static func fold(_ place: Int, _ object: UnsafeMutableRawPointer, _ interpreter: UnsafeMutablePointer<InterpreterState>) -> Int {
    var sum: UInt32 = 0
    Threads.forEach(interpreter) { thread in
      guard let counts = thread.pointee.counts else { return }
      sum &+= krait_load32(counts + place)
      krait_store32(counts + place, 0)
    }
    let before = krait_add32(object.sharedCount, sum << 2)
    return Int(Int32(bitPattern: before &+ sum << 2) >> 2) - Int(excess)
  }

  private static func end(_ object: UnsafeMutableRawPointer, adding references: UInt32) {
    _ = krait_add32_acq_rel(object.sharedCount, (references &- excess) << 2)
    krait_set_counted(krait_counted_place(object), nil)
  }
}
