#!/usr/bin/env python3.14
"""Compares the errors and warnings of krait-compile with those of the Python that runs this script (CPython 3.14).

    errors.py KRAIT-COMPILE [--show N] [--mutations N] [--seed N] [FILE-OR-FOLDER...]

The programs are the string literals and doctest examples of the files (of CPython's tests of its syntax, if none are named), compiled as a
module and, if short, as an expression and as interactive input, which may be incomplete; and --mutations random changes to files of the
standard library (tokens left out, doubled, moved or replaced), and as many pieces of their lines. Class, message, line, offset, end line, end offset and text of the error must be the same, and so must
category, message and line of the warnings.
"""

import sys

import argparse
import ast
import doctest
import io
import itertools
import json
import os
import random
import subprocess
import tempfile
import tokenize
import warnings

from corpus import python_files

SUITES = """
    test_annotationlib test_asyncgen test_ast/test_ast test_baseexception test_cmd_line_script test_codeop test_compile test_coroutines test_decorators
    test_dictcomps test_eof test_except_star test_exceptions test_flufl test_fstring test_future_stmt/test_future test_generators test_genexps
    test_global test_grammar test_int_literal test_keywordonlyarg test_lambda test_listcomps test_named_expressions test_patma
    test_peg_generator/test_pegen test_positional_only_arg test_pyrepl/test_interact test_raise test_repl test_scope test_source_encoding
    test_string_literals test_super test_symtable test_syntax test_tokenize test_traceback test_tstring test_type_aliases test_type_annotations
    test_type_comments test_type_params test_unicode_identifiers test_unpack test_unpack_ex test_unparse test_utf8source test_with
""".split()
INSERTIONS = """
    = == := : , . ( ) [ ] { } * ** / -> @ ; ... ! <> if else elif for in not lambda print import as from def class try: except except* finally
    with async await yield return global nonlocal del match case type _ None True __debug__ 1 1.5j "s" b"s" f"{x}" f"{ t"{y}" ''' \\ # $ ?
""".split() + ["\n", "\n    ", "\t", "  "]
SHORT = 200
# What the codeop module compiles with: PyCF_ALLOW_INCOMPLETE_INPUT and PyCF_DONT_IMPLY_DEDENT.
INCOMPLETE = 0x4200


def programs(paths):
    """String literals and doctest examples of files."""
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        try:
            for example in doctest.DocTestParser().get_examples(text):
                yield path, example.source
        except ValueError:
            pass
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and 1 < len(node.value) < 4000:
                yield path, node.value


def mutate(source):
    """The source with one token changed; None if it has too few."""
    try:
        tokens = [token for token in tokenize.generate_tokens(io.StringIO(source).readline) if token.string.strip() and token.type != tokenize.COMMENT]
    except (SyntaxError, tokenize.TokenError):
        return None
    if len(tokens) < 3:
        return None
    starts = [0, *itertools.accumulate(map(len, source.splitlines(keepends=True)))]
    token, other = random.choice(tokens), random.choice(tokens)
    start, end = (starts[line - 1] + column for line, column in (token.start, token.end))
    return random.choice([
        lambda: source[:start] + source[end:],
        lambda: source[:start] + token.string + " " + source[start:],
        lambda: source[:start] + other.string + " " + source[start:],
        lambda: source[:start] + other.string + source[end:],
        lambda: source[:start] + random.choice(INSERTIONS) + " " + source[start:],
        lambda: source[:start] + random.choice(INSERTIONS) + source[end:],
        lambda: source[:end],
    ])()


def mutations(library, count):
    files = [path for path in python_files([library]) if 300 < os.path.getsize(path) < 20_000]
    while count > 0:
        path = random.choice(files)
        try:
            with tokenize.open(path) as file:
                source = file.read()
        except (SyntaxError, UnicodeDecodeError):
            continue
        for _ in range(min(20, count)):
            changed = mutate(source)
            if changed is None:
                break
            if random.random() < 0.3:
                changed = mutate(changed) or changed
            count -= 1
            yield path, changed


def fragments(library, count):
    """Pieces of lines of the library, cut anywhere: without line end, the source may end within a token."""
    files = [path for path in python_files([library]) if 300 < os.path.getsize(path) < 20_000]
    while count > 0:
        with open(path := random.choice(files), encoding="latin-1") as file:
            source = file.read()
        for _ in range(min(50, count)):
            start = random.randrange(len(source))
            if random.random() < 0.7:
                start = source.rfind("\n", 0, start) + 1
                start += len(source[start:]) - len(source[start:].lstrip(" "))
            count -= 1
            yield path, source[start:start + random.randrange(1, 80)]


def expected(source, mode, flags=0):
    """CPython's error, as krait-compile describes it, and warnings."""
    error = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compile(source, "<string>", mode, flags, dont_inherit=True)
        except SyntaxError as raised:
            error = {
                "class": type(raised).__name__, "message": raised.msg, "line": raised.lineno or 0, "offset": raised.offset or 0,
                "end_line": raised.end_lineno or 0, "end_offset": raised.end_offset or 0, "text": raised.text,
            }
        except (ValueError, MemoryError, OverflowError, RecursionError, SystemError) as raised:
            error = {"class": type(raised).__name__, "message": str(raised)}
    return error, [(warning.category.__name__, str(warning.message), warning.lineno) for warning in caught]


def actual(line):
    report = json.loads(line)
    error = report["error"]
    if error is not None:
        error.pop("filename", None)
        if error["class"] == "RecursionError":
            error = {"class": "RecursionError"}
    return error, [(warning["category"], warning["message"], warning["line"]) for warning in report["warnings"]]


def compare(tool, kind, batch, folder):
    """Yields the programs whose errors or warnings differ, with both."""
    names = []
    for number, (_, source) in enumerate(batch):
        names.append(os.path.join(folder, f"{number}.py"))
        with open(names[-1], "wb") as file:
            file.write(source)
    mode, *incomplete = kind.split()
    command = [tool, "--errors", "json", "--mode", mode, "--name", "<string>", *(["--incomplete"] if incomplete else []), *names]
    run = subprocess.run(command, capture_output=True)
    lines = run.stdout.decode("utf-8", "surrogatepass").splitlines()
    if len(lines) != len(batch):
        print(f"krait-compile ended with status {run.returncode} at this program as {kind}:\n{batch[len(lines)][1]!r}")
    for (path, source), line in zip(batch, lines):
        want, have = expected(source, mode, INCOMPLETE if incomplete else 0), actual(line)
        if want[0] is not None and want[0]["class"] == "RecursionError":
            # How deep the stack is belongs to the process.
            want = {"class": "RecursionError"}, want[1]
        if want != have:
            yield path, source, want, have
    for path, source in batch[len(lines):]:
        yield path, source, None, None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("--mutations", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random.seed(options.seed)
    library = os.path.dirname(os.__file__)
    suites = [path for suite in SUITES if os.path.exists(path := f"{library}/test/{suite}.py")]
    seen, kinds = set(), {"exec": [], "eval": [], "single": [], "single incomplete": [], "exec incomplete": []}
    for path, text in itertools.chain(programs(python_files(options.paths) if options.paths else suites), mutations(library, options.mutations), fragments(library, options.mutations)):
        try:
            source = text.encode()
        except UnicodeEncodeError:
            continue
        if source in seen:
            continue
        seen.add(source)
        for kind in kinds if len(source) < SHORT else ("exec",):
            kinds[kind].append((path, source))
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for kind, cases in kinds.items():
            for batch in itertools.batched(cases, 500):
                differences = list(compare(options.tool, kind, batch, folder))
                for path, source, want, have in differences:
                    failed += 1
                    if failed <= options.show and want is not None:
                        shown = source if len(source) < 400 else source[:200] + b" ... " + source[-200:]
                        print(f"{os.path.relpath(path, library)} as {kind}: {shown!r}\n    CPython: {want}\n    Krait:   {have}")
                passed += len(batch) - len(differences)
    print(f"{passed} passed, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
