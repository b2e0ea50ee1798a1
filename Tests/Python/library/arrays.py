# array: every type code, subscripts, slices, comparison, pickles, lent-out buffers, errors.
import warnings
warnings.simplefilter('ignore')
from array import array
import array as A, pickle, copy, io
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__,e)
for tc in A.typecodes:
    t(lambda: array(tc)); t(lambda: array(tc,[]).itemsize); t(lambda: array(tc,'ab'))
    t(lambda: array(tc,[1,2,3])); t(lambda: array(tc,[1.5])); t(lambda: array(tc,['a','b']))
    t(lambda: array(tc,b'\1\0\0\0\0\0\0\0')); t(lambda: array(tc,[-1])); t(lambda: array(tc,[1<<64])); t(lambda: array(tc,[1<<63]));t(lambda: array(tc,[1<<32]));t(lambda: array(tc,[1<<31]));t(lambda: array(tc,[1<<16]));t(lambda: array(tc,[1<<15]));t(lambda: array(tc,[256]));t(lambda: array(tc,[128])); t(lambda: array(tc,[-129])); t(lambda: array(tc,[-(1<<15)-1])); t(lambda: array(tc,[-(1<<31)-1])); t(lambda: array(tc,[-(1<<63)-1])); t(lambda: array(tc,['']));t(lambda: array(tc,['ab'])); t(lambda: array(tc,[None])); t(lambda: array(tc,[10**400]))
    t(lambda: memoryview(array(tc)).format); t(lambda: array(tc).__reduce_ex__(3)); t(lambda: array(tc).__reduce_ex__(2)); 
t(lambda: array('x')); t(lambda: array()); t(lambda: array(1)); t(lambda: array('ii')); t(lambda: array('i',1)); t(lambda: array('i',[1],2)); t(lambda: array('i',foo=1)); t(lambda: array('u','x')); t(lambda: array('i',array('u','ab'))); t(lambda: array('d',array('i',[1,2]))); t(lambda: array('i',array('d',[1,2]))); t(lambda: array('u',array('u','ab'))); t(lambda: array('u',array('w','ab')));t(lambda: array('w',array('u','ab')));t(lambda: array('i',b'abc')); t(lambda: array('i',range(4))); t(lambda: array('i',bytearray(8)));t(lambda: array('i',memoryview(b'1234')))
a=array('i',range(10))
t(lambda: a[20]); t(lambda: a['x']); t(lambda: a[1.0]); t(lambda: a[2:8:3]); t(lambda: a[::-1]); t(lambda: a[5:2])
def s(k,v): a[k]=v; return a
t(lambda: s(0,'x')); t(lambda: s(50,1)); t(lambda: s('x',1)); t(lambda: s(slice(0,2),[1,2])); t(lambda: s(slice(0,2),array('b',[1]))); t(lambda: s(slice(0,2),array('i',[7,8,9]))); t(lambda: s(slice(0,8,2),array('i',[7,8,9]))); t(lambda: s(slice(0,6,2),array('i',[7,8,9]))); t(lambda: s(slice(2,2),a)); t(lambda: s(slice(None,None,-1),a))
def d(k):
    del a[k]; return a
t(lambda: d(0)); t(lambda: d(-1)); t(lambda: d(100)); t(lambda: d(slice(0,4))); t(lambda: d(slice(None,None,3))); t(lambda: d(slice(5,0,-2)))
t(lambda: a+a); t(lambda: a*2); t(lambda: 2*a); t(lambda: a*-1); t(lambda: a+[1]); t(lambda: a+array('b')); t(lambda: a*'x')
def ip(x):
    global a; a+=x; return a
t(lambda: ip([1])); t(lambda: ip(array('b'))); t(lambda: ip(array('i',[5]))); t(lambda: ip(a))
def im(x):
    global a; a*=x; return a
t(lambda: im(2)); t(lambda: im('x')); t(lambda: im(0)); t(lambda: im(1<<62)); t(lambda: array('i',[1])*(1<<62));
a=array('i',[1,2,3,2,1])
t(lambda: a.index(2)); t(lambda: a.index(2,2)); t(lambda: a.index(2,4)); t(lambda: a.index(9)); t(lambda: a.index('x')); t(lambda: a.index(1,-1)); t(lambda: a.index(2,0,1)); t(lambda: a.count(2)); t(lambda: a.count('x')); t(lambda: a.remove(9)); t(lambda: a.remove(3)); t(lambda: a.pop()); t(lambda: a.pop(0)); t(lambda: a.pop(50)); t(lambda: array('i').pop()); t(lambda: a.insert(0,5)); t(lambda: a.insert(-1,6)); t(lambda: a.insert(100,7)); t(lambda: a); t(lambda: a.insert(0,'x')); t(lambda: a.append('x')); t(lambda: a.append(1<<40)); t(lambda: a.extend('abc')); t(lambda: a.extend([1,'x'])); t(lambda: a); t(lambda: a.extend(array('b',[1]))); t(lambda: a.extend(5)); t(lambda: a.extend(a)); t(lambda: a); t(lambda: a.fromlist([1,2,'x'])); t(lambda: a); t(lambda: a.fromlist((1,))); t(lambda: a.frombytes(b'abc')); t(lambda: a.frombytes(b'abcd')); t(lambda: a.frombytes('x')); t(lambda: a.frombytes(a)); t(lambda: a.fromunicode('x')); t(lambda: array('u','ab').tounicode()); t(lambda: array('u').fromunicode(3)); t(lambda: array('w','a\U0001F600').tounicode()); t(lambda: a.tounicode()); t(lambda: array('u','ab').tolist()); t(lambda: array('w',"é").tobytes()); t(lambda: a.byteswap()); t(lambda: a); t(lambda: array('b',[1]).byteswap()); t(lambda: a.reverse()); t(lambda: a.tolist()); t(lambda: a.tobytes()); t(lambda: array('w',[1])); t(lambda: array('q',b'12345678').byteswap()); t(lambda: len(a.buffer_info())); t(lambda: a.buffer_info()[1])
f=io.BytesIO(b'1234'*3)
t(lambda: array('i').fromfile(f,2)); b=array('i'); t(lambda: b.fromfile(f,2)); t(lambda: b); t(lambda: b.fromfile(f,-1)); t(lambda: b.fromfile(5,1)); t(lambda: b.fromfile(io.StringIO('abcd'),1)); g=io.BytesIO(); t(lambda: b.tofile(g)); t(lambda: g.getvalue()); t(lambda: b.tofile(3))
for x,y in [(array('i',[1,2]),array('i',[1,3])),(array('i',[1,2]),array('d',[1,2])),(array('i',[1,2]),array('i',[1])),(array('u','ab'),array('w','ab')),(array('d',[float('nan')]),)*2]:
    t(lambda: (x<y,x<=y,x==y,x!=y,x>y,x>=y))
t(lambda: array('i')<3); t(lambda: array('i')==[]); t(lambda: hash(array('i'))); t(lambda: 3 in array('i',[3])); t(lambda: 'x' in array('i',[3])); t(lambda: 3.0 in array('i',[3]))
for p in range(0,6):
    for tc in A.typecodes:
        x=array(tc,'ab') if tc in 'uw' else array(tc,[1,2,3]); y=pickle.loads(pickle.dumps(x,p)); assert y==x and y.typecode==tc,(p,tc)
class S(array):
    pass
x=S('i',[1,2]); x.foo=3
for p in range(0,6):
    y=pickle.loads(pickle.dumps(x,p)); print(type(y),y,y.foo)
print(x.__reduce_ex__(3), x.__reduce_ex__(2), repr(x)); t(lambda: copy.copy(x)); t(lambda: copy.deepcopy(x)); print(type(x[:1]), type(x+x), type(x*2))
R=A._array_reconstructor
t(lambda: R(array,'i',8,b'\1\0\0\0')); t(lambda: R(array,'i',9,b'\0\0\0\1')); t(lambda: R(array,'i',99,b'')); t(lambda: R(array,'x',8,b'')); t(lambda: R(int,'i',8,b'')); t(lambda: R(array,'i',8,'')); t(lambda: R(array,'i',8,b'abc'));t(lambda: R(3,'i',8,b'')); t(lambda: R(array,'ii',8,b'')); t(lambda: R(array,'d',16,b'\0\0\0\0\0\0\0@')); t(lambda: R(array,'d',17,b'@\0\0\0\0\0\0\0'));t(lambda: R(array,'f',15,b'@\0\0\0')); t(lambda: R(array,'u',18,'ab'.encode('utf-16-le'))); t(lambda: R(array,'w',21,'ab'.encode('utf-32-be'))); t(lambda: R(array,'l',4,b'\0\1')); t(lambda: R(array,'b',4,b'\0\1')); t(lambda: R(array,'B',0,b'\0\1')); t(lambda: R(array,'Q',12,b'\xff'*8)); t(lambda: R(array,'i',14,b'\0\0\0@')); t(lambda: R(array,'d',8,b'\0\0\0@')); t(lambda: R(array,'b',5,b'\1\1')); t(lambda: R(array,'u',8,b'\1\1\0\0'))
m=memoryview(array('i',[1,2,3])); print(m.format,m.itemsize,m.shape,m.tolist(),m.readonly); m[0]=9; print(m.tolist())
a=array('i',[1,2]); m=memoryview(a); t(lambda: a.append(1)); t(lambda: a.pop()); t(lambda: a.extend([1])); t(lambda: d(0)); t(lambda: a.clear()); t(lambda: ip(a)); t(lambda: im(2)); t(lambda: a.byteswap()); t(lambda: s(slice(0,1),array('i'))); m.release(); t(lambda: a.append(1)); t(lambda: a.clear()); t(lambda: a)
it=iter(array('i',[1,2,3])); print(next(it), it.__reduce__()[1:], type(it)); it.__setstate__(2); print(list(it)); print(it.__reduce__()[1:]); it.__setstate__(0); print(list(it)); t(lambda: it.__length_hint__())
z=iter(array('i',[1,2,3])); z.__setstate__(-5); print(list(z)); z=iter(array('i',[1,2,3])); z.__setstate__(50); print(list(z))
print(array('i',[1]).__sizeof__() , array[int], array.__doc__ is not None); t(lambda: setattr(array('i'),'x',1)); import collections.abc as C; print(isinstance(array('i'),C.MutableSequence), array.__flags__ & 0x20)
match array('i',[1,2]):
    case [x,y]: print('match',x,y)
print(repr(array('u')),repr(array('w','it\'s')),array('f',[0.1,1e10]), array('d',[0.1,float('inf')]))
print(array('f',[1e39]) if 0 else '', ); t(lambda: array('f',[1e39])); t(lambda: array('f',['x'])); t(lambda: array('d',['x'])); t(lambda: array('b',[1.5])); t(lambda: array('Q',['x']));t(lambda: array('Q',[-1]));t(lambda: array('L',[1.5]));t(lambda: array('I',[1.5]))
