// memoryview: subscripts, methods, attributes.

import CKraitCore
import Glibc

extension MemoryViewObject {
  func checkNotExported() throws(PyError) {
    if exports > 0 { throw PyError.raise(.bufferError, "memoryview has \(exports) exported buffer\(exports == 1 ? "" : "s")") }
  }

  /// The native format of the items.
  func format() throws(PyError) -> UInt8 {
    let fields = self.fields.pointee
    guard let format = fields.nativeFormat, nativeItemSize(format) == fields.itemSize else {
      throw PyError.raise(.notImplementedError, "memoryview: format \(fields.formatText) not supported")
    }
    return format
  }

  /// The address of an item along the first dimension.
  private func place(_ index: Int) throws(PyError) -> UnsafeMutableRawPointer { try place(fields.pointee.data, 0, index) }

  private func place(_ pointer: UnsafeMutableRawPointer, _ dimension: Int, _ index: Int) throws(PyError) -> UnsafeMutableRawPointer {
    let extent = fields.pointee.extent(dimension)
    let index = index < 0 ? index &+ extent : index
    guard index >= 0 && index < extent else { throw PyError.indexError("index out of bounds on dimension \(dimension &+ 1)") }
    return fields.pointee.step(pointer, dimension, index)
  }

  func item(_ index: Int) throws(PyError) -> Owned {
    try checkNotReleased()
    let format = try format()
    if fields.pointee.dimensions == 0 { throw PyError.typeError("invalid indexing of 0-dim memory") }
    if fields.pointee.dimensions != 1 { throw PyError.raise(.notImplementedError, "multi-dimensional sub-views are not implemented") }
    return try unpackItem(try place(index), format)
  }

  /// A tuple of indices, or nil when the key is none.
  private func isMultipleIndex(_ key: Value) -> Bool {
    guard key.isTuple else { return false }
    for part in TupleObject(key).buffer where part.type.slots.pointee.index == nil { return false }
    return true
  }

  private func isMultipleSlice(_ key: Value) -> Bool {
    guard key.isTuple, TupleObject(key).count > 0 else { return false }
    for part in TupleObject(key).buffer where part.type != .slice { return false }
    return true
  }

  private func place(_ key: TupleObject) throws(PyError) -> UnsafeMutableRawPointer {
    let dimensions = fields.pointee.dimensions
    if key.count > dimensions { throw PyError.typeError("cannot index \(dimensions)-dimension view with \(key.count)-element tuple") }
    var pointer = fields.pointee.data
    for dimension in 0..<key.count {
      let index = try key[dimension].asIndex()
      try checkNotReleased()
      pointer = try place(pointer, dimension, index)
    }
    return pointer
  }

  func `subscript`(_ key: Value) throws(PyError) -> Owned {
    try checkNotReleased()
    if fields.pointee.dimensions == 0 {
      if key.isTuple && TupleObject(key).count == 0 { return try unpackItem(fields.pointee.data, try format()) }
      if key === .ellipsis { return Owned(copying: value) }
      throw PyError.typeError("invalid indexing of 0-dim memory")
    }
    if key.type.slots.pointee.index != nil {
      let index = try key.asIndex()
      return try item(index)
    }
    if key.isObject && key.type == .slice { return try slice(SliceObject(key)) }
    if isMultipleIndex(key) {
      let format = try format()
      let tuple = TupleObject(key)
      if tuple.count < fields.pointee.dimensions { throw PyError.raise(.notImplementedError, "sub-views are not implemented") }
      return try unpackItem(try place(tuple), format)
    }
    if isMultipleSlice(key) { throw PyError.raise(.notImplementedError, "multi-dimensional slicing is not implemented") }
    throw PyError.typeError("memoryview: invalid slice key")
  }

  private func slice(_ slice: SliceObject) throws(PyError) -> Owned {
    // The new view is there first: a bound's `__index__` may release this one.
    let result = try MemoryViewObject.make(managed, fields.pointee)
    let view = MemoryViewObject(result.value)
    let (start, _, step, count) = try slice.bounds().indices(view.fields.pointee.extent(0))
    let stride = view.fields.pointee.stride(0)
    if let suboffsets = view.fields.pointee.suboffsets, suboffsets[0] >= 0 {
      suboffsets[0] &+= 0
    }
    view.fields.pointee.data += start &* stride
    view.fields.pointee.shape?[0] = count
    view.fields.pointee.strides?[0] = stride &* step
    view.updateByteCount()
    return result
  }

  func store(_ key: Value, _ value: Value) throws(PyError) {
    try checkNotReleased()
    if fields.pointee.isReadOnly { throw PyError.typeError("cannot modify read-only memory") }
    if value.isAbsent { throw PyError.typeError("cannot delete memory") }
    if fields.pointee.dimensions == 0 {
      guard key === .ellipsis || key.isTuple && TupleObject(key).count == 0 else { throw PyError.typeError("invalid indexing of 0-dim memory") }
      return try pack(value, fields.pointee.data)
    }
    if key.type.slots.pointee.index != nil {
      _ = try format()
      if fields.pointee.dimensions > 1 { throw PyError.raise(.notImplementedError, "sub-views are not implemented") }
      let index = try key.asIndex()
      try checkNotReleased()
      return try pack(value, try place(index))
    }
    if key.isObject && key.type == .slice {
      if fields.pointee.dimensions != 1 {
        throw PyError.raise(.notImplementedError, "memoryview slice assignments are currently restricted to ndim = 1")
      }
      return try assign(SliceObject(key), value)
    }
    if isMultipleIndex(key) {
      _ = try format()
      let tuple = TupleObject(key)
      if tuple.count < fields.pointee.dimensions { throw PyError.raise(.notImplementedError, "sub-views are not implemented") }
      return try pack(value, try place(tuple))
    }
    throw isMultipleSlice(key)
      ? PyError.raise(.notImplementedError, "memoryview slice assignments are currently restricted to ndim = 1")
      : PyError.typeError("memoryview: invalid slice key")
  }

  /// Stores an item; what the value's conversion runs may release the memory.
  private func pack(_ value: Value, _ pointer: UnsafeMutableRawPointer) throws(PyError) {
    let format = try format()
    var item: (UInt64, UInt64) = (0, 0)
    try packItem(value, &item, format)
    try checkNotReleased()
    memcpy(pointer, &item, min(fields.pointee.itemSize, 16))
  }

  private func assign(_ slice: SliceObject, _ value: Value) throws(PyError) {
    let source = try value.buffer(.fullReadOnly)
    let target = try self.slice(slice)
    try checkNotReleased()
    let view = MemoryViewObject(target.value).fields.pointee
    let same = source.fields.dimensions == 1 && source.fields.extent(0) == view.extent(0) && source.fields.itemSize == view.itemSize
      && (source.fields.nativeFormat ?? 0) == (view.nativeFormat ?? 0) && (view.nativeFormat != nil || source.fields.formatText == view.formatText)
    guard same else { throw PyError.valueError("memoryview assignment: lvalue and rvalue have different structures") }
    if view.byteCount == 0 { return }
    // By way of a copy: the two may overlap.
    let copy = try allocateMemory(view.byteCount)
    defer { freeMemory(copy, size: view.byteCount) }
    source.fields.copyItems(to: copy, order: .c)
    var items = UnsafeRawPointer(copy)
    view.fillItems(0, view.data, &items)
  }

  /// All items' bytes.
  func bytes(_ order: ItemOrder) throws(PyError) -> Owned {
    let fields = self.fields.pointee
    if fields.isCContiguous && order != .fortran { return try Owned.bytes(fields.bytes) }
    let result = try BytesObject.allocate(fields.byteCount)
    fields.copyItems(to: result.data, order: order)
    return Owned(taking: result.raw)
  }

  private func list(_ pointer: UnsafeMutableRawPointer, _ dimension: Int, _ format: UInt8) throws(PyError) -> Owned {
    let fields = self.fields.pointee
    if dimension == fields.dimensions { return try unpackItem(pointer, format) }
    let result = try Owned.list(capacity: fields.extent(dimension))
    for index in 0..<fields.extent(dimension) {
      try ListObject(result.value).append(taking: try list(fields.step(pointer, dimension, index), dimension &+ 1, format))
    }
    return result
  }

  func list() throws(PyError) -> Owned { try list(fields.pointee.data, 0, try format()) }

  // MARK: Casts

  func cast(_ formatValue: Value, _ shape: Value) throws(PyError) -> Owned {
    try checkNotReleased()
    let fields = self.fields.pointee
    guard fields.isCContiguous else { throw PyError.typeError("memoryview: casts are restricted to C-contiguous views") }
    if !shape.isAbsent || fields.dimensions != 1 {
      for dimension in 0..<fields.dimensions where fields.extent(dimension) == 0 {
        throw PyError.typeError("memoryview: cannot cast view with zeros in shape or strides")
      }
    }
    var extents: [Int]? = nil
    if !shape.isAbsent {
      guard shape.isList || shape.isTuple else { throw PyError.typeError("shape must be a list or a tuple") }
      let parts = shape.isList ? ListObject(shape).buffer : TupleObject(shape).buffer
      if parts.count > MemoryViewObject.maximumDimensions {
        throw PyError.valueError("memoryview: number of dimensions must not exceed \(MemoryViewObject.maximumDimensions)")
      }
      if fields.dimensions != 1 && parts.count != 1 { throw PyError.typeError("memoryview: cast must be 1D -> ND or ND -> 1D") }
      var result: [Int] = []
      for part in parts {
        guard part.isInteger else { throw PyError.typeError("memoryview.cast(): elements of shape must be integers") }
        guard let extent = Integer.asInt(part) else { throw PyError.overflowError("Python int too large to convert to C ssize_t") }
        guard extent > 0 else { throw PyError.valueError("memoryview.cast(): elements of shape must be integers > 0") }
        result.append(extent)
      }
      extents = result
    }
    let (format, itemSize) = try castFormat(formatValue, fields)
    let dimensions = extents?.count ?? 1
    var product = itemSize
    for extent in extents ?? [] {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw PyError.valueError("memoryview.cast(): product(shape) > SSIZE_MAX") }
      product = next
    }
    if extents != nil && product != fields.byteCount { throw PyError.typeError("memoryview: product(shape) * itemsize != buffer size") }
    let result = try MemoryViewObject.make(managed, fields, dimensions: dimensions)
    let view = MemoryViewObject(result.value).fields
    view.pointee.format = nativeFormatText(format, prefixed: StringObject(formatValue).codePoint(at: 0) == 0x40)
    view.pointee.itemSize = itemSize
    view.pointee.suboffsets = nil
    var stride = itemSize
    for dimension in Swift.stride(from: dimensions &- 1, through: 0, by: -1) {
      let extent = extents.map { $0[dimension] } ?? fields.byteCount / itemSize
      view.pointee.shape?[dimension] = extent
      view.pointee.strides?[dimension] = stride
      stride &*= extent
    }
    return result
  }

  private func castFormat(_ value: Value, _ fields: BufferFields) throws(PyError) -> (UInt8, Int) {
    let text = StringObject(value)
    let start = text.length > 0 && text.codePoint(at: 0) == 0x40 ? 1 : 0
    guard text.isASCII, text.length == start &+ 1, let size = nativeItemSize(UInt8(text.codePoint(at: start))) else {
      throw PyError.valueError("memoryview: destination format must be a native single character format prefixed with an optional '@'")
    }
    let format = UInt8(text.codePoint(at: start))
    func isByte(_ format: UInt8) -> Bool { format == UInt8(ascii: "b") || format == UInt8(ascii: "B") || format == UInt8(ascii: "c") }
    if !isByte(fields.nativeFormat ?? 0) && !isByte(format) { throw PyError.typeError("memoryview: cannot cast between two non-byte formats") }
    if fields.byteCount % size != 0 { throw PyError.typeError("memoryview: length is not a multiple of itemsize") }
    return (format, size)
  }
}

// MARK: - Methods

func defineViewMethods(_ t: TypeDefinition) {
  t.method("release()", "Gives the memory back; the view can no longer be used.") { (call: Call) throws(PyError) -> Owned in
    try MemoryViewObject(call.receiver).checkNotExported()
    MemoryViewObject(call.receiver).release()
    return .none
  }
  t.method("__enter__()", "The view itself.") { (call: Call) throws(PyError) -> Owned in
    try MemoryViewObject(call.receiver).checkNotReleased()
    return Owned(copying: call.receiver)
  }
  t.method("__exit__(*exc_info)", "Gives the memory back.") { (call: Call) throws(PyError) -> Owned in
    try MemoryViewObject(call.receiver).checkNotExported()
    MemoryViewObject(call.receiver).release()
    return .none
  }
  t.method("tobytes(order='C')", "The items as bytes, in C's or Fortran's order, or the one that the memory has.") { (call: Call) throws(PyError) -> Owned in
    let view = MemoryViewObject(call.receiver)
    let order = try call.optionalString(0)
    try view.checkNotReleased()
    if order.isAbsent || StringObject(order).isEqual(to: "C") { return try view.bytes(.c) }
    if StringObject(order).isEqual(to: "F") { return try view.bytes(.fortran) }
    if StringObject(order).isEqual(to: "A") { return try view.bytes(.any) }
    throw PyError.valueError("order must be 'C', 'F' or 'A'")
  }
  t.method("tolist()", "The items as a list, or as nested lists.") { (call: Call) throws(PyError) -> Owned in
    let view = MemoryViewObject(call.receiver)
    try view.checkNotReleased()
    return try view.list()
  }
  t.method("hex(sep=<unrepresentable>, bytes_per_sep=1)", "Two hexadecimal digits for each byte, with separators between groups.") {
    (call: Call) throws(PyError) -> Owned in
    let group = Int(try call.int32(1))
    try MemoryViewObject(call.receiver).checkNotReleased()
    // The separator may run Python code, which must not release the view meanwhile.
    MemoryViewObject(call.receiver).exports &+= 1
    defer { MemoryViewObject(call.receiver).exports &-= 1 }
    let separator = try hexSeparator(call[0])
    let bytes = try MemoryViewObject(call.receiver).bytes(.c)
    return try hexadecimal(BytesObject(bytes.value).units, separator, group)
  }
  t.method("cast(format, shape=<unrepresentable>)", "The same memory with items of another format or in another shape.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isString else { throw call.wrongType(0, "str") }
    return try MemoryViewObject(call.receiver).cast(call[0], call[1])
  }
  t.method("toreadonly()", "The same memory, not to be written to.") { (call: Call) throws(PyError) -> Owned in
    let view = MemoryViewObject(call.receiver)
    try view.checkNotReleased()
    let result = try MemoryViewObject.make(view.managed, view.fields.pointee)
    MemoryViewObject(result.value).fields.pointee.isReadOnly = true
    return result
  }
  t.classMethod("_from_flags(object, flags)", "A view that asks for a buffer with these flags.") { (call: Call) throws(PyError) -> Owned in
    try Owned.memoryview(call[0], BufferRequest(rawValue: Int(try call.int32(1))))
  }
  t.method("count(value, /)", "How often an item equals a value.") { (call: Call) throws(PyError) -> Owned in
    let iterator = try call.receiver.iterate()
    var count = 0
    while true {
      let item = try iterator.value.next()
      if item.value.isAbsent { break }
      if try item.value.isEqual(to: call[0]) { count &+= 1 }
    }
    return try Owned.integer(count)
  }
  t.method("index(value, start=0, stop=sys.maxsize, /)", "The first place of an item that equals a value; ValueError if there is none.") {
    (call: Call) throws(PyError) -> Owned in
    let view = MemoryViewObject(call.receiver)
    var (start, stop) = (try sliceNumber(call[1]), try sliceNumber(call[2]))
    try view.checkNotReleased()
    if view.fields.pointee.dimensions == 0 { throw PyError.typeError("invalid lookup on 0-dim memory") }
    if view.fields.pointee.dimensions != 1 { throw PyError.raise(.notImplementedError, "multi-dimensional lookup is not implemented") }
    let count = view.fields.pointee.extent(0)
    if start < 0 { start = max(start &+ count, 0) }
    if stop < 0 { stop = max(stop &+ count, 0) }
    stop = min(stop, count)
    var index = start
    while index < stop {
      let item = try view.item(index)
      if try item.value.isEqual(to: call[0]) { return try Owned.integer(index) }
      index &+= 1
    }
    throw PyError.valueError("memoryview.index(x): x not found")
  }
  t.classMethod("__class_getitem__(object, /)", "A generic alias.") { (call: Call) throws(PyError) -> Owned in
    try Owned.genericAlias(call.receiver, call[0])
  }
}

/// A start or stop that is cut to the range of a word.
private func sliceNumber(_ value: Value) throws(PyError) -> Int {
  guard value.type.slots.pointee.index != nil else { throw PyError.typeError("slice indices must be integers or have an __index__ method") }
  return try value.asIndex(overflow: nil)
}

func defineViewAttributes(_ t: TypeDefinition) {
  t.getter("obj", "The object whose memory this is.") { (object: Value) throws(PyError) -> Owned in
    let owner = try viewFields(object).owner
    return owner.isAbsent ? .none : Owned(copying: owner)
  }
  t.getter("nbytes", "The size of all items in bytes.") { (object: Value) throws(PyError) -> Owned in try Owned.integer(try viewFields(object).byteCount) }
  t.getter("readonly", "Whether the memory can only be read.") { (object: Value) throws(PyError) -> Owned in .boolean(try viewFields(object).isReadOnly) }
  t.getter("itemsize", "The size of an item in bytes.") { (object: Value) throws(PyError) -> Owned in try Owned.integer(try viewFields(object).itemSize) }
  t.getter("format", "The format of an item, as the module struct has it.") { (object: Value) throws(PyError) -> Owned in
    try Owned.string(try viewFields(object).formatText)
  }
  t.getter("ndim", "How many indices an item has.") { (object: Value) throws(PyError) -> Owned in try Owned.integer(try viewFields(object).dimensions) }
  t.getter("shape", "The number of items along each dimension.") { (object: Value) throws(PyError) -> Owned in
    let fields = try viewFields(object)
    return try numbers(fields.dimensions, fields.shape)
  }
  t.getter("strides", "The bytes from one item to the next along each dimension.") { (object: Value) throws(PyError) -> Owned in
    let fields = try viewFields(object)
    return try numbers(fields.dimensions, fields.strides)
  }
  t.getter("suboffsets", "For arrays of pointers.") { (object: Value) throws(PyError) -> Owned in
    let fields = try viewFields(object)
    return try numbers(fields.dimensions, fields.suboffsets)
  }
  t.getter("c_contiguous", "Whether the items stand one after another in C's order.") { (object: Value) throws(PyError) -> Owned in
    .boolean(try viewFields(object).isCContiguous)
  }
  t.getter("f_contiguous", "Whether the items stand one after another in Fortran's order.") { (object: Value) throws(PyError) -> Owned in
    .boolean(try viewFields(object).isFortranContiguous)
  }
  t.getter("contiguous", "Whether the items stand one after another in either order.") { (object: Value) throws(PyError) -> Owned in
    let fields = try viewFields(object)
    return .boolean(fields.isCContiguous || fields.isFortranContiguous)
  }
}

private func viewFields(_ object: Value) throws(PyError) -> BufferFields {
  try MemoryViewObject(object).checkNotReleased()
  return MemoryViewObject(object).fields.pointee
}

private func numbers(_ count: Int, _ source: UnsafeMutablePointer<Int>?) throws(PyError) -> Owned {
  guard let source, count > 0 else { return .emptyTuple }
  let tuple = try Owned.tuple(count: count)
  for index in 0..<count { TupleObject(tuple.value).initialize(index, try Owned.integer(source[index])) }
  return tuple
}
