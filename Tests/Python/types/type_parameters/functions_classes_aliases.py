# Type parameters: scopes, attributes, bounds, defaults, lazy evaluation.
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

def first[T: int, *Ts, **P](x: T) -> T: return x
class Box[T = str]:
    item: T
    def get[U](self, u: U) -> tuple[T, U]: return T, U
type Alias[K, V: (int, str)] = dict[K, list[V]]
type Lazy = undefined_name | None
type Recursive = list[Recursive]
T, Ts, P = first.__type_params__
print(T, Ts, P, T.__name__, T.__bound__, T.__constraints__, T.__covariant__, T.__contravariant__, T.__infer_variance__, P.args, P.kwargs, T.has_default())
print(Box.__type_params__, Box.__type_params__[0].__default__, Box().get(1), Box[int], Box[int].__origin__ is Box, Box[int].__args__, Alias, Alias.__type_params__, Alias.__value__, Alias.__name__, Alias[int, str], Alias[int, str].__origin__ is Alias, Alias.__type_params__[1].__constraints__)
print(Recursive.__value__, Lazy.__name__, Lazy.__module__, first.__annotations__, Box.__annotations__, Box.get.__annotations__)
show('Lazy.__value__', lambda: Lazy.__value__)
show('Alias[int]', lambda: Alias[int])
show('Lazy[int]', lambda: Lazy[int])
show('int | Alias, Alias | None, Lazy | int', lambda: (int | Alias, Alias | None, Lazy | int))
show('Box.__orig_bases__, Box.__parameters__', lambda: (Box.__orig_bases__, Box.__parameters__))
show('isinstance(1, Alias)', lambda: isinstance(1, Alias))
show('Alias()', lambda: Alias())
show('setattr(Alias, "__value__", 1)', lambda: setattr(Alias, "__value__", 1))
show('type(T)("X"), type(T)("X", int, str).__constraints__, type(T)("X", bound=int).__bound__', lambda: (type(T)("X"), type(T)("X", int, str).__constraints__, type(T)("X", bound=int).__bound__))
show('type(T)("X", int)', lambda: type(T)("X", int))
show('type(T)("X", covariant=True, contravariant=True)', lambda: type(T)("X", covariant=True, contravariant=True))
show('type(T)(5)', lambda: type(T)(5))
show('T | int, T == T, T == type(T)("T")', lambda: (T | int, T == T, T == type(T)("T")))
show('T()', lambda: T())
show('type("S", (T,), {})', lambda: type("S", (T,), {}))
class Outer[A]:
    class Inner[B](list): x = B
    def m[C](self): return lambda: (A, C)
    y = A
print(Outer.y, Outer.Inner.x, Outer().m()(), Outer.Inner.__type_params__, Outer.__mro__, type(Outer.__orig_bases__[0]).__name__)
def bound[T: print("evaluated") or int](): pass
print("not yet")
print(bound.__type_params__[0].__bound__)
for source in ["def f[T, T](): pass", "class A[T: (yield)]: pass", "type X[T] = (yield)", "def f[T: (x := 1)](): pass", "type X = (x := 1)", "def f[](): pass", "class A[T = int, U]: pass", "def f[*Ts: int](): pass", "def f[T](T): T = 1", "type = 5", "type type = int", "type x.y = int", "def f[T](): nonlocal T", "lambda[T]: 1", "type X[T: await x] = 1", "class A[**P = [int]]: pass", "class A[*T = *tuple[int]]: pass"]:
    run(source)
