#!/usr/bin/env python3.14
"""Checks that krait-compile stays within bounds of memory and time on extreme input, and ends as the Python that runs this script (CPython 3.14) does.

    limits.py KRAIT-COMPILE [--show N] [--deepest N] [NAME...]

Each construct that can nest or repeat is compiled at growing depths, complete and with a mistake at its end; then come long lines, NUL bytes,
encodings and programs that stop early, which are compared as files. Class and message of the error must be CPython's. Where CPython runs out of its stack or of memory, which is a
matter of the process and not of the language, krait-compile may raise the same class or go on; it must not be stopped by the limits set here.
"""

import argparse
import encodings.aliases
import itertools
import json
import multiprocessing
import os
import pkgutil
import resource
import signal
import subprocess
import sys
import tempfile
import warnings

from printing import standard_error

MEMORY = 1 << 30
# One source byte may need a token, nodes of the tree and of the symbol table, and instructions.
MEMORY_PER_BYTE = 200
SECONDS = 60
SECONDS_PER_MEGABYTE = 5
DEPTHS = 1, 10, 20, 40, 80, 100, 150, 1000, 20_000, 100_000
# Raised where a stack or memory ends.
EXHAUSTION = "MemoryError", "RecursionError"

# ---- Programs ----

def nested(before, middle, after="", line_end="\n"):
    """A construct around itself. A mistake is its centre missing or followed by something else."""
    def make(depth):
        yield "", before * depth + middle + after * depth + line_end
        yield "missing", before * depth + after * depth + line_end
        yield "followed", before * depth + middle + " 1 x" + after * depth + line_end
        yield "unclosed", before * depth + middle + line_end
    return make


def repeated(first, part, last, separator=""):
    """A construct with many equal parts."""
    def make(depth):
        yield "", first + separator.join([part] * depth) + last + "\n"
        yield "missing", first + separator.join([part] * depth) + "\n"
        yield "followed", first + separator.join([part] * depth) + " 1 x " + last + "\n"
    return make


def blocks(head, last="pass", after=None):
    """Blocks in blocks; `after` is what ends each of them."""
    def make(depth):
        depth = min(depth, 2000)
        lines = [" " * level + head for level in range(depth)]
        tail = [" " * level + after for level in reversed(range(depth))] if after else []
        yield "", "\n".join([*lines, " " * depth + last, *tail, ""])
        yield "missing", "\n".join([*lines, *tail, ""])
        yield "followed", "\n".join([*lines, " " * depth + last + " 1 x", *tail, ""])
        yield "unindented", "\n".join([*lines, last, *tail, ""])
    return make


def case(before, middle, after=""):
    """A pattern around itself."""
    return lambda depth: (
        (name, f"match x:\n case {text[:-1]}: pass\n") for name, text in nested(before, middle, after)(depth))


CONSTRUCTS = {
    "parentheses": nested("(", "x", ")"),
    "tuples": nested("(", "x", ",)"),
    "brackets": nested("[", "x", "]"),
    "braces": nested("{", "x", "}"),
    "dict values": nested("{1:", "x", "}"),
    "dict keys": nested("{", "x", ":1}"),
    "dict unpacking": nested("{**", "x", "}"),
    "starred displays": nested("[*", "x", "]"),
    "calls": nested("f(", "x", ")"),
    "keyword arguments": nested("f(a=", "x", ")"),
    "starred arguments": nested("f(*", "x", ")"),
    "unpacked mappings": nested("f(**", "x", ")"),
    "class arguments": nested("class C(f(", "x", ")): pass", ""),
    "subscripts": nested("a[", "x", "]"),
    "slices": nested("a[", "x", ":]"),
    "slices of slices": nested("a[b:", "x", ":c]"),
    "lambdas": nested("lambda: ", "x"),
    "lambdas of parameters": nested("lambda a, *b: ", "x"),
    "lambda defaults": nested("lambda a=", "x", ": 0"),
    "lambda defaults in parentheses": nested("lambda a=(", "x", "): 0"),
    "parameter defaults": nested("def f(a=(", "x", ")): pass", ""),
    "minus": nested("-", "x"),
    "invert": nested("~", "x"),
    "signs of a number": nested("-+", "1"),
    "not": nested("not ", "x"),
    "await": nested("await ", "x"),
    "awaits in a function": lambda depth: ((name, "async def f():\n " + text) for name, text in nested("await (", "x", ")")(depth)),
    "yields": lambda depth: ((name, "def f():\n " + text) for name, text in nested("(yield ", "x", ")")(depth)),
    "powers": nested("x**", "x"),
    "powers to negatives": nested("x**-", "x"),
    "products to the right": nested("x*(", "x", ")"),
    "products to the left": nested("(", "x", "*x)"),
    "conditional expressions": nested("x if x else ", "x"),
    "conditions": nested("x if ", "x", " else x"),
    "walruses": nested("(a:=", "x", ")"),
    "list comprehensions": nested("[", "x", " for x in y]"),
    "set comprehensions": nested("{", "x", " for x in y}"),
    "dict comprehensions": nested("{1:", "x", " for x in y}"),
    "generators": nested("(", "x", " for x in y)"),
    "generators as arguments": nested("f(", "x", " for x in y)"),
    "iterables of comprehensions": nested("[x for x in ", "x", "]"),
    "conditions of comprehensions": nested("[x for x in y if ", "x", "]"),
    "f-strings": nested("f'{", "x", "}'"),
    "t-strings": nested("t'{", "x", "}'"),
    "f-strings in brackets": nested("f'{(", "x", ")}'"),
    "format specifications": nested("f'{x:{", "x", "}}'"),
    "format specifications in themselves": nested("{x:", "x", "}"),
    "parenthesised targets": nested("(", "x", ") = 1", ""),
    "list targets": lambda depth: ((name, text[:-1] + " = 1\n") for name, text in nested("[", "x", "]")(depth)),
    "tuple targets": lambda depth: ((name, text[:-1] + " = 1\n") for name, text in nested("(", "x", ",)")(depth)),
    "starred targets": lambda depth: ((name, text[:-1] + " = 1\n") for name, text in nested("[*", "x", "]")(depth)),
    "loop targets": lambda depth: ((name, f"for {text[:-1]} in y: pass\n") for name, text in nested("(", "x", ",)")(depth)),
    "comprehension targets": lambda depth: ((name, f"[1 for {text[:-1]} in y]\n") for name, text in nested("[", "x", "]")(depth)),
    "annotated targets": lambda depth: ((name, text[:-1] + ": int\n") for name, text in nested("(", "x", ")")(depth)),
    "augmented targets": lambda depth: ((name, text[:-1] + " += 1\n") for name, text in nested("(", "x", ")")(depth)),
    "targets of subscripts": lambda depth: ((name, text[:-1] + " = 1\n") for name, text in nested("a[", "x", "]")(depth)),
    "targets of calls": lambda depth: ((name, text[:-1] + ".a = 1\n") for name, text in nested("f(", "x", ")")(depth)),
    "deleted parentheses": lambda depth: ((name, f"del {text}") for name, text in nested("(", "x", ")")(depth)),
    "deleted lists": lambda depth: ((name, f"del {text}") for name, text in nested("[", "x", "]")(depth)),
    "annotations": lambda depth: ((name, f"a: {text}") for name, text in nested("a[", "x", "]")(depth)),
    "returned annotations": lambda depth: ((name, f"def f() -> {text[:-1]}: pass\n") for name, text in nested("a[", "x", "]")(depth)),
    "decorators of calls": lambda depth: ((name, f"@{text}def f(): pass\n") for name, text in nested("f(", "x", ")")(depth)),
    "type parameters": lambda depth: ((name, f"def f[T: {text[:-1]}](): pass\n") for name, text in nested("(", "x", ")")(depth)),
    "type aliases": lambda depth: ((name, f"type A = {text}") for name, text in nested("a[", "x", "]")(depth)),
    "with items": lambda depth: ((name, f"with {text[:-1]}: pass\n") for name, text in nested("(", "x", ")")(depth)),
    "with items and targets": lambda depth: ((name, f"with {text[:-1]} as y: pass\n") for name, text in nested("(", "x", ")")(depth)),
    "with targets": lambda depth: ((name, f"with (a as {text[:-1]}): pass\n") for name, text in nested("(", "x", ",)")(depth)),
    "with lists": lambda depth: ((name, f"with ({text[:-1]}, b): pass\n") for name, text in nested("[", "x", "]")(depth)),
    "exceptions": lambda depth: ((name, f"try: pass\nexcept {text[:-1]}: pass\n") for name, text in nested("(", "x", ",)")(depth)),
    "match subjects": lambda depth: ((name, f"match {text[:-1]}:\n case x: pass\n") for name, text in nested("(", "x", ")")(depth)),
    "calls of match": nested("match(", "x", ")"),
    "subscripts of match": nested("match[", "x", "]"),
    "calls of type": nested("type(", "x", ")"),
    "calls of print": nested("print (", "x", ")"),
    "print statements": nested("print ", "x"),
    "guards": lambda depth: ((name, f"match x:\n case y if {text[:-1]}: pass\n") for name, text in nested("(", "x", ")")(depth)),
    "sequence patterns": case("[", "x", "]"),
    "tuple patterns": case("(", "x", ",)"),
    "group patterns": case("(", "x", ")"),
    "star patterns": case("[*y, ", "x", "]"),
    "mapping patterns": case("{1: ", "x", "}"),
    "mapping patterns with rest": case("{1: ", "x", ", **r}"),
    "class patterns": case("C(", "x", ")"),
    "class patterns with keywords": case("C(a=", "x", ")"),
    "class patterns with both": case("C(1, a=", "x", ")"),
    "class patterns with patterns before": case("C(1, ", "x", ")"),
    "misplaced class patterns": case("C(a=1, ", "x", ")"),
    "or patterns": case("(1 | ", "x", ")"),
    "as patterns": case("(", "x", " as y)"),
    "if blocks": blocks("if x:"),
    "while blocks": blocks("while x:"),
    "for blocks": blocks("for x in y:"),
    "with blocks": blocks("with x:"),
    "try blocks": blocks("try:", after="except x: pass"),
    "finally blocks": blocks("try:", after="finally: pass"),
    "function blocks": blocks("def f():"),
    "generic function blocks": blocks("def f[T]():"),
    "coroutine blocks": blocks("async def f():"),
    "class blocks": blocks("class C:"),
    "match blocks": lambda depth: blocks("match x:")(depth) if depth == 1 else (
        (name, "".join(f"{'  ' * level}match x:\n{'  ' * level} case y:\n" for level in range(min(depth, 1000)))
         + "  " * min(depth, 1000) + text) for name, text in (("", "pass\n"), ("missing", ""), ("followed", "pass 1 x\n"))),
    "elif": repeated("if x: pass\n", "elif x: pass\n", "else: pass"),
    "except": repeated("try: pass\n", "except x: pass\n", "else: pass"),
    "cases": repeated("match x:\n", " case 1: pass\n", " case _: pass"),
    "decorators": repeated("", "@f\n", "def f(): pass"),
    "assignment chains": repeated("", "x = ", "1"),
    "comparison chains": repeated("", "x < ", "x"),
    "attribute chains": repeated("x", ".x", ".x"),
    "call chains": repeated("x", "()", ".x"),
    "subscript chains": repeated("x", "[1]", "[2]"),
    "sums": repeated("x", " + x", " + 1"),
    "sums of numbers": repeated("1", " + 1", " + 1"),
    "joined strings": repeated("'a'", " + 'a'", " + 'a'"),
    "adjacent strings": repeated("'a'", " 'a'", " b'a'"),
    "adjacent f-strings": repeated("f'a'", " f'{a}'", " b'a'"),
    "or": repeated("x", " or x", " or 1"),
    "and or": repeated("x", " and x or x", " or 1"),
    "dots of imports": repeated("from ", ".", " import x"),
    "dotted imports": repeated("import x", ".x", " as y"),
    "names of imports": repeated("from x import (", "x, ", ")"),
    "parameters": repeated("def f(", "*, x, ", "y): pass"),
    "many arguments": repeated("f(", "x, ", "y)"),
    "many keyword arguments": repeated("f(x", ", a=x", ")"),
    "many keys": repeated("x = {", "1: 2, ", "3: 4}"),
    "many elements": repeated("x = [", "y, ", "z]"),
    "many targets": repeated("", "x, ", "y = z"),
    "many with items": repeated("with (", "x as y, ", "z): pass"),
    "comprehension clauses": repeated("[x ", "for x in y ", "if x]"),
    "comprehension conditions": repeated("[x for x in y ", "if x ", "]"),
    "type parameter lists": repeated("def f[", "T, ", "U](): pass"),
    "pattern alternatives": repeated("match x:\n case 1", " | 1", ": pass"),
    "pattern items": repeated("match x:\n case [", "1, ", "2]: pass"),
    "replacement fields": repeated("f'", "{x}", "'"),
    "format specification fields": repeated("f'{x:", "{x}", "}'"),
    "semicolons": repeated("", "x;", "x"),
    "globals": repeated("global x", ", x", ", y"),
    "continued lines": repeated("x = ", "\\\n", "1"),
    "empty lines": repeated("", "\n", "1"),
    "comments": repeated("", "# c\n", "1"),
    "many digits": repeated("x = 1", "0", "1"),
    "many hexadecimal digits": repeated("x = 0x1", "f", "g"),
    "long names": repeated("x", "x", " = 1"),
    "long strings": repeated("'", "x", "'"),
    "escapes": repeated("'", "\\x41\\N{DIGIT ONE}", "'"),
    "invalid escapes": repeated("b'", "\\d", "'"),
    "open quotes": repeated("", "'''", ""),
    "non-ASCII names": repeated("", "\u00e9\u1e9b\u0323", " = 1"),
    "invalid characters": repeated("", "\u20ac", ""),
    "form feeds": repeated("", "\f", "1"),
    "closing brackets": repeated("", ")", ""),
    "commas": repeated("", ",", "1"),
    "quotes in f-strings": repeated("f'", "{'", "'"),
    "doubled braces": repeated("f'", "{{", "}}'"),
    "open braces in f-strings": repeated("f'", "{", "'"),
    "exclamation marks": repeated("f'{x", "!", "r}'"),
    "keywords": repeated("", "if ", "x"),
    "soft keywords": repeated("", "match ", "x"),
    "type soft keywords": repeated("", "type ", "x"),
    "case soft keywords": repeated("match x:\n ", "case ", "x"),
    "async": repeated("", "async ", "x"),
    "yield": repeated("", "yield ", "x"),
    "stars": repeated("", "*", "x"),
    "stars with names": repeated("", "*x,", "x = 1"),
    "from": repeated("yield ", "from ", "x"),
    "lambda": repeated("", "lambda ", ": x"),
    "is not": repeated("x ", "is not x ", "x"),
    "not in": repeated("x ", "not in x ", "x"),
}


def big_programs():
    """Programs that are large in one way."""
    yield "50 MB line", b"x = '" + b"a" * 50_000_000 + b"'\n"
    yield "50 MB invalid line", b"x = 'a' " + b"a" * 50_000_000 + b" 1\n"
    yield "50 MB unterminated line", b"x = '" + b"a" * 50_000_000 + b"\n"
    yield "50 MB comment", b"#" + b"a" * 50_000_000 + b"\nx y\n"
    yield "50 MB of blanks", b" " * 50_000_000 + b"x\n"
    for filler in b"a", b" ", b"(", b"'", "é".encode(), b"a ", b"1,", b"\\", b"$", b"?", b"\t":
        for end in b" x y\n", b"\n", b"":
            for start in b"", b"x = ":
                yield f"long line of {filler!r} from {start!r} to {end!r}", start + filler * 5000 + end
    for line in range(0, 3000, 500):
        yield f"error at column {line}", b"(" + b" " * line + b"x y)\n"
        yield f"error at column {line} in a long line", b"(" + b" " * line + b"x y" + b" " * 5000 + b")\n"


def with_nul_bytes():
    program = b"# c\nif x:\n    'a' \\\n  'b'\n    f'{x!r:>{y}}' + \"\"\"d\n\"\"\"\n@f\nclass C(1e5, 0x3): pass\n"
    for index in range(len(program) + 1):
        yield f"NUL inserted at {index}", program[:index] + b"\0" + program[index:]
        yield f"NUL instead of byte {index}", program[:index] + b"\0" + program[index + 1:]


def with_encodings():
    names = {module.name for module in pkgutil.iter_modules(encodings.__path__)} | set(encodings.aliases.aliases)
    names |= {"utf-8-sig", "UTF-8-SIG", "utf_8-sig", "latin-1-unix", "utf-8-dos", "iso-8859-1-mac", "no-such-encoding", "x" * 500, "utf-8x", "utf8mb4",
              "hex", "rot13", "mbcs", "oem", "cp65001", "undefined", "None", "__init__", "aliases", "a.b", "-", "_", "."}
    texts = "x = 'abc'\n", "x = 'é ß € 漢字 かな 한국 Ж'\n", "x = 'é'\ny = (\n", "x = ]\n", "x = '\\u00e9+AOk-~{'\n"
    # The interpreter's own codecs read the Unicode database of the machine or are not for text; what matters is that they are named alike.
    for name in sorted(names - {"mbcs", "oem"}):
        declaration = f"# -*- coding: {name} -*-\n".encode()
        for number, text in enumerate(texts):
            try:
                body = text.encode(name)
            except (LookupError, UnicodeError, TypeError, ValueError, AssertionError):
                body = text.encode()
            yield f"encoding {name} of text {number}", declaration + body
        yield f"encoding {name} of wrong bytes", declaration + b"x = '\x80\xff\xfe\x81\x0e\x1b$B~{'\n"
        yield f"encoding {name} behind a byte order mark", b"\xef\xbb\xbf" + declaration + b"x = 1\n"
        yield f"encoding {name} in the second line", b"#!python\n" + declaration + b"x = 1\n"
    for name in "utf-8", "latin-1", "shift_jis", "no-such-encoding":
        for line in ("#coding:{}", "# vim: set fileencoding={} :", "  #coding={}", "x #coding={}", "#coding {}", "#coding : {}", "#codingcoding={}", "\f#coding={}", "#coding={}\r",
                     "'''#coding={}", "#coding={}\\"):
            yield f"declaration {line!r} of {name}", line.format(name).encode() + b"\nx = '\xe9'\n"
            yield f"second declaration {line!r} of {name}", b"\n" + line.format(name).encode() + b"\nx = '\xe9'\n"
            yield f"late declaration {line!r} of {name}", b"\n\n" + line.format(name).encode() + b"\nx = '\xe9'\n"


def ends_of_files():
    """Programs that stop early; as a file on disk they take another way through the tokenizer than as a string."""
    heads = ("if x:", "while x:", "for x in y:", "with x:", "try:", "try: pass\nexcept:", "try: pass\nfinally:", "try: pass\nexcept* x:", "def f():",
             "class C:", "async def f():", "match x:", "match x:\n case y:", "if x: pass\nelif y:", "if x: pass\nelse:", "for x in y: pass\nelse:",
             "try: pass\nexcept x: pass\nelse:", "@f", "try: pass", "def f(x", "x = (", "x = [1,", "'''a", "f'''a{", "f'{x", "x = \\", "if x:\n  if y:",
             "class C:\n  def f():", "x = 1 +", "lambda:", "import", "from x import", "from x import (", "x.", "if x", "def", "def f", "def f()")
    for head in heads:
        for end in "", "\n", "\n\n", "\n  ", "\n  \n", "\n# c", "\n# c\n", "\n  # c\n", " # c", "\\", "\\\n", "\r\n", "\r", "\x0c\n":
            yield f"{head!r} before {end!r}", (head + end).encode()


# ---- Running ----

def limit(memory):
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def expected(source):
    """Class and message of CPython's error, None without one; a string if it was stopped. In another process, which may die."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        limit(8 << 30)
        signal.alarm(120)
        warnings.simplefilter("ignore")
        result = None
        try:
            compile(source, "<string>", "exec", dont_inherit=True)
        except Exception as error:
            result = type(error).__name__, getattr(error, "msg", None) or str(error)
        os.write(writer, json.dumps(result).encode())
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as stream:
        data = stream.read()
    status = os.waitpid(child, 0)[1]
    if not data:
        return f"status {status}"
    result = json.loads(data)
    return result and tuple(result)


def actual(tool, path, size):
    """Class and message of the error, None without one; a string if the tool was stopped."""
    seconds = SECONDS + size * SECONDS_PER_MEGABYTE / 1e6
    try:
        run = subprocess.run(
            [tool, "--errors", "json", "--name", "<string>", path], capture_output=True, timeout=seconds,
            preexec_fn=lambda: limit(MEMORY + size * MEMORY_PER_BYTE), env={**os.environ, "SWIFT_BACKTRACE": "enable=no"})
    except subprocess.TimeoutExpired:
        return f"stopped after {seconds:.0f} s"
    try:
        error = json.loads(run.stdout.decode("utf-8", "surrogatepass"))["error"]
    except ValueError:
        return f"status {run.returncode}: {run.stderr[-200:]!r}"
    return error and (error["class"], error["message"])


def agree(want, have):
    if isinstance(have, str):
        return False
    if isinstance(want, str) or want is not None and want[0] in EXHAUSTION:
        # CPython itself did not get to the end.
        return have is None or have[0] in (*EXHAUSTION, "SyntaxError")
    return want == have


def check(case):
    """What the tools made of a program if it differs, and the time that krait-compile took."""
    tool, name, source, is_file = case
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "case.py")
        with open(path, "wb") as file:
            file.write(source)
        want = expected(source)
        if is_file and want is not None:
            # The program is refused, so that running it does nothing.
            want, have = (standard_error(command).decode() for command in ([sys.executable, "-E", "-s", path], [tool, "--check", path]))
            same = want == have
        else:
            have = actual(tool, path, len(source))
            same = agree(want, have)
    return name, None if same else (want, have)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("names", nargs="*", help="what the names of the cases to run contain")
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("--deepest", type=int, default=DEPTHS[-1])
    options = parser.parse_args()

    def cases():
        for name, make in CONSTRUCTS.items():
            for depth in DEPTHS:
                if depth <= options.deepest:
                    for variant, text in make(depth):
                        yield f"{name}, {depth} deep" + (f", {variant}" if variant else ""), text.encode(), False
        for name, source in itertools.chain(big_programs(), with_nul_bytes(), with_encodings()):
            yield name, source, False
        for name, source in ends_of_files():
            yield name, source, True

    chosen = ((options.tool, *case) for case in cases() if not options.names or any(name in case[0] for name in options.names))
    passed = failed = 0
    with multiprocessing.Pool(os.process_cpu_count()) as pool:
        for name, difference in pool.imap_unordered(check, chosen):
            if difference is None:
                passed += 1
                continue
            failed += 1
            if failed <= options.show:
                print(f"{name}\n    CPython: {str(difference[0])[:400]}\n    Krait:   {str(difference[1])[:400]}")
    print(f"{passed} passed, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
