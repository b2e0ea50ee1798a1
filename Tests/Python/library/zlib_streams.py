# zlib: whole data and streams, limits of output, dictionaries, every error.
import zlib
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__,e)
c=zlib.compress(b'abc'*100)
for f in [lambda: zlib.compress('x'),lambda: zlib.compress(b'x',10),lambda: zlib.compress(b'x',-2),lambda: zlib.compress(b'x',wbits=99),lambda: zlib.decompress(b''),lambda: zlib.decompress(b'abc'),lambda: zlib.decompress(c[:-1]),lambda: zlib.decompress(c,wbits=-15),lambda: zlib.decompress(c,wbits=99),lambda: zlib.decompress(c,bufsize=0),lambda: zlib.decompress(c,bufsize=-1),lambda: zlib.decompress(c+b'junk')[:5],
 lambda: zlib.compressobj(10), lambda: zlib.compressobj(wbits=77), lambda: zlib.compressobj(method=7),lambda: zlib.compressobj(memLevel=0),lambda: zlib.compressobj(strategy=9),lambda: zlib.compressobj(zdict='x'),lambda: zlib.decompressobj(zdict='x'),lambda: zlib.decompressobj(99),lambda: zlib.decompressobj().decompress(b'x',-1),lambda: zlib.decompressobj().decompress(c,0)[:4],lambda: zlib.decompressobj().flush(0),lambda: zlib.decompressobj().flush(-1),lambda: zlib.compressobj().flush(77),lambda: type(zlib.compressobj()),lambda: type(zlib.decompressobj()),lambda: type(zlib.compressobj())(),lambda: zlib.adler32(b'x','y'),lambda: zlib.adler32('x'),lambda: zlib.crc32(b'abc',-1),lambda: zlib.crc32(b'abc',1<<40),lambda:zlib.adler32(b'abc',1<<70), lambda: zlib.compress(b'x',1<<40), lambda: zlib.compress()]:
    t(f)
d=zlib.decompressobj(); print(d.decompress(c[:5],10),d.unconsumed_tail,d.eof); print(d.decompress(c[5:],10), d.unconsumed_tail, d.unused_data,d.eof); print(d.decompress(d.unconsumed_tail+b'rest'),d.unconsumed_tail,d.unused_data,d.eof); t(lambda: d.decompress(b'more')); print(d.unused_data); print(d.flush())
e=d.copy() if 0 else None
t(lambda: d.copy().unused_data)
co=zlib.compressobj(); co.compress(b'abc'); k=co.copy(); a=co.flush(); t(lambda: co.compress(b'x')); t(lambda: co.flush()); t(lambda: co.copy()); print(a==k.flush())
co=zlib.compressobj(9,zdict=b'hello world'); s=co.compress(b'hello world hello')+co.flush(); t(lambda: zlib.decompressobj().decompress(s)); t(lambda: zlib.decompressobj(zdict=b'bad').decompress(s)); t(lambda: zlib.decompressobj(zdict=b'hello world').decompress(s)); 
z=zlib._ZlibDecompressor(); print(z.decompress(c,10),z.needs_input,z.eof,z.unused_data); print(z.decompress(b'',50)); print(len(z.decompress(b'zz')), z.eof, z.unused_data,z.needs_input); t(lambda: z.decompress(b'x')); t(lambda: zlib._ZlibDecompressor().decompress(b'abc')); t(lambda: zlib._ZlibDecompressor(99)); t(lambda: z.__reduce__()); 
print(zlib.error.__mro__, zlib.error.__module__, zlib.compressobj().flush(zlib.Z_NO_FLUSH), zlib.compressobj().flush(zlib.Z_SYNC_FLUSH))
t(lambda: zlib.decompress(b'\x78\x9c\x63\x00\xff'))
t(lambda: zlib.decompressobj().decompress(b'\x78\x9c\x63\x00\xff'*3))
t(lambda: zlib.compress(b'x', level=True)); t(lambda: zlib.compress(b'x', level='a'))
t(lambda: zlib.decompressobj().unused_data)
dd=zlib.decompressobj(); 
t(lambda: setattr(dd,'eof',1)); t(lambda: zlib.compress(memoryview(b'abcdef')[::2]))
t(lambda: zlib.decompressobj(-15).flush()); t(lambda: zlib.decompressobj().flush())
d=zlib.decompressobj(); d.decompress(c[:8],1); t(lambda: d.flush()); t(lambda: d.flush(1<<62))
x = b'x\x9cK\xcb\xcf\x07\x00\x02\x82\x01E'
d=zlib.decompressobj(); print(d.decompress(x[:-1]+b'\0',1))
try: d.flush()
except zlib.error as e: print(e)
d=zlib.decompressobj(); 
try: print(d.flush(), d.decompress(x)); print(d.flush()); print(d.flush()); d.decompress(b'')
except zlib.error as e: print(e)
