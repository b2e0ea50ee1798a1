// The types of text and binary data.

import CKraitCore

/// Describes str, bytes, bytearray, memoryview and their iterators.
func defineStrings(_ types: TypeDefinitions) {
  types.define(.str, defineStr)
  defineStringIterators(types)
  types.define(.bytes, defineBytes)
  types.define(.bytearray, defineByteArray)
  defineByteIterators(types)
  defineMemoryView(types)
  defineBufferWrapper(types)
  defineFormatterIterators(types)
  defineEncodingMap(types)
}
