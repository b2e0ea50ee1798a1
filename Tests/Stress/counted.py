#!/usr/bin/env python3
"""Threads take the same inner containers and instances out of others all the time, keep some for a while, pass them on and drop them, while one puts others in their places. After each round nobody has what was
replaced: all of it must have ended, without a collection.

    krait Tests/Stress/counted.py [SECONDS [SEED]]
"""
import gc
import random
import sys
import threading
import time
import weakref

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
READERS = 3

ended = 0
lock = threading.Lock()
called = []


def note_end():
    global ended
    with lock:
        ended += 1


class Row(list):
    def __del__(self):
        note_end()


class Table(dict):
    def __del__(self):
        note_end()


class Holder:
    def __init__(self, number):
        self.table = Table((key, number) for key in range(4))
        self.row = [number] * 4

    def both(self, key):
        return self.table[key] + self.row[key]

    def __del__(self):
        note_end()


made = 0


def make(kind, number):
    global made
    # A holder has a table as well.
    made += 2 if kind is Holder else 1
    return Holder(number) if kind is Holder else kind((key, number) for key in range(4)) if kind is Table else kind([number] * 4)


KINDS = Row, Table, Holder
world = [[make(kind, 0) for _ in range(3)] for kind in KINDS]
plain = [[0] * 4 for _ in range(3)]
mailbox = []
failures = []
start = threading.Barrier(READERS + 2)
stop = threading.Barrier(READERS + 2)
isOver = False


def fail(error):
    failures.append(error)
    start.abort()
    stop.abort()


def watched(body):
    def run(number):
        try:
            while True:
                start.wait()
                if isOver:
                    return
                body(random.Random(f"{SEED} {number} {rounds}"))
                stop.wait()
        except threading.BrokenBarrierError:
            pass
        except BaseException as error:
            fail(error)
            raise

    return run


def read(dice):
    kept = []
    rows, tables, holders = world
    for _ in range(20):
        index = dice.randrange(3)
        for key in range(4):
            for _ in range(dice.choice((3, 30, 300))):
                row, table, holder = rows[index], tables[index], holders[index]
                assert row[key] == row[0], row
                assert table[key] == table[0], table
                assert holder.table[key] == holder.both(key) // 2
                assert 0 <= plain[index][key] < 30
        choice = dice.randrange(4)
        if choice == 0:
            kept.append((row, holder.table, [table]))
        elif choice == 1:
            mailbox.append(holder)
            mailbox.append(row)
        elif choice == 2:
            try:
                mailbox.pop()
            except IndexError:
                pass
        else:
            kept = kept[1:]
    del row, table, holder, rows, tables, holders


def write(dice):
    for number in range(1, 30):
        kind = dice.randrange(3)
        index = dice.randrange(3)
        old = world[kind][index]
        world[kind][index] = make(KINDS[kind], number)
        plain[index] = [number] * 4
        if dice.random() < 0.3:
            seen = weakref.ref(old, called.append)
            seens.append(seen)
            assert seen() is old
        if dice.random() < 0.1:
            gc.collect()
        del old


def expect(condition, state):
    """What has no reference left ends when a thread comes to a safepoint."""
    patience = time.monotonic() + 20
    while not condition():
        if time.monotonic() > patience:
            raise AssertionError(state())
        time.sleep(0.0005)


seens = []
rounds = 0
threads = [threading.Thread(target=watched(read), args=(number,)) for number in range(READERS)]
threads.append(threading.Thread(target=watched(write), args=(READERS,)))
for thread in threads:
    thread.start()
end = time.monotonic() + SECONDS
try:
    while time.monotonic() < end:
        start.wait()
        stop.wait()
        rounds += 1
        mailbox.clear()
        # Nine things are in the world, three of them with a table each.
        expect(lambda: made - ended == 12, lambda: (rounds, made, ended))
        assert all(seen() is None for seen in seens) and len(called) == len(seens), (rounds, len(called), len(seens))
        seens.clear()
        called.clear()
        for kind in world:
            for item in kind:
                # The list's, the loop's and the call's.
                expect(lambda: sys.getrefcount(item) <= 3, lambda: (rounds, sys.getrefcount(item), type(item)))
        del kind, item
    isOver = True
    start.wait()
except threading.BrokenBarrierError:
    pass
except BaseException as error:
    fail(error)
for thread in threads:
    thread.join()
if failures:
    sys.exit(f"failed: {failures[0]!r}")
assert rounds > 0
world.clear()
assert made == ended, (made, ended)
