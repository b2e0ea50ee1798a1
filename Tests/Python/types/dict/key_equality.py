# Keys that are equal, that collide, and that raise.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

d = {1: "int", 1.0: "float", True: "bool", "1": "str", 1 + 0j: "complex"}
print(d, len(d), d[True])
d = {0: "a", -0.0: "b", False: "c"}
print(d)
nan = float("nan")
d = {nan: 1, float("nan"): 2}
print(len(d), d[nan], nan in d)
class C:
    def __init__(self, name, h): self.name, self.h = name, h
    def __hash__(self): print("hash", self.name); return self.h
    def __eq__(self, other): print("eq", self.name, getattr(other, "name", other)); return isinstance(other, C) and self.name == other.name
    def __repr__(self): return self.name
a, b, a2 = C("a", 1), C("b", 1), C("a", 1)
d = {a: 1}
d[b] = 2
d[a2] = 3
print(d, d[a], b in d)
del d[a2]
print(d)
class Raise:
    def __hash__(self): return 5
    def __eq__(self, other): raise ZeroDivisionError("eq")
r = Raise()
d = {r: 1}
print(d[r])
show('{Raise(): 1, r: 2}', lambda: {Raise(): 1, r: 2})
show('d[Raise()]', lambda: d[Raise()])
show('Raise() in d', lambda: Raise() in d)
show('d.get(Raise())', lambda: d.get(Raise()))
show('{5: 1, Raise(): 2}', lambda: {5: 1, Raise(): 2})
class HashRaise:
    def __hash__(self): raise OSError("hash")
show('{HashRaise(): 1}', lambda: {HashRaise(): 1})
show('HashRaise() in {}', lambda: HashRaise() in {})
show('{}.get(HashRaise())', lambda: {}.get(HashRaise()))
show('{1, HashRaise()}', lambda: {1, HashRaise()})
class Mut:
    def __init__(self, v): self.v = v
    def __hash__(self): return hash(self.v)
    def __eq__(self, o): return self.v == o.v
m = Mut(1)
d = {m: "x"}
m.v = 2
print(m in d, list(d.values()))
