# Generic aliases: names that are blocked, copies, pickles, arguments that change while they are shown.
import types, copy, pickle
class Parameter:
    def __repr__(self): return "P"
first = Parameter(); first.__typing_subst__ = lambda value: value
late = Parameter()
alias = types.GenericAlias(dict, (first, late))
print(alias.__parameters__)
late.__typing_subst__ = lambda value: value
try: print(alias[0])
except TypeError as e: print(e)
class Evil:
    __typing_is_unpacked_typevartuple__ = True
    def __typing_prepare_subst__(*_): return None
    def __typing_subst__(*_): return 42
type A[*_] = 0
try: A[Evil()][0]
except TypeError as e: print(e)
for name in ("__copy__","__deepcopy__","__bases__"):
    a=list[int]
    print(name in dir(a))
    try: print(getattr(a,name))
    except AttributeError as e: print(e)
    class G(list):
        def __copy__(self): return "c"
        def __deepcopy__(self, m): return "d"
    try: print(getattr(types.GenericAlias(G,(int,)),name))
    except AttributeError as e: print(e)
def g(): yield
async def c(): pass
async def ag(): yield
x=c(); x.close()
for T in (type(g()),type(x),type(ag())): print(T[int], T[int,str].__args__, T[int]==T[int])
for a in (next(iter(tuple[int])), list[int], next(iter(list[int]))):
    print(copy.copy(a), copy.deepcopy(a), copy.copy(a)==a, copy.deepcopy(a).__unpacked__)
    for p in range(6): 
        b=pickle.loads(pickle.dumps(a,p)); print(b, b==a, b.__unpacked__)
it=iter(tuple[int]); print(it.__reduce__()[1]); print(list(copy.copy(it))); list(it); print(it.__reduce__()[1])
lst=[]
class X:
    def __repr__(self):
        lst.clear(); return "x"
lst += [X(), 1]
try: print(repr(types.GenericAlias(int, lst)))
except IndexError as e: print(e)
print(type('abc'.__getnewargs__()[0]), 'abc'.__getnewargs__())
t='abcd'*3; print(t.__getnewargs__()[0] is t)
