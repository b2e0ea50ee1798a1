# BLAKE2 with every parameter, at block boundaries, in pieces.
import _blake2
from _blake2 import blake2b,blake2s
def t(f):
    try: r=f(); print(r if not hasattr(r,'hexdigest') else r.hexdigest())
    except BaseException as e: print(type(e).__name__,e)
for c in (blake2b,blake2s):
    print(c.SALT_SIZE,c.PERSON_SIZE,c.MAX_KEY_SIZE,c.MAX_DIGEST_SIZE, c().name, c().block_size, c().digest_size, c(digest_size=5).digest_size)
    for kw in [dict(digest_size=0),dict(digest_size=65),dict(digest_size=-1),dict(digest_size='x'),dict(salt=b'x'*17),dict(person=b'y'*17),dict(key=b'z'*65),dict(key=b'z'*64),dict(key=b'q'*32,salt=b's',person=b'p',fanout=3,depth=4,leaf_size=5,node_offset=6,node_depth=7,inner_size=8,last_node=True),
      dict(fanout=-1),dict(fanout=256),dict(depth=0),dict(depth=256),dict(leaf_size=-1),dict(leaf_size=1<<32),dict(leaf_size=(1<<32)-1),dict(node_offset=-1),dict(node_offset=1<<48),dict(node_offset=(1<<48)-1),dict(node_offset=1<<64),dict(node_offset=(1<<64)-1),dict(node_depth=-1),dict(node_depth=256),dict(inner_size=-1),dict(inner_size=65),dict(inner_size=33),dict(inner_size=256),dict(salt='x'),dict(key='x'),dict(key=3),dict(string=b'abc'),dict(data='x'),dict(foo=1),dict(usedforsecurity=False),dict(last_node=True), dict(leaf_size=1<<70),dict(leaf_size='x')]:
        t(lambda: c(**kw))
    for n in (0,1,63,64,65,127,128,129,255,256,257,1000):
        d=bytes(i%251 for i in range(n))
        h=c(d); print(n,h.hexdigest())
        g=c(key=b'key',digest_size=20)
        for i in range(0,n,7): g.update(d[i:i+7])
        k=g.copy(); k.update(b'more'); print(g.hexdigest(),k.digest())
    t(lambda: c(b'x',string=b'x'))
    t(lambda: c(b'x',b'x'))
    t(lambda: c(b'x').update('s'))
    t(lambda: type('S', (c,), {}))
    print(repr(c).split(' at')[0])
print(_blake2.BLAKE2B_MAX_DIGEST_SIZE,_blake2.BLAKE2S_MAX_KEY_SIZE,_blake2.BLAKE2B_PERSON_SIZE)
