// The cycle collector: finds garbage that reference counts cannot.

import CKraitCore
import Glibc

/// An interpreter's collector.
///
/// There are no lists of containers: live objects are found by walking the heap's pages. A collection copies each tracked object's count, subtracts the references that
/// tracked objects hold on one another, and what keeps none and is not reachable from what does is garbage (the idea of CPython's collector, on a heap that can be
/// walked as in PEP 703). Every collection looks at the whole heap, so the next one is due when the tracked objects have grown by a half: the cost per allocation
/// stays constant.
public struct Collector {
  public var isEnabled = true
  public var isCollecting = false
  public var thresholds = (2000, 10, 0)
  /// Tracked objects that survived the last collection.
  var survivors = 0
  /// How many collections in a row found next to nothing, of those that were due.
  var fruitless = 0
  /// Objects that `gc.freeze()` took out of the collector's sight: all that lived then.
  var frozenCount = 0
  public var debugFlags = 0
  /// Whether survivors are marked with their age: since `gc.get_objects(generation)` was first asked.
  var marksAges = false
  /// `gc.garbage` and `gc.callbacks`: lists.
  public var garbage: Value = .absent
  public var callbacks: Value = .absent
  var statistics = (Statistics(), Statistics(), Statistics())

  struct Statistics {
    var collections = 0
    var collected = 0
    var uncollectable = 0
  }

  static let debugStatistics = 1
  static let debugCollectable = 2
  static let debugUncollectable = 4
  static let debugSaveAll = 32

  /// Counts a tracked object and asks for a collection at the next safepoint when it is time.
  @inline(__always)
  static func countAllocation() {
    let heap = currentHeap
    heap.pointee.allocations &+= 1
    if _slowPath(heap.pointee.allocations >= heap.pointee.due) { requestCollection(currentThread) }
  }

  /// Atomically: others set bits in the breaker at any time.
  @inline(never)
  private static func requestCollection(_ thread: ThreadPointer) {
    if thread.pointee.breaker & EvalBreaker.collect.rawValue == 0 { ThreadState.request(.collect, of: thread) }
  }

  /// As in CPython, what is freed again does not count: programs that leave no garbage are not collected for it.
  @inline(__always)
  static func countDeallocation() {
    let heap = currentHeap
    if heap.pointee.allocations > 0 { heap.pointee.allocations &-= 1 }
  }

  /// What is imported at the start lives: to look for garbage in it takes time and finds none. Programs may still ask for collections.
  static func waitForStart() { currentInterpreter.pointee.heap.pointee.due = Int.max }

  /// What has been made until now counts as what survived a collection.
  static func startIsOver() {
    let interpreter = currentInterpreter
    guard interpreter.pointee.heap.pointee.due == Int.max else { return }
    interpreter.pointee.collector.survivors = interpreter.pointee.trackedAllocations
    begin(interpreter, at: interpreter.pointee.collector.nextDue)
  }

  /// Counts from zero again; the next collection is due at a number of new objects.
  static func begin(_ interpreter: UnsafeMutablePointer<InterpreterState>, at due: Int) {
    interpreter.pointee.forEachHeap { heap in
      heap.pointee.allocations = 0
      heap.pointee.due = due
    }
  }

  /// When to look next: after growth by a half (the second threshold scales that: 0 leaves the first one alone), but in a heap of ordinary size no later than programs that were written for CPython wait for their garbage to go. A heap
  /// in which nothing is found is looked at ever less often, until it has grown to the double.
  var nextDue: Int {
    let scaled = survivors.multipliedReportingOverflow(by: max(0, thresholds.1))
    let growth = scaled.overflow ? Int.max : scaled.partialValue / 20
    let soon = max(thresholds.0, survivors <= 80_000 ? min(growth, 9_000) : growth)
    return growth == 0 ? soon : max(soon, min(soon << min(fruitless, 4), survivors))
  }

  /// At a safepoint: collects if it is still time and allowed.
  static func collectWhenDue(_ interpreter: UnsafeMutablePointer<InterpreterState>) {
    let collector = interpreter.pointee.collector
    guard collector.isEnabled, collector.thresholds.0 > 0, !collector.isCollecting, currentHeap.pointee.allocations >= currentHeap.pointee.due else { return }
    collect(interpreter, generation: 1)
  }

  /// Collects everything. The number of unreachable objects.
  @discardableResult
  public static func collect(_ interpreter: UnsafeMutablePointer<InterpreterState>, generation: Int) -> Int {
    if interpreter.pointee.collector.isCollecting { return 0 }
    interpreter.pointee.collector.isCollecting = true
    // An exception on its way stays as it is: finalisers and callbacks raise and handle their own.
    let pending = currentThread.pointee.takeException()
    notify(interpreter, "start", generation, 0, 0)
    let start = monotonicNanoseconds()
    if interpreter.pointee.collector.debugFlags & Collector.debugStatistics != 0 {
      let (new, old, frozen) = (interpreter.pointee.trackedAllocations, interpreter.pointee.collector.survivors, interpreter.pointee.collector.frozenCount)
      writeToStandardError("gc: collecting generation \(generation)...\ngc: objects in each generation: \(new) \(old) 0\ngc: objects in permanent generation: \(frozen)\n")
    }
    var collection = Collection(interpreter)
    let found = collection.run(interpreter)
    interpreter.pointee.collector.survivors = collection.survivors
    currentHeap.pointee.releaseUnusedSpares(start)
    // A program that asks for a collection begins anew, as with CPython's generations.
    let isFruitless = generation == 1 && found.collected <= collection.survivors / 100
    interpreter.pointee.collector.fruitless = isFruitless ? interpreter.pointee.collector.fruitless + 1 : 0
    if interpreter.pointee.collector.marksAges { makeOlder(interpreter, generation) }
    begin(interpreter, at: interpreter.pointee.collector.nextDue)
    if interpreter.pointee.collector.debugFlags & Collector.debugStatistics != 0 {
      writeToStandardError("gc: done, \(found.collected) unreachable, \(found.uncollectable) uncollectable, \(tenThousandths(since: start))s elapsed\n")
    }
    let record = { (statistics: inout Statistics) in
      statistics.collections += 1
      statistics.collected += found.collected
      statistics.uncollectable += found.uncollectable
    }
    switch generation {
    case 0: record(&interpreter.pointee.collector.statistics.0)
    case 1: record(&interpreter.pointee.collector.statistics.1)
    default: record(&interpreter.pointee.collector.statistics.2)
    }
    if LockTrace.isOn { LockTrace.record(.collected, currentThread, from: start, to: monotonicNanoseconds()) }
    notify(interpreter, "stop", generation, found.collected, found.uncollectable)
    if !pending.value.isAbsent { currentThread.pointee.setException(pending) }
    interpreter.pointee.collector.isCollecting = false
    return found.collected + found.uncollectable
  }

  /// The seconds since a time, with four digits behind the point.
  private static func tenThousandths(since start: Int) -> String {
    let count = (monotonicNanoseconds() &- start) / 100_000
    let digits = String(count % 10_000)
    return "\(count / 10_000).\(String(repeating: "0", count: 4 - digits.count))\(digits)"
  }

  /// What survived the collection of a generation belongs to the next one.
  private static func makeOlder(_ interpreter: UnsafeMutablePointer<InterpreterState>, _ generation: Int) {
    interpreter.pointee.forEachObject { object in
      guard object.shape.flags.contains(.tracked), object.shape.flags.contains(.hasState), !object.isImmortal, age(of: object) <= generation else { return }
      object.objectState.pointee.flags.remove([.survivedOnce, .survivedMore])
      object.objectState.pointee.flags.insert(generation == 0 ? .survivedOnce : .survivedMore)
    }
  }

  /// The generation that an object belongs to; those that have no room for a mark count as old.
  static func age(of object: UnsafeMutableRawPointer) -> Int {
    guard object.shape.flags.contains(.hasState) else { return 2 }
    let flags = object.objectState.pointee.flags
    return flags.contains(.survivedMore) ? 2 : flags.contains(.survivedOnce) ? 1 : 0
  }

  /// Calls `gc.callbacks` with the phase and a dict of figures.
  private static func notify(_ interpreter: UnsafeMutablePointer<InterpreterState>, _ phase: StaticString, _ generation: Int, _ collected: Int, _ uncollectable: Int) {
    let callbacks = interpreter.pointee.collector.callbacks
    guard !callbacks.isAbsent, callbacks.isList, ListObject(callbacks).count > 0 else { return }
    do throws(PyError) {
      let information = try Owned.dict()
      for (name, number) in [("generation", generation), ("collected", collected), ("uncollectable", uncollectable)] {
        try DictObject(information.value).set(sharing: try Owned.string(name), try Owned.integer(number))
      }
      let phase = try Owned.string(phase)
      let copy = try Owned.list(from: callbacks)
      for index in 0..<ListObject(copy.value).count {
        let callback = ListObject(copy.value)[index]
        do throws(PyError) { _ = try callback.call(phase.value, information.value) } catch {
          reportUnraisable("Exception ignored while calling GC callback", callback)
        }
      }
    } catch { PyError.clear() }
  }
}

/// One run of the collector over a heap.
private struct Collection {
  /// What is known of an object meanwhile, at ``Heap/mark(of:)``: how many references tracked objects hold on it, or this bit (``CollectorMark``). When all is known,
  /// objects that are unreachable have a mark, others none.
  private static let reachable = CollectorMark.reachable

  private let interpreter: UnsafeMutablePointer<InterpreterState>
  private var work = RawStack()
  private var unreachable = RawStack()
  private(set) var survivors = 0

  init(_ interpreter: UnsafeMutablePointer<InterpreterState>) { self.interpreter = interpreter }

  mutating func run(_ interpreter: UnsafeMutablePointer<InterpreterState>) -> (collected: Int, uncollectable: Int) {
    defer {
      work.deallocate()
      unreachable.deallocate()
      Heap.dropMarks(interpreter.pointee.heap)
    }
    Sharing.stopOthers(currentThread)
    if Runtime.isFree {
      // All have left their fast paths.
      interpreter.pointee.retired.closeAll()
      for object in ThreadCounts.makeRoom(interpreter) { object.release() }
      Sharing.merge(currentThread)
    }
    // What was merged may have run code.
    Sharing.stopOthers(currentThread)
    guard let marks = Heap.makeMarks(interpreter.pointee.heap) else { return (0, 0) }
    findUnreachable(marks)
    let found = unreachable.count
    guard found > 0, !work.isIncomplete, !unreachable.isIncomplete else { return (0, 0) }
    for index in 0..<found { unreachable[index].retain() }
    var ranCode = handleWeakReferences()
    for object in finalizable() {
      object.objectState.pointee.flags.insert(.finalized)
      ranCode = true
      runFinalizer(Value(object))
    }
    // Finalisers let other threads run.
    Sharing.stopOthers(currentThread)
    let dead = !ranCode || withoutResurrected()
    // Weak references that finalisers made must not show objects that are taken apart below.
    for index in 0..<found where dead || unreachable[index].mark == 0 {
      let object = unreachable[index]
      guard object.shape.flags.contains(.hasState), object.objectState.pointee.flags.contains(.hasWeakReferences) else { continue }
      while let reference = currentInterpreter.pointee.weakReferences.first(of: object) { WeakReferenceTable.unlink(reference) }
    }
    let save = interpreter.pointee.collector.debugFlags & Collector.debugSaveAll != 0
    let show = interpreter.pointee.collector.debugFlags & Collector.debugCollectable != 0
    var collected = 0
    for index in 0..<found where dead || unreachable[index].mark == 0 {
      collected += 1
      let object = unreachable[index]
      if show { writeToStandardError("gc: collectable <\(object.shape.type.fullName) 0x\(String(UInt(bitPattern: object), radix: 16))>\n") }
      if save, !interpreter.pointee.collector.garbage.isAbsent {
        try? ListObject(interpreter.pointee.collector.garbage).append(Value(object))
      } else {
        object.shape.type.slots.pointee.clear?(object)
      }
    }
    for index in 0..<found { unreachable[index].release() }
    return (collected, 0)
  }

  /// What of the garbage has a finaliser that did not run yet, the oldest first.
  private func finalizable() -> [UnsafeMutableRawPointer] {
    var result: [UnsafeMutableRawPointer] = []
    for index in 0..<unreachable.count {
      let object = unreachable[index]
      if object.shape.flags.contains(.hasFinalizer), !object.objectState.pointee.flags.contains(.finalized) { result.append(object) }
    }
    // Differences of numbers, as the count may have begun anew.
    let newest = currentInterpreter.pointee.finalizableCount
    result.sort { newest &- $0.objectState.pointee.creation > newest &- $1.objectState.pointee.creation }
    return result
  }

  /// Fills ``unreachable`` with the tracked objects that nothing outside of them refers to.
  private mutating func findUnreachable(_ marks: UnsafeMutablePointer<Int32>) {
    let traversal = Traversal()
    var counting = CountingPass(marks: marks)
    let tracked = withUnsafeMutablePointer(to: &counting) { counting in
      let general = CountingPass.visitor(counting)
      var tracked = 0
      interpreter.pointee.forEachHeap { heap in
        heap.pointee.forEachMarkedObject { object, mark in
          // What immortal objects refer to keeps a reference more than will be counted.
          if object.isImmortal { return }
          tracked &+= 1
          if !traversal.traverse(object, counting.pointee, general) { mark.pointee |= CollectorMark.leaf }
        }
      }
      return tracked
    }
    var leaves = 0
    survivors = withUnsafeMutablePointer(to: &work) { work in
      withUnsafeMutablePointer(to: &leaves) { leaves in
        var reaching = ReachingPass(marks: marks, work: work, leaves: leaves)
        return withUnsafeMutablePointer(to: &reaching) { reaching in
          let general = ReachingPass.visitor(reaching)
          var reached = 0
          interpreter.pointee.forEachHeap { heap in
            heap.pointee.forEachMarkedObject { object, mark in
              let known = mark.pointee
              guard known & Collection.reachable == 0, !object.isImmortal, object.referenceCount > Int(known & CollectorMark.count) else { return }
              reaching.pointee.visit(object, mark)
              while let next = work.pointee.pop() {
                if next.isImmortal { continue }
                reached &+= 1
                traversal.traverse(next, reaching.pointee, general)
              }
            }
          }
          return reached &+ leaves.pointee
        }
      }
    }
    if survivors == tracked { return }
    interpreter.pointee.forEachHeap { heap in
      heap.pointee.forEachMarkedObject { object, mark in
        if mark.pointee & Collection.reachable == 0 && !object.isImmortal { unreachable.push(object) } else { mark.pointee = 0 }
      }
    }
  }

  /// Weak references to garbage die before anybody's finaliser runs, so that none can bring garbage back; callbacks of those that are not garbage themselves are called.
  /// Whether there were any.
  private func handleWeakReferences() -> Bool {
    var callbacks: [UnsafeMutableRawPointer] = []
    for index in 0..<unreachable.count {
      let object = unreachable[index]
      guard object.shape.flags.contains(.hasState), object.objectState.pointee.flags.contains(.hasWeakReferences) else { continue }
      while let reference = currentInterpreter.pointee.weakReferences.first(of: object) {
        WeakReferenceTable.unlink(reference)
        if reference.mark == 0 && !WeakReferenceObject(raw: reference).contents.pointee.callback.isAbsent {
          reference.retain()
          callbacks.append(reference)
        }
      }
    }
    for reference in callbacks {
      WeakReferenceTable.callCallback(of: reference)
      reference.release()
    }
    return !callbacks.isEmpty
  }

  /// After the finalisers ran: whether all that was unreachable still is. If not, the marks of those that are dead are set to 0.
  private mutating func withoutResurrected() -> Bool {
    let count = unreachable.count
    // Only the unreachable have marks: from here on one more than their references from elsewhere. This run's own references are one each.
    for index in 0..<count { unreachable[index].mark = min(Int32(clamping: unreachable[index].referenceCount), CollectorMark.count) }
    let subtract = Visitor(context: UnsafeMutableRawPointer(interpreter.pointee.heap)) { child, heap in
      if child.mark > 1, Segment.containing(child).pointee.heap.pointee.root == heap.assumingMemoryBound(to: Heap.self) { child.mark -= 1 }
    }
    for index in 0..<count { unreachable[index].traverse(subtract) }
    var isAnyAlive = false
    withUnsafeMutablePointer(to: &work) { work in
      let reach = Visitor(context: UnsafeMutableRawPointer(work)) { child, work in
        guard child.mark != 0, child.mark & Collection.reachable == 0 else { return }
        child.mark |= Collection.reachable
        work.assumingMemoryBound(to: RawStack.self).pointee.push(child)
      }
      for index in 0..<count where unreachable[index].mark > 1 && unreachable[index].mark & Collection.reachable == 0 {
        isAnyAlive = true
        unreachable[index].mark |= Collection.reachable
        work.pointee.push(unreachable[index])
        while let next = work.pointee.pop() { next.traverse(reach) }
      }
    }
    if isAnyAlive {
      for index in 0..<count where unreachable[index].mark & Collection.reachable == 0 || work.isIncomplete { unreachable[index].mark = 0 }
    }
    return !isAnyAlive
  }
}

extension UnsafeMutableRawPointer {
  /// The collector's word for an object, while a collection is under way.
  fileprivate var mark: Int32 {
    @inline(__always) get { Heap.mark(of: self)?.pointee ?? 0 }
    @inline(__always) nonmutating set { Heap.mark(of: self)?.pointee = newValue }
  }

  fileprivate func traverse(_ visit: Visitor) { shape.type.slots.pointee.traverse?(self, visit) }
}
