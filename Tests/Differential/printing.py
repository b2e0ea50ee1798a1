#!/usr/bin/env python3.14
"""Compares what krait-compile and the Python that runs this script (CPython 3.14) print about sources with errors and warnings.

    printing.py KRAIT-COMPILE [--count N] [--seed N] [--show N] FILE-OR-FOLDER...

Each case is a piece of one of the files with a misspelt keyword or another slip. CPython runs it as a program; only cases that it refuses
to compile are run, so that no program does anything. Its standard error, with warnings, carets and suggestions, must be krait-compile's.
--warnings compares the warnings of the files themselves instead, as `python -m py_compile` prints them.
"""

import argparse
import keyword
import os
import random
import re
import subprocess
import sys
import tempfile
import textwrap
import warnings

from corpus import python_files

KEYWORD = re.compile(r"\b(%s)\b" % "|".join(keyword.kwlist))


def misspelt(random_, word):
    index = random_.randrange(len(word))
    return random_.choice([
        word[:index] + word[index + 1:],
        word[:index] + random_.choice("aeiounrst") + word[index:],
        word[:index] + word[index + 1:index + 2] + word[index] + word[index + 2:],
        word[:index] + word[index].swapcase() + word[index + 1:],
    ])


def slip(random_, text):
    """The text with one or two small mistakes."""
    if (words := list(KEYWORD.finditer(text))) and random_.random() < 0.6:
        word = random_.choice(words)
        text = text[:word.start()] + misspelt(random_, word.group()) + text[word.end():]
    if text and random_.random() < 0.6:
        index = random_.randrange(len(text))
        slips = ["", "é", "\t", " ", "\f", "(", ")", "]", "日", "'", '"', "\\", "\n", "\\z'", ":", "=", ",", "0", "f'{", "\N{NO-BREAK SPACE}"]
        text = text[:index] + random_.choice(slips) + text[index + random_.randrange(2):]
    return text


def cases(paths, seed):
    files = list(python_files(paths))
    random_ = random.Random(seed)
    while True:
        try:
            with open(random_.choice(files), encoding="utf-8") as file:
                lines = file.read().split("\n")
        except (UnicodeDecodeError, OSError):
            continue
        start = random_.randrange(len(lines))
        text = "\n".join(lines[start:start + random_.randrange(1, 25)])
        if random_.random() < 0.7:
            text = textwrap.dedent(text)
        text = slip(random_, text)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(text, "case", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            yield text


def standard_error(command):
    return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL).stderr


def show(text, expected, actual):
    print("----")
    print(textwrap.indent(text, "| "))
    print("expected", expected.decode(errors="replace"), sep="\n")
    print("actual", actual.decode(errors="replace"), sep="\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tool", help="the path of krait-compile")
    parser.add_argument("paths", nargs="+", help="files and folders to take the pieces from")
    parser.add_argument("--count", type=int, default=500, help="cases")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=10, help="how many differences to show")
    parser.add_argument("--warnings", action="store_true", help="compare the warnings of the files as they are")
    options = parser.parse_args()
    passed = failed = 0

    def check(text, expected, actual):
        nonlocal passed, failed
        if expected == actual:
            passed += 1
            return
        failed += 1
        if failed <= options.show:
            show(text, expected, actual)

    if options.warnings:
        for path in python_files(options.paths):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                try:
                    with open(path, "rb") as file:
                        compile(file.read(), path, "exec", dont_inherit=True)
                except (SyntaxError, ValueError, MemoryError, RecursionError):
                    continue
            expected = "".join(warnings.formatwarning(w.message, w.category, w.filename, w.lineno) for w in caught)
            check(path, expected.encode(), standard_error([options.tool, "--check", path]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            place = os.path.join(folder, "case.py")
            for _, text in zip(range(options.count), cases(options.paths, options.seed)):
                with open(place, "w", encoding="utf-8", newline="") as file:
                    file.write(text)
                check(text, standard_error([sys.executable, "-E", "-s", place]), standard_error([options.tool, "--check", place]))
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
