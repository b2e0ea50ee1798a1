# Finalisers that run while a frame is left keep its frame object, or that of its caller.
import sys
fr=[]
class D:
    def __del__(self): fr.append(sys._getframe().f_back)
def f():
    y=5
    x=D()
    z=6
def g():
    x=D()
    yield 1
def h():
    x=D(); y=3
    raise ValueError
def k(): 
    return [D() for i in range(2)]
f()
list(g())
try: h()
except ValueError: pass
k()
class A:
    def __init__(self): x=D()
    @property
    def p(self): x=D(); return 1
    def __add__(self,o): x=D(); return 2
A().p; A()+1
for frame in fr:
    while frame is not None:
        repr(frame.f_locals), [*frame.f_locals], frame.f_lineno, frame.f_code
        frame = frame.f_back
print(len(fr))
fr.clear()
