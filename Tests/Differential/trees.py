#!/usr/bin/env python3.14
"""Compares the syntax trees of krait-compile with those of the Python that runs this script (CPython 3.14).

    trees.py KRAIT-COMPILE [-O LEVEL] [--show N] [--batch N] [--generated N] [--strings N] FILE-OR-FOLDER...

The text of ast.dump(tree, include_attributes=True, indent=2) must be the same for every .py file; a file that CPython refuses must be
refused. With -O the trees are those that ast.parse(source, optimize=LEVEL) gives. Of each differing file the first lines that differ are shown. --generated and --strings add that many random programs of
generate.py. CPython's dumps are slow to make: their digests are kept in ~/.cache/krait-trees.
"""

import argparse
import ast
import hashlib
import itertools
import os
import subprocess
import sys
import tempfile
import threading
import warnings

import generate

from corpus import python_files

CACHE = os.path.join(os.path.expanduser(os.environ.get("XDG_CACHE_HOME", "~/.cache")), "krait-trees", sys.version.split()[0])
REFUSED = "refused"


def expected_dump(source, level):
    """CPython's dump, or None if it refuses the source."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse(source, optimize=level or -1), include_attributes=True, indent=2)
    except (SyntaxError, ValueError, MemoryError, RecursionError, UnicodeDecodeError):
        return None


def digest(dump):
    return hashlib.sha256(dump).hexdigest()


def expected_digest(source, level):
    place = os.path.join(CACHE, hashlib.sha256(source).hexdigest() + f"-O{level}" * (level > 0))
    try:
        with open(place) as file:
            return file.read()
    except OSError:
        pass
    dump = expected_dump(source, level)
    result = REFUSED if dump is None else digest(dump.encode())
    with open(place, "w") as file:
        file.write(result)
    return result


def show_difference(path, expected, actual):
    if expected is None or actual is None:
        print(f"{path}: {'refused by CPython only' if expected is None else 'refused by krait-compile only'}")
        return
    print(path)
    lines = itertools.zip_longest(expected.split("\n"), actual.decode(errors="replace").split("\n"), fillvalue="(end)")
    for number, (a, b) in enumerate(lines, 1):
        if a != b:
            print(f"  line {number}\n    expected {a.strip()[:200]}\n    actual   {b.strip()[:200]}")
            return


def compare(tool, paths, names, level, show):
    """Compares a batch of files and returns the number of differing ones."""
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        results = os.path.join(folder, "results")
        os.mkdir(results)
        run = subprocess.run([tool, "--ast", *["-O"] * level, "--output", results + "/", *paths], capture_output=True)
        if run.returncode < 0:
            print(f"krait-compile died of signal {-run.returncode} among: {' '.join(paths)}")
        messages = run.stderr.decode(errors="replace").splitlines()
        for path, name in zip(paths, names):
            with open(path, "rb") as file:
                source = file.read()
            parts = [part for part in path.removesuffix(".py").split("/") if part not in ("", ".", "..")]
            try:
                with open(os.path.join(results, *parts) + ".ast", "rb") as file:
                    actual = file.read().removesuffix(b"\n")
            except OSError:
                actual = None
            if expected_digest(source, level) == (REFUSED if actual is None else digest(actual)):
                continue
            failures += 1
            if show > 0:
                show -= 1
                show_difference(name, expected_dump(source, level), actual)
                if actual is None:
                    print("".join(f"  {line}\n" for line in messages if "Error" in line)[:500], end="")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tool", help="the path of krait-compile")
    parser.add_argument("paths", nargs="*", help="files and folders")
    parser.add_argument("-O", dest="level", type=int, choices=(0, 1, 2), default=0, help="the optimisation level of the trees; 0 for none")
    parser.add_argument("--show", type=int, default=20, help="how many differences to show")
    parser.add_argument("--batch", type=int, default=64, help="files a run of krait-compile")
    parser.add_argument("--generated", type=int, default=0, help="random programs to compare")
    parser.add_argument("--strings", type=int, default=0, help="random programs of string literals to compare")
    parser.add_argument("--seed", type=int, default=0, help="the first random program's number")
    options = parser.parse_args()
    os.makedirs(CACHE, exist_ok=True)
    passed = failed = 0

    def run(paths, names):
        nonlocal passed, failed
        failures = compare(options.tool, paths, names, options.level, options.show - failed)
        failed += failures
        passed += len(paths) - failures

    for batch in itertools.batched(python_files(options.paths), options.batch):
        run(batch, batch)
    for count, strings in (options.generated, False), (options.strings, True):
        for seeds in itertools.batched(range(options.seed, options.seed + count), options.batch):
            with tempfile.TemporaryDirectory() as folder:
                paths = []
                for seed in seeds:
                    paths.append(os.path.join(folder, f"program{seed}.py"))
                    with open(paths[-1], "w", encoding="utf-8", newline="") as file:
                        file.write(generate.program(seed, strings=strings))
                run(paths, [f"program {seed}{' of strings' if strings else ''}" for seed in seeds])
    print(f"{passed} passed, {failed} failed")
    return failed


if __name__ == "__main__":
    # ast.dump() recurses once per level of the tree.
    sys.setrecursionlimit(1_000_000)
    threading.stack_size(512 << 20)
    status = []
    thread = threading.Thread(target=lambda: status.append(main()))
    thread.start()
    thread.join()
    sys.exit(1 if not status or status[0] else 0)
