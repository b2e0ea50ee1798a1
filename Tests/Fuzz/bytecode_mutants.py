# Runs mutants of code objects: whatever the bytecode is, the outcome is SystemError, ValueError or ordinary behaviour, never the end of the process.
# Executed by the Python under test: bytecode_mutants.py SEED COUNT. Prints a line for each mutant, so that whoever runs it knows the last one.
import sys


class Random:
    """A generator of its own: the sequence is the same everywhere."""

    def __init__(self, seed):
        self.state = seed * 2654435761 % 2**32 + 1

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % limit if limit > 0 else 0

    def choice(self, items):
        return items[self.below(len(items))]


def arithmetic(a, b):
    total = 0
    for i in range(a % 7):
        total += i * b - (i // 3)
        if total > 50:
            break
    else:
        total = -total
    return total, a < b, not a, -b


def containers(a, b):
    items = [a, b, *range(3)]
    table = {"a": a, **{"b": b}}
    del items[0]
    items[0] = table["b"]
    first, *rest = items
    x, y = (a, b)
    return [i for i in items if i], {i: j for i, j in table.items()}, items[0:1], {*rest}, first, y


def closures(a, b):
    def inner(c=a, *rest, d=2, **more):
        nonlocal b
        b = b + 1
        return a, b, c, d, rest, more

    return inner(), inner(1, 2, d=3, e=4), (lambda: a)()


def exceptions(a, b):
    try:
        try:
            a / 0
        except (TypeError, ZeroDivisionError) as error:
            b = str(error)
            raise KeyError(b) from error
        finally:
            a = 1
    except* KeyError as group:
        a = len(group.exceptions)
    with Manager() as m:
        m.x = b
        raise ValueError
    return m.x


def generator(a, b):
    x = yield a
    try:
        yield x
        yield from range(2)
    finally:
        a = b
    return a


async def coroutine(a, b):
    async with Manager() as m:
        async for i in Asynchronous():
            b = await Awaitable(i)
    return [x async for x in Asynchronous()], b, m


def patterns(a, b):
    match [a, {"k": b}]:
        case [int(x), {"k": y, **rest}] if x:
            return x, y, rest
        case Manager(x=1) | None:
            return None
        case [*_]:
            pass
    return f"{a!r:>5}{b}", t"{a}"


def names(a, b):
    global counter
    counter = a
    class C(Manager):
        z: int = b
        def method(self):
            return super().__enter__(), __class__
    assert a is not None
    import sys as s
    from sys import maxsize
    del counter
    return C().method(), a in [b], s, maxsize


class Manager:
    x = 1
    __match_args__ = ("x",)

    def __enter__(self):
        return self

    def __exit__(self, *details):
        return True

    async def __aenter__(self):
        return self

    async def __aexit__(self, *details):
        return True


class Awaitable:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        yield self.value
        return self.value


class Asynchronous:
    def __init__(self):
        self.left = 2

    def __aiter__(self):
        return self

    async def __anext__(self):
        self.left -= 1
        if self.left < 0:
            raise StopAsyncIteration
        return self.left


functions = [arithmetic, containers, closures, exceptions, generator, coroutine, patterns, names]
function_type = type(arithmetic)
code_type = type(arithmetic.__code__)
cell_type = type((lambda x: lambda: x)(1).__closure__[0])
values = [None, True, 0, 1, -1, 2**70, 1.5, "a", "", b"b", (), (1, 2), ("x",), ..., 3j, frozenset({1}), slice(1, 2), arithmetic.__code__, closures.__code__]
builtin_names = """__build_class__ __import__ ArithmeticError BaseException BaseExceptionGroup Exception ExceptionGroup KeyError StopAsyncIteration StopIteration
TypeError ValueError ZeroDivisionError bool dict int iter len list next object range repr set str super tuple type isinstance""".split()
source = __builtins__ if isinstance(__builtins__, dict) else vars(__builtins__)
builtin = {name: source[name] for name in builtin_names}


def mutate_bytes(data, random, aligned):
    data = bytearray(data)
    for _ in range(1 + random.below(3)):
        if not data:
            data.append(random.below(256))
            continue
        kind = random.below(8)
        place = random.below(len(data))
        if kind < 3 and aligned:
            data[place & ~1] = random.below(130)
        elif kind < 5 and aligned:
            data[place | 1 if place | 1 < len(data) else place] = random.choice([0, 1, 2, 3, 4, 5, 8, 16, 127, 255])
        elif kind == 5:
            data[place] ^= 1 << random.below(8)
        elif kind == 6:
            size = 2 * (1 + random.below(3)) if aligned else 1 + random.below(3)
            start = place & ~1 if aligned else place
            data[start:start] = data[start : start + size] if random.below(2) else bytes(size)
        else:
            size = 2 * (1 + random.below(2)) if aligned else 1
            start = place & ~1 if aligned else place
            del data[start : start + size]
    return bytes(data)


def mutate(code, random):
    changes = {}
    while not changes or random.below(3) == 0:
        kind = random.below(16)
        if kind < 7:
            changes["co_code"] = mutate_bytes(code.co_code, random, True)
        elif kind < 9:
            changes["co_exceptiontable"] = mutate_bytes(code.co_exceptiontable, random, False)
        elif kind == 9:
            changes["co_stacksize"] = random.choice([0, 1, 2, 3, code.co_stacksize + 1, 100, 70000])
        elif kind == 10:
            constants = list(code.co_consts)
            if constants:
                constants[random.below(len(constants))] = random.choice(values)
            changes["co_consts"] = tuple(constants[: random.below(len(constants) + 1) or None])
        elif kind == 11:
            changes["co_flags"] = code.co_flags ^ (1 << random.below(12))
        elif kind == 12:
            changes["co_names"] = code.co_names[: random.below(len(code.co_names) + 1)] + ("x",) * random.below(3)
        elif kind == 13:
            changes["co_linetable"] = mutate_bytes(code.co_linetable, random, False)
        elif kind == 14:
            changes["co_argcount"] = random.below(4)
        else:
            inner = [i for i, c in enumerate(code.co_consts) if isinstance(c, code_type)]
            if inner:
                constants = list(code.co_consts)
                place = random.choice(inner)
                constants[place] = mutate(constants[place], random)
                changes["co_consts"] = tuple(constants)
    return code.replace(**changes)


class TooLong(BaseException):
    pass


def run(code, random):
    closure = tuple(cell_type(i) for i in range(len(code.co_freevars)))
    function = function_type(code, {"__builtins__": builtin, "__name__": "mutant", "Manager": Manager, "Awaitable": Awaitable, "Asynchronous": Asynchronous}, "mutant", None, closure)
    result = function(random.choice(values[:12]), random.choice(values[:12]))
    if hasattr(result, "send"):
        for step in range(6):
            if step == 3 and random.below(2):
                result.throw(ValueError("thrown"))
            else:
                result.send(None if step == 0 else random.choice(values[:8]))
    elif hasattr(result, "asend"):
        result.asend(None).send(None)
    return result


def watched(code, random):
    """The same in the instrumented form, which also knows when a mutant goes round and round."""
    left = 2000

    def trace(frame, event, argument):
        nonlocal left
        left -= 1
        if left < 0:
            raise TooLong
        if random.below(40) == 0 and event == "line":
            frame.f_lineno = code.co_firstlineno + random.below(12)
        frame.f_trace_opcodes = True
        return trace

    sys.settrace(trace)
    try:
        return run(code, random)
    finally:
        sys.settrace(None)


def main(seed, count):
    for number in range(count):
        random = Random(seed * 100003 + number)
        function = random.choice(functions)
        sys.stdout.write(f"{number} {function.__name__} ")
        sys.stdout.flush()
        try:
            mutant = mutate(function.__code__, random)
            outcome = "returned " + type((watched if random.below(2) else run)(mutant, random)).__name__
        except BaseException as error:
            outcome = type(error).__name__
            if outcome == "SystemError":
                outcome += ": " + str(error)
        sys.stdout.write(outcome + "\n")
    sys.stdout.write("done\n")


main(int(sys.argv[1]), int(sys.argv[2]))
