// The command `krait`: runs a Python program.

import Glibc
import KraitModules
import KraitRuntime

@main
enum KraitCommand {
  static func main() {
    let arguments = CommandArguments(CommandLine.arguments)
    if let answer = arguments.answer {
      print(answer.text, to: answer.isError ? 2 : 1)
      exit(answer.status)
    }
    RuntimeConfiguration.current = arguments.configuration
    guard HashSecret.configure(arguments.configuration.ignoresEnvironment ? nil : getenv("PYTHONHASHSEED")) else {
      print(
        """
        Fatal Python error: config_init_hash_seed: PYTHONHASHSEED must be "random" or an integer in range [0; 4294967295]
        Python runtime state: preinitialized


        """, to: 2)
      exit(1)
    }
    signal(SIGPIPE, SIG_IGN)
    guard let program = arguments.program else { exit(0) }
    let status = MainThread.run {
      NativeModules.register()
      Runtime.start()
      return program.run()
    }
    if MainProgram.wasInterrupted {
      signal(SIGINT, SIG_DFL)
      kill(getpid(), SIGINT)
    }
    _exit(status)
  }
}

/// Writes text to a descriptor; there is nobody to tell of an error.
private func print(_ text: String, to descriptor: Int32) {
  var text = text
  text.withUTF8 { _ = write(descriptor, $0.baseAddress, $0.count) }
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
