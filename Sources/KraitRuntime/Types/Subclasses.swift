// The direct subclasses of a type: who inherits its slots and attributes, and must hear of changes.

import CKraitCore
import Glibc

/// A list of types in plain memory, in the order of their making. It holds no references: a class takes itself out when it ends.
///
/// Builtin types are shared by all interpreters, and so are their lists: a lock guards each change and copy, and a reader sees the classes of its own interpreter only.
enum SubclassList {
  nonisolated(unsafe) private static var lock: UInt8 = 0

  struct Header {
    var count: Int
    var capacity: Int
    /// Whether it is memory of the heap of its class, with which it goes, and not the process's, as for types that outlive each heap. A class may become immortal later.
    let isOfHeap: Bool
  }

  private static func acquire() { while !krait_cas8(&lock, 0, 1) { sched_yield() } }
  private static func release() { krait_store8_release(&lock, 0) }

  private static func entries(_ list: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt> {
    (list + MemoryLayout<Header>.stride).assumingMemoryBound(to: UInt.self)
  }

  static func add(_ subclass: TypeObject, to base: TypeObject) throws(PyError) {
    acquire()
    defer { release() }
    let old = base.contents.pointee.subclasses
    var header = old?.load(as: Header.self) ?? Header(count: 0, capacity: 0, isOfHeap: !base.raw.isImmortal)
    var list = old
    if header.count == header.capacity {
      list = grow(old, &header)
      guard list != nil else { throw .memoryError() }
    }
    let memory = list.unsafelyUnwrapped
    entries(memory)[header.count] = UInt(bitPattern: subclass.raw)
    header.count += 1
    memory.storeBytes(of: header, as: Header.self)
    base.contents.pointee.subclasses = memory
  }

  private static func size(_ capacity: Int) -> Int { MemoryLayout<Header>.stride + capacity * MemoryLayout<UInt>.size }

  private static func grow(_ old: UnsafeMutableRawPointer?, _ header: inout Header) -> UnsafeMutableRawPointer? {
    let former = size(header.capacity)
    header.capacity = max(4, header.capacity * 2)
    if !header.isOfHeap { return realloc(old, size(header.capacity)) }
    do throws(PyError) {
      if let old { return try reallocateMemory(old, from: former, to: size(header.capacity)) }
      return try allocateMemory(size(header.capacity))
    } catch { return nil }
  }

  static func remove(_ subclass: TypeObject, from base: TypeObject) {
    acquire()
    defer { release() }
    guard let list = base.contents.pointee.subclasses else { return }
    var header = list.load(as: Header.self)
    guard let index = (0..<header.count).last(where: { entries(list)[$0] == UInt(bitPattern: subclass.raw) }) else { return }
    (entries(list) + index).update(from: entries(list) + index + 1, count: header.count - index - 1)
    header.count -= 1
    list.storeBytes(of: header, as: Header.self)
  }

  /// An interpreter's heap goes with classes in it: types that live on, which are immortal, forget them.
  static func forgetClasses(of owner: UInt64) {
    // Before the lock is taken: who makes types holds that of ModuleTypes first.
    let types = ModuleTypes.immortalTypes
    acquire()
    defer { release() }
    for type in types {
      guard let list = type.contents.pointee.subclasses else { continue }
      var header = list.load(as: Header.self)
      var kept = 0
      for index in 0..<header.count {
        let entry = entries(list)[index]
        guard let raw = UnsafeMutableRawPointer(bitPattern: entry), raw.ownerIdentifier != owner else { continue }
        entries(list)[kept] = entry
        kept += 1
      }
      header.count = kept
      list.storeBytes(of: header, as: Header.self)
    }
  }

  /// All classes that are derived from an immortal type, of every interpreter.
  static func entries(of type: TypeObject) -> [UnsafeMutableRawPointer] {
    acquire()
    defer { release() }
    guard let list = type.contents.pointee.subclasses else { return [] }
    return (0..<list.load(as: Header.self).count).compactMap { UnsafeMutableRawPointer(bitPattern: entries(list)[$0]) }
  }

  static func free(_ type: TypeObject) {
    guard let list = type.contents.pointee.subclasses else { return }
    type.contents.pointee.subclasses = nil
    let header = list.load(as: Header.self)
    if header.isOfHeap { freeMemory(list, size: size(header.capacity)) } else { Glibc.free(list) }
  }

  /// The subclasses that belong to this interpreter or to all.
  static func copy(of type: TypeObject) -> [TypeObject] {
    acquire()
    defer { release() }
    guard let list = type.contents.pointee.subclasses else { return [] }
    var result: [TypeObject] = []
    for index in 0..<list.load(as: Header.self).count {
      guard let raw = UnsafeMutableRawPointer(bitPattern: entries(list)[index]) else { continue }
      if raw.isImmortalEverywhere || currentInterpreter.pointee.owns(raw) { result.append(TypeObject(raw: raw)) }
    }
    return result
  }
}

extension TypeObject {
  /// Enters a type with its bases: with all of them or, for want of memory, with none.
  static func addSubclass(_ type: TypeObject, of bases: TupleObject) throws(PyError) {
    for index in 0..<bases.count {
      do throws(PyError) { try SubclassList.add(type, to: bases[index].asType) } catch {
        for added in 0..<index { SubclassList.remove(type, from: bases[added].asType) }
        throw error
      }
    }
  }

  static func removeSubclass(_ type: TypeObject, of bases: TupleObject) {
    for index in 0..<bases.count { SubclassList.remove(type, from: bases[index].asType) }
  }

  /// Direct subclasses. A class whose count has dropped to zero is on its way out and not among them.
  public var directSubclasses: [TypeObject] {
    contents.pointee.subclasses == nil ? [] : SubclassList.copy(of: self).filter { $0.raw.referenceCount > 0 }
  }
}
