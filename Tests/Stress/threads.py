#!/usr/bin/env python3
"""Threads that change shared objects at random: lists, dicts, sets, deques, instances, classes, generators, weak references, cells and exceptions, beside a counter with a lock.

    krait -X gil=none Tests/Stress/threads.py [SECONDS [SEED [THREADS]]]

Nothing may crash or hang; exceptions that such changes explain are expected, others are reported; no update of the counter may be lost.
"""
import threading, sys, time, random, collections, queue, weakref, gc
secs = float(sys.argv[1]) if len(sys.argv) > 1 else 5
seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
stop = time.monotonic() + secs
errors = []
L = list(range(50))
D = {}
S = set()
DQ = collections.deque()


class C:
    x = 1

    def m(self):
        return self.x


class E(C):
    pass


objs = [C() for _ in range(5)] + [E() for _ in range(5)]


def gen():
    i = 0
    while True:
        yield [i]
        i += 1


G = gen()
IT = iter(range(10 ** 12))


def guard(f):

    def g(*a):
        try:
            f(*a)
        except (IndexError, KeyError, RuntimeError, AttributeError, ValueError, StopIteration, TypeError) as e:
            pass
        except BaseException as e:
            errors.append(repr(e))
            raise
    return g


@guard
def lists(r):
    k = r.randrange(14)
    if k == 0:
        L.append([r.random()])
    elif k == 1:
        L.pop()
    elif k == 2:
        L.insert(r.randrange(10), 's%d' % r.randrange(100))
    elif k == 3:
        del L[r.randrange(len(L))]
    elif k == 4:
        L[r.randrange(len(L))] = (1, 2, r.random())
    elif k == 5:
        for x in L:
            x == x
    elif k == 6:
        L.extend([str(i) + 'q' for i in range(r.randrange(6))])
    elif k == 7:
        if len(L) > 200:
            del L[50:]
    elif k == 8:
        L[r.randrange(10):r.randrange(30)] = [{} for _ in range(r.randrange(5))]
    elif k == 9:
        L.reverse()
    elif k == 10:
        x = L[:]
        x[0]
    elif k == 11:
        x = L[r.randrange(len(L))]
        repr(x)
    elif k == 12:
        L.sort(key=str)
    elif k == 13:
        if r.random() < 0.05:
            L.clear()


@guard
def dicts(r):
    k = r.randrange(11)
    key = r.choice([r.randrange(40), 'k%d' % r.randrange(40), (1, r.randrange(9)), r.randrange(40) + 0.5])
    if k == 0 or k == 1:
        D[key] = [r.random()]
    elif k == 2:
        del D[key]
    elif k == 3:
        D.get(key)
    elif k == 4:
        for a, b in D.items():
            (a, b)
    elif k == 5:
        D.setdefault(key, []).append(1)
    elif k == 6:
        D.update({key: 1, 'z': 2})
    elif k == 7:
        D.popitem()
    elif k == 8:
        dict(D)
        list(D)
        list(D.values())
    elif k == 9:
        key in D
        len(D)
        D[key]
    elif k == 10:
        if r.random() < 0.05:
            D.clear()


@guard
def sets(r):
    k = r.randrange(7)
    key = r.choice([r.randrange(40), 'k%d' % r.randrange(40), (1, r.randrange(9))])
    if k < 2:
        S.add(key)
    elif k == 2:
        S.discard(key)
    elif k == 3:
        key in S
    elif k == 4:
        S | {1, 2, key}
        S & {3, 4}
    elif k == 5:
        for a in S:
            a
    elif k == 6:
        S.pop()


@guard
def attrs(r):
    o = r.choice(objs)
    k = r.randrange(10)
    n = 'a%d' % r.randrange(30)
    if k < 2:
        setattr(o, n, [1])
    elif k == 2:
        delattr(o, n)
    elif k == 3:
        getattr(o, n, None)
    elif k == 4:
        o.x = [r.random()]
        o.x
        o.m()
    elif k == 5:
        o.__dict__
        o.__dict__['q'] = [3]
    elif k == 6:
        vars(o).copy()
    elif k == 7:
        o.y = {}
        o.y
    elif k == 8:
        o.a1
        o.a2
    elif k == 9:
        objs[r.randrange(len(objs))] = r.choice([C, E])()


@guard
def classes(r):
    k = r.randrange(8)
    if k == 0:
        C.x = [r.random()]
    elif k == 1:
        C.m = lambda self: self.x
    elif k == 2:
        C.z = r.random()
    elif k == 3:
        del C.z
    elif k == 4:
        E.m = lambda self: 5
    elif k == 5:
        del E.m
    elif k == 6:
        (objs[0].m(), objs[-1].m(), C.x, E.x)
    elif k == 7:

        class F(C):
            pass
        F().m()
        if r.random() < 0.1:
            objs[1].__class__ = r.choice([C, E])


@guard
def gens(r):
    k = r.randrange(5)
    if k == 0:
        next(G)
    elif k == 1:
        next(IT)
    elif k == 2:
        list((x for x in L))
    elif k == 3:
        list(zip(L, S, D))
    elif k == 4:
        [y for y in enumerate(L)]


@guard
def deques(r):
    k = r.randrange(6)
    if k < 2:
        DQ.append([r.random()])
    elif k == 2:
        DQ.popleft()
    elif k == 3:
        DQ.rotate(2)
    elif k == 4:
        for a in DQ:
            a
    elif k == 5:
        len(DQ)
        DQ[0]


W = weakref.WeakValueDictionary()


@guard
def weak(r):
    k = r.randrange(4)
    if k == 0:
        W[r.randrange(20)] = r.choice(objs)
    elif k == 1:
        w = W.get(r.randrange(20))
        w and w.m()
    elif k == 2:
        rr = weakref.ref(r.choice(objs), lambda q: None)
        rr()
        L.append(rr)
    elif k == 3:
        c = C()
        c.c = c
        weakref.ref(c)
        if r.random() < 0.02:
            gc.collect()


cell = [0]


def make():
    v = [1]

    def rd():
        return v

    def wr(x):
        nonlocal v
        v = x
    return (rd, wr)


rd, wr = make()


@guard
def cells(r):
    global GV
    wr([r.random()])
    rd()
    GV = [1]
    GV
    try:
        raise ValueError(L)
    except ValueError as e:
        LE.append(e) if r.random() < 0.01 else None


LE = collections.deque(maxlen=5)
GV = 0
count = 0
lock = threading.Lock()
total = 0
done = [0] * 64


def worker(n):
    global count
    r = random.Random(seed * 1000 + n)
    fs = [lists, dicts, sets, attrs, classes, gens, deques, weak, cells]
    k = 0
    while time.monotonic() < stop:
        for _ in range(50):
            r.choice(fs)(r)
            with lock:
                count += 1
            k += 1
    done[n] += k


while time.monotonic() < stop:
    ts = [threading.Thread(target=worker, args=(n,)) for n in range(int(sys.argv[3]) if len(sys.argv) > 3 else 4)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
if errors or count != sum(done):
    sys.exit('errors: %s; counted %d of %d' % (errors, count, sum(done)))
print('ok: %d operations, the lock %s' % (count, 'on' if sys._is_gil_enabled() else 'off'))
