# hashlib, hmac and the modules below: results, sizes, copies, errors.
import _md5,_sha1,_sha2,_sha3,hashlib,hmac
for n in ('md5','sha1','sha224','sha256','sha384','sha512','sha3_224','sha3_256','sha3_384','sha3_512'):
    h=getattr(hashlib,n)
    a=h(b'abc'); b=a.copy(); b.update(bytearray(b'def'*1000))
    print(n,a.hexdigest(),b.digest().hex(),a.name,a.block_size,a.digest_size)
for n in ('shake_128','shake_256'):
    h=getattr(hashlib,n)(b'abc'); print(h.hexdigest(0),h.hexdigest(77),h.digest(5),h.name,h.digest_size,h.block_size)
m=_sha3.shake_128(b'q'); print(m._capacity_bits,m._rate_bits,m._suffix,_sha3.sha3_224()._suffix)
print(hmac.new(b'k',b'm','sha256').hexdigest())
for f in [lambda:_md5.md5('x'),lambda:_md5.md5(b'x',string=b'y'),lambda:_md5.md5(3),lambda: _md5.md5(data=b'x').hexdigest(),lambda:_md5.md5(string=b'x').hexdigest(),lambda:_sha3.shake_128().digest(-1),lambda:_sha3.shake_128().digest(1<<29),lambda:_sha3.shake_128().digest(1<<70),lambda:_md5.MD5Type(), lambda: _sha3.shake_128().digest(),lambda:_md5.md5(b'',b''), lambda:_sha3.sha3_224(memoryview(b'abcd')[::2])]:
    try: print(f())
    except BaseException as e: print(type(e).__name__,e)
import random; random.seed("abc"); print(random.random())
