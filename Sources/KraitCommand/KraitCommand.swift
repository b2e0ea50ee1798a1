// The command `krait`: runs a Python program.

import CKraitSystem
import Glibc
import KraitModules
import KraitRuntime
import KraitSyntax

@main
enum KraitCommand {
  static func main() {
    let arguments = CommandArguments((0..<Int(CommandLine.argc)).compactMap { CommandLine.unsafeArgv[$0].map { SystemText.string($0) } })
    if let answer = arguments.answer {
      print(answer.text, to: answer.isError ? 2 : 1)
      exit(answer.status)
    }
    RuntimeConfiguration.current = arguments.configuration
    guard HashSecret.configure(arguments.configuration.ignoresEnvironment || arguments.configuration.alwaysRandomizesHashes ? nil : getenv("PYTHONHASHSEED")) else {
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
      let status = program.run()
      // Here and now: an end of this thread would first give back what the process gives back anyway.
      if !MainProgram.wasInterrupted { leave(status) }
      return status
    }
    if MainProgram.wasInterrupted {
      signal(SIGINT, SIG_DFL)
      kill(getpid(), SIGINT)
    }
    leave(status)
  }

  /// Ends the process without more ado, except in the build that counts what the optimiser is to know: its counters are written by `exit`.
  private static func leave(_ status: Int32) -> Never {
    #if KRAIT_PROFILE_GENERATE
      exit(status)
    #else
      _exit(status)
    #endif
  }
}

/// Writes text to a descriptor; there is nobody to tell of an error.
func print(_ text: String, to descriptor: Int32) {
  var text = text
  text.withUTF8 { _ = write(descriptor, $0.baseAddress, $0.count) }
}

/// Runs the program on the process's first thread, to which the system sends signals and which debuggers and `ps` show, but on a stack of its own: native code that
/// calls Python that calls native code nests deeper than the usual 8 MiB allow.
enum MainThread {
  private final class Work {
    let body: () -> Int32
    var status: Int32 = 1
    init(_ body: @escaping () -> Int32) { self.body = body }
  }

  /// The status that `body` returns.
  static func run(_ body: @escaping () -> Int32) -> Int32 {
    let stackSize = AddressSpace.size(wanted: 64 << 20, least: 8 << 20, share: 16)
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | Int32(MAP_NORESERVE) | Int32(MAP_STACK)
    // A system that refuses the memory still has the stack of the thread itself.
    guard let memory = mmap(nil, stackSize, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED else { return body() }
    // A page that cannot be touched, so that an overflow does not write into what lies below.
    mprotect(memory, 4096, PROT_NONE)
    let work = Work {
      StackLimit.use(lowest: memory + 4096, size: stackSize - 4096)
      return body()
    }
    let failure = krait_call_on_stack(
      memory, stackSize,
      { argument in
        guard let argument else { return }
        let work = Unmanaged<Work>.fromOpaque(argument).takeUnretainedValue()
        work.status = work.body()
      }, Unmanaged.passUnretained(work).toOpaque())
    return withExtendedLifetime(work) { failure == 0 ? work.status : body() }
  }
}
