# The import system: packages, relative names, errors, caches.
import os
import sys

folder = f"/tmp/krait-importing-{os.getpid():08}"
made = []
sys.dont_write_bytecode = False


def write(path, text):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def remove(path):
    for entry in list(os.scandir(path)):
        if entry.is_dir(follow_symlinks=False):
            remove(entry.path)
        else:
            os.unlink(entry.path)
    os.rmdir(path)


def attempt(text):
    try:
        exec(text, {"__name__": "program"})
    except Exception as error:
        print(type(error).__name__, str(error).replace(folder, "FOLDER"), getattr(error, "name", None))


try:
    write("pack/__init__.py", "from . import one\nfrom .sub import two as second\nprint('pack', __name__, __package__)\n")
    write("pack/one.py", "print('one', __name__, __package__)\nvalue = (1, 2.5, 'text', b'bytes', frozenset({1, 2}), None, ...)\n")
    write("pack/sub/__init__.py", "")
    write("pack/sub/two.py", "from ..one import __name__ as other\nprint('two', other)\n")
    write("spaces/inner.py", "value = 1\n")
    write("bad.py", "def f(:\n")
    write("fails.py", "1 / 0\n")
    write("circular_a.py", "import circular_b\nx = 1\n")
    write("circular_b.py", "from circular_a import x\n")
    write("lazy.py", "def __getattr__(name):\n    if name == 'found':\n        return 'made'\n    raise AttributeError(name)\n")
    sys.path.insert(0, folder)
    import pack
    print(pack.second.__name__, pack.one.__spec__.parent, pack.__spec__.name, type(pack.__loader__).__name__)
    print(repr(pack.one).replace(folder, "FOLDER"), pack.__file__.replace(folder, "FOLDER"))
    import spaces.inner
    print(spaces.inner.value, spaces.__file__ if hasattr(spaces, "__file__") else None, spaces.__spec__.origin)
    attempt("import missing")
    attempt("import pack.missing")
    attempt("import pack.one.deeper")
    attempt("from pack import missing")
    attempt("import fails")
    attempt("import bad")
    attempt("import circular_a")
    attempt("from . import x")
    attempt("from lazy import found, other")
    attempt("__import__('')")
    attempt("__import__('os', level=-1)")
    attempt("__import__(1)")
    print("fails" in sys.modules, "bad" in sys.modules)
    sys.modules["blocked"] = None
    attempt("import blocked")
    cached = pack.one.__cached__
    print(os.path.basename(cached), os.path.exists(cached))
    with open(cached, "rb") as f:
        data = f.read()
    print(data[:8], len(data), data[16:].replace(folder.encode(), b"FOLDER")[:40])
    print(__import__("pack.sub.two").__name__, __import__("pack.sub.two", fromlist=["x"]).__name__)
    import marshal
    for value in (1, -1, 2**70, 1.5, 2j, "a", "é", b"b", (1, (2, 3)), [1, [2]], {"k": 1}, {3, 1, 2}, frozenset(), None, True, ..., StopIteration, slice(1, 2)):
        for version in (5, 2, 0):
            try:
                data = marshal.dumps(value, version)
                print(version, data, marshal.loads(data) == value)
            except ValueError as error:
                print(version, error)
    for data in (b"", b"(", b"i\1", b"?", b"r\0\0\0\0", b"[\1\0\0\0", b"\xfb", b"l\1\0\0\0\0\0"):
        try:
            print(marshal.loads(data))
        except Exception as error:
            print(type(error).__name__, error)
    try:
        marshal.loads(marshal.dumps(compile("1", "f", "eval")), allow_code=False)
    except ValueError as error:
        print(error)
    code = marshal.loads(marshal.dumps(compile("[x * 2 for x in (1, 2)]", "f", "eval")))
    print(eval(code), code.co_filename)
finally:
    remove(folder)
