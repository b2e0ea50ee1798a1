// The control stack: one record for each active call (RFC 0003). Values of a frame (locals, cells, then temporaries) stand on the value stack.

import CKraitCore
import KraitCompiler

/// The program counter: a word of executable code.
typealias PC = UnsafeMutablePointer<UInt64>
/// Slot 0 of a frame on the value stack.
typealias FP = UnsafeMutablePointer<Value>

/// What is special about a frame. Zero for a call from Python to Python that nobody has looked at: such a frame is left without further questions.
public struct FrameFlags: OptionSet, BitwiseCopyable, Sendable {
  public let rawValue: UInt64
  @inlinable @inline(__always) public init(rawValue: UInt64) { self.rawValue = rawValue }
  /// Entered from native code: its end leaves the evaluator.
  public static let entry = FrameFlags(rawValue: 1)
  /// ``Frame/object`` holds the frame object.
  public static let hasObject = FrameFlags(rawValue: 2)
  /// An `__init__` whose result is the instance in ``Frame/extra`` (owned).
  public static let initializer = FrameFlags(rawValue: 4)
  /// A generator's or coroutine's frame; ``Frame/extra`` is the generator (borrowed: whoever resumes it holds it).
  public static let generator = FrameFlags(rawValue: 8)
  /// ``Frame/extra`` is the mapping of the local names (owned): a module, a class body, `exec`.
  public static let hasLocals = FrameFlags(rawValue: 16)
  /// ``Frame/function`` is owned by the record and not by the caller's slot.
  public static let ownsFunction = FrameFlags(rawValue: 32)
  /// A special method that an instruction of the frame below calls; ``Frame/extra`` is a ``SpecialResult``.
  public static let special = FrameFlags(rawValue: 128)
  /// An asynchronous generator's frame that a `SEND` of the frame below resumed for a step (``AsyncGeneratorStep``) in its receiver's slot.
  public static let asyncStep = FrameFlags(rawValue: 256)
  /// A generator's frame whose values go into a ``GeneratorSink``, or, without ``entry``, are used up by the loop that resumed it.
  public static let collecting = FrameFlags(rawValue: 512)
  /// A generator's frame whose slots are still in the generator, as it stands between the one that resumed it and its delegate's.
  public static let between = FrameFlags(rawValue: 1024)
  /// What the frame of a special method has.
  @inlinable static var ownedSpecial: FrameFlags { @inline(__always) get { FrameFlags(rawValue: 32 | 128) } }
  /// What a frame that owns its function may have and be left without further questions.
  @inlinable static var owned: FrameFlags { @inline(__always) get { FrameFlags(rawValue: 1 | 32 | 128) } }
  /// The lowest record of a thread: no call at all.
  public static let base = FrameFlags(rawValue: 64)

  /// In the instrumented form: the location of the instruction that the frame executed last, -1 for none. Frames that a tool watches leave by the slow paths because of it.
  var location: Int {
    get { Int(truncatingIfNeeded: rawValue >> 32) &- 1 }
    set { self = FrameFlags(rawValue: rawValue & 0xFFFF_FFFF | UInt64(truncatingIfNeeded: newValue &+ 1) << 32) }
  }
}

/// A record of the control stack.
public struct Frame {
  /// The instruction that the frame is at, up to date while anything but the evaluator's fast path runs.
  var pc: PC
  var fp: FP
  /// The code object, kept alive by the function (which keeps all codes that it ever had).
  var code: CodeObject
  /// The function, borrowed from the caller's slot unless ``FrameFlags/ownsFunction``.
  var function: Value
  /// The function's globals.
  var globals: Value
  var flags: FrameFlags
  /// The frame object, owned, if ``FrameFlags/hasObject``.
  var object: Value
  var extra: Value
}

typealias FramePointer = UnsafeMutablePointer<Frame>

extension UnsafeMutablePointer where Pointee == Frame {
  /// The frame below; meaningful unless this is the base.
  @inline(__always) var caller: FramePointer { self - 1 }
  @inline(__always) var isBase: Bool { pointee.flags.contains(.base) }

  /// The first slot above those of the frame.
  @inline(__always)
  var stackEnd: FP { isBase ? pointee.fp : pointee.fp + pointee.code.frameSize }

  /// The byte offset in `co_code` of the instruction that the frame is at (`f_lasti`); -1 before the first.
  var lastInstruction: Int { pointee.code.bytecodeOffset(at: pointee.pc) }

  /// ``lastInstruction``, to be resolved by ``CodeObject/resolvedOffset(_:)`` when somebody asks.
  @inline(__always)
  var unresolvedLastInstruction: Int { pointee.code.unresolvedOffset(at: pointee.pc) }

  /// The mapping of local names of a module or class body; absent in a function. A function that is made of such code has its globals there.
  var localsMapping: Value {
    // exec() of a function's code has a mapping that the code does not use.
    if pointee.code.flags.contains(.optimized) { return .absent }
    return pointee.flags.contains(.hasLocals) ? pointee.extra : pointee.globals
  }
}

extension ThreadState {
  /// The innermost frame of Python code; nil when none is active.
  var innermostFrame: FramePointer? { frame.isBase ? nil : frame }

  /// The code object that runs, borrowed; absent when none does.
  public var currentCode: Value { frame.isBase ? .absent : frame.pointee.code.value }
  /// The globals of the code that runs, borrowed; absent when none does.
  public var currentGlobals: Value { frame.isBase ? interpreter.pointee.runnerNamespace : frame.pointee.globals }
  /// The builtins of the code that runs, borrowed: those of the interpreter when none does.
  public var currentBuiltins: Value {
    frame.isBase ? interpreter.pointee.builtins : FunctionObject(frame.pointee.function).builtins
  }
  /// The line that runs; 0 when none does.
  public var currentLine: Int {
    frame.isBase ? 0 : frame.pointee.code.line(at: frame.lastInstruction) ?? 0
  }

  /// What `super()` without arguments needs: the class from the cell `__class__` and the first argument, both borrowed.
  public func superArguments() throws(PyError) -> (type: Value, object: Value) {
    if frame.isBase { throw .runtimeError("super(): no current frame") }
    let code = frame.pointee.code
    if code.contents.pointee.argumentCount == 0 { throw .runtimeError("super(): no arguments") }
    var object = frame.pointee.fp[0]
    if !object.isAbsent, LocalKind(rawValue: code.localsPlusKinds[0]).contains(.cell), object.isObject, object.object.shape == TypeObject.cell.rootShape {
      object = CellObject(object).contents
    }
    if object.isAbsent { throw .runtimeError("super(): arg[0] deleted") }
    Privacy.publishIfShared(object)
    for index in (code.variableCount - code.freeCount)..<code.variableCount where code.localName(index) === Name.__class__ {
      let cell = code.place(of: index, in: frame.pointee.fp)?.pointee ?? .absent
      if cell.isAbsent || !cell.isObject || cell.object.shape != TypeObject.cell.rootShape { throw .runtimeError("super(): bad __class__ cell") }
      let type = CellObject(cell).contents
      if type.isAbsent { throw .runtimeError("super(): empty __class__ cell") }
      if !type.isType { throw .runtimeError("super(): __class__ is not a type (\(type.typeName))") }
      return (type, object)
    }
    throw .runtimeError("super(): __class__ cell not found")
  }
}
