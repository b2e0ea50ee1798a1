# Traceback objects: links, line numbers, frames, making and assigning.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def f(n):
    if n == 0:
        raise ValueError("x")
    f(n - 1)
def chain(t):
    out = []
    while t:
        out.append((t.tb_frame.f_code.co_name, t.tb_lineno, t.tb_lasti > 0)); t = t.tb_next
    return out
try:
    f(3)
except ValueError as e:
    t = e.__traceback__
    print(chain(t), type(t).__name__, dir(t))
    try:
        raise e
    except ValueError as e2:
        print(chain(e2.__traceback__), e2 is e)
    e.__traceback__ = t.tb_next
    print(chain(e.__traceback__))
    print(chain(e.with_traceback(None).__traceback__))
T = type(t)
print(chain(T(t, t.tb_frame, 0, 77)), chain(T(None, t.tb_frame, 5, 1)))
t.tb_next = None
print(chain(t))
show('setattr(t, "tb_next", t)', lambda: setattr(t, "tb_next", t))
show('setattr(t, "tb_next", 5)', lambda: setattr(t, "tb_next", 5))
show('setattr(t, "tb_lineno", 5)', lambda: setattr(t, "tb_lineno", 5))
show('delattr(t, "tb_next")', lambda: delattr(t, "tb_next"))
show('T(5, t.tb_frame, 0, 1)', lambda: T(5, t.tb_frame, 0, 1))
show('T()', lambda: T())
def gen():
    yield 1
    1 / 0
def use():
    for x in gen(): pass
try: use()
except ZeroDivisionError as e: print(chain(e.__traceback__))
class M:
    def __enter__(self): return self
    def __exit__(self, *a): print(chain(a[2]))
def w():
    with M():
        f(1)
try: w()
except ValueError as e: print(chain(e.__traceback__))
try: [1 / x for x in [0]]
except ZeroDivisionError as e: print(chain(e.__traceback__))
try: sorted([1], key=lambda x: x.y)
except AttributeError as e: print(chain(e.__traceback__))
try: exec("\n\nraise KeyError")
except KeyError as e: print(chain(e.__traceback__))
