# The iteration protocols: __iter__, __getitem__, callable with sentinel, and their errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

class Seq:
    def __getitem__(self, i):
        if i >= 3: raise IndexError
        return i * 10
class SeqStop:
    def __getitem__(self, i):
        if i >= 2: raise StopIteration
        return i
class SeqError:
    def __getitem__(self, i): raise KeyError(i)
class NotIter:
    def __iter__(self): return 5
class NoneIter:
    __iter__ = None
    def __getitem__(self, i): return i
class NoNext:
    def __iter__(self): return self
class Raises:
    def __iter__(self): raise ValueError("iter")
class NextRaises:
    def __iter__(self): return self
    def __next__(self): raise OverflowError("next")
class Count:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 3: raise StopIteration(self.n)
        return self.n
for kind in [Seq, SeqStop, SeqError, NotIter, NoneIter, NoNext, Raises, NextRaises, Count]:
    print(kind.__name__, attempt(lambda: list(kind())), attempt(lambda: 20 in kind()), attempt(lambda: (lambda a, b, c: a)(*kind())), attempt(lambda: sum(kind())), attempt(lambda: max(kind())), attempt(lambda: dict.fromkeys(kind())), attempt(lambda: [x for x in kind()]), attempt(lambda: sorted(kind())), sep="\n    ")
it = iter([3, 2, 1, 0, 5].pop, 1)
print(list(it), next(it, "over"))
def f():
    raise StopIteration
print(list(iter(f, 0)))
s = iter(Seq())
print(next(s), s.__length_hint__() if hasattr(Seq, "__len__") else "", list(s), next(s, None))
class Len(Seq):
    def __len__(self): return 3
print(list(reversed(Len())), iter(Len()).__length_hint__())
show('reversed(Seq())', lambda: reversed(Seq()))
class NoRev(list):
    __reversed__ = None
show('reversed(NoRev())', lambda: reversed(NoRev()))
class Rev:
    def __reversed__(self): return "anything"
show('reversed(Rev())', lambda: reversed(Rev()))
show('iter(5, 6)', lambda: iter(5, 6))
show('iter(len, 1).__next__()', lambda: iter(len, 1).__next__())
show('next(5)', lambda: next(5))
show('next(Count(), 1, 2)', lambda: next(Count(), 1, 2))
show('all(NextRaises())', lambda: all(NextRaises()))
show('any(Count()), all(Count()), min(Count()), sum(Count(), 10), tuple(Count()), set(Count()), " ".join(map(str, Count()))', lambda: (any(Count()), all(Count()), min(Count()), sum(Count(), 10), tuple(Count()), set(Count()), " ".join(map(str, Count()))))
