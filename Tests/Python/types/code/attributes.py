# Code objects: every attribute, replace, equality, lines and positions.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def f(a, b=1, /, c=2, *d, e, **g):
    "doc"
    x = [i for i in range(a)]
    def inner(): return x, a
    return inner
async def co(): await f
def gen(): yield
c = f.__code__
for n in ["co_name", "co_qualname", "co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals", "co_varnames", "co_cellvars", "co_freevars", "co_names", "co_flags", "co_firstlineno", "co_stacksize"]:
    print(n, getattr(c, n))
print([k if isinstance(k, (int, str, tuple, type(None))) else k.co_name for k in c.co_consts], co.__code__.co_flags, gen.__code__.co_flags, (lambda: 0).__code__.co_name)
print([(l and l - c.co_firstlineno) for s, e, l in c.co_lines()], len(list(c.co_positions())) == len(c.co_code) // 2, f(1, e=2).__code__.co_freevars)
d = c.replace(co_name="renamed", co_firstlineno=50)
print(d.co_name, d.co_firstlineno, d == c, hash(c) == hash(f.__code__), c == f.__code__, d.co_consts == c.co_consts, repr(d)[:20], compile("1", "a", "eval") == compile("1", "a", "eval"), compile("1", "a", "eval") == compile("1.0", "a", "eval"))
show('c.replace(co_nothing=1)', lambda: c.replace(co_nothing=1))
show('c.replace(co_argcount="x")', lambda: c.replace(co_argcount="x"))
show('c.replace(co_stacksize=-1)', lambda: c.replace(co_stacksize=-1))
show('setattr(c, "co_name", "x")', lambda: setattr(c, "co_name", "x"))
show('type(c)()', lambda: type(c)())
show('exec(c)', lambda: exec(c))
show('exec(gen.__code__)', lambda: exec(gen.__code__))
show('eval(compile("x + y", "f", "eval"), {"x": 1, "y": 2})', lambda: eval(compile("x + y", "f", "eval"), {"x": 1, "y": 2}))
show('list(gen.__code__.co_branches()) == []', lambda: list(gen.__code__.co_branches()) == [])
show('compile("a = 1; b = a", "n", "exec").co_names, compile("a.b.c", "n", "eval").co_names, compile("def f(): pass", "n", "exec").co_consts[0].co_qualname', lambda: (compile("a = 1; b = a", "n", "exec").co_names, compile("a.b.c", "n", "eval").co_names, compile("def f(): pass", "n", "exec").co_consts[0].co_qualname))
