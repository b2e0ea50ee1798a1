# float() of integers, strings and objects with __float__ or __index__.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class F:
    def __init__(self, value): self.value = value
    def __float__(self): return self.value
class Index:
    def __index__(self): return 7
class Sub(float):
    def __repr__(self): return "Sub(" + float.__repr__(self) + ")"
class StrSub(str):
    def __float__(self): return 99.5
show('float()', lambda: float())
show('float(2**53 + 1), float(-2**70), float(10**308), float(True)', lambda: (float(2**53 + 1), float(-2**70), float(10**308), float(True)))
show('float(10**309)', lambda: float(10**309))
show('float(2**1024 - 2**970)', lambda: float(2**1024 - 2**970))
show('float(2**1024 - 2**970 - 1)', lambda: float(2**1024 - 2**970 - 1))
show('float(F(1.5))', lambda: float(F(1.5)))
show('float(F(1))', lambda: float(F(1)))
show('float(F("1.5"))', lambda: float(F("1.5")))
show('float(F(Sub(2.5)))', lambda: float(F(Sub(2.5))))
show('float(Index())', lambda: float(Index()))
show('float(StrSub("1"))', lambda: float(StrSub("1")))
show('float(Sub(3.5)), type(float(Sub(3.5)))', lambda: (float(Sub(3.5)), type(float(Sub(3.5)))))
show('Sub("4.5"), Sub(1) + 1, type(Sub(1) + 1), Sub(F(1.25))', lambda: (Sub("4.5"), Sub(1) + 1, type(Sub(1) + 1), Sub(F(1.25))))
show('float(None)', lambda: float(None))
show('float([])', lambda: float([]))
show('float(1j)', lambda: float(1j))
show('float("1", "2")', lambda: float("1", "2"))
show('float(x="1")', lambda: float(x="1"))
show('Sub(x=1)', lambda: Sub(x=1))
show('float(object())', lambda: float(object()))
