"""Lists and tuples of derived classes that iterate in a way of their own: who asks `__iter__`, and who takes the items."""
class L(list):
    def __iter__(self):
        print("iter", end=" ")
        return iter([7, 8])
class T(tuple):
    def __iter__(self):
        print("iter", end=" ")
        return iter([7, 8])
def slices(v):
    for s in (slice(None, None, 2), slice(1, 3), slice(None, None, -1), slice(0, 0)):
        a = [1, 2, 3, 4]
        try:
            a[s] = v; print(a)
        except Exception as e: print(e)
def others(v):
    for f in (lambda: [0, *v], lambda: (lambda a: (a.extend(v), a)[1])([0]), lambda: [0].__iadd__(v), lambda: list(v), lambda: tuple(v), lambda: set(v), lambda: sorted(v), lambda: ",".join(map(str, v)), lambda: "-".join(v), lambda: b"".join(v), lambda: sum(v), lambda: max(v), lambda: dict.fromkeys(v), lambda: bytes(v), lambda: bytearray(v), lambda: [0] + v, lambda: (0,) + v, lambda: list(zip(v, v)), lambda: frozenset(v), lambda: {0} | set(v), lambda: {0}.union(v), lambda: {7}.issubset(v), lambda: {7, 9}.difference(v), lambda: {7, 9}.intersection(v), lambda: {7}.symmetric_difference(v), lambda: {1}.isdisjoint(v), lambda: list(map(abs, v)), lambda: list(enumerate(v)), lambda: dict(enumerate(v)), lambda: print(*v), lambda: all(v), lambda: any(v), lambda: (lambda x, y: (x, y))(*v), lambda: 7 in v, lambda: list(reversed(v)), lambda: [*v], lambda: (*v,), lambda: {*v}, lambda: __import__("collections").deque(v), lambda: __import__("array").array("i", v), lambda: __import__("heapq").nlargest(1, v), lambda: __import__("itertools").chain(v).__next__(), lambda: "%s %s" % v, lambda: str.format("{} {}", *v), lambda: __import__("math").fsum(v), lambda: __import__("math").prod(v), lambda: __import__("statistics").mean(v), lambda: bytearray(b"ab").extend(v), lambda: bytearray(b"ab").__setitem__(slice(0, 1), v), lambda: __import__("struct").pack("2i", *v), lambda: [x for x in v], lambda: "abc".startswith(v), lambda: isinstance(1, v), lambda: min(v, default=1), lambda: __import__("operator").countOf(v, 7), lambda: __import__("functools").reduce(lambda a, b: a + b, v), lambda: __import__("bisect").bisect(v, 7), lambda: memoryview(b"").__eq__(v), lambda: v == [1, 2], lambda: [1, 2] == v, lambda: v * 2, lambda: __import__("array").array("i").extend(v), lambda: __import__("array").array("i").fromlist(v), lambda: __import__("collections").Counter(v), lambda: __import__("json").dumps(v), lambda: repr(v)):
        try: r = f(); print(r if not hasattr(r, "__next__") else type(r))
        except Exception as e: print(type(e).__name__, e)
    a, b = v; print(a, b)
    a, *b = v; print(a, b)
    for x in v: print(x, end=" ")
    print()
    match v:
        case [p, q]: print(p, q)
    def g(): yield from v
    print(list(g()))
for v in (L([1, 2]), T([1, 2])):
    slices(v); others(v)
