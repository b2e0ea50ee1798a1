// Which objects' `repr` is under way on a thread: an object that contains itself is shown as "..." inside.

import CKraitCore

/// Notes that the `repr` of a container begins. True when it is under way already; then do not leave.
public func reprEnter(_ value: Value) throws(PyError) -> Bool {
  let thread = currentThread
  if thread.pointee.representing.isAbsent { thread.pointee.representing = try Owned.list().take() }
  let list = ListObject(thread.pointee.representing)
  for index in 0..<list.count where list[index] === value { return true }
  try list.append(value)
  return false
}

/// Notes that it ended.
public func reprLeave(_ value: Value) {
  let list = ListObject(currentThread.pointee.representing)
  var index = list.count
  while index > 0 {
    index -= 1
    if list[index] === value { return list.removeItems(index, 1) }
  }
}
