"""Objects that begin as one thread's own and come into the hands of others in every way there is, while their maker goes on changing them.

Each thread makes instances, lists, dicts, sets and generators, changes them, lets some of them go to others (through containers, attributes, closures, generators, frames, tracebacks, arguments of
native functions, special methods, `gc`), and changes them further. What others find is read and changed at random. Nothing may crash, and what nobody let go of must be what its thread made it.
"""
import gc
import random
import sys
import threading
import time

SECONDS, SEED = float(sys.argv[1]), int(sys.argv[2])
MODEL = "none" if not sys._is_gil_enabled() else "locked"
expected = sys.flags.gil == 0 if hasattr(sys.flags, "gil") else None
assert expected is None or expected == (MODEL == "none"), MODEL

OPEN_LIST, OPEN_DICT, OPEN_SET = [], {}, set()
frames = []


class Base:
    __slots__ = ()
    kind = "node"

    def __init__(self, value, parent=None):
        self.value = value
        self.parent = parent
        self.items = []
        self.table = {}

    def grow(self, count):
        for index in range(count):
            self.items.append(index)
            self.table[index] = [index]
            self.value += 1
        return self

    def __add__(self, other):
        return type(self)(self.value + other.value, self)

    def __eq__(self, other):
        return isinstance(other, Base) and self.value == other.value

    __hash__ = None

    def __iter__(self):
        for item in self.items:
            yield item

    @property
    def half(self):
        return self.items[: len(self.items) // 2]

    def keep(self, *rest, **named):
        OPEN_LIST.append(rest)
        OPEN_DICT[self.value & 63] = named


class Node(Base):
    pass


class Slotted(Base):
    __slots__ = ("value", "parent", "items", "table", "child", "pair", "set", "lines", "nested", "extra")


class Holder:
    pass


HOLDER = Holder()
HOLDER.slot = None


def numbers(node):
    while True:
        own = [node]
        got = yield own
        own.append(got)


def make(state):
    kind = state.choice((Node, Slotted))
    node = kind(state.randrange(100))
    node.grow(state.randrange(12))
    child = kind(1, node)
    node.child = child
    node.pair = (child, [1, 2, 3])
    node.set = {1, 2, state.randrange(50)}
    node.lines = [str(n) for n in range(5)]
    node.nested = [[n] for n in range(4)]
    return node


def by_exception(node):
    own = [node.items, {1: node}]
    try:
        raise ValueError(own)
    except ValueError as error:
        OPEN_LIST.append(error)
        own.append(error.__traceback__.tb_frame)
    return own


def by_frame(node):
    own = {"node": node, "list": [node]}
    frames.append(sys._getframe())
    for index in range(5):
        own[index] = [index]
        node.items.append(index)
    return own


def let_go(node, state):
    way = state.randrange(22)
    if way == 0:
        OPEN_LIST.append(node)
    elif way == 1:
        OPEN_DICT[state.randrange(64)] = node
    elif way == 2:
        HOLDER.slot = node
    elif way == 3:
        OPEN_LIST.append((node, node.items))
    elif way == 4:
        OPEN_LIST.append(iter(node.items))
    elif way == 5:
        OPEN_LIST.append(node.table.items())
    elif way == 6:
        OPEN_LIST.append(enumerate(node.nested))
    elif way == 7:
        OPEN_LIST.append(lambda: node)
    elif way == 8:
        generator = numbers(node)
        next(generator)
        generator.send(node.table)
        OPEN_LIST.append(generator)
        try:
            generator.send([node])
        except (ValueError, StopIteration):
            # Another thread has found the generator and runs it, or has run it to its end.
            pass
    elif way == 9:
        by_exception(node)
    elif way == 10:
        by_frame(node)
    elif way == 11:
        OPEN_LIST.append(node.grow)
    elif way == 12:
        node.keep(node.items, [node], items=node.table)
    elif way == 13:
        OPEN_LIST.extend(node.nested)
    elif way == 14:
        OPEN_LIST.append(sorted(node.nested, key=lambda item: item[0]))
    elif way == 15:
        OPEN_LIST.append(list(map(lambda item: node, node.items)))
    elif way == 16:
        setattr(HOLDER, f"slot{state.randrange(4)}", node.nested)
    elif way == 17:
        OPEN_LIST.append(max(node.nested, key=len, default=node))
    elif way == 18:
        OPEN_LIST.append(vars(node) if type(node) is Node else node.child)
    elif way == 19:
        OPEN_LIST.append(slice(node, node.items))
    elif way == 20:
        global latest
        latest = node
    else:
        OPEN_LIST[len(OPEN_LIST):] = [node.items, node.set]


latest = None


def touch(value, state, depth=0):
    """Reads and changes what was found."""
    if depth > 4:
        return
    if isinstance(value, Base):
        value.value += 1
        value.extra = [value.value]
        value.items.append(depth)
        touch(value.items, state, depth + 1)
        touch(value.table, state, depth + 1)
        touch(getattr(value, "nested", None), state, depth + 1)
        if state.randrange(8) == 0:
            value.items = []
        if len(value.items) > 200:
            value.items.clear()
    elif isinstance(value, list):
        try:
            touch(value[state.randrange(len(value))], state, depth + 1)
        except (IndexError, ValueError):
            pass
        value.append(depth)
        if len(value) > 300:
            del value[:250]
        if state.randrange(6) == 0 and value:
            try:
                value.pop()
            except IndexError:
                pass
    elif isinstance(value, dict):
        value[state.randrange(30)] = depth
        for key in list(value)[:3]:
            touch(value.get(key), state, depth + 1)
        if len(value) > 100:
            value.clear()
    elif isinstance(value, tuple):
        for item in value:
            touch(item, state, depth + 1)
    elif isinstance(value, set):
        value.add(state.randrange(60))
        value.discard(state.randrange(60))
    elif isinstance(value, BaseException):
        touch(value.args, state, depth + 1)
        frame = value.__traceback__.tb_frame if value.__traceback__ else None
        if frame is not None:
            touch(dict(frame.f_locals).get("own"), state, depth + 1)
    elif callable(value):
        touch(value() if value.__code__.co_argcount == 0 else None, state, depth + 1) if hasattr(value, "__code__") else None
    elif hasattr(value, "gi_frame"):
        try:
            touch(value.send(None), state, depth + 1)
        except (ValueError, StopIteration, TypeError):
            pass
    elif hasattr(value, "__next__"):
        try:
            touch(next(value), state, depth + 1)
        except (StopIteration, RuntimeError):
            pass


def peek(value):
    """Reads what may be the inside of another thread's own work."""
    if isinstance(value, Base):
        # One that gc shows may not have got all of its attributes yet.
        value = (getattr(value, "value", 0), list(getattr(value, "items", ())), dict(getattr(value, "table", {})))
    if isinstance(value, (tuple, set)) or isinstance(value, (list, dict)) and value is not OPEN_LIST and value is not OPEN_DICT and len(value) < 100:
        try:
            len(list(value))
        except RuntimeError:
            pass


def look(state):
    for _ in range(20):
        try:
            touch(OPEN_LIST[state.randrange(len(OPEN_LIST))], state)
        except (IndexError, ValueError):
            pass
        touch(OPEN_DICT.get(state.randrange(64)), state)
        touch(HOLDER.slot, state)
        touch(latest, state)
    way = state.randrange(40)
    if way == 0:
        del OPEN_LIST[:]
    elif way == 1:
        OPEN_DICT.clear()
    elif way == 2 and frames:
        try:
            peek(dict(frames.pop().f_locals).get("own"))
        except IndexError:
            pass
    elif way == 3:
        for frame in list(sys._current_frames().values()):
            for value in list(dict(frame.f_locals).values())[:6]:
                peek(value)
    elif way == 4 and state.randrange(6) == 0:
        for value in gc.get_objects()[-200:]:
            if isinstance(value, Base):
                peek(value)
    elif way == 5:
        del frames[:-20]


def own_work(state):
    """What nobody else ever gets must be what this thread made it."""
    count = state.randrange(5, 40)
    table, node = {}, state.choice((Node, Slotted))(0)
    seen = set()
    for index in range(count):
        table[index] = table.get(index, 0) + index
        table[str(index)] = [index]
        node.value += 1
        node.items.append(index)
        seen.add(index)
    assert node.value == count and node.items == list(range(count)), (node.value, node.items)
    assert len(table) == 2 * count and sum(table[index] for index in range(count)) == sum(range(count))
    assert seen == set(range(count)) and all([str(index) in table for index in range(count)])
    squares = {index: index * index for index in range(count)}
    assert [value for _, value in squares.items()] == [index * index for index in range(count)]
    assert [key for key in squares] == list(range(count)) and sorted(squares.values(), reverse=True)[0] == (count - 1) ** 2
    assert [number for number, item in enumerate(node.items)] == node.items
    items = node.items[::-1]
    items.sort()
    assert items == node.items and items.pop() == count - 1
    first = numbers(node)
    assert next(first)[0] is node
    total = 0
    for item in node:
        total += item
    assert total == sum(range(count)) and (node + node).value == 2 * count and len(node.half) == count // 2


failures = []


def run(seed, end):
    state = random.Random(seed)
    try:
        while time.monotonic() < end and not failures:
            own_work(state)
            nodes = [make(state) for _ in range(3)]
            for node in nodes:
                let_go(node, state)
                node.grow(3)
                node.nested.append([len(node.nested)])
                node.set.add(state.randrange(50))
                node.extra = {"a": node}
                touch(node, state)
            look(state)
            if len(OPEN_LIST) > 400:
                try:
                    del OPEN_LIST[:200]
                except IndexError:
                    pass
    except BaseException as error:
        if not isinstance(error, (RuntimeError, KeyError)) or "changed" not in str(error):
            failures.append(error)
            raise


end = time.monotonic() + SECONDS
threads = [threading.Thread(target=run, args=(SEED * 100 + number, end)) for number in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
if failures:
    sys.exit(f"failed: {failures[0]!r}")
