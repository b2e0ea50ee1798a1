// What belongs to one interpreter.

import CKraitCore

/// An interpreter's state, guarded by its lock (or, in the model without one, as each field says).
public struct InterpreterState {
  public var identifier: UInt64
  /// The heap of its threads; in the model without a lock, of its main thread.
  var heap: UnsafeMutablePointer<Heap>
  /// `sys.modules`, a dict.
  public var modules: Value
  /// The dict of the module `builtins`.
  public var builtins: Value
  /// The dict of the module `sys`.
  public var sys: Value
  /// Interned strings of this interpreter: a dict from str to itself.
  public var interned: Value
  /// `sys.setrecursionlimit`.
  public var recursionLimit: Int
  /// `sys.set_int_max_str_digits`.
  public var integerDigitsLimit: Int
  public var collector: Collector
  public var mainThread: ThreadPointer
}

@inline(__always)
public var currentInterpreter: UnsafeMutablePointer<InterpreterState> { currentThread.pointee.interpreter }
