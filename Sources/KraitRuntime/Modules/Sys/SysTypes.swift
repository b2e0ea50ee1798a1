// The struct sequences of the module `sys`, and their values.

import CKraitCore
import Glibc

func defineSys(_ types: TypeDefinitions) {
  defineStructSequence(
    types,
    StructSequenceDefinition(
      type: .versionInfo, documentation: "The parts of the version.",
      fields: [
        ("major", "the 3 of 3.14"), ("minor", "the 14 of 3.14"), ("micro", "which patch of it"),
        ("releaselevel", "how finished the release is: 'final' at last"), ("serial", "which of several alpha, beta or candidate releases"),
      ], isConstructible: false))
  defineStructSequence(
    types,
    StructSequenceDefinition(
      type: .sysFlags, documentation: "Flags that the command line or the environment set.",
      fields: [
        ("debug", "-d"), ("inspect", "-i"), ("interactive", "-i"), ("optimize", "-O or -OO"), ("dont_write_bytecode", "-B"),
        ("no_user_site", "-s"), ("no_site", "-S"), ("ignore_environment", "-E"), ("verbose", "-v"), ("bytes_warning", "-b"), ("quiet", "-q"),
        ("hash_randomization", "-R"), ("isolated", "-I"), ("dev_mode", "-X dev"), ("utf8_mode", "-X utf8"),
        ("warn_default_encoding", "-X warn_default_encoding"), ("safe_path", "-P"), ("int_max_str_digits", "-X int_max_str_digits"),
        ("gil", "-X gil"), ("thread_inherit_context", "-X thread_inherit_context"),
        ("context_aware_warnings", "-X context_aware_warnings"),
      ], visibleCount: 18, isConstructible: false))
  defineStructSequence(
    types,
    StructSequenceDefinition(
      type: .floatInfo, documentation: "The limits and the precision of float.",
      fields: [
        ("max", "the largest finite float"), ("max_exp", "radix**max_exp is the first power beyond float"),
        ("max_10_exp", "10**max_10_exp is the greatest power of ten"), ("min", "the least positive normalized float"),
        ("min_exp", "radix**(min_exp-1) is the least positive normalized float"), ("min_10_exp", "10**min_10_exp is the least power of ten with all its digits"),
        ("dig", "decimal digits that a float keeps"), ("mant_dig", "digits of the mantissa"),
        ("epsilon", "how far the next float is from 1.0"), ("radix", "the base of the exponent"), ("rounds", "the rounding mode"),
      ]))
  defineStructSequence(
    types,
    StructSequenceDefinition(
      type: .intInfo, documentation: "How int is represented.",
      fields: [
        ("bits_per_digit", "bits of a digit"), ("sizeof_digit", "bytes of a digit"),
        ("default_max_str_digits", "the default limit of conversions between str and int"),
        ("str_digits_check_threshold", "the least limit that may be set"),
      ]))
  defineStructSequence(
    types,
    StructSequenceDefinition(
      type: .hashInfo, documentation: "How numbers and strings are hashed.",
      fields: [
        ("width", "bits of a hash value"), ("modulus", "the prime for numeric hashes"), ("inf", "the hash of infinity"), ("nan", "unused"),
        ("imag", "the multiplier of the imaginary part"), ("algorithm", "the algorithm for str and bytes"),
        ("hash_bits", "bits of the algorithm's output"), ("seed_bits", "bits of its seed"), ("cutoff", "the limit of the short string hash"),
      ]))
  defineStructSequence(
    types,
    StructSequenceDefinition(
      type: .threadInfo, documentation: "How threads are implemented.",
      fields: [("name", "the implementation"), ("lock", "the implementation of locks"), ("version", "the library's version")]))
  defineStructSequence(
    types,
    StructSequenceDefinition(
      type: .asyncGeneratorHooks, documentation: "The hooks of asynchronous generators.",
      fields: [("firstiter", "called on the first iteration"), ("finalizer", "called instead of finalization")]))
  defineStructSequence(
    types,
    StructSequenceDefinition(
      type: .unraisableHookArguments, documentation: "What sys.unraisablehook is called with.",
      fields: [
        ("exc_type", "the exception's type"), ("exc_value", "the exception"), ("exc_traceback", "its traceback"),
        ("err_msg", "the message, or None"), ("object", "the object that caused it, or None"),
      ]))
  defineStandardErrorPrinter(types)
}

extension ModuleBuilder {
  /// The attributes of `sys` that are struct sequences.
  func defineSystemInformation() throws(PyError) {
    let version = try StructSequence.make(.versionInfo, taking: [small(3), small(14), small(8), try held("final"), small(0)])
    try defineImplementation(version.value)
    try constant("version_info", version)
    let configuration = RuntimeConfiguration.current
    let flag = { (value: Bool) in Value(smallInteger: value ? 1 : 0) }
    try constant(
      "flags",
      try StructSequence.make(
        .sysFlags, taking:
        [
          flag(configuration.isDebugging), flag(configuration.inspects), flag(configuration.isInteractive), small(configuration.optimizationLevel),
          flag(configuration.writesNoBytecode), flag(configuration.hasNoUserSite), flag(configuration.hasNoSite),
          flag(configuration.ignoresEnvironment), small(configuration.verbosity), small(configuration.bytesWarnings), flag(configuration.isQuiet),
          flag(configuration.randomizesHashes), flag(configuration.isIsolated), Value(configuration.isDevelopmentMode),
          flag(configuration.usesUTF8Mode), flag(configuration.warnsOfDefaultEncoding), Value(configuration.usesSafePath),
          small(configuration.integerDigitsLimit), small(Runtime.isFree ? 0 : 1), flag(configuration.threadsInheritContext), flag(configuration.hasContextAwareWarnings),
        ]))
    try constant(
      "float_info",
      try StructSequence.make(
        .floatInfo, taking:
        [
          try held(Double.greatestFiniteMagnitude), small(1024), small(308), try held(Double.leastNormalMagnitude), small(-1021), small(-307),
          small(15), small(53), try held(Double.ulpOfOne), small(2), small(1),
        ]))
    try constant("int_info", try StructSequence.make(.intInfo, taking: [small(30), small(4), small(4300), small(640)]))
    try constant(
      "hash_info",
      try StructSequence.make(
        .hashInfo, taking:
        [small(64), small(2_305_843_009_213_693_951), small(314_159), small(0), small(1_000_003), try held("siphash13"), small(64), small(128), small(0)]))
    var library = [CChar](repeating: 0, count: 64)
    confstr(Int32(_CS_GNU_LIBPTHREAD_VERSION), &library, library.count - 1)
    let libraryVersion = try held(String(cString: library))
    try constant("thread_info", try StructSequence.make(.threadInfo, taking: [try held("pthread"), try held("semaphore"), libraryVersion]))
  }

  private func defineImplementation(_ version: Value) throws(PyError) {
    let namespace = try TypeObject.simpleNamespace.value.call()
    let set = { (name: StaticString, value: Value) throws(PyError) in
      let value = Owned(taking: value)
      let interned = intern(try Owned.string(name))
      try namespace.value.setAttribute(interned.value, value.value)
    }
    try set("name", try held("krait"))
    try set("cache_tag", try held("cpython-314"))
    try set("version", Owned(copying: version).take())
    try set("hexversion", small(0x030E_08F0))
    try set("_multiarch", try held("x86_64-linux-gnu"))
    try set("supports_isolated_interpreters", .true)
    try constant("implementation", namespace)
  }
}

private func small(_ value: Int) -> Value { Value(smallInteger: value) }
/// A value for its new owner.
private func held(_ text: String) throws(PyError) -> Value { try Owned.string(text).take() }
private func held(_ value: Double) throws(PyError) -> Value { try Owned.float(value).take() }
