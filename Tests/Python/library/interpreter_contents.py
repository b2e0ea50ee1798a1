"""What a new interpreter finds, and that nothing of it is another's."""
from concurrent import interpreters

PROGRAM = '''
import sys, os, builtins, io, codecs, abc, stat, weakref, gc
import collections.abc as cabc
print(sorted(n for n in sys.modules if n in ("os", "site", "io", "codecs", "__main__", "builtins")))
print(all(m.__spec__ is None or m.__spec__.name in sys.modules for m in list(sys.modules.values()) if m.__name__ != "__main__"))
print(all(f in os.supports_fd for f in (os.chdir, os.stat, os.utime)), os.open in os.supports_dir_fd, os.getpid in os.supports_fd)
print(isinstance([], cabc.Sequence), issubclass(dict, cabc.Mapping), isinstance(5, cabc.Iterable), issubclass(type({}.keys()), cabc.KeysView))
print([c.__name__ for c in cabc.Sequence.__subclasses__()])
print(sorted(c.__name__ for c in io.IOBase.__subclasses__()))
print(cabc.Hashable in cabc.Callable.__mro__, object in {cabc.Hashable, object}, {cabc.Sized: 1}[cabc.Sized])
class Own(cabc.Sequence):
    def __len__(self): return 3
    def __getitem__(self, index): return (4, 5, 6)[index]
print(list(Own()), 5 in Own(), len(Own()), [c.__name__ for c in cabc.Sequence.__subclasses__()][-1])
r = weakref.ref(cabc.Sequence)
print(r() is cabc.Sequence, weakref.getweakrefcount(cabc.Sequence) >= 1, hash(r) == hash(cabc.Sequence))
print(sys.intern("getcwd") is sys.intern("".join(["get", "cwd"])), getattr(os, "".join(["path", "sep"])) == ":")
os.environ["IMAGE_TEST"] = "1"
os.image_test = 5
builtins.image_test = 6
print(hasattr(os, "image_test"), image_test, os.environ["IMAGE_TEST"])
print(type(sys.stdout).__name__, sys.stdout.fileno(), sys.stderr.line_buffering, sys.stdin.name, sys.__stdout__ is sys.stdout)
import json, re, threading, functools, enum, dataclasses, contextlib, traceback, warnings
print(json.dumps({"a": [1, 2.5, None]}), re.findall(r"\\\\d+", "a1b22"))
class Color(enum.Enum):
    RED = 1
print(Color.RED, Color(1) is Color.RED)
@dataclasses.dataclass(frozen=True)
class Point:
    x: int
    y: int = 2
print(Point(1), {Point(1): 2}[Point(1)])
results = []
threads = [threading.Thread(target=results.append, args=(i,)) for i in range(3)]
for t in threads: t.start()
for t in threads: t.join()
print(sorted(results))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("hello")
print([str(w.message) for w in caught])
try:
    1 / 0
except ZeroDivisionError:
    print(traceback.format_exc().splitlines()[-1])
print(gc.collect() >= 0, gc.get_threshold()[0] > 0, gc.isenabled())
print(codecs.lookup("utf-8").name, "é".encode("latin-1"), codecs.lookup("cp1252").name)
print(exit.__class__.__name__, quit, copyright.__class__.__name__)
import atexit
atexit.register(print, "at exit")
'''

def main():
    for _ in range(3):
        interp = interpreters.create()
        interp.exec("import os, builtins; print(hasattr(os, 'image_test'), hasattr(builtins, 'image_test'))")
        interp.exec(PROGRAM)
        interp.close()
    interps = [interpreters.create() for _ in range(5)]
    for number, interp in enumerate(interps):
        interp.exec(f"import os; os.number = {number}; name = 'n{number}'")
    for interp in interps:
        interp.exec("import os; print(os.number, name)")
        interp.close()

main()
