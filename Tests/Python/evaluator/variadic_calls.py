# Calls by position of functions with *args, **kwargs and keyword-only parameters.

import weakref


def variadic(*args):
    return args


def mixed(a, b, *args, **kwargs):
    return a, b, args, kwargs


def keyword_only(a, *, scale=2, offset):
    return a, scale, offset


def defaults(a, *args, scale=2, **kwargs):
    total = 0
    for item in args:
        total += item
    return a, total, scale, kwargs


def captured(a, *args, **kwargs):
    def inner():
        return a, args, kwargs
    return inner


def generated(a, *args, **kwargs):
    yield a
    yield from args
    yield kwargs


async def awaited(*args, **kwargs):
    return args, kwargs


class Made:
    def __init__(self, *args, **kwargs):
        self.args, self.kwargs = args, kwargs

    def method(self, *args):
        return type(self).__name__, args

    @classmethod
    def of_class(cls, *args, **kwargs):
        return cls.__name__, args, kwargs

    @staticmethod
    def static(first, *args, **kwargs):
        return first, args, kwargs

    def __call__(self, *args, **kwargs):
        return self.args, args, kwargs


class Probe:
    pass


def unbound(*args):
    if len(args) > 100:
        late = args
    return late


for _ in range(100):
    results = [
        variadic(), variadic(1), variadic(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20),
        mixed(1, 2), mixed(1, 2, 3), mixed(1, 2, 3, 4, 5, 6), mixed(1, 2, key=3), defaults(1), defaults(1, 2, 3, 4, 5), defaults(1, 2, scale=4),
        captured(1)(), captured(1, 2, 3)(), list(generated(1)), list(generated(1, 2, 3)), Made().args, Made(1, 2, 3).args, Made(1).kwargs,
        Made(4).method(), Made(4).method(5, 6, 7), Made.of_class(), Made.of_class(1, 2), Made.static(1), Made.static(1, 2, 3), Made(1, 2)(3, 4), Made()(),
    ]
print(*results, sep="\n")

# Each call has mappings of its own.
first, second = mixed(1, 2), mixed(1, 2)
first[3]["key"] = 1
print(first, second)

for attempt in (
    lambda: mixed(), lambda: mixed(1), lambda: keyword_only(1), lambda: keyword_only(1, 2), lambda: keyword_only(), lambda: Made.static(), lambda: unbound(1, 2, 3),
    lambda: defaults(), lambda: variadic(key=1),
):
    for _ in range(70):
        try:
            attempt()
            message = "none"
        except (TypeError, UnboundLocalError) as error:
            message = f"{type(error).__name__}: {error}"
    print(message)

# Arguments go when nobody holds them any more: also where the call fails, and where there are more of them than the function has locals.
probes = [Probe() for _ in range(12)]
seen = [weakref.ref(probe) for probe in probes]


def pass_on():
    for _ in range(80):
        variadic(*probes)
        variadic(probes[0], probes[1], probes[2], probes[3], probes[4], probes[5], probes[6], probes[7], probes[8], probes[9], probes[10], probes[11])
        try:
            keyword_only(probes[0])
        except TypeError:
            pass
    kept = variadic(probes[0], probes[1], probes[2], probes[3])
    return len(kept)


print(pass_on())
del probes
print([reference() is None for reference in seen])

coroutine = awaited(1, 2, 3)
try:
    coroutine.send(None)
except StopIteration as stop:
    print(stop.value)


def deep(count, *args, **kwargs):
    return args if count == 0 else deep(count - 1, count, *args[:3])


def deeper(count, *args, **kwargs):
    return (count, args, kwargs) if count == 0 else deeper(count - 1, count, count + 1)


print(deep(50), deeper(200, 1, 2, 3))


def endless(*args, **kwargs):
    return endless(args, args)


try:
    endless()
except RecursionError as error:
    print(error)


def often(function, *arguments, times=150):
    for _ in range(times):
        try:
            if not arguments:
                result = function()
            elif len(arguments) == 1:
                result = function(arguments[0])
            elif len(arguments) == 2:
                result = function(arguments[0], arguments[1])
            else:
                result = function(arguments[0], arguments[1], arguments[2], *arguments[3:])
        except TypeError as error:
            result = str(error)
    return result


print(often(variadic), often(variadic, 1), often(variadic, 1, 2), often(mixed, 1, 2, 3), often(mixed, 1), often(mixed, 1, 2))
print(often(keyword_only, 1), often(defaults, 1, 2, 3), often(Made.of_class, 1), often(Made.static, 1, 2), often(Made(), 5), often(Made(1).method, 2))


def one_place(functions):
    found = []
    for function in functions * 20:
        try:
            found.append(function(7))
        except TypeError as error:
            found.append(str(error))
    return found[-len(functions):]


print(one_place([variadic, mixed, keyword_only, defaults, len, str, lambda a, b=3: (a, b), Made(2), Made.static, print, variadic]))


def descend(depth, *rest, **more):
    return (depth, rest, more) if depth == 0 else descend(depth - 1, depth)


def endless(*rest):
    return endless(rest)


print(descend(100))
for _ in range(3):
    try:
        endless()
    except RecursionError as error:
        print(error, error.__traceback__.tb_next.tb_frame.f_code.co_name)


def many(*values):
    return len(values), values[-1]


def call_many():
    for _ in range(100):
        result = many(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29)
    return result


print(call_many())
