# Patterns that the compiler refuses.
def run(source, mode="exec"):
    print(repr(source))
    try:
        exec(compile(source, "<text>", mode), {"__name__": "text"})
    except SyntaxError as error:
        print("   ", type(error).__name__, error.msg, (error.lineno, error.offset, error.end_lineno, error.end_offset), repr(error.text))
    except BaseException as error:
        print("   ", type(error).__name__ + ":", error)

for pattern in ["x | y", "x | 1", "1 | x", "_ | 1", "x, x", "[a, a]", "{'a': x, 'b': x}", "[*a, *b]", "{**r, 'a': 1}", "{**_}", "{'a': 1, 'a': 2}", "P(x=1, x=2)", "P(a=1, b)", "x.y as z.w", "1 as _", "f()()", "1 + 1", "1j + 1", "-x", "f''", "{x: 1}", "x if", "(a as b) as b", "[a] | [b]", "[a] | [a, *_]", "...", "1.0 + 2.0", "-'a'", "a := 1", "*a", "{}.x", "P(**k)", "lambda: 1", "not 1", "[1 for x in y]"]:
    run(f"match 1:\n    case {pattern}: pass")
run("match 1:\n    case x: pass\n    case y: pass")
run("match 1:\n    case _: pass\n    case 1: pass")
run("match 1:\n    pass")
run("match 1:\ncase 1: pass")
run("match:\n    case 1: pass")
run("match 1\n    case 1: pass")
run("match 1:\n    case 1 pass")
run("match 1, *[2]:\n    case 1, 2: print('star subject')")
