// What is reserved as a whole and touched page by page.

import Glibc

/// Address space for what may grow large and seldom does: stacks, a trace. Memory comes page by page as it is touched, but a process's limits count what is reserved.
public enum AddressSpace {
  /// The size to reserve where `wanted` bytes are best: under a limit (RLIMIT_AS, RLIMIT_DATA) no more than `1 / share` of it, so that the objects keep the greatest part.
  ///
  /// - Parameter least: what is needed in any case.
  public static func size(wanted: Int, least: Int, share: Int) -> Int {
    var size = wanted
    for resource in [RLIMIT_AS, RLIMIT_DATA] {
      var limit = rlimit()
      guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0, limit.rlim_cur < UInt(Int.max) else { continue }
      size = min(size, Int(limit.rlim_cur) / share)
    }
    return max(size, least) & ~0xffff
  }

  /// Reserved memory, all zeros; nil when there is none.
  static func reserve(_ size: Int) -> UnsafeMutableRawPointer? {
    let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | Int32(MAP_NORESERVE), -1, 0)
    return memory == MAP_FAILED ? nil : memory
  }
}
