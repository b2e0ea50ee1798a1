# Defaults, keyword defaults, names, docs, attributes, code replacement.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def f(a, b=[], *, c={}):
    "The doc."
    b.append(a); c[a] = len(b)
    return b, c
print(f(1), f(2), f.__defaults__, f.__kwdefaults__, f.__doc__, f.__name__, f.__qualname__, f.__module__, f.__closure__, f.__dict__, f.__annotations__, f.__type_params__, f.__globals__ is globals(), f.__builtins__["len"] is len)
f.__defaults__ = (9,)
show('f.__defaults__, (lambda: f.__kwdefaults__)()', lambda: (f.__defaults__, (lambda: f.__kwdefaults__)()))
f.__kwdefaults__ = None
show('f(1, [])', lambda: f(1, []))
f.__defaults__ = None
show('f(1)', lambda: f(1))
def g(x, y): return x * y
def h(x): return x
show('setattr(h, "__code__", g.__code__), h(3, 4)', lambda: (setattr(h, "__code__", g.__code__), h(3, 4)))
show('setattr(h, "__code__", 5)', lambda: setattr(h, "__code__", 5))
show('setattr(h, "__defaults__", 5)', lambda: setattr(h, "__defaults__", 5))
show('setattr(h, "__kwdefaults__", 5)', lambda: setattr(h, "__kwdefaults__", 5))
show('setattr(h, "__name__", 5)', lambda: setattr(h, "__name__", 5))
show('setattr(h, "__name__", "renamed"), setattr(h, "__qualname__", "Q.r"), h.__name__, h.__qualname__', lambda: (setattr(h, "__name__", "renamed"), setattr(h, "__qualname__", "Q.r"), h.__name__, h.__qualname__))
show('h(1)', lambda: h(1))
show('setattr(h, "__dict__", {"z": 1}), h.z', lambda: (setattr(h, "__dict__", {"z": 1}), h.z))
show('setattr(h, "__dict__", 5)', lambda: setattr(h, "__dict__", 5))
show('setattr(h, "__closure__", ())', lambda: setattr(h, "__closure__", ()))
show('setattr(h, "__globals__", {})', lambda: setattr(h, "__globals__", {}))
show('h.nothing', lambda: h.nothing)
show('delattr(h, "nothing")', lambda: delattr(h, "nothing"))
show('setattr(h, "__annotations__", {"x": 1}), h.__annotations__', lambda: (setattr(h, "__annotations__", {"x": 1}), h.__annotations__))
show('setattr(h, "__annotations__", 5)', lambda: setattr(h, "__annotations__", 5))
def closed():
    v = 5
    def inner(): return v
    return inner
c = closed()
print(c.__closure__[0].cell_contents, c.__code__.co_freevars, closed.__code__.co_cellvars)
c.__closure__[0].cell_contents = 6
print(c())
del c.__closure__[0].cell_contents
show('c()', lambda: c())
show('c.__closure__[0].cell_contents', lambda: c.__closure__[0].cell_contents)
show('setattr(h, "__code__", c.__code__)', lambda: setattr(h, "__code__", c.__code__))
Function, Cell, Code = type(f), type(c.__closure__[0]), type(f.__code__)
show('Function(g.__code__, {}, "made", (2,))(3)', lambda: Function(g.__code__, {}, "made", (2,))(3))
show('Function(c.__code__, {})', lambda: Function(c.__code__, {}))
show('Function(c.__code__, {}, closure=(Cell(7),))()', lambda: Function(c.__code__, {}, closure=(Cell(7),))())
show('Function(5, {})', lambda: Function(5, {}))
show('Cell() == Cell(), Cell(1) == Cell(1), Cell(1) < Cell(2)', lambda: (Cell() == Cell(), Cell(1) == Cell(1), Cell(1) < Cell(2)))
show('Function.__call__(g, 2, 3), type(f).__get__(g, 2)(5), g.__get__(None, int) is g', lambda: (Function.__call__(g, 2, 3), type(f).__get__(g, 2)(5), g.__get__(None, int) is g))
show('f.__code__.replace(co_name="other").co_name, g.__code__.co_varnames, g.__code__.co_argcount, g.__code__ == g.__code__.replace(), g.__code__.co_flags, f.__code__.co_kwonlyargcount, f.__code__.co_consts[0]', lambda: (f.__code__.replace(co_name="other").co_name, g.__code__.co_varnames, g.__code__.co_argcount, g.__code__ == g.__code__.replace(), g.__code__.co_flags, f.__code__.co_kwonlyargcount, f.__code__.co_consts[0]))
