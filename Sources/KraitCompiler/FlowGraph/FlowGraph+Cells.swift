// Cells and free variables get their places behind the locals; the instructions that set up a frame are put in front.

import KraitSyntax

extension FlowGraph {
  /// Puts the frame's set-up in front and gives cell and free variables their numbers; a cell that is also a parameter takes its place.
  mutating func placeCells(
    locals: IndexTable<Text>, cells: IndexTable<Text>, freeCount: Int, isGenerator: Bool, firstLine: Int32
  ) {
    insertPrefix(locals: locals, cells: cells, freeCount: freeCount, isGenerator: isGenerator, firstLine: firstLine)
    if cells.count + freeCount == 0 { return }
    // By the number that the code generator gave a cell or free variable, its place.
    scratch.removeAll()
    var shared: Int32 = 0
    for index in 0..<cells.count + freeCount {
      if index < cells.count, let local = locals.find(cells.keys[index]) {
        scratch.append(Int32(local))
        shared += 1
      } else {
        scratch.append(Int32(locals.count + index) - shared)
      }
    }
    var block = 0
    while block >= 0 {
      let start = instruction(0, of: block)
      for index in 0..<Int(blocks[block].count) {
        switch start[index].opcode {
        case .MAKE_CELL, .LOAD_CLOSURE, .LOAD_DEREF, .STORE_DEREF, .DELETE_DEREF, .LOAD_FROM_DICT_OR_DEREF:
          start[index].argument = scratch[Int(start[index].argument)]
        default: break
        }
      }
      block = Int(blocks[block].next)
    }
  }

  private mutating func insertPrefix(
    locals: IndexTable<Text>, cells: IndexTable<Text>, freeCount: Int, isGenerator: Bool, firstLine: Int32
  ) {
    var position = 0
    if freeCount > 0 {
      insert(FlowInstruction(.COPY_FREE_VARS, Int32(freeCount), at: .none), at: 0, of: 0)
      position = 1
    }
    // In the order of their places: first the cells that are also locals, in the order of those.
    if cells.count > 0 {
      let order = (0..<cells.count).map { (place: locals.find(cells.keys[$0]) ?? locals.count + $0, cell: $0) }.sorted { $0.place < $1.place }
      for (_, cell) in order {
        insert(FlowInstruction(.MAKE_CELL, Int32(cell), at: .none), at: position, of: 0)
        position += 1
      }
    }
    if isGenerator {
      let range = SourceRange(line: firstLine, column: -1, endLine: firstLine, endColumn: -1)
      insert(FlowInstruction(.RETURN_GENERATOR, at: range), at: position, of: 0)
      insert(FlowInstruction(.POP_TOP, at: range), at: position + 1, of: 0)
    }
  }
}
