// `_ctypes.CArgObject`: a value that is ready to be passed to a function, as byref() and from_param() give it.

import CKraitFFI
import Glibc
import KraitRuntime

struct CArgument {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// The bytes of the value: at most two long doubles.
    var bytes: (UInt64, UInt64, UInt64, UInt64)
    var type: UnsafeMutablePointer<ffi_type>?
    /// What must live as long as the value: owned, or absent.
    var object: Value
    /// The letter of the type.
    var tag: UInt8
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  /// Where the bytes of the value are.
  var place: UnsafeMutableRawPointer { raw + MemoryLayout<Contents>.offset(of: \.bytes).unsafelyUnwrapped }

  static func make(_ tag: UInt8, _ type: UnsafeMutablePointer<ffi_type>?) throws(PyError) -> Owned {
    let argument = CArgument(raw: try CTypes.argument.object.allocate())
    argument.contents.pointee.tag = tag
    argument.contents.pointee.type = type
    return Owned(taking: argument.raw)
  }

  /// An address, with the object that it belongs to.
  static func make(_ tag: UInt8, address: UnsafeMutableRawPointer?, _ object: Value) throws(PyError) -> Owned {
    let argument = try make(tag, krait_ffi_type(UInt8(ascii: "P")))
    CArgument(argument.value).place.storeBytes(of: address, as: UnsafeMutableRawPointer?.self)
    object.retain()
    CArgument(argument.value).contents.pointee.object = object
    return argument
  }
}

func defineArgument(_ m: ModuleBuilder) throws(PyError) {
  CTypes.argument = ModuleType(
    try m.defineType("CArgObject", isPublic: false) { t in
      t.basicSize = MemoryLayout<CArgument.Contents>.size
      t.shapeFlags.insert(.tracked)
      t.slots.deallocate = DeallocateSlot { raw in
        CArgument(raw: raw).contents.pointee.object.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in visit(CArgument(raw: raw).contents.pointee.object) }
      t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in try shownArgument(CArgument(object), object) }
      t.member("_obj", offset: MemoryLayout<CArgument.Contents>.offset(of: \.object).unsafelyUnwrapped, "the object that the value belongs to")
    })
}

private func shownArgument(_ argument: CArgument, _ object: Value) throws(PyError) -> Owned {
  let tag = argument.contents.pointee.tag
  let letter = String(Unicode.Scalar(tag))
  let place = argument.place
  switch tag {
  case UInt8(ascii: "b"), UInt8(ascii: "B"): return try Owned.string("<cparam '\(letter)' (\(place.load(as: Int8.self)))>")
  case UInt8(ascii: "h"), UInt8(ascii: "H"): return try Owned.string("<cparam '\(letter)' (\(place.load(as: Int16.self)))>")
  case UInt8(ascii: "i"), UInt8(ascii: "I"): return try Owned.string("<cparam '\(letter)' (\(place.load(as: Int32.self)))>")
  case UInt8(ascii: "l"), UInt8(ascii: "L"), UInt8(ascii: "q"), UInt8(ascii: "Q"): return try Owned.string("<cparam '\(letter)' (\(place.load(as: Int64.self)))>")
  case UInt8(ascii: "d"), UInt8(ascii: "f"):
    let number = try Owned.float(tag == UInt8(ascii: "d") ? place.load(as: Double.self) : Double(place.load(as: Float.self)))
    let text = try number.repr()
    return try Owned.string("<cparam '\(letter)' (\(text.text))>")
  case UInt8(ascii: "c"):
    let byte = place.load(as: UInt8.self)
    if byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\\") && byte != UInt8(ascii: "'") {
      return try Owned.string("<cparam 'c' ('\(String(Unicode.Scalar(byte)))')>")
    }
    let digits = String(byte, radix: 16)
    return try Owned.string("<cparam 'c' ('\\x\(digits.utf8.count < 2 ? "0" : "")\(digits)')>")
  case UInt8(ascii: "z"), UInt8(ascii: "Z"), UInt8(ascii: "P"):
    let address = place.load(as: UInt.self)
    return try Owned.string("<cparam '\(letter)' (\(address == 0 ? "(nil)" : "0x" + String(address, radix: 16)))>")
  default: return try Owned.string("<cparam '\(letter)' at \(shownAddress(object))>")
  }
}
