# Big containers: a million elements, growth, deletion, sorting, joining.
n = 300000
a = list(range(n))
a.extend(a)
print(len(a), sum(a), a[n], a[::-1][0], len(a * 2), len(set(a)), len(dict.fromkeys(a)))
del a[::2]
print(len(a), a[:5])
a.sort(reverse=True)
print(a[0], a[-1], a.count(1), a.index(1))
s = "".join(map(str, range(n)))
print(len(s), s.count("99"), s.find("123456"), len(s.split("1")), hash(s) == hash(s[:] + ""))
d = {i: str(i) for i in range(n)}
for i in range(0, n, 3): del d[i]
print(len(d), list(d)[:3], sum(map(len, d.values())))
t = tuple(range(n))
print(t[-1], hash(t) == hash(tuple(range(n))), t == tuple(a), max(t), len(t + t))
b = bytearray(n)
b[::2] = b"\x01" * (n // 2)
print(sum(b), b.count(1), b.find(b"\x00\x00"), len(bytes(b).replace(b"\x01", b"ab")))
q = []
for i in range(n): q.append(i) if i % 3 else q and q.pop()
print(len(q), q[:4])
st = {i * i % 10007 for i in range(n)}
print(len(st), len(st | {-1}), len(st & set(range(5000))), len({frozenset([i, i + 1]) for i in range(20000)}))
