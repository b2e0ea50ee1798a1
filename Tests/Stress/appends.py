#!/usr/bin/env python3
"""No item that threads append to one list is lost while others insert into it and take from it, and readers of a dict that others change find what was put there.

    krait -X gil=none Tests/Stress/appends.py
"""
import threading, sys
N = 60000
L = []
popped = [[] for _ in range(4)]


def app(k):
    for i in range(N):
        L.append((k, i))


def pop(k):
    for i in range(N // 4):
        try:
            popped[k].append(L.pop(len(L) // 2 if i % 3 else -1))
        except IndexError:
            pass
        if i % 500 == 0:
            L.insert(0, (9, i))
            L.extend([(8, i), (7, i)])
            x = L[5:10]


ts = [threading.Thread(target=app, args=(k,)) for k in range(2)] + [threading.Thread(target=pop, args=(k,)) for k in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
allv = L + popped[0] + popped[1]
c = [v for v in allv if v[0] < 2]
assert len(c) == 2 * N and len(set(c)) == 2 * N, (len(c), len(set(c)))
extra = [v for v in allv if v[0] >= 7]
assert len(extra) == 2 * 3 * (N // 4 // 500), len(extra)
D = {}


def reader(stop):
    while not stop.is_set():
        for i in range(300):
            try:
                assert D[i][0] == i
            except KeyError:
                pass
            try:
                assert D['s%d' % i] == str(i)
            except KeyError:
                pass


def writer(k):
    for r in range(60):
        for i in range(300):
            D[i] = [i]
        for i in range(0, 300, 3):
            D.pop(i, None)
        for i in range(300):
            D['s%d' % i] = str(i)
        for i in range(0, 300, 2):
            D.pop('s%d' % i, None)
        if r % 20 == 0:
            D.clear()
        S = {}
        S2 = {}


E2 = {}


def reader2(stop):
    while not stop.is_set():
        for i in range(300):
            try:
                assert E2['s%d' % i][0] == str(i)
            except KeyError:
                pass


def writer2(k):
    for r in range(60):
        for i in range(300):
            E2['s%d' % i] = [str(i)]
        for i in range(0, 300, 2):
            E2.pop('s%d' % i, None)
        if r % 20 == 0:
            E2.clear()


for rd, wr in ((reader, writer), (reader2, writer2)):
    ev = threading.Event()
    rs = [threading.Thread(target=rd, args=(ev,)) for _ in range(2)]
    ws = [threading.Thread(target=wr, args=(k,)) for k in range(2)]
    for t in rs + ws:
        t.start()
    for t in ws:
        t.join()
    ev.set()
    for t in rs:
        t.join()
print('ok')
