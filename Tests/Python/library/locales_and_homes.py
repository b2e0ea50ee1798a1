# What the environment says of encodings (PEP 538, PEP 540), of the library's place, and of colours.
import os, re, subprocess, sys

plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "LANG", "FORCE_", "NO_COLOR"))}
ENCODINGS = (
    "import sys, os, locale; print(sys.flags.utf8_mode, sys.stdin.encoding, sys.stdout.encoding, sys.stdout.errors, sys.stderr.errors, locale.getencoding(), locale.getlocale(), "
    "os.environ.get('LC_CTYPE'), open('/dev/null').encoding, open('/dev/null', encoding='locale').encoding, ascii(sys.argv))"
)
home = os.path.dirname(os.path.dirname(os.path.dirname(os.__file__)))


def run(*arguments, **settings):
    done = subprocess.run([sys.executable, *arguments], capture_output=True, env=plain | settings, stdin=subprocess.DEVNULL)
    errors = re.sub(r"0x[0-9a-f]+ \[[^]]*\]", "THREAD", done.stderr.decode().replace(sys.executable, "PYTHON"))
    print(f"{settings} {done.returncode} {done.stdout.decode()} {errors}".replace(home, "HOME"))


for settings in (
    {}, {"LANG": "C"}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {"LC_ALL": "C.UTF-8"}, {"LC_CTYPE": "C.utf8"}, {"LC_ALL": "xx_YY.ISO-8859-1"}, {"LANG": "xx_YY"}, {"LANG": "C", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "warn"}, {"PYTHONCOERCECLOCALE": "warn"}, {"LC_ALL": "C.UTF-8", "PYTHONCOERCECLOCALE": "warn"}, {"LC_ALL": "C", "PYTHONUTF8": "0"},
    {"LANG": "C", "PYTHONUTF8": "0"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}, {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
):
    run("-c", ENCODINGS, "\xe9", **settings)
run("-X", "utf8=0", "-c", ENCODINGS, LC_ALL="C")
run("-X", "utf8", "-c", ENCODINGS, LC_ALL="C.UTF-8")
run("-E", "-c", ENCODINGS, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
run("-c", "print(1)", PYTHONIOENCODING="nope")
run("-c", "print(1)", PYTHONHOME="/nonexistent")
run("-c", "print(1)", PYTHONHOME="/nonexistent:/other", PYTHONPATH="/a")
run("-I", "-c", "import sys; print(sys.platlibdir)", PYTHONHOME="/nonexistent", PYTHONPLATLIBDIR="lib64")
names = ("prefix", "exec_prefix", "base_prefix", "base_exec_prefix")
run("-S", "-c", f"import sys; print([getattr(sys, name) for name in {names}], sys.path[1:])", PYTHONHOME=f"{home}:/other")

ERRORS = """
import threading, sys
thread = threading.Thread(target=lambda: 1 / 0, name="worker")
thread.start()
thread.join()
sys.excepthook(ValueError, ValueError(3), None)
def f(depth):
    if depth: return f(depth - 1)
    raise ExceptionGroup("several", [ValueError(1), KeyError("k")])
try: f(2)
except ExceptionGroup as group: raise OSError(2, "no such thing", "name") from group
"""
for settings in {"FORCE_COLOR": "1"}, {"PYTHON_COLORS": "1"}, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, {"FORCE_COLOR": "1", "PYTHON_COLORS": "0"}, {"PYTHON_COLORS": "1", "TERM": "dumb"}:
    run("-c", ERRORS, **settings)
run("-c", "x = = 3", FORCE_COLOR="1")
run("-E", "-c", "1 / 0", PYTHON_COLORS="1")
run("-c", "raise SystemExit('message')", FORCE_COLOR="1")
run("-c", "import sys; sys.stderr = None; 1 / 0", FORCE_COLOR="1")
run("-c", "import io, sys, atexit; sys.stderr = io.StringIO(); atexit.register(lambda: print(sys.stderr.getvalue())); 1 / 0", FORCE_COLOR="1")
