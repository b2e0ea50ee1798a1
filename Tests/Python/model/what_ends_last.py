# What a program leaves behind is told at its end, each kind alone: nothing else in the program has a finaliser.
import subprocess, sys

programs = [
    "class A:\n def __del__(self): print('del')\na = A()",
    "class A:\n def __del__(self): print('del in a cycle')\na = A(); a.me = a; del a",
    "import weakref\nclass A: pass\na = A(); r = weakref.ref(a, lambda _: print('callback'))",
    "import weakref\nclass A: pass\na = A(); r = weakref.ref(a, print) and None or weakref.ref(a, lambda r: print('native or not'))",
    "def g():\n try: yield\n finally: print('finally')\nx = g(); next(x)",
    "async def f(): pass\nc = f()",
    "import sys\nclass W:\n def write(self, s): sys.__stdout__.write('[%s]' % s)\n def flush(self): sys.__stdout__.write('flush')\nsys.stdout = W(); print('x')",
    "import sys, io\nsys.stdout = io.TextIOWrapper(sys.stdout.detach(), 'utf-8'); print('detached', end='')",
    "import os\nf = os.fdopen(os.dup(1), 'w'); f.write('kept in a buffer\\n')",
    "import atexit\natexit.register(print, 'at exit')",
    "import gc\ngc.callbacks.append(lambda phase, info: print(phase) if phase == 'never' else None)",
    "print('no end', end='')",
]
for program in programs:
    for options in ([], ["-u"]):
        done = subprocess.run([sys.executable, *options, "-W", "ignore::ResourceWarning", "-c", program], capture_output=True, text=True)
        print(repr(done.stdout), done.stderr.strip().splitlines()[-1:], done.returncode)
