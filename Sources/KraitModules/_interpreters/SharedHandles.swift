// Objects that stand for something which interpreters share, such as queues: they go to others as a number.

import CKraitCore
import KraitRuntime

/// The sorts of shared things. Each module that has one registers how its objects become numbers and back.
enum SharedHandles {
  enum Sort: UInt8 { case queue = 1, channelID, channelSendEnd, channelReceiveEnd }

  /// For each interpreter, a dict from a class to its sort.
  nonisolated(unsafe) private static var sorts = InterpreterValue()

  /// Objects of exactly this class go to other interpreters by number.
  static func register(_ type: Value, _ sort: Sort) throws(PyError) {
    if sorts.value.isAbsent { try sorts.set(try Owned.dict()) }
    let dict = Owned(copying: sorts.value)
    // One class for each sort: the latest.
    let number = Value(smallInteger: Int(sort.rawValue))
    var position = 0
    var known = Owned(taking: .absent)
    var key = Value.absent
    var value = Value.absent
    while DictObject(dict.value).next(&position, &key, &value) { if value === number { known = Owned(copying: key) } }
    if !known.value.isAbsent { _ = try DictObject(dict.value).remove(known.value) }
    try DictObject(dict.value).set(type, Value(smallInteger: Int(sort.rawValue)))
  }

  /// The message for a registered object; nil for others.
  static func handle(of value: Value) throws(PyError) -> SharedData? {
    guard let sort = try sort(of: value) else { return nil }
    switch sort {
    case .queue: return try QueueHandles.handle(of: value)
    case .channelID, .channelSendEnd, .channelReceiveEnd: return try ChannelHandles.handle(of: value, sort)
    }
  }

  /// Whether objects of a value's class go by number.
  static func sort(of value: Value) throws(PyError) -> Sort? {
    if !value.isObject || sorts.value.isAbsent { return nil }
    let dict = Owned(copying: sorts.value)
    let found = try DictObject(dict.value).get(value.type.value)
    if found.isAbsent { return nil }
    return Integer.asInt(found).flatMap { Sort(rawValue: UInt8(truncatingIfNeeded: $0)) }
  }

  static func restore(_ detail: UInt8, _ word: UInt64) throws(PyError) -> Owned {
    guard let sort = Sort(rawValue: detail) else { throw .runtimeError("unknown kind of shared object") }
    return sort == .queue ? try QueueHandles.restore(word) : try ChannelHandles.restore(word, sort)
  }

  static func release(_ detail: UInt8, _ word: UInt64) {
    if Sort(rawValue: detail) == .queue { QueueHandles.release(word) } else { ChannelHandles.release(word) }

  }
}
