// Native functions that run beside other threads in the model without a lock.
//
// A function is listed here when it was looked at: with the operands that its kind allows it reads and changes nothing but those and memory of the thread's own, keeps no reference to them, and
// calls nothing but Python code, which comes back to it. Raising excludes others (`PyError.raise`), from there to the end of the call. All other functions exclude others from the start.

import CKraitCore

/// What a native function may be given without excluding other threads.
public enum FunctionSharing: UInt8, Sendable {
  /// Not looked at: it excludes others, and what it is given is published (``Privacy``).
  case none
  /// It keeps no reference to what it is given, and excludes others.
  case borrows
  /// Atoms; and it keeps no reference to others, which it excludes others for.
  case asks
  /// Atoms.
  case atoms
  /// A private receiver, whose items may be anything, and arguments that are atoms or private.
  case own
  /// A private receiver, and atoms.
  case ownWithAtoms
  /// As ``ownWithAtoms``, and all items of the list are atoms.
  case ownOfAtoms
  /// Atoms, and as the last argument a private list of atoms, or a tuple of atoms.
  case lists
  /// `dict.get`: as ``ownWithAtoms``, but the default may be private; others may be asked as well.
  case looksUp

  /// Whether the function may keep what it is given when that is not what its kind allows, so that it has to be published.
  func keeps(_ count: Int) -> Bool {
    switch self {
    case .none, .own, .ownWithAtoms: true
    // `sum()` with a start may add containers to it.
    case .lists: count != 1
    case .borrows, .asks, .atoms, .ownOfAtoms, .looksUp: false
    }
  }

  func allows(_ receiver: Value, _ arguments: FP, _ count: Int) -> Bool {
    switch self {
    case .none, .borrows: return false
    case .asks, .atoms: return receiver.isAtom && FunctionSharing.areAtoms(arguments, count)
    case .own: return Privacy.isPrivate(receiver) && (0..<count).allSatisfy { arguments[$0].isAtom || Privacy.isPrivate(arguments[$0]) }
    case .ownWithAtoms: return Privacy.isPrivate(receiver) && FunctionSharing.areAtoms(arguments, count)
    case .ownOfAtoms: return FunctionSharing.isListOfAtoms(receiver) && FunctionSharing.areAtoms(arguments, count)
    case .lists: return receiver.isAtom && count > 0 && FunctionSharing.areAtoms(arguments, count &- 1) && FunctionSharing.isListOfAtoms(arguments[count &- 1])
    case .looksUp: return Privacy.isPrivate(receiver) && count > 0 && arguments[0].isAtom
    }
  }

  private static func areAtoms(_ values: FP, _ count: Int) -> Bool {
    for index in 0..<count where !values[index].isAtom { return false }
    return true
  }

  private static func isListOfAtoms(_ value: Value) -> Bool {
    if value.isAtom { return true }
    if value.isExactTuple { return areAtoms(TupleObject(value).items, TupleObject(value).count) }
    guard Privacy.isPrivate(value), value.isExactList else { return false }
    return areAtoms(ListObject(value).items, ListObject(value).count)
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
}

enum BorrowingFunctions {
  /// Marks the methods of builtin types; when the runtime starts without a lock.
  static func markMethods() {
    mark(.str, .atoms, [
      "upper", "lower", "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith", "endswith", "find", "rfind", "index", "rindex", "count", "replace", "zfill", "ljust", "rjust",
      "center", "isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower", "partition", "rpartition", "removeprefix", "removesuffix", "capitalize", "swapcase",
    ])
    mark(.str, .lists, ["join"])
    mark(.int, .atoms, ["bit_length", "bit_count"])
    mark(.float, .atoms, ["is_integer"])
    mark(.list, .own, ["append", "insert", "pop", "reverse", "clear", "copy"])
    mark(.list, .ownOfAtoms, ["sort", "index", "count", "remove"])
    mark(.dict, .looksUp, ["get"])
    mark(.dict, .ownWithAtoms, ["pop", "keys", "values", "items", "clear"])
    mark(.set, .ownWithAtoms, ["add", "discard", "remove", "clear"])
  }

  private static func mark(_ type: TypeObject, _ sharing: FunctionSharing, _ names: [StaticString]) {
    for name in names { mark(type.dict.get(interned: Name.make(name)), sharing) }
  }

  /// Marks the functions of a native module that was made.
  static func markFunctions(of module: StaticString, _ dict: DictObject) {
    switch module.description {
    case "builtins":
      mark(dict, .atoms, ["ord", "chr", "abs", "divmod"])
      mark(dict, .lists, ["min", "max", "sum"])
      mark(dict, .asks, ["hash", "id", "callable"])
      mark(dict, .borrows, ["isinstance", "len", "print", "repr", "issubclass"])
    case "math":
      mark(dict, .atoms, [
        "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "exp", "log", "log2", "log10", "pow", "floor", "ceil", "trunc", "fabs", "fmod", "hypot", "degrees", "radians", "gcd", "isqrt",
      ])
    default: break
    }
  }

  private static func mark(_ dict: DictObject, _ sharing: FunctionSharing, _ names: [StaticString]) {
    for name in names { mark(dict.get(interned: Name.make(name)), sharing) }
  }

  private static func mark(_ value: Value, _ sharing: FunctionSharing) {
    guard !value.isAbsent, value.isObject else { return }
    if value.object.shape == TypeObject.methodDescriptor.rootShape {
      UnsafeMutablePointer(mutating: DescriptorObject(value).function).pointee.sharing = sharing
    } else if value.object.shape == TypeObject.builtinFunction.rootShape {
      UnsafeMutablePointer(mutating: NativeFunctionObject(value).function).pointee.sharing = sharing
    }
  }

  /// Whether a builtin type makes an object of these arguments beside other threads.
  static func mayCall(_ type: TypeObject, _ arguments: FP, _ count: Int) -> Bool {
    if type == .type && count == 1 { return true }
    if (type == .zip || type == .enumerate && count == 1 && !Privacy.isPrivate(arguments[0])) && runsOver(arguments, count) { return true }
    for index in 0..<count where !arguments[index].isAtom {
      // What a list is made of may be anything that is the thread's own.
      guard type == .list || type == .enumerate, count == 1, Privacy.isPrivate(arguments[0]), arguments[0].isExactList else { return false }
    }
    if type.rootShape.flags.contains(.exception) { return type.makesPlainExceptions }
    return type == .int || type == .float || type == .str || type == .bool || type == .range || type == .list || type == .enumerate || (count == 0 && (type == .dict || type == .set))
  }
  /// Whether iterators of all arguments come to be without a look at what others change. An iterator of several is not one through which private objects are published, so none stay private.
  private static func runsOver(_ arguments: FP, _ count: Int) -> Bool {
    for index in 0..<count where !arguments[index].isObject || arguments[index].isAbsent || !(arguments[index].isExactList || arguments[index].isExactTuple) { return false }
    Privacy.publishSlots(arguments, count)
    return true
  }
}
