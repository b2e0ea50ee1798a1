# Arithmetic of ints and floats at the limits of their representations.


class operator:
    """The functions of the module of this name."""


for name, symbol in dict(add='+', sub='-', mul='*', floordiv='//', mod='%', truediv='/', and_='&', or_='|', xor='^', lt='<', le='<=', eq='==', ne='!=', pow='**', lshift='<<', rshift='>>').items():
    function = eval(f'lambda a, b: a {symbol} b')
    function.__name__ = name
    setattr(operator, name, function)
operator.neg = lambda a: -a
operator.invert = lambda a: ~a

values = [0, 1, -1, 2, -2, 3, 7, -7, 10, 255, 256, 2**30, 2**31, -2**31, 2**52, 2**53, 2**53 + 1, -2**53 - 1, 2**61 - 1, 2**61, 2**62 - 1, 2**62, -2**62, -2**62 - 1,
          2**63 - 1, 2**63, -2**63, -2**63 - 1, 2**64 - 1, 2**64, 2**64 + 1, -2**64, 3**40, 10**18, 10**19, 10**20, -10**20, 2**126, 2**127, 2**128 - 1, -2**128, 10**40, 7**100, 2**1023,
          2**1024 - 2**970, 10**400, True, False]
floats = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, 3.7, 1e16, 1e22, 1e23, 1e300, -1e300, 1e-300, 5e-324, 2.0**53, 2.0**62, 2.0**63, -2.0**63, 2.0**64, float('inf'), float('-inf'),
          float('nan'), 1.7976931348623157e308, 2.2250738585072014e-308, 0.1, 1 / 3, 1.72723e-77, 1.7272337110188893e-77]


def show(function, *arguments):
    try:
        result = function(*arguments)
    except Exception as e:
        return f'{type(e).__name__} {e}'
    if isinstance(result, int) and abs(result) > 10**60:
        return f'{hash(result)} {result.bit_length()}'
    return repr(result)


for operation in (operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod, divmod, operator.truediv, operator.and_, operator.or_, operator.xor,
                  operator.lt, operator.le, operator.eq, operator.ne):
    print(operation.__name__)
    for a in values:
        print(' ', ' | '.join(show(operation, a, b) for b in values))
for operation in (operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod, divmod, operator.truediv, operator.lt, operator.eq, operator.pow):
    print(operation.__name__)
    for a in floats:
        print(' ', ' | '.join(show(operation, a, b) for b in floats))
        print(' ', ' | '.join(show(operation, a, b) for b in values[:40]))
        print(' ', ' | '.join(show(operation, b, a) for b in values[:40]))
for a in values + floats:
    print(show(hash, a) if a == a else 'nan', show(int, a), show(float, a), show(str, a), show(abs, a), show(operator.neg, a), show(round, a), show(bool, a))
    for digits in (0, 1, 2, 5, 15, 16, 17, 20, 300, 400, -1, -2, -18, -19, -300, -400):
        print(' ', digits, show(round, a, digits))
for a in values:
    print(a if abs(a) < 10**60 else a.bit_length(), a.bit_length(), a.bit_count(), show(operator.invert, a), show(hex, a), show(oct, a), show(bin, a)[:200])
    for shift in (0, 1, 5, 61, 62, 63, 64, 65, 128, 200):
        print(' ', show(operator.lshift, a, shift), show(operator.rshift, a, shift))
    for length in (1, 4, 8, 9, 16):
        for signed in (False, True):
            for order in ('big', 'little'):
                print(' ', show(lambda: a.to_bytes(length, order, signed=signed)), show(lambda: int.from_bytes(a.to_bytes(length, order, signed=signed), order, signed=signed) == a))
for a in values[:20]:
    for b in range(-3, 40, 3):
        print(a, b, show(pow, a, b), show(pow, a, b, 97), show(pow, a, b, -97), show(pow, a, b, 2**70 + 25))
for a in floats:
    print(show(lambda: a.hex()), show(lambda: a.as_integer_ratio()), show(lambda: a.is_integer()), show(lambda: float.fromhex(a.hex())), show(repr, a), show(lambda: a.__floor__()), show(lambda: a.__ceil__()))
for text in ('1', ' 12 ', '1_000', '1__0', '_1', '1_', '+5', '-5', '--5', '0x10', '0b11', '0o17', '010', '0', '00', '0_0', '١٢', '1\u00a0', '\u2003 7', 'inf', 'nan', '1e5', '1.5', '.5', '5.', '.', '1e', '1e+', '1_0.0_1', '1_.0', '1._0',
             'Infinity', '-NaN', '+inf', 'infinit', '1e400', '1e-400', '0x1p3', '1' * 30, '1' * 400, '9007199254740993', '2.2250738585072011e-308', '1' + '0' * 310, '٣.٥', '1\x00', '', ' ', '1 2', 'z', 'ff'):
    print(repr(text), show(int, text), show(int, text, 0), show(int, text, 16), show(int, text, 36), show(float, text), show(complex, text), show(int, text.encode()), show(float, text.encode()))
for text in ('1+2j', '1-2j', 'j', '-j', '+j', '1+j', '1 + 2j', '(1+2j)', '( 1+2j )', '((1))', '1e5+1e-5j', 'nan+infj', '1j+2', '1jj', '1+2', '(1', '1)', 'inf-nanj', '1_0+2_0j', '-1.5e-3-2.5E+4J'):
    print(repr(text), show(complex, text))
complexes = [0j, 1j, -1j, 1 + 2j, -0.0 - 0.0j, complex(float('inf'), 1), complex(1, float('nan')), 1e200 + 1e200j, 3 - 4j]
for operation in (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.eq):
    print(operation.__name__)
    for a in complexes:
        print(' ', ' | '.join(show(operation, a, b) for b in complexes))
        print(' ', ' | '.join(show(operation, a, b) for b in [0, 1, -2, 2.5, -0.0, float('inf'), 10**400, True]))
        print(' ', ' | '.join(show(operation, b, a) for b in [0, 1, -2, 2.5, -0.0, float('inf'), 10**400, True]))
for a in complexes:
    print(repr(a), hash(a) if a == a else '', abs(a) if a == a else '', bool(a), -a, +a, a.conjugate(), a.real, a.imag)


class MyInt(int):
    pass


class MyFloat(float):
    pass


m = MyInt(5)
m.x = 1
print(m, repr(m), m + 1, type(m + 1), type(+m), m.x, m == 5, hash(m), {5: 'a'}[m], MyInt(2**70), MyInt(-2**70).x if hasattr(MyInt(1), 'x') else None, int(m), type(int(m)), m.real, m.__class__)
f = MyFloat(2.5)
f.y = [1]
print(f, f + 1, type(f * 1), f.y, f == 2.5, hash(f) == hash(2.5), type(float(f)), type(+f), f.real)
big = MyInt(2**200)
big.z = 3
print(big.z, big >> 190, -big == -2**200, type(-big))
print(True + True, True & False, True | 1, True ^ True, type(True & True), type(True & 1), -True, abs(False), True == 1.0, hash(True), str(True), format(True, 'd'), int(True), f'{True:>6}')
print(0.1 + 0.2, 1e16, 1e15 + 0.5, 123456789.123456789, 1e-4, 1e-5, 0.00012345, 100000.0, 1e100, -1.5e-7, 4.35, 2.675, 5e-324)
for n in (10**4299, 10**4300):
    print(show(str, n)[:60], show(repr, n)[:60], show(hex, n)[:30])
print(show(int, '9' * 4300)[:50], show(int, '9' * 4301), show(int, 'f' * 5000, 16)[:50])
