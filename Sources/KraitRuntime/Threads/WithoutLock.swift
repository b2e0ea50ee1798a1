// Giving up the interpreter's lock while the system makes the thread wait.

/// Runs calls of the system that may wait, as other threads run Python meanwhile.
///
/// `body` neither touches Python objects nor raises; memory of a buffer is held by its ``BufferView``. `errno` is left as `body` left it.
@inlinable @inline(__always)
public func withoutLock<Result>(_ body: () -> Result) -> Result {
  let thread = currentThread
  ThreadState.detach(thread)
  let result = body()
  ThreadState.attach(thread)
  return result
}
