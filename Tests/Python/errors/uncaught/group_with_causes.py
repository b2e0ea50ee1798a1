# Causes inside groups.
a = ValueError("a")
a.__cause__ = KeyError("cause of a")
b = TypeError("b")
b.__context__ = ExceptionGroup("context of b", [OSError("o")])
raise ExceptionGroup("g", [a, b])
