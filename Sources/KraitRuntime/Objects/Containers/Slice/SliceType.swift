// The type `slice`.

import CKraitCore

func defineSlice(_ types: TypeDefinitions) {
  types.define(.slice) { t in
    t.documentation = "What x[start:stop:step] selects."
    t.basicSize = SliceObject.size
    t.flags = [.haveGarbageCollection]
    t.shapeFlags = [.tracked]
    t.rawNew("slice") { (_, arguments) throws(PyError) in
      try arguments.checkNoKeywords("slice")
      try arguments.check("slice", 1, 3)
      let base = arguments.base
      switch arguments.positionalCount {
      case 1: return try .slice(.none, base[0], .none)
      case 2: return try .slice(base[0], base[1], .none)
      default: return try .slice(base[0], base[1], base[2])
      }
    }
    t.slots.deallocate = DeallocateSlot { (object) in
      let slice = SliceObject(raw: object)
      slice.start.release()
      slice.stop.release()
      slice.step.release()
      finishDeallocation(object)
    }
    t.slots.traverse = TraverseSlot { (object, visit) in
      let slice = SliceObject(raw: object)
      visit(slice.start)
      visit(slice.stop)
      visit(slice.step)
    }
    t.slots.repr = UnarySlot { (value) throws(PyError) in
      let slice = SliceObject(value)
      var text = StringBuilder()
      try text.append("slice(")
      try text.append(reprOf: slice.start)
      try text.append(", ")
      try text.append(reprOf: slice.stop)
      try text.append(", ")
      try text.append(reprOf: slice.step)
      try text.append(")")
      return try text.finish()
    }
    t.slots.hash = HashSlot { (value) throws(PyError) in
      // As a tuple of the three, without the length.
      let slice = SliceObject(value)
      var accumulator: UInt = 2_870_177_450_012_600_261
      accumulator = hashTupleStep(accumulator, try hashOfPart(slice.start))
      accumulator = hashTupleStep(accumulator, try hashOfPart(slice.stop))
      accumulator = hashTupleStep(accumulator, try hashOfPart(slice.step))
      return accumulator == .max ? 1_546_275_796 : Int(bitPattern: accumulator)
    }
    t.slots.compare = CompareSlot { (a, b, operation) throws(PyError) in
      guard a.isSlice, b.isSlice else { return .notImplemented }
      if a === b {
        switch operation {
        case .equal, .lessEqual, .greaterEqual: return .boolean(true)
        default: return .boolean(false)
        }
      }
      let x = try SliceObject(a).asTuple()
      let y = try SliceObject(b).asTuple()
      return try x.value.compare(y.value, operation)
    }
    t.member("start", offset: 16)
    t.member("stop", offset: 24)
    t.member("step", offset: 32)
    t.method("indices(object, /)", "(start, stop, step) for a sequence of a length.") { (call) throws(PyError) in
      try SliceObject(call.receiver).indices(call[0])
    }
    t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in
      let parts = try SliceObject(call.receiver).asTuple()
      return try Owned.tuple(TypeObject.slice.value, parts.value)
    }
  }
}

extension SliceObject {
  fileprivate func asTuple() throws(PyError) -> Owned { try .tuple(start, stop, step) }

  /// `slice.indices(length)`, of ints of any size.
  fileprivate func indices(_ given: Value) throws(PyError) -> Owned {
    let length = try given.index()
    if Integer.isNegative(length.value) { throw PyError.valueError("length should not be negative") }
    return try indices(ofLength: length.value)
  }

  /// `(start, stop, step)` for a length that is an int from 0 on.
  func indices(ofLength length: Value) throws(PyError) -> Owned {
    let zero = Value(smallInteger: 0)
    let step = step.isNone ? Owned(taking: Value(smallInteger: 1)) : try SliceObject.integer(self.step)
    if Integer.isZero(step.value) { throw PyError.valueError("slice step cannot be zero") }
    let isNegative = Integer.isNegative(step.value)
    let lower = isNegative ? Owned(taking: Value(smallInteger: -1)) : Owned(taking: zero)
    let upper = isNegative ? try Integer.add(length, Value(smallInteger: -1)) : Owned(copying: length)
    let start = start.isNone
      ? Owned(copying: isNegative ? upper.value : lower.value)
      : try SliceObject.clamp(try SliceObject.integer(self.start), length, lower.value, upper.value)
    let stop = stop.isNone
      ? Owned(copying: isNegative ? lower.value : upper.value)
      : try SliceObject.clamp(try SliceObject.integer(self.stop), length, lower.value, upper.value)
    return try .tuple(start.value, stop.value, step.value)
  }

  /// A part of a slice as an int.
  static func integer(_ value: Value) throws(PyError) -> Owned {
    guard value.type.slots.pointee.index != nil || value.isInteger else {
      throw PyError.typeError("slice indices must be integers or None or have an __index__ method")
    }
    return try value.exactIndex()
  }

  private static func clamp(_ position: consuming Owned, _ length: Value, _ lower: Value, _ upper: Value) throws(PyError) -> Owned {
    if Integer.isNegative(position.value) {
      let fromEnd = try Integer.add(position.value, length)
      return Integer.compare(fromEnd.value, lower) < 0 ? Owned(copying: lower) : fromEnd
    }
    return Integer.compare(position.value, upper) > 0 ? Owned(copying: upper) : position
  }
}
