#!/usr/bin/env python3.14
"""Compares symbol tables of krait-compile with those of the Python that runs this script (CPython 3.14).

    scopes.py KRAIT-COMPILE [--programs] [--show N] FILE-OR-FOLDER...

Every .py file goes through `krait-compile --symtable` and through the module symtable; the texts must be equal, but for the order of
names that only pass through a block, which in CPython is that of a hash set. A file that is refused must be refused with the same
error at the same place. With --programs the string constants of the files are taken as programs, too: the test suite keeps its
invalid programs in them.
"""

import argparse
import ast
import collections
import contextlib
import difflib
import io
import json
import os
import re
import subprocess
import symtable
import sys
import tempfile
import textwrap
import warnings

from corpus import python_files


def programs(path):
    """The string constants of a file that may be programs, and the examples in its documentation."""
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or not node.value.strip():
            continue
        yield node.value
        yield textwrap.dedent(node.value)
        for example in re.findall(r"^ *>>> .*\n(?: *\.\.\. ?.*\n)*", node.value, re.MULTILINE):
            yield re.sub(r"^ *(>>>|\.\.\.) ?", "", example, flags=re.MULTILINE)


def expected_outcome(path):
    """The text that `python -m symtable` prints, or the error."""
    output = io.StringIO()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(output):
            warnings.simplefilter("ignore")
            symtable.main([path])
    except SyntaxError as error:
        return describe(type(error).__name__, error.msg, error.lineno, error.offset, error.end_lineno, error.end_offset)
    except (ValueError, MemoryError, RecursionError) as error:
        return describe(type(error).__name__, str(error))
    return output.getvalue()


def describe(name, message, *place):
    if name in ("MemoryError", "RecursionError"):
        return f"{name}\n"
    # An error without a place has None there in Python and 0 in krait-compile.
    return " ".join(map(repr, [name, message, *(part or 0 for part in place)])) + "\n"


def actual_outcomes(tool, paths, folder):
    """What krait-compile says of files, by path; a batch that crashes is repeated file by file."""
    listing = os.path.join(folder, "list")
    with open(listing, "w") as file:
        file.write("".join(path + "\n" for path in paths))
    command = [tool, "--symtable", "--errors", "json", "-o", folder + "/", "--batch", listing]
    done = subprocess.run(command, capture_output=True)
    outcomes = {}
    for line in done.stdout.decode("utf-8").splitlines():
        report = json.loads(line)
        path, error = report["file"], report["error"]
        if error is not None:
            place = [error[key] for key in ("line", "offset", "end_line", "end_offset") if key in error]
            outcomes[path] = describe(error["class"], error["message"], *place)
            continue
        with open(os.path.join(folder, os.path.splitext(path)[0].lstrip("/") + ".symtable"), encoding="utf-8") as file:
            outcomes[path] = file.read()
    if done.returncode < 0:
        if len(paths) == 1:
            return {paths[0]: f"crash: signal {-done.returncode}\n"}
        for path in paths:
            outcomes |= actual_outcomes(tool, [path], folder)
    return outcomes


def canonical(text):
    """The text with names that only pass through a block in alphabetical order."""
    lines, passing = [], []
    for line in text.split("\n"):
        if re.fullmatch(r" +(free|global_implicit) symbol .*: (def_free_class)?", line):
            passing.append(line)
        else:
            lines += sorted(passing) + [line]
            passing = []
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--programs", action="store_true", help="take the strings in the files as programs, too")
    parser.add_argument("--show", type=int, default=20, help="how many differences to show")
    parser.add_argument("--batch", type=int, default=200, help="files per run of the tool")
    arguments = parser.parse_args()
    sys.setrecursionlimit(20000)
    warnings.simplefilter("ignore")
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        files = list(python_files(arguments.paths))
        if arguments.programs:
            found = dict.fromkeys(program for path in files for program in programs(path))
            for number, program in enumerate(found):
                path = os.path.join(folder, f"program{number}.py")
                with contextlib.suppress(UnicodeEncodeError):
                    with open(path, "w", encoding="utf-8") as file:
                        file.write(program)
                    files.append(path)
        for start in range(0, len(files), arguments.batch):
            batch = files[start:start + arguments.batch]
            outcomes = actual_outcomes(arguments.tool, batch, folder)
            for path in batch:
                expected, actual = canonical(expected_outcome(path)), canonical(outcomes.get(path, "no outcome\n"))
                counts[expected == actual] += 1
                if expected != actual and counts[False] <= arguments.show:
                    print(path)
                    if path.startswith(folder):
                        with open(path, encoding="utf-8") as file:
                            print(textwrap.indent(file.read()[:500], "    | "))
                    print("\n".join(list(difflib.unified_diff(expected, actual, lineterm="", n=2))[2:30]))
    print(f"{counts[True]} passed, {counts[False]} failed")
    sys.exit(counts[False] > 0)


if __name__ == "__main__":
    main()
