# Exact comparison between floats and integers near the precision limit.
for base in [2**53, 2**54, 2**62, 2**63, 2**64, 10**22, 10**23, 2**1023]:
    for delta in [-2, -1, 0, 1, 2]:
        i, f = base + delta, float(base)
        print(delta, i == f, i != f, i < f, i <= f, i > f, i >= f, f == i, f < i, f > i)
inf = float("inf")
print(10**400 < inf, 10**400 == inf, -10**400 > -inf, 10**400 > 1e308, -10**400 < -1e308, 0 == -0.0, 0 < 5e-324)
print([x for x in sorted([1, 1.0, True, 0.5, 10**20, 1e20, -inf, inf, 3])])
nan = float("nan")
print(nan == nan, nan != nan, nan < 1, nan in [nan], [nan] == [nan], (nan,) == (float("nan"),), [nan].count(nan), [nan].index(nan), max(nan, 1), max(1, nan), min(nan, 1), sorted([nan, 1, 0])[0] != sorted([nan, 1, 0])[0])
