// The container types.

import CKraitCore

/// Describes all types of this folder.
func defineContainers(_ types: TypeDefinitions) {
  defineTuple(types)
  defineList(types)
  defineDict(types)
  defineDictViews(types)
  defineDictIterators(types)
  defineSets(types)
  defineSlice(types)
  defineRange(types)
  defineRangeIterators(types)
  defineListIterators(types)
  defineSequenceIterators(types)
  defineEnumerate(types)
  defineReversed(types)
  defineZip(types)
  defineFilter(types)
}
