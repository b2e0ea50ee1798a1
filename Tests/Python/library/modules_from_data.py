"""Modules whose code is read from .pyc files, function by function: what they are, what odd files give, and that interpreters which read the same file share nothing that can be seen."""
import importlib
import importlib.util
import marshal
import os
import shutil
import sys
import tempfile
import types
from concurrent import interpreters

HEADER = importlib.util.MAGIC_NUMBER + bytes(12)

SOURCE = '''
"""Doc."""
BIG, NEGATIVE = 123456789012345678901234567890, -123456789012345678901234567890
FLOAT, COMPLEX = 1.5, 2j

def constants(a, /, b=1, *args, c: int = 2, **kw):
    """Doc of constants."""
    texts = "caf\\xe9", "\\u4e2d", "\\U0001f600", "\\ud800", "", "a", "\\xe9"
    return a in {1, 2, "x", (3, 4)}, [1, 2, 3][1:2], texts, b"bytes", b"", ..., None, True, 1 << 70, -5, 2**40

def outer():
    v = 1
    def inner():
        nonlocal v
        v += 1
        return v
    return inner

class K:
    "Doc of K"
    def m(self): return __class__
    @property
    def p(self): return [i for i in range(3)]
    async def generator(self): yield 1

def fails():
    try:
        1 / 0
    finally:
        pass

keyword = lambda *, q: q
'''


def module(folder, name, data):
    """The module of a .pyc file; None when it cannot be imported, which is told."""
    with open(os.path.join(folder, name + ".pyc"), "wb") as file:
        file.write(HEADER + data)
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except Exception as error:
        print(name, type(error).__name__)
        return None


def walk(code):
    """What a code object is made of."""
    constants = [walk(c) if isinstance(c, types.CodeType) else (type(c), len(c) if isinstance(c, frozenset) else repr(c)) for c in code.co_consts]
    return (
        code.co_code, code.co_names, code.co_varnames, code.co_cellvars, code.co_freevars, code.co_filename, code.co_name, code.co_qualname, code.co_firstlineno, code.co_linetable,
        code.co_exceptiontable, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags, code.co_nlocals, code.co_stacksize, constants)


def show_module(folder):
    code = compile(SOURCE, os.path.join(folder, "whole.py"), "exec")
    data = marshal.dumps(code)
    whole = module(folder, "whole", data)
    print(whole.__doc__, whole.BIG, whole.NEGATIVE, whole.FLOAT, whole.COMPLEX)
    print(whole.constants.__code__.co_varnames, whole.constants.__code__.co_flags, whole.constants.__doc__, ascii(whole.constants(1)), whole.constants.__annotations__)
    inner = whole.outer()
    print(inner(), inner(), inner.__code__.co_freevars, whole.outer.__code__.co_cellvars, whole.K().m() is whole.K, whole.K().p, whole.K.__doc__, whole.keyword(q=3))
    try:
        whole.fails()
    except ZeroDivisionError as error:
        entry = error.__traceback__
        while entry:
            print(entry.tb_frame.f_code.co_name, entry.tb_lineno, list(entry.tb_frame.f_code.co_positions())[entry.tb_lasti // 2])
            entry = entry.tb_next
    fresh = {}
    exec(code, fresh)
    for name in ("constants", "outer", "fails", "keyword"):
        a, b = getattr(whole, name).__code__, fresh[name].__code__
        print(name, a == b, hash(a) == hash(b), walk(a) == walk(b), list(a.co_lines()) == list(b.co_lines()))
    old = whole.constants
    print(importlib.reload(whole) is whole, whole.constants is old, whole.constants.__code__ == old.__code__, whole.constants.__code__ is old.__code__)
    print(old.__code__.replace(co_name="other").co_name, old.__name__)
    old.__code__ = whole.keyword.__code__
    print(old.__doc__, old(q=4), whole.constants(2)[0])
    return data


def show_odd_files(folder, data):
    for number, length in enumerate(range(len(data) - 1, 0, -(len(data) // 20))):
        module(folder, f"cut{number}", data[:length])
    for name, content in {"number": marshal.dumps(1), "tuple": marshal.dumps((compile("", "", "exec"),)), "null": b"0", "empty": b"", "itself": b"\xdb\x01" + bytes(3) + b"r" + bytes(4), "unknown": b"?"}.items():
        module(folder, name, content)
    print(walk(marshal.loads(memoryview(HEADER + data)[16:])) == walk(marshal.loads(data)), walk(marshal.loads(memoryview(HEADER + data + b"more")[16:])) == walk(marshal.loads(data)))
    try:
        marshal.loads(memoryview(HEADER + data)[16:], allow_code=False)
    except ValueError as error:
        print(error)


def show_deep_references():
    """Tuples deep in one another, each around a reference to the one before, in functions of their own."""

    def number(value):
        return value.to_bytes(4, "little")

    def code(constants):
        simple = compile("None", "x", "exec")
        texts = b"".join(b"z\x01" + text for text in (b"f", b"n", b"q"))
        return (
            b"c" + number(0) * 3 + number(1) + number(0) + b"s" + number(len(simple.co_code)) + simple.co_code + constants + b")\0" * 2 + b"s" + number(0) + texts + number(1)
            + b"s" + number(len(simple.co_linetable)) + simple.co_linetable + b"s" + number(0))

    functions = [code(b")\1" + b"\xa9\1" + b")\1" * 179 + (b"r" + number(place - 1) if place else b"N")) for place in range(200)]
    data = code(b"(" + number(len(functions) + 1) + b"".join(functions) + b"N")
    innermost = marshal.loads(memoryview(HEADER + data)[16:]).co_consts[-2].co_consts[0]
    depth = 0
    while innermost is not None:
        innermost = innermost[0]
        depth += 1
    print(depth)


SCRIPT = """
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, {folder!r})
import importlib, shared_by_all
shared_by_all.seen.append({number})
shared_by_all.count.attribute = {number}
result = shared_by_all.count(3), shared_by_all.seen, shared_by_all.version(), shared_by_all.K.total(4), shared_by_all.default(), shared_by_all.default()
try:
    shared_by_all.fails([])
except IndexError as error:
    result += (error.__traceback__.tb_next.tb_lineno, error.__traceback__.tb_next.tb_frame.f_code.co_name)
if {number} % 2:
    shared_by_all.count.__code__ = shared_by_all.count.__code__.replace(co_consts=tuple(7 if c == 1000 else c for c in shared_by_all.count.__code__.co_consts))
    result += (shared_by_all.count(3),)
    result += (importlib.reload(shared_by_all).count(3),)
print({number}, result, flush=True)
"""


def show_interpreters(folder):
    path = os.path.join(folder, "shared_by_all.py")

    def write(version, stamp):
        with open(path, "w") as file:
            file.write(f'''seen = []
def count(n):
    total = 1000
    for i in range(n):
        total += i * 1.5
    return total, "a text of its own", (n, "b", None)
def default(values=[]):
    values.append(len(values))
    return list(values)
def version(): return {version}
class K:
    @classmethod
    def total(cls, n):
        return sum(i for i in range(n))
def fails(items):
    try:
        return items[0]
    except KeyError:
        return None
''')
        os.utime(path, (stamp, stamp))
        importlib.util.cache_from_source(path)
        import py_compile
        py_compile.compile(path)

    def run(number, interpreter=None):
        interpreter = interpreter or interpreters.create()
        interpreter.exec(SCRIPT.format(folder=folder, number=number))
        return interpreter

    write(1, 1_700_000_000)
    first = run(0)
    second = run(1)
    first.close()
    third = run(2)
    second.close()
    write(2, 1_700_000_100)
    fourth = run(3)
    run(4, third).close()
    fourth.close()
    for number in range(5, 8):
        run(number).close()


def main():
    folder = tempfile.mkdtemp()
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    try:
        show_odd_files(folder, show_module(folder))
        show_deep_references()
        show_interpreters(folder)
    finally:
        shutil.rmtree(folder)


main()
