# A class whose mro() names what is no base sees changes there; the methods of object that tell their parameters; a hash of a tuple that is kept.
class Base: value = 1
class Meta(type):
    def mro(cls): return (cls, Base, object)
class Weird(metaclass=Meta):
    def __init__(self): pass
    def m(self): return self.value
class Sub: value=3
def get(): return Weird.value, Weird().value, Weird().m(), Sub.value
for i in range(6):
    Base.value = i
    print(get(), get())
Base.__len__ = lambda s: 3
print(len(Weird()))
Base.__call__ = lambda s: 4
print(Weird()())
class A: pass
class B(A):
    pass
for T in (A,B,type('C',(),{})):
  for f in (lambda: T.__init_subclass__(1), lambda: T.__init_subclass__(a=1), lambda: T.__subclasshook__(), lambda: T.__subclasshook__(1,2), lambda: T.__subclasshook__(a=1), lambda: type('X',(T,),{}, a=1), lambda: T().__init_subclass__(2)):
    try: print(f())
    except Exception as e: print(repr(e))
import inspect
for n in ('__init_subclass__','__subclasshook__','__new__'):
   for T in (object, A, int, None, dict):
    try: print(n, T, inspect.signature(getattr(T,n)), getattr(T,n).__text_signature__)
    except Exception as e: print(n, T, type(e))
# A tuple's hash is computed once and kept.
class H:
    count = 0
    def __hash__(self): H.count += 1; return 5
t = (H(), 1)
for _ in range(4): hash(t)
print(H.count)
d = {t: 1}; t in d; d[t]; d.pop(t)
print(H.count)
import itertools
seen = set()
for pair in zip([1,2,3],[4,5,6]): seen.add(hash(pair)); del pair
for pair in enumerate("abc"): seen.add(hash(pair)) ; del pair
for it in (itertools.combinations(range(4),2), itertools.permutations(range(3)), itertools.product([1,2],[3,4]), itertools.pairwise(range(5)), itertools.zip_longest([1,2],[3]), {1:2,3:4}.items(), itertools.combinations_with_replacement("ab",2), map(lambda a,b:(a,b),[1,2],[3,4])):
    it = iter(it)
    l=[]
    while True:
        try: l.append(hash(next(it)) == hash(tuple(list(next(it)))))
        except StopIteration: break
    print(l)
    hs=[]
for it in (itertools.combinations(range(4),2), itertools.permutations(range(3)), itertools.product([1,2],[3,4]), itertools.pairwise(range(5)), itertools.zip_longest([1,2],[3]), {1:2,3:4}.items(), zip([1,2,3],[4,5,6]), enumerate("aaa")):
    print([hash(t) == hash(tuple([x for x in t])) for t in it])
