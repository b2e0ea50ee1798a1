// Runs the work on a thread with a large stack.

import Glibc

enum LargeStack {
  /// The compiler's passes recurse over the tree and stop with an error when the stack is nearly used up. CPython's limits on nesting were
  /// chosen for C frames; Swift's are larger, so 8 MiB would refuse programs that CPython compiles.
  private static let size = 64 << 20

  /// The result of `body`, run on the thread.
  static func run<Result>(_ body: () -> Result) -> Result {
    withoutActuallyEscaping(body) { body in
      var result: Result?
      let work = Work { result = body() }
      var attributes = pthread_attr_t()
      pthread_attr_init(&attributes)
      pthread_attr_setstacksize(&attributes, size)
      var thread = pthread_t()
      let status = pthread_create(
        &thread, &attributes,
        { argument in
          guard let argument else { return nil }
          Unmanaged<Work>.fromOpaque(argument).takeUnretainedValue().body()
          return nil
        }, Unmanaged.passUnretained(work).toOpaque())
      pthread_attr_destroy(&attributes)
      if status == 0 { pthread_join(thread, nil) }
      // A system that refuses the thread still has the stack of the main one.
      return withExtendedLifetime(work) { result ?? body() }
    }
  }

  private final class Work {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }
}
