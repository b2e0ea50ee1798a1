// `threading.local`: an object whose attributes are each thread's own. The type itself is in the module `_thread`.

import CKraitCore

/// Which threads have attributes of which objects. Guarded by the interpreter's lock.
public enum ThreadLocals {
  /// What is called when a thread ends that has attributes of an object: it drops them. Set by the module that has the type.
  public nonisolated(unsafe) static var drop: (@convention(c) (_ object: UnsafeMutableRawPointer, _ thread: UInt64) -> Void)?

  /// The calling thread has attributes of an object from now on.
  public static func note(_ object: UnsafeMutableRawPointer) { currentThread.pointee.locals.append(object) }

  /// The object goes: no thread is to know it any more.
  public static func forget(_ object: UnsafeMutableRawPointer) {
    Threads.forEach(currentInterpreter) { thread in
      if let index = thread.pointee.locals.firstIndex(of: object) { thread.pointee.locals.remove(at: index) }
    }
  }

  /// The calling thread has no attributes of an object any more.
  public static func forgetInCurrentThread(_ object: UnsafeMutableRawPointer) {
    let thread = currentThread
    if let index = thread.pointee.locals.lastIndex(of: object) { thread.pointee.locals.remove(at: index) }
  }

  static func threadEnds(_ thread: ThreadPointer) {
    // What is dropped may run code that makes new ones.
    while let object = thread.pointee.locals.popLast() { drop?(object, thread.pointee.identifier) }
  }
}
