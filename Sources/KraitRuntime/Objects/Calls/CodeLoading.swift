// Code that is read from the file of the frozen modules when it is first called or looked into: of the functions that a start makes, it calls a fifth.

import CKraitCore
import Glibc
import KraitCompiler

extension CodeObject {
  /// Stands in the data for code whose rest is read later; no type code of `marshal`.
  static let partTypeCode: UInt8 = 0x4C

  /// What is read later, in the order of the data.
  static var pendingFields: [WritableKeyPath<Contents, Value>] {
    [\.code, \.constants, \.names, \.localsPlusNames, \.localsPlusKinds, \.lineTable, \.exceptionTable]
  }

  /// Whether there are fields still to be read.
  var isPending: Bool { contents.pointee.pending != nil }

  /// Code whose rest is at an address that stays, behind its size in 32 bits.
  static func makePending(_ data: UnsafeRawPointer) throws(PyError) -> Owned {
    let raw = try allocateZeroedObject(TypeObject.code.rootShape, size: MemoryLayout<Contents>.size)
    CodeObject(raw: raw).contents.pointee.pending = data
    return Owned(taking: raw)
  }

  /// The fields, read if they were not. Who can throw calls ``load()`` first.
  @inline(__always)
  var loadedContents: UnsafeMutablePointer<Contents> {
    if _slowPath(contents.pointee.pending != nil) { loadOrEnd() }
    return contents
  }

  @inline(never)
  private func loadOrEnd() {
    do throws(PyError) { try load() } catch { fatalError("code of a frozen module cannot be read") }
  }

  /// Reads the fields if they were not.
  public func load() throws(PyError) {
    if _slowPath(contents.pointee.pending != nil) { try loadNow() }
  }

  /// In the model without a lock, one thread reads at a time. No Python runs meanwhile.
  private nonisolated(unsafe) static var lock: UInt8 = 0

  @inline(never)
  private func loadNow() throws(PyError) {
    if Runtime.isFree {
      while !krait_cas8(&CodeObject.lock, 0, 1) { sched_yield() }
    }
    defer { if Runtime.isFree { krait_store8_release(&CodeObject.lock, 0) } }
    guard let data = contents.pointee.pending else { return }
    let size = Int((data - 4).loadUnaligned(as: Int32.self))
    var reader = MarshalValueReader(MarshalSource(UnsafeRawBufferPointer(start: data, count: size)), isSplit: true)
    let code = try reader.readObject()
    let constants = try reader.readObject()
    let names = try reader.readObject()
    let localsPlusNames = try reader.readObject()
    let localsPlusKinds = try reader.readObject()
    let lineTable = try reader.readObject()
    let exceptionTable = try reader.readObject()
    guard code.value.isBytes, constants.value.isTuple, names.value.isTuple, localsPlusNames.value.isTuple, localsPlusKinds.value.isBytes, lineTable.value.isBytes,
      exceptionTable.value.isBytes, TupleObject(localsPlusNames.value).count == variableCount,
      BytesObject(localsPlusKinds.value).count == variableCount
    else { throw PyError.systemError("bad data of a frozen module") }
    let fields = contents
    let keptLines = try LineTable.kept(lineTable.value)
    fields.pointee.code = code.take()
    fields.pointee.constants = constants.take()
    fields.pointee.names = names.take()
    fields.pointee.localsPlusNames = localsPlusNames.take()
    fields.pointee.localsPlusKinds = localsPlusKinds.take()
    fields.pointee.lineTable = keptLines.take()
    fields.pointee.exceptionTable = exceptionTable.take()
    // Last: other threads look at this first.
    withUnsafeMutablePointer(to: &fields.pointee.pending) { krait_store64_release($0, 0) }
  }
}
