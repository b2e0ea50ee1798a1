# Changes of bytearrays, memoryviews, the buffer protocol.
def t(f):
    try:
        r = f()
        return type(r).__name__ + " " + ascii(r)
    except BaseException as e:
        return type(e).__name__ + ": " + ascii(str(e))
b = bytearray(b"0123456789")
def ops(src):
    b = bytearray(b"0123456789")
    env = {"b": b}
    try: exec(src, env)
    except BaseException as e: print(src, type(e).__name__, e)
    print(src, env["b"])
for src in ["b[0]=65", "b[-1]=66", "b[20]=1", "b[0]=256", "b[0]='a'", "b[2:5]=b'xy'", "b[2:5]=b''", "b[2:2]=b'INS'", "b[::2]=b'abcde'", "b[::2]=b'ab'", "b[::-1]=b'9876543210'", "b[2:5]=[1,2]", "b[2:5]='ab'", "b[2:5]=5", "b[:]=b", "b[3:3]=b", "del b[0]", "del b[-1]", "del b[2:5]", "del b[::2]", "del b[::-3]", "del b[20]", "del b[0:5]", "b+=b'zz'", "b+=b", "b*=2", "b*=0", "b*=-1", "b.append(1)", "b.extend([1,2])", "b.extend(b)", "b.extend(i for i in range(3))", "b.insert(0,9)", "b.insert(100,9)", "b.insert(-1,9)", "b.pop()", "b.pop(0)", "b.pop(-3)", "b.remove(48)", "b.clear()", "b.reverse()", "b.resize(3)", "b.resize(12)", "b[5:2]=b'q'", "b[1:3]=memoryview(b'abc')", "m=memoryview(b)\nb.append(1)", "m=memoryview(b)\nb[0]=1\nm.release()\nb.append(2)", "m=memoryview(b)\nm[0]=200\nm[1:3]=b'zz'\nm.release()", "m=memoryview(b)\ndel b[0]", "m=memoryview(b)\nb[2:4]=b'xy'", "m=memoryview(b)\nb[2:4]=b'x'", "m=memoryview(b)\nb.clear()", "b=bytearray(b'a')\nfor i in range(100): b.append(i)\nfor i in range(90): b.pop(0)"]:
    ops(src)
for src in ["memoryview(b'abc')[0]", "memoryview(b'abc')[5]", "memoryview(b'abc')['a']", "memoryview(b'abc')[::-1].tobytes()", "memoryview(b'abc')[1:].tolist()", "memoryview(b'abcd').cast('H').tolist()", "memoryview(b'abcd').cast('I')[0]", "memoryview(b'abcdefgh').cast('d').tolist()", "memoryview(b'abc').cast('H')", "memoryview(b'abcd').cast('H').cast('I')", "memoryview(b'abcd').cast('z')", "memoryview(b'abcdef').cast('B',[2,3]).tolist()", "memoryview(b'abcdef').cast('B',[2,3])[1,2]", "memoryview(b'abcdef').cast('B',[2,3])[1]", "memoryview(b'abcdef').cast('B',[2,3])[5,1]", "memoryview(b'abcdef').cast('B',[2,3]).tobytes('F')", "memoryview(b'abcdef').cast('B',[2,3]).shape", "memoryview(b'abcdef').cast('B',[2,3]).strides", "memoryview(b'abcdef').cast('B',(7,))", "memoryview(b'abcdef').cast('B',5)", "memoryview(b'abcdef').cast('B',['a'])", "memoryview(b'abcdef').cast('B',[0])", "memoryview(b'abcdef').cast('B',[2,3])[0:1].tolist()", "memoryview(b'abc')==b'abc'", "memoryview(b'abc')==memoryview(b'abd')", "memoryview(b'abc')!=b'abc'", "memoryview(b'abc')<b'abc'", "memoryview(b'abc')==5", "hash(memoryview(b'abc'))==hash(b'abc')", "hash(memoryview(bytearray(b'a')))", "memoryview(b'abc').hex()", "memoryview(b'abc').hex(':')", "len(memoryview(b'abc'))", "memoryview(b'abc').nbytes", "memoryview(b'abc').format", "memoryview(b'abc').itemsize", "memoryview(b'abc').readonly", "memoryview(bytearray()).readonly", "memoryview(b'abc').ndim", "memoryview(b'abc').obj", "memoryview(b'abc').suboffsets", "memoryview(b'abc').c_contiguous", "memoryview(b'abc')[::2].contiguous", "memoryview(5)", "memoryview()", "memoryview(b'a',1)", "memoryview(object=b'a').tobytes()", "memoryview(b'abca').count(97)", "memoryview(b'abca').index(97,1)", "memoryview(b'abca').index(1)", "list(memoryview(b'abc'))", "97 in memoryview(b'abc')", "bytes(memoryview(b'abc')[::2])", "memoryview(b'abc').tobytes('X')", "memoryview(b'abc').toreadonly().readonly", "list(reversed(memoryview(b'abc')))", "memoryview(b'a')[0:1][0]", "b''.join([memoryview(b'a'),b'b'])", "memoryview(b'abcd').cast('i').cast('B').tolist()", "memoryview(b'\\x00\\x3c').cast('e').tolist()", "memoryview(b'ab').cast('c').tolist()", "memoryview(b'\\x01\\x00').cast('?').tolist()", "memoryview(b'a').cast('B',[]).tolist()", "memoryview(b'a').cast('B',[])[()]", "len(memoryview(b'a').cast('B',[]))", "type(memoryview(b'a')).__name__", "memoryview[int]", "memoryview(b'ab').__getitem__(slice(0,1)).tobytes()", "memoryview(b'abc')[...]", "memoryview(b'abc')[(0,)]", "memoryview(b'abc')[0,1]", "memoryview(b'abc')[0:1,0:1]"]:
    print(src, t(lambda: eval(src)))
def mv(src):
    b = bytearray(range(16)); m = memoryview(b)
    try: exec(src, {"m": m, "b": b, "memoryview": memoryview})
    except BaseException as e: print(src, type(e).__name__, e)
    print(src, b)
for src in ["m[0]=5", "m[0]=300", "m[0]=-1", "m[0]='a'", "m[100]=1", "m[0:2]=b'ab'", "m[0:2]=b'abc'", "m[0:4]=m[2:6]", "m[::2]=b'abcdefgh'", "del m[0]", "m['a']=1", "memoryview(b'a')[0]=1", "m.cast('i')[0]=-5", "m.cast('i')[0]=2**31", "m.cast('d')[1]=1.5", "m.cast('f')[0]='a'", "m.cast('c')[0]=b'z'", "m.cast('c')[0]=5", "m.cast('c')[0]=b'zz'", "m.cast('?')[0]=5", "m.cast('e')[0]=1.5", "m.cast('Q')[0]=-1", "m.cast('q')[1]=-1", "m.cast('B',[4,4])[1,1]=99", "m.cast('B',[4,4])[1]=99", "m.cast('B',[4,4])[0:1]=b'abcd'", "m.cast('H')[0:2]=m.cast('H')[2:4]", "m.cast('H')[0:2]=b'abcd'", "m[0:2]=5", "m.release()\nm[0]", "m.release()\nlen(m)", "m.release()\nm.release()\nprint(m==m)", "with m: pass\nm.tolist()", "n=memoryview(m)\nm.release()\nprint(n[0])"]:
    mv(src)
it = iter(b"abc"); print(next(it), it.__length_hint__(), list(it), it.__reduce__()); it = iter(bytearray(b"abc")); print(next(it), it.__reduce__()); print(iter(memoryview(b"ab")).__class__.__name__)
class B(bytes): pass
x = B(b"abc"); x.q = 1; print(x, type(x), x.q, x == b"abc", hash(x) == hash(b"abc"), type(x[:]), type(x + b""), len(x))
class A(bytearray): pass
x = A(b"abc"); x.q = 1; print(x, repr(x), type(x.copy()), x.q, x == b"abc", type(x + b""), len(x))
for src in ["bytes.fromhex('zz')", "bytes.fromhex('0 1')", "bytes.fromhex('01 02')", "bytes.fromhex(b'0102')", "bytearray.fromhex('ff')", "bytes.maketrans(b'ab',b'cd')[97:99]", "bytes(range(5))", "bytes([1,2,300])", "bytes('a','ascii')", "bytes(5)", "bytes(b'a')", "bytes(bytearray(b'x'))", "bytes(memoryview(b'xyz')[::2])", "bytes({1:2})", "bytes(iter([1,2]))", "bytearray(5)", "bytearray('a','utf8')", "bytearray([1,2])"]:
    print(src, t(lambda: eval(src)))
class H:
    def __bytes__(self): return b"HB"
    def __index__(self): return 3
print(bytes(H()), bytearray(H()), b"%b" % H())
class E:
    def __buffer__(self, flags): print("get", flags); return memoryview(bytearray(b"pybuf"))
    def __release_buffer__(self, m): print("release", m.tobytes())
m = memoryview(E()); print(m.tobytes()); m.release(); print(bytes(E())); print(b"".join([E(), b"z"]))
class C(bytearray):
    def __buffer__(self, flags): print("C"); return super().__buffer__(flags)
    def __release_buffer__(self, b): print("rel"); super().__release_buffer__(b)
c = C(b"zz"); m = memoryview(c); print(m.tobytes()); m.release(); c.append(1); print(bytes(c))
