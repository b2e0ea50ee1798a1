# mmap: as a sequence, as a file, sizes, access, errors.
import mmap
import os
import sys
def t(f,*a,**k):
    n=getattr(f,'__name__',f)
    try: print(n, k, '->', repr(f(*a, **k))[:160])
    except BaseException as e: print(n, k, '!', type(e).__name__, e)
M=mmap.mmap
t(M,-1,-1);t(M,-1,0);t(M,'a',1);t(M,-1,10,access=99);t(M,-1,10,prot=1,access=1);t(M,-1,10,offset=-1);t(M,9999,10);t(M,-1,'a');t(M,-1,1<<80);t(M,-1,10,offset=3)
m=M(-1,20);print(repr(m),len(m),bool(m))
t(m.write,b'hello');t(m.tell);t(m.seek,0);t(m.read,3);t(m.read);t(m.read,5);t(m.seek,-1);t(m.seek,5,1);t(m.seek,-3,2);t(m.tell);t(m.seek,0,9);t(m.seek,21);t(m.seek,'a');t(m.write,b'x'*50);t(m.write,'a');t(m.seek,18);t(m.write_byte,1);t(m.write_byte,300);t(m.write_byte,2);t(m.write_byte,3);t(m.read_byte);t(m.seek,0);t(m.read_byte);t(m.readline)
m[0:5]=b'ab\ncd';m.seek(0);t(m.readline);t(m.readline);t(m.readline)
t(m.find,b'b');t(m.find,b'zz');t(m.find,b'b',2);t(m.rfind,b'b');t(m.find,'a');t(m.find,b'');t(m.rfind,b'');t(m.find,b'cd',0,4);m.seek(2);t(m.find,b'a');t(m.rfind,b'a',0);t(m.find,b'c',-18)
t(m.__getitem__,0);t(m.__getitem__,-1);t(m.__getitem__,50);t(m.__getitem__,'a');t(m.__getitem__,slice(0,5));t(m.__getitem__,slice(4,None,-1));t(m.__getitem__,slice(0,10,2))
t(m.__setitem__,0,97);t(m.__setitem__,0,300);t(m.__setitem__,0,-1);t(m.__setitem__,0,'a');t(m.__setitem__,50,1);t(m.__setitem__,'a',1);t(m.__setitem__,slice(0,2),b'abc');t(m.__setitem__,slice(0,4,2),b'XY');t(m.__setitem__,slice(0,2),'ab');t(m.__setitem__,0,b'a');t(m.__delitem__,0);t(m.__delitem__,slice(0,2))
print(m[:6]);t(m.move,0,2,3);print(m[:6]);t(m.move,0,2,30);t(m.move,-1,0,1);t(m.flush);t(m.flush,0,20);t(m.flush,1,5);t(m.flush,0,50);t(m.size);t(m.resize,40);print(len(m));t(m.resize,-1);t(m.madvise,mmap.MADV_NORMAL);t(m.madvise,99);t(m.madvise,0,-1);t(m.madvise,0,0,5);t(m.madvise,0,5000);t(m.madvise,0,0,-1);t(m.seekable);t(m.closed if False else (lambda: m.closed))
v=memoryview(m);print(v.format,v.nbytes,v.readonly);t(m.close);t(m.resize,50);v.release()
print(list(m)[:3], 97 in m, b'a' in m)
m.close();m.close();print(m.closed,repr(m));t(m.read);t(len,m);t(m.__getitem__,0);t(m.tell);t(m.__enter__);t(memoryview,m);t(m.flush);t(m.size)
p='/tmp/krait-mm-%d'%os.getpid()
open(p,'wb').write(b'0123456789'*10)
f=open(p,'r+b')
m=M(f.fileno(),0);print(repr(m),len(m),m[:5]);m[0]=65;m.flush();print(open(p,'rb').read(3));t(m.size);t(m.resize,200);print(os.path.getsize(p));m.close()
t(M,f.fileno(),1000);t(M,f.fileno(),0,offset=4096);t(M,f.fileno(),10,offset=4096)
m=M(f.fileno(),10,access=mmap.ACCESS_READ);print(repr(m));t(m.write,b'a');t(m.__setitem__,0,1);t(m.resize,5);t(m.write_byte,1);t(m.move,0,1,1);t(m.flush);print(memoryview(m).readonly);m.close()
m=M(f.fileno(),10,access=mmap.ACCESS_COPY);print(repr(m));m[0]=66;print(m[0],open(p,'rb').read(1));t(m.flush);t(m.resize,5)
with m: pass
m=M(f.fileno(),10,trackfd=False);t(m.size);t(m.resize,5);m.close()
m=M(f.fileno(),10,prot=mmap.PROT_READ);print(repr(m));t(m.__setitem__,0,1);m.close()
f.close();os.unlink(p)
class S(M): pass
s=S(-1,5);s.x=1;print(s.x,type(s))
import weakref
print(weakref.ref(s)() is s)
sys.addaudithook(lambda e,a: print('AUDIT',e,a) if e.startswith('mmap') else None)
M(-1,10)
