# Attributes, args, repr and str of every kind of built-in exception.
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

KINDS = [BaseException, Exception, ArithmeticError, AssertionError, AttributeError, BufferError, EOFError, FloatingPointError, GeneratorExit, ImportError, ModuleNotFoundError, IndexError, KeyError, KeyboardInterrupt, LookupError, MemoryError, NameError, NotImplementedError, OSError, OverflowError, PythonFinalizationError, RecursionError, ReferenceError, RuntimeError, StopIteration, StopAsyncIteration, SyntaxError, IndentationError, TabError, SystemError, SystemExit, TypeError, UnboundLocalError, ValueError, ZeroDivisionError, BlockingIOError, ChildProcessError, BrokenPipeError, ConnectionError, FileExistsError, FileNotFoundError, InterruptedError, IsADirectoryError, NotADirectoryError, PermissionError, ProcessLookupError, TimeoutError, Warning, UserWarning, DeprecationWarning, SyntaxWarning, RuntimeWarning, FutureWarning, ImportWarning, UnicodeWarning, BytesWarning, ResourceWarning, EncodingWarning]
for k in KINDS:
    print(k.__name__, [b.__name__ for b in k.__mro__], k.__module__)
    for args in [(), ("m",), (1, 2), ("it's",), (None,)]:
        print("   ", attempt(lambda: (k(*args).args, str(k(*args)), repr(k(*args)))))
    print("   ", attempt(k, x=1))
show('AttributeError("m", name="n", obj=5).name, AttributeError(name="n").obj', lambda: (AttributeError("m", name="n", obj=5).name, AttributeError(name="n").obj))
show('NameError("m", name="n").name, ImportError("m", name="a", path="b").path, ImportError(name="x", name_from="y").name_from', lambda: (NameError("m", name="n").name, ImportError("m", name="a", path="b").path, ImportError(name="x", name_from="y").name_from))
show('NameError("m", other=1)', lambda: NameError("m", other=1))
show('StopIteration(1, 2).value, StopIteration().value, SystemExit(1, 2).code, SystemExit().code', lambda: (StopIteration(1, 2).value, StopIteration().value, SystemExit(1, 2).code, SystemExit().code))
show('OSError(2, "text").errno, type(OSError(2, "text")).__name__, str(OSError(2, "text", "file")), str(OSError(13, "t", "a", None, "b")), type(OSError(17, "x")).__name__, type(OSError(9999, "x")).__name__, OSError("one").errno, type(OSError(2)).__name__, str(OSError(2, "t", 5)), OSError(2, "t", "f").args, FileNotFoundError(1, "x").errno', lambda: (OSError(2, "text").errno, type(OSError(2, "text")).__name__, str(OSError(2, "text", "file")), str(OSError(13, "t", "a", None, "b")), type(OSError(17, "x")).__name__, type(OSError(9999, "x")).__name__, OSError("one").errno, type(OSError(2)).__name__, str(OSError(2, "t", 5)), OSError(2, "t", "f").args, FileNotFoundError(1, "x").errno))
show('str(SyntaxError("m", ("f.py", 3, 5, "text"))), SyntaxError("m", ("f", 1, 2, "t", 3, 4)).end_offset, SyntaxError("m").lineno, str(SyntaxError("m", (None, 5, 1, "")))', lambda: (str(SyntaxError("m", ("f.py", 3, 5, "text"))), SyntaxError("m", ("f", 1, 2, "t", 3, 4)).end_offset, SyntaxError("m").lineno, str(SyntaxError("m", (None, 5, 1, "")))))
show('SyntaxError("m", (1, 2))', lambda: SyntaxError("m", (1, 2)))
show('SyntaxError("m", 5)', lambda: SyntaxError("m", 5))
show('str(KeyError("k")), str(KeyError("k", 1)), str(KeyError()), str(LookupError("k"))', lambda: (str(KeyError("k")), str(KeyError("k", 1)), str(KeyError()), str(LookupError("k"))))
e = ValueError("a")
e.extra = 5
show('e.__dict__, e.__reduce__(), e.with_traceback(None) is e, e.__traceback__', lambda: (e.__dict__, e.__reduce__(), e.with_traceback(None) is e, e.__traceback__))
show('e.add_note("n"), e.__notes__, e.add_note("m"), e.__notes__', lambda: (e.add_note("n"), e.__notes__, e.add_note("m"), e.__notes__))
show('e.add_note(5)', lambda: e.add_note(5))
show('e.__setstate__({"state": 1}), e.state', lambda: (e.__setstate__({"state": 1}), e.state))
show('e.__setstate__(5)', lambda: e.__setstate__(5))
show('delattr(e, "args")', lambda: delattr(e, "args"))
show('ValueError("a") == ValueError("a"), BaseException.__new__(ValueError, 1, 2).args', lambda: (ValueError("a") == ValueError("a"), BaseException.__new__(ValueError, 1, 2).args))
