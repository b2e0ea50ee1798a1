# Augmented assignment: in-place methods, evaluation once, failure after mutation.
def run(source, mode="exec"):
    print(repr(source))
    try:
        exec(compile(source, "<text>", mode), {"__name__": "text"})
    except SyntaxError as error:
        print("   ", type(error).__name__, error.msg, (error.lineno, error.offset, error.end_lineno, error.end_offset), repr(error.text))
    except BaseException as error:
        print("   ", type(error).__name__ + ":", error)

class V:
    def __init__(self, v): self.v = v
    def __iadd__(self, o): self.v += o; return self
    def __add__(self, o): return V(self.v + o)
    def __isub__(self, o): return NotImplemented
    def __sub__(self, o): return "sub"
    def __imul__(self, o): return "replaced"
    def __rtruediv__(self, o): return "rdiv"
v = w = V(1)
v += 5
print(v is w, v.v)
v -= 1
print(v)
w *= 2
print(w)
x = 10
x /= V(1)
print(x)
def index(): print("index once"); return 0
def target(): print("target once"); return lst
lst = [1]
target()[index()] += 5
print(lst)
class O:
    def __getattr__(self, n): print("get", n); return 10
    def __setattr__(self, n, val): print("set", n, val)
    def __getitem__(self, k): print("item", k); return 1
    def __setitem__(self, k, val): print("store", k, val)
o = O()
o.a += 1
o[1, 2] -= 1
o[1:2] *= 3
t = ([1],)
try:
    t[0] += [2]
except TypeError as e:
    print(e, t)
x = 5
x += 1; x -= 2; x *= 3; x /= 4; x //= 1; x %= 2; x **= 3
y = 6
y &= 3; y |= 8; y ^= 1; y <<= 2; y >>= 1
print(x, y)
def local():
    try:
        unknown += 1
    except UnboundLocalError as e:
        return str(e)
print(local())
try:
    unknown_global += 1
except NameError as e:
    print(e)
for source in ["x + 1 += 2", "f() += 1", "(a, b) += 1", "[a] += 1", "a, b += 1", "x++", "5 += 1", "'a' += 'b'", "x = y += 1", "(x) += 1", "x: int += 1", "None += 1", "a if b else c += 1", "*a += 1", "x += yield", "x += *a"]:
    run(source)
