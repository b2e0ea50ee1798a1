# Modules, simple namespaces and mapping proxies: attributes, repr, errors.
import sys

def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

Module, Namespace, Proxy = type(sys), type(sys.implementation), type(int.__dict__)
m = Module("made", "its doc")
m.x = 1
print(m, m.__name__, m.__doc__, m.__dict__["x"], m.__package__, m.__loader__, m.__spec__, sorted(vars(m)), Module("n").__doc__)
show('m.y', lambda: m.y)
show('delattr(m, "y")', lambda: delattr(m, "y"))
show('Module()', lambda: Module())
show('Module(5)', lambda: Module(5))
show('Module.__repr__(m), hash(m) == hash(m), m == m', lambda: (Module.__repr__(m), hash(m) == hash(m), m == m))
m.__getattr__ = lambda n: "dynamic " + n
m.__dir__ = lambda: ["b", "a"]
print(m.anything, dir(m), getattr(m, "x"))
show('setattr(m, "__dict__", {})', lambda: setattr(m, "__dict__", {}))
show('setattr(m, "__class__", int)', lambda: setattr(m, "__class__", int))
class Sub(Module):
    @property
    def p(self): return "property"
m.__class__ = Sub
print(m.p, type(m).__name__)
del m.__name__
print(repr(m))
n = Namespace(a=1, b="x")
n.c = [n]
print(n, n.a, n.__dict__.keys(), n == Namespace(a=1, b="x"), Namespace(a=1) == Namespace(a=1), Namespace({"k": 1}, z=2), Namespace([("p", 1)]), Namespace())
show('n.zz', lambda: n.zz)
show('Namespace(1)', lambda: Namespace(1))
show('Namespace({}, {})', lambda: Namespace({}, {}))
show('Namespace({1: 2})', lambda: Namespace({1: 2}))
show('Namespace(a=1) < Namespace(a=2)', lambda: Namespace(a=1) < Namespace(a=2))
show('Namespace(a=1).__replace__(b=2), hash(n)', lambda: (Namespace(a=1).__replace__(b=2), hash(n)))
class N(Namespace): pass
print(N(q=1), repr(Namespace(**{"not ident": 1})))
d = {"a": 1}
p = Proxy(d)
d["b"] = 2
print(p, p["b"], len(p), list(p), p.get("z", 0), p.copy(), p | {"c": 3}, {"c": 3} | p, "a" in p, p == d, dict(p), list(reversed(p)), p.items(), repr(p))
show('p["z"]', lambda: p["z"])
show('p.__setitem__("a", 1)', lambda: p.__setitem__("a", 1))
show('p.pop("a")', lambda: p.pop("a"))
show('p.clear', lambda: p.clear)
show('Proxy(5)', lambda: Proxy(5))
show('Proxy([1])', lambda: Proxy([1]))
show('Proxy()', lambda: Proxy())
show('hash(p)', lambda: hash(p))
show('Proxy(dict.fromkeys("ab")).keys() & {"a"}, type(Proxy({}) | Proxy({1: 2}))', lambda: (Proxy(dict.fromkeys("ab")).keys() & {"a"}, type(Proxy({}) | Proxy({1: 2}))))
def store(): int.__dict__["x"] = 1
show('store()', lambda: store())
def ior():
    global p
    p |= {}
show('ior()', lambda: ior())
