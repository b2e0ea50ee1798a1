# An exception group with nested groups.
def f(e):
    try:
        raise e
    except Exception as x:
        return x


raise ExceptionGroup("outer", [f(ValueError(1)), ExceptionGroup("inner", [f(KeyError("k")), TypeError("t")]), OSError(2, "none")])
