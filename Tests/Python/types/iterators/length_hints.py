# __length_hint__ as seen by list(), and its errors.
def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

class H:
    def __init__(self, hint): self.hint = hint
    def __iter__(self): return iter([1, 2, 3])
    def __length_hint__(self):
        print("hint")
        if isinstance(self.hint, Exception): raise self.hint
        return self.hint
for hint in [0, 3, 1000, -1, "x", 1.5, NotImplemented, None, TypeError("quiet"), ValueError("loud"), 2**70]:
    print(repr(hint) if not isinstance(hint, Exception) else type(hint).__name__, attempt(lambda: list(H(hint))), attempt(lambda: tuple(H(hint))), attempt(lambda: [0, *H(hint)]), attempt(lambda: [].extend(H(hint))), attempt(lambda: bytearray(H(hint))))
class L(H):
    def __len__(self):
        print("len")
        return self.hint
for length in [0, 5, -1, "x"]:
    print(length, attempt(lambda: list(L(length))), attempt(lambda: len(L(length))), attempt(lambda: bool(L(length))))
