# The prompt on standard input that is declared interactive: statements, errors, the end; -i after a program, -x.
import os
import subprocess
import sys
import tempfile

ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("PYTHONSTARTUP", "PYTHONINSPECT")} | {"PYTHON_BASIC_REPL": "1"}


def show(title, *arguments, text="", **variables):
    done = subprocess.run([sys.executable, *arguments], input=text, capture_output=True, text=True, env=ENVIRONMENT | variables)
    print("==", title, done.returncode)
    print(done.stdout, done.stderr.replace(folder, "FOLDER"), sep="--\n")


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "program.py")
    with open(path, "w") as file:
        file.write("#!/bin/sh no Python\nvalue = 40\nprint(value, __name__)\n")
    startup = os.path.join(folder, "startup.py")
    with open(startup, "w") as file:
        file.write("started = True\nimport sys\nsys.ps1 = '--> '\n")
    show("statements", "-q", "-i", text="1 + 1\nif 1:\n  print(3)\n\nx = (\n1)\nx\n# nothing\n\n'''a\nb'''\n_ * 2\n")
    show("errors", "-q", "-i", text="1/0\ndef f(:\nfoo bar\ndef g(): return h()\n\ndef h(): return 1/0\n\ng()\nimport sys\nsys.last_exc, sys.last_type\n'open\n")
    show("future", "-q", "-i", text="from __future__ import annotations\ndef f(x: missing): pass\n\nf.__annotations__\n")
    show("end", "-q", "-i", text="import sys\nsys.exit(7)\n")
    show("message", "-q", "-i", text="raise SystemExit('bye')\n")
    show("after a command", "-q", "-i", "-c", "import sys; x = 5; sys.exit(4)", text="x\n")
    show("after an error", "-q", "-c", "x = 5; 1/0", text="x\n", PYTHONINSPECT="1")
    show("first line skipped", "-x", path)
    show("after a file", "-q", "-i", "-x", path, text="value + 2\n__file__.rpartition('/')[2]\n")
    show("start-up file", "-q", "-i", text="started\n", PYTHONSTARTUP=startup)
    show("no start-up file", "-q", "-i", text="2\n", PYTHONSTARTUP=os.path.join(folder, "missing.py"))
    lines = "import traceback, linecache, inspect\ndef f():\n    return 1/0\n\ntry: f()\nexcept ZeroDivisionError: traceback.print_exc()\n\n"
    show("lines", "-q", "-i", text=lines + "print(inspect.getsource(f))\nx = \"\"\"a\nb\"\"\"\nprint(list(linecache._interactive_cache.items())[-3:])\nreturn 1\n")
    show("lines of a command", "-c", lines + "print(inspect.getsource(f), linecache._interactive_cache)\nf()\n")
