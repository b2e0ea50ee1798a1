#!/usr/bin/env python3.14
"""Compares the code objects of krait-compile with those of the Python that runs this script (CPython 3.14).

    code_objects.py KRAIT-COMPILE [-O LEVELS] [--show N] [--batch N] FILE-OR-FOLDER...

Every .py file is compiled by both at each optimisation level; the code objects are compared attribute by attribute, constants by
type and value, nested code objects recursively. The first difference of a file is shown; a histogram of their kinds closes the report.
A file that CPython refuses must be refused by krait-compile, too.
"""

import argparse
import collections
import dis
import marshal
import os
import struct
import subprocess
import sys
import tempfile
import types
import warnings

from corpus import python_files

ATTRIBUTES = [
    "co_name", "co_qualname", "co_filename", "co_firstlineno", "co_flags", "co_argcount", "co_posonlyargcount", "co_kwonlyargcount",
    "co_names", "co_varnames", "co_cellvars", "co_freevars", "co_nlocals", "co_stacksize", "_co_code_adaptive", "co_code",
    "co_exceptiontable", "co_linetable",
]


def instructions(code):
    return [(i.opname, i.arg, i.positions) for i in dis.get_instructions(code)]


def first_instruction_difference(expected, actual):
    a, b = instructions(expected), instructions(actual)
    for index, (x, y) in enumerate(zip(a, b)):
        if x != y:
            part = "instruction" if x[:2] != y[:2] else "position"
            return f"{part} {index}: {x[0]} {x[1]} {tuple(x[2])} != {y[0]} {y[1]} {tuple(y[2])}"
    return f"{len(a)} instructions != {len(b)}"


def constant_difference(expected, actual):
    """A description of how two constants differ, or None."""
    if type(expected) is not type(actual):
        return f"{expected!r} is not {actual!r}"
    if isinstance(expected, tuple):
        if len(expected) != len(actual):
            return f"{expected!r} != {actual!r}"
        for x, y in zip(expected, actual):
            if difference := constant_difference(x, y):
                return difference
        return None
    if isinstance(expected, frozenset):
        key = lambda value: (type(value).__name__, repr(value))
        return constant_difference(tuple(sorted(expected, key=key)), tuple(sorted(actual, key=key)))
    if isinstance(expected, slice):
        return constant_difference((expected.start, expected.stop, expected.step), (actual.start, actual.stop, actual.step))
    if isinstance(expected, float):
        same = struct.pack("<d", expected) == struct.pack("<d", actual)
    elif isinstance(expected, complex):
        same = struct.pack("<dd", expected.real, expected.imag) == struct.pack("<dd", actual.real, actual.imag)
    elif isinstance(expected, types.CodeType):
        return None
    else:
        same = expected == actual
    return None if same else f"{expected!r} != {actual!r}"


def difference(expected, actual, path="<module>"):
    """The kind and a description of the first difference of two code objects, innermost code first; or None."""
    ours = {}
    for constant in actual.co_consts:
        if isinstance(constant, types.CodeType):
            ours.setdefault((constant.co_name, constant.co_firstlineno), []).append(constant)
    for constant in expected.co_consts:
        if isinstance(constant, types.CodeType):
            candidates = ours.get((constant.co_name, constant.co_firstlineno))
            if not candidates:
                return "co_consts", f"{path}: no code object {constant.co_name} of line {constant.co_firstlineno}"
            if found := difference(constant, candidates.pop(0), f"{path}.{constant.co_name}"):
                return found
    for attribute in ATTRIBUTES:
        a, b = getattr(expected, attribute), getattr(actual, attribute)
        if a != b:
            text = f"{a!r} != {b!r}"
            if attribute in ("_co_code_adaptive", "co_code", "co_linetable"):
                if instructions(expected) != instructions(actual):
                    text = first_instruction_difference(expected, actual)
            elif attribute == "co_exceptiontable":
                text = f"{list(dis._parse_exception_table(expected))} != {list(dis._parse_exception_table(actual))}"
            return attribute.replace("_co_code_adaptive", "co_code"), f"{path}: {attribute}: {text}"
    a, b = expected.co_consts, actual.co_consts
    if len(a) != len(b):
        return "co_consts", f"{path}: co_consts: {a!r} != {b!r}"
    for index, (x, y) in enumerate(zip(a, b)):
        if found := constant_difference(x, y):
            return "co_consts", f"{path}: co_consts[{index}]: {found}"
    return None


def run(tool, level, files, output):
    """Compiles files below a folder; gives the .pyc files' names, and the indices of files on which the tool crashed."""
    names = [os.path.join(output, os.path.abspath(source).lstrip("/") + "c") for source in files]
    command = [tool, *["-O"] * level, "-o", output + "/"]
    listing = os.path.join(output, "files")
    with open(listing, "w") as file:
        file.writelines(os.path.abspath(source) + "\n" for source in files)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    crashed = set()
    if subprocess.run([*command, "--batch", listing], **quiet).returncode < 0:
        for index, source in enumerate(files):
            if subprocess.run([*command, os.path.abspath(source)], **quiet).returncode < 0:
                crashed.add(index)
    return names, crashed


def compare(source, target, crashed, level):
    """None when the outcome is CPython's, else the kind and a description of the difference."""
    if crashed:
        return "crash", "krait-compile crashed"
    with open(source, "rb") as file:
        text = file.read()
    try:
        expected = compile(text, os.path.abspath(source), "exec", dont_inherit=True, optimize=level)
    except Exception as error:
        return ("accepted", f"CPython: {error!r}") if os.path.exists(target) else None
    if not os.path.exists(target):
        return "refused", "no code object"
    with open(target, "rb") as file:
        data = file.read()
    try:
        actual = marshal.loads(data[16:])
    except Exception as error:
        return "marshal", repr(error)
    return difference(expected, actual)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("paths", nargs="+")
    parser.add_argument("-O", dest="levels", default="0", help="optimisation levels, as in 0,1,2")
    parser.add_argument("--show", type=int, default=50, help="how many differences to show")
    parser.add_argument("--batch", type=int, default=200, help="files per run of the tool")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20000)
    files = list(python_files(arguments.paths))
    passed = failed = 0
    kinds = collections.Counter()
    for level in map(int, arguments.levels.split(",")):
        for start in range(0, len(files), arguments.batch):
            batch = files[start:start + arguments.batch]
            with tempfile.TemporaryDirectory() as output:
                targets, crashed = run(arguments.tool, level, batch, output)
                for index, (source, target) in enumerate(zip(batch, targets)):
                    found = compare(source, target, index in crashed, level)
                    if found is None:
                        passed += 1
                        continue
                    failed += 1
                    kinds[found[0]] += 1
                    if failed <= arguments.show:
                        print(f"{source} -O{level}: {found[1][:600]}")
    for kind, count in kinds.most_common():
        print(f"{count:6} {kind}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
