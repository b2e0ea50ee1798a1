# assert with and without message, __debug__, evaluation of the message.
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

def check(value, *message):
    if message:
        assert value, message[0]
    else:
        assert value
    return "held"
for value in [True, 0, [], [0], "x", None]:
    print(value, attempt(check, value), attempt(check, value, "text"), attempt(check, value, ("a", 1)), attempt(check, value, None), attempt(check, value, ValueError("v")))
def loud(): print("message evaluated"); return "loud"
assert True, loud()
try:
    assert False, loud()
except AssertionError as e:
    print(e.args, repr(e))
class B:
    def __bool__(self): raise KeyError("truth")
show('check(B())', lambda: check(B()))
print(__debug__)
AssertionError = ValueError
try:
    assert 0
except BaseException as e:
    print(type(e).__name__)
for source in ["assert", "assert 1,", "assert x = 1", "assert (1, 'always')", "assert 1 if", "assert *a", "assert yield"]:
    run(source)
