// Text that comes line by line: a token that the end of the text cut short is looked for again when there is more.

extension Tokenizer {
  /// Where a tokenizer stood between two tokens.
  public struct Checkpoint {
    let tokenizer: Tokenizer
    /// The f-strings and t-strings around the cursor, which the tokenizer changes in their places.
    let formatted: [FormattedString]
  }

  public var checkpoint: Checkpoint {
    guard formattedDepth > 0, let formatted else { return Checkpoint(tokenizer: self, formatted: []) }
    return Checkpoint(tokenizer: self, formatted: (1...Int(formattedDepth)).map { formatted[$0] })
  }

  /// Goes back to where it stood; the text may have grown since.
  public mutating func restore(_ checkpoint: Checkpoint) {
    self = checkpoint.tokenizer
    for (index, string) in checkpoint.formatted.enumerated() { formatted.unsafelyUnwrapped[index + 1] = string }
    let text = source.text
    let distance = text.baseAddress.unsafelyUnwrapped - base
    base += distance
    end = base + text.count
    // Lines with zero bytes are for whoever adds the text to refuse.
    poisonedLine = end + 1
    cursor += distance
    tokenStart += distance
    lineStart += distance
    bufferStart += distance
    stringLineStart += distance
    guard formattedDepth > 0, distance != 0 else { return }
    for depth in 1...Int(formattedDepth) { formatted.unsafelyUnwrapped[depth].move(by: distance) }
  }

  /// How many bytes of text there are that a reader of lines has not let go of.
  public var heldByteCount: Int { end - bufferStart }
}

extension FormattedString {
  fileprivate mutating func move(by distance: Int) {
    start += distance
    lineStart += distance
    if let place = expressionStart { expressionStart = place + distance }
    if let place = expressionEnd { expressionEnd = place + distance }
  }
}
