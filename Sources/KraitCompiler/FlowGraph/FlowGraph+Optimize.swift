// The passes in their order.

import KraitSyntax

extension FlowGraph {
  /// Everything that depends on the code alone: from the code generator's instructions to blocks in their final order.
  mutating func optimize(localCount: Int, parameterCount: Int) {
    labelExceptionTargets()
    inlineSmallExits()
    removeUnreachable()
    resolveLines()
    optimizeConstantLoads()
    optimizeBlocks()
    removeRedundantNopsAndPairs()
    removeUnreachable()
    removeRedundantNopsAndJumps()
    removeUnusedConstants()
    addChecksForUnboundLocals(localCount: localCount, parameterCount: parameterCount)
    insertSuperinstructions()
    moveColdBlocksToEnd()
    resolveLines()
  }
}
