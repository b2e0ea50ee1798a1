// The type `frame`: a record of the control stack as Python sees it. Made only when somebody looks.

import CKraitCore
import KraitCompiler

@frozen
public struct FrameObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }
  public var value: Value { Value(raw) }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    /// The record, while the frame is on a control stack (``FrameObject/record``).
    var record: UnsafeMutablePointer<Frame>?
    /// The generator whose frame this is, while it is suspended (borrowed: a generator that ends forgets its frame).
    var generator: UnsafeMutableRawPointer?
    /// Owned.
    var function: Value
    /// `f_back` of a frame that has ended, owned, or absent.
    var back: Value
    /// How many locals and cells of a frame that has ended stand behind these fields (``FrameObject/values``), owned.
    var valueCount: Int
    var code: CodeObject
    /// `f_lasti` of a frame that has ended, possibly unresolved (``CodeObject/unresolvedOffset(at:)``).
    var lastInstruction: Int
    /// The mapping of names of a module or class body that has ended, owned, or absent.
    var locals: Value
    /// Names set through `f_locals` that the code does not have: a dict, or absent.
    var extraLocals: Value
    /// Values of locals that were replaced through `f_locals` while the code may still use them: a list, or absent.
    var overwritten: Value
    var trace: Value
    var tracesLines: Bool
    var tracesOpcodes: Bool
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  /// Where the variables go when the frame ends: each object has room for those of its code.
  fileprivate var values: UnsafeMutablePointer<Value> { (raw + MemoryLayout<Contents>.stride).assumingMemoryBound(to: Value.self) }
  var code: CodeObject { contents.pointee.code }
  /// `f_code`
  var codeValue: Value { code.value }

  /// The record, while the frame is on a control stack. Where no lock does so, threads are kept from running on in records that are being looked at.
  var record: UnsafeMutablePointer<Frame>? {
    if _slowPath(Runtime.isFree), let record = contents.pointee.record, !currentThread.pointee.controlStack.contains(record) { Sharing.stopOthers(currentThread) }
    return contents.pointee.record
  }

  /// Where the locals are now; nil when the frame was cleared.
  var slots: FP? {
    if let record { return record.pointee.flags.contains(.between) ? GeneratorObject(record.pointee.extra).contents.pointee.values : record.pointee.fp }
    if let generator = contents.pointee.generator { return GeneratorObject(raw: generator).contents.pointee.values }
    return contents.pointee.valueCount > 0 ? values : nil
  }

  var lastInstruction: Int {
    if let record { return record.lastInstruction }
    if let generator = contents.pointee.generator { return GeneratorObject(raw: generator).lastInstruction }
    return code.resolvedOffset(contents.pointee.lastInstruction)
  }

  /// Neither a thread's stack nor a generator knows the frame any more.
  var isDetached: Bool { contents.pointee.record == nil && contents.pointee.generator == nil }

  var isRunning: Bool { contents.pointee.record != nil }

  /// The mapping of names of a module or class body; absent for a function.
  var localsMapping: Value {
    if let record { return record.localsMapping }
    return contents.pointee.locals
  }

  /// The value of a local or cell variable, borrowed; absent when it is unbound.
  func variable(_ index: Int) -> Value {
    guard let slots, let place = code.place(of: index, in: slots) else { return .absent }
    let value = place.pointee
    if value.isObject && !value.isAbsent && holdsCell(index, value) { return CellObject(value).contents }
    if _slowPath(Runtime.isFree) { Privacy.publish(value) }
    return value
  }

  /// Whether a slot's value is the cell of the variable: free variables always, others after `MAKE_CELL`.
  func holdsCell(_ index: Int, _ value: Value) -> Bool {
    guard !value.isAbsent, value.isObject, value.object.shape == TypeObject.cell.rootShape else { return false }
    let kind = LocalKind(rawValue: code.localsPlusKinds[index])
    if kind.contains(.free) { return true }
    return kind.contains(.cell) && lastInstruction >= 0
  }
}

extension Evaluator {
  /// The frame object of a record, made if nobody has asked before.
  static func frameObject(of frame: FramePointer) throws(PyError) -> Owned {
    let object = objectIfPossible(of: frame, isPrivate: false)
    if object.value.isAbsent { throw PyError.memoryError() }
    return object
  }

  /// As ``frameObject(of:)``, but absent where there is no memory: no exception is raised, as one may be on its way.
  ///
  /// - Parameter isPrivate: whether it is for the traceback of a private exception, or for `f_back` of a private frame: one that is made here is private then.
  @inline(__always)
  static func objectIfPossible(of frame: FramePointer, isPrivate: Bool) -> Owned {
    if frame.pointee.flags.contains(.hasObject) {
      if !isPrivate { Privacy.publishIfShared(frame.pointee.object) }
      return Owned(copying: frame.pointee.object)
    }
    let object = makeObject(of: frame)
    // Generators move their frames about.
    if _slowPath(isPrivate) && !object.value.isAbsent && !frame.pointee.flags.contains(.generator) { Privacy.mark(object.value.object) }
    return object
  }

  @inline(never)
  private static func makeObject(of frame: FramePointer) -> Owned {
    guard let raw = FrameObject.make(frame.pointee.function, frame.pointee.code) else { return Owned(taking: .absent) }
    FrameObject(raw: raw).contents.pointee.record = frame
    // One reference is the record's, the other the caller's.
    raw.retain()
    frame.pointee.object = Value(raw)
    frame.pointee.flags.insert(.hasObject)
    return Owned(taking: raw)
  }

  /// The record of a frame whose variables are gone already ends.
  @inline(never)
  static func detachEmptied(_ frame: FramePointer) { _ = detachObject(frame, variables: 0) }

  /// The record ends: its frame object, if anybody else holds it, takes the variables over. Returns how many.
  static func detachObject(_ frame: FramePointer, variables count: Int) -> Int {
    let isPrivate = Runtime.isFree && Privacy.isPrivate(frame.pointee.object)
    // Others may look at the object, and at the record.
    if _slowPath(Runtime.isFree) && !isPrivate { return Sharing.exclusively(currentThread) { detachObject(frame, variables: count, isPrivate: false) } }
    return detachObject(frame, variables: count, isPrivate: isPrivate)
  }

  @inline(__always)
  private static func detachObject(_ frame: FramePointer, variables count: Int, isPrivate: Bool) -> Int {
    let object = frame.pointee.object
    frame.pointee.flags.remove(.hasObject)
    frame.pointee.object = .absent
    let contents = FrameObject(object).contents
    guard object.object.referenceCount > 1 else {
      contents.pointee.record = nil
      object.release()
      return 0
    }
    contents.pointee.lastInstruction = frame.unresolvedLastInstruction
    if _slowPath(Runtime.isFree) && !isPrivate { Privacy.publishSlots(frame.pointee.fp, count) }
    FrameObject(object).takeVariables(frame.pointee.fp, count)
    contents.pointee.locals = Owned(copyingIfPresent: frame.localsMapping).take()
    // A generator that has ended was resumed by nobody.
    if !frame.caller.isBase && !frame.pointee.flags.contains(.generator) { contents.pointee.back = objectIfPossible(of: frame.caller, isPrivate: isPrivate).take() }
    contents.pointee.record = nil
    object.release()
    return count
  }
}

extension ThreadState {
  /// The frame object of the innermost frame; absent when no Python code runs.
  public func currentFrame() throws(PyError) -> Owned { try frameObject(depth: 0) }

  /// The frame object `depth` calls below the innermost; absent when the stack is not that high.
  public func frameObject(depth: Int) throws(PyError) -> Owned {
    var frame = self.frame
    var left = depth
    while !frame.isBase {
      if left <= 0 { return try Evaluator.frameObject(of: frame) }
      left -= 1
      frame = frame.caller
    }
    return Owned(taking: .absent)
  }
}

extension FrameObject {
  /// `f_back`.
  func back() throws(PyError) -> Owned {
    if let record { return record.caller.isBase ? .none : try Evaluator.frameObject(of: record.caller) }
    let back = contents.pointee.back
    return back.isAbsent ? .none : Owned(copying: back)
  }

  /// `f_lineno`: None when the instruction belongs to no line.
  var line: Int? {
    let offset = lastInstruction
    if offset < 0 { return code.firstLineNumber }
    return code.line(at: offset)
  }

  /// The object of a frame of a function, with room for the variables of its code behind the fields; nil where there is no memory.
  @inline(__always)
  static func make(_ function: Value, _ code: CodeObject) -> UnsafeMutableRawPointer? {
    guard let raw = allocateIfPossible(TypeObject.frame.rootShape, size: MemoryLayout<Contents>.stride &+ code.localsPlusCount &* 8) else { return nil }
    let contents = FrameObject(raw: raw).contents
    contents.pointee.state = ObjectState()
    contents.pointee.record = nil
    contents.pointee.generator = nil
    contents.pointee.function = Owned(copying: function).take()
    contents.pointee.back = .absent
    contents.pointee.valueCount = 0
    contents.pointee.code = code
    contents.pointee.lastInstruction = -1
    contents.pointee.locals = .absent
    contents.pointee.extraLocals = .absent
    contents.pointee.overwritten = .absent
    contents.pointee.trace = .absent
    contents.pointee.tracesLines = true
    contents.pointee.tracesOpcodes = false
    return raw
  }

  /// Moves the variables of a frame that ends behind the fields.
  @inline(__always)
  fileprivate func takeVariables(_ fp: FP, _ count: Int) {
    let values = self.values
    var index = 0
    while index < count {
      values[index] = fp[index]
      fp[index] = .none
      index &+= 1
    }
    contents.pointee.valueCount = count
  }

  @inline(__always)
  fileprivate func releaseValues() {
    let count = contents.pointee.valueCount
    let values = self.values
    contents.pointee.valueCount = 0
    var index = 0
    while index < count {
      values[index].releaseIfPresent()
      index &+= 1
    }
  }

  /// Whether the frame has what few have: names of a module's body, or what was set through `f_locals` or by a tracer.
  @inline(__always)
  fileprivate var hasRareParts: Bool {
    contents.pointee.locals.bits | contents.pointee.extraLocals.bits | contents.pointee.overwritten.bits | contents.pointee.trace.bits != 0
  }

  /// Gives up the variables of a frame that has ended.
  func clearVariables() {
    releaseValues()
    let contents = self.contents
    let old = (contents.pointee.extraLocals, contents.pointee.overwritten, contents.pointee.trace, contents.pointee.locals)
    contents.pointee.extraLocals = .absent
    contents.pointee.overwritten = .absent
    contents.pointee.trace = .absent
    contents.pointee.locals = .absent
    old.0.releaseIfPresent()
    old.1.releaseIfPresent()
    old.2.releaseIfPresent()
    old.3.releaseIfPresent()
  }

  /// Keeps a value that running code may still borrow from its local.
  func keepOverwritten(_ value: consuming Owned) throws(PyError) {
    if value.value.isAbsent { return }
    if contents.pointee.overwritten.isAbsent { contents.pointee.overwritten = try Owned.list().take() }
    try ListObject(contents.pointee.overwritten).append(taking: value)
  }
}

func defineFrame(_ types: TypeDefinitions) {
  types.define(.frame) { t in
    t.basicSize = MemoryLayout<FrameObject.Contents>.size
    t.shapeFlags.insert([.tracked, .hasState])
    t.flags.insert(.disallowInstantiation)
    t.slots.deallocate = DeallocateSlot { raw in
      let frame = FrameObject(raw: raw)
      if _slowPath(frame.hasRareParts) { frame.clearVariables() } else { frame.releaseValues() }
      frame.contents.pointee.back.releaseIfPresent()
      frame.contents.pointee.function.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      let contents = FrameObject(raw: raw).contents
      visit(contents.pointee.function)
      visit(contents.pointee.back)
      visit(contents.pointee.locals)
      visit(contents.pointee.extraLocals)
      visit(contents.pointee.overwritten)
      visit(contents.pointee.trace)
      for index in 0..<contents.pointee.valueCount { visit(FrameObject(raw: raw).values[index]) }
    }
    t.slots.clear = ClearSlot { raw in FrameObject(raw: raw).clearVariables() }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      let frame = FrameObject(object)
      let file = try frame.code.fileName.repr()
      let line = frame.line.map { "\($0)" } ?? "None"
      return try Owned.string("<frame at \(addressText(object)), file \(file.value.text), line \(line), code \(frame.code.name.text)>")
    }
    t.getter("f_back") { (object: Value) throws(PyError) -> Owned in try FrameObject(object).back() }
    t.getter("f_code") { (object: Value) throws(PyError) -> Owned in Owned(copying: FrameObject(object).code.value) }
    t.getter("f_globals") { (object: Value) throws(PyError) -> Owned in
      Owned(copying: FunctionObject(FrameObject(object).contents.pointee.function).globals)
    }
    t.getter("f_builtins") { (object: Value) throws(PyError) -> Owned in
      Owned(copying: FunctionObject(FrameObject(object).contents.pointee.function).builtins)
    }
    t.getter("f_locals") { (object: Value) throws(PyError) -> Owned in try FrameObject(object).localsForPython() }
    t.getter("f_lasti") { (object: Value) throws(PyError) -> Owned in try Owned.integer(FrameObject(object).lastInstruction) }
    t.property("f_lineno") { (object: Value) throws(PyError) -> Owned in
      guard let line = FrameObject(object).line else { return .none }
      return try Owned.integer(line)
    } set: { (object: Value, value: Value) throws(PyError) in
      try FrameObject(object).setLine(value)
    }
    t.getter("f_generator") { (object: Value) throws(PyError) -> Owned in
      let contents = FrameObject(object).contents
      if let generator = contents.pointee.generator {
        if _slowPath(Runtime.isFree) { Sharing.stopOthers(currentThread) }
        Privacy.publishIfShared(Value(generator))
        return Owned(copying: Value(generator))
      }
      if let record = FrameObject(object).record, record.pointee.flags.contains(.generator) {
        Privacy.publishIfShared(record.pointee.extra)
        return Owned(copying: record.pointee.extra)
      }
      return .none
    }
    t.property("f_trace") { (object: Value) throws(PyError) -> Owned in
      let trace = FrameObject(object).contents.pointee.trace
      return trace.isAbsent ? .none : Owned(copying: trace)
    } set: { (object: Value, value: Value) throws(PyError) in
      let contents = FrameObject(object).contents
      let old = Owned(taking: contents.pointee.trace)
      contents.pointee.trace = value.isAbsent || value.isNone ? .absent : Owned(copying: value).take()
      if !contents.pointee.trace.isAbsent && old.value !== value && contents.pointee.tracesOpcodes { try Tracing.traceOpcodes(FrameObject(object).code, true) }
      _ = consume old
    }
    t.member("f_trace_lines") { (object: Value) throws(PyError) -> Owned in
      Owned.boolean(FrameObject(object).contents.pointee.tracesLines)
    } set: { (object: Value, value: Value) throws(PyError) in
      if value.isAbsent { throw .typeError("can't delete numeric/char attribute") }
      guard value.isBool else { throw .typeError("attribute value type must be bool") }
      FrameObject(object).contents.pointee.tracesLines = value.isTrue
    }
    t.property("f_trace_opcodes") { (object: Value) throws(PyError) -> Owned in
      Owned.boolean(FrameObject(object).contents.pointee.tracesOpcodes)
    } set: { (object: Value, value: Value) throws(PyError) in
      if value.isAbsent { throw attributeError("attribute 'f_trace_opcodes' of 'frame' objects cannot be deleted", object, Name.make("f_trace_opcodes")) }
      guard value.isBool else { throw .typeError("attribute value type must be bool") }
      FrameObject(object).contents.pointee.tracesOpcodes = value.isTrue
      if value.isTrue && !FrameObject(object).contents.pointee.trace.isAbsent { try Tracing.traceOpcodes(FrameObject(object).code, true) }
    }
    t.method("clear($self, /)", "Let go of all that the frame's variables hold.") { (call: Call) throws(PyError) -> Owned in
      let frame = FrameObject(call.receiver)
      if frame.isRunning { throw .runtimeError("cannot clear an executing frame") }
      if let generator = frame.contents.pointee.generator {
        if GeneratorObject(raw: generator).contents.pointee.status == .suspended { throw .runtimeError("cannot clear a suspended frame") }
        let held = Owned(copying: Value(generator))
        GeneratorObject(held.value).finalize()
        GeneratorObject(held.value).finish()
      }
      frame.clearVariables()
      return .none
    }
  }
}

extension UnsafeMutableBufferPointer<Frame> {
  /// Whether a record stands here.
  fileprivate func contains(_ record: UnsafeMutablePointer<Frame>) -> Bool {
    let base = baseAddress.unsafelyUnwrapped
    return record >= base && record < base + count
  }
}
