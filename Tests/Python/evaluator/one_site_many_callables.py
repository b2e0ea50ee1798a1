# One call that meets functions of several kinds, builtin types and containers of several kinds.


def plain(x):
    return x + 1


def defaults(x, y=7, *, z=1):
    return x * y + z


def with_default(x, y=3):
    return x - y


def variable(*values):
    return sum(values)


class Adder:
    def __init__(self, x, y=2):
        self.total = x + y

    def __call__(self, x):
        return x + self.total

    def method(self, x):
        return x - self.total


class Problem(Exception):
    def __init__(self, code, *, extra=0):
        super().__init__(f"problem {code}")
        self.code = code + extra


def apply(function, value):
    return function(value)


adder = Adder(1)
callables = [plain, defaults, with_default, variable, adder, adder.method, abs, str, int, list, type, lambda x: x, Adder, Problem, repr, len]
log = []
for turn in range(120):
    for function in callables:
        argument = "34" if function in (list, len, int) else turn
        result = apply(function, argument)
        if isinstance(result, Adder):
            result = result.total
        elif isinstance(result, Problem):
            result = (result.args, result.code)
        log.append(result)
print(len(log), log[:16], log[-16:])
for function in (len, plain, int, Adder, Problem):
    try:
        apply(function, None)
    except (TypeError, ValueError) as error:
        print(function.__name__, error)


class Odd(Exception):
    def __init__(self, code):
        self.code = code
        return code


for code in (None, 3):
    try:
        raise Odd(code)
    except Odd as error:
        print("odd", error.code, error.args)
    except TypeError as error:
        print(error)
try:
    Problem()
except TypeError as error:
    print(error)
print(Problem(1, extra=2).code, Problem(1).args)


class Sized:
    def __len__(self):
        return 5


def measure(container):
    return len(container)


sizes = [measure(c) for c in ([1], (1, 2), {1: 2}, {1, 2, 3}, "four", b"12345", Sized(), range(7), frozenset([1])) * 40]
print(sum(sizes), sizes[:9])
for wrong in (3, None, 2.5):
    try:
        measure(wrong)
    except TypeError as error:
        print(error)
len = lambda value: -1
print(measure([1, 2]))
del len
print(measure([1, 2]))
