# math over special values and errors.
import math

def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

V = [0.0, -0.0, 1.0, -1.0, 0.5, 2.5, -2.5, 1e300, -1e300, float("inf"), float("-inf"), float("nan"), 3, 10**400, "x"]
for name in ["acos", "asin", "atan", "ceil", "floor", "trunc", "exp", "expm1", "fabs", "isfinite", "isinf", "isnan", "log", "log2", "log10", "log1p", "modf", "frexp", "sqrt", "sin", "cos", "degrees", "radians", "isqrt", "factorial", "gamma", "lgamma", "erf", "cbrt"]:
    for v in V:
        if (name, v) not in (("factorial", 10**400), ("floor", 10**400), ("ceil", 10**400), ("trunc", 10**400), ("isqrt", 10**400)):
            print(name, str(v)[:20], attempt(getattr(math, name), v))
for a in V[:12]:
    for b in V[:12]:
        print(a, b, attempt(math.fmod, a, b), attempt(math.copysign, a, b), attempt(math.pow, a, b), attempt(math.hypot, a, b), attempt(math.remainder, a, b), attempt(math.isclose, a, b), attempt(math.nextafter, a, b), attempt(math.atan2, a, b))
show('math.gcd(12, 18, 27), math.lcm(4, 6), math.comb(50, 20), math.perm(10, 3), math.prod([1, 2, 3.5]), math.fsum([0.1] * 10), math.dist((1, 2), (4, 6)), math.sumprod([1, 2], [3, 4]), math.pi, math.tau, math.ulp(1.0), math.ldexp(0.5, 3)', lambda: (math.gcd(12, 18, 27), math.lcm(4, 6), math.comb(50, 20), math.perm(10, 3), math.prod([1, 2, 3.5]), math.fsum([0.1] * 10), math.dist((1, 2), (4, 6)), math.sumprod([1, 2], [3, 4]), math.pi, math.tau, math.ulp(1.0), math.ldexp(0.5, 3)))
