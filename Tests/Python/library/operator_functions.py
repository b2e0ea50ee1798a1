import _operator as o
def t(f,*a,**k):
    try: print(f.__name__ if hasattr(f,'__name__') else f, a, '->', f(*a,**k))
    except BaseException as e: print(getattr(f,'__name__',f), a, type(e).__name__, e)
t(o.countOf,1,2); t(o.indexOf,1,2); t(o.indexOf,[1],2); t(o.concat,1,2); t(o.iconcat,1,2); t(o.concat,[1],(2,)); t(o.concat,'a',2)
t(o.itemgetter); t(o.itemgetter(1)); t(o.itemgetter(1),2,3); t(o.itemgetter(1),2,a=3); t(o.attrgetter); t(o.attrgetter,1); t(o.methodcaller); t(o.methodcaller,1)
t(o.length_hint,[1],'a'); t(o.length_hint,1,2.0); t(o._compare_digest,'a','é'); t(o._compare_digest,1,2); t(o.call); t(o.attrgetter('a')); t(o.methodcaller('a')); t(o.methodcaller('a'),1,2)
t(o.itemgetter,a=1); t(o.attrgetter,'a',b=1)
print(repr(o.itemgetter(1)),repr(o.itemgetter(1,2)),o.attrgetter('a.b'),o.attrgetter('a.b','c'),o.methodcaller('x',1,b=2), o.itemgetter(1,2).__reduce__(), o.attrgetter('a.b','c').__reduce__(),  o.methodcaller('x',1).__reduce__())
t(o.contains,1,2); t(o.setitem,(1,),0,1); t(o.pow,2,'a'); t(o.ipow,2,'a');t(o.matmul,1,2);t(o.not_,2);t(o.index,'a');t(o.itemgetter(1), 5); t(o.methodcaller('foo'),3)
t(o.attrgetter('real.imag','imag'), 3); t(o.itemgetter(0,-1),'abc'); t(o.methodcaller('split',','), 'a,b'); t(o.methodcaller('split', sep=','), 'a,b'); t(o._compare_digest, b'ab', bytearray(b'ab')); t(o._compare_digest,'ab','ac')
class ABCMeta(type):
    def __new__(m,n,b,d,**k):
        c=super().__new__(m,n,b,d,**k); _abc._abc_init(c); return c
    def register(c,s): return _abc._abc_register(c,s)
    def __instancecheck__(c,i): return _abc._abc_instancecheck(c,i)
    def __subclasscheck__(c,s): return _abc._abc_subclasscheck(c,s)
