// Channels between interpreters, known by their numbers. Unlike a queue, a channel has ends that interpreters hold and give up, and senders may wait for receivers.

import CKraitCore
import Glibc
import KraitRuntime

/// What went wrong with a channel.
enum ChannelFailure: Error {
  case notFound, closed, closedForInterpreter, empty, notEmpty
  /// It was closed while a sender waited.
  case closedMeanwhile
}

/// Which ends of a channel are meant.
enum ChannelEnd: Int {
  case receive = -1
  case both = 0
  case send = 1
}

/// A sender that waits until its item is received.
final class ChannelWaiter: @unchecked Sendable {
  /// A futex: 0 while it waits, 1 when the item was received, 2 when it never will be.
  let word: UnsafeMutablePointer<UInt32>

  init() {
    word = .allocate(capacity: 1)
    word.initialize(to: 0)
  }

  deinit { word.deallocate() }

  func finish(received: Bool) {
    krait_store32_release(word, received ? 1 : 2)
    krait_futex_wake(word, 1)
  }
}

/// The state of a channel. Guarded by the lock of ``SharedChannels``.
final class SharedChannel {
  struct Item {
    var item: SharedItem
    var waiter: ChannelWaiter?
  }

  var items: [Item] = []
  /// By number, whether the interpreter still holds the end. Kept after it was given up.
  var senders: [Int: Bool] = [:]
  var receivers: [Int: Bool] = [:]
  let unbound: UnboundItem
  let fallback: SharedData.Fallback
  var isOpen = true
  /// Nothing more can be sent; it closes when it is empty.
  var isClosing = false
  /// Closed for good.
  var isGone = false
  /// `ChannelID` objects.
  var objects = 0

  init(_ unbound: UnboundItem, _ fallback: SharedData.Fallback) {
    self.unbound = unbound
    self.fallback = fallback
  }

  /// Whether an interpreter holds an end, or none ever did.
  var hasOpenEnds: Bool {
    if senders.isEmpty && receivers.isEmpty { return true }
    return senders.values.contains(true) || receivers.values.contains(true)
  }

  func finishClosing() {
    if isClosing && items.isEmpty { isGone = true }
  }

  /// Takes all items out, to be released without the lock.
  func drain() -> [Item] {
    let all = items
    items = []
    return all
  }
}

/// The channels of the process by number.
enum SharedChannels {
  nonisolated(unsafe) private static var lock = SharedLock()
  nonisolated(unsafe) private static var channels: [Int: SharedChannel] = [:]
  nonisolated(unsafe) private static var next = 0

  static func make(_ unbound: UnboundItem, _ fallback: SharedData.Fallback) -> Int {
    lock.synchronized {
      let number = next
      next += 1
      channels[number] = SharedChannel(unbound, fallback)
      return number
    }
  }

  private static func release(_ items: [SharedChannel.Item]) {
    for item in items {
      if !item.item.isUnbound { item.item.data.release() }
      item.waiter?.finish(received: false)
    }
  }

  private static func open(_ number: Int) throws(ChannelFailure) -> SharedChannel {
    guard let channel = channels[number] else { throw .notFound }
    if channel.isGone || !channel.isOpen { throw .closed }
    return channel
  }

  private static func locked<Result>(_ body: () throws(ChannelFailure) -> Result) throws(ChannelFailure) -> Result {
    let result = lock.synchronized { () -> Swift.Result<Result, ChannelFailure> in
      do throws(ChannelFailure) { return .success(try body()) } catch { return .failure(error) }
    }
    return try result.get()
  }

  // MARK: Knowing

  static func defaults(_ number: Int) throws(ChannelFailure) -> (UnboundItem, SharedData.Fallback) {
    try locked { () throws(ChannelFailure) in
      let channel = try open(number)
      return (channel.unbound, channel.fallback)
    }
  }

  static func count(_ number: Int) throws(ChannelFailure) -> Int { try locked { () throws(ChannelFailure) in try open(number).items.count } }

  /// Numbers and defaults, the newest first.
  static var all: [(number: Int, unbound: UnboundItem, fallback: SharedData.Fallback)] {
    lock.synchronized { channels.filter { !$0.value.isGone }.sorted { $0.key > $1.key }.map { ($0.key, $0.value.unbound, $0.value.fallback) } }
  }

  /// Whether an interpreter holds an end.
  static func isAssociated(_ number: Int, _ interpreter: Int, sending: Bool) throws(ChannelFailure) -> Bool {
    try locked { () throws(ChannelFailure) in
      let channel = try open(number)
      if sending && channel.isClosing { throw .closed }
      return (sending ? channel.senders : channel.receivers)[interpreter] ?? false
    }
  }

  /// What `get_info()` tells: for each interpreter that ever held an end, whether it holds each still.
  struct Information {
    var isOpen = false
    var isClosing = false
    var count = 0
    var senders: [Int: Bool] = [:]
    var receivers: [Int: Bool] = [:]
  }

  static func information(_ number: Int) throws(ChannelFailure) -> Information {
    try locked { () throws(ChannelFailure) in
      guard let channel = channels[number] else { throw .notFound }
      if channel.isGone || !channel.isOpen { return Information() }
      return Information(
        isOpen: !channel.isClosing, isClosing: channel.isClosing, count: channel.items.count, senders: channel.senders, receivers: channel.receivers)
    }
  }

  // MARK: Objects

  /// Counts an object that stands for the channel.
  static func addObject(_ number: Int) throws(ChannelFailure) {
    try locked { () throws(ChannelFailure) in
      guard let channel = channels[number] else { throw .notFound }
      channel.objects += 1
    }
  }

  /// Counts it no more; the channel ends with the last.
  static func removeObject(_ number: Int) {
    let items = lock.synchronized { () -> [SharedChannel.Item] in
      guard let channel = channels[number] else { return [] }
      channel.objects -= 1
      if channel.objects > 0 { return [] }
      channels[number] = nil
      return channel.drain()
    }
    release(items)
  }

  static func destroy(_ number: Int) throws(ChannelFailure) {
    let items = try locked { () throws(ChannelFailure) -> [SharedChannel.Item] in
      guard let channel = channels.removeValue(forKey: number) else { throw .notFound }
      return channel.drain()
    }
    release(items)
  }

  // MARK: Sending and receiving

  /// Whether something can be sent: before the message is made.
  static func checkSending(_ number: Int) throws(ChannelFailure) {
    try locked { () throws(ChannelFailure) in if try open(number).isClosing { throw .closed } }
  }

  static func send(_ number: Int, _ item: SharedItem, _ waiter: ChannelWaiter?) throws(ChannelFailure) {
    try locked { () throws(ChannelFailure) in
      let channel = try open(number)
      if channel.isClosing { throw .closed }
      if channel.senders[item.interpreter] == false { throw .closedForInterpreter }
      channel.senders[item.interpreter] = true
      channel.items.append(SharedChannel.Item(item: item, waiter: waiter))
    }
  }

  /// Takes an item back that nobody has received; nil when it is gone.
  static func takeBack(_ number: Int, _ waiter: ChannelWaiter) -> SharedItem? {
    lock.synchronized {
      guard let channel = channels[number], let index = channel.items.firstIndex(where: { $0.waiter === waiter }) else { return nil }
      let item = channel.items.remove(at: index).item
      channel.finishClosing()
      return item
    }
  }

  static func receive(_ number: Int, _ interpreter: Int) throws(ChannelFailure) -> SharedChannel.Item {
    try locked { () throws(ChannelFailure) in
      let channel = try open(number)
      if channel.receivers[interpreter] == false { throw .closedForInterpreter }
      channel.receivers[interpreter] = true
      guard !channel.items.isEmpty else {
        if channel.isClosing { channel.isOpen = false }
        channel.finishClosing()
        throw .empty
      }
      let item = channel.items.removeFirst()
      channel.finishClosing()
      return item
    }
  }

  // MARK: Closing

  /// The interpreter gives ends up; with the last end the channel is closed.
  static func release(_ number: Int, _ interpreter: Int, _ end: ChannelEnd) throws(ChannelFailure) {
    try locked { () throws(ChannelFailure) in
      let channel = try open(number)
      if end != .receive { channel.senders[interpreter] = false }
      if end != .send { channel.receivers[interpreter] = false }
      channel.isOpen = channel.hasOpenEnds
    }
  }

  /// Closes the channel for all. One that is not empty closes when it is, if only the sending end is meant, or at once if forced.
  static func close(_ number: Int, _ end: ChannelEnd, isForced: Bool) throws(ChannelFailure) {
    let items = try locked { () throws(ChannelFailure) -> [SharedChannel.Item] in
      guard let channel = channels[number] else { throw .notFound }
      if channel.isGone || !isForced && end == .send && channel.isClosing || !channel.isOpen { throw .closed }
      if !isForced && !channel.items.isEmpty {
        if end != .send { throw .notEmpty }
        channel.isClosing = true
        return []
      }
      channel.isOpen = false
      channel.isGone = true
      return channel.drain()
    }
    release(items)
  }

  /// An interpreter ends: what it sent goes with it, and so do its ends.
  static func unbind(_ interpreter: Int) {
    let removed = lock.synchronized { () -> [SharedChannel.Item] in
      var removed: [SharedChannel.Item] = []
      for channel in channels.values where !channel.isGone {
        var kept: [SharedChannel.Item] = []
        for var item in channel.items {
          if item.item.interpreter == interpreter && !item.item.isUnbound {
            // A waiting sender goes on only when its item is taken out.
            removed.append(SharedChannel.Item(item: item.item, waiter: item.item.unbound == .remove ? item.waiter : nil))
            if item.item.unbound == .remove { continue }
            item.item.isUnbound = true
            item.item.data = .none
          }
          kept.append(item)
        }
        channel.items = kept
        if channel.senders[interpreter] != nil { channel.senders[interpreter] = false }
        if channel.receivers[interpreter] != nil { channel.receivers[interpreter] = false }
        channel.isOpen = channel.hasOpenEnds
      }
      return removed
    }
    release(removed)
  }
}
