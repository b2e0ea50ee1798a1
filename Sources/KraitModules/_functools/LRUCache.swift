// What `functools.lru_cache` wraps a function in.
//
// Without a lock of the interpreter's a hit with constants runs beside other threads (`BorrowingFunctions`): it reads the dict as any that others change, and moves a link while it holds
// the list's own lock, which whoever changes the list takes besides.

import CKraitCore
import Glibc
import KraitRuntime

nonisolated(unsafe) private var wrapperType = ModuleType()
nonisolated(unsafe) private var linkType = ModuleType()

/// An entry of a bounded cache, in a list from the least to the most recently used one. The list holds it, and so does the dict.
private struct Link {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var previous: UnsafeMutableRawPointer?
    var next: UnsafeMutableRawPointer?
    /// Neither changes while other threads may find the link.
    var key: Value
    var result: Value
    var isLinked: Bool
  }

  @inline(__always) var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
}

private struct CacheObject {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    var function: Value
    /// A dict from keys to ``Link``s or, in a cache without a limit, to results.
    var cache: Value
    var infoType: Value
    var first: UnsafeMutableRawPointer?
    var last: UnsafeMutableRawPointer?
    var hits: Int
    var misses: Int
    /// Negative for a cache without a limit.
    var limit: Int
    var isTyped: Bool
    /// Guards the list in the model without a lock (``CacheObject/listLock``).
    var listLock: UInt32
    /// Hits beside others, in a cache line for each of ``stripes`` groups of threads; nil before the first.
    var hitsBesideOthers: UnsafeMutableRawPointer?
  }

  @inline(__always) var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  /// Changes the list.
  @inline(__always)
  func change(_ body: () -> Void) {
    if _fastPath(!currentThread.pointee.hasPeers) { body() } else { listLock.hold(body) }
  }

  /// Makes a link the one used last, unless it is in the list no more; false when another thread has the list.
  func moveBesideOthers(_ link: Link) -> Bool {
    listLock.holdIfFree { if link.contents.pointee.isLinked { moveToEnd(link) } }
  }

  // MARK: Hits

  private static let stripes = 4
  private static let stripeSize = 64

  /// Counts a hit that no other thread is excluded for; false, with nothing counted, until there is a place for it.
  func countBesideOthers() -> Bool {
    guard let counts = contents.pointee.hitsBesideOthers else { return false }
    _ = krait_add64(counts + Int(truncatingIfNeeded: currentThread.pointee.identifier) & (CacheObject.stripes - 1) * CacheObject.stripeSize, 1)
    return true
  }

  @inline(never)
  func makeStripes() {
    if contents.pointee.hitsBesideOthers != nil { return }
    let size = CacheObject.stripes * CacheObject.stripeSize
    guard let counts = aligned_alloc(CacheObject.stripeSize, size) else { return }
    memset(counts, 0, size)
    krait_store_fence()
    contents.pointee.hitsBesideOthers = counts
  }

  private func sumOfStripes(_ change: (UnsafeMutableRawPointer) -> Int) -> Int {
    guard let counts = contents.pointee.hitsBesideOthers else { return 0 }
    return (0..<CacheObject.stripes).reduce(0) { $0 + change(counts + $1 * CacheObject.stripeSize) }
  }

  var hits: Int { contents.pointee.hits + sumOfStripes { Int(truncatingIfNeeded: krait_load64($0)) } }

  func resetHits() {
    contents.pointee.hits = 0
    _ = sumOfStripes { Int(truncatingIfNeeded: krait_exchange64($0, 0)) }
  }

  func freeStripes() { free(contents.pointee.hitsBesideOthers) }

  private var listLock: SpinLock { SpinLock(raw + MemoryLayout<Contents>.offset(of: \.listLock).unsafelyUnwrapped) }
  var dict: DictObject { DictObject(contents.pointee.cache) }

  /// Takes a link out of the list, which gives its reference to the caller.
  @inline(__always)
  func unlink(_ link: Link) {
    let (previous, next) = (link.contents.pointee.previous, link.contents.pointee.next)
    if let previous { Link(raw: previous).contents.pointee.next = next } else { contents.pointee.first = next }
    if let next { Link(raw: next).contents.pointee.previous = previous } else { contents.pointee.last = previous }
    link.contents.pointee.previous = nil
    link.contents.pointee.next = nil
    link.contents.pointee.isLinked = false
  }

  /// Adds a link, whose reference the list takes over, as the one used last.
  @inline(__always)
  func append(_ link: Link) {
    let last = contents.pointee.last
    link.contents.pointee.previous = last
    link.contents.pointee.isLinked = true
    if let last { Link(raw: last).contents.pointee.next = link.raw } else { contents.pointee.first = link.raw }
    contents.pointee.last = link.raw
  }

  /// Makes a link of the list the one used last.
  @inline(__always)
  func moveToEnd(_ link: Link) {
    if contents.pointee.last == link.raw { return }
    unlink(link)
    append(link)
  }

  func removeAll() {
    var link: UnsafeMutableRawPointer?
    change {
      link = contents.pointee.first
      var next = link
      while let this = next {
        next = Link(raw: this).contents.pointee.next
        Link(raw: this).contents.pointee.isLinked = false
      }
      contents.pointee.first = nil
      contents.pointee.last = nil
    }
    if !contents.pointee.cache.isAbsent {
      let held = Owned(copying: contents.pointee.cache)
      DictObject(held.value).clear()
    }
    while let this = link {
      link = Link(raw: this).contents.pointee.next
      Link(raw: this).contents.pointee.next = nil
      Link(raw: this).contents.pointee.previous = nil
      Value(this).release()
    }
  }
}

/// What arguments are remembered under: the only one itself if it is an int or a str, else a tuple of positional ones, a mark, names and values of keywords, types.
@inline(__always)
private func makeKey(_ arguments: Arguments, isTyped: Bool) throws(PyError) -> Owned {
  if !isTyped && arguments.positionalCount == 1 && arguments.keywordNames.isAbsent {
    let only = arguments.base[0]
    if only.isSmallInteger || only.isExactString || only.isExactInteger { return Owned(copying: only) }
  }
  return try makeTupleKey(arguments, isTyped: isTyped)
}

@inline(never)
private func makeTupleKey(_ arguments: Arguments, isTyped: Bool) throws(PyError) -> Owned {
  let (positional, keywords) = (arguments.positionalCount, arguments.keywordCount)
  var count = positional + (keywords > 0 ? 1 + 2 * keywords : 0)
  if isTyped { count += positional + keywords }
  let key = try Owned.tuple(count: count)
  let tuple = TupleObject(key.value)
  for index in 0..<positional { tuple.initialize(index, Owned(copying: arguments.base[index])) }
  var place = positional
  if keywords > 0 {
    // Nobody else has this type: it cannot be an argument.
    tuple.initialize(place, Owned(copying: linkType.value))
    place += 1
    let names = TupleObject(arguments.keywordNames)
    for index in 0..<keywords {
      tuple.initialize(place, Owned(copying: names[index]))
      tuple.initialize(place + 1, Owned(copying: arguments.base[positional + index]))
      place += 2
    }
  }
  if isTyped {
    for index in 0..<(positional + keywords) {
      tuple.initialize(place, Owned(copying: arguments.base[index].type.value))
      place += 1
    }
  }
  return key
}

/// The result that is remembered for constants; absent if there is none, or others have to be excluded to tell.
@inline(never)
private func hitBesideOthers(_ object: CacheObject, _ arguments: Arguments) -> Owned {
  let contents = object.contents
  guard contents.pointee.limit != 0, !contents.pointee.isTyped, arguments.keywordNames.isAbsent else { return Owned(taking: .absent) }
  for index in 0..<arguments.positionalCount where !arguments.base[index].isFrozen { return Owned(taking: .absent) }
  let key: Owned
  do throws(PyError) { key = try makeKey(arguments, isTyped: false) } catch {
    PyError.clear()
    return Owned(taking: .absent)
  }
  let found = object.dict.itemBesideOthers(key.value)
  if found.value.isAbsent { return found }
  if contents.pointee.limit < 0 { return object.countBesideOthers() ? found : Owned(taking: .absent) }
  let link = Link(found.value)
  guard object.moveBesideOthers(link), object.countBesideOthers() else { return Owned(taking: .absent) }
  return Owned(copying: link.contents.pointee.result)
}

private func callCached(_ callee: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let object = CacheObject(callee)
  let contents = object.contents
  if _slowPath(currentThread.pointee.hasPeers), runsBesideOthers() {
    let result = hitBesideOthers(object, arguments)
    if !result.value.isAbsent { return result }
    excludeOtherThreads(keeping: arguments)
  }
  let limit = contents.pointee.limit
  if limit == 0 {
    contents.pointee.misses += 1
    return try contents.pointee.function.call(arguments: arguments)
  }
  let key = try makeKey(arguments, isTyped: contents.pointee.isTyped)
  // The hash is asked for once: it may be a method of the program.
  let hash = try key.value.isSmallInteger ? hashSmallInteger(key.value.smallInteger) : key.value.hash()
  let found = try object.dict.get(key.value, hash: hash)
  if !found.isAbsent {
    contents.pointee.hits += 1
    if _slowPath(currentThread.pointee.hasPeers) { object.makeStripes() }
    if limit < 0 { return Owned(copying: found) }
    let link = Link(found)
    object.change { object.moveToEnd(link) }
    return Owned(copying: link.contents.pointee.result)
  }
  contents.pointee.misses += 1
  let result = try contents.pointee.function.call(arguments: arguments)
  if limit < 0 {
    try object.dict.set(key.value, hash: hash, taking: result.copy())
    return result
  }
  try remember(object, key, hash, result.value)
  return result
}

/// Puts a new result into a bounded cache, in place of the one used least recently if the cache is full.
private func remember(_ object: CacheObject, _ key: consuming Owned, _ hash: Int, _ result: Value) throws(PyError) {
  let contents = object.contents
  // The call may have put the same key in.
  if try !object.dict.get(key.value, hash: hash).isAbsent { return }
  var first: UnsafeMutableRawPointer?
  if object.dict.count >= contents.pointee.limit {
    object.change {
      first = contents.pointee.first
      if let first { object.unlink(Link(raw: first)) }
    }
  }
  guard let first else { return try add(object, key, hash, result) }
  let oldest = Link(raw: first)
  // From here on the list's reference is ours.
  let owner = Owned(taking: oldest.raw)
  // An int, a str or a tuple, which know it: no method of the program is asked again.
  let removed = try object.dict.remove(oldest.contents.pointee.key, hash: oldest.contents.pointee.key.hash())
  if removed.value.isAbsent {
    // Somebody else took it out while its key was compared.
    return
  }
  // Other threads may have found it.
  if Runtime.isFree { return try add(object, key, hash, result) }
  let oldKey = Owned(taking: oldest.contents.pointee.key)
  let oldResult = Owned(taking: oldest.contents.pointee.result)
  oldest.contents.pointee.key = key.copy().take()
  oldest.contents.pointee.result = Owned(copying: result).take()
  try object.dict.set(key.value, hash: hash, taking: owner.copy())
  object.append(Link(owner.take()))
  _ = (oldKey.value, oldResult.value)
}

private func add(_ object: CacheObject, _ key: borrowing Owned, _ hash: Int, _ result: Value) throws(PyError) {
  let link = Link(raw: try linkType.object.allocate())
  let owner = Owned(taking: link.raw)
  link.contents.pointee.key = key.copy().take()
  link.contents.pointee.result = Owned(copying: result).take()
  try object.dict.set(key.value, hash: hash, taking: owner.copy())
  let kept = Link(owner.take())
  object.change { object.append(kept) }
}

private func makeCache(_ call: Call) throws(PyError) -> Owned {
  guard call[0].isCallable else { throw .typeError("the first argument must be callable") }
  var limit = -1
  if !call[1].isNone {
    guard call[1].type.slots.pointee.index != nil else { throw .typeError("maxsize should be integer or None") }
    limit = max(0, try call[1].asIndex(overflow: .overflowError))
  }
  let typed = try call.bool(2)
  let dict = try Owned.dict()
  let object = CacheObject(raw: try TypeObject(call.receiver).allocate())
  object.contents.pointee.function = Owned(copying: call[0]).take()
  object.contents.pointee.cache = dict.take()
  object.contents.pointee.infoType = Owned(copying: call[3]).take()
  object.contents.pointee.limit = limit
  object.contents.pointee.isTyped = typed
  return Owned(taking: object.raw)
}

private func defineLink(_ m: ModuleBuilder) throws(PyError) {
  linkType = ModuleType(
    try m.defineType("_lru_list_elem", module: "functools", isPublic: false) { t in
      t.basicSize = MemoryLayout<Link.Contents>.size
      t.shapeFlags.insert(.tracked)
      t.flags.insert(.disallowInstantiation)
      t.slots.deallocate = DeallocateSlot { raw in
        let contents = Link(raw: raw).contents
        contents.pointee.key.releaseIfPresent()
        contents.pointee.result.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        visit(Link(raw: raw).contents.pointee.key)
        visit(Link(raw: raw).contents.pointee.result)
      }
    })
}

func defineLRUCache(_ m: ModuleBuilder) throws(PyError) {
  try defineLink(m)
  wrapperType = ModuleType(
    try m.defineType("_lru_cache_wrapper", module: "functools") { t in
      t.documentation = """
        A function with a memory of its results.

        user_function is asked where the memory has no answer. It keeps maxsize results,
        the most recently used ones: None sets no limit, 0 keeps nothing. With typed, 3 and
        3.0 are arguments of two results. cache_info_type(hits, misses, maxsize, currsize)
        is what cache_info() returns.

        """
      t.basicSize = MemoryLayout<CacheObject.Contents>.size
      t.shapeFlags.formUnion([.tracked, .hasState, .hasAttributes])
      t.flags.formUnion([.baseType, .managedWeakReference, .methodDescriptor])
      t.new("lru_cache(user_function, maxsize, typed, cache_info_type)", makeCache)
      t.slots.call = CallSlot(callCached)
      t.slots.descriptorGet = TernarySlot { (object: Value, instance: Value, _: Value) throws(PyError) -> Owned in
        if instance.isAbsent || instance.isNone { return Owned(copying: object) }
        return try MethodObject.make(function: object, receiver: instance)
      }
      t.method("cache_info()", "How often the memory had an answer, and how many it holds") { (call: Call) throws(PyError) -> Owned in
        let contents = CacheObject(call.receiver).contents
        let limit = contents.pointee.limit < 0 ? Owned.none : try Owned.integer(contents.pointee.limit)
        return try contents.pointee.infoType.call(
          Value(smallInteger: CacheObject(call.receiver).hits), Value(smallInteger: contents.pointee.misses), limit.value,
          Value(smallInteger: CacheObject(call.receiver).dict.count))
      }
      t.method("cache_clear()", "Forget all results, and count from zero again") { (call: Call) throws(PyError) -> Owned in
        let object = CacheObject(call.receiver)
        object.resetHits()
        object.contents.pointee.misses = 0
        object.removeAll()
        return .none
      }
      t.method("__reduce__()") { (call: Call) throws(PyError) -> Owned in try call.receiver.getAttribute(Name.__qualname__) }
      t.rawMethod("__copy__") { (object: Value, _: Arguments) throws(PyError) -> Owned in Owned(copying: object) }
      t.rawMethod("__deepcopy__") { (object: Value, _: Arguments) throws(PyError) -> Owned in Owned(copying: object) }
      t.slots.deallocate = DeallocateSlot { raw in
        let object = CacheObject(raw: raw)
        object.removeAll()
        object.freeStripes()
        object.contents.pointee.function.releaseIfPresent()
        object.contents.pointee.cache.releaseIfPresent()
        object.contents.pointee.infoType.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        let contents = CacheObject(raw: raw).contents
        visit(contents.pointee.function)
        visit(contents.pointee.cache)
        visit(contents.pointee.infoType)
        var link = contents.pointee.first
        while let this = link {
          visit(Value(this))
          link = Link(raw: this).contents.pointee.next
        }
        traverseOwnAttributes(raw, visit)
      }
      // The function stays, so that the wrapper can be called; the results go.
      t.slots.clear = ClearSlot { raw in
        let object = CacheObject(raw: raw)
        object.removeAll()
        let old = object.contents.pointee.function
        object.contents.pointee.function = .none
        old.releaseIfPresent()
        clearOwnAttributes(raw)
      }
    })
}
