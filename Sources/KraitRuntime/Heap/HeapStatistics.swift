// What the heaps hold, for `-X heap-statistics`: by kind of memory and by type, printed before the main interpreter ends.

import CJemalloc
import CKraitCore
import Glibc

enum HeapStatistics {
  /// Set before the start.
  nonisolated(unsafe) static var isOn = false
  /// The heap of what is immortal.
  nonisolated(unsafe) static var shared: UnsafeMutablePointer<Heap>?

  static func report() {
    if let shared { report("shared", shared) }
    report("interpreter", currentHeap)
    var allocated = 0
    var size = MemoryLayout<Int>.size
    var epoch: UInt64 = 1
    mallctl("epoch", nil, nil, &epoch, MemoryLayout<UInt64>.size)
    mallctl("stats.allocated", &allocated, &size, nil, 0)
    print("malloc and heaps: \(allocated >> 10) KiB\n")
  }

  private static func report(_ name: String, _ heap: UnsafeMutablePointer<Heap>) {
    var touched = 0
    var objects = 0
    var plain = 0
    var plainBySize: [Int: Int] = [:]
    var segment = heap.pointee.segments
    while let this = segment {
      touched += Segment.headerSize
      for number in 0..<Int(this.pointee.pagesUsed) {
        let page = (UnsafeMutableRawPointer(this) + 64 + number * Page.size).assumingMemoryBound(to: Page.self)
        let first = Page.firstBlock(page)
        touched += page.pointee.fresh - first
        let bytes = Int(page.pointee.used) * Int(page.pointee.blockSize)
        if page.pointee.holdsObjects { objects += bytes } else {
          plain += bytes
          plainBySize[Int(page.pointee.blockSize), default: 0] += Int(page.pointee.used)
        }
      }
      segment = this.pointee.next
    }
    print(
      "\(name) heap: \(heap.pointee.footprint >> 10) KiB taken, \(touched >> 10) KiB of pages touched; in use: objects \(objects >> 10) KiB, plain memory \(plain >> 10) KiB\n")
    var byType: [TypeObject: (count: Int, bytes: Int)] = [:]
    heap.pointee.forEachObject { object in
      let segment = Segment.containing(object)
      let size = segment.pointee.largeSize > 0 ? segment.pointee.largeSize : Int(Page.containing(object).pointee.blockSize)
      let known = byType[object.shape.type] ?? (0, 0)
      byType[object.shape.type] = (known.count + 1, known.bytes + size)
    }
    for (type, (count, bytes)) in byType.sorted(by: { ($0.value.bytes, $0.key.nameText) > ($1.value.bytes, $1.key.nameText) }).prefix(24) {
      print("  \(bytes / 1024) KiB in \(count) of \(type.nameText)\n")
    }
    for (size, count) in plainBySize.sorted(by: { $0.key * $0.value > $1.key * $1.value }).prefix(16) {
      print("  \(size * count / 1024) KiB in \(count) blocks of \(size) bytes\n")
    }
  }

  private static func print(_ text: String) {
    var text = text
    text.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
  }
}
