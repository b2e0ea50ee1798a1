# The singletons: repr, type, attributes, truth, comparison.
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

def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

for value in [None, ..., NotImplemented]:
    kind = type(value)
    print(value, kind, kind() is value, attempt(kind, 1), attempt(lambda: bool(value)), attempt(lambda: type("X", (kind,), {})), value == value, value is value, hash(value) == hash(value), attempt(lambda: value < value), attempt(lambda: value + 1), attempt(setattr, value, "x", 1), attempt(lambda: value.x), value in [value], {value: 1}, kind.__name__)
print(None == False, None == 0, None != None, Ellipsis is ..., [..., None], str(None), f"{None}", "%s" % None, None.__eq__(1), None.__eq__(None), (1).__eq__("a"), None.__class__, None.__bool__())
show('(lambda v: v())(None)', lambda: (lambda v: v())(None))
show('(lambda v: v[0])(None)', lambda: (lambda v: v[0])(None))
show('None.x', lambda: None.x)
show('len(None)', lambda: len(None))
show('NotImplemented and 1', lambda: NotImplemented and 1)
show('not NotImplemented', lambda: not NotImplemented)
show('None.__init__()', lambda: None.__init__())
show('....__reduce__(), NotImplemented.__reduce__()', lambda: (....__reduce__(), NotImplemented.__reduce__()))
for source in ["None = 1", "True = 1", "... = 1", "del None", "None += 1", "def f(None): pass", "f(True=1)", "x.None", "for None in x: pass", "import None", "class None: pass", "lambda None: 1", "None := 1", "(None := 1)", "with a as True: pass", "[None] = 1", "__debug__ = 1", "NotImplemented = 5"]:
    run(source)
