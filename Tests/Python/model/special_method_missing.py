# A descriptor that raises AttributeError in place of a special method: where the method may be missing it is taken for missing, any other exception goes on.
import copy
import math
import operator


def absent(*_):
    raise AttributeError("absent")


def failing(*_):
    raise ZeroDivisionError("failing")


operations = {
    "__eq__": lambda x: x == 1,
    "__ne__": lambda x: x != 1,
    "__lt__": lambda x: x < 1,
    "__gt__": lambda x: 1 < x,
    "__hash__": hash,
    "__add__": lambda x: x + 1,
    "__radd__": lambda x: 1 + x,
    "__iadd__": lambda x: operator.iadd(x, 1),
    "__pow__": lambda x: pow(x, 2, 3),
    "__divmod__": lambda x: divmod(x, 2),
    "__matmul__": lambda x: x @ 1,
    "__neg__": operator.neg,
    "__abs__": abs,
    "__bool__": bool,
    "__len__": len,
    "__getitem__": lambda x: x[0],
    "__contains__": lambda x: 1 in x,
    "__iter__": iter,
    "__next__": next,
    "__repr__": lambda x: type(repr(x)).__name__,
    "__str__": str,
    "__format__": format,
    "__call__": lambda x: x(),
    "__index__": operator.index,
    "__int__": int,
    "__float__": float,
    "__complex__": complex,
    "__round__": round,
    "__trunc__": math.trunc,
    "__ceil__": math.ceil,
    "__floor__": math.floor,
    "__bytes__": bytes,
    "__reversed__": reversed,
    "__length_hint__": operator.length_hint,
    "__reduce__": lambda x: type(copy.copy(x)).__name__,
    "__getattr__": lambda x: x.nothing,
    "__dir__": dir,
}
for name, operation in operations.items():
    for function in absent, failing:
        value = type("Value", (), {name: property(function)})()
        try:
            print(name, function.__name__, operation(value))
        except Exception as error:
            print(name, function.__name__, type(error).__name__, error)


class Finalised:
    __del__ = property(absent)


Finalised()
