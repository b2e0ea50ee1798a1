# register_at_fork(), fork(), forkpty(), and reports of exceptions that nobody can catch.
import _imp
import os
import sys


def show(function, *arguments, **keywords):
    try:
        print(function.__name__, arguments, keywords, "->", function(*arguments, **keywords))
    except BaseException as error:
        print(function.__name__, arguments, keywords, type(error).__name__, error)


show(os.register_at_fork)
show(os.register_at_fork, 1)
for name in ("before", "after_in_child", "after_in_parent", "other"):
    show(os.register_at_fork, **{name: 1})
show(os.register_at_fork, before=None)


class Failing:
    def __call__(self):
        return 1 / 0

    def __repr__(self):
        return "<failing>"


def say(text):
    return lambda: print(text, flush=True)


# What the processes print is collected, as they print at the same time.
lines = []
sys.stderr = sys.stdout
os.register_at_fork(before=say("before 1"), after_in_parent=lambda: lines.append("parent 1"), after_in_child=say("child 1"))
os.register_at_fork(before=Failing(), after_in_child=Failing())
os.register_at_fork(before=say("before 2"), after_in_parent=lambda: lines.append("parent 2"), after_in_child=say("child 2"))
sys.stdout.flush()
process = os.fork()
if process == 0:
    os._exit(3)
print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), lines)
sys.stdout.flush()
process, terminal = os.forkpty()
if process == 0:
    print(os.isatty(0), os.getsid(0) == os.getpid(), flush=True)
    os._exit(4)
text = b""
while True:
    try:
        text += os.read(terminal, 1000)
    except OSError as error:
        print(error)
        break
print(text)
print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))

_imp._override_frozen_modules_for_tests(-1)
print(_imp.is_frozen("os"), _imp.is_frozen("zipimport"), _imp.find_frozen("os"), _imp._frozen_module_names())
_imp._override_frozen_modules_for_tests(1)
print(_imp.is_frozen("os"), _imp.is_frozen("zipimport"))
_imp._override_frozen_modules_for_tests(0)
show(_imp._override_frozen_modules_for_tests, "x")
show(_imp._override_multi_interp_extensions_check, 1)
