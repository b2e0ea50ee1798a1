// The normalization forms of Unicode (UAX 15).

import KraitRuntime

/// One of the four forms.
enum NormalizationForm {
  case nfc, nfd, nfkc, nfkd

  init?(_ name: StringObject) {
    if name.isEqual(to: "NFC") {
      self = .nfc
    } else if name.isEqual(to: "NFD") {
      self = .nfd
    } else if name.isEqual(to: "NFKC") {
      self = .nfkc
    } else if name.isEqual(to: "NFKD") {
      self = .nfkd
    } else {
      return nil
    }
  }

  var composes: Bool { self == .nfc || self == .nfkc }
  var isCompatible: Bool { self == .nfkc || self == .nfkd }
}

/// The syllables of Hangul, which are arithmetic.
private enum Hangul {
  static let syllables: UInt32 = 0xAC00
  static let initials: UInt32 = 0x1100
  static let vowels: UInt32 = 0x1161
  /// One before the first final.
  static let finals: UInt32 = 0x11A7
  static let (initialCount, vowelCount, finalCount): (UInt32, UInt32, UInt32) = (19, 21, 28)

  static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if first &- initials < initialCount && second &- vowels < vowelCount {
      return syllables + ((first - initials) * vowelCount + (second - vowels)) * finalCount
    }
    let syllable = first &- syllables
    if syllable < initialCount * vowelCount * finalCount && syllable % finalCount == 0 && second > finals && second < finals + finalCount {
      return first + (second - finals)
    }
    return nil
  }
}

/// Puts text into a form.
struct Normalizer {
  let database: CharacterDatabase
  let form: NormalizationForm

  /// Whether text of this kind is in every form as it is: below U+00A0 nothing decomposes or combines, and what decomposes below U+0300 composes again.
  func isTrivial(_ text: StringObject) -> Bool {
    if text.isASCII { return true }
    let units = text.units
    let limit: UInt32 = form == .nfc ? 0x300 : 0xA0
    for index in 0..<units.count where units[index] >= limit { return false }
    return true
  }

  func normalize(_ text: StringObject) -> [UInt32] {
    var points: [UInt32] = []
    let units = text.units
    points.reserveCapacity(units.count + 8)
    for index in 0..<units.count { decompose(units[index], &points) }
    order(&points)
    if form.composes { compose(&points) }
    return points
  }

  private func decompose(_ point: UInt32, _ points: inout [UInt32]) {
    let syllable = point &- Hangul.syllables
    if syllable < Hangul.initialCount * Hangul.vowelCount * Hangul.finalCount {
      let final = syllable % Hangul.finalCount
      points.append(Hangul.initials + syllable / (Hangul.vowelCount * Hangul.finalCount))
      points.append(Hangul.vowels + syllable / Hangul.finalCount % Hangul.vowelCount)
      if final != 0 { points.append(Hangul.finals + final) }
      return
    }
    if database.isOld, let corrected = CharacterDatabase.correction(point) {
      points.append(corrected)
      return
    }
    guard let step = database.decomposition(point), form.isCompatible || step.kind.utf8CodeUnitCount == 0 else {
      points.append(point)
      return
    }
    for index in 0..<step.count { decompose(UInt32(Base64Number.read(step.points + 3 * index, 3)), &points) }
  }

  /// Puts marks that follow one another in the order of their classes; those of one class keep theirs.
  private func order(_ points: inout [UInt32]) {
    var place = 0
    while place < points.count {
      guard database.combiningClass(points[place]) != 0 else {
        place += 1
        continue
      }
      var end = place + 1
      while end < points.count && database.combiningClass(points[end]) != 0 { end += 1 }
      if end - place > 1 {
        let marks = points[place..<end].map { ($0, database.combiningClass($0)) }
        let sorted = marks.enumerated().sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }
        for (index, mark) in sorted.enumerated() { points[place + index] = mark.element.0 }
      }
      place = end
    }
  }

  /// Composes each starter with the marks that nothing separates from it.
  private func compose(_ points: inout [UInt32]) {
    guard points.count > 1 else { return }
    var starter: Int?
    var lastClass = 0
    var count = 0
    for index in points.indices {
      let point = points[index]
      let combining = database.combiningClass(point)
      if let starter, lastClass < combining || lastClass == 0 && count == starter + 1 {
        if let composed = Hangul.compose(points[starter], point) ?? CharacterDatabase.composition(points[starter], point) {
          points[starter] = composed
          continue
        }
      }
      if combining == 0 { starter = count }
      lastClass = combining
      points[count] = point
      count += 1
    }
    points.removeSubrange(count...)
  }
}
