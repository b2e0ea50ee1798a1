// Which block handles the exceptions of each instruction.

extension FlowGraph {
  private static let resumeAtStart: Int32 = 0
  /// Set in `RESUME`'s argument when only the generator's own handler is in force at the `yield`.
  private static let resumeAtDepthOne: Int32 = 4

  /// Walks the graph with the stack of handlers that the block pushing pseudo instructions keep, and notes the top at each instruction.
  mutating func labelExceptionTargets() {
    beginTraversal()
    visit(0)
    while !pending.isEmpty {
      let block = Int(pending.removeLast())
      var stack = blocks[block].handlers
      var handler = stack < 0 ? -1 : handlerFrames[Int(stack)].block
      var lastYieldDepth: Int32 = -1
      for index in 0..<Int(blocks[block].count) {
        let instruction = instruction(index, of: block)
        let opcode = instruction.pointee.opcode
        if instruction.pointee.isBlockPush {
          let target = Int(instruction.pointee.target)
          visit(target, with: stack)
          if opcode != .SETUP_FINALLY { blocks[target].preservesLastInstruction = true }
          let depth = stack < 0 ? 0 : handlerFrames[Int(stack)].depth
          handlerFrames.append(HandlerFrame(block: Int32(target), below: stack, depth: depth + 1))
          stack = Int32(handlerFrames.count - 1)
          handler = Int32(target)
          continue
        }
        if opcode == .POP_BLOCK {
          if stack >= 0 { stack = handlerFrames[Int(stack)].below }
          handler = stack < 0 ? -1 : handlerFrames[Int(stack)].block
          instruction.pointee.set(.NOP)
          continue
        }
        instruction.pointee.handler = handler
        if instruction.pointee.isJump {
          visit(Int(instruction.pointee.target), with: stack)
        } else if opcode == .YIELD_VALUE {
          lastYieldDepth = stack < 0 ? 0 : handlerFrames[Int(stack)].depth
        } else if opcode == .RESUME && instruction.pointee.argument != FlowGraph.resumeAtStart {
          if lastYieldDepth == 1 { instruction.pointee.argument |= FlowGraph.resumeAtDepthOne }
          lastYieldDepth = -1
        }
      }
      if blocks[block].next >= 0 && fallsThrough(block) { visit(Int(blocks[block].next), with: stack) }
    }
  }

  private mutating func visit(_ block: Int, with handlers: Int32) {
    if blocks[block].isVisited { return }
    blocks[block].handlers = handlers
    visit(block)
  }
}
