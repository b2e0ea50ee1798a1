"""Code that native functions run for a moment (comparisons, indices, keys) gives others the container that the function works on: what is put in afterwards is known to them, too.

Each thread changes what it finds in the containers of the others. Nothing may crash.
"""
import heapq
import random
import sys
import threading
import time

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
END = time.monotonic() + SECONDS
known = [None]
failed = []


def publish(name):
    """What the caller of the special method that calls this works on."""
    known[0] = sys._getframe(2).f_locals.get(name, known[0])


class Item:
    def __init__(self, value):
        self.value = value
        self.items = []

    def __lt__(self, other):
        publish("heap")
        return self.value < getattr(other, "value", other)

    def __gt__(self, other):
        return self.value > getattr(other, "value", other)


class Index:
    def __index__(self):
        publish("items")
        return 0


class Key:
    def __hash__(self):
        return 7

    def __eq__(self, other):
        publish("table")
        return self is other


def change(items):
    for number in range(300):
        items.append([number])
    for _ in range(300):
        try:
            items.pop()
        except IndexError:
            break


def heaps():
    heap = [Item(1)]
    heapq.heappushpop(heap, Item(5))
    heapq.heappush(heap, Item(0))
    heapq.heapreplace(heap, Item(3))
    change(heap[0].items)


def lists():
    items = []
    items.insert(Index(), [1])
    change(items[0])
    items.pop(Index())


def tables():
    table = {Key(): []}
    for number in (7, 15, 7):
        table.setdefault(number, []).append(number)
    table.pop(7, None)
    table = {Key(), 1}
    table.add(7)
    table.discard(7)


def least():
    items = [[number] for number in range(20)]

    def key(item):
        known[0] = items
        return item[0] if item else 0

    min(items, key=key)
    sorted(items, key=key)
    change(items[0])


def run(seed):
    source = random.Random(seed)
    try:
        while time.monotonic() < END and not failed:
            try:
                source.choice((heaps, lists, tables, least))()
            except IndexError:
                pass
            found = known[0]
            if isinstance(found, list):
                for item in found[:3]:
                    change(item.items if isinstance(item, Item) else item) if isinstance(item, (Item, list)) else None
            elif isinstance(found, dict):
                found[source.randrange(40)] = []
            elif isinstance(found, set):
                found.add(source.randrange(4000))
    except BaseException as error:
        failed.append(error)
        raise


threads = [threading.Thread(target=run, args=(SEED * 10 + number,)) for number in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("published:", "failed" if failed else "done")
sys.exit(bool(failed))
