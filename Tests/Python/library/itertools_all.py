from itertools import *
import itertools
def t(f,*a,**k):
    try:
        r=f(*a,**k); r = list(islice(r,8)) if hasattr(r,'__next__') else r
        print(getattr(f,'__name__',f),'->',r)
    except BaseException as e: print(getattr(f,'__name__',f), a if len(str(a))<40 else '', type(e).__name__, e)
t(count); t(count,5); t(count,5,2); t(count,1.5,.5); t(count,'a'); print(count(5),count(5,2),count(2**62-2)); t(count,2**62-2); t(count,2**64)
t(cycle,'abc'); t(cycle,''); t(repeat,1); t(repeat,1,3); t(repeat,1,times=-2); print(repeat(1),repeat(1,2)); t(repeat(1).__length_hint__)
t(compress,'abcdef',[1,0,1,0,1]); t(dropwhile,lambda x:x<3,[1,2,3,1]); t(takewhile,lambda x:x<3,[1,2,3,1]); t(filterfalse,None,[0,1,2,0]); t(filterfalse,lambda x:x%2,range(6)); t(starmap,pow,[(2,3),[3,2]]); t(accumulate,[1,2,3]); t(accumulate,[1,2,3],initial=10); t(accumulate,[1,2,3],lambda a,b:a*b); t(accumulate,[])
t(islice,range(10),3); t(islice,range(10),2,8,3); t(islice,range(10),2,None); t(islice,[1],-1); t(islice,[1],'a'); t(islice,[1],1,-1); t(islice,[1],0,1,0); t(islice,[1]); t(islice,[1],1,2,3,4); it=iter(range(10)); list(islice(it,2,5,10)); print(list(it))
t(chain,'ab',[1]); t(chain.from_iterable,['ab',[1]]); t(chain,1); t(chain); print(chain[int])
t(pairwise,range(4)); t(pairwise,[1]); t(batched,range(7),3); t(batched,range(7),3,strict=True); t(batched,[1],0); t(zip_longest,'abc',[1]); t(zip_longest,'abc',[1],fillvalue=0); t(zip_longest,[1],foo=1); t(zip_longest)
t(product,'ab',[1,2]); t(product,'ab',repeat=2); t(product); t(product,[]); t(product,'a',repeat=-1); t(product,'a',foo=1); t(product,'ab',repeat=0)
t(permutations,range(3)); t(permutations,range(3),2); t(permutations,range(3),4); t(permutations,[1],-1); t(permutations,[1],'a'); t(combinations,range(4),2); t(combinations,range(4),0); t(combinations,range(4),5); t(combinations,range(4),-1); t(combinations_with_replacement,'abc',2); t(combinations_with_replacement,'',2)
for k,g in groupby('aabbbc'): print(k,list(g))
g=groupby([1,1,2]); a=next(g); b=next(g); print(list(a[1]),list(b[1]))
print([(k,len(list(v))) for k,v in groupby(range(10),key=lambda x:x//4)])
a,b,c=tee(range(200),3); print(sum(a),sum(b),list(c)[-3:]); t(tee,[1],-1); t(tee,[1],0); t(tee,3)
a,=tee('abc',1); next(a); import _operator
print(len(list(product(range(10),repeat=4))), list(permutations(range(5)))[77], sum(1 for _ in combinations(range(16),8)))
keep=list(product('ab','cd')); print(keep); print(list(zip_longest('ab','c')), list(combinations('abcd',3)))
class R:
    def __init__(s): s.n=0
    def __iter__(s): return s
    def __next__(s):
        s.n+=1
        if s.n>3: raise StopIteration
        return s.n
t(chain,R(),R()); t(accumulate,R()); t(zip_longest,R(),'abcde'); t(cycle,R()); t(tee(R())[1].__next__)
class Bad:
    def __iter__(s): return s
    def __next__(s): 1/0
t(chain,Bad()); t(list, chain('a',Bad())); t(list,zip_longest('a',Bad())); t(list,groupby(Bad())); t(list,tee(Bad())[0])
class P(chain): pass
p=P('ab'); p.x=3; print(p.x,list(p))
import gc
l=[]; c=chain(l); l.append(c); del c,l; l=[]; c=cycle(l); l.append(c); del l,c; print(gc.collect()>=0)
t(combinations,'ab'); t(combinations,'ab',r=1); t(cycle); t(cycle,1,2); t(accumulate,[1],bad=1); t(count,1,2,3); t(starmap,1,2)
d=tee(range(300000)); x=d[1]; sum(d[0]); del d,x; print('ok')
