// Native functions that run beside other threads in the model without a lock.
//
// A function is listed here when it was looked at: with the operands that its kind allows it reads and changes nothing but those and memory of the thread's own, keeps no reference to them, and
// calls nothing but Python code, which comes back to it. Raising excludes others (`PyError.raise`), from there to the end of the call. All other functions exclude others from the start.

import CKraitCore

/// What a native function may be given without excluding other threads. *Constants* are atoms and what is made of them for good (``Value/isFrozen``).
public enum FunctionSharing: UInt8, Sendable {
  /// Not looked at: it excludes others, and what it is given is published (``Privacy``).
  case none
  /// It keeps no reference to what it is given, and excludes others.
  case borrows
  /// It looks at nothing but an object's address and its type's slots. What it keeps it gives back in a view, through which publishing goes.
  case identifies
  /// Constants and classes; and it keeps no reference to others, which it excludes others for.
  case asks
  /// Constants.
  case atoms
  /// Constants, and for a method a receiver of its own type or one that derives from it, which never changes, or has a lock of its own for what does.
  case reads
  /// A private receiver, whose items may be anything, and arguments that are constants or private.
  case own
  /// `list.append`: as ``own``; to others it may append as well.
  case appends
  /// A private receiver, and constants.
  case ownWithAtoms
  /// As ``ownWithAtoms``, and all items of the list are atoms.
  case ownOfAtoms
  /// Constants, private builtin containers and functions, of a function that has no receiver.
  case ownArguments
  /// A private builtin container, then constants: code that comparisons run may publish the container, and what is to be put in must not be private then.
  case ownFirst
  /// Constants, and private lists of atoms.
  case lists
  /// `dict.get`: as ``ownWithAtoms``, but the default may be private; others may be asked as well.
  case looksUp
  /// `getattr`, `hasattr`, `setattr`: what a class and an instance have is looked up beside others first.
  case getsAttribute, findsAttribute, setsAttribute
  /// Of a type: objects that its instance keeps and does not look into, but for asking builtin containers for an iterator. They are published.
  case holds

  /// Whether the function may keep what it is given when that is not what its kind allows, so that it has to be published.
  func keeps(_ count: Int) -> Bool {
    switch self {
    case .none, .reads, .own, .appends, .ownWithAtoms, .ownArguments, .ownFirst, .getsAttribute, .findsAttribute, .setsAttribute, .holds: true
    // `sum()` with a start may add containers to it.
    case .lists: count != 1
    case .borrows, .identifies, .asks, .atoms, .ownOfAtoms, .looksUp: false
    }
  }

  var asksByName: Bool { self == .getsAttribute || self == .findsAttribute || self == .setsAttribute }

  func allows(_ receiver: Value, _ arguments: FP, _ count: Int) -> Bool {
    switch self {
    case .none, .borrows, .getsAttribute, .findsAttribute, .setsAttribute: return false
    case .identifies: return true
    case .asks: return receiver.isFrozen && (0..<count).allSatisfy { arguments[$0].isFrozen || arguments[$0].isPlainClass }
    case .atoms: return receiver.isFrozen && FunctionSharing.areFrozen(arguments, count)
    case .reads: return FunctionSharing.areFrozen(arguments, count)
    // Of two arguments the first is a place, which a program's class could run code to tell.
    case .own, .appends: return Privacy.isPrivate(receiver) && FunctionSharing.areOwn(arguments, count) && (count < 2 || arguments[0].isFrozen)
    case .ownWithAtoms: return Privacy.isPrivate(receiver) && FunctionSharing.areFrozen(arguments, count)
    case .ownOfAtoms: return Privacy.isPrivate(receiver) && FunctionSharing.isListOfAtoms(receiver) && FunctionSharing.areFrozen(arguments, count)
    case .ownArguments: return (0..<count).allSatisfy { arguments[$0].isFrozen || FunctionSharing.isOwnContainer(arguments[$0]) || FunctionSharing.isFunction(arguments[$0]) }
    case .ownFirst: return count > 0 && (arguments[0].isFrozen || FunctionSharing.isOwnContainer(arguments[0])) && FunctionSharing.areFrozen(arguments + 1, count &- 1)
    case .lists: return receiver.isFrozen && (0..<count).allSatisfy { FunctionSharing.isListOfAtoms(arguments[$0]) }
    case .looksUp: return Privacy.isPrivate(receiver) && count > 0 && arguments[0].isFrozen
    case .holds: return (0..<count).allSatisfy { arguments[$0].isFrozen || FunctionSharing.iteratesQuietly(arguments[$0]) }
    }
  }

  private static func areFrozen(_ values: FP, _ count: Int) -> Bool {
    for index in 0..<count where !values[index].isFrozen { return false }
    return true
  }

  private static func areOwn(_ values: FP, _ count: Int) -> Bool {
    for index in 0..<count where !values[index].isFrozen && !Privacy.isPrivate(values[index]) { return false }
    return true
  }

  static func areConstantsOrContainers(_ values: FP, _ count: Int) -> Bool { (0..<count).allSatisfy { values[$0].isFrozen || isOwnContainer(values[$0]) } }

  /// A builtin container, of which native code knows what it does, that is the thread's own.
  static func isOwnContainer(_ value: Value) -> Bool { Privacy.isPrivate(value) && value.object.shape.flags.contains(.startsPrivate) }

  static func isListOfAtoms(_ value: Value) -> Bool {
    if value.isFrozen { return true }
    guard Privacy.isPrivate(value), value.isExactList else { return false }
    return areFrozen(ListObject(value).items, ListObject(value).count)
  }

  /// Whether an object is no iterable, or one whose iterator comes to be without a look at what others change.
  private static func iteratesQuietly(_ value: Value) -> Bool {
    if value.isAbsent { return false }
    let flags = value.object.shape.flags
    if flags.contains(.exact) && !flags.isDisjoint(with: [.list, .tuple, .dict, .set]) { return true }
    return isFunction(value) || value.object.shape == TypeObject.generator.rootShape || value.isPlainClass
  }

  private static func isFunction(_ value: Value) -> Bool {
    guard value.isObject, !value.isAbsent else { return false }
    let shape = value.object.shape
    return shape == TypeObject.function.rootShape || shape == TypeObject.builtinFunction.rootShape || shape == TypeObject.method.rootShape
  }
}

extension Value {
  /// An immediate, or an exact str, int, float or bytes: nobody changes it, and it holds nothing.
  @inline(__always)
  var isAtom: Bool {
    if !isObject { return true }
    if isAbsent { return false }
    let flags = object.shape.flags
    return flags.contains(.exact) && !flags.isDisjoint(with: [.string, .integer, .float, .bytes])
  }

  /// An atom, a complex, a range, or an exact tuple of such, in other tuples as deep as programs write them.
  @inline(__always)
  public var isFrozen: Bool { isAtom || isFrozenObject(4) }

  @inline(never)
  private func isFrozenObject(_ depth: Int) -> Bool {
    if isAbsent { return false }
    let shape = object.shape
    guard isExactTuple else { return shape == TypeObject.complex.rootShape || shape == TypeObject.range.rootShape }
    return depth > 0 && TupleObject(self).buffer.allSatisfy { $0.isAtom || $0.isFrozenObject(depth &- 1) }
  }

  /// A class that no metaclass of the program's makes something else of.
  fileprivate var isPlainClass: Bool { isObject && !isAbsent && object.shape == TypeObject.type.rootShape }
}

/// In a native function that may run beside other threads: excludes them to the end of the call, before it does what it was not looked at for.
@inline(never)
public func excludeOtherThreads() { Sharing.enter(currentThread) }

/// Whether a native function runs beside other threads, and has not excluded them so far.
@inline(__always)
public func runsBesideOthers() -> Bool { currentThread.pointee.hasPeers && !currentThread.pointee.holdsSharing }

/// As ``excludeOtherThreads()``, in a function that may keep its arguments from there on.
@inline(never)
public func excludeOtherThreads(keeping arguments: Arguments) {
  Privacy.publishSlots(UnsafeMutablePointer(mutating: arguments.base), arguments.positionalCount + arguments.keywordCount)
  Sharing.enter(currentThread)
}

extension DictObject {
  /// The value of a key that is a constant, whatever other threads do to the dict; absent if there is none, or if it takes their exclusion to tell.
  public func itemBesideOthers(_ key: Value) -> Owned {
    let found = Ops<Free>.sharedDictItem(self, key)
    return Owned(taking: found === Ops<Free>.missing ? .absent : found)
  }
}

/// As ``excludeOtherThreads()``, unless all that is done is to compare two constants.
@inline(never)
public func excludeOtherThreads(unlessFrozen a: Value, _ b: Value) {
  let thread = currentThread
  if thread.pointee.hasPeers && !(a.isFrozen && b.isFrozen) { Sharing.take(thread) }
}

/// As ``excludeOtherThreads()``, unless all keys of a sort are constants.
func excludeOtherThreads(sorting keys: UnsafeMutablePointer<Value>, _ count: Int) {
  let thread = currentThread
  if thread.pointee.hasPeers, !thread.pointee.holdsSharing, !(0..<count).allSatisfy({ keys[$0].isFrozen }) { Sharing.take(thread) }
}

/// As ``excludeOtherThreads()``, unless an iterable is a constant, or a builtin container that is the thread's own.
@inline(never)
public func excludeOtherThreads(iterating iterable: Value) {
  let thread = currentThread
  if !thread.pointee.hasPeers || iterable.isFrozen || FunctionSharing.isOwnContainer(iterable) { return }
  Sharing.take(thread)
}

enum BorrowingFunctions {
  /// Marks the methods of builtin types; when the runtime starts without a lock.
  static func markMethods() {
    mark(.str, .atoms, [
      "upper", "lower", "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith", "endswith", "find", "rfind", "index", "rindex", "count", "replace", "zfill", "ljust", "rjust",
      "center", "isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower", "partition", "rpartition", "removeprefix", "removesuffix", "capitalize", "swapcase", "casefold", "title", "expandtabs",
      "isascii", "isdecimal", "isnumeric", "isidentifier", "isprintable", "istitle", "encode", "format", "maketrans",
    ])
    mark(.str, .lists, ["join"])
    mark(.bytes, .atoms, [
      "upper", "lower", "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith", "endswith", "find", "rfind", "index", "rindex", "count", "replace", "zfill", "ljust", "rjust",
      "center", "isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower", "partition", "rpartition", "removeprefix", "removesuffix", "capitalize", "swapcase", "title", "expandtabs", "isascii",
      "istitle", "decode", "hex", "fromhex", "translate", "maketrans",
    ])
    mark(.bytes, .lists, ["join"])
    mark(.bytearray, .ownWithAtoms, [
      "append", "extend", "insert", "pop", "remove", "reverse", "clear", "copy", "find", "rfind", "index", "rindex", "count", "startswith", "endswith", "decode", "hex", "split", "strip", "lstrip", "rstrip",
      "replace", "upper", "lower",
    ])
    mark(.int, .atoms, ["bit_length", "bit_count", "to_bytes", "from_bytes", "as_integer_ratio", "is_integer", "conjugate"])
    mark(.float, .atoms, ["is_integer", "as_integer_ratio", "hex", "fromhex", "conjugate"])
    mark(.complex, .atoms, ["conjugate"])
    mark(.tuple, .atoms, ["index", "count"])
    mark(.range, .atoms, ["index", "count"])
    mark(.list, .appends, ["append"])
    mark(.list, .own, ["insert", "reverse", "clear", "copy", "extend"])
    mark(.list, .ownWithAtoms, ["pop"])
    mark(.list, .ownOfAtoms, ["sort", "index", "count", "remove"])
    mark(.dict, .looksUp, ["get"])
    mark(.dict, .ownWithAtoms, ["pop", "popitem", "clear", "copy"])
    mark(.dict, .identifies, ["keys", "values", "items"])
    mark(.set, .ownWithAtoms, ["add", "discard", "remove", "clear", "pop", "copy"])
    for type in endingAlone { type.rootShape.contents.pointee.flags.insert(.endsAlone) }
    for type in [.list, .dict, .set, .bytearray] as [TypeObject] { type.rootShape.contents.pointee.flags.insert(.startsPrivate) }
  }

  /// Builtin types whose objects' end is one of memory and of references.
  private static var endingAlone: [TypeObject] {
    [
      .complex, .range, .rangeIterator, .longRangeIterator, .slice, .map, .filter, .zip, .enumerate, .reversed, .listIterator, .listReverseIterator, .tupleIterator, .strIterator, .strASCIIIterator,
      .bytesIterator, .setIterator, .dictKeys, .dictValues, .dictItems, .dictKeyIterator, .dictValueIterator, .dictItemIterator, .dictReverseKeyIterator, .dictReverseValueIterator,
      .dictReverseItemIterator, .callableIterator, .sequenceIterator, .traceback, .method, .builtinFunction, .cell, .superType, .methodWrapper,
    ]
  }

  private static func mark(_ type: TypeObject, _ sharing: FunctionSharing, _ names: [StaticString]) {
    for name in names { mark(type.dict.get(interned: Name.make(name)), sharing) }
  }

  /// Marks the methods of a type of a native module that was made.
  static func markMethods(of type: TypeObject, _ module: StaticString, _ name: StaticString) {
    let flags = type.rootShape.contents
    switch "\(module).\(name)" {
    case "_sre.Pattern":
      mark(type, .reads, ["match", "fullmatch", "search", "findall", "split"])
      flags.pointee.flags.insert(.endsAlone)
    case "_sre.Match":
      mark(type, .reads, ["group", "groups", "groupdict", "start", "end", "span"])
      flags.pointee.flags.insert(.endsAlone)
    case "_thread.lock", "_thread.RLock":
      mark(type, .reads, ["acquire", "acquire_lock", "release", "release_lock", "locked", "locked_lock", "__enter__", "__exit__", "_is_owned"])
    case "_random.Random": mark(type, .reads, ["random", "getrandbits"])
    case "_collections.deque":
      mark(type, .own, ["append", "appendleft", "extend", "extendleft"])
      mark(type, .ownWithAtoms, ["pop", "popleft", "clear", "copy", "rotate", "reverse"])
      type.contents.pointee.newFunction.map { UnsafeMutablePointer(mutating: $0).pointee.sharing = .ownArguments }
      flags.pointee.flags.formUnion([.endsAlone, .startsPrivate])
    case "_md5.md5", "_sha1.sha1", "_sha2.SHA224Type", "_sha2.SHA256Type", "_sha2.SHA384Type", "_sha2.SHA512Type":
      mark(type, .ownWithAtoms, ["update", "digest", "hexdigest", "copy"])
      flags.pointee.flags.formUnion([.endsAlone, .startsPrivate])
    case "_operator.itemgetter", "_json.Scanner": flags.pointee.flags.formUnion([.endsAlone, .callsAlone])
    case "_json.Encoder":
      type.contents.pointee.newFunction.map { UnsafeMutablePointer(mutating: $0).pointee.sharing = .ownArguments }
      flags.pointee.flags.formUnion([.endsAlone, .startsPrivate])
    case "_functools._lru_cache_wrapper": flags.pointee.flags.insert(.callsAlone)
    case "_operator.attrgetter", "_operator.methodcaller": flags.pointee.flags.insert(.endsAlone)
    case "_functools.partial", "itertools.chain", "itertools.count", "itertools.cycle", "itertools.repeat", "itertools.islice", "itertools.starmap", "itertools.takewhile", "itertools.dropwhile",
      "itertools.filterfalse", "itertools.accumulate", "itertools.compress", "itertools.pairwise", "itertools.batched", "itertools.zip_longest":
      type.contents.pointee.newFunction.map { UnsafeMutablePointer(mutating: $0).pointee.sharing = .holds }
      flags.pointee.flags.insert(.endsAlone)
    case "_datetime.timedelta", "_datetime.date", "_datetime.time":
      type.contents.pointee.newFunction.map { UnsafeMutablePointer(mutating: $0).pointee.sharing = .atoms }
      flags.pointee.flags.insert(.endsAlone)
    default: break
    }
  }

  /// Marks the functions of a native module that was made.
  static func markFunctions(of module: StaticString, _ dict: DictObject) {
    switch module.description {
    case "builtins":
      mark(dict, .atoms, ["ord", "chr", "abs", "divmod", "bin", "hex", "oct", "round", "pow", "format", "ascii", "repr"])
      mark(dict, .lists, ["min", "max", "sum", "sorted", "any", "all"])
      mark(dict, .asks, ["hash", "issubclass"])
      mark(dict, .identifies, ["id", "callable"])
      mark(dict, .getsAttribute, ["getattr"])
      mark(dict, .findsAttribute, ["hasattr"])
      mark(dict, .setsAttribute, ["setattr"])
      mark(dict, .borrows, ["isinstance", "len", "print"])
    case "math":
      mark(dict, .atoms, [
        "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "exp", "log", "log2", "log10", "pow", "floor", "ceil", "trunc", "fabs", "fmod", "hypot", "degrees", "radians", "gcd", "isqrt",
        "acosh", "asinh", "atanh", "cbrt", "cosh", "sinh", "tanh", "erf", "erfc", "exp2", "expm1", "gamma", "lgamma", "log1p", "isfinite", "isinf", "isnan", "copysign", "remainder", "fma", "ldexp",
        "frexp", "modf", "nextafter", "ulp", "isclose", "dist", "lcm", "factorial", "comb", "perm",
      ])
      mark(dict, .lists, ["fsum", "sumprod", "prod"])
    case "cmath":
      mark(dict, .atoms, [
        "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "exp", "isclose", "isfinite", "isinf", "isnan", "log", "log10", "phase", "polar", "rect", "sin", "sinh", "sqrt", "tan", "tanh",
      ])
    case "binascii":
      mark(dict, .atoms, [
        "a2b_base64", "a2b_hex", "a2b_qp", "a2b_uu", "b2a_base64", "b2a_hex", "b2a_qp", "b2a_uu", "crc32", "crc_hqx", "hexlify", "unhexlify",
      ])
    case "zlib": mark(dict, .atoms, ["adler32", "crc32", "compress", "decompress"])
    case "time":
      mark(dict, .atoms, ["time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "process_time_ns", "thread_time", "thread_time_ns"])
    case "_operator":
      mark(dict, .reads, [
        "truth", "not_", "lt", "le", "eq", "ne", "gt", "ge", "add", "iadd", "sub", "isub", "mul", "imul", "truediv", "itruediv", "floordiv", "ifloordiv", "mod", "imod", "lshift", "ilshift", "rshift",
        "irshift", "and_", "iand", "xor", "ixor", "or_", "ior", "pow", "ipow", "neg", "pos", "inv", "invert", "abs", "index", "getitem", "contains", "concat", "countOf", "indexOf", "_compare_digest",
      ])
    case "_md5", "_sha1", "_sha2": mark(dict, .atoms, ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"])
    case "_struct": mark(dict, .atoms, ["pack", "unpack", "unpack_from", "calcsize"])
    case "_json": mark(dict, .atoms, ["encode_basestring", "encode_basestring_ascii", "scanstring"])
    case "_thread": mark(dict, .atoms, ["get_ident", "get_native_id", "_get_main_thread_ident"])
    case "posix": mark(dict, .atoms, ["fspath", "getpid"])
    case "_heapq":
      mark(dict, .ownFirst, [
        "heapify", "heapify_max", "heappop", "heappop_max", "heappush", "heappush_max", "heappushpop", "heappushpop_max", "heapreplace", "heapreplace_max",
      ])
    case "_bisect": mark(dict, .ownFirst, ["bisect_left", "bisect_right", "insort_left", "insort_right"])
    case "_sre": mark(dict, .atoms, ["ascii_iscased", "ascii_tolower", "unicode_iscased", "unicode_tolower"])
    default: break
    }
  }

  private static func mark(_ dict: DictObject, _ sharing: FunctionSharing, _ names: [StaticString]) {
    for name in names { mark(dict.get(interned: Name.make(name)), sharing) }
  }

  private static func mark(_ value: Value, _ sharing: FunctionSharing) {
    guard !value.isAbsent, value.isObject else { return }
    switch value.object.shape {
    case TypeObject.methodDescriptor.rootShape, TypeObject.classMethodDescriptor.rootShape:
      UnsafeMutablePointer(mutating: DescriptorObject(value).function).pointee.sharing = sharing
    case TypeObject.builtinFunction.rootShape: UnsafeMutablePointer(mutating: NativeFunctionObject(value).function).pointee.sharing = sharing
    default: break
    }
  }

  /// Whether a call with keywords may go on beside other threads: as one without, but that functions which order things may be given a Python function for their keys, and with it any list that
  /// is the thread's own.
  static func mayCall(_ callable: Value, _ receiver: Value, _ arguments: FP, _ count: Int, keywords: TupleObject) -> Bool {
    if callable.isPlainClass {
      let type = TypeObject(callable)
      if type.isHeapType || type.rootShape.flags.contains(.exception) { return false }
      // What a dict is to hold may be anything.
      if type == .dict { return count == keywords.count || count == keywords.count &+ 1 && mayCopy(type, arguments[0]) }
      return mayCall(type, arguments, count)
    }
    let function: UnsafePointer<NativeFunction>
    var receiver = receiver
    if callable.object.shape == TypeObject.builtinFunction.rootShape && receiver.isAbsent {
      function = NativeFunctionObject(callable).function
      receiver = self.receiver(of: callable)
    } else if callable.object.shape == TypeObject.methodDescriptor.rootShape && !receiver.isAbsent && receiver.type == DescriptorObject(callable).type {
      function = DescriptorObject(callable).function
    } else {
      return false
    }
    if function.pointee.sharing.allows(receiver, arguments, count) { return true }
    switch function.pointee.sharing {
    case .lists where receiver.isFrozen, .ownOfAtoms where FunctionSharing.isOwnContainer(receiver):
      return (0..<count).allSatisfy { index in
        let keyword = index &- (count &- keywords.count)
        if keyword >= 0 && keywords[keyword] === Name.key { return arguments[index].isNone || arguments[index].isObject && arguments[index].object.shape == TypeObject.function.rootShape }
        return arguments[index].isFrozen || keyword < 0 && FunctionSharing.isOwnContainer(arguments[index]) && arguments[index].isExactList
      }
    default: return false
    }
  }

  /// What a native function works on beside its arguments: nothing if it is one of a module, or of a builtin type itself.
  static func receiver(of callable: Value) -> Value {
    let function = NativeFunctionObject(callable)
    switch function.function.pointee.kind {
    case .function, .staticMethod: return .none
    case .classMethod: return function.receiver === function.function.pointee.owner ? .none : function.receiver
    default: return function.receiver
    }
  }

  /// Whether a builtin type makes an object of these arguments beside other threads. Arguments that the object will keep where nobody looks for private ones are published.
  static func mayCall(_ type: TypeObject, _ arguments: FP, _ count: Int) -> Bool {
    if type == .type && count == 1 { return true }
    if type.rootShape.flags.contains(.exception) { return type.makesPlainExceptions && (0..<count).allSatisfy { arguments[$0].isFrozen } }
    switch type {
    case .int, .float, .str, .bool, .complex, .range, .slice: return FunctionSharing.atoms.allows(.none, arguments, count)
    case .bytes, .bytearray: return FunctionSharing.lists.allows(.none, arguments, count)
    case .object: return count == 0
    case .zip, .map, .filter: return holds(arguments, count)
    case .enumerate, .reversed:
      // Publishing goes through their iterators over a list.
      return count == 1 && Privacy.isPrivate(arguments[0]) && arguments[0].isExactList || holds(arguments, count)
    case .list, .tuple, .set, .frozenset, .dict: return count == 0 || count == 1 && mayCopy(type, arguments[0])
    default:
      // A type of a module: one that takes over how its base's objects are made was not looked at.
      guard let function = type.contents.pointee.newFunction, function.pointee.owner === type.value else { return false }
      return function.pointee.sharing == .holds ? holds(arguments, count) : function.pointee.sharing.allows(.none, arguments, count)
    }
  }

  /// An iterator of several is not one through which private objects are published, so none stay private.
  private static func holds(_ arguments: FP, _ count: Int) -> Bool {
    guard FunctionSharing.holds.allows(.none, arguments, count) else { return false }
    Privacy.publishSlots(arguments, count)
    return true
  }

  /// Whether a container can be made of an object that nobody changes meanwhile, without comparing anything but constants.
  private static func mayCopy(_ type: TypeObject, _ source: Value) -> Bool {
    if source.isFrozen { return type != .dict }
    guard Privacy.isPrivate(source) else { return false }
    // Their tables know the hashes of their keys, which differ from one another.
    let isTable = source.isExactDict || source.has(.set) && source.object.shape.flags.contains(.exact)
    switch type {
    case .dict: return source.isExactDict
    case .set, .frozenset: return isTable || FunctionSharing.isListOfAtoms(source)
    case .list: return source.isExactList || isTable
    default:
      // A tuple holds nothing private.
      guard source.isExactList else { return false }
      Privacy.publishSlots(ListObject(source).items, ListObject(source).count)
      return true
    }
  }
}
