# Random operations on sets that grow and shrink across the size of the smallest table, and finalisers that add to the set that is cleared.
import random
random.seed(5)
sets=[set() for _ in range(6)]+[frozenset()]
class S(set): pass
sets.append(S())
for step in range(60000):
    i=random.randrange(8); a=sets[i]; b=random.choice(sets); op=random.randrange(16); k=random.choice([random.randrange(12),str(random.randrange(9)),(random.randrange(5),)])
    if isinstance(a,frozenset): sets[i]=a|{k} if len(a)<12 else frozenset(b); continue
    if op<4: a.add(k)
    elif op<7: a.discard(k)
    elif op==7: a.update(b)
    elif op==8: a&=b
    elif op==9: a-=b if b is not a else set()
    elif op==10: a^=b if b is not a else set()
    elif op==11: a.clear()
    elif op==12 and a: a.pop()
    elif op==13: sets[i]=type(a)(a)
    elif op==14: sets[i]=type(a)(b)
    elif op==15: a.intersection_update(b); a.symmetric_difference_update(list(b)[:3])
    if len(a)>40: a.clear()
    sets[i]=a if op<13 else sets[i]
    if step%500==0: print([sorted(map(str, s)) for s in sets])
class D:
    def __init__(s,n,t): s.n=n; s.t=t
    def __del__(s): s.t.add(s.n)
t=set()
for n in range(5): t.add(D(n,t))
x=len(t); t.clear(); print(x,sorted(t))
t=set()
for n in range(30): t.add(D(n,t))
x=len(t); t.clear(); print(x,sorted(t))
