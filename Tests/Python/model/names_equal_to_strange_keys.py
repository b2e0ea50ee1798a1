# Keys of globals and builtins that are no strs but equal to a name stand for it; aliases and what they are made of.
import builtins
class S:
    def __init__(s,n): s.n=n
    def __hash__(s): return hash(s.n)
    def __eq__(s,o): return s.n==o
builtins.__dict__[S('abc')]=5
globals()[S('xyz')]=6
def f(): return abc, xyz
for i in range(5): print(f(), abc, xyz)
try: print(abd)
except NameError as e: print(e)
exec("print(abc, qqq)", {'__builtins__':builtins, S('qqq'):7})
