"""What threads do to stay out of one another's way, and caches that they share: locks with counters, weak references to what other threads end, `lru_cache` and attributes by name.

No update under a lock may be lost, no cache may answer for other arguments, and a weak reference gives its object or nothing.
"""
import functools
import gc
import random
import sys
import threading
import time
import weakref

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
END = time.monotonic() + SECONDS
THREADS = 4
failed = []

plain, recursive, condition = threading.Lock(), threading.RLock(), threading.Condition()
counters = {"plain": 0, "recursive": 0, "condition": 0, "tried": 0}
done = [dict.fromkeys(counters, 0) for _ in range(THREADS)]
tried = threading.Lock()


def count(name):
    """Reads, lets others run, and stores: an update is lost if another thread is here, too."""
    value = counters[name]
    if value & 255 == 0:
        time.sleep(0)
    counters[name] = value + 1


def lock_plainly(chance, own):
    for _ in range(chance.randrange(50)):
        with plain:
            count("plain")
        plain.acquire()
        try:
            assert plain.locked()
            count("plain")
        finally:
            plain.release()
        own["plain"] += 2


def lock_again(chance, own):
    for _ in range(chance.randrange(30)):
        with recursive:
            assert recursive._is_owned()
            with recursive:
                count("recursive")
            recursive.acquire()
            recursive.release()
            count("recursive")
        own["recursive"] += 2
    try:
        recursive.release()
    except RuntimeError:
        pass
    else:
        failed.append("released another thread's lock")


def lock_if_free(chance, own):
    for _ in range(chance.randrange(50)):
        if tried.acquire(False) if chance.randrange(2) else tried.acquire(timeout=0.001):
            count("tried")
            own["tried"] += 1
            tried.release()


def wait_for_others(chance, own):
    with condition:
        count("condition")
        own["condition"] += 1
        condition.notify()
        if chance.randrange(4) == 0:
            condition.wait(0.002)
        count("condition")
        own["condition"] += 1


handed = threading.Lock()
handed.acquire()


def hand_over(chance, own):
    """One thread takes what another one gives up."""
    if handed.acquire(timeout=0.0005):
        return
    try:
        handed.release()
    except RuntimeError:
        pass


class Node:
    kind = "node"

    def __init__(self, number):
        self.number = number
        self.items = [number]

    def method(self):
        return self.number


class Leaf(Node):
    pass


class Reference(weakref.ref):
    pass


class Called(weakref.ref):
    def __call__(self):
        found = super().__call__()
        return None if found is None else (found,)


nodes = [Node(number) for number in range(8)]
references = [weakref.ref(node) for node in nodes]
table = weakref.WeakValueDictionary(enumerate(nodes))
ended = []


def end_nodes(chance, own):
    for _ in range(20):
        place = chance.randrange(len(nodes))
        node = (Node, Leaf)[chance.randrange(2)](chance.randrange(100))
        kind = chance.randrange(4)
        references[place] = (weakref.ref(node), Reference(node), Called(node), weakref.ref(node, ended.append))[kind]
        table[place] = node
        nodes[place] = node
    if len(ended) > 1000:
        ended.clear()


def ask_references(chance, own):
    for _ in range(100):
        reference = references[chance.randrange(len(references))]
        found = reference()
        if type(reference) is Called and found is not None:
            found = found[0]
        if found is not None and (found.items != [found.number] or not isinstance(found, Node)):
            failed.append(f"a reference led to {found!r}")
        found = table.get(chance.randrange(len(nodes)))
        if found is not None and found.method() != found.number:
            failed.append(f"the table led to {found!r}")
        del found
    if chance.randrange(50) == 0:
        gc.collect()


@functools.lru_cache(maxsize=16)
def squared(number):
    return [number, number * number]


@functools.lru_cache(maxsize=None)
def doubled(number, text="x"):
    return (number, text * 2)


@functools.lru_cache(maxsize=3, typed=True)
def typed(value):
    return type(value), value


def ask_caches(chance, own):
    for _ in range(100):
        number = chance.randrange(24)
        if squared(number) != [number, number * number]:
            failed.append(f"squared({number})")
        text = chance.choice("abcdef")
        if doubled(number, text) != (number, text * 2) or doubled(number) != (number, "xx") or doubled(number, text=text) != (number, text * 2):
            failed.append(f"doubled({number}, {text})")
        value = chance.choice((1, 1.0, True))
        if typed(value) != (type(value), value):
            failed.append(f"typed({value})")
    if chance.randrange(40) == 0:
        chance.choice((squared, doubled)).cache_clear()
    information = squared.cache_info()
    if information.currsize > 16 + THREADS:
        failed.append(information)


class Shared:
    common = 1

    def method(self):
        return self


class Derived(Shared):
    pass


class Other:
    def __init__(self):
        self.value = 0


shared = [Shared(), Derived(), Shared(), Other()]
names = ("value", "common", "missing", "method", "more", "__class__")


def ask_attributes(chance, own):
    for _ in range(50):
        object, name = chance.choice(shared), chance.choice(names)
        found = getattr(object, name, None)
        if name == "missing" and (found is not None or hasattr(object, name)):
            failed.append(f"found {name} in {object}")
        if name == "__class__" and found is not type(object):
            failed.append(f"{found} is no class of {object}")
        if name == "method" and found is not None and found() is not object:
            failed.append("another object's method")
        if name == "value" and found is not None and found not in ([1], 0, 1, 2, "text"):
            failed.append(f"{name} is {found}")
        try:
            getattr(object, name)
        except AttributeError:
            pass
        isinstance(object, (Derived, Other))
        isinstance(object, Derived)


def change_attributes(chance, own):
    object, choice = chance.choice(shared), chance.randrange(8)
    if choice == 0:
        setattr(object, "value", [1])
    elif choice == 1:
        object.value = chance.randrange(3)
    elif choice == 2:
        setattr(object, "more", "text")
    elif choice == 3:
        try:
            delattr(object, chance.choice(("value", "more")))
        except AttributeError:
            pass
    elif choice == 4:
        setattr(Shared, "common", [chance.randrange(3)])
    elif choice == 5:
        Derived.value = "text"
    elif choice == 6:
        try:
            del Derived.value
        except AttributeError:
            pass
    else:
        shared[chance.randrange(3)] = (Shared, Derived)[chance.randrange(2)]()


def own_instances(chance, own):
    """One instruction that sees objects of several classes of the thread's own."""
    total = 0
    for kind in (Node, Leaf, Node, Leaf):
        node = kind(chance.randrange(10))
        setattr(node, "number", node.number + 1)
        bound = node.method
        total += bound() - node.items[0] + (node.__class__ is kind)
        super(Leaf, node).__init__(1) if kind is Leaf else None
    if total != 8:
        failed.append(f"own instances gave {total}")


ACTIONS = (
    lock_plainly, lock_again, lock_if_free, wait_for_others, hand_over, end_nodes, ask_references, ask_caches, ask_attributes, change_attributes, own_instances,
)


def run(number):
    chance = random.Random(SEED * 100 + number)
    try:
        while time.monotonic() < END and not failed:
            chance.choice(ACTIONS)(chance, done[number])
    except BaseException as error:
        failed.append(error)
        raise


threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for name, value in counters.items():
    expected = sum(own[name] for own in done)
    if value != expected:
        failed.append(f"{name}: {value} instead of {expected}")
if plain.locked() or tried.locked():
    failed.append("a lock is still held")
print("locking:", failed[:3] if failed else "done", counters)
sys.exit(bool(failed))
