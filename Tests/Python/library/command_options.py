# Options of the command and variables of the environment: what they set, and what is said of values that are wrong.
import os
import re
import subprocess
import sys
import tempfile

folder = tempfile.mkdtemp()
os.chdir(folder)
program = "import sys, _imp; print(sys.flags, sys.flags.thread_inherit_context, sys.flags.context_aware_warnings, sys._xoptions, sys.warnoptions, _imp.check_hash_based_pycs, sys.dont_write_bytecode, sys.stdout.write_through)"
clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {"PYTHONHASHSEED": "0"}


def run(*arguments, **variables):
    ended = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, env=clean | variables)
    errors = ended.stderr.replace(sys.executable, "PYTHON").replace("Try `krait -h'", "Try `python -h'").replace(folder, "FOLDER")
    if arguments[-1:] == (program,) or "PROFILEIMPORTTIME" in str(variables):
        errors = re.sub(r"(import time:.*\n)+", "TIMES\n", errors)
    print(*arguments[:-1] if arguments[-1:] == (program,) else arguments, variables or "", ended.returncode, ended.stdout.replace(folder, "FOLDER"), errors, sep="|")


def shown(*arguments, **variables):
    run(*arguments, "-c", program, **variables)


for flag in ("-B", "-d", "-E", "-I", "-O", "-OO", "-P", "-q", "-s", "-S", "-t", "-u", "-b", "-bb", "-R"):
    shown(flag)
for options in (["--check-hash-based-pycs"], ["--check-hash-based-pycs", "sometimes"], ["--check-hash-based-pycs=always"], ["--no-such"], ["-Z"], ["-3"], ["-c"], ["-m"], ["-W"], ["-X"], ["-J"]):
    run(*options)
for mode in ("always", "never", "default"):
    shown("--check-hash-based-pycs", mode)
# -V ends the command whatever follows it, -c included.
for options in (["-V"], ["--version"], ["-V", "-c", "print('run')"], ["-B", "-V", "-m", "this"], ["-V", "missing.py"]):
    run(*options)
for option in ("importtime=0", "importtime=x", "importtime=3", "importtime=-1", "cpu_count", "cpu_count=0", "cpu_count=-1", "cpu_count=x", "cpu_count=99999999999", "cpu_count=default", "cpu_count=3",
               "tracemalloc=x", "tracemalloc=-1", "frozen_modules=x", "frozen_modules=on", "frozen_modules=off", "context_aware_warnings", "context_aware_warnings=1",
               "context_aware_warnings=0", "context_aware_warnings=2", "thread_inherit_context", "thread_inherit_context=1", "thread_inherit_context=0", "thread_inherit_context=x",
               "int_max_str_digits=639", "utf8=2"):
    shown("-X", option)
for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONNOUSERSITE", "PYTHONUNBUFFERED", "PYTHONOPTIMIZE", "PYTHONDEBUG", "PYTHONSAFEPATH", "PYTHONINSPECT"):
    for value in ("", "0", "1", "x", "-1"):
        shown(**{name: value})
for name, values in {"PYTHON_CPU_COUNT": ("0", "x", "3", "default"), "PYTHONTRACEMALLOC": ("x", "-1", "0"), "PYTHON_FROZEN_MODULES": ("0", "on"), "PYTHONMALLOC": ("x", "malloc", "pymalloc_debug"),
                     "PYTHON_THREAD_INHERIT_CONTEXT": ("0", "1", "2", "x"), "PYTHON_CONTEXT_AWARE_WARNINGS": ("0", "1", "2", "x"), "PYTHONPROFILEIMPORTTIME": ("0", "3", "x"),
                     "PYTHONINTMAXSTRDIGITS": ("x", "700")}.items():
    for value in values:
        shown(**{name: value})
    shown("-E", **{name: values[0]})
run("")
run(".")
with open("program.py", "w") as file:
    file.write("import sys\nprint(__file__, sys.argv, sys.path[0])\n1 / 0\n")
for path in ("program.py", "./program.py", "././program.py", ".//program.py", "./missing.py"):
    run(path)
os.remove("program.py")
run("-c", "import sys; del sys.excepthook; 1 / 0")

run("-X", "thread_inherit_context=1", "-c", """
import contextvars, threading
variable = contextvars.ContextVar("variable", default="nothing")
variable.set("inherited")
thread = threading.Thread(target=lambda: print(variable.get()))
thread.start()
thread.join()
""")
run("-X", "context_aware_warnings=1", "-c", """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("one")
print([str(each.message) for each in caught])
warnings.warn("two")
""")

for name in ("flags", "version_info", "float_info", "int_info", "hash_info", "thread_info"):
    kind = type(getattr(sys, name))
    print(name, "__new__" in vars(kind))
    for make in (kind, lambda values: kind.__new__(kind, values)):
        try:
            print(make(range(kind.n_sequence_fields)))
        except TypeError as error:
            print(error)
print(type(sys.get_asyncgen_hooks())((1, 2)))
os.chdir("/")
os.rmdir(folder)
