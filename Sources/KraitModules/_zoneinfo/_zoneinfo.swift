// The module `_zoneinfo`: the class ZoneInfo, time zones by the system's or `tzdata`'s files.

import KraitRuntime

nonisolated(unsafe) private var zoneType = ModuleType()

/// The zones of ZoneInfo itself that live, by key: a WeakValueDictionary.
nonisolated(unsafe) private var weakCache = InterpreterValue()
/// The last ones that were asked for, which stay: a list of keys and zones, the newest first.
nonisolated(unsafe) private var strongCache = InterpreterValue()

/// A `zoneinfo.ZoneInfo` or an instance of a subclass.
private struct Zone {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  enum Source: UInt8 { case none, cache, file }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// Owned: None for a file's without one.
    var key: Value
    /// Owned: how a file's shows the file; absent for others.
    var fileText: Value
    /// Retained.
    var history: UnsafeMutableRawPointer?
    var source: Source
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  func history() throws(PyError) -> ZoneHistory {
    guard let history = contents.pointee.history else { throw .systemError("a zone without its data") }
    return Unmanaged<ZoneHistory>.fromOpaque(history).takeUnretainedValue()
  }

  var key: Value { contents.pointee.key.isAbsent ? .none : contents.pointee.key }

  func deallocate() {
    contents.pointee.key.releaseIfPresent()
    contents.pointee.fileText.releaseIfPresent()
    if let history = contents.pointee.history { Unmanaged<ZoneHistory>.fromOpaque(history).release() }
    finishDeallocation(raw)
  }
}

// MARK: - Making

/// A new zone from an open file.
private func load(_ type: TypeObject, _ file: Value, _ key: Value) throws(PyError) -> Owned {
  let common = try importModule("zoneinfo._common")
  let data = try common.value.callMethod(Name.make("load_data"), file)
  let history = ZoneHistory()
  try history.read(data.value)
  let raw = try type.allocate()
  let zone = Zone(raw: raw)
  zone.contents.pointee.key = Owned(copying: key).take()
  zone.contents.pointee.history = Unmanaged.passRetained(history).toOpaque()
  return Owned(taking: raw)
}

/// A new zone by its key.
private func load(_ type: TypeObject, key: Value) throws(PyError) -> Owned {
  let paths = try importModule("zoneinfo._tzpath")
  let path = try paths.value.callMethod(Name.make("find_tzfile"), key)
  let file: Owned
  if path.value.isNone {
    let common = try importModule("zoneinfo._common")
    file = try common.value.callMethod(Name.make("load_tzdata"), key)
  } else {
    let io = try importModule("io")
    let mode = try Owned.string("rb" as StaticString)
    file = try io.value.callMethod(Name.make("open"), path.value, mode.value)
  }
  do throws(PyError) {
    let zone = try load(type, file.value, key)
    _ = try file.value.callMethod(Name.make("close"))
    return zone
  } catch {
    let pending = currentThread.pointee.takeException()
    do throws(PyError) { _ = try file.value.callMethod(Name.make("close")) } catch { PyError.clear() }
    currentThread.pointee.setException(Owned(copying: pending.value))
    throw error
  }
}

// MARK: - Caches

private func makeWeakCache() throws(PyError) -> Owned {
  let module = try importModule("weakref")
  let type = try module.value.getAttribute(Name.make("WeakValueDictionary"))
  return try type.value.call()
}

private func cache(of type: TypeObject) throws(PyError) -> Owned {
  if type != zoneType.object { return try type.value.getAttribute(Name.make("_weak_cache")) }
  if weakCache.value.isAbsent { try weakCache.set(try makeWeakCache()) }
  return Owned(copying: weakCache.value)
}

/// How many zones of ZoneInfo itself stay though nobody holds them.
private let strongCacheSize = 8

/// Takes a zone out of the cache of those that stay; absent if it is not there.
private func takeStrong(_ key: Value) throws(PyError) -> Owned {
  let list = Owned(copyingIfPresent: strongCache.value)
  if list.value.isAbsent { return Owned(taking: .absent) }
  var index = 0
  while index < ListObject(list.value).count {
    let entry = Owned(copying: ListObject(list.value)[index])
    if try TupleObject(entry.value)[0].isEqual(to: key) {
      let zone = Owned(copying: TupleObject(entry.value)[1])
      // Comparing keys may have changed the list.
      if index < ListObject(list.value).count, ListObject(list.value)[index] === entry.value {
        let place = try Owned.integer(index)
        try list.value.deleteItem(place.value)
      }
      return zone
    }
    index += 1
  }
  return Owned(taking: .absent)
}

private func addStrong(_ key: Value, _ zone: Value) throws(PyError) {
  if strongCache.value.isAbsent { try strongCache.set(try Owned.list()) }
  let list = Owned(copying: strongCache.value)
  let entry = try Owned.tuple(key, zone)
  let first = try Owned.integer(0)
  _ = try list.value.callMethod(Name.make("insert"), first.value, entry.value)
  while ListObject(list.value).count > strongCacheSize {
    let last = try Owned.integer(ListObject(list.value).count - 1)
    try list.value.deleteItem(last.value)
  }
}

/// The zone of a key: the one that is known, or a new one.
private func cached(_ type: TypeObject, _ key: Value) throws(PyError) -> Owned {
  let isPlain = type == zoneType.object
  if isPlain {
    let known = try takeStrong(key)
    if !known.value.isAbsent {
      try addStrong(key, known.value)
      return known
    }
  }
  let cache = try cache(of: type)
  var zone = try cache.value.callMethod(Name.make("get"), key, .none)
  if zone.value.isNone {
    let made = try load(type, key: key)
    zone = try cache.value.callMethod(Name.setdefault, key, made.value)
    if zoneType.includes(zone.value) { Zone(zone.value).contents.pointee.source = .cache }
  }
  guard zoneType.includes(zone.value) else {
    let shown = try key.repr()
    let name = try type.value.getAttribute(Name.__name__)
    throw .raise(.runtimeError, "Unexpected instance of \(zone.value.typeName) in \(name.value.text) weak cache for key \(shown.value.text)")
  }
  if isPlain { try addStrong(key, zone.value) }
  return zone
}

private func clearCache(_ type: TypeObject, _ keys: Value) throws(PyError) {
  let cache = try cache(of: type)
  let isPlain = type == zoneType.object
  if keys.isNone {
    _ = try cache.value.callMethod(Name.make("clear"))
    if isPlain { try strongCache.set(try Owned.list()) }
    return
  }
  try keys.iterateEach { (key: Value) throws(PyError) -> Bool in
    if isPlain { _ = try takeStrong(key) }
    _ = try cache.value.callMethod(Name.make("pop"), key, .none)
    return true
  }
}

// MARK: - Looking up

private let epochOrdinal = CalendarDay.unixEpoch

/// A local time in seconds since 1970, with the year and the fold; of an object that is no datetime by its attributes.
private func localTime(_ moment: Value) throws(PyError) -> (seconds: Int, year: Int, fold: Int) {
  if dateTimeType.includes(moment) {
    let object = DateTime(moment)
    return (calendarSeconds(object.day, object.clock) - epochOrdinal * 86_400, object.day.year, object.fold)
  }
  let ordinal = try moment.callMethod(Name.make("toordinal"))
  var numbers: [Int] = [try ordinal.value.asInt()]
  for name in [Name.make("hour"), Name.make("minute"), Name.make("second"), Name.make("year"), Name.make("fold")] {
    let number = try moment.getAttribute(name)
    numbers.append(try number.value.asInt())
  }
  let days = (numbers[0] &- epochOrdinal) &* 86_400
  return (days &+ numbers[1] &* 3600 &+ numbers[2] &* 60 &+ numbers[3], max(1, min(numbers[4], 9999)), numbers[5])
}

/// What holds at a local time; nil for None, unless the zone is a fixed one.
private func period(_ zone: Value, _ moment: Value) throws(PyError) -> ZonePeriod? {
  let history = try Zone(zone).history()
  if moment.isNone { return history.isFixed ? history.fixed : nil }
  let (seconds, year, fold) = try localTime(moment)
  return history.period(local: seconds, fold: fold, year: year)
}

private func fromUTC(_ zone: Value, _ moment: Value) throws(PyError) -> Owned {
  guard dateTimeType.includes(moment) else { throw .typeError("fromutc: argument must be a datetime") }
  guard DateTime(moment).zone === zone else { throw .valueError("fromutc: dt.tzinfo is not self") }
  let (seconds, year, _) = try localTime(moment)
  let (period, fold) = try Zone(zone).history().period(utc: seconds, year: year)
  let local = try moment.add(period.offset)
  if !fold { return local }
  if dateTimeType.isType(of: local.value) {
    DateTime(local.value).contents.pointee.date.clock.fold = 1
    return local
  }
  let names = try Owned.tuple(Name.make("fold"))
  let one = Value(smallInteger: 1)
  let replace = try local.value.getAttribute(Name.make("replace"))
  return Owned(
    taking: try withUnsafePointer(to: one) { (base: UnsafePointer<Value>) throws(PyError) -> Value in
      try replace.value.call(arguments: Arguments(base: base, positionalCount: 0, keywordNames: names.value)).take()
    })
}

// MARK: - The type

private func defineMaking(_ t: TypeDefinition) {
  t.rawNew("ZoneInfo") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
    let given = try DateArguments(arguments, "ZoneInfo", ["key"], required: 1)
    return try cached(TypeObject(type), given[0])
  }
  t.classMethod("no_cache(key)", "A new zone of a key, whatever is known.") { (call: Call) throws(PyError) -> Owned in
    try load(TypeObject(call.receiver), key: call[0])
  }
  t.classMethod("from_file($type, file_obj, /, key=None)", "A zone from an open file of the TZif format.") { (call: Call) throws(PyError) -> Owned in
    let text = try call[0].repr()
    let zone = try load(TypeObject(call.receiver), call[0], call[1])
    Zone(zone.value).contents.pointee.fileText = text.take()
    Zone(zone.value).contents.pointee.source = .file
    return zone
  }
  t.classMethod("clear_cache(*, only_keys=None)", "Forget all zones, or those of some keys.") { (call: Call) throws(PyError) -> Owned in
    try clearCache(TypeObject(call.receiver), call[0])
    return .none
  }
  t.classMethod("_unpickle($type, key, from_cache, /)", "What a pickle calls.") { (call: Call) throws(PyError) -> Owned in
    let isCached = try call[1].cInt() != 0
    return isCached ? try cached(TypeObject(call.receiver), call[0]) : try load(TypeObject(call.receiver), key: call[0])
  }
  t.rawClassMethod("__init_subclass__", "Give a subclass a cache of its own.") { (type: Value, _: Arguments) throws(PyError) -> Owned in
    let cache = try makeWeakCache()
    try type.setAttribute(Name.make("_weak_cache"), cache.value)
    return .none
  }
}

private func defineMethods(_ t: TypeDefinition) {
  t.method("utcoffset($self, dt, /)", "How far the zone is east of UTC at a local time.") { (call: Call) throws(PyError) -> Owned in
    Owned(copying: try period(call.receiver, call[0])?.offset ?? .none)
  }
  t.method("dst($self, dt, /)", "What summer time adds at a local time.") { (call: Call) throws(PyError) -> Owned in
    Owned(copying: try period(call.receiver, call[0])?.summer ?? .none)
  }
  t.method("tzname($self, dt, /)", "The zone's name at a local time.") { (call: Call) throws(PyError) -> Owned in
    Owned(copying: try period(call.receiver, call[0])?.name ?? .none)
  }
  t.method("fromutc($self, object, /)", "A moment given in UTC as local time of the zone.") { (call: Call) throws(PyError) -> Owned in
    try fromUTC(call.receiver, call[0])
  }
  t.method("__reduce__($self, /)", "What a pickle keeps: the key.") { (call: Call) throws(PyError) -> Owned in
    let zone = Zone(call.receiver)
    if zone.contents.pointee.source == .file {
      let module = try importModule("pickle")
      let type = try module.value.getAttribute(Name.make("PicklingError"))
      throw PyError.raise(TypeObject(type.value), "Cannot pickle a ZoneInfo file from a file stream.")
    }
    let make = try call.receiver.getAttribute(Name.make("_unpickle"))
    let arguments = try Owned.tuple(zone.key, Value(smallInteger: zone.contents.pointee.source == .cache ? 1 : 0))
    return try Owned.tuple(make.value, arguments.value)
  }
}

private func zoneRepr(_ value: Value) throws(PyError) -> Owned {
  let zone = Zone(value)
  if zone.key.isNone { return try Owned.string("\(value.typeName).from_file(\(zone.contents.pointee.fileText.isAbsent ? "" : zone.contents.pointee.fileText.text))") }
  let key = try zone.key.repr()
  var builder = StringBuilder()
  try builder.append("\(value.typeName)(key=")
  try builder.append(key.value)
  try builder.append(")" as StaticString)
  return try builder.finish()
}

let zoneInfoModule = ModuleDefinition("_zoneinfo", "Time zones of the IANA database.") { (m: ModuleBuilder) throws(PyError) in
  // The base is there once the module has run.
  _ = try importModule("_datetime")
  zoneType = ModuleType(
    try m.defineType("ZoneInfo", module: "zoneinfo", base: zoneInfoType.object) { t in
      t.basicSize = MemoryLayout<Zone.Contents>.size
      t.flags.formUnion([.baseType, .managedWeakReference])
      t.shapeFlags.formUnion([.tracked, .hasState])
      defineMaking(t)
      defineMethods(t)
      t.slots.deallocate = DeallocateSlot { raw in Zone(raw: raw).deallocate() }
      t.slots.traverse = TraverseSlot { raw, visit in
        visit(Zone(raw: raw).contents.pointee.key)
        visit(Zone(raw: raw).contents.pointee.fileText)
      }
      t.slots.repr = UnarySlot(zoneRepr)
      t.slots.str = UnarySlot { (value: Value) throws(PyError) -> Owned in
        let key = Zone(value).key
        return key.isNone ? try zoneRepr(value) : try key.str()
      }
      t.member("key", "The zone's name in the database, or None.") { (value: Value) throws(PyError) -> Owned in Owned(copying: Zone(value).key) }
    })
}
