# Methods and getters that only return an attribute of self or a constant may be answered without a frame: nothing else about them changes.
import sys
import traceback


class Point:
    def __init__(self, x):
        self._x = x

    def x(self):
        return self._x

    def zero(self):
        return 0

    def nothing(self):
        pass

    def me(self):
        return self

    @property
    def px(self):
        return self._x

    @property
    def one(self):
        return 1


class Moved(Point):
    def __init__(self, x):
        self.y = 5
        super().__init__(x)


class Slotted:
    __slots__ = ("_x",)
    x = Point.x
    px = Point.px
    zero = Point.zero


class Classy(Point):
    _x = "of the class"

    def __init__(self):
        pass


class Wide(Point):
    def __init__(self):
        for number in range(40):
            setattr(self, f"a{number}", number)
        self._x = "far"


class Asks(Point):
    def __init__(self):
        pass

    def __getattr__(self, name):
        return f"asked for {name}"


slotted = Slotted()
slotted._x = "in a slot"


def ask(thing):
    return thing.x(), thing.px, thing.zero()


def all_of(thing):
    return thing.x(), thing.zero(), thing.nothing(), thing.me() is thing, thing.px, thing.one


print([all_of(Point(3)) for _ in range(20)][-1])
for round in range(30):
    answers = [all_of(thing) for thing in (Point(1), Moved(2), Classy(), Wide(), Asks())] + [ask(slotted)]
    if round in (0, 1, 5, 29):
        print(answers)

# What is missing, and what takes its place.
point = Point(1)
del point._x


def fails(thing):
    return thing.x()


def fails_as_property(thing):
    return thing.px


print([fails(Point(2)) for _ in range(20)][-1], [fails_as_property(Point(2)) for _ in range(20)][-1])
for function in (fails, fails_as_property):
    try:
        function(point)
    except AttributeError:
        print("\n".join(line.strip() if "File" not in line else line.split(", ", 1)[1] for line in traceback.format_exc().splitlines()))
del slotted._x
try:
    ask(slotted)
except AttributeError as error:
    print(error)
point._x = 4
print(fails(point), fails_as_property(point))
Point._x = property(lambda self: "computed")
print(fails(point), fails_as_property(point))
del Point._x
print(fails(point), fails_as_property(point))
Point.x.__code__ = (lambda self: self._x * 10).__code__
print(fails(point))
Point.x.__code__ = (lambda self: "brief again").__code__
print([fails(point) for _ in range(5)])
Point.x.__code__ = (lambda self: self._x).__code__
print([fails(point) for _ in range(5)])
Point.px = property(lambda self: self.__dict__)
print(fails_as_property(point))
Point.px = property(lambda self: self._x)
print(fails_as_property(point))


# Whoever watches sees the calls.
def traced(function):
    seen = []

    def trace(frame, event, argument):
        seen.append((frame.f_code.co_name, event))
        return trace

    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(None)
    return seen


def profiled(function):
    seen = []
    sys.setprofile(lambda frame, event, argument: seen.append((frame.f_code.co_name, event)))
    try:
        function()
    finally:
        sys.setprofile(None)
    return seen


def calls():
    return point.zero(), point.x(), point.px, point.nothing()


for _ in range(10):
    calls()
print(traced(calls))
print(profiled(calls)[:8])
tool = 3
sys.monitoring.use_tool_id(tool, "test")
started = []
sys.monitoring.register_callback(tool, sys.monitoring.events.PY_START, lambda code, offset: started.append(code.co_name))
sys.monitoring.set_local_events(tool, Point.zero.__code__, sys.monitoring.events.PY_START)
calls()
calls()
sys.monitoring.set_local_events(tool, Point.zero.__code__, 0)
calls()
sys.monitoring.free_tool_id(tool)
print(started)


# Counts of references, ends of temporaries, and depth.
class Loud(Point):
    def __del__(self):
        print("end of", self._x)


def temporaries():
    print(Loud("a").zero())
    print(Loud("b").x())
    print(Loud("c").px)
    Loud("d").nothing()
    print("done")


for _ in range(3):
    temporaries()
value = object()
held = Point(value)
before = sys.getrefcount(value), sys.getrefcount(held)
for _ in range(100):
    all_of(held)
print((sys.getrefcount(value), sys.getrefcount(held)) == before)


class Deep:
    def zero(self):
        return 0

    def busy(self):
        one = 1
        return one

    def down(self, depth, name):
        if depth == 0:
            return getattr(self, "ask_" + name)()
        return self.down(depth - 1, name)

    def ask_zero(self):
        return self.zero()

    def ask_busy(self):
        return self.busy()


def deepest(name):
    deep = Deep()
    for _ in range(10):
        deep.down(3, name)
    depth = 0
    try:
        while True:
            deep.down(depth, name)
            depth += 1
    except RecursionError:
        return depth


print(deepest("zero") == deepest("busy"))


class Generating:
    def never(self):
        return
        yield

    async def soon(self):
        return 1


def kinds(thing):
    return thing.never(), thing.soon()


for _ in range(10):
    generator, coroutine = kinds(Generating())
    coroutine.close()
print(type(generator).__name__, type(coroutine).__name__, list(generator))
