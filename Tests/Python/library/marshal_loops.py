# Code objects and slices that contain themselves cannot be marshalled.
import marshal
def f(): return 1.5
code=f.__code__; a=[]; code=code.replace(co_consts=code.co_consts+(a,)); a.append(code)
def t(x,v):
    try: marshal.dumps(x,v); print('ok',v)
    except Exception as e: print(v,repr(e))
for v in range(6): t(code,v)
a.clear()
a=slice([],None); a.start.append(a)
for v in range(6): t(a,v)
t_=([],); t_[0].append(t_)
for v in range(6): t(t_,v)
l=[]; l.append(l)
for v in range(6): t(l,v)
d={}; d[1]=d
t(d,5)
f=frozenset([(1,)]); 
