// The module `_suggestions`: which of some names was probably meant.

import KraitRuntime

let _suggestionsModule = ModuleDefinition("_suggestions") { (m: ModuleBuilder) throws(PyError) in
  try m.function("_generate_suggestions(candidates, item, /)", "The candidate that is most like a name; None if none is near.") { (call) throws(PyError) in
    guard call[0].isList else { throw .typeError("candidates must be a list") }
    let item = try call.string(1)
    var candidates: [Value] = []
    for index in 0..<ListObject(call[0]).count {
      let candidate = ListObject(call[0])[index]
      guard candidate.isString else { throw .typeError("all elements in 'candidates' must be strings") }
      candidates.append(candidate)
    }
    guard let found = Suggestions.closest(to: item, among: candidates) else { return .none }
    return Owned(copying: found)
  }
}
