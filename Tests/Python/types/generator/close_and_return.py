# close: ignored exits, returned values, exceptions, collection.
def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

def ignores():
    try: yield 1
    except GeneratorExit: yield 2
def returns():
    try: yield 1
    except GeneratorExit: return "closed value"
def raises():
    try: yield 1
    finally: raise OSError("in finally")
def plain():
    yield 1
for f in [ignores, returns, raises, plain]:
    x = f(); next(x)
    print(f.__name__, attempt(x.close), attempt(x.close))
    print(f.__name__, attempt(f().close))
x = plain()
print(list(x), x.close())
def loop():
    try:
        for i in range(3): yield i
    finally: print("cleanup")
for i in loop():
    if i == 1: break
g = loop(); next(g)
g = None
print("collected")
def nested():
    try:
        yield from loop()
    finally: print("outer cleanup")
n = nested(); next(n); n.close()
r = returns(); next(r)
print(attempt(r.throw, GeneratorExit), attempt(r.throw, ValueError))
s = plain()
print(attempt(s.send, 1), attempt(s.throw, ValueError("unstarted")), attempt(next, s))
