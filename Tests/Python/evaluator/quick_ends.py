# Generators and coroutines to their ends, attributes found by __getattr__ beside others, loops over dicts, exchanged locals.
def g(n):
    try:
        for i in range(n):
            x = yield i
            if x: print('got', x)
    finally:
        print('fin')
    return 'end'
def h():
    r = yield from g(3)
    print(r)
    return r
print(list(h()))
it=h(); print(next(it), it.send('hi')); it.close()
class C:
    def __getattr__(self, n):
        if n.startswith('__'): raise AttributeError(n)
        return n*2
    @property
    def p(self): raise AttributeError('inner')
    def m(self): return 'm'
    def __enter__(self): return self
    def __exit__(self,*a): print('exit', a[0]); return True
c=C()
for i in range(20):
    assert c.m()=='m'; assert c.q=='qq', c.q; assert c.p=='pp', c.p
c.q=5
for i in range(8): assert c.q==5
c.__dict__['zz']=1
for i in range(8): assert c.zz==1 and c.yy=='yyyy'
for i in range(3):
    with c: pass
    with c: 1/0
c.__enter__=lambda: 5
with c as d: assert d is c
async def co(n):
    if n<2: return n
    return await co(n-1)+await co(n-2)
try: co(12).send(None)
except StopIteration as e: print(e.value)
x=co(3); x.close()
d={'a':1,'b':2}
for i in range(3):
    print([k for k in d],[v for v in d.values()])
try:
    for k in d: d['c']=1
except RuntimeError as e: print(e)
a,b,c2,d2,e2=[1,2,3,4,5]; print(a,b,c2,d2,e2)
a,b=b,a=[a,b]; print(a,b)
def f():
    a,b,c=(1,2,3); a,b=b,a; (a,b),c=(c,a),b; return a,b,c
print(f())
def gg():
    yield 1
print(tuple(x for x in gg()), set(x for x in (1,2)), max(x for x in (1,2)), sorted(map(lambda x:-x,[1,2,3]), key=lambda x:x))
import sys
def fr(): 
    yield sys._getframe().f_code.co_name
    raise ValueError
try: list(fr())
except ValueError as e: print('ok')
async def ag():
    yield 1
    yield 2
async def run():
    return [x async for x in ag()]
import asyncio
print(asyncio.run(run()))
