# Loops over enumerate() and dict.items() whose target is a pair: ends, changes while they run, large numbers, finalisers, an iterator used beside its loop.
def f(l):
    r=[]
    for i,x in enumerate(l):
        r.append((i,x))
        if i==3: l.append(99)
        if len(r)>200: break
    return r
for _ in range(3): print(f([1,2,"a",[3],4.5]))
def g(d):
    r=[]
    for k,v in d.items():
        r.append(k); r.append(v)
    else: r.append("end")
    return r
for _ in range(70): x=g({1:2,"a":[1],None:3}); y=g({}); 
print(x,y)
def h(d):
    for k,v in d.items():
        d[k+1]=v
for _ in range(3):
    try: h({1:2})
    except RuntimeError as e: print(e)
def e2(d):
    for k,v in d.items():
        del d[k]; d[k+10]=1
for _ in range(3):
    try: e2({1:2,2:3})
    except RuntimeError as e: print(e)
def q(it):
    s=0
    for a,b in enumerate(it): s+=a
    return s
print(q([1,2,3]),q((1,2,3)),q([1]*10),q(iter("abc")), q({1,2}))
def q2(it,start):
    s=[]
    for a,b in enumerate(it,start): s.append(a)
    return s
print(q2([1,2,3],2**61-2),q2([1,2,3],2**62-2),q2([1]*3,2**63-1),q2([1]*3,2**63-2))
class D:
    def __del__(self): print("del")
def dd(l):
    for i,x in enumerate(l):
        l[i]=None
        print(i, x is None)
for _ in range(2): dd([D(),D()])
def zz(d):
    for (k,v) in d: print(k,v)
zz(enumerate([1,2])); zz({1:2}.items()); zz([(3,4)]); zz(enumerate([5]))
def it2():
    e=enumerate([1,2,3])
    for i,x in e:
        if i==0: print(next(e))
        else: print(i,x)
    print(list(e))
it2(); it2()
