// "Did you mean …?": the candidate that is the fewest changes away from a name.

import CKraitCore

/// Spelling suggestions of error messages, with CPython's costs and limits.
public enum Suggestions {
  private static let moveCost = 2
  private static let caseCost = 1
  private static let longest = 40
  private static let mostCandidates = 750

  /// The candidate closest to a name, if one is close enough.
  public static func closest(to name: Value, among candidates: some Collection<Value>) -> Value? {
    if candidates.count >= mostCandidates { return nil }
    let wanted = Array(name.text.utf8)
    var best: Value? = nil
    var bestDistance = Int.max
    for candidate in candidates where candidate.isString {
      let other = Array(candidate.text.utf8)
      if other == wanted { continue }
      let limit = min((wanted.count + other.count + 3) * moveCost / 6, bestDistance - 1)
      let distance = self.distance(wanted, other, limit: limit)
      if distance > limit { continue }
      if best == nil || distance < bestDistance {
        best = candidate
        bestDistance = distance
      }
    }
    return best
  }

  private static func substitutionCost(_ a: UInt8, _ b: UInt8) -> Int {
    if a & 31 != b & 31 { return moveCost }
    if a == b { return 0 }
    return lowercase(a) == lowercase(b) ? caseCost : moveCost
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 32 : byte }

  /// The Levenshtein distance with a cheaper change of case; anything above `limit` when it is larger than that.
  static func distance(_ first: [UInt8], _ second: [UInt8], limit: Int) -> Int {
    var a = first[...]
    var b = second[...]
    while let x = a.first, let y = b.first, x == y {
      a.removeFirst()
      b.removeFirst()
    }
    while let x = a.last, let y = b.last, x == y {
      a.removeLast()
      b.removeLast()
    }
    if a.isEmpty || b.isEmpty { return (a.count + b.count) * moveCost }
    if a.count > longest || b.count > longest { return limit + 1 }
    if b.count < a.count { swap(&a, &b) }
    if (b.count - a.count) * moveCost > limit { return limit + 1 }
    var row = Array(stride(from: moveCost, through: a.count * moveCost, by: moveCost))
    var result = 0
    for (line, byte) in b.enumerated() {
      var diagonal = line * moveCost
      result = diagonal
      var minimum = Int.max
      for (column, other) in a.enumerated() {
        let substitution = diagonal + substitutionCost(byte, other)
        diagonal = row[column]
        result = min(substitution, min(result, diagonal) + moveCost)
        row[column] = result
        minimum = min(minimum, result)
      }
      if minimum > limit { return limit + 1 }
    }
    return result
  }
}
