// The method resolution order (C3: Barrett et al., "A Monotonic Superclass Linearization for Dylan", OOPSLA 1996).

import CKraitCore

extension TypeObject {
  /// Computes the MRO as the metatype wants it (it may have an `mro` of its own) and stores it, unless that has stored another one meanwhile.
  @discardableResult
  func computeMRO() throws(PyError) -> Bool {
    let metatype = value.type
    // Held, so that no other tuple can get its address.
    let before = Owned(copyingIfPresent: contents.pointee.mro)
    let result: Owned
    if metatype == .type || metatype.lookUp(Name.mro) === TypeObject.type.dict.get(interned: Name.mro) {
      result = try defaultMRO()
    } else {
      let method = try value.lookUpSpecial(Name.mro)
      let custom = try method.value.call()
      result = try Owned.tuple(from: custom.value)
      if TupleObject(result.value).count == 0 { throw .typeError("type MRO must not be empty") }
      try checkCustomMRO(TupleObject(result.value))
    }
    if contents.pointee.mro !== before.value { return false }
    contents.pointee.mro = result.take()
    // Others may be looking through it.
    Sharing.release(before.value)
    return true
  }

  /// Whether the class is reached by way of the bases, whatever the MRO says.
  private func isDerived(from type: TypeObject) -> Bool {
    guard !contents.pointee.bases.isAbsent else { return false }
    let bases = TupleObject(contents.pointee.bases)
    for index in 0..<bases.count where bases[index].asType == type || bases[index].asType.isDerived(from: type) { return true }
    return false
  }

  private func checkCustomMRO(_ mro: TupleObject) throws(PyError) {
    let solid = solidBase
    for index in 0..<mro.count {
      guard mro[index].isType else { throw .typeError("mro() returned a non-class ('\(mro[index].typeName)')") }
      let type = mro[index].asType
      if type != self && !isDerived(from: type) { contents.pointee.flags.insert(.foreignMRO) }
      if !solid.isSubtype(of: type.solidBase) { throw .typeError("mro() returned base with unsuitable layout ('\(type.nameText)')") }
    }
  }

  /// `type.mro(cls)`: a tuple.
  func defaultMRO() throws(PyError) -> Owned {
    let bases = TupleObject(contents.pointee.bases)
    var result: [Value] = [value]
    if bases.count == 1 {
      let mro = TypeObject(bases[0]).mro
      for index in 0..<mro.count { result.append(mro[index]) }
    } else {
      try mergeBases(bases, into: &result)
    }
    return try Owned.tuple(copying: result)
  }

  private func mergeBases(_ bases: TupleObject, into result: inout [Value]) throws(PyError) {
    for index in 0..<bases.count {
      for other in 0..<index where bases[other] === bases[index] { throw .typeError("duplicate base class \(TypeObject(bases[index]).nameText)") }
    }
    var sequences: [(items: [Value], position: Int)] = []
    for index in 0..<bases.count { sequences.append((Array(TypeObject(bases[index]).mro.buffer), 0)) }
    sequences.append((Array(bases.buffer), 0))
    while true {
      var candidate: Value?
      var isDone = true
      for sequence in sequences where sequence.position < sequence.items.count {
        isDone = false
        let head = sequence.items[sequence.position]
        // A class that is in the tail of another sequence must wait.
        if sequences.allSatisfy({ other in !other.items.dropFirst(other.position + 1).contains { $0 === head } }) {
          candidate = head
          break
        }
      }
      if isDone { return }
      guard let candidate else {
        // CPython lists the classes that wait, each once.
        var waiting: [Value] = []
        for sequence in sequences where sequence.position < sequence.items.count {
          let head = sequence.items[sequence.position]
          if !waiting.contains(where: { $0 === head }) { waiting.append(head) }
        }
        throw .typeError("Cannot create a consistent method resolution order (MRO) for bases \(waiting.map { TypeObject($0).nameText }.joined(separator: ", "))")
      }
      result.append(candidate)
      for index in sequences.indices {
        let position = sequences[index].position
        if position < sequences[index].items.count && sequences[index].items[position] === candidate { sequences[index].position += 1 }
      }
    }
  }

  // MARK: Layout

  /// The nearest base whose fields no other base's may overlap: a native type with fields of its own, or a class with `__slots__`.
  var solidBase: TypeObject {
    var type = self
    while let base = type.contents.pointee.base {
      if type.isHeapType {
        if type.contents.pointee.memberCount > 0 { return type }
      } else if type.contents.pointee.basicSize != base.contents.pointee.basicSize || type.contents.pointee.itemSize != base.contents.pointee.itemSize {
        return type
      }
      type = base
    }
    return type
  }

  /// The base whose layout the new class extends.
  static func bestBase(_ bases: TupleObject) throws(PyError) -> TypeObject {
    var winner: TypeObject?
    var best = TypeObject.object
    for index in 0..<bases.count {
      guard bases[index].isType else { throw .typeError("bases must be types") }
      let base = TypeObject(bases[index])
      guard base.flags.contains(.baseType) else { throw .typeError("type '\(base.shownName)' is not an acceptable base type") }
      if base.contents.pointee.mro.isAbsent { throw .typeError("Cannot extend an incomplete type '\(base.nameText)'") }
      let candidate = base.solidBase
      guard let current = winner else {
        winner = candidate
        best = base
        continue
      }
      if current.isSubtype(of: candidate) { continue }
      guard candidate.isSubtype(of: current) else { throw .typeError("multiple bases have instance lay-out conflict") }
      winner = candidate
      best = base
    }
    return best
  }

  /// The most derived metatype of the bases and the one asked for.
  static func metatype(_ metatype: TypeObject, of bases: TupleObject) throws(PyError) -> TypeObject {
    var winner = metatype
    for index in 0..<bases.count {
      let candidate = bases[index].type
      if winner.isSubtype(of: candidate) { continue }
      guard candidate.isSubtype(of: winner) else {
        throw .typeError("metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases")
      }
      winner = candidate
    }
    return winner
  }
}

extension Owned {
  /// A tuple of new references to the values of a Swift array.
  public static func tuple(copying values: [Value]) throws(PyError) -> Owned {
    let result = try Owned.tuple(count: values.count)
    for (index, value) in values.enumerated() { TupleObject(result.value).initialize(index, Owned(copying: value)) }
    return result
  }
}
