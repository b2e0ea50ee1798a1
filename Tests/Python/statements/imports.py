# import of built-in modules: forms, names, errors.
import sys, gc
import sys as system
from sys import version_info as v, maxsize
from sys import (byteorder, platform as p,)

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

print(system is sys, v[:2], maxsize == 2**63 - 1, byteorder, type(p).__name__, sys.modules["sys"] is sys, __import__("gc") is gc, sys.__name__, type(sys).__name__, repr(sys), repr(gc))
def f():
    import sys as local
    from gc import collect
    return local is sys, collect.__name__
print(f(), "local" in globals())
class C:
    import sys as inside
print(C.inside is sys)
def statement(source):
    try:
        exec(source, {"__name__": "text"})
        print(source, "fine")
    except Exception as e:
        print(source, type(e).__name__, e, getattr(e, "name", "-"), getattr(e, "path", "-"), getattr(e, "name_from", "-"))
for source in ["import no_such_module", "import no_such.module", "from no_such import x", "from sys import no_such_name", "import sys.nothing", "from . import x", "from .x import y", "from .. import z", "from sys import *", "import sys as a, gc as b", "from gc import collect as c, get_count", "def f():\n from sys import *"]:
    statement(source) if "def" not in source else run(source)
for source in ["import", "from sys import", "from sys import (a, b", "import a.b as", "from import x", "import a as b.c", "from sys import a,", "from sys import (a,)", "import *", "from a import b.c", "import 5", "from a import (b as c, d,)", "from a import ()", "import a as None", "from .. import", "from __future__ import braces", "from __future__ import nothing", "x = 1\nfrom __future__ import annotations", "from __future__ import annotations, division", "from a import *, b", "import a b"]:
    if "sys import" in source or "(b as c" in source:
        print(source, attempt(lambda: compile(source, "t", "exec") and "compiles"))
    else:
        run(source)
