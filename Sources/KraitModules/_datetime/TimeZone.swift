// The types `datetime.tzinfo` and `datetime.timezone`, and what the other types ask of a zone.

import Glibc
import KraitRuntime

nonisolated(unsafe) var zoneInfoType = ModuleType()
nonisolated(unsafe) var timeZoneType = ModuleType()

/// A `datetime.timezone`.
struct TimeZone {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// Owned: a timedelta.
    var offset: Value
    /// Owned: a str, or absent.
    var name: Value
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var offset: Value { contents.pointee.offset }
  var name: Value { contents.pointee.name }

  /// The zone with an offset and perhaps a name: `timezone.utc` where that is it.
  static func make(_ offset: Value, _ name: Value) throws(PyError) -> Owned {
    let duration = TimeDelta(offset).duration
    if name.isAbsent && duration.isZero { return Owned(copying: DateTimeConstants.utc) }
    try checkOffset(offset)
    let raw = try timeZoneType.object.allocate()
    let zone = TimeZone(raw: raw)
    zone.contents.pointee.offset = Owned(copying: offset).take()
    zone.contents.pointee.name = Owned(copyingIfPresent: name).take()
    return Owned(taking: raw)
  }

  /// The name, or what the offset makes: "UTC+01:00".
  func text() throws(PyError) -> Owned {
    if !name.isAbsent { return Owned(copying: name) }
    let duration = TimeDelta(offset).duration
    if duration.isZero { return try Owned.string("UTC" as StaticString) }
    return try Owned.string("UTC" + offsetText(duration, separator: ":"))
  }
}

/// "+01:00", with seconds and microseconds if there are any.
func offsetText(_ duration: Duration, separator: String) -> String {
  let isNegative = duration.days < 0
  let size = isNegative ? duration.negated : duration
  let minutes = size.seconds / 60
  var text = "\(isNegative ? "-" : "+")\(padded(minutes / 60, 2))\(separator)\(padded(minutes % 60, 2))"
  if size.seconds % 60 != 0 || size.microseconds != 0 { text += separator + padded(size.seconds % 60, 2) }
  if size.microseconds != 0 { text += ".\(padded(size.microseconds, 6))" }
  return text
}

private func checkOffset(_ offset: Value) throws(PyError) {
  if TimeDelta(offset).duration.isOffset { return }
  let text = try offset.repr()
  throw .valueError("offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not \(text.value.text)")
}

// MARK: - What zones are asked

/// `zone.utcoffset(moment)` or `zone.dst(moment)`: a timedelta or None. Without a zone None.
func askZone(_ zone: Value, _ method: Value, _ moment: Value) throws(PyError) -> Owned {
  if zone.isAbsent { return .none }
  if timeZoneType.isType(of: zone) && method === DateTimeNames.utcoffset { return Owned(copying: TimeZone(zone).offset) }
  let held = Owned(copying: zone)
  let answer = try held.value.callMethod(method, moment)
  if answer.value.isNone { return answer }
  guard timeDeltaType.includes(answer.value) else {
    throw .typeError("tzinfo.\(method.text)() must return None or timedelta, not '\(answer.value.typeName)'")
  }
  try checkOffset(answer.value)
  return answer
}

/// `zone.tzname(moment)`: a str or None.
func askZoneName(_ zone: Value, _ moment: Value) throws(PyError) -> Owned {
  if zone.isAbsent { return .none }
  let held = Owned(copying: zone)
  let answer = try held.value.callMethod(DateTimeNames.tzname, moment)
  if answer.value.isNone || answer.value.isString { return answer }
  throw .typeError("tzinfo.tzname() must return None or a string, not '\(answer.value.typeName)'")
}

/// The local zone at a moment, in seconds since 1970.
func localZone(at seconds: Int) throws(PyError) -> Owned {
  let time = try brokenDown(seconds, isLocal: true)
  let offset = try TimeDelta.make(Duration(days: 0, seconds: time.tm_gmtoff, microseconds: 0))
  guard let zone = time.tm_zone else { return try TimeZone.make(offset.value, .absent) }
  let name = try fileSystemName(UnsafeBufferPointer(start: UnsafeRawPointer(zone).assumingMemoryBound(to: UInt8.self), count: strlen(zone)).map { $0 }, isBytes: false)
  return try namedZone(offset.value, name.value)
}

/// A zone with a name, UTC's offset or not.
private func namedZone(_ offset: Value, _ name: Value) throws(PyError) -> Owned { try TimeZone.make(offset, name) }

// MARK: - tzinfo

private func mustImplement(_ method: StaticString) -> PyError { .raise(.notImplementedError, "a tzinfo subclass must implement \(method)()") }

/// Moves a moment that is given in UTC into the zone: the offset without the part that summer time makes, then that part as it is at the result.
private func zoneFromUTC(_ zone: Value, _ moment: Value) throws(PyError) -> Owned {
  guard dateTimeType.includes(moment) else { throw .typeError("fromutc: argument must be a datetime") }
  guard DateTime(moment).zone === zone else { throw .valueError("fromutc: dt.tzinfo is not self") }
  let offset = try askZone(zone, DateTimeNames.utcoffset, moment)
  if offset.value.isNone { throw .valueError("fromutc: non-None utcoffset() result required") }
  let summer = try askZone(zone, DateTimeNames.dst, moment)
  if summer.value.isNone { throw .valueError("fromutc: non-None dst() result required") }
  let standard = TimeDelta(offset.value).duration.minus(TimeDelta(summer.value).duration)
  let moved = try DateTime.adding(standard, to: moment)
  let again = try askZone(zone, DateTimeNames.dst, moved.value)
  if again.value.isNone { throw .valueError("fromutc: tz.dst() gave inconsistent results; cannot convert") }
  let rest = TimeDelta(again.value).duration
  return rest.isZero ? moved : try DateTime.adding(rest, to: moved.value)
}

private func reduceZone(_ zone: Value) throws(PyError) -> Owned {
  let method = try zone.lookUpAttribute(DateTimeNames.initArguments)
  let arguments = method.value.isAbsent ? Owned.emptyTuple : try method.value.call()
  let state = try zone.callMethod(Name.make("__getstate__"))
  return try Owned.tuple(zone.type.value, arguments.value, state.value)
}

func defineZoneInfo(_ m: ModuleBuilder) throws(PyError) {
  zoneInfoType = ModuleType(
    try m.defineType("tzinfo", module: "datetime", isStatic: true) { t in
      t.documentation = "The base of time zones: subclasses say how far local time is from UTC."
      t.flags.insert(.baseType)
      t.rawNew("tzinfo") { (type: Value, _: Arguments) throws(PyError) -> Owned in Owned(taking: try TypeObject(type).allocate()) }
      t.method("tzname($self, object, /)", "The name of the zone at a moment.") { (_: Call) throws(PyError) -> Owned in throw mustImplement("tzname") }
      t.method("utcoffset($self, object, /)", "How far the zone is east of UTC at a moment: a timedelta or None.") { (_: Call) throws(PyError) -> Owned in
        throw mustImplement("utcoffset")
      }
      t.method("dst($self, object, /)", "What summer time adds at a moment: a timedelta or None.") { (_: Call) throws(PyError) -> Owned in
        throw mustImplement("dst")
      }
      t.method("fromutc($self, object, /)", "A moment given in UTC as local time of the zone.") { (call: Call) throws(PyError) -> Owned in
        try zoneFromUTC(call.receiver, call[0])
      }
      t.method("__reduce__($self, /)", "What a pickle keeps.") { (call: Call) throws(PyError) -> Owned in try reduceZone(call.receiver) }
    })
}

// MARK: - timezone

/// Methods of fixed zones take a datetime or None, which makes no difference.
private func checkMoment(_ moment: Value, _ method: StaticString) throws(PyError) {
  if moment.isNone || dateTimeType.includes(moment) { return }
  throw .typeError("\(method)(dt) argument must be a datetime instance or None, not \(moment.typeName)")
}

private func newTimeZone(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let given = try DateArguments(arguments, "timezone", ["offset", "name"], required: 1)
  guard timeDeltaType.includes(given[0]) else { throw .typeError("timezone() argument 1 must be datetime.timedelta, not \(shownTypeName(given[0]))") }
  if !given[1].isAbsent && !given[1].isString { throw .typeError("timezone() argument 2 must be str, not \(shownTypeName(given[1]))") }
  return try TimeZone.make(given[0], given[1])
}

/// A value's type as messages about arguments name it.
func shownTypeName(_ value: Value) -> String { value.isNone ? "None" : value.typeName }

private func timeZoneRepr(_ value: Value) throws(PyError) -> Owned {
  if value === DateTimeConstants.utc { return try Owned.string("datetime.timezone.utc" as StaticString) }
  let zone = TimeZone(value)
  let offset = try zone.offset.repr()
  if zone.name.isAbsent { return try Owned.string("\(value.typeName)(\(offset.value.text))") }
  let name = try zone.name.repr()
  var builder = StringBuilder()
  try builder.append("\(value.typeName)(\(offset.value.text), ")
  try builder.append(name.value)
  try builder.append(")" as StaticString)
  return try builder.finish()
}

private func defineZoneMethods(_ t: TypeDefinition) {
  t.method("tzname($self, object, /)", "The zone's name, or UTC with the offset.") { (call: Call) throws(PyError) -> Owned in
    try checkMoment(call[0], "tzname")
    return try TimeZone(call.receiver).text()
  }
  t.method("utcoffset($self, object, /)", "The offset.") { (call: Call) throws(PyError) -> Owned in
    try checkMoment(call[0], "utcoffset")
    return Owned(copying: TimeZone(call.receiver).offset)
  }
  t.method("dst($self, object, /)", "None: nothing is known of summer time.") { (call: Call) throws(PyError) -> Owned in
    try checkMoment(call[0], "dst")
    return .none
  }
  t.method("fromutc($self, object, /)", "A moment given in UTC as local time of the zone.") { (call: Call) throws(PyError) -> Owned in
    guard dateTimeType.includes(call[0]) else { throw .typeError("fromutc: argument must be a datetime") }
    guard DateTime(call[0]).zone === call.receiver else { throw .valueError("fromutc: dt.tzinfo is not self") }
    return try DateTime.adding(TimeDelta(TimeZone(call.receiver).offset).duration, to: call[0])
  }
  t.method("__getinitargs__($self, /)", "What a pickle keeps.") { (call: Call) throws(PyError) -> Owned in
    let zone = TimeZone(call.receiver)
    return zone.name.isAbsent ? try Owned.tuple(zone.offset) : try Owned.tuple(zone.offset, zone.name)
  }
}

func defineTimeZone(_ m: ModuleBuilder) throws(PyError) {
  timeZoneType = ModuleType(
    try m.defineType("timezone", module: "datetime", base: zoneInfoType.object, isStatic: true) { t in
      t.documentation = "A zone that is always as far from UTC."
      t.basicSize = MemoryLayout<TimeZone.Contents>.size
      t.rawNew("timezone", newTimeZone)
      t.slots.deallocate = DeallocateSlot { raw in
        TimeZone(raw: raw).contents.pointee.offset.releaseIfPresent()
        TimeZone(raw: raw).contents.pointee.name.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.repr = UnarySlot(timeZoneRepr)
      t.slots.str = UnarySlot { (value: Value) throws(PyError) -> Owned in try TimeZone(value).text() }
      t.slots.hash = HashSlot { (value: Value) throws(PyError) -> Int in try TimeDelta(TimeZone(value).offset).hash() }
      t.slots.compare = CompareSlot { (a: Value, b: Value, operation: Comparison) throws(PyError) -> Owned in
        guard operation == .equal || operation == .notEqual, timeZoneType.isType(of: a), timeZoneType.isType(of: b) else { return .notImplemented }
        let order = TimeDelta(TimeZone(a).offset).duration.compared(to: TimeDelta(TimeZone(b).offset).duration)
        return .boolean(operation.holds(order, 0))
      }
      defineZoneMethods(t)
      DateTimeConstants.utc = immortalZone(t, DateTimeConstants.zero)
      t.attribute(Name.make("utc"), DateTimeConstants.utc)
      t.attribute(Name.make("min"), immortalZone(t, DateTimeConstants.firstOffset))
      t.attribute(Name.make("max"), immortalZone(t, DateTimeConstants.lastOffset))
    })
}

private func immortalZone(_ t: TypeDefinition, _ offset: Value) -> Value {
  let raw = t.immortalInstance(size: MemoryLayout<TimeZone.Contents>.size)
  TimeZone(raw: raw).contents.pointee.offset = offset
  return Value(raw)
}
