// Which objects' `repr` is under way on a thread: an object that contains itself is shown as "..." inside.

import CKraitCore

/// Notes that the `repr` of a container begins. True when it is under way already; then do not leave.
public func reprEnter(_ value: Value) throws(PyError) -> Bool {
  let thread = currentThread
  if thread.pointee.representing.isAbsent { thread.pointee.representing = try Owned.set().take() }
  // A set, as nesting may be deep: a search at each level would take time by the square of the depth.
  let set = SetObject(thread.pointee.representing)
  let count = set.count
  try set.add(representedKey(value))
  return set.count == count
}

/// Notes that it ended.
public func reprLeave(_ value: Value) {
  // Ints compare without Python code: nothing can fail.
  _ = try? SetObject(currentThread.pointee.representing).discard(representedKey(value))
}

/// The address, as an int.
private func representedKey(_ value: Value) -> Value { Value(smallInteger: Int(truncatingIfNeeded: value.bits >> 3)) }
