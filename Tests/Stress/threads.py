#!/usr/bin/env python3
"""Threads that change shared objects at random: lists, dicts, sets, deques, instances, classes, generators, weak references, cells and exceptions, beside a counter with a lock.

    krait -X gil=none Tests/Stress/threads.py [SECONDS [SEED [THREADS]]]

Nothing may crash or hang; exceptions that such changes explain are expected, others are reported; no update of the counter may be lost.
"""
import threading, sys, time, random, collections, queue, weakref, gc
seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5
seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
stop = time.monotonic() + seconds
errors = []
shared_list = list(range(50))
shared_dict = {}
shared_set = set()
shared_deque = collections.deque()


class Base:
    x = 1

    def m(self):
        return self.x


class Derived(Base):
    pass


objects = [Base() for _ in range(5)] + [Derived() for _ in range(5)]


def endless():
    i = 0
    while True:
        yield [i]
        i += 1


shared_generator = endless()
shared_iterator = iter(range(10 ** 12))


def guard(change):

    def guarded(*a):
        try:
            change(*a)
        except (IndexError, KeyError, RuntimeError, AttributeError, ValueError, StopIteration, TypeError) as error:
            pass
        except BaseException as error:
            errors.append(repr(error))
            raise
    return guarded


@guard
def lists(chance):
    choice = chance.randrange(14)
    if choice == 0:
        shared_list.append([chance.random()])
    elif choice == 1:
        shared_list.pop()
    elif choice == 2:
        shared_list.insert(chance.randrange(10), 's%d' % chance.randrange(100))
    elif choice == 3:
        del shared_list[chance.randrange(len(shared_list))]
    elif choice == 4:
        shared_list[chance.randrange(len(shared_list))] = (1, 2, chance.random())
    elif choice == 5:
        for x in shared_list:
            x == x
    elif choice == 6:
        shared_list.extend([str(i) + 'q' for i in range(chance.randrange(6))])
    elif choice == 7:
        if len(shared_list) > 200:
            del shared_list[50:]
    elif choice == 8:
        shared_list[chance.randrange(10):chance.randrange(30)] = [{} for _ in range(chance.randrange(5))]
    elif choice == 9:
        shared_list.reverse()
    elif choice == 10:
        x = shared_list[:]
        x[0]
    elif choice == 11:
        x = shared_list[chance.randrange(len(shared_list))]
        repr(x)
    elif choice == 12:
        shared_list.sort(key=str)
    elif choice == 13:
        if chance.random() < 0.05:
            shared_list.clear()


@guard
def dicts(chance):
    choice = chance.randrange(11)
    key = chance.choice([chance.randrange(40), 'k%d' % chance.randrange(40), (1, chance.randrange(9)), chance.randrange(40) + 0.5])
    if choice == 0 or choice == 1:
        shared_dict[key] = [chance.random()]
    elif choice == 2:
        del shared_dict[key]
    elif choice == 3:
        shared_dict.get(key)
    elif choice == 4:
        for a, b in shared_dict.items():
            (a, b)
    elif choice == 5:
        shared_dict.setdefault(key, []).append(1)
    elif choice == 6:
        shared_dict.update({key: 1, 'z': 2})
    elif choice == 7:
        shared_dict.popitem()
    elif choice == 8:
        dict(shared_dict)
        list(shared_dict)
        list(shared_dict.values())
    elif choice == 9:
        key in shared_dict
        len(shared_dict)
        shared_dict[key]
    elif choice == 10:
        if chance.random() < 0.05:
            shared_dict.clear()


@guard
def sets(chance):
    choice = chance.randrange(7)
    key = chance.choice([chance.randrange(40), 'k%d' % chance.randrange(40), (1, chance.randrange(9))])
    if choice < 2:
        shared_set.add(key)
    elif choice == 2:
        shared_set.discard(key)
    elif choice == 3:
        key in shared_set
    elif choice == 4:
        shared_set | {1, 2, key}
        shared_set & {3, 4}
    elif choice == 5:
        for a in shared_set:
            a
    elif choice == 6:
        shared_set.pop()


@guard
def attrs(chance):
    chosen = chance.choice(objects)
    choice = chance.randrange(10)
    n = 'a%d' % chance.randrange(30)
    if choice < 2:
        setattr(chosen, n, [1])
    elif choice == 2:
        delattr(chosen, n)
    elif choice == 3:
        getattr(chosen, n, None)
    elif choice == 4:
        chosen.x = [chance.random()]
        chosen.x
        chosen.m()
    elif choice == 5:
        chosen.__dict__
        chosen.__dict__['q'] = [3]
    elif choice == 6:
        vars(chosen).copy()
    elif choice == 7:
        chosen.y = {}
        chosen.y
    elif choice == 8:
        chosen.a1
        chosen.a2
    elif choice == 9:
        objects[chance.randrange(len(objects))] = chance.choice([Base, Derived])()


@guard
def classes(chance):
    choice = chance.randrange(8)
    if choice == 0:
        Base.x = [chance.random()]
    elif choice == 1:
        Base.m = lambda self: self.x
    elif choice == 2:
        Base.z = chance.random()
    elif choice == 3:
        del Base.z
    elif choice == 4:
        Derived.m = lambda self: 5
    elif choice == 5:
        del Derived.m
    elif choice == 6:
        (objects[0].m(), objects[-1].m(), Base.x, Derived.x)
    elif choice == 7:

        class F(Base):
            pass
        F().m()
        if chance.random() < 0.1:
            objects[1].__class__ = chance.choice([Base, Derived])


@guard
def generators(chance):
    choice = chance.randrange(5)
    if choice == 0:
        next(shared_generator)
    elif choice == 1:
        next(shared_iterator)
    elif choice == 2:
        list((x for x in shared_list))
    elif choice == 3:
        list(zip(shared_list, shared_set, shared_dict))
    elif choice == 4:
        [y for y in enumerate(shared_list)]


@guard
def deques(chance):
    choice = chance.randrange(6)
    if choice < 2:
        shared_deque.append([chance.random()])
    elif choice == 2:
        shared_deque.popleft()
    elif choice == 3:
        shared_deque.rotate(2)
    elif choice == 4:
        for a in shared_deque:
            a
    elif choice == 5:
        len(shared_deque)
        shared_deque[0]


weak_values = weakref.WeakValueDictionary()


@guard
def weak(chance):
    choice = chance.randrange(4)
    if choice == 0:
        weak_values[chance.randrange(20)] = chance.choice(objects)
    elif choice == 1:
        found = weak_values.get(chance.randrange(20))
        found and found.m()
    elif choice == 2:
        reference = weakref.ref(chance.choice(objects), lambda q: None)
        reference()
        shared_list.append(reference)
    elif choice == 3:
        c = Base()
        c.c = c
        weakref.ref(c)
        if chance.random() < 0.02:
            gc.collect()


cell = [0]


def make():
    v = [1]

    def read():
        return v

    def write(x):
        nonlocal v
        v = x
    return (read, write)


read, write = make()


@guard
def cells(chance):
    global shared_global
    write([chance.random()])
    read()
    shared_global = [1]
    shared_global
    try:
        raise ValueError(shared_list)
    except ValueError as error:
        last_errors.append(error) if chance.random() < 0.01 else None


last_errors = collections.deque(maxlen=5)
shared_global = 0
count = 0
lock = threading.Lock()
total = 0
done = [0] * 64


def worker(n):
    global count
    chance = random.Random(seed * 1000 + n)
    changes = [lists, dicts, sets, attrs, classes, generators, deques, weak, cells]
    choice = 0
    while time.monotonic() < stop:
        for _ in range(50):
            chance.choice(changes)(chance)
            with lock:
                count += 1
            choice += 1
    done[n] += choice


while time.monotonic() < stop:
    threads = [threading.Thread(target=worker, args=(n,)) for n in range(int(sys.argv[3]) if len(sys.argv) > 3 else 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
if errors or count != sum(done):
    sys.exit('errors: %s; counted %d of %d' % (errors, count, sum(done)))
print('ok: %d operations, the lock %s' % (count, 'on' if sys._is_gil_enabled() else 'off'))
