# Unions with |: order, duplicates, isinstance, attributes and errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

U = int | str
print(U, U.__args__, U | None, None | U, U | int, int | int, U == str | int, hash(U) == hash(str | int), type(U).__name__, type(U).__module__, isinstance(1, U), isinstance(1.0, U), issubclass(bool, U), isinstance(None, int | None), int | list[int], "x" in (U.__args__), (int | str | int).__args__, U is (int | str), type(None) | int)
show('int | 5', lambda: int | 5)
show('int | "forward"', lambda: int | "forward")
show('5 | int', lambda: 5 | int)
show('isinstance(1, int | list[int])', lambda: isinstance(1, int | list[int]))
show('issubclass(int, U | list[int])', lambda: issubclass(int, U | list[int]))
show('U()', lambda: U())
show('U.x', lambda: U.x)
show('setattr(U, "x", 1)', lambda: setattr(U, "x", 1))
show('U[int]', lambda: U[int])
show('U < U', lambda: U < U)
show('type(U)[int, str], type(U)[int]', lambda: (type(U)[int, str], type(U)[int]))
show('type(U)()', lambda: type(U)())
show('(list[int] | None).__parameters__, U.__origin__, U.__name__, U.__qualname__', lambda: ((list[int] | None).__parameters__, U.__origin__, U.__name__, U.__qualname__))
def f[T](): return T
T = f()
show('(T | int)[str], (list[T] | None)[int], T | None, (T | int).__parameters__', lambda: ((T | int)[str], (list[T] | None)[int], T | None, (T | int).__parameters__))
show('{U: 1}[str | int], repr([U]), f"{U}", {int | str, str | int} == {U}', lambda: ({U: 1}[str | int], repr([U]), f"{U}", {int | str, str | int} == {U}))
show('type("X", (U,), {})', lambda: type("X", (U,), {}))
class M(type):
    def __or__(cls, o): return "own or"
class A(metaclass=M): pass
show('A | int, int | A', lambda: (A | int, int | A))
