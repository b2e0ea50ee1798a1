// What a pattern is applied to: a str, or whatever has a buffer.

import KraitRuntime

/// A text in use. The value is held by the caller, its buffer by this.
struct Subject: ~Copyable {
  let value: Value
  let base: UnsafeRawPointer
  /// In characters.
  let length: Int
  /// Bytes of a character.
  let width: Int
  let isBytes: Bool
  private var fields: BufferFields

  init(_ value: Value) throws(PyError) {
    self.value = value
    fields = BufferFields()
    if value.isString {
      let text = StringObject(value)
      base = UnsafeRawPointer(text.data)
      length = text.length
      width = text.width
      isBytes = false
      return
    }
    if value.isBytes {
      let bytes = BytesObject(value)
      base = UnsafeRawPointer(bytes.data)
      length = bytes.count
    } else {
      guard let slot = value.type.slots.pointee.buffer else { throw Self.wrongType(value) }
      do throws(PyError) { try slot(value, .simple, &fields) } catch {
        PyError.clear()
        throw Self.wrongType(value)
      }
      base = UnsafeRawPointer(fields.data)
      length = fields.byteCount
    }
    width = 1
    isBytes = true
  }

  deinit {
    var fields = self.fields
    fields.release()
  }

  private static func wrongType(_ value: Value) -> PyError { .typeError("expected string or bytes-like object, got '\(value.typeName)'") }

  /// Raises TypeError when a pattern of str is applied to bytes or the other way round.
  func check(against pattern: PatternObject) throws(PyError) {
    if isBytes && pattern.textKind == .string { throw .typeError("cannot use a string pattern on a bytes-like object") }
    if !isBytes && pattern.textKind == .bytes { throw .typeError("cannot use a bytes pattern on a string-like object") }
  }

  /// A part of the text, as a str or bytes.
  func slice(_ start: Int, _ end: Int) throws(PyError) -> Owned {
    if isBytes {
      if value.isExact(.bytes) && start == 0 && end == length { return Owned(copying: value) }
      return try Owned.bytes(UnsafeRawBufferPointer(start: base + start, count: end - start))
    }
    if value.isExactString && start == 0 && end == length { return Owned(copying: value) }
    return try Owned.string(units(start, end))
  }

  func units(_ start: Int, _ end: Int) -> CodeUnits { CodeUnits(base: base + start &* width, count: end &- start, width: width) }

  func empty() throws(PyError) -> Owned { isBytes ? Owned.emptyBytes : Owned.emptyString }

  /// Positions as slices have them: inside the text.
  func clamp(_ start: Int, _ end: Int) -> (start: Int, end: Int) { (min(max(start, 0), length), min(max(end, 0), length)) }
}
