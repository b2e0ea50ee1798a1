// Integers as text and back, through GMP: quadratic in no base.

import CGMP

extension Arena {
  /// The integer with these digits (values, not characters; the most significant first).
  public func integer(digits: [UInt8], radix: Int32, isNegative: Bool = false) -> ConstantValue {
    let significant = digits.drop { $0 == 0 }
    if significant.isEmpty { return integer(0) }
    // Radixes up to 16 take at most four bits a digit, decimal ones less than 3.33; one limb more, as mpn_set_str asks for.
    let bits = radix == 10 ? significant.count * 10 / 3 + 1 : significant.count * 4
    let limbs = UnsafeMutablePointer<UInt>.allocate(capacity: bits / 64 + 2)
    defer { limbs.deallocate() }
    let count = significant.withUnsafeBufferPointer { __gmpn_set_str(limbs, $0.baseAddress, $0.count, radix) }
    return integer(limbs: UnsafeBufferPointer(start: limbs, count: Int(count)), isNegative: isNegative)
  }
}

extension ConstantValue {
  /// The digits of an integer in a radix from 2 to 36, in ASCII, with a minus sign when it is negative.
  public func integerText(radix: Int32 = 10) -> [UInt8] {
    if let small = smallInteger { return Array(String(small, radix: Int(radix)).utf8) }
    let limbs = limbs
    let sign = isNegative ? 1 : 0
    // mpn_get_str destroys its operand, and needs room for one digit more than the result may have.
    let copy = UnsafeMutablePointer<UInt>.allocate(capacity: limbs.count)
    defer { copy.deallocate() }
    copy.update(from: limbs.baseAddress.unsafelyUnwrapped, count: limbs.count)
    let bitsPerDigit = Int(31 - radix.leadingZeroBitCount)
    let capacity = limbs.count * 64 / bitsPerDigit + 2 + sign
    return [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      guard let start = buffer.baseAddress else { return }
      let digits = Int(__gmpn_get_str(start + sign, radix, copy, mp_size_t(limbs.count)))
      var first = sign
      while first < digits + sign - 1 && start[first] == 0 { first += 1 }
      count = 0
      if sign == 1 {
        start[0] = UInt8(ascii: "-")
        count = 1
      }
      for index in first..<(digits + sign) {
        let digit = start[index]
        start[count] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        count += 1
      }
    }
  }
}
