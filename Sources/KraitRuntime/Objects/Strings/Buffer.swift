// The buffer protocol: how native code reads and writes the memory of bytes, bytearray, memoryview, array and others (PEP 3118, PEP 688).

import CKraitCore
import Glibc

/// What a consumer can handle, with the bits of `inspect.BufferFlags`.
public struct BufferRequest: OptionSet, BitwiseCopyable, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }
  /// Contiguous bytes, read only.
  public static let simple: BufferRequest = []
  public static let writable = BufferRequest(rawValue: 1)
  public static let format = BufferRequest(rawValue: 4)
  public static let dimensions = BufferRequest(rawValue: 8)
  public static let strides = BufferRequest(rawValue: 0x18)
  public static let cContiguous = BufferRequest(rawValue: 0x38)
  public static let fContiguous = BufferRequest(rawValue: 0x58)
  public static let anyContiguous = BufferRequest(rawValue: 0x98)
  public static let indirect = BufferRequest(rawValue: 0x118)
  public static let full: BufferRequest = [.indirect, .format, .writable]
  public static let fullReadOnly: BufferRequest = [.indirect, .format]
}

/// What an exporter says about its memory.
public struct BufferFields: BitwiseCopyable {
  public var data = UnsafeMutableRawPointer(bitPattern: 16).unsafelyUnwrapped
  public var byteCount = 0
  public var itemSize = 1
  public var isReadOnly = true
  public var dimensions = 1
  /// Ends with a zero byte and lives as long as the export; nil is "B".
  public var format: UnsafePointer<UInt8>?
  /// Live as long as the export. Without a shape there is one dimension; without strides the items are contiguous in C's order.
  public var shape: UnsafeMutablePointer<Int>?
  public var strides: UnsafeMutablePointer<Int>?
  public var suboffsets: UnsafeMutablePointer<Int>?
  /// Owned: the object whose type is told when the buffer is given back.
  public var owner = Value.absent
  /// Free for the exporter.
  public var detail: UInt = 0

  public init() {}

  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: data, count: byteCount) }

  /// Fills in a run of bytes.
  public mutating func fill(owner: Value, _ data: UnsafeMutableRawPointer, _ count: Int, isReadOnly: Bool, _ request: BufferRequest) throws(PyError) {
    if request.contains(.writable) && isReadOnly { throw PyError.raise(.bufferError, "Object is not writable.") }
    self.data = data
    byteCount = count
    self.isReadOnly = isReadOnly
    owner.retain()
    self.owner = owner
  }

  /// Tells the exporter that the memory is no longer used.
  public mutating func release() {
    let owner = self.owner
    guard !owner.isAbsent else { return }
    self.owner = .absent
    if let slot = owner.type.slots.pointee.releaseBuffer { slot(owner, &self) }
    owner.release()
  }
}

/// Gives out the memory of an object: object, request, what to fill in.
@frozen
public struct BufferSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value, BufferRequest, UnsafeMutablePointer<BufferFields>) throws(PyError) -> Void }
  @usableFromInline struct Thin { let function: @convention(thin) (Value, BufferRequest, UnsafeMutablePointer<BufferFields>) throws(PyError) -> Void }
  public init(_ function: @escaping (Value, BufferRequest, UnsafeMutablePointer<BufferFields>) throws(PyError) -> Void) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value, _ b: BufferRequest, _ c: UnsafeMutablePointer<BufferFields>) throws(PyError) {
    try unsafeBitCast(code, to: Thin.self).function(a, b, c)
  }
}

/// Takes a buffer back.
@frozen
public struct BufferReleaseSlot: BitwiseCopyable {
  @usableFromInline let code: UnsafeRawPointer
  @usableFromInline struct Closure { let function: (Value, UnsafeMutablePointer<BufferFields>) -> Void }
  @usableFromInline struct Thin { let function: @convention(thin) (Value, UnsafeMutablePointer<BufferFields>) -> Void }
  public init(_ function: @escaping (Value, UnsafeMutablePointer<BufferFields>) -> Void) {
    code = codeAddress(unsafeBitCast(Closure(function: function), to: (UnsafeRawPointer, UnsafeRawPointer?).self))
  }
  @inline(__always)
  public func callAsFunction(_ a: Value, _ b: UnsafeMutablePointer<BufferFields>) { unsafeBitCast(code, to: Thin.self).function(a, b) }
}

/// A buffer in use; given back when it goes out of scope.
public struct BufferView: ~Copyable {
  public var fields: BufferFields

  init(_ fields: BufferFields) { self.fields = fields }

  deinit {
    var fields = self.fields
    fields.release()
  }

  /// The memory; only meaningful for a contiguous buffer.
  public var bytes: UnsafeRawBufferPointer { fields.bytes }
  public var mutableBytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: fields.data, count: fields.byteCount) }
  var units: CodeUnits { CodeUnits(base: fields.data, count: fields.byteCount, width: 1) }
}

extension Value {
  /// Whether the type exports buffers.
  @inline(__always) public var supportsBuffer: Bool { type.slots.pointee.buffer != nil }

  /// The memory of an object; TypeError when it exports none.
  public func buffer(_ request: BufferRequest) throws(PyError) -> BufferView {
    guard let slot = type.slots.pointee.buffer else { throw PyError.typeError("a bytes-like object is required, not '\(typeName)'") }
    var fields = BufferFields()
    try slot(self, request, &fields)
    return BufferView(fields)
  }

  /// Contiguous memory to write to, for a function's argument.
  public func writableBuffer(_ function: String, _ index: String) throws(PyError) -> BufferView {
    guard let slot = type.slots.pointee.buffer else {
      throw PyError.typeError("\(function)() \(index) must be read-write bytes-like object, not \(describeNone(self))")
    }
    var fields = BufferFields()
    do throws(PyError) { try slot(self, .writable, &fields) } catch {
      guard PyError.matches(.bufferError) || PyError.matches(.typeError) else { throw error }
      PyError.clear()
      throw PyError.typeError("\(function)() \(index) must be read-write bytes-like object, not \(describeNone(self))")
    }
    return BufferView(fields)
  }
}
