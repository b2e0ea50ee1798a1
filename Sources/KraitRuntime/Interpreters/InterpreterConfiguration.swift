// What an interpreter is made with, and what its threads share.

import CKraitCore
import Glibc

/// The settings of one interpreter: those of `PyInterpreterConfig`, under CPython's names in ``fields``.
public struct InterpreterConfiguration: Sendable, Equatable {
  /// Which lock its threads hold while they run Python.
  public enum LockScope: String, Sendable, CaseIterable {
    /// As ``shared``.
    case standard = "default"
    /// The main interpreter's.
    case shared
    /// One of its own; in the model with one lock for the process, that one.
    case own
  }

  public var usesMainAllocator: Bool
  public var allowsFork: Bool
  public var allowsExec: Bool
  public var allowsThreads: Bool
  public var allowsDaemonThreads: Bool
  public var checksExtensions: Bool
  public var lockScope: LockScope

  /// The main interpreter's.
  public static let main = InterpreterConfiguration(
    usesMainAllocator: true, allowsFork: true, allowsExec: true, allowsThreads: true, allowsDaemonThreads: true, checksExtensions: false, lockScope: .own)
  /// For programs that share nothing with others: what a new interpreter is unless one asks for something else.
  public static let isolated = InterpreterConfiguration(
    usesMainAllocator: false, allowsFork: false, allowsExec: false, allowsThreads: true, allowsDaemonThreads: false, checksExtensions: true, lockScope: .own)
  /// What interpreters were before each could have a lock.
  public static let legacy = InterpreterConfiguration(
    usesMainAllocator: true, allowsFork: true, allowsExec: true, allowsThreads: true, allowsDaemonThreads: true, checksExtensions: false, lockScope: .shared)
  public static let empty = InterpreterConfiguration(
    usesMainAllocator: false, allowsFork: false, allowsExec: false, allowsThreads: false, allowsDaemonThreads: false, checksExtensions: false, lockScope: .standard)

  /// CPython's name of each setting that is a bool, in its order; `gil` follows.
  public static let fields: [(name: StaticString, path: WritableKeyPath<InterpreterConfiguration, Bool> & Sendable)] = [
    ("use_main_obmalloc", \.usesMainAllocator), ("allow_fork", \.allowsFork), ("allow_exec", \.allowsExec), ("allow_threads", \.allowsThreads),
    ("allow_daemon_threads", \.allowsDaemonThreads), ("check_multi_interp_extensions", \.checksExtensions),
  ]

  /// Whether CPython makes an interpreter of this: modules that are one for the process cannot be in an interpreter with an allocator of its own.
  var isConsistent: Bool { usesMainAllocator || checksExtensions }
}

extension InterpreterState {
  /// Where an interpreter comes from: `_interpreters.whence()`.
  public enum Origin: Int, Sendable {
    case unknown = 0
    /// The process's start.
    case runtime = 1
    case legacyC = 2
    case c = 3
    /// The Swift library.
    case crossInterpreter = 4
    /// Python code, through the module `_interpreters`.
    case library = 5
  }
}

/// The tables of look-ups that an interpreter's threads share under its lock, kept while none of them is in.
struct SharedTables {
  private var types: UnsafeMutablePointer<TypeCache.Entry>?
  private var supers: UnsafeMutablePointer<SuperCache.Entry>?
  private var attributes: UnsafeMutablePointer<AttributeCache.Entry>?

  /// Gives the calling thread the tables, made when there are none.
  mutating func give(to thread: ThreadPointer) {
    if types == nil {
      TypeCache.prepare(thread)
      AttributeCache.prepare(thread)
      types = thread.pointee.typeCache
      supers = thread.pointee.superCache
      attributes = thread.pointee.attributeCache
    } else {
      thread.pointee.typeCache = types
      thread.pointee.superCache = supers
      thread.pointee.attributeCache = attributes
    }
  }

  /// Frees the tables. The names in them belong to the heap, which goes as a whole.
  mutating func free() {
    Glibc.free(types)
    Glibc.free(supers)
    Glibc.free(attributes)
    self = SharedTables()
  }
}
