import _functools as f, gc
def t(fn,*a,**k):
    try: print(getattr(fn,'__name__',type(fn).__name__),'->',fn(*a,**k))
    except BaseException as e: print(getattr(fn,'__name__',type(fn).__name__), type(e).__name__, e)
P=f.partial; _=f.Placeholder
def g(*a,**k): return a,k
p=P(g,1,b=2); print(p(3,c=4), p.func is g, p.args, p.keywords); t(P); t(P,3); t(P,g,_); t(P,g,a=_)
q=P(g,_,2,_,4); print(q(1,3), q(1,3,5,x=1), q.args); t(q,1); t(q)
r=P(q,10); print(r(30,50), r.args); r2=P(q,10,30,60); print(r2(), r2.args)
print(P(p,5).args, P(p,5,b=9).keywords, P(p,5).func is g)
class C: m=P(g,1)
print(type(C().m), C.m(2), len(C().m(2)[0]))
p.x=5; print(p.__dict__, P(p).func is p); print(P[int], P.__doc__ is not None, P.__text_signature__)
d=P(len); print(d.__reduce__()[0], d.__reduce__()[2][1:]); d.__setstate__((g,(1,),{'a':2},{'z':3})); print(d(5), d.z); t(d.__setstate__,(1,)); t(d.__setstate__,(g,(_,),None,None))
t(setattr,p,'func',3); del p.x; t(lambda:p.x)
print(repr(_), f._PlaceholderType() is _, _.__reduce__()); t(f._PlaceholderType,1)
class S(P): pass
print(repr(S(max,1))[:20], S(max,1)(2)); print(str(P(max,1,key=2)))
z=P(max); z.__setstate__((z,(),{},None)); print(repr(z)); z.__setstate__((max,(),{},None))
t(f.reduce,lambda a,b:a+b,[1,2,3]); t(f.reduce,lambda a,b:a+b,[],5); t(f.reduce,lambda a,b:a+b,[]); t(f.reduce,max,3); t(f.reduce,lambda a,b:a+b,[1],initial=10); t(f.reduce,3,[1,2])
K=f.cmp_to_key(lambda a,b:b-a); print(sorted([3,1,2],key=K), K(3)<K(5), K(3)==K(3), K(3).obj); t(lambda: K(3)<4); t(hash,K(3)); t(K); t(K,1,2); t(f.cmp_to_key); print(type(K), f.cmp_to_key(mycmp=max) is not None)
I=lambda h,m,mx,c:(h,m,mx,c)
calls=[]
def fn(*a,**k): calls.append(a); return a,tuple(k.items())
for mx in (None,0,2,-5):
    w=f._lru_cache_wrapper(fn,mx,False,I); 
    for a in (1,2,1,3,1,2,'a',1.0,(1,)): w(a)
    w(1,2); w(1,b=2); w(b=2); w(1,b=2); print(mx,w.cache_info(),len(calls)); w.cache_clear(); print(w.cache_info())
w=f._lru_cache_wrapper(fn,None,True,I); w(1); w(1.0); w(True); w(1); w(x=1); w(x=1.0); print(w.cache_info())
t(f._lru_cache_wrapper,fn,'a',False,I); t(f._lru_cache_wrapper,3,1,False,I); t(w,[]); 
w=f._lru_cache_wrapper(lambda n: n if n<2 else w(n-1)+w(n-2),None,False,I); print(w(150)); w=f._lru_cache_wrapper(lambda n: n if n<2 else w(n-1)+w(n-2),8,False,I); print(w(150), w.cache_info())
w.foo=1; print(w.__dict__, w.__copy__() is w); t(w.__reduce__)
class D:
    m=f._lru_cache_wrapper(lambda s,x:x*2,10,False,I)
print(D().m(4), D.m.cache_info())
del w; gc.collect(); print(gc.collect())
import _collections
print(_collections._count_elements({},'a'), [(m:={}), _collections._count_elements(m,'abca')][0])
T=_collections._tuplegetter(1,'doc'); print(T, T.__doc__, T.__reduce__()[1]); 
class N(tuple): y=T
print(N((1,2)).y, N.y is T); t(lambda:N((1,)).y); t(setattr,N((1,2)),'y',3)
