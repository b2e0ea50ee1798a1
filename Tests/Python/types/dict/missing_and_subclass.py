# __missing__, overridden methods and what ignores them.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class D(dict):
    def __missing__(self, key): print("missing", key); return key * 2
d = D(a=1)
print(d["a"], d["zz"], d.get("zz"), "zz" in d, d, d | {}, type(d | {}), type({} | d), type(d.copy()), type(D.fromkeys("a")), D.fromkeys("ab", 1))
show('d.pop("q")', lambda: d.pop("q"))
show('d[[]]', lambda: d[[]])
class Store(dict):
    def __missing__(self, key):
        self[key] = value = len(self)
        return value
s = Store()
print(s["x"], s["y"], s["x"], s)
class Over(dict):
    def __getitem__(self, key): return "get " + str(key)
    def __setitem__(self, key, value): print("set", key); super().__setitem__(key, value)
    def keys(self): print("keys"); return super().keys()
    def __iter__(self): print("iter"); return super().__iter__()
    def __len__(self): return 77
    def __contains__(self, key): return "always"
o = Over(a=1)
o["b"] = 2
o.update(c=3)
print(o["a"], o.get("a"), len(o), "zz" in o, list(o), dict(o), {**o}, o, o == {"a": 1, "b": 2, "c": 3}, o.setdefault("d", 4), "%(a)s" % o, "{a}".format_map(o))
class BadMissing(dict):
    def __missing__(self, key): raise LookupError("no " + key)
show('BadMissing()["k"]', lambda: BadMissing()["k"])
class M:
    def keys(self): return ["p", "q"]
    def __getitem__(self, key): return key.upper()
show('dict(M()), {**M()}, (lambda **k: k)(**M())', lambda: (dict(M()), {**M()}, (lambda **k: k)(**M())))
class M2:
    def keys(self): return 5
show('dict(M2())', lambda: dict(M2()))
class M3:
    def keys(self): return ["a"]
show('dict(M3())', lambda: dict(M3()))
show('{**M3()}', lambda: {**M3()})
show('eval("zz", {}, Store(zz=5)), eval("absent", {}, Store())', lambda: (eval("zz", {}, Store(zz=5)), eval("absent", {}, Store())))
