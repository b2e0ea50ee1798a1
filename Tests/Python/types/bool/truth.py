# Truth of every kind of object, __bool__ against __len__, and their errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class B:
    def __init__(self, value): self.value = value
    def __bool__(self): print("bool", self.value); return self.value
class L:
    def __init__(self, value): self.value = value
    def __len__(self): print("len", self.value); return self.value
class BL(B):
    def __len__(self): print("never"); return 0
class N:
    __bool__ = None
class E:
    def __bool__(self): raise KeyError("no truth")
for value in [0, 1, -1, 0.0, -0.0, 1e-300, float("nan"), 0j, 1j, "", " ", b"", b"\0", (), (0,), [], [0], {}, {0: 0}, set(), {0}, frozenset(), range(0), range(1), range(5, 5), None, ..., object, len, memoryview(b""), memoryview(b"a"), slice(0), bytearray(), zip(), iter(())]:
    print(type(value).__name__, bool(value), not value, 1 if value else 2)
show('bool(B(True)), bool(B(False))', lambda: (bool(B(True)), bool(B(False))))
show('bool(B(1))', lambda: bool(B(1)))
show('bool(B(None))', lambda: bool(B(None)))
show('bool(B(0))', lambda: bool(B(0)))
show('bool(L(0)), bool(L(3)), bool(L(True))', lambda: (bool(L(0)), bool(L(3)), bool(L(True))))
show('bool(L(-1))', lambda: bool(L(-1)))
show('bool(L(2.0))', lambda: bool(L(2.0)))
show('bool(L(2**70))', lambda: bool(L(2**70)))
show('bool(BL(True))', lambda: bool(BL(True)))
show('bool(N())', lambda: bool(N()))
show('bool(E())', lambda: bool(E()))
show('not E()', lambda: not E())
show('1 if E() else 2', lambda: 1 if E() else 2)
show('E() and 1', lambda: E() and 1)
show('bool(NotImplemented)', lambda: bool(NotImplemented))
show('bool(1, 2)', lambda: bool(1, 2))
show('bool(x=1)', lambda: bool(x=1))
show('bool()', lambda: bool())
