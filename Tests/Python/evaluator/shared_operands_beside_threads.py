"""What native functions make of lists and dicts that others may change, in a thread beside another one: the same as of any."""
import threading

waiting = threading.Event()
other = threading.Thread(target=waiting.wait)
other.start()
numbers, more, texts = [1, 2, 3], [1, 2, 4], ["a", "b"]
table = {1: "int", (1, 2): "pair", 2.5: "float", b"x": "bytes", "s": "str", True + 1: "two"}
names = {"a": 1, "b": 2}


class Claims:
    """Says that it is another class's."""

    __class__ = property(lambda self: int)


class Plain:
    pass


class Derived(Plain):
    pass


CASES = [
    lambda: max(numbers, more), lambda: min(more, numbers), lambda: sum([[7], [8]], numbers), lambda: max(numbers), lambda: min(numbers), lambda: sum(numbers), lambda: sum(numbers, 5),
    lambda: max(1, numbers), lambda: max([]), lambda: sum(texts), lambda: "-".join(texts), lambda: "-".join(numbers), lambda: max(numbers, key=lambda x: -x), lambda: numbers,
    lambda: table[1], lambda: table[1.0], lambda: table[True], lambda: table[1, 2], lambda: table[1, 2.0], lambda: table[2.5], lambda: table[b"x"], lambda: table["s"], lambda: table[2],
    lambda: table.get((2, 1)), lambda: table.get((2, 1), "none"), lambda: (1, [2]) in table, lambda: (1, 2) in table, lambda: 3 in table, lambda: "c" in names, lambda: names.get("c", names) is names,
    lambda: 4 in numbers, lambda: 3.0 in numbers, lambda: "b" in texts, lambda: "q" not in texts, lambda: numbers[1:], lambda: numbers[:-5], lambda: numbers[5:9], lambda: numbers[-2:],
    lambda: list(zip(numbers, texts)), lambda: [*zip(numbers, (4, 5, 6), texts)], lambda: [index + item for index, item in enumerate(numbers)], lambda: [*enumerate("xy")], lambda: [*enumerate((7, 8))],
    lambda: [key for key in names], lambda: [*names.values()], lambda: [key * value for key, value in names.items()], lambda: type(numbers), lambda: hash("a") == hash("a"),
    lambda: isinstance(Claims(), int), lambda: isinstance(Claims(), Claims), lambda: isinstance(Derived(), Plain), lambda: isinstance(Plain(), Derived), lambda: isinstance(1, (str, int)),
    lambda: isinstance(True, int), lambda: isinstance("a", Plain), lambda: isinstance(Derived(), (int, Plain)), lambda: isinstance(1, 1), lambda: isinstance(1, int | str),
    lambda: {"a": numbers, 1: 2}, lambda: {1, 2.0, "a"}, lambda: {[]: 1}, lambda: {1, []},
]


def outcome(case):
    try:
        return case()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def ask(outcomes):
    for _ in range(40):
        outcomes.append([outcome(case) for case in CASES])


outcomes = []
thread = threading.Thread(target=ask, args=(outcomes,))
thread.start()
thread.join()
waiting.set()
other.join()
for first in outcomes[0]:
    print(repr(sorted(first, key=repr)) if isinstance(first, set) else repr(first))
print([number for number, case in enumerate(zip(*outcomes)) if any(repr(found) != repr(case[0]) or type(found) is not type(case[0]) for found in case)])
