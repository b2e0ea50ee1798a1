# sys.monitoring: tools, events in order, DISABLE, local events, restart.
import sys

m = sys.monitoring
E = m.events
TOOL = 3
m.use_tool_id(TOOL, "test")
log = []
ALL = [n for n in vars(E) if n not in ("NO_EVENTS", "BRANCH")]


def show(argument):
    if argument is m.MISSING:
        return "MISSING"
    if hasattr(argument, "co_name"):
        return argument.co_name
    if isinstance(argument, A):
        return "instance of " + type(argument).__name__
    if isinstance(argument, BaseException):
        return repr(argument)
    return getattr(argument, "__qualname__", argument)


def callback(name):
    def report(*arguments):
        log.append((name, *map(show, arguments)))

    return report


for name in ALL:
    m.register_callback(TOOL, getattr(E, name), callback(name))


class A:
    def __init__(self, x):
        self.x = x

    def method(self, y=2, **k):
        return self.x + y


class B(A):
    def method(self, y=3):
        return super().method(y)


def generator(n):
    for i in range(n):
        got = yield i
    return "end"


def delegate():
    result = yield from generator(2)
    return result


def program():
    a = B(1)
    a.method()
    A.method(a, y=3)
    len([1, 2])
    max(*[1, 2], key=abs)
    for i in generator(2):
        if i:
            continue
    list(delegate())
    try:
        int("x")
    except ValueError:
        pass
    try:
        try:
            raise KeyError(1)
        finally:
            a = None
    except KeyError as e:
        b = e
    while a is None:
        a = 1
    g = generator(3)
    next(g)
    try:
        g.throw(OSError("thrown"))
    except OSError:
        pass
    return [x for x in (1, 2) if x > 1]


def run(events, function=program):
    log.clear()
    m.set_events(TOOL, events)
    try:
        function()
    finally:
        m.set_events(TOOL, 0)
    print(len(log))
    for entry in log:
        print(*entry)


everything = 0
for name in ALL:
    if name != "INSTRUCTION":
        everything |= getattr(E, name)
run(everything)
run(E.INSTRUCTION)

# DISABLE and restart.
counts = {}


def once(code, line):
    counts[line] = counts.get(line, 0) + 1
    return m.DISABLE


def loop():
    for i in range(5):
        i += 1
    return i


m.register_callback(TOOL, E.LINE, once)
m.set_events(TOOL, E.LINE)
loop()
loop()
m.restart_events()
loop()
m.set_events(TOOL, 0)
first = loop.__code__.co_firstlineno
print(sorted((line - first, n) for line, n in counts.items() if first <= line <= first + 3))

# Local events.
log.clear()
m.register_callback(TOOL, E.LINE, callback("LINE"))
m.set_local_events(TOOL, loop.__code__, E.LINE | E.PY_RETURN)
print(m.get_local_events(TOOL, loop.__code__), m.get_events(TOOL))
loop()
program()
m.set_local_events(TOOL, loop.__code__, 0)
loop()
print(*log, sep="\n")

# Exceptions in callbacks, and events that cannot be switched off.
def fails(*arguments):
    raise RuntimeError("callback")


m.register_callback(TOOL, E.PY_START, fails)
m.set_events(TOOL, E.PY_START)
try:
    loop()
except RuntimeError as e:
    print("raised", e)
m.set_events(TOOL, 0)
m.register_callback(TOOL, E.RAISE, lambda *a: m.DISABLE)
m.set_events(TOOL, E.RAISE)
try:
    {}[1]
except (ValueError, KeyError) as e:
    print(type(e).__name__, e)
m.set_events(TOOL, 0)
for bad in (lambda: m.use_tool_id(TOOL, "again"), lambda: m.use_tool_id(9, "x"), lambda: m.set_events(4, 1), lambda: m.set_events(TOOL, 1 << 30),
            lambda: m.register_callback(TOOL, 3, None), lambda: m.set_events(TOOL, E.C_RAISE), lambda: m.set_local_events(TOOL, 1, 1), lambda: m.use_tool_id(1, 2)):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
print(m.get_tool(TOOL), m._all_events())
m.free_tool_id(TOOL)
print(m.get_tool(TOOL))
