# Recursion through functions, methods, operators, attributes, comparisons, repr, iteration: RecursionError, then recovery.
import sys

def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

class R:
    def __repr__(self): return repr([self])
    def __eq__(self, o): return [self] == [o]
    def __getattr__(self, n): return getattr(self, n + "")
    def __call__(self): return self()
    def __add__(self, o): return self + o
    def __iter__(self): return iter([*self])
    def __len__(self): return len(self)
    def __hash__(self): return hash((self,))
    def __bool__(self): return bool(self)
    def __str__(self): return str(self)
    def __getitem__(self, k): return self[k]
    def __format__(self, s): return f"{self:x}"
    def __contains__(self, x): return x in self
    def __index__(self): return [0][self]
    def __lt__(self, o): return sorted([self, o])
    def __setattr__(self, n, v): self.x = v
    @property
    def p(self): return self.p
    def m(self, *a, **k): return self.m(*a, **k)
def plain(n): return plain(n + 1)
def gen(n): yield from gen(n + 1)
def comp(n): return [comp(n + 1) for _ in [0]]
def keyed(n): return sorted([1], key=keyed)
def mapped(n): return list(map(mapped, [n]))
def execd(n): exec("execd(n)", globals(), {"n": n})
def tried(n):
    try: return tried(n + 1)
    finally: pass
async def co(n): await co(n + 1)
r = R()
for name, f in {"repr": lambda: repr(r), "eq": lambda: r == R(), "getattr": lambda: r.zzz, "call": lambda: r(), "add": lambda: r + 1, "iter": lambda: list(r), "len": lambda: len(r), "hash": lambda: hash(r), "bool": lambda: bool(r), "str": lambda: str(r), "getitem": lambda: r[0], "format": lambda: f"{r}", "contains": lambda: 1 in r, "index": lambda: [0][r], "lt": lambda: r < R(), "setattr": lambda: setattr(r, "x", 1), "property": lambda: r.p, "method": lambda: r.m(1, k=2), "plain": lambda: plain(0), "generator": lambda: next(gen(0)), "comprehension": lambda: comp(0), "key": lambda: keyed(1), "map": lambda: mapped(1), "exec": lambda: execd(1), "try": lambda: tried(0), "await": lambda: co(0).send(None)}.items():
    try:
        f()
        print(name, "no error")
    except RecursionError as e:
        print(name, type(e).__name__)
def depth(n):
    try: return depth(n + 1)
    except RecursionError: return n
first = depth(0)
print(first == depth(0), first > 900)
sys.setrecursionlimit(200)
print(depth(0) < 200, sys.getrecursionlimit())
for bad in (0, -1, "x", 2**40): print(attempt(sys.setrecursionlimit, bad))
sys.setrecursionlimit(50000)
def down(n): return 0 if n == 0 else 1 + down(n - 1)
print(down(40000))
