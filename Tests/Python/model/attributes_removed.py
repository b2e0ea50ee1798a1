# Attributes that are deleted and set again, class methods and descriptors asked many times, texts of AttributeError.
class M:
    @classmethod
    def cm(cls, x=1): return cls.__name__, x
class N(M): pass
for i in range(8):
    assert M.cm()==('M',1) and N.cm(2)==('N',2)
class O:
    def __init__(s): s.a=1; s.b=2; s.c=3; s.d=4
    def m(s): return s.a
def dele():
    o=O(); del o.b; assert o.__dict__=={'a':1,'c':3,'d':4}, o.__dict__
    o=O(); del o.a, o.c; assert o.d==4 and o.b==2; o.a=9; assert vars(o)=={'b':2,'d':4,'a':9} and list(vars(o))==['b','d','a']
    o=O(); del o.d; o.z=1; del o.a
    try: o.a
    except AttributeError as e: assert str(e)=="'O' object has no attribute 'a'", e; assert e.name=='a' and e.obj is o
    try: del o.a
    except AttributeError as e: print(e)
    assert (o.b,o.c,o.z)==(2,3,1)
for i in range(10): dele()
o=O(); o.__dict__
for i in range(10): assert o.m()==1
o.m=lambda: 7
for i in range(10): assert o.m()==7
del o.m
for i in range(10): assert o.m()==1
for x in (1,'a',[],O(),O,None): print([x.__class__.__name__ for _ in range(9)][-1])
e=ValueError(1,2)
for i in range(10): assert e.args==(1,2)
for i in range(10):
    try: e.nope
    except AttributeError as x: y=x
print(y, repr(y), y.name)
import sys
try: O.nope
except AttributeError as x: print(x)
try: sys.nope
except AttributeError as x: print(x)
try: (1).nope
except AttributeError as x: print(x)
try: (i for i in ()).nope
except AttributeError as x: print(x)
class BigO: pass
b=BigO()
for i in range(40): setattr(b,'a%d'%i,i)
d=vars(b); assert list(d)==['a%d'%i for i in range(40)] and d['a17']==17 and 'zz' not in d; d['new']=1; assert b.new==1
import collections
print(sys.getsizeof(vars(b))==sys.getsizeof(vars(b)), sorted([3,1,2]), sorted('bca',key=str.upper), sorted([1,2,3],key=lambda x:-x,reverse=True), sorted((1,2),reverse=1))
try: sorted([1],foo=1)
except TypeError as x: print(x)
try: sorted([1,'a'])
except TypeError as x: print(x)
class P:
    @property
    def boom(self): raise AttributeError('boom')
    def __getattr__(self,n): return 'ga '+n
for i in range(9): assert P().boom=='ga boom'
class Sl: 
    __slots__=('q','__dict__')
s=Sl()
for i in range(9):
    try: s.q
    except AttributeError as x: y=x
print(y)
s.q=1
print(s.q)
class DD:
    def __get__(s,o,t): return 'got'
class E2: d=DD()
x=E2()
print([x.d for i in range(9)][-1]); DD.__set__=lambda s,o,v: None; x.__dict__['d']=3; print(x.d)
del DD.__set__; print(x.d)
