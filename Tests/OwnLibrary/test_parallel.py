"""krait.parallel: functions and scripts over many inputs."""
import os
import pty

import support

FUNCTIONS = '''
import sys, traceback
import krait
from krait import parallel
from concurrent import interpreters

FACTOR = 5

class Bad(Exception):
    def __init__(self, number, reason):
        super().__init__(number)
        self.reason = reason

def scaled(number):
    return number * FACTOR

def where(number):
    return interpreters.get_current().id

def bad(number):
    if number >= 7:
        raise Bad(number, "seven")
    return number

def endless(number):
    if number == 1:
        raise KeyError("first")
    while number > 1:
        pass

def caught(function, *arguments, **options):
    try:
        return parallel.map(function, *arguments, **options)
    except Exception as error:
        return error

assert krait.threading_model() == MODEL
'''


class Functions(support.Case):
    def check(self, body, models=support.MODELS):
        """A program that asserts what is to be true."""
        for model in models:
            with self.subTest(model):
                text = FUNCTIONS.replace("MODEL", repr(model)) + "if __name__ == '__main__':\n" + "".join(f"    {line}\n" for line in body.strip().splitlines())
                result = self.krait(self.write("program.py", text), model=model)
                self.assertEqual((result.stderr, result.returncode), ("", 0))
                self.assertEqual(result.stdout, "")

    def test_results_are_in_order(self):
        self.check("""
assert parallel.map(scaled, range(1000)) == [number * 5 for number in range(1000)]
assert parallel.map(scaled, range(5), workers=3, chunksize=1) == [0, 5, 10, 15, 20]
assert parallel.map(scaled, []) == []
assert parallel.map(pow, [2, 3, 9], [5, 6]) == [32, 729]
assert parallel.starmap(pow, [(2, 3), (3, 2)]) == [8, 9]
""")

    def test_functions_without_a_name_take_what_they_close_over(self):
        self.check("""
def outer(base):
    def even(number): return number == 0 or odd(number - 1)
    def odd(number): return number != 0 and even(number - 1)
    return lambda number, step=2: (base + number * step * FACTOR, even(number))
assert parallel.map(outer(100), range(4)) == [(100, True), (110, False), (120, True), (130, False)]
local = 3
assert parallel.map(lambda number: number + local, range(3)) == [3, 4, 5]
""")

    def test_the_model_decides_where_functions_run(self):
        self.check("assert 0 not in parallel.map(where, range(4))", ["interpreter"])
        self.check("assert parallel.map(where, range(4)) == [0] * 4", ["none", "process"])

    def test_the_first_exception_is_raised_as_it_was(self):
        self.check("""
error = caught(bad, range(40), chunksize=3)
assert type(error) is Bad and error.args == (7,) and error.reason == "seven", repr(error)
text = "".join(traceback.format_exception(error))
assert 'in bad' in text and 'raise Bad(number, "seven")' in text, text
assert repr(caught(endless, [1, 2, 3], workers=3, chunksize=1)) == "KeyError('first')"
assert interpreters.list_all() == [interpreters.get_main()]
""")

    def test_what_cannot_be_sent_is_named(self):
        self.check("""
file = open("/dev/null")
error = caught(len, [[1], file], chunksize=1)
assert type(error) is parallel.NotSendable and "the input <_io.TextIOWrapper name='/dev/null'" in str(error), repr(error)
error = caught(file.write, ["text"])
assert type(error) is parallel.NotSendable and "write" in str(error), repr(error)
error = caught(open, ["/dev/null"])
assert type(error) is parallel.NotSendable and "a result" in str(error), repr(error)
assert issubclass(parallel.NotSendable, TypeError)
""", ["interpreter"])

    def test_threads_share_what_interpreters_cannot_be_sent(self):
        self.check("""
file = open("/dev/null")
assert parallel.map(id, [file, file]) == [id(file)] * 2
""", ["none", "process"])

    def test_wrong_arguments(self):
        self.check("""
assert isinstance(caught(3, [1]), TypeError) and isinstance(caught(len), TypeError)
assert isinstance(caught(len, [""], workers=0), ValueError) and isinstance(caught(len, [""], chunksize=0), ValueError)
""")

    def test_programs_without_a_file(self):
        text = "from krait import parallel; base = 3\ndef f(n): return n * base if n < 2 else f(n - 1)\nprint(parallel.map(f, range(4)))"
        for options in ({"input": text}, {}):
            result = self.krait(*([] if options else ["-c", text]), **options)
            self.assertEqual((result.stderr, result.stdout), ("", "[0, 3, 3, 3]\n"))

    def test_a_program_that_starts_workers_when_it_is_imported(self):
        result = self.krait(self.write("program.py", "from krait import parallel\ndef f(n): return n\nprint(parallel.map(f, [1]))\n"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("put what it does when it is run under if __name__ == '__main__':", result.stderr.splitlines()[-1])

    def test_interrupted_at_once(self):
        program = self.write("program.py", """
from krait import parallel
from concurrent import interpreters
import threading, time
def endless(number):
    open("started", "w").close()
    if number:
        time.sleep(100)
    while True:
        pass
if __name__ == "__main__":
    try:
        parallel.map(endless, range(2), workers=2)
    except KeyboardInterrupt:
        print("interrupted", interpreters.list_all(), threading.active_count())
""")
        for model in support.MODELS:
            with self.subTest(model):
                status, seconds, output, errors = self.interrupted(program, model=model)
                os.unlink(os.path.join(self.folder, "started"))
                self.assertEqual((status, output, errors), (0, "interrupted [Interpreter(0)] 1\n", ""))
                self.assertLess(seconds, 10)


SCRIPT = '''
import atexit, sys
if sys.argv[1] == "bad":
    raise ValueError(sys.argv)
if sys.argv[1] == "exit":
    sys.exit(3)
if sys.argv[1] == "loop":
    open("started", "w").close()
    while True:
        pass
atexit.register(print, "end", sys.argv[1])
import helper
helper.count += 1
print(__name__, sys.argv[1:], sys.stdin.read(), helper.count)
'''


class Scripts(support.Case):
    def setUp(self):
        super().setUp()
        self.write("helper.py", "count = 0\n")
        self.script = self.write("script.py", SCRIPT)

    def test_output_is_in_order(self):
        wanted = "".join(f"__main__ ['{name}']  1\nend {name}\n" for name in "abcd")
        for model in support.MODELS:
            result = self.krait("-m", "krait.parallel", "-j", "3", "script.py", *"abcd", model=model)
            self.assertEqual((result.stdout, result.stderr, result.returncode), (wanted, "", 0))
        result = self.krait("-m", "krait.parallel", "script.py", "a", "-j2", "b", "--model", "none", "-i", "-", input="c\nd\n")
        self.assertEqual((result.stdout, result.stderr, result.returncode), (wanted, "", 0))

    def test_standard_input_stays_open(self):
        self.write("descriptor.py", "import os, stat\nprint(stat.S_ISFIFO(os.fstat(0).st_mode))\n")
        result = self.krait("-m", "krait.parallel", "descriptor.py", "-i", "-", input="a\nb\n")
        self.assertEqual((result.stdout, result.stderr, result.returncode), ("True\nTrue\n", "", 0))

    def test_failures(self):
        result = self.krait("-m", "krait.parallel", "script.py", "a", "exit", "bad", "b")
        self.assertEqual(result.stdout, "__main__ ['a']  1\nend a\n__main__ ['b']  1\nend b\n")
        self.assertEqual(result.returncode, 3)
        self.assertEqual(result.stderr.splitlines(), [
            "Traceback (most recent call last):", '  File "script.py", line 4, in <module>', "    raise ValueError(sys.argv)", "ValueError: ['script.py', 'bad']",
            "krait.parallel: 2 of 4 runs failed: exit (status 3), bad (status 1)"])

    def test_wrong_arguments(self):
        for arguments, message in [
            (["script.py"], "there are no inputs"), (["none.py", "a"], "none.py: there is no such file"), (["-j0", "script.py", "a"], "-j must be at least 1"),
            (["-i", "none", "script.py"], "cannot read none: No such file or directory"), (["--model", "x", "script.py", "a"], "invalid choice: 'x'"),
        ]:
            result = self.krait("-m", "krait.parallel", *arguments)
            self.assertIn(message, result.stderr)
            self.assertNotEqual(result.returncode, 0)

    def test_interrupted_at_once(self):
        status, seconds, output, errors = self.interrupted("-m", "krait.parallel", "-j2", "script.py", "loop", "loop")
        self.assertEqual((status, output, errors), (-2, "", ""))
        self.assertLess(seconds, 10)

    def test_a_bar_on_a_terminal_only(self):
        process, terminal = pty.fork()
        if process == 0:
            os.environ["TERM"] = "xterm"
            os.execv(support.KRAIT, [support.KRAIT, "-m", "krait.parallel", self.script, "a", "b"])
        written = b""
        try:
            while part := os.read(terminal, 4096):
                written += part
        except OSError:
            pass
        os.waitpid(process, 0)
        os.close(terminal)
        self.assertIn(b"] 0/2", written)
        self.assertTrue(written.endswith(b"\r\x1b[K__main__ ['b']  1\r\nend b\r\n"), written)
