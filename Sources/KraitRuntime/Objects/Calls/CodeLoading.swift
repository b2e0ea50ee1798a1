// Code that is read when it is first called or looked into, from the file of the frozen modules or from a module's own: of the functions that a start makes, it calls a fifth.

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

  /// Code of a module's data. Its data is at the place of its shared form.
  static func makePending(_ part: UnsafeMutablePointer<ModuleData.Part>) throws(PyError) -> Owned {
    let code = try makePending(UnsafeRawPointer(part))
    CodeObject(code.value).contents.pointee.shared = UnsafeMutableRawPointer(part)
    try ModuleDataReader.fill(CodeObject(code.value), from: part)
    return code
  }

  /// The fields, read if they were not. Who can throw calls ``load()`` first.
  @inline(__always)
  var loadedContents: UnsafeMutablePointer<Contents> {
    if _slowPath(contents.pointee.pending != nil) { loadOrEnd() }
    return contents
  }

  @inline(never)
  private func loadOrEnd() {
    do throws(PyError) { try load() } catch { fatalError("code of a module cannot be read") }
  }

  /// Reads the fields if they were not.
  public func load() throws(PyError) {
    if _slowPath(contents.pointee.pending != nil) { try loadNow() }
  }

  /// In the model without a lock, one thread reads at a time. No Python runs meanwhile.
  private nonisolated(unsafe) static var lock: UInt8 = 0

  /// In a forked child, nobody gives the lock up that a thread of another interpreter held.
  static func afterFork() { krait_store8_release(&lock, 0) }

  @inline(never)
  private func loadNow() throws(PyError) {
    if Runtime.isFree {
      while !krait_cas8(&CodeObject.lock, 0, 1) { sched_yield() }
    }
    defer { if Runtime.isFree { krait_store8_release(&CodeObject.lock, 0) } }
    guard let data = contents.pointee.pending else { return }
    if let shared = contents.pointee.shared, data == UnsafeRawPointer(shared) {
      let part = data.assumingMemoryBound(to: ModuleData.Part.self).pointee
      guard let source = part.data else { return }
      var reader = ModuleDataReader(source, at: part.fields)
      let code = try reader.read()
      let constants = try reader.read()
      let names = try reader.read(areNames: true)
      let localsPlusNames = try reader.read(areNames: true)
      let localsPlusKinds = try reader.read()
      reader.seek(Int(part.firstLine) + 4)
      let lineTable = try reader.read()
      try fill(code, constants, names, localsPlusNames, localsPlusKinds, lineTable, try reader.read())
      return
    }
    let size = Int((data - 4).loadUnaligned(as: Int32.self))
    var reader = MarshalValueReader(MarshalSource(UnsafeRawBufferPointer(start: data, count: size)), isSplit: true)
    let code = try reader.readObject()
    let constants = try reader.readObject()
    let names = try reader.readObject()
    let localsPlusNames = try reader.readObject()
    let localsPlusKinds = try reader.readObject()
    let lineTable = try reader.readObject()
    try fill(code, constants, names, localsPlusNames, localsPlusKinds, lineTable, try reader.readObject())
  }

  private func fill(
    _ code: consuming Owned, _ constants: consuming Owned, _ names: consuming Owned, _ localsPlusNames: consuming Owned, _ localsPlusKinds: consuming Owned,
    _ lineTable: consuming Owned, _ exceptionTable: consuming Owned
  ) throws(PyError) {
    guard code.value.isBytes, constants.value.isTuple, names.value.isTuple, localsPlusNames.value.isTuple, localsPlusKinds.value.isBytes, lineTable.value.isBytes,
      exceptionTable.value.isBytes, TupleObject(localsPlusNames.value).count == variableCount,
      BytesObject(localsPlusKinds.value).count == variableCount
    else { throw PyError.systemError("bad data of a module") }
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
