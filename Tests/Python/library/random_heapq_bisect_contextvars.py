import _random, _bisect, _heapq, _contextvars as cv
def t(fn,*a,**k):
    try: print(getattr(fn,'__name__',type(fn).__name__),'->',fn(*a,**k))
    except BaseException as e: print(getattr(fn,'__name__',type(fn).__name__), type(e).__name__, e)
for s in (0,1,-5,2**32,2**70+3,2**128,1.5,'abc' if False else (1,2),True):
    r=_random.Random(s); print(r.random(), r.getrandbits(5), r.getrandbits(64), r.getrandbits(100), r.getrandbits(0))
r=_random.Random(42); st=r.getstate(); a=[r.random() for i in range(2000)]; print(sum(a)); r.setstate(st); print(a==[r.random() for i in range(2000)], len(st), st[:3], st[-1])
r.seed(7); print(r.random()); r.seed(); r.seed(None)
R=_random.Random
for a in (-1, 2**70,'x',1.5): t(r.getrandbits,a)
for a in ((), (1,)*625, 3, (1,)*624+(-1,), (-1,)*625, ('a',)*625): t(r.setstate,a)
t(R,1,2); t(R,a=2)
class Q(R):
    def __init__(s,x=None,k=1): super().__init__(x)
print(Q(3,k=2).random())
l=[1,2,2,3,5]
for f in (_bisect.bisect_left,_bisect.bisect_right):
    print([f(l,x) for x in range(7)], f(l,2,1,3), f(l,2,lo=2), f([5,3,1],-3,key=lambda x:-x), f('abcz','c'), f([1.0,2.5],2)); t(f,l,2,-1); t(f,l,'a'); t(f,l); t(f,5,1); t(f,l,1,0,99)
m=list(l); _bisect.insort_left(m,2.0); _bisect.insort_right(m,2.5,key=lambda x:x); print(m); t(_bisect.insort_left,(1,),2)
import _operator
r=_random.Random(5); h=[]
for i in range(200): _heapq.heappush(h,r.getrandbits(10))
print([_heapq.heappop(h) for i in range(200)]==sorted([*[]]) , h)
x=[r.getrandbits(10) for i in range(300)]; y=list(x); _heapq.heapify(y); print([_heapq.heappop(y) for i in x]==sorted(x)); y=list(x); _heapq.heapify_max(y); print([_heapq.heappop_max(y) for i in x]==sorted(x,reverse=True))
t(_heapq.heappop,[]); t(_heapq.heappush,1,2); t(_heapq.heapreplace,[],1); t(_heapq.heappushpop,[],1); t(_heapq.heapreplace,[1,5],3); t(_heapq.heappushpop,[1,5],3); t(_heapq.heappushpop,[4,5],3); t(_heapq.heapify,[1,'a']); t(_heapq.heappushpop_max,[4,5],3); t(_heapq.heapreplace_max,[5,4],3); t(_heapq.heappush_max,[1],'a'); t(_heapq.heappop_max,[])
z=[3,1,2]; _heapq.heapify_max(z); print(z); _heapq.heappush_max(z,9); print(z)
class E:
    def __lt__(s,o): hh.clear(); return True
hh=[E(),E(),E()]; t(_heapq.heappush,hh,E())
h=[(r.getrandbits(5),str(i)) for i in range(50)]; _heapq.heapify(h); print([_heapq.heappop(h) for i in range(50)][:5]); h=[1.5,0.5,-2.0]; _heapq.heapify(h); print(h)
v=cv.ContextVar('v'); w=cv.ContextVar('w',default=5); t(v.get,3); print(w.get(), w.get(7))
try: v.get()
except LookupError as e: print(type(e), e.args[0] is v)
tok=v.set(1); print(v.get(), tok.var is v, tok.old_value is cv.Token.MISSING, cv.Token.MISSING); c=cv.copy_context(); v.set(2); print(c[v], v.get(), v in c, w in c, len(c), list(c)==[v], c.get(w), c.get(w,9), list(c.items())==[(v,1)], list(c.values()), dict(c)=={v:1})
def run(a,b=0): tk=v.set(a); print('in',v.get()); c2=cv.copy_context(); print(c2==c, c2[v]); return tk
t2=c.run(run,10,b=3); print(c[v], v.get(), type(t2));
try: v.reset(t2)
except ValueError as e: print('different Context' in str(e))
v.reset(tok); t(v.get,'gone')
try: v.reset(tok)
except RuntimeError as e: print('already been used once' in str(e), 'used' in repr(tok))
try: w.reset(v.set(1))
except ValueError as e: print('different ContextVar' in str(e))
with v.set('ctx') as tk: print(v.get())
print(v.get())
def rec(): c.run(lambda:0)
try: c.run(rec)
except RuntimeError as e: print(str(e)[:21], str(e)[-18:])
t(cv.ContextVar); t(cv.ContextVar,3); t(cv.ContextVar,'a','b'); t(cv.Context,1); t(cv.Token); t(c.run); print(v.name, repr(w).startswith("<ContextVar name='w' default=5 at 0x")); t(setattr,v,'name',3)
try: c[3]
except TypeError as e: print(e)
try: c[w]
except KeyError as e: print('ke')
t(c.run, lambda: 1/0); print(cv.ContextVar[int], len(cv.Context()), cv.Context()==cv.Context(), hash(v)==hash(v)); t(hash,c)
class Sub: pass
try:
    class X(cv.Context): pass
except TypeError as e: print(e)
c3=c.copy(); c3.run(v.set,'three'); print(c3[v], c[v])
