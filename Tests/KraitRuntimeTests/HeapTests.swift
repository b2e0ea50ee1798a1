import CKraitCore
import Glibc
import Testing

@testable import KraitRuntime

/// Runs `body` as the owner of a new heap, which is destroyed afterwards.
private func withHeap(owner: UInt64 = 7, _ body: (UnsafeMutablePointer<Heap>) -> Void) {
  let heap = Heap.create(owner: owner)!
  krait_set_current(owner, heap, nil)
  body(heap)
  krait_set_current(0, nil, nil)
  Heap.destroy(heap)
}

@Suite(.serialized) struct HeapTests {
  @Test func eachSizeClassHoldsWhatItPromises() {
    for sizeClass in 1..<SizeClass.count {
      let size = SizeClass.blockSize(sizeClass)
      #expect(SizeClass.of(size) == sizeClass)
      if sizeClass + 1 < SizeClass.count { #expect(SizeClass.of(size + 1) == sizeClass + 1) }
    }
    #expect(SizeClass.blockSize(SizeClass.count - 1) == SizeClass.limit)
  }

  @Test func blocksKeepTheirContentsUntilFreed() {
    withHeap { heap in
      var random = SystemRandomNumberGenerator()
      var live: [(block: UnsafeMutableRawPointer, size: Int, mark: UInt8)] = []
      for step in 0..<200_000 {
        if live.count < 2000 && Bool.random(using: &random) || live.isEmpty {
          let size = Int.random(in: 0..<500, using: &random) == 0 ? Int.random(in: 16...100_000, using: &random) : Int.random(in: 16...2000, using: &random)
          let block = Heap.allocate(heap, size, .tracked)!
          let mark = UInt8(truncatingIfNeeded: step) | 1
          memset(block, Int32(mark), size)
          live.append((block, size, mark))
        } else {
          live.swapAt(Int.random(in: live.indices, using: &random), live.count - 1)
          let (block, size, mark) = live.removeLast()
          let bytes = UnsafeRawBufferPointer(start: block, count: size)
          #expect(bytes.allSatisfy { $0 == mark })
          Heap.freeObject(block)
        }
      }
      var walked = 0
      heap.pointee.forEachObject { _ in walked += 1 }
      #expect(walked == live.count)
      for (block, _, _) in live { Heap.freeObject(block) }
      walked = 0
      heap.pointee.forEachObject { _ in walked += 1 }
      #expect(walked == 0)
    }
  }

  @Test func emptyPagesServeOtherSizesAndEmptySegmentsGoBack() {
    withHeap { heap in
      var blocks = (0..<400_000).map { _ in Heap.allocate(heap, 48, .tracked)! }
      let peak = heap.pointee.footprint
      for block in blocks { Heap.freeObject(block) }
      #expect(heap.pointee.footprint < peak / 4)
      blocks = (0..<100_000).map { _ in Heap.allocate(heap, 160, .tracked)! }
      #expect(heap.pointee.footprint <= peak)
    }
  }

  @Test func aPageThatItsClassKeepsUnusedServesAnotherClass() {
    withHeap { heap in
      let first = Heap.allocate(heap, 5000, .memory)!
      Heap.freeMemory(first, 5000)
      let second = Heap.allocate(heap, 9000, .memory)!
      #expect(Page.containing(first) == Page.containing(second))
      // The class that lost its page gets another one while the page is in use.
      let third = Heap.allocate(heap, 5000, .memory)!
      #expect(Page.containing(third) != Page.containing(second))
    }
  }

  @Test func theMemoryLimitRefusesMoreThanItAllows() {
    withHeap { heap in
      heap.pointee.memoryLimit = 8 << 20
      var blocks = 0
      while Heap.allocate(heap, 1024, .tracked) != nil { blocks += 1 }
      #expect(blocks > 6000 && blocks <= 8192)
      #expect(Heap.allocate(heap, 1 << 30, .memory) == nil)
    }
  }

  @Test func blocksFreedByAnotherThreadAreUsedAgain() {
    withHeap { heap in
      for _ in 0..<5 {
        let blocks = (0..<50_000).map { _ in Heap.allocate(heap, 64, .tracked)! }
        nonisolated(unsafe) let shared = blocks
        var thread = pthread_t()
        let box = Unmanaged.passRetained(ThreadBody {
          krait_set_current(9, nil, nil)
          for block in shared { Heap.freeObject(block) }
        })
        pthread_create(&thread, nil, { Unmanaged<ThreadBody>.fromOpaque($0!).takeRetainedValue().body(); return nil }, box.toOpaque())
        pthread_join(thread, nil)
      }
      #expect(heap.pointee.footprint < 12 << 20)
    }
  }
}

private final class ThreadBody {
  let body: () -> Void
  init(_ body: @escaping () -> Void) { self.body = body }
}

@Suite struct ValueTests {
  @Test func doublesKeepTheirBitsOrAreRefused() {
    var random = SystemRandomNumberGenerator()
    var cases: [Double] = [0, -0.0, 1, -1, 0.1, .pi, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1.72723e-77, 1e300, 1e-300]
    for _ in 0..<100_000 { cases.append(Double(bitPattern: random.next())) }
    for value in cases {
      let encoded = Value(immediate: value)
      if !encoded.isAbsent {
        #expect(encoded.isImmediateDouble && encoded.immediateDouble.bitPattern == value.bitPattern)
      }
    }
    for value in [0.0, 1, -1, 0.5, 1e10, -1e-10, 123456.789] { #expect(!Value(immediate: value).isAbsent) }
  }

  @Test func smallIntegersKeepTheirValue() {
    for value in [0, 1, -1, Value.smallIntegerRange.lowerBound, Value.smallIntegerRange.upperBound] {
      #expect(Value(smallInteger: value).isSmallInteger && Value(smallInteger: value).smallInteger == value)
    }
  }

  @Test func constantsAreToldApart() {
    #expect(Value.true.isBool && Value.false.isBool && !Value.none.isBool && !Value.notImplemented.isBool && !Value.ellipsis.isBool)
    #expect(!Value.true.isObject && !Value.none.isSmallInteger && !Value.none.isImmediateDouble)
  }

  @Test func aDebuggingHeapPoisonsAndCountsEachAllocation() {
    let heap = Heap.create(owner: 7, debugging: true)!
    krait_set_current(7, heap, nil)
    let block = Heap.allocate(heap, 64, .tracked)!
    Heap.freeObject(block)
    #expect(UnsafeRawBufferPointer(start: block + 16, count: 48).allSatisfy { $0 == 0xDB })
    heap.pointee.allocationsUntilFailure = 2
    #expect(Heap.allocate(heap, 64, .tracked) != nil)
    #expect(Heap.allocate(heap, 32, .memory) != nil)
    #expect(Heap.allocate(heap, 64, .tracked) == nil)
    krait_set_current(0, nil, nil)
    Heap.destroy(heap)
  }
}
