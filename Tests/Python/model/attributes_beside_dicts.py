"""An instance whose __dict__ was asked for: attributes and dict show the same, whichever is changed, and methods and properties stay what they are."""
import copy
import gc
import random
import types
import weakref


class Plain:
    limit = "of the class"

    def method(self):
        return "method"


class Counted(Plain):
    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    @property
    def size(self):
        return len(self.__dict__)


class Text(str):
    pass


def read(instance, name):
    return getattr(instance, name, None)


def load(instance):
    "Reads of one place that meet instances of all kinds."
    try:
        first = instance.a
    except AttributeError:
        first = None
    try:
        second = instance.b
    except AttributeError:
        second = None
    return first, second, instance.limit, instance.method()


def store(instance, value):
    instance.a = value
    instance.b = value


NAMES = ["a", "b", "c", "d", "e", "f", "limit_", "x1", "x2", "x3"]


def step(random, instance, number):
    names = instance.__dict__ if random.random() < 0.7 else None
    name = random.choice(NAMES)
    # A str that is nobody's name yet.
    fresh = "".join(list(name))
    match random.randrange(22):
        case 0 | 1 | 2 | 3: setattr(instance, name, number)
        case 4: store(instance, number)
        case 5 | 6 if names is not None: names[fresh] = number
        case 7 if names is not None: names.pop(fresh, None)
        case 8:
            if hasattr(instance, name):
                delattr(instance, name)
        case 9 if names: names.popitem()
        case 10 if names is not None: names.update({fresh: number, "b": number})
        case 11 if names is not None: names |= {name: number}
        case 12 if names is not None: names.setdefault(fresh, number)
        case 13 if names is not None and random.random() < 0.2: names.clear()
        case 14 if names is not None: exec(f"{name} = {number}\nc = {number} + 1", names); names.pop("__builtins__")
        case 15 if random.random() < 0.2: instance.__dict__ = dict(vars(instance))
        case 16 if random.random() < 0.2: instance.__class__ = Counted if type(instance) is Plain else Plain
        case 17 if names is not None and random.random() < 0.2: names[number] = number; del names[number]
        case 18 if names is not None and random.random() < 0.2: names[Text(name)] = number
        case 19: return copy.copy(instance)
        case 20 if names is not None:
            for name in list(names):
                names[name] = number
        case 21 if random.random() < 0.1:
            for index in range(40):
                setattr(instance, f"many{index}", index)
    return instance


def checked(seed):
    chance = random.Random(seed)
    instance = Plain() if seed % 2 else Counted(a=1, b=2)
    total = 0
    for number in range(200):
        instance = step(chance, instance, number)
        attributes = [read(instance, name) for name in NAMES]
        first, second, _, method = load(instance)
        assert method == "method"
        shown = vars(instance)
        assert attributes == [shown.get(name) for name in NAMES], (seed, number)
        assert (first, second) == (shown.get("a"), shown.get("b")), (seed, number)
        if isinstance(instance, Counted):
            assert instance.size == len(shown)
        total += sum(value for value in attributes if isinstance(value, int))
    return total, sorted(map(str, vars(instance)))


for seed in range(60):
    print(seed, *checked(seed))

# A method, a property and a class's attribute are hidden or not as the dict says.
instance = Plain()
names = instance.__dict__
for _ in range(100):
    assert load(instance)[2:] == ("of the class", "method")
names["limit"] = "own"
names["method"] = lambda: "own method"
for _ in range(100):
    assert load(instance)[2:] == ("own", "own method")
del names["limit"], instance.method
for _ in range(100):
    assert load(instance)[2:] == ("of the class", "method")

# Values go when they are replaced or deleted, from either side, and with the instance.
class Value:
    pass


def ends(change):
    instance = Plain()
    instance.a, instance.b = Value(), Value()
    names = instance.__dict__
    for _ in range(50):
        load(instance)
    references = [weakref.ref(instance.a), weakref.ref(instance.b)]
    change(instance, names)
    return [reference() is None for reference in references], sorted(vars(instance)), sorted(names)


def assign(instance, names):
    for number in range(100):
        store(instance, number)


print(ends(assign))
print(ends(lambda instance, names: names.update(a=1, b=2)))
print(ends(lambda instance, names: names.clear()))
print(ends(lambda instance, names: instance.__dict__.pop("a") and None))
print(ends(lambda instance, names: setattr(instance, "__dict__", {"z": 1})))
print(ends(lambda instance, names: delattr(instance, "b")))

# The dict outlives its instance, and is an ordinary one then.
instance = Counted(a=1, b=[])
names = vars(instance)
load(instance)
gone = weakref.ref(instance)
del instance
print(gone() is None, names)
names["c"] = 3
del names["a"]
print(names)

# So does one whose instance ends in a cycle.
instance = Counted(a=1)
instance.itself = instance
names = vars(instance)
gone = weakref.ref(instance)
del names["itself"]
names["itself"] = weakref.proxy(instance)
instance.other = instance
del instance.other, instance
gc.collect()
names["later"] = 1
print(gone() is None, sorted(names))


class Finalized(Plain):
    def __del__(self):
        kept.append(self.__dict__)
        self.last = "word"


kept = []
instance = Finalized()
instance.a = 1
vars(instance)
del instance
print(kept)

# One that changes while its dict is gone through.
instance = Counted(a=1, b=2)
try:
    for name in vars(instance):
        setattr(instance, name + name, 1)
except RuntimeError as error:
    print(error)
print(sorted(vars(instance)))

# Borrowed values: a finaliser that looks at the attribute while it is replaced.
class Looks:
    def __del__(self):
        seen.append((owner.a, vars(owner)["a"]))


seen = []
owner = Counted(a=Looks())
vars(owner)
for number in range(5):
    store(owner, Looks() if number < 4 else 0)
    load(owner)
vars(owner)["a"] = 1
print(len(seen), all(isinstance(first, (Looks, int)) and first is second for first, second in seen), seen[-1])

# Dicts of attributes as globals.
code = compile("s = [s]\n", "program", "exec")
names = {"s": 0}
for _ in range(5):
    exec(code, names)
for number in range(9):
    setattr(instance, f"w{number}", number)
instance = Plain()
instance.s = 0
names = vars(instance)
exec(code, names)
print(instance.s, names["s"])
exec(code, names)
print(instance.s, names["s"])


def set_x(value):
    global x
    x = value


warmed = types.FunctionType(set_x.__code__, {"x": 0})
for number in range(20):
    warmed([number])
warmed.__globals__["other"] = 1
warmed(0)
instance = Plain()
instance.x = [1]
on_instance = types.FunctionType(set_x.__code__, vars(instance))
for number in range(3):
    on_instance([number])
    print(instance.x, vars(instance)["x"], instance.x is vars(instance)["x"])


# The first instances of classes, which have no room for what the dict gets: in slots or not, it is found.
def fresh(count, later):
    class Fresh(Plain):
        def fill(self):
            self.s0 = self.s1 = self.s2 = -1

    instance = Fresh()
    if count % 2:
        instance.fill()
    names = vars(instance)
    for index in range(count):
        if index % 3:
            setattr(instance, f"n{index}", index)
        else:
            names[f"n{index}"] = index
        assert load(instance) == (None, None, "of the class", "method")
    names.update(later)
    total = 0
    for number in range(20):
        total += sum(getattr(instance, f"n{index}") for index in range(count))
        store(instance, number)
        assert load(instance)[:2] == (names["a"], names["b"]) == (number, number)
        if number == 10:
            names["limit"], names["method"] = "own", lambda: "own method"
        assert load(instance)[2:] == (("of the class", "method"), ("own", "own method"))[number >= 10]
    try:
        instance.missing
    except AttributeError as error:
        total += len(str(error))
    del instance.a, names["b"]
    assert load(instance)[:2] == (None, None)
    copied = copy.copy(instance)
    assert vars(copied) == names and vars(copied) is not names
    return total, len(names), list(names)[:3]


for count in (0, 1, 2, 3, 4, 5, 28, 29, 30, 31, 40):
    print(fresh(count, {}), fresh(count, {"a": 0, "b": 1}))
