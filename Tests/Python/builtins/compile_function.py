# The built-in compile: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('eval(compile("1+1", "f", "eval")), compile("x", "f", "exec").co_filename, compile("x=1", "f", "exec").co_names', lambda: (eval(compile("1+1", "f", "eval")), compile("x", "f", "exec").co_filename, compile("x=1", "f", "exec").co_names))
show('compile("x", "f", "bad")', lambda: compile("x", "f", "bad"))
show('compile("1+", "f", "eval")', lambda: compile("1+", "f", "eval"))
show('compile("x", "f")', lambda: compile("x", "f"))
show('compile(5, "f", "exec")', lambda: compile(5, "f", "exec"))
show('compile("x", 5, "exec")', lambda: compile("x", 5, "exec"))
show('compile("x\\0", "f", "exec")', lambda: compile("x\0", "f", "exec"))
show('compile("x", "f", "exec", 1 << 30)', lambda: compile("x", "f", "exec", 1 << 30))
show('compile("a\\nb", "f", "single")', lambda: compile("a\nb", "f", "single"))
show('compile(b"\\xff", "f", "exec")', lambda: compile(b"\xff", "f", "exec"))
show('compile()', lambda: compile())
show('compile(wrong=1)', lambda: compile(wrong=1))
