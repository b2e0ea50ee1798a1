// Values that Python and Swift exchange.

import KraitRuntime

/// A value of Python's, copied: plain data as such, anything else by its `repr()`.
public enum PythonValue: Sendable, Hashable {
  case none
  case bool(Bool)
  case int(Int)
  /// An int of more than 64 bits, in decimal digits.
  case bigInteger(String)
  case double(Double)
  case string(String)
  case bytes([UInt8])
  case tuple([PythonValue])
  case list([PythonValue])
  /// In the order of the dict.
  case dict([Entry])
  /// An object of another type: its `repr()`.
  case object(String)

  public struct Entry: Sendable, Hashable {
    public let key: PythonValue
    public let value: PythonValue
    public init(key: PythonValue, value: PythonValue) {
      self.key = key
      self.value = value
    }
  }

  /// The items of a tuple or list.
  public var items: [PythonValue]? {
    switch self {
    case .tuple(let items), .list(let items): items
    default: nil
    }
  }

  /// The value of a key of a dict.
  public subscript(key: PythonValue) -> PythonValue? {
    guard case .dict(let entries) = self else { return nil }
    return entries.first { $0.key == key }?.value
  }

  public subscript(index: Int) -> PythonValue? { items.flatMap { $0.indices.contains(index) ? $0[index] : nil } }
}

extension PythonValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByNilLiteral, ExpressibleByDictionaryLiteral
{
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: PythonValue...) { self = .list(elements) }
  public init(nilLiteral: ()) { self = .none }
  public init(dictionaryLiteral elements: (PythonValue, PythonValue)...) { self = .dict(elements.map { Entry(key: $0.0, value: $0.1) }) }
}

/// A Swift type whose values Python has, too.
public protocol PythonConvertible: Sendable {
  /// Nil when the value is none of this type.
  init?(_ value: PythonValue)
  var pythonValue: PythonValue { get }
}

extension PythonValue: PythonConvertible {
  public init?(_ value: PythonValue) { self = value }
  public var pythonValue: PythonValue { self }
}

extension Int: PythonConvertible {
  public init?(_ value: PythonValue) {
    switch value {
    case .int(let number): self = number
    case .bool(let flag): self = flag ? 1 : 0
    default: return nil
    }
  }
  public var pythonValue: PythonValue { .int(self) }
}

extension Double: PythonConvertible {
  /// Ints are taken too, as Python's `float()` does.
  public init?(_ value: PythonValue) {
    switch value {
    case .double(let number): self = number
    case .int(let number): self = Double(number)
    default: return nil
    }
  }
  public var pythonValue: PythonValue { .double(self) }
}

extension Bool: PythonConvertible {
  public init?(_ value: PythonValue) {
    guard case .bool(let flag) = value else { return nil }
    self = flag
  }
  public var pythonValue: PythonValue { .bool(self) }
}

extension String: PythonConvertible {
  public init?(_ value: PythonValue) {
    guard case .string(let text) = value else { return nil }
    self = text
  }
  public var pythonValue: PythonValue { .string(self) }
}

extension Optional: PythonConvertible where Wrapped: PythonConvertible {
  public init?(_ value: PythonValue) {
    if case .none = value {
      self = .some(nil) ?? nil
      return
    }
    guard let wrapped = Wrapped(value) else { return nil }
    self = wrapped
  }
  public var pythonValue: PythonValue { self?.pythonValue ?? PythonValue.none }
}

extension Array: PythonConvertible where Element: PythonConvertible {
  /// Of a list or tuple.
  public init?(_ value: PythonValue) {
    guard let items = value.items else { return nil }
    var result: [Element] = []
    for item in items {
      guard let element = Element(item) else { return nil }
      result.append(element)
    }
    self = result
  }
  public var pythonValue: PythonValue { .list(map(\.pythonValue)) }
}

extension Dictionary: PythonConvertible where Key: PythonConvertible, Value: PythonConvertible {
  public init?(_ value: PythonValue) {
    guard case .dict(let entries) = value else { return nil }
    var result: [Key: Value] = [:]
    for entry in entries {
      guard let key = Key(entry.key), let value = Value(entry.value) else { return nil }
      result[key] = value
    }
    self = result
  }
  public var pythonValue: PythonValue { .dict(map { PythonValue.Entry(key: $0.key.pythonValue, value: $0.value.pythonValue) }) }
}

// MARK: - In an interpreter

extension PythonValue {
  /// Of an object of the calling thread's interpreter.
  init(_ value: KraitRuntime.Value) throws(PyError) {
    try checkNativeRecursion(" while converting a value")
    if value.isNone {
      self = .none
    } else if value === .true || value === .false {
      self = .bool(value === .true)
    } else if value.isExactInteger {
      if let number = Integer.asInt(value) { self = .int(number) } else { self = .bigInteger(try value.repr().text) }
    } else if value.isExactString {
      self = .string(value.text)
    } else if value.isFloat {
      self = .double(try value.asDouble())
    } else if value.isExact(.bytes) {
      self = .bytes(Array(UnsafeRawBufferPointer(start: BytesObject(value).data, count: BytesObject(value).count)))
    } else if value.isExact(.tuple) {
      var items: [PythonValue] = []
      for index in 0..<TupleObject(value).count { items.append(try PythonValue(TupleObject(value)[index])) }
      self = .tuple(items)
    } else if value.isExact(.list) {
      // A copy: a `repr` may change the list.
      let copy = try Owned.tuple(from: value)
      var items: [PythonValue] = []
      for index in 0..<TupleObject(copy.value).count { items.append(try PythonValue(TupleObject(copy.value)[index])) }
      self = .list(items)
    } else if value.isExact(.dict) {
      let copy = try DictObject(value).copy()
      var entries: [Entry] = []
      var position = 0
      var key = KraitRuntime.Value.absent
      var item = KraitRuntime.Value.absent
      while DictObject(copy.value).next(&position, &key, &item) { entries.append(Entry(key: try PythonValue(key), value: try PythonValue(item))) }
      self = .dict(entries)
    } else {
      let shown = try value.repr()
      self = .object(shown.value.text)
    }
  }

  /// The object in the calling thread's interpreter.
  func object() throws(PyError) -> Owned {
    switch self {
    case .none: return .none
    case .bool(let flag): return .boolean(flag)
    case .int(let number): return try Owned.integer(number)
    case .bigInteger(let digits):
      let text = try Owned.string(digits)
      return try TypeObject.int.value.call(text.value)
    case .double(let number): return try Owned.float(number)
    case .string(let text), .object(let text): return try Owned.string(text)
    case .bytes(let bytes):
      let value = try bytes.withUnsafeBufferPointer { (data: UnsafeBufferPointer<UInt8>) throws(PyError) -> KraitRuntime.Value in
        try Owned.bytes(UnsafeRawBufferPointer(data)).take()
      }
      return Owned(taking: value)
    case .tuple(let items):
      let list = try PythonValue.list(items).object()
      return try Owned.tuple(from: list.value)
    case .list(let items):
      let result = try Owned.list(capacity: items.count)
      for item in items { try ListObject(result.value).append(sharing: try item.object()) }
      return result
    case .dict(let entries):
      let result = try Owned.dict()
      for entry in entries {
        let key = try entry.key.object()
        let value = try entry.value.object()
        try DictObject(result.value).set(key.value, value.value)
      }
      return result
    }
  }
}
