// memoryview and the managed buffer behind it, in memory.

import CKraitCore
import Glibc

/// An export that memoryviews share: given back when the last of them is released.
///
///     16  views that use it
///     24  the buffer
struct ManagedBuffer: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  static let size = 24 + MemoryLayout<BufferFields>.size

  init(_ value: Value) { raw = value.object }

  var views: Int {
    get { raw.load(fromByteOffset: 16, as: Int.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 16, as: Int.self) }
  }
  var fields: UnsafeMutablePointer<BufferFields> { (raw + 24).assumingMemoryBound(to: BufferFields.self) }

  /// An export of an object, used by nobody yet.
  static func make(_ object: Value, _ request: BufferRequest) throws(PyError) -> Owned {
    guard let slot = object.type.slots.pointee.buffer else {
      throw PyError.typeError("memoryview: a bytes-like object is required, not '\(object.typeName)'")
    }
    let raw = try allocateZeroedObject(TypeObject.managedBuffer.rootShape, size: size)
    let owner = Owned(taking: raw)
    let buffer = ManagedBuffer(owner.value)
    buffer.fields.initialize(to: BufferFields())
    try slot(object, request, buffer.fields)
    return owner
  }

  func release() { fields.pointee.release() }
}

/// A memoryview: a one-word handle.
///
///     16  state
///     24  the managed buffer; absent when released
///     32  buffers that are lent out
///     40  hash; -1: not computed yet
///     48  plain memory for shape, strides and suboffsets, or nil
///     56  the buffer as this view sees it; its owner is borrowed from the managed buffer
struct MemoryViewObject: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  static let size = 56 + MemoryLayout<BufferFields>.size
  static let maximumDimensions = 64

  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  /// A value that is known to be a memoryview.
  init(_ value: Value) { raw = value.object }
  var value: Value { Value(raw) }

  var managed: Value {
    get { raw.load(fromByteOffset: 24, as: Value.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 24, as: Value.self) }
  }
  var exports: Int {
    get { raw.load(fromByteOffset: 32, as: Int.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 32, as: Int.self) }
  }
  var hashWord: Int {
    get { raw.load(fromByteOffset: 40, as: Int.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 40, as: Int.self) }
  }
  private var arrays: UnsafeMutablePointer<Int>? {
    get { raw.load(fromByteOffset: 48, as: UnsafeMutablePointer<Int>?.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 48, as: UnsafeMutablePointer<Int>?.self) }
  }
  var fields: UnsafeMutablePointer<BufferFields> { (raw + 56).assumingMemoryBound(to: BufferFields.self) }

  var isReleased: Bool { managed.isAbsent }

  func checkNotReleased() throws(PyError) {
    if isReleased { throw PyError.valueError("operation forbidden on released memoryview object") }
  }

  /// A view of a managed buffer that sees what the fields say; shape and strides are filled in.
  static func make(_ managed: Value, _ source: BufferFields, dimensions: Int? = nil) throws(PyError) -> Owned {
    let dimensions = dimensions ?? source.dimensions
    let view = MemoryViewObject(raw: try TypeObject.memoryview.allocate())
    let owner = Owned(taking: view.raw)
    view.fields.initialize(to: source)
    view.hashWord = -1
    view.fields.pointee.dimensions = dimensions
    if dimensions > 0 {
      let arrays = try allocateMemory(dimensions &* 24).assumingMemoryBound(to: Int.self)
      view.arrays = arrays
      // As many as both have; the caller fills in the rest.
      for dimension in 0..<min(dimensions, source.dimensions) {
        arrays[dimension] = source.extent(dimension)
        arrays[dimensions &+ dimension] = source.stride(dimension)
        arrays[2 &* dimensions &+ dimension] = source.suboffsets.map { $0[dimension] } ?? -1
      }
      view.fields.pointee.shape = arrays
      view.fields.pointee.strides = arrays + dimensions
      view.fields.pointee.suboffsets = source.suboffsets == nil ? nil : arrays + 2 &* dimensions
    } else {
      view.fields.pointee.shape = nil
      view.fields.pointee.strides = nil
      view.fields.pointee.suboffsets = nil
    }
    managed.retain()
    view.managed = managed
    ManagedBuffer(managed).views &+= 1
    return owner
  }

  /// Gives the managed buffer up.
  func release() {
    let managed = self.managed
    guard !managed.isAbsent else { return }
    self.managed = .absent
    let buffer = ManagedBuffer(managed)
    buffer.views &-= 1
    if buffer.views == 0 { buffer.release() }
    managed.release()
  }

  func freeStorage() {
    if let arrays { freeMemory(arrays, size: fields.pointee.dimensions &* 24) }
    arrays = nil
  }

  /// The bytes of the shape's product.
  func updateByteCount() {
    var count = fields.pointee.itemSize
    for dimension in 0..<fields.pointee.dimensions { count &*= fields.pointee.extent(dimension) }
    fields.pointee.byteCount = count
  }
}

extension Owned {
  /// `memoryview(object)`.
  public static func memoryview(_ object: Value, _ request: BufferRequest = .fullReadOnly) throws(PyError) -> Owned {
    if object.isObject && object.type == .memoryview {
      let view = MemoryViewObject(object)
      try view.checkNotReleased()
      return try MemoryViewObject.make(view.managed, view.fields.pointee)
    }
    let managed = try ManagedBuffer.make(object, request)
    do throws(PyError) { return try MemoryViewObject.make(managed.value, ManagedBuffer(managed.value).fields.pointee) } catch {
      ManagedBuffer(managed.value).release()
      throw error
    }
  }
}
