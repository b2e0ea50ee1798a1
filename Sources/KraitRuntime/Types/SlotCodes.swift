// Addresses of slot functions that hot paths compare with, and the evaluator's end: variables with constant initialisers, filled when the process starts, so that reading
// one takes no once-token.

import CKraitCore

enum SlotCodes {
  nonisolated(unsafe) fileprivate static var genericGetAttribute: UnsafeRawPointer?
  nonisolated(unsafe) fileprivate static var genericSetAttribute: UnsafeRawPointer?
  nonisolated(unsafe) fileprivate static var typeGetAttribute: UnsafeRawPointer?
  nonisolated(unsafe) fileprivate static var moduleGetAttribute: UnsafeRawPointer?
  nonisolated(unsafe) fileprivate static var objectNew: UnsafeRawPointer?
  nonisolated(unsafe) fileprivate static var objectInitialize: UnsafeRawPointer?
  nonisolated(unsafe) fileprivate static var nativeNew: UInt = 0
  nonisolated(unsafe) fileprivate static var nativeInitialize: UInt = 0
  nonisolated(unsafe) fileprivate static var halt: PC?

  /// Fills the variables; before any type is made.
  static func reserve() {
    genericGetAttribute = BinarySlot(KraitRuntime.genericGetAttribute).code
    genericSetAttribute = StoreSlot(KraitRuntime.genericSetAttribute).code
    typeGetAttribute = BinarySlot(KraitRuntime.typeGetAttribute).code
    moduleGetAttribute = BinarySlot(KraitRuntime.moduleGetAttribute).code
    objectNew = CallSlot(KraitRuntime.objectNew).code
    objectInitialize = InitializeSlot(KraitRuntime.objectInitialize).code
    nativeNew = UInt(bitPattern: CallSlot(KraitRuntime.nativeNew).code)
    nativeInitialize = UInt(bitPattern: InitializeSlot(KraitRuntime.nativeInitialize).code)
    let word = PC.allocate(capacity: 1)
    word.initialize(to: UInt64(Instruction.HALT.rawValue))
    halt = word
  }
}

// The codes of the generic functions: a type whose slot has this address needs no call.
var genericGetAttributeCode: UnsafeRawPointer { @inline(__always) get { SlotCodes.genericGetAttribute.unsafelyUnwrapped } }
var genericSetAttributeCode: UnsafeRawPointer { @inline(__always) get { SlotCodes.genericSetAttribute.unsafelyUnwrapped } }
var typeGetAttributeCode: UnsafeRawPointer { @inline(__always) get { SlotCodes.typeGetAttribute.unsafelyUnwrapped } }
var moduleGetAttributeCode: UnsafeRawPointer { @inline(__always) get { SlotCodes.moduleGetAttribute.unsafelyUnwrapped } }
var objectNewCode: UnsafeRawPointer { @inline(__always) get { SlotCodes.objectNew.unsafelyUnwrapped } }
var objectInitializeCode: UnsafeRawPointer { @inline(__always) get { SlotCodes.objectInitialize.unsafelyUnwrapped } }
var nativeNewCode: UInt { @inline(__always) get { SlotCodes.nativeNew } }
var nativeInitializeCode: UInt { @inline(__always) get { SlotCodes.nativeInitialize } }

extension Evaluator {
  /// Where a frame that was entered from native code ends: one `HALT`.
  static var halt: PC { @inline(__always) get { SlotCodes.halt.unsafelyUnwrapped } }
}
