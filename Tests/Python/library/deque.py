from _collections import deque
import gc
def t(f,*a,**k):
    try: print(getattr(f,'__name__',f),'->',f(*a,**k))
    except BaseException as e: print(getattr(f,'__name__',f), type(e).__name__, e)
d=deque([1,2,3])
t(d.index,9); t(d.index,2,2); t(d.index,3,-1); t(d.index,3,0,99); t(d.index); t(d.index,1,2,3,4); t(d.index,1,'a'); t(d.remove,9); t(d.insert,1,'x'); print(d); t(d.insert,99,'e'); t(d.insert,-99,'s'); print(d)
m=deque([1,2],2); t(m.insert,0,1); t(m.append,3); print(m); t(m.appendleft,0); print(m); t(m.extend,[7,8,9]); print(m); t(m.extendleft,[1,2,3]); print(m, m.maxlen, d.maxlen)
z=deque([1,2],0); z.append(1); z.extend([1,2]); z.extendleft('ab'); z.appendleft(3); print(z); z+=[4]; print(z)
t(deque,1); t(deque,[],-1); t(deque,[],'a'); t(deque,[],maxlen=1.5); t(deque,1,2,3); t(deque,foo=1); t(deque,iterable=[1],maxlen=None); t(deque,maxlen=2**70)
t(lambda:d['a']); t(lambda:d[1:2]); t(lambda:d[99]); t(lambda:d[-1]); t(d.__setitem__,99,1); t(d.__delitem__,99); 
def ds(): d['a']=1
t(ds)
def dd(): del d['a']
t(dd)
d[0]=100; del d[1]; print(d, d[-2], len(d), bool(d), bool(deque()))
t(deque().pop); t(deque().popleft); t(d.pop); t(d.popleft); print(d)
d=deque(range(10)); d.rotate(); print(d); d.rotate(-3); print(d); d.rotate(1003); print(d); t(d.rotate,'a'); d.reverse(); print(d); t(d.rotate,1,2); deque().rotate(5)
print(d.count(3), d==deque(d), d!=deque(d), d<deque([9]), d<=deque([1]), d>deque(), d>=d, d==list(d)); t(lambda:d<[1]); t(hash,d)
print(d+deque([1]), deque('ab')*2, 2*deque('ab'), deque('abc',2)*3, deque('ab')*0, deque('ab')*-1); t(lambda:d+[1]); t(lambda:d*'a'); t(lambda: d*(2**62))
e=deque('ab'); e*=3; print(e); e*=0; print(e); e=deque('abcd',3); e*=2; print(e); e+='xy'; print(e); e+=e; print(e); e.extend(e); print(e); e.extendleft(e); print(e)
def mut():
    d=deque([1,2,3])
    for x in d: d.append(x)
t(mut)
def mut2():
    d=deque([1,2,3])
    for x in reversed(d): d.pop()
t(mut2)
it=iter(deque([1,2,3])); next(it); print(it.__length_hint__(), list(it), list(it)); r=reversed(deque([1,2,3])); print(list(r), r.__length_hint__())
class E:
    def __init__(s,d): s.d=d
    def __eq__(s,o): s.d.append(1); return False
d=deque(); d.append(E(d)); t(d.remove,5); d=deque(); d.append(E(d)); t(d.index,5); d=deque(); d.append(E(d)); t(d.count,5); d=deque(); d.append(E(d)); t(d.__contains__,5)
d=deque('abc'); d.append(d); print(d); d.clear(); print(d)
class D(deque):
    def __init__(s,*a,**k): super().__init__(*a,**k); s.q=1
x=D('abc',maxlen=2); print(x, x.q, x.copy(), type(x.copy()), x.__copy__(), (x+x), type(x*2))
match deque([1,2]):
    case [a,b]: print('m',a,b)
x.extend(iter('xyz')); print(x); print(deque[int], deque.__doc__ is not None, deque.__text_signature__)
d=deque(range(1000)); s=0
while d: s+=d.popleft(); (d.pop() if d else 0)
print(s)
d=deque(); 
for i in range(2000): d.appendleft(i); d.append(-i)
print(len(d), d[1999], d[2000], d[5], d[-5], 1999 in d, 5000 in d); del d[1990]; d.insert(1500,'q'); print(d[1500],d[1499],d.index('q')); d.remove('q'); print(len(d))
d.__init__([1,2]); print(d); d.__init__(); print(d); t(d.__init__,[1],-5)
from _collections import _deque_iterator, _deque_reverse_iterator
print(list(_deque_iterator(deque([1,2,3]),1)), list(_deque_reverse_iterator(deque([1,2,3]),1))); t(_deque_iterator,3)
l=[1]; d=deque(l); d.append(d); del d; print(gc.collect()>=0)
def gen():
    yield 1
    1/0
d=deque([0]); t(d.extend,gen()); print(d); t(d.append); t(d.append,1,2); t(d.extend,5); t(d.clear,1)
print(deque([1,2]) == deque([1,2],5), sorted(k for k in vars(deque)))
