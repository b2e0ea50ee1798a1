// Signals become Python exceptions at safepoints.

import CKraitCore
import Glibc

/// The default handling of SIGINT: the main interpreter's main thread raises KeyboardInterrupt at its next safepoint.
enum Signals {
  /// The thread that signals interrupt: a constant initialiser, so that the handler reads it without a once-token.
  private nonisolated(unsafe) static var mainThread: ThreadPointer?

  static func install(mainThread thread: ThreadPointer) {
    mainThread = thread
    signal(SIGPIPE, SIG_IGN)
    // A process that was started with SIGINT ignored (in the background of a shell) keeps it so.
    var action = sigaction()
    sigaction(SIGINT, nil, &action)
    guard unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) else { return }
    action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in
      if let thread = Signals.mainThread { ThreadState.request(.signals, of: thread) }
    }
    sigaction(SIGINT, &action, nil)
  }

  static func deliver(_ thread: ThreadPointer) throws(PyError) {
    _ = krait_and64(thread, ~EvalBreaker.signals.rawValue)
    throw PyError.raise(.keyboardInterrupt)
  }
}

/// Runs what signals have asked for; to be called where a system call was interrupted or native code waits. May raise.
public func checkSignals() throws(PyError) {
  let thread = currentThread
  if krait_load64(thread) != 0 { try ThreadState.handleBreaker(thread) }
}
