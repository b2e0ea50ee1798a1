# Order of evaluation in comprehensions, displays, calls and comparisons.
def t(v): print(v, end=" "); return v
[t(i) for i in [t(1), t(2)] if t(i + 10)]
print()
{t("k" + str(i)): t(i) for i in range(2)}
print()
{t(1): t(2), t(3): t(4)}
print()
[t(1), *[t(2)], t(3)]; {t(1), t(2)}; (t(1), t(2))
print()
def f(*a, **k): return len(a)
f(t(1), *[t(2)], t(3), k=t(4), **{"z": t(5)})
print()
(t(5), len)[1](t("called"))
t([5, 6])[t(0)]
print()
print(t(1) < t(2) < t(3), t(3) < t(2) < t(1), t(1) == t(1) != t(2), t(0) or t(2) and t(0) or t(4), not t(0), t(1) if t(0) else t(2))
print(t(1) + t(2) * t(3) ** t(2), -t(2) ** t(2), t(1) in [t(1), t(2)], t(1) is t(1))
d = {}
d[t("a")] = t(1)
d[t("b")], d[t("c")] = t(2), t(3)
print(d)
(lambda a=t(1), *, b=t(2): 0)()
print(f"{t(1)}{t(2):{t(3)}}", "%s %s" % (t(1), t(2)), t("x{}").format(t(5)))
def deco(n): t(n); return lambda g: t(n * 10) and g
@deco(1)
@deco(2)
def g(a: t("annotation is lazy") = t("default")): pass
class M(type):
    def __new__(m, n, b, ns, **k): t("new"); return super().__new__(m, n, b, ns)
class A(t(object), metaclass=t(M), x=t("kw")): t("body")
t(1); t(2) if t(0) else t(3); [t(4), t(5)][t(1)]
x = y = t(9)
print(x, y)
