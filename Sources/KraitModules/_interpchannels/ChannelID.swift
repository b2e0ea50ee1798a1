// The type `_interpchannels.ChannelID`: a channel's number, perhaps for one end only. A channel lives as long as such objects of it.

import CKraitCore
import KraitRuntime

nonisolated(unsafe) private var identifierType = ModuleType()

enum ChannelID {
  private struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var number: Int
    var end: Int
    /// Whether another interpreter gets an object of the class of the end in its place.
    var resolves: Bool
    var isCounted: Bool
  }

  private static func contents(_ raw: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  static func isIdentifier(_ value: Value) -> Bool { identifierType.includes(value) }
  static func number(_ value: Value) -> Int { contents(value.object).pointee.number }
  static func end(_ value: Value) -> ChannelEnd { ChannelEnd(rawValue: contents(value.object).pointee.end) ?? .both }
  static func resolves(_ value: Value) -> Bool { contents(value.object).pointee.resolves }

  /// - Parameter isForced: whether it is made even of a channel that is not there.
  static func make(_ number: Int, _ end: ChannelEnd, isForced: Bool = false, resolves: Bool = false) throws(PyError) -> Owned {
    let object = Owned(taking: try identifierType.object.allocate())
    let fields = contents(object.value.object)
    fields.pointee.number = number
    fields.pointee.end = end.rawValue
    fields.pointee.resolves = resolves
    do throws(ChannelFailure) {
      try SharedChannels.addObject(number)
      fields.pointee.isCounted = true
    } catch { if !isForced { throw channelError(error, number) } }
    return object
  }

  private static func numberObject(_ object: Value) throws(PyError) -> Owned { try Owned.integer(number(object)) }

  static func defineType(_ m: ModuleBuilder) throws(PyError) {
    identifierType = ModuleType(
      try m.defineType("ChannelID") { t in
        t.documentation = "The number of a channel, which also is an int."
        t.basicSize = MemoryLayout<Contents>.size
        t.flags.formUnion([.baseType, .disallowInstantiation])
        t.slots.deallocate = DeallocateSlot { raw in
          let fields = ChannelID.contents(raw)
          if fields.pointee.isCounted { SharedChannels.removeObject(fields.pointee.number) }
          finishDeallocation(raw)
        }
        t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
          let end = ChannelID.end(object)
          let suffix = end == .send ? ", send=True" : end == .receive ? ", recv=True" : ""
          return try Owned.string("\(object.type.nameText)(\(ChannelID.number(object))\(suffix))")
        }
        t.slots.str = UnarySlot { (object: Value) throws(PyError) -> Owned in try Owned.string("\(ChannelID.number(object))") }
        t.slots.hash = HashSlot { (object: Value) throws(PyError) -> Int in
          let number = try ChannelID.numberObject(object)
          return try number.value.hash()
        }
        t.slots.index = UnarySlot { (object: Value) throws(PyError) -> Owned in try ChannelID.numberObject(object) }
        t.slots.integer = UnarySlot { (object: Value) throws(PyError) -> Owned in try ChannelID.numberObject(object) }
        t.slots.compare = CompareSlot { (a: Value, b: Value, operation: Comparison) throws(PyError) -> Owned in
          guard operation == .equal || operation == .notEqual, ChannelID.isIdentifier(a) else { return .notImplemented }
          if ChannelID.isIdentifier(b) {
            let isEqual = ChannelID.number(a) == ChannelID.number(b) && ChannelID.end(a) == ChannelID.end(b)
            return .boolean(isEqual == (operation == .equal))
          }
          guard b.isInteger || b.isFloat || b.type.slots.pointee.index != nil || b.isInstance(of: .complex) else { return .notImplemented }
          let number = try ChannelID.numberObject(a)
          return try number.value.compare(b, operation)
        }
        t.getter("end", "Which ends are meant: 'send', 'recv' or 'both'.") { (object: Value) throws(PyError) -> Owned in
          let end = ChannelID.end(object)
          return try Owned.string(end == .send ? "send" : end == .receive ? "recv" : "both")
        }
        t.getter("send", "The same channel's sending end.") { (object: Value) throws(PyError) -> Owned in
          try ChannelID.make(ChannelID.number(object), .send, isForced: true, resolves: ChannelID.resolves(object))
        }
        t.getter("recv", "The same channel's receiving end.") { (object: Value) throws(PyError) -> Owned in
          try ChannelID.make(ChannelID.number(object), .receive, isForced: true, resolves: ChannelID.resolves(object))
        }
      })
  }
}
