# Small corners: constraints as text, keywords given twice that are no names, complex from keywords, delegation to what has no close().
print(__import__('typing').TypeVar("T",int,str).evaluate_constraints(4))
from typing import *
for c in [(int,),(int,None),(List[int],"x"),(..., 3)]:
  try: print(TypeVar("T",*(c+(str,) if len(c)<2 else c)).evaluate_constraints(4))
  except Exception as e: print(e)
def f(**k): pass
try: f(**{1:3},**{1:5})
except TypeError as e: print(e)
try: f(**{1:3},a=2)
except TypeError as e: print(e)

import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(complex(real=4.25+1.5j), complex(real=4.25), complex(real=1j, imag=2j))
print([str(w.message) for w in caught])

class Broken:
    def __iter__(self): return self
    def __next__(self): return 1
    def __getattr__(self, name): 1 / 0

def g():
    yield from Broken()

import sys
sys.unraisablehook = lambda u: print("unraisable", u.exc_type.__name__, u.err_msg and u.err_msg.split(" <")[0], u.object is None)
it = g()
print(next(it))
it.close()
for f in (lambda: it.send(1), lambda: next(g()),):
    try: print(f())
    except BaseException as e: print(repr(e))

m = memoryview(bytearray(b"\xff" * 8))
class I:
    def __index__(self): m.release(); return 4
print(list(m[:I()]))
try: print(m[0])
except ValueError as e: print(e)
m = memoryview(bytearray(8))
try: m[:I()] = b"1234"
except ValueError as e: print(e)

import codecs
def mutating(error):
    error.object = b"\\" + error.object[error.end:]
    return "\u0404", 0
codecs.register_error("mutating", mutating)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(codecs.unicode_escape_decode(rb"\x0n\z", "mutating"))
for error in (UnicodeEncodeError("ascii", "a\u3042b", 1, 2, "o"), UnicodeDecodeError("ascii", b"a\xffb", 1, 2, "o")):
    error.object = []
    try: print(codecs.replace_errors(error))
    except TypeError as e: print(e)
