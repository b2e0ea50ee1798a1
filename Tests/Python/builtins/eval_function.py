# The built-in eval: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('eval("1 + 1"), eval("x", {"x": 5}), eval("x + y", {"x": 1}, {"y": 2}), eval(b"3"), eval("  4"), eval("(5\\n)"), eval(compile("6", "f", "eval"))', lambda: (eval("1 + 1"), eval("x", {"x": 5}), eval("x + y", {"x": 1}, {"y": 2}), eval(b"3"), eval("  4"), eval("(5\n)"), eval(compile("6", "f", "eval"))))
show('eval("x = 1")', lambda: eval("x = 1"))
show('eval("")', lambda: eval(""))
show('eval("1\\n2")', lambda: eval("1\n2"))
show('eval("x", 5)', lambda: eval("x", 5))
show('eval("x", {}, 5)', lambda: eval("x", {}, 5))
show('eval("1\\x00")', lambda: eval("1\x00"))
show('eval("undefined_name")', lambda: eval("undefined_name"))
show('eval("x", globals={"x": 9})', lambda: eval("x", globals={"x": 9}))
show('eval()', lambda: eval())
show('eval(wrong=1)', lambda: eval(wrong=1))
