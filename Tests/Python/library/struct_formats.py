import _struct as s
def t(f,*a,**k):
    try: print(getattr(f,'__name__',f),a,'->',f(*a,**k))
    except BaseException as e: print(getattr(f,'__name__',f),a,type(e).__name__,e)
for c in 'bBhHiIlLqQnN':
    for v in (-2**70,2**70,-1,256,2**16,2**32,2**63,2**64,1.5,'a'):
        t(s.pack,c,v)
        if c not in 'nN': t(s.pack,'<'+c,v)
for f,v in (('f',1e40),('e',1e6),('f','a'),('d','a'),('c','a'),('c',b'ab'),('s','a'),('p','a'),('?',[]),('P',-1),('P',2**64),('P','a'),('F',1),('D',1+2j),('F','a'),('e',65519.9),('e',1.5),('<e',-0.0),('>f',1.5),('=d',2.5)): t(s.pack,f,v)
t(s.pack,'3s',b'abcdef'); t(s.pack,'5s',b'ab'); t(s.pack,'5p',b'abcdefgh'); t(s.pack,'0s',b'a'); t(s.pack,'0p',b'a'); t(s.pack,'3s',bytearray(b'x')); t(s.pack,'2c',b'a',b'b')
for f in ('z','5','i5','>n','>P','@iq','bq','b3xh','=bq',' i i ','\ti\n','0i','b0i','i0q','99999999999999999999i','9223372036854775807i','1000000000000000000q','<','', '3','>?', 'cF', 'bD','é'): t(s.calcsize,f)
t(s.calcsize,b'ii'); t(s.calcsize,3); t(s.calcsize,b'\xff')
t(s.pack,'ii',1); t(s.pack,'i',1,2); t(s.pack); t(s.pack,3); t(s.pack,'')
t(s.unpack,'i',b'abc'); t(s.unpack,'>ih?e',b'\0\0\1\2\xff\xfe\2\x3c\0'); t(s.unpack,'3s2x4p',b'abc..\3xyz'); t(s.unpack,'i','abcd'); t(s.unpack,'<qQ',b'\xff'*16); t(s.unpack,'f',b'\0\0\x80?'); t(s.unpack,'d',b'\0'*8); t(s.unpack,'2F',b'\0\0\x80?'*4); t(s.unpack,'0s',b''); t(s.unpack, '0p', b'')
t(s.unpack_from,'i',b'abcdefg',4); t(s.unpack_from,'i',b'abcdefg',3); t(s.unpack_from,'i',b'abcd',-4); t(s.unpack_from,'i',b'abcd',-5); t(s.unpack_from,'i',b'abcd',-2); t(s.unpack_from,'i',buffer=b'abcd',offset=0); t(s.unpack_from,'i',b'abcd',99)
b=bytearray(10); t(s.pack_into,'hh',b,2,1,2); print(b); t(s.pack_into,'i',b,8,1); t(s.pack_into,'i',b,-4,7); print(b); t(s.pack_into,'i',b,-11,1); t(s.pack_into,'i',b,-2,1); t(s.pack_into,'i',b'abcd',0,1); t(s.pack_into,'i',b); t(s.pack_into,'i'); t(s.pack_into,'ii',b,0,1); t(s.pack_into,'i',b,'a',1); t(s.pack_into)
print(list(s.iter_unpack('h',b'\1\0\2\0'))); t(s.iter_unpack,'h',b'abc'); t(s.iter_unpack,'',b''); it=s.iter_unpack('h',b'\1\0\2\0'); print(it.__length_hint__(), next(it), it.__length_hint__())
S=s.Struct('<ih'); print(S, S.size, S.format, S.pack(1,2), S.unpack(b'\1\0\0\0\2\0'), S.unpack_from(b'x\1\0\0\0\2\0',1), list(S.iter_unpack(b'\1\0\0\0\2\0'*2))); S.pack_into(b,0,3,4); print(b); t(S.pack,1); t(S.unpack,b''); t(s.Struct); t(s.Struct,3); t(s.Struct,'i','j'); t(s.Struct,'zz'); t(s.Struct,format='i')
class T(s.Struct):
    def __init__(self,f,x): super().__init__(f); self.x=x
y=T('b',5); print(y.x,y.pack(3)); 
print(s.error, s.error.__module__, s.error.__mro__)
t(s.pack,'4x'); t(s.pack,'b3xh',1,2); t(s.pack,'@bq',1,2); t(s.pack,'=bq',1,2); t(s.pack,'hb0i',1,2); t(s.pack,'?',3); t(s.pack,'>10s',b'abc'); t(s.pack,'>q',-5); t(s.pack,'<3h',1,-2,3); t(s.pack,'e',float('inf')); t(s.pack,'e',float('nan')); t(s.pack,'f',float('nan')); t(s._clearcache)
class I:
    def __repr__(s): return 'I'
    def __index__(self): return 7
t(s.pack,'i',I()); t(s.pack,'d',I()); t(s.pack,'b',True); t(s.unpack,'e',b'\1\0'); t(s.unpack,'?',b'\5'); t(s.unpack,'N',b'\xff'*8); t(s.unpack,'n',b'\xff'*8); t(s.unpack,'P',b'\xff'*8);t(s.unpack,'c',b'a')
for data in b'\0\x7e', b'\1\x7c', b'\xff\x7f', b'\x34\xfd', b'\0\x7c', b'\0\xfc': t(lambda: (s.pack('<e', *s.unpack('<e', data)), s.pack('<d', *s.unpack('<e', data))))
for word in 0x7FF0000000000001, 0x7FF4000000000000, 0xFFF0000000001000, 0x7FF00000000FFFFF, 0x7FF8000000000000: t(lambda: s.pack('<e', *s.unpack('<d', s.pack('<Q', word))))
