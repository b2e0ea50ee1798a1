"""Objects that interpreters share without a copy; a runtime that cannot do that has nothing to check."""
import gc
import os
import sys
import threading
import weakref
from concurrent import interpreters

try:
    import krait
except ImportError:
    krait = None


class Class:
    pass


def work(items, rounds):
    total = 0
    for _ in range(rounds):
        kept = [item for item in items]
        total += len({item: 1 for item in kept})
    return total


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


GRAPH = (
    "text" * 10, b"bytes" * 1000, 2**200, -(2**70), 1e300, 1.5, complex(-0.0, 2), None, True, ..., frozenset(range(2000)) | {"a", ("b", 3.25), float("1e-310")}, (), frozenset(),
    "é€😀" * 5,
)


def check_values():
    shared = krait.share(GRAPH)
    assert shared == GRAPH and shared is not GRAPH and krait.share(shared) is shared
    assert krait.share(5) == 5 and krait.share(None) is None
    assert repr(shared[6]) == repr(GRAPH[6])
    assert hash(shared) == hash(GRAPH)
    assert len(shared[10]) == 2003 and ("b", 3.25) in shared[10] and 1999 in shared[10] and 5000 not in shared[10]
    text = "name" * 3
    twice = krait.share((text, text, (text,)))
    assert twice[0] is twice[1] is twice[2][0]
    try:
        weakref.ref(shared[10])
    except TypeError:
        pass
    else:
        assert False


def check_refusals():
    deep = ()
    for value in ([1], (1, [2]), {1: 2}, bytearray(b"x"), frozenset({Class}), Class(), work):
        try:
            krait.share(value)
        except interpreters.NotShareableError:
            continue
        assert False, value
    for _ in range(100_000):
        deep = (deep,)
    try:
        krait.share(deep)
    except RecursionError:
        pass


def check_queues():
    shared = krait.share(GRAPH)
    queue, answers = interpreters.create_queue(), interpreters.create_queue()
    interp = interpreters.create()
    queue.put(shared)
    interp.prepare_main(queue=queue, answers=answers)
    interp.exec("got = queue.get(); again = got[:]; answers.put((len(got), got[0], got[10] is again[10], hash(got[1]), id(got)))")
    assert answers.get() == (len(GRAPH), GRAPH[0], True, hash(GRAPH[1]), id(shared))
    interp.exec("answers.put(got)")
    back = answers.get()
    assert back is shared
    interp.close()
    assert back == GRAPH


def check_names():
    name = krait.share("attribute_name_that_is_shared")
    thing = Class()
    setattr(thing, name, 1)
    assert thing.attribute_name_that_is_shared == 1 and name in vars(thing) and {name: 2}["attribute_name_that_is_shared"] == 2
    interp = interpreters.create()
    interp.prepare_main(name=name)
    interp.exec("class C: pass\nc = C()\nsetattr(c, name, 3)\nassert c.attribute_name_that_is_shared == getattr(c, name) == 3")
    interp.close()
    assert getattr(thing, name) == 1


def check_counts():
    items = krait.share(tuple(f"item {number}" * 3 for number in range(200)))
    workers = [interpreters.create() for _ in range(3)]
    results = []
    threads = [threading.Thread(target=lambda interp=interp: results.append(interp.call(work, items, 200))) for interp in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [40_000] * 3
    for interp in workers:
        interp.close()
    del threads
    gc.collect()
    assert sys.getrefcount(items) < 10, sys.getrefcount(items)


def check_memory():
    before = resident()
    for _ in range(20):
        big = krait.share(tuple(bytes(1000) for _ in range(20_000)) + (bytes(3_000_000),))
        interp = interpreters.create()
        interp.prepare_main(big=big)
        del big
        interp.exec("assert len(big) == 20_001")
        interp.close()
    gc.collect()
    # A heap that checks keeps what was freed.
    if krait.threading_model() != "none" and "KRAIT_HEAP" not in os.environ:
        assert resident() - before < 60 << 20


for check in (check_values, check_refusals, check_queues, check_names, check_counts, check_memory):
    if krait:
        check()
    print(check.__name__)
