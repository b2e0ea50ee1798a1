# Views: set operations, liveness, comparison, errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

d = {"a": 1, "b": 2, "c": 3}
k, v, i = d.keys(), d.values(), d.items()
print(k, v, i, len(k), len(v), len(i), "a" in k, 1 in v, ("a", 1) in i, ("a", 2) in i, "x" in i, ("a",) in i)
d["d"] = 4
print(list(k), list(v), list(i), sorted(k & {"a", "z"}), sorted(k | {"z"}), sorted(k - {"a"}), sorted(k ^ {"a", "z"}), sorted(i & {("a", 1)}), sorted({"a", "q"} & k), sorted({"a", "q"} - k), k.isdisjoint("xyz"), k.isdisjoint(["a"]))
print(k == {"a", "b", "c", "d"}, k <= {"a", "b", "c", "d", "e"}, k < set(k), k >= {"a"}, i == set(i), v == v, v == d.values(), k == d.keys(), k == ["a", "b", "c", "d"], {1: 2}.items() == {1: 2}.items(), k != set())
print(list(reversed(k)), list(reversed(i)), k.mapping, type(k.mapping).__name__, repr(i.mapping))
show('k[0]', lambda: k[0])
show('k.add("x")', lambda: k.add("x"))
show('v & {1}', lambda: v & {1})
show('k & 5', lambda: k & 5)
show('k | 5', lambda: k | 5)
show('k - "ab"', lambda: k - "ab")
show('sorted(k & "ab"), sorted(k | ["q"])', lambda: (sorted(k & "ab"), sorted(k | ["q"])))
show('k < 5', lambda: k < 5)
show('hash(k)', lambda: hash(k))
show('hash(v) is not None', lambda: hash(v) is not None)
show('{1: []}.items() & {(1, 2)}', lambda: {1: []}.items() & {(1, 2)})
show('{1: []}.items() | set()', lambda: {1: []}.items() | set())
show('{1: []}.items() == {(1, 2)}', lambda: {1: []}.items() == {(1, 2)})
show('[] in k', lambda: [] in k)
show('[] in v, ([], 1) in {1: 2}.items()', lambda: ([] in v, ([], 1) in {1: 2}.items()))
show('k.mapping.update({})', lambda: k.mapping.update({}))
show('type(k)()', lambda: type(k)())
show('iter(k).__length_hint__(), next(iter(i)), type(iter(k)).__name__, type(iter(v)).__name__, type(iter(i)).__name__, type(reversed(k)).__name__', lambda: (iter(k).__length_hint__(), next(iter(i)), type(iter(k)).__name__, type(iter(v)).__name__, type(iter(i)).__name__, type(reversed(k)).__name__))
