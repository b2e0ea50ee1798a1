# Pipelines, coroutine-style consumers, permutations and primes by generators.
def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

def numbers():
    n = 2
    while True:
        yield n
        n += 1
def sieve(source):
    while True:
        p = next(source)
        yield p
        source = (lambda p, s: (n for n in s if n % p))(p, source)
def take(n, it):
    for _ in range(n): yield next(it)
print(list(take(25, sieve(numbers()))))
def permutations(items):
    if not items: yield ()
    for i, x in enumerate(items):
        for rest in permutations(items[:i] + items[i + 1:]): yield (x, *rest)
print(list(permutations("abc")), sum(1 for _ in permutations("abcdef")))
def average():
    total = count = 0
    value = yield
    while True:
        total += value; count += 1
        value = yield total / count
a = average(); next(a)
print([a.send(x) for x in (10, 20, 60)])
def grep(word, target):
    while True:
        line = yield
        if word in line: target.send(line)
def printer():
    while True: print("->", (yield))
p = printer(); next(p)
s = grep("py", p); next(s)
for line in ["python", "ruby", "pypy"]: s.send(line)
def flatten(x): yield from (flatten_one for item in x for flatten_one in (flatten(item) if isinstance(item, list) else [item]))
print(list(flatten([1, [2, [3]], 4])))
def fib():
    a, b = 0, 1
    while True: yield a; a, b = b, a + b
print(list(take(20, fib())), next(x for x in fib() if x > 1000))
def chunks(seq, n): return (seq[i:i + n] for i in range(0, len(seq), n))
print(list(chunks("abcdefgh", 3)), dict(zip("abc", fib())))
print(attempt(lambda: list(take(5, iter([1])))))
