# Line, opcode and return events of sys.settrace, tracing that begins in the middle, and assignment to f_lineno.
import sys
log=[]
def t(fr, ev, arg):
    log.append((fr.f_code.co_name, ev, fr.f_lineno, fr.f_lasti))
    return t
def inner():
    f = sys._getframe(1)
    f.f_trace = t
    sys.settrace(t)
    return 7
def outer():
    a = 1
    b = inner() + 2
    for i in range(2):
        a += i
    c = [x for x in (1,2)]
    return a+b
r=outer()
y = 3
sys.settrace(None)
for e in log: print(*e)
log.clear()
def ops(x):
    y = x + 1
    if y > 1:
        z = [y, x]
    for i in z:
        print(i)
    try:
        1/0
    except ZeroDivisionError:
        pass
    return f"{y}"
def t2(fr, ev, arg):
    if fr.f_code.co_name != 'ops': return
    fr.f_trace_opcodes = True
    log.append((ev, fr.f_lineno, fr.f_lasti))
    return t2
sys.settrace(t2)
ops(1)
sys.settrace(None)
for e in log: print(*e)
class CM:
    def __enter__(s): return s
    def __exit__(s,*a): pass
# jumps
def jump(target, at, fn):
    done=[]
    def tr(fr, ev, arg):
        if fr.f_code is not fn.__code__: return
        if ev=='line' and fr.f_lineno - fn.__code__.co_firstlineno == at and not done:
            done.append(1)
            try:
                fr.f_lineno = target + fn.__code__.co_firstlineno
            except Exception as e: print("jump:", type(e).__name__, e)
        return tr
    sys.settrace(tr)
    try: 
        out=[]
        fn(out)
    except BaseException as e:
        sys.settrace(None)
        print("exc", type(e).__name__, e)
    finally: sys.settrace(None)
    print(out)
def j1(o):
    o.append(1)
    o.append(2)
    o.append(3)
    for i in 1,2:
        o.append(i)
    try:
        o.append(4)
    except E:
        o.append(5)
    with CM() as f:
        o.append(6)
    o.append(7)
for a in range(1,13):
    for b in (1,3,4,5,7,9,11,12,0,20):
        print(a,b,end=' ')
        jump(b,a,j1)
