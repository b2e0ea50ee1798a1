#!/usr/bin/env python3.14
"""Compares the tokens of krait-compile with those of the Python that runs this script (CPython 3.14).

    tokens.py KRAIT-COMPILE [--show N] [--mutations N] [--seed N] FILE-OR-FOLDER...

What `krait-compile --tokens [--exact] FILE` prints, on success and on errors, must be what `python -m tokenize [-e] FILE` prints.
--mutations adds that many random pieces of the files, changed here and there, so that errors are compared too.
"""

import argparse
import contextlib
import io
import os
import random
import subprocess
import sys
import tempfile
import tokenize

from corpus import python_files

PIECES = r"""
    " ' ''' \"\"\" { } {{ }} ( ) [ ] \ \n \\\n \t \r \r\n \f \0 \x01 f" t' rb" ur" f\"\"\"{\n f"{x!r:{y}}" \N{ 0 1e 1_ 0x 0b12 09 _ . ... ! : := = <>
    # $ ? ` é € \xa0 \xff else 1if if\x20x:\n \x20\x20 #\x20coding:\x20latin-1\n
"""


def pieces():
    for piece in PIECES.split():
        yield piece.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").replace("\\f", "\f").replace("\\0", "\0").replace(
            "\\x01", "\1"
        ).replace("\\x20", " ").replace("\\xa0", "\xa0").replace('\\"', '"').encode() if piece != r"\xff" else b"\xff"


def mutations(files, count):
    """Random pieces of files with random changes."""
    replacements = list(pieces())
    for _ in range(count):
        with open(random.choice(files), "rb") as file:
            lines = file.readlines()
        start = random.randrange(max(1, len(lines) - 20))
        text = bytearray(b"".join(lines[start : start + random.randrange(1, 40)]))
        for _ in range(random.randrange(1, 5)):
            place = random.randrange(len(text) + 1)
            if random.random() < 0.4:
                del text[place : place + random.randrange(1, 4)]
            else:
                text[place:place] = random.choice(replacements)
        yield bytes(text)


def expected(path, exact):
    """Status, output and error line of `python -m tokenize`; None where CPython itself fails with a traceback."""
    output, errors = io.StringIO(), io.StringIO()
    status = 0
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        try:
            tokenize._main((["-e"] if exact else []) + [path])
        except SystemExit as exit:
            status = exit.code
        except Exception:
            return None
    return status, output.getvalue(), errors.getvalue()


def actual(tool, path, exact):
    result = subprocess.run([tool, "--tokens", *(["--exact"] if exact else []), path], capture_output=True)
    return result.returncode, result.stdout.decode("utf-8", "replace"), result.stderr.decode("utf-8", "replace")


def difference(want, have):
    """The first line that differs."""
    for kind, left, right in (("output", want[1], have[1]), ("error", want[2], have[2])):
        lefts, rights = left.split("\n"), right.split("\n")
        for number in range(max(len(lefts), len(rights))):
            one = lefts[number] if number < len(lefts) else "(nothing)"
            other = rights[number] if number < len(rights) else "(nothing)"
            if one != other:
                return f"{kind} line {number + 1}\n    CPython: {one!r}\n    Krait:   {other!r}"
    return f"status: CPython {want[0]}, Krait {have[0]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("--mutations", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random.seed(options.seed)
    files = list(python_files(options.paths))
    passed = failed = 0

    def compare(path, exact, shown=None):
        nonlocal passed, failed
        want = expected(path, exact)
        if want is None:
            return True
        have = actual(options.tool, path, exact)
        if want == have:
            passed += 1
            return True
        failed += 1
        if failed <= options.show:
            print(f"{shown or path}: {difference(want, have)}")
        return False

    for number, path in enumerate(files):
        compare(path, exact=number % 2 == 1)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "mutation.py")
        for number, text in enumerate(mutations(files, options.mutations)):
            with open(path, "wb") as file:
                file.write(text)
            compare(path, exact=number % 2 == 1, shown=ascii(text[:400]))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
