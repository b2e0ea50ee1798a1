# Events of generators, exceptions and native calls for sys.settrace and sys.setprofile.
import sys
def g():
    yield 1
    return 5
def t(fr, ev, arg):
    print(fr.f_code.co_name, ev, fr.f_lineno, fr.f_lasti, arg if not isinstance(arg,tuple) else (arg[0],repr(arg[1]),arg[2] and arg[2].tb_lineno))
    return t
def h():
    for i in g():
        pass
    for i in g():
        pass
    try:
        raise ValueError(3)
    except ValueError as e:
        x = 1
    return list(map(str, [1]))
sys.settrace(t)
h()
def k():
    x = yield from g()
    return x
for z in k(): pass
sys.settrace(None)
h()
class C:
    def __init__(self): self.a = 1
def p(fr, ev, arg):
    print(fr.f_code.co_name, ev, fr.f_lineno, getattr(arg,'__name__',arg) )
sys.setprofile(p)
C()
[].append(1)
len([1])
try: int("x")
except ValueError: pass
"a".join(["b"])
sys.setprofile(None)
