# The context in which decimals are computed: set, left, entered again, copied, in other threads, and gone.
import contextvars
import decimal
import gc
import threading
from decimal import Context, Decimal, getcontext, localcontext, setcontext


def third():
    return str(Decimal(1) / 3)


def with_precision(precision):
    getcontext().prec = precision
    return third()


print(third(), with_precision(5), third())
with localcontext() as context:
    context.prec = 7
    print(third())
    with localcontext(prec=3):
        print(third())
    print(third(), getcontext() is context)
print(third())

one, two = contextvars.copy_context(), contextvars.copy_context()
print(one.run(third), one.run(setcontext, Context(prec=4)), one.run(third), two.run(third), third())
print(two.run(with_precision, 6), two.run(third), third(), one.run(third), one.copy().run(third))

for precision in (3, 4):
    setcontext(Context(prec=precision))
    print(third(), getcontext().prec)

results = []
for precision in (8, 9):
    thread = threading.Thread(target=lambda: results.append((third(), with_precision(precision), third())))
    thread.start()
    thread.join()
print(results, third())

variable = contextvars.ContextVar("variable")
other = contextvars.ContextVar("other", default="fallback")


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone", self.name, variable.get("nothing") if not isinstance(variable.get(None), Loud) else variable.get().name, third())


tokens = [variable.set(Loud("first"))]
print(variable.get().name, other.get(), variable.get().name)
tokens.append(variable.set(Loud("second")))
print(variable.get().name, variable.get().name)
variable.reset(tokens.pop())
print(variable.get().name)
variable.reset(tokens.pop())
print(variable.get("none"), other.get())
token = other.set("set")
print(other.get(), other.get(), contextvars.copy_context().run(other.get))
other.reset(token)
print(other.get())
try:
    variable.get()
except LookupError as error:
    print(type(error).__name__)


def many(count):
    names = [contextvars.ContextVar(str(i)) for i in range(count)]
    for i, name in enumerate(names):
        name.set(i)
    return [name.get() for name in names for _ in range(2)] == [i for i in range(count) for _ in range(2)]


print(contextvars.copy_context().run(many, 50))
for i in range(20):
    short = contextvars.ContextVar("short")
    inner = contextvars.Context()
    assert inner.run(lambda: (short.get(None), short.set(i), short.get())[0]) is None
    del short, inner
gc.collect()
print(third())
