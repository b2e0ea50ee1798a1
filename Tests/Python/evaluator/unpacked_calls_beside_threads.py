"""Calls that gather and unpack arguments, and their errors, in a thread beside another one."""
import threading
e=threading.Event(); t=threading.Thread(target=e.wait); t.start()
def w(*a, **k): return f(*a, **k)
def f(a, b=2, *c, **d): return (a,b,c,d)
def g(a, b): return a, b
def wg(*a, **k): return g(*a, **k)
out=[]
def body():
    for i in range(40):
        out.append(w(1, 2, 3, x=4))
        out.append(w(1, b=5))
        for bad in (lambda: wg(1), lambda: wg(1,2,3), lambda: wg(1, a=2), lambda: wg(1, c=2), lambda: w(b=1), lambda: f(1, a=2), lambda: g(1, c=3), lambda: g(*[1], **{'b': 2, 'c': 3}), lambda: {[]: 1}, lambda: {1, []}):
            try: out.append(bad())
            except TypeError as x: out.append(str(x))
u=threading.Thread(target=body); u.start(); u.join(); e.set()
for i in range(12): print(out[i])
assert out == out[:12]*40, [ (a,b) for a,b in zip(out, out[:12]*40) if a!=b][:3]
