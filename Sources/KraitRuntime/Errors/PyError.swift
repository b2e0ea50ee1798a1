// Raising and catching Python exceptions in native code.

import CKraitCore

extension PyError {
  /// Sets the thread's exception to a new instance of `type` with one message, and returns the error to throw: `throw PyError.raise(.typeError, "…")`.
  /// Making the instance may fail; then that failure is the exception.
  @inline(never)
  public static func raise(_ type: TypeObject, _ message: String) -> PyError {
    let thread = currentThread
    do throws(PyError) {
      let isBesideOthers = thread.pointee.raisesBesideOthers && !thread.pointee.holdsSharing
      if !isBesideOthers { Sharing.enter(thread) }
      let text = try Owned.string(message)
      return isBesideOthers && SharedBodies.prepare(type, text.value, thread) ? PyError() : raise(type, text.value)
    } catch { return error }
  }

  /// As ``raise(_:_:)-(_,String)`` with an argument that need not be a message.
  @inline(never)
  public static func raise(_ type: TypeObject, _ argument: Value) -> PyError {
    Sharing.enter(currentThread)
    Privacy.publishIfShared(argument)
    do throws(PyError) {
      let exception = try ExceptionObject.make(type, argument)
      return raise(exception)
    } catch { return error }
  }

  /// A new instance without arguments.
  @inline(never)
  public static func raise(_ type: TypeObject) -> PyError {
    Sharing.enter(currentThread)
    do throws(PyError) {
      let exception = try type.value.call()
      return raise(exception)
    } catch { return error }
  }

  /// Raises an existing exception instance. The exception that is being handled becomes its context.
  public static func raise(_ exception: consuming Owned) -> PyError {
    Sharing.enter(currentThread)
    let handled = currentThread.pointee.topmostHandledException
    if !handled.isAbsent { ExceptionObject(exception.value).chainContext(handled) }
    currentThread.pointee.setException(exception)
    return PyError()
  }

  public static func typeError(_ message: String) -> PyError { raise(.typeError, message) }
  public static func valueError(_ message: String) -> PyError { raise(.valueError, message) }
  public static func indexError(_ message: String) -> PyError { raise(.indexError, message) }
  public static func keyError(_ key: Value) -> PyError { raise(.keyError, key) }
  public static func overflowError(_ message: String) -> PyError { raise(.overflowError, message) }
  public static func attributeError(_ message: String) -> PyError { raise(.attributeError, message) }
  public static func runtimeError(_ message: String) -> PyError { raise(.runtimeError, message) }
  public static func systemError(_ message: String) -> PyError { raise(.systemError, message) }
  public static func zeroDivisionError(_ message: String) -> PyError { raise(.zeroDivisionError, message) }
  public static func recursionError(_ message: String) -> PyError { raise(.recursionError, message) }

  /// Memory or an interpreter's limit is exhausted. As there may be none for the instance either, some were made beforehand; only where they are still to be made there is no exception.
  @inline(never)
  public static func memoryError() -> PyError {
    let thread = currentThread
    Sharing.enter(thread)
    let interpreter = thread.pointee.interpreter
    // What is being handled does not become its context, as in CPython.
    if let new = ExceptionObject.makeMemoryError() {
      thread.pointee.setException(new)
    } else if !interpreter.pointee.spareMemoryError.isAbsent {
      let spare = Owned(taking: interpreter.pointee.spareMemoryError)
      interpreter.pointee.spareMemoryError = .absent
      thread.pointee.setException(spare)
    } else if !interpreter.pointee.lastMemoryError.isAbsent {
      ExceptionObject(interpreter.pointee.lastMemoryError).clearFields()
      thread.pointee.setException(Owned(copying: interpreter.pointee.lastMemoryError))
    }
    return PyError()
  }

  /// `StopIteration`, with a value unless it is None.
  public static func stopIteration(_ value: Value) -> PyError { value.isNone ? raise(.stopIteration) : raise(.stopIteration, value) }

  /// Whether the exception on its way is an instance of `type`.
  public static func matches(_ type: TypeObject) -> Bool {
    let exception = currentThread.pointee.exception
    return !exception.isAbsent && exception.type.isSubtype(of: type)
  }

  /// Drops the exception on its way.
  public static func clear() { _ = currentThread.pointee.takeUnpublished() }
}

extension ThreadState {
  /// Replaces the exception on its way.
  public mutating func setException(_ exception: consuming Owned) {
    let old = self.exception
    self.exception = exception.take()
    old.releaseIfPresent()
  }

  /// Takes the exception on its way out of the state, for native code, which may do anything with it.
  public mutating func takeException() -> Owned {
    Privacy.publishIfShared(exception)
    return takeUnpublished()
  }

  /// As ``takeException()``, for who drops it or puts it into a slot.
  mutating func takeUnpublished() -> Owned {
    let exception = self.exception
    self.exception = .absent
    return Owned(taking: exception)
  }
}

extension Value {
  /// Releases what may be absent.
  @inlinable @inline(__always)
  public func releaseIfPresent() { if isObject && !isAbsent { object.release() } }
  /// Retains what may be absent.
  @inlinable @inline(__always)
  public func retainIfPresent() { if isObject && !isAbsent { object.retain() } }
}
