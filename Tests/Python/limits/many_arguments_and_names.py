# Functions, calls, classes, containers and expressions with hundreds or thousands of parts.
def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

names = [f"a{i}" for i in range(1000)]
space = {}
exec(f"def f({', '.join(names)}): return {' + '.join(names)}", space)
print(space["f"](*range(1000)), space["f"](**dict(zip(names, range(1000)))))
print(attempt(space["f"], *range(999)), attempt(space["f"], *range(1001)))
print(attempt(space["f"], *range(990))[:200])
exec("def g():\n" + "".join(f"    x{i} = {i}\n" for i in range(3000)) + "    return " + " + ".join(f"x{i}" for i in range(0, 3000, 7)), space)
print(space["g"]())
print(eval("+".join(["1"] * 2000)), len(eval("[" + ",".join(map(str, range(5000))) + "]")), len(eval("{" + ",".join(f"{i}: {i}" for i in range(5000)) + "}")), eval("(" * 90 + "1" + ")" * 90), len(eval("(" + ",".join(["'x'"] * 3000) + ")")), eval("not " * 50 + "0"), eval("-" * 51 + "1"))
exec("class C:\n" + "".join(f"    def m{i}(self): return {i}\n" for i in range(2000)), space)
print(space["C"]().m1999(), len(vars(space["C"])) > 2000)
exec("if 0: pass\n" + "".join(f"elif n == {i}: r = {i}\n" for i in range(1500)), space | {"n": 1499})
o = type("O", (), {})()
for i in range(5000): setattr(o, f"attr{i}", i)
print(len(vars(o)), o.attr4999, sum(getattr(o, f"attr{i}") for i in range(5000)))
for i in range(0, 5000, 2): delattr(o, f"attr{i}")
print(len(vars(o)), hasattr(o, "attr2"), o.attr1)
print(eval("lambda: " * 60 + "1") is not None, len(f"{'x' * 100000}"), "".join(f"{i}" for i in range(3000))[-10:], len("%s" * 1000 % tuple(range(1000))))
print(attempt(eval, "(" * 300 + ")" * 300), attempt(eval, "[" * 250 + "]" * 250), attempt(exec, "if 1:\n" + "".join(" " * i + "if 1:\n" for i in range(1, 120)) + " " * 120 + "pass"))
exec("x = 0\nfor i in range(3):\n" + "    x += 1\n" * 5000 + "print(x)", {})
exec("a = b = c = " + "d = " * 500 + "1; print(a, d)", {})
