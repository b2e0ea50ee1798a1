# Assignment expressions: scopes, comprehensions, where they are refused.
def run(source, mode="exec"):
    print(repr(source))
    try:
        exec(compile(source, "<text>", mode), {"__name__": "text"})
    except SyntaxError as error:
        print("   ", type(error).__name__, error.msg, (error.lineno, error.offset, error.end_lineno, error.end_offset), repr(error.text))
    except BaseException as error:
        print("   ", type(error).__name__ + ":", error)

if (n := 10) > 5: print(n)
print([y := 1, y ** 2], y, (z := 3) + z, [w := x * 2 for x in range(4)], w, any((found := x) > 2 for x in range(5)), found)
def f():
    total = 0
    values = [total := total + v for v in range(5)]
    return values, total
print(f())
def g():
    [[last := i * j for i in range(3)] for j in range(3)]
    return last
print(g(), (lambda: (inner := 5) + inner)(), f"{(fs := 7)}", fs, {(k := 1): (v := 2)}, k, v)
while (line := next(it := iter([1, 0]))) and line > 5: pass
print(line, list(it))
x = (1, (t := 2), 3)
print(x, t, (a := 1), a)
def default(p=(q := 9)): return p
print(default(), q)
class C:
    attr = (inside := 4)
print(C.inside)
for source in ["x := 1", "(x := 1) = 2", "(x.y := 1)", "(x[0] := 1)", "((a, b) := 1)", "f(a=b := 1)", "f(a := 1)", "[i := 0 for i in range(3)]", "[j for i in (j := [1])]", "lambda: x := 1", "(lambda: (x := 1))()", "class A:\n [y := 1 for x in [1]]", "def f(a=b := 1): pass", "x = y := 1", "print(y := 1)", "{a := 1: 2}", "{(a := 1): 2}", "a[b := 0]", "f(x := 1, y=2)", "[k for k in range(1) if (k := 2)]", "with a := b: pass", "(None := 1)", "(x := yield)", "[(i, j := 1) for i in [1]]", "{x := 1, 2}", "assert (y := 1)", "del (x := 1)"]:
    run(source)
