# cmath: every function at ordinary, huge, tiny and special numbers.
import cmath

def shown(value):
    # 12 digits: the C library's functions differ in the last ones from version to version.
    if isinstance(value, (tuple, complex)):
        parts = value if isinstance(value, tuple) else (value.real, value.imag)
        return tuple(f"{part:.12g}" for part in parts)
    return f"{value:.12g}" if isinstance(value, float) else repr(value)

inf, nan = cmath.inf, cmath.nan
points = [-inf, -1e308, -800.0, -2.5, -1.0, -1e-320, -0.0, 0.0, 5e-324, 0.3, 1.0, 3.0, 710.0, 1.7e308, inf, nan]
for name in ('acos acosh asin asinh atan atanh cos cosh exp log log10 sin sinh sqrt tan tanh phase polar isfinite isnan isinf').split():
    function = getattr(cmath, name)
    for x in points:
        row = []
        for y in points:
            if name == 'phase' and 0 < min(abs(x), abs(y)) < 1e-300 or name == 'phase' and abs(x) > 1e300:
                continue  # Whether an angle that underflows is an error depends on the C library.
            try:
                row.append(shown(function(complex(x, y))))
            except (ValueError, OverflowError) as error:
                row.append(str(error))
        print(name, x, row)
for r in points:
    row = []
    for phi in points:
        try:
            row.append(shown(cmath.rect(r, phi)))
        except (ValueError, OverflowError) as error:
            row.append(str(error))
    print(r, row)
class C:
    def __complex__(self): return 1+2j
class F:
    def __float__(self): return 2.5
class I:
    def __index__(self): return 7
class Bad:
    def __complex__(self): return 5
for f in [lambda: cmath.log(2, 1), lambda: cmath.log(1, 0), lambda: cmath.log(0, 2), lambda: cmath.log(complex(1, 2), 3), lambda: cmath.polar(complex(1e308, 1e308)), lambda: cmath.polar(complex(1.5e308, 1.5e308)),
          lambda: cmath.sqrt('x'), lambda: cmath.sqrt(10**400), lambda: cmath.rect(1), lambda: cmath.rect('a', 1), lambda: cmath.log(1, 2, 3), lambda: cmath.isclose(1, 2, rel_tol=-1), lambda: cmath.log(1, None),
          lambda: cmath.sqrt(C()), lambda: cmath.sqrt(F()), lambda: cmath.sqrt(I()), lambda: cmath.sqrt(Bad()), lambda: cmath.isclose(1+1j, 1+1.0000000001j), lambda: cmath.isclose(inf, inf), lambda: cmath.isclose(nan, nan),
          lambda: cmath.isclose(1, 1.1, abs_tol=0.2), lambda: cmath.infj, lambda: cmath.nanj, lambda: cmath.tau, lambda: cmath.sqrt(True)]:
    try:
        print(shown(f()))
    except Exception as error:
        print(type(error).__name__, error)
