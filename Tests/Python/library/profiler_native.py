# The native profiler: counts by function and caller, flags, timers, errors, and cProfile on it.
import _lsprof, time
p = _lsprof.Profiler()
def f(x):
    [].append(1); len('a'); time.time(); 'a'.upper(); list.append([], 1); dict.fromkeys('a'); int.from_bytes(b'a')
    try: int('x')
    except ValueError: pass
    return x
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
def gen():
    yield 1
    yield 2
p.enable(); f(1); fib(5); list(gen()); p.disable()
def name(code): return code if isinstance(code, str) else code.co_name
def shown(entries): return sorted((name(e.code), e.callcount, e.reccallcount, type(e.totaltime).__name__) for e in entries)
for e in sorted(p.getstats(), key=lambda e: name(e.code)):
    print(name(e.code), e.callcount, e.reccallcount, e.totaltime >= e.inlinetime, e.calls and shown(e.calls))
p.clear(); print(p.getstats())
p.enable(subcalls=False, builtins=False); f(1); p.disable(); print([(name(e.code), e.calls) for e in p.getstats()])
for a in ((None, 'a'), (None, 1.0, 0, 0, 0)):
    try: print(_lsprof.Profiler(*a))
    except Exception as e: print(type(e).__name__, e)
p.enable()
try: _lsprof.Profiler().enable()
except ValueError as e: print(e)
p.disable(); p.disable()
ticks = iter(range(0, 10000, 10))
p = _lsprof.Profiler(lambda: next(ticks), 0.5)
p.enable(); len('a'); p.disable()
print(sorted((name(e.code), e.totaltime, e.inlinetime) for e in p.getstats()))
import cProfile, pstats, io
c = cProfile.Profile(); print(c.runcall(f, 3)); s = io.StringIO(); stats = pstats.Stats(c, stream=s)
print(sorted((k[2], v[:2]) for k, v in stats.stats.items()))
