# A global name that goes and comes again, as that of `except … as name`, and the caches of all other names.
import sys
def f(): return len(str(K))
K = 5
def run(n):
    s = 0
    for i in range(n):
        globals()['zz%d' % (i % 3)] = i
        s += f()
        del globals()['zz%d' % (i % 3)]
        s += f()
    return s
print(run(1000))
for i in range(200):
    try:
        raise ValueError(i)
    except ValueError as error:
        assert f() == 1
        assert error.args == (i,)
    assert f() == 1
    assert 'error' not in globals()
    if i % 50 == 0:
        globals()['new%d' % i] = i
print([k for k in globals() if not k.startswith('__')])
def g():
    return error2
for i in range(50):
    try:
        g()
    except NameError as error2:
        assert g() is error2
    else:
        assert False
print(list(globals())[-3:])
d = globals()
for i in range(300):
    d['a%d' % i] = f()
    d['b'] = f(); f()
    del d['b']; f()
    if i > 10: del d['a%d' % (i - 5)]
    f()
print(sorted(k for k in d if k[0] == 'a'))
