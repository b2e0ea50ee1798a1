# Dumps of the calling thread, signals that ask for them, what is refused.
import faulthandler
import os
import signal
import subprocess
import sys
import tempfile


class Box:
    def method(self, file):
        def inner():
            faulthandler.dump_traceback(file, all_threads=False)

        inner()


Box().method(sys.stderr)
Box().method(2)


def deep(n):
    if n:
        return deep(n - 1)
    faulthandler.dump_traceback(all_threads=False)


deep(120)
exec("def ä\u4e00\U00020000" + "x" * 510 + "():\n  faulthandler.dump_traceback(all_threads=False)\nä\u4e00\U00020000" + "x" * 510 + "()")


def generator():
    yield 1
    faulthandler.dump_traceback(all_threads=False)
    yield 2


list(generator())

with tempfile.TemporaryFile() as file:
    faulthandler.register(signal.SIGUSR1, file, all_threads=False)
    signal.raise_signal(signal.SIGUSR1)
    print(faulthandler.unregister(signal.SIGUSR1), faulthandler.unregister(signal.SIGUSR1))
    file.seek(0)
    print(file.read().decode().replace(__file__, "FILE"))

seen = []
signal.signal(signal.SIGUSR2, lambda number, frame: seen.append(number))
faulthandler.register(signal.SIGUSR2, all_threads=False, chain=True)
signal.raise_signal(signal.SIGUSR2)
signal.raise_signal(signal.SIGUSR2)
print(len(seen))

for text in [
    "enable('x')", "enable(-1)", "enable(1.5)", "dump_traceback_later('a')", "dump_traceback_later(-1)", "dump_traceback_later(0)",
    "dump_traceback_later(1e30)", "dump_traceback_later(float('nan'))", "register(999)", "register(11)", "unregister(999)", "unregister(11)",
    "register('a')", "disable()", "enable()", "is_enabled()", "enable(2, False, c_stack=False)", "disable()", "disable()", "is_enabled()",
    "cancel_dump_traceback_later()", "dump_traceback_later(1000)", "cancel_dump_traceback_later()", "unregister(10)",
]:
    try:
        print(text, eval("faulthandler." + text))
    except Exception as error:
        print(text, type(error).__name__, error)

stderr = sys.stderr
for replacement in [None, type("F", (), {"fileno": lambda self: "a"})()]:
    sys.stderr = replacement
    try:
        faulthandler.enable()
    except RuntimeError as error:
        print(error)
sys.stderr = stderr

for call in ["_sigsegv()", "_sigsegv(True)", "_sigabrt()", "_sigfpe()", "_read_null()"]:
    code = f"import faulthandler\nfaulthandler.enable(all_threads=False, c_stack=False)\ndef f():\n  faulthandler.{call}\nf()"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    print(call, result.returncode, result.stderr)
code = "import faulthandler, time\nfaulthandler.dump_traceback_later(0.01, exit=True)\ntime.sleep(30)"
result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
print(result.returncode, [line.split("0x")[0] for line in result.stderr.splitlines()])
