# Star arguments in every position, duplicates, and their errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def run(source, mode="exec"):
    print(repr(source))
    try:
        exec(compile(source, "<text>", mode), {"__name__": "text"})
    except SyntaxError as error:
        print("   ", type(error).__name__, error.msg, (error.lineno, error.offset, error.end_lineno, error.end_offset), repr(error.text))
    except BaseException as error:
        print("   ", type(error).__name__ + ":", error)

def f(*a, **k): return a, k
show('f(*[1, 2], 3, *(4,), *"ab"), f(**{"a": 1}, b=2, **{"c": 3}), f(1, *[], **{}), f(*range(3), x=1, *[9]), f(*{"k": 1}), f(**dict(x=1)), f(*(), *[[]])', lambda: (f(*[1, 2], 3, *(4,), *"ab"), f(**{"a": 1}, b=2, **{"c": 3}), f(1, *[], **{}), f(*range(3), x=1, *[9]), f(*{"k": 1}), f(**dict(x=1)), f(*(), *[[]])))
show('f(a=1, **{"a": 2})', lambda: f(a=1, **{"a": 2}))
show('f(**{"a": 1}, **{"a": 2})', lambda: f(**{"a": 1}, **{"a": 2}))
show('f(**{1: 2})', lambda: f(**{1: 2}))
show('f(*5)', lambda: f(*5))
show('f(**5)', lambda: f(**5))
show('f(**[("a", 1)])', lambda: f(**[("a", 1)]))
show('f(*None)', lambda: f(*None))
show('f(1, *None, 2)', lambda: f(1, *None, 2))
show('len.__call__(*["abc"])', lambda: len.__call__(*["abc"]))
show('int(*["ff"], **{"base": 16})', lambda: int(*["ff"], **{"base": 16}))
show('f(**{"not an identifier": 1, "": 2})', lambda: f(**{"not an identifier": 1, "": 2}))
show('f(*(x for x in (1, 1 / 0)))', lambda: f(*(x for x in (1, 1 / 0))))
class Keys:
    def keys(self): return ["p", "q"]
    def __getitem__(self, k): return k * 2
show('f(**Keys())', lambda: f(**Keys()))
class Broken(Keys):
    def __getitem__(self, k): raise KeyError(k)
show('f(**Broken())', lambda: f(**Broken()))
class Iter:
    def __iter__(self): raise TypeError("own error")
show('f(*Iter())', lambda: f(*Iter()))
show('(lambda a, b: (a, b))(*[1], **{"b": 2})', lambda: (lambda a, b: (a, b))(*[1], **{"b": 2}))
show('(lambda a, b: (a, b))(1, 2, **{"b": 2})', lambda: (lambda a, b: (a, b))(1, 2, **{"b": 2}))
show('(lambda self, **k: k)(1, **{"self": 2})', lambda: (lambda self, **k: k)(1, **{"self": 2}))
show('dict(self=1), "{self}".format(self=3)', lambda: (dict(self=1), "{self}".format(self=3)))
for source in ["f(**a, *b)", "f(**a, 1)", "f(a=1, *b, 2)", "f(*)", "f(**)", "f(*a=1)", "f(a for a in b, c)", "f(1=2)", "f('a'=1)", "f(a.b=1)", "f(True=1)", "f(a, b=1, c)", "f(lambda x: x=1)", "f(x for x in y for z in w, )", "f(a b)", "f(a=)", "f(**a=1)", "f((a)=1)", "f(a=1, a=2)", "f(*a, b=1, *c, **d, e=2)"]:
    run(source) if "NameError" not in source else None
