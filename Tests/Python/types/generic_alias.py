# Generic aliases of built-in types: attributes, calls, substitution, errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def f[T, U, *Ts, **P](): return T, U, Ts, P
T, U, Ts, P = f()
A = list[int]
print(A, A.__origin__, A.__args__, A.__parameters__, A(), A((1, 2)), type(A).__name__, A == list[int], hash(A) == hash(list[int]), A != list[str], dict[str, list[int]], tuple[int, ...], tuple[()], type[int], list[T], list[T][int], dict[T, U][int, str], list[list[T]][str], tuple[T, *Ts][int, str, float], list[*tuple[int]], A.append is list.append, A.__class__, A.__mro_entries__(()), set["forward"], frozenset[None], list[int | None])
show('list[T][int, str]', lambda: list[T][int, str])
show('dict[T, U][int]', lambda: dict[T, U][int])
show('list[int][str]', lambda: list[int][str])
show('isinstance([], A)', lambda: isinstance([], A))
show('issubclass(list, A)', lambda: issubclass(list, A))
show('int[str]', lambda: int[str])
show('A.nothing', lambda: A.nothing)
show('setattr(A, "x", 1)', lambda: setattr(A, "x", 1))
show('list[int]()', lambda: list[int]())
show('type("S", (A.__mro_entries__(())[0],), {}).__mro__[1]', lambda: type("S", (A.__mro_entries__(())[0],), {}).__mro__[1])
class S(list[int], object): pass
print(S.__bases__, S.__orig_bases__, S([1]))
show('A | None, A | int, None | A, list[int] | dict[str, int]', lambda: (A | None, A | int, None | A, list[int] | dict[str, int]))
show('dir(A)[-1], [*A], next(iter(tuple[int]))', lambda: (dir(A)[-1], [*A], next(iter(tuple[int]))))
show('A < A', lambda: A < A)
show('A[0]', lambda: A[0])
show('type(A)(int, (str,)), type(A)(list, int), type(A)(list, [1])', lambda: (type(A)(int, (str,)), type(A)(list, int), type(A)(list, [1])))
show('repr(list[1]), repr(list["a"]), repr(list[[1]]), repr(list[len]), repr(list[...]), repr(tuple[int, ()])', lambda: (repr(list[1]), repr(list["a"]), repr(list[[1]]), repr(list[len]), repr(list[...]), repr(tuple[int, ()])))
show('type(A).__mro__', lambda: type(A).__mro__)
