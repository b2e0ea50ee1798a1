# _multiprocessing and _posixshmem: semaphores and shared memory with names.
import _multiprocessing as M, _posixshmem as P, os, threading, time
def t(f,*a,**k):
    n=getattr(f,'__name__',f)
    try: print(n, k, '->', str(f(*a, **k)).split(' object at')[0])
    except BaseException as e: print(n, k, '!', type(e).__name__, str(e).replace(str(os.getpid()), 'PID'))
S=M.SemLock
print(M.flags,S.SEM_VALUE_MAX)
nm='/krait-t-%d'%os.getpid()
a=S(1,1,1,nm,False)
print(a.kind,a.maxvalue,a.name==nm,type(a.handle).__name__)
t(a.acquire);t(a._count);t(a._is_mine);t(a._is_zero);t(a._get_value);t(a.acquire,False);t(a.acquire,True,0.02);t(a.acquire,timeout=-1);t(a.release);t(a.release);t(a._is_zero)
b=S._rebuild(a.handle,1,1,nm);t(b.acquire,block=True,timeout=1);t(b.release);t(S._rebuild,0,1,1,'/nope-x');pass
r=S(0,1,1,nm+'r',True)
t(r.release);t(r.acquire);t(r.acquire);t(r._count);t(r.release);t(r.release);t(r.release)
with r: t(r._count)
t(r.__exit__,1,2,3)
t(M.sem_unlink,nm);t(M.sem_unlink,nm);t(M.sem_unlink,1)
t(S,5,1,1,nm,True);t(S,1,-1,1,nm+'x',True);t(S);t(S,1,1,1,1,True);t(S,1,1,1,nm+'r',True);t(S,'a',1,1,nm,True);t(S,1,2,1,nm+'y',True)
a._after_fork();t(a._count);t(a.acquire,'x','y');t(a.acquire,1,None)
x=S(1,0,3,nm+'z',True);t(x.release);t(x._get_value);t(x.release);t(x.release);t(x.release);t(x.release);t(x.acquire);t(x._count)
th=threading.Thread(target=lambda: (time.sleep(0.1), x.release()));
while x.acquire(False): pass
th.start();t0=time.time();t(x.acquire);print(time.time()-t0>0.05);th.join()
print(M.sem_unlink.__doc__ is None or True)
n='/krait-shm-%d'%os.getpid()
fd=P.shm_open(n,os.O_CREAT|os.O_RDWR,mode=0o600);print(fd>2,os.get_inheritable(fd));os.ftruncate(fd,10);os.close(fd)
t(P.shm_open,n,os.O_CREAT|os.O_EXCL);t(P.shm_unlink,n);t(P.shm_unlink,n);t(P.shm_open,'/none',0);t(P.shm_open,1,0);t(P.shm_open,'a\0b',0);t(P.shm_open,'x');t(P.shm_unlink,1);t(P.shm_unlink,'\0')
