# The bytes of compiled code: which strings are marked as interned, which objects are numbered for references.
import marshal
import py_compile
import sys
import tempfile
import os

source = '''
import zipimport

def f(prefix):
    print(len(prefix), getattr(prefix, 'x'), prefix.mktime, prefix.follow_symlinks, hasattr, abs)
    return b"x", b"", b"two", "a", "name_like", "not a name"

class C:
    prefix = 1
    def g(self, *, follow_symlinks): return lambda: (self, follow_symlinks)
'''

code = compile(source, "<code>", "exec")
data = marshal.dumps(code)
print(len(data), data.hex())
print(marshal.dumps(marshal.loads(data)) == data)
for name in ("prefix", "len", "getattr", "follow_symlinks", "mktime", "hasattr"):
    print(name, sys._is_interned(name), marshal.dumps(name)[:1])

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "m.py")
    with open(path, "w") as file:
        file.write(source)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    compiled = py_compile.compile(path, os.path.join(folder, "m.pyc"), dfile="m.py")
    with open(compiled, "rb") as file:
        print(file.read().hex())
