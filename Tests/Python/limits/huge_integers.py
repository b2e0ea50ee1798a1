# Arithmetic of integers with tens of thousands of digits.
def checksum(n): return n % 1000000007, n.bit_length(), n % 998244353
a, b = 3**20000, 7**15000
print(checksum(a), checksum(b), checksum(a * b), checksum(a // b if a > b else b // a), checksum(a + b), checksum(a - b), checksum(pow(a, 3, b)), checksum(a & b), checksum(a ^ b), checksum(a << 12345), checksum(a >> 12345), checksum(-a // b), checksum(-a % b))
print(checksum(1 << 200000), (1 << 100000).bit_count(), a == 3**20000, a < b, a * a == a**2, (a * b) // b == a, (a * b + 5) % b == 5, divmod(a * b + 7, a) == (b, 7))
f = 1
for i in range(1, 3001): f *= i
print(checksum(f), hash(f), len(hex(f)))
print(len(str(7**5000)), int(str(7**5000)) == 7**5000, str(7**5000)[:30], str(7**5000)[-30:])
x = 10**4000
print(x // 10**3990, x - 1 == int("9" * 4000), hash(x), hash(-x), float(10**308 // 3))
g, h = a, b
for _ in range(200): g, h = h, g % h
print(checksum(g))
root = 10**2000
for _ in range(30): root = (root + 2 * 10**4000 // root) // 2
print(checksum(root))
print(int.from_bytes(a.to_bytes(5000, "big"), "big") == a, hex(b)[-40:], oct(b)[-20:], bin(b)[-70:])
