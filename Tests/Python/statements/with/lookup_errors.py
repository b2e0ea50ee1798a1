# with looks its methods up on the type, and says what is missing.
def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

class NoExit:
    def __enter__(self): print("never")
class NoEnter:
    def __exit__(self, *a): print("never")
class OnInstance:
    def __init__(self): self.__enter__ = lambda: 1; self.__exit__ = lambda *a: None
class FewArguments:
    def __enter__(self): pass
    def __exit__(self): pass
class NoneExit:
    def __enter__(self): pass
    __exit__ = None
class Async:
    async def __aenter__(self): pass
    async def __aexit__(self, *a): pass
class BoolRaises:
    def __enter__(self): pass
    def __exit__(self, *a):
        class X:
            def __bool__(self): raise OverflowError("truth")
        return X()
def use(m, fail=False):
    with m:
        if fail: raise ValueError("body")
    return "done"
for m in [NoExit(), NoEnter(), OnInstance(), FewArguments(), NoneExit(), Async(), BoolRaises()]:
    print(type(m).__name__, attempt(use, m), attempt(use, m, True))
