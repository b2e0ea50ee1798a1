// The command `krait`: runs a Python program.

import Glibc
import KraitRuntime

@main
enum KraitCommand {
  static func main() {
    let arguments = CommandArguments(CommandLine.arguments)
    if let answer = arguments.answer {
      var text = answer.text
      text.withUTF8 { _ = write(answer.isError ? 2 : 1, $0.baseAddress, $0.count) }
      exit(answer.status)
    }
    RuntimeConfiguration.current = arguments.configuration
    signal(SIGPIPE, SIG_IGN)
    guard let program = arguments.program else { exit(0) }
    let status = MainThread.run {
      Runtime.start()
      return program.run()
    }
    if status == MainProgram.interruptStatus {
      // Whoever started the process is to see that SIGINT ended it.
      signal(SIGINT, SIG_DFL)
      kill(getpid(), SIGINT)
    }
    _exit(status)
  }
}

/// The thread that runs the program: native code that calls Python that calls native code nests deeper than 8 MiB allow.
enum MainThread {
  /// Reserved, not touched: memory comes page by page.
  private static let stackSize = 256 << 20

  private final class Work: @unchecked Sendable {
    let body: @Sendable () -> Int32
    var status: Int32 = 1
    init(_ body: @escaping @Sendable () -> Int32) { self.body = body }
  }

  /// The status that `body` returns, run on the thread.
  static func run(_ body: @escaping @Sendable () -> Int32) -> Int32 {
    let work = Work(body)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, stackSize)
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        let work = Unmanaged<Work>.fromOpaque(argument).takeUnretainedValue()
        work.status = work.body()
        return nil
      }, Unmanaged.passUnretained(work).toOpaque())
    pthread_attr_destroy(&attributes)
    // A system that refuses the thread still has the stack of the first one.
    if failure != 0 { return body() }
    pthread_join(thread, nil)
    return work.status
  }
}
