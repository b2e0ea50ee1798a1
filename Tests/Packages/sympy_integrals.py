# Integrals, equations, series and matrices by sympy.
from sympy import (Eq, Function, Integral, Matrix, Rational, cos, diff, dsolve, exp, expand, factor, integrate, latex, limit, oo, pi, series, simplify,
                   sin, solve, sqrt, symbols)

x, y, n = symbols("x y n")
print(integrate(exp(x) * sin(x), x), integrate(1 / (x**2 + 1), (x, 0, oo)), integrate(x**2 * exp(-x**2), (x, -oo, oo)))
print(solve(x**3 - 6 * x**2 + 11 * x - 6, x), solve([x + y - 3, x - y - 1], [x, y]), solve(x**2 + x + 1, x))
print(factor(x**4 - 1), expand((x + y)**4), simplify(sin(x)**2 + cos(x)**2), diff(x**x, x))
print(series(cos(x), x, 0, 8), limit(sin(x) / x, x, 0), (pi * sqrt(2)).evalf(30), Rational(3, 4) + Rational(1, 6))
print(Matrix([[2, 1], [1, 3]]).inv(), Matrix([[2, 0], [0, 3]]).eigenvals(), latex(Integral(x**2, x)))
f = Function("f")
print(dsolve(Eq(f(x).diff(x), f(x)), f(x)))
