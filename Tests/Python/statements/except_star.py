# except*: splitting, several clauses, raising, naked exceptions, refused forms.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def run(source, mode="exec"):
    print(repr(source))
    try:
        exec(compile(source, "<text>", mode), {"__name__": "text"})
    except SyntaxError as error:
        print("   ", type(error).__name__, error.msg, (error.lineno, error.offset, error.end_lineno, error.end_offset), repr(error.text))
    except BaseException as error:
        print("   ", type(error).__name__ + ":", error)

def test(e, *kinds):
    log = []
    try:
        try:
            raise e
        except* kinds[0] as x: log.append(("first", repr(x)))
        except* kinds[1] as x: log.append(("second", repr(x)))
        else: log.append("else")
        finally: log.append("finally")
    except BaseException as r: log.append(("rest", repr(r)))
    return log
G = ExceptionGroup
for e in [G("g", [ValueError(1)]), G("g", [ValueError(1), TypeError(2)]), G("g", [ValueError(1), G("n", [TypeError(2), OSError(3)]), KeyError(4)]), ValueError("naked"), KeyError("naked"), TypeError, BaseExceptionGroup("b", [KeyboardInterrupt(), ValueError(1)]), KeyboardInterrupt()]:
    for kinds in [(ValueError, TypeError), (Exception, ValueError), ((ValueError, TypeError), OSError), (KeyError, LookupError)]:
        print(repr(e), [k.__name__ if isinstance(k, type) else "tuple" for k in kinds], *test(e, *kinds), sep="\n    ")
def raising(kind):
    try:
        try: raise G("g", [ValueError(1), TypeError(2)])
        except* ValueError as e:
            if kind == "new": raise KeyError("new")
            if kind == "same": raise
            if kind == "e": raise e
            if kind == "from": raise OSError("o") from e
    except BaseException as r:
        return repr(r), repr(r.__cause__), repr(r.__context__), [repr(x) for x in getattr(r, "exceptions", ())]
for k in ["none", "new", "same", "e", "from"]: print(k, raising(k))
show('test(ValueError(), G, TypeError)', lambda: test(ValueError(), G, TypeError))
show('test(ValueError(), 5, TypeError)', lambda: test(ValueError(), 5, TypeError))
def empty():
    try: pass
    except* ValueError: return_value = 1
    else: return "else"
show('empty()', lambda: empty())
for source in ["try: pass\nexcept* : pass", "def f():\n try: pass\n except* E: return", "for i in x:\n try: pass\n except* E: break", "for i in x:\n try: pass\n except* E: continue", "try: pass\nexcept* E: pass\nexcept E: pass", "try: pass\nexcept *E as e, f: pass", "try: pass\nexcept* A, B: pass", "try: pass\nexcept A, B as c: pass", "try: pass\nexcept A, B: pass\nelse: print('no parentheses')"]:
    run(source)
