# Insertion order under deletion, re-insertion, updates and growth.
d = {}
for i in [5, 3, 9, 1]: d[i] = i
print(d)
del d[3]; d[3] = "again"; d[5] = "kept place"
print(d, list(d), list(reversed(d)), list(d.items()), list(reversed(d.values())), next(iter(d)), list(reversed(d.items())))
for i in range(1000): d[i] = i
for i in range(0, 1000, 2): del d[i]
print(len(d), list(d)[:10], list(d)[-5:], d.popitem(), d.popitem(), len(d))
d.update({7: "seven", 2000: "new"})
print(list(d)[:6], d[7], list(d)[-2:])
e = dict.fromkeys([3, 1, 2, 3])
e |= {0: 0, 3: 3}
print(e, {**e, 1: "x", 9: 9}, e | {5: 5}, {5: 5} | e)
e.pop(1); e.setdefault(1, "back")
print(e, e == dict(reversed(e.items())), list(e) == list(reversed(list(e))))
for i in range(10): e[i % 3] = e.pop(i % 3, i)
print(e)
