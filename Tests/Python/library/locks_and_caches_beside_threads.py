"""Locks, attributes by name, weak references, cached functions and exceptions that native code raises, in a thread beside another one: the same as of any."""
import functools
import random
import threading
import weakref

waiting = threading.Event()
other = threading.Thread(target=waiting.wait)
other.start()


class Base:
    common = "common"
    listed = property(lambda self: [self.number])

    def __init__(self, number=1):
        super().__init__()
        self.number = number

    def method(self):
        return self.number

    @classmethod
    def made(cls):
        return cls.__name__

    @staticmethod
    def free():
        return "free"


class Derived(Base):
    __slots__ = ("own",)


class Hooked(Base):
    def __getattr__(self, name):
        return name.upper()


class Asked(Base):
    def __getattribute__(self, name):
        return super().__getattribute__(name) if name != "number" else "asked"


class Claims:
    __class__ = property(lambda self: int)


class Reference(weakref.ref):
    def __call__(self, *more):
        return super().__call__(), more


class Plain(weakref.ref):
    pass


class Text(str):
    pass


objects = [Base(), Derived(2), Hooked(3), Asked(4), Base]
kept = Base(7)
references = [weakref.ref(kept), Plain(kept), Reference(kept), weakref.ref(Base(8)), Plain(Base(9)), Reference(Base(10))]
table = weakref.WeakValueDictionary({"kept": kept, "gone": Base()})
names = ["number", "common", "missing", "".join(["num", "ber"]), Text("number"), "made", "free", "listed", "own", "__class__", 5]
unhashable = []


@functools.lru_cache(maxsize=2)
def two(value, more=None):
    return [value, more]


@functools.cache
def all_of(*values, **more):
    return (values, tuple(more.items()))


@functools.lru_cache(typed=True)
def typed(value):
    return type(value).__name__, value


class Method:
    @functools.cache
    def squared(self, number):
        return number * number


method = Method()


def value(found):
    return found() if callable(found) and not isinstance(found, type) else found


def set_own():
    own = Base(1)
    for name, new in (("number", [2]), ("number", 3), ("more", 4), (Text("number"), 5), ("listed", 6)):
        try:
            setattr(own, name, new)
        except AttributeError as error:
            return error, own.__dict__


def lock_states(lock):
    states = [lock.acquire(), lock.acquire(False), lock.acquire(timeout=0.0001)]
    for _ in range(3):
        try:
            states.append(lock.release())
        except RuntimeError as error:
            states.append(error)
    with lock as entered:
        states.append(entered)
    states.append(repr(lock).split()[0])
    return states


def lock_wrongly(*arguments):
    lock = threading.Lock()
    return lock.acquire(*arguments)


def raised_within(error):
    try:
        {}["first"]
    except KeyError:
        try:
            error()
        except Exception as second:
            return type(second).__name__, second.args, second.__context__, second.__traceback__.tb_next is not None
        return "nothing"


def seeded():
    numbers = random.Random(5)
    return numbers.random(), numbers.getrandbits(7), numbers.getrandbits(100), numbers.getrandbits(64), numbers.getrandbits(33), numbers.randrange(1000), numbers.getstate()[1][-1]


CASES = [
    *(lambda o=o, n=n: value(getattr(o, n)) for o in objects for n in names),
    *(lambda o=o, n=n: value(getattr(o, n, "default")) for o in objects for n in names),
    *(lambda o=o, n=n: hasattr(o, n) for o in objects for n in names),
    lambda: getattr(objects[0], "method")(), lambda: getattr("text", "upper")(), lambda: getattr(1, "real"), lambda: getattr([1], "append").__name__, lambda: getattr(functools, "cache") is functools.cache,
    lambda: getattr(objects[0]), lambda: getattr(objects[0], "a", "b", "c"), lambda: hasattr(1), set_own, lambda: setattr(1, "a", 2), lambda: setattr(Base(), "a"),
    *(lambda o=o, c=c: isinstance(o, c) for o in (*objects, Claims()) for c in (Base, Derived, (int, Derived), (Hooked, Asked), Base | int)),
    *(lambda o=o: (o.__class__, callable(o), id(o) == id(o)) for o in (Base(), 1, Base, Claims(), "a", two)),
    *(lambda r=r: value(r) if r() is None else r() for r in references), lambda: references[0](1), lambda: references[2](1), lambda: references[0](a=1),
    lambda: table["kept"].number, lambda: table["gone"], lambda: table.get("gone"), lambda: table.get("kept").method(), lambda: table.get("other", 5),
    lambda: [two(1), two(1), two(2), two(3), two(1), two("a", more=1), two(2.5)], lambda: two.cache_info().currsize, lambda: two(unhashable), lambda: two(), lambda: two((1, unhashable)),
    lambda: [all_of(), all_of(1), all_of(1, "b"), all_of(a=1), all_of(1, a=2), all_of((1, 2)), all_of(1.0), all_of(True)], lambda: [typed(1), typed(1.0), typed(True)],
    lambda: method.squared(3) + method.squared(3), lambda: Method.squared(method, 3), lambda: two(1) is two(1), lambda: all_of(1, "b") is all_of(1, "b"),
    lambda: lock_states(threading.Lock()), lambda: lock_states(threading.RLock()), lambda: lock_states(threading.Condition(threading.Lock())) and None, lambda: lock_wrongly(True, -2),
    lambda: lock_wrongly(False, 1), lambda: lock_wrongly("a", "b"), lambda: threading.Lock().release(), lambda: threading.RLock().release(), lambda: threading.Lock().acquire(timeout=1e20),
    *(lambda e=e: raised_within(e) for e in (
        lambda: int("x"), lambda: float("y"), lambda: {}[1], lambda: {"a": 1}["b"], lambda: {1: 2}["b"], lambda: {}[(1, "a")], lambda: {}[unhashable], lambda: [1][1], lambda: [1][-2], lambda: (1, 2)[5],
        lambda: ()[-1], lambda: [][True], lambda: "ab"[2], lambda: "ab".index("c"), lambda: int("1", 99), lambda: chr(-1), lambda: next(iter(())), lambda: objects[0].missing, lambda: b"\xff".decode(),
        lambda: "a".encode("none"), lambda: [][unhashable[:0] or 0.5], lambda: bytes([300]), lambda: int("9" * 5000), lambda: divmod(1, 0), lambda: two.cache_parameters()["x"])),
    seeded,
    lambda: sorted({"b": 1, "a": 2}.items()), lambda: list({"b": 1}.keys()) + list({"b": 1}.values()), lambda: max(*[1, 2], *(3, 4)), lambda: objects[0].method(*()), lambda: [*map(Base.method, objects[:2])],
]


def outcome(case):
    try:
        return case()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def ask(outcomes):
    for _ in range(20):
        outcomes.append([outcome(case) for case in CASES])


def shown(found):
    text = repr(found)
    return text if " at 0x" not in text else text.split(" at 0x")[0]


outcomes = []
thread = threading.Thread(target=ask, args=(outcomes,))
thread.start()
thread.join()
first, *others = [[shown(found) for found in found_now] for found_now in outcomes]
for found in first:
    print(found)
for found_now in others:
    for number, (one, another) in enumerate(zip(first, found_now)):
        if one != another:
            print("case", number, "gave", one, "first, then", another)
waiting.set()
other.join()
