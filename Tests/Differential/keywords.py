"""Programs translated to French keywords must compile to the code objects of their English twins, but for columns.

    keywords.py KRAIT-COMPILE [--every N] [FOLDER]
"""

import argparse
import ast
import io
import keyword
import marshal
import pathlib
import subprocess
import sys
import sysconfig
import tempfile
import token
import tokenize
import tomllib
import types
import warnings

TABLE = pathlib.Path(__file__).parents[2] / "Sources/KraitLibrary/keywords/french.toml"
IGNORED = {"co_linetable", "co_code", "co_lnotab"}
BAD = [
    ("if = 'si'", "there is no table [keywords]"),
    ("[keywords]\nif = 'si'\nelif = 'si'", "'si' is given for both 'elif' and 'if'"),
    ("[keywords]\nif = '1er'", "'1er', given for 'if', is not an identifier"),
    ("[keywords]\nunless = 'sauf'", "'unless' is not a keyword of Python"),
    ("[keywords]\nif = 3", "'if' is neither a string nor a list of strings"),
    ("[keywords]\nif = 'for'", "'for', given for 'if', is Python's own spelling of 'for'; give that keyword another spelling too"),
    ("[keywords", "line 1: "),
]


def translated(source, spellings):
    """The program with other keywords, or None where a name of it is one of them."""
    has_match = any(isinstance(node, ast.Match) for node in ast.walk(ast.parse(source)))
    heads = {(node.lineno, node.col_offset) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Match)}
    lines = source.splitlines(keepends=True)
    taken = {choice for word, choices in spellings.items() for choice in choices if choice != word}
    edits = []
    previous = token.NEWLINE
    for number, item in enumerate(tokenize.generate_tokens(io.StringIO(source).readline)):
        if item.type == token.NAME:
            begins = previous in (token.NEWLINE, token.INDENT, token.DEDENT, token.NL, token.COMMENT)
            column = len(item.line[: item.start[1]].encode())
            is_keyword = keyword.iskeyword(item.string)
            is_keyword |= item.string == "match" and (item.start[0], column) in heads
            is_keyword |= item.string == "case" and has_match and begins
            if is_keyword:
                choices = spellings.get(item.string, [item.string])
                edits.append((item.start, item.end, choices[number % len(choices)]))
            elif item.string in taken:
                return None
        previous = item.type
    for (row, start), (_, end), word in reversed(edits):
        line = lines[row - 1]
        lines[row - 1] = line[:start] + word + line[end:]
    return "".join(lines)


def contents(code):
    """All attributes of a code object that do not depend on columns."""
    result = {}
    for name in dir(code):
        if name.startswith("co_") and name not in IGNORED and not callable(getattr(code, name)):
            result[name] = getattr(code, name)
    result["co_code"] = code.co_code
    result["co_consts"] = [contents(value) if isinstance(value, types.CodeType) else (type(value), value) for value in code.co_consts]
    result["lines"] = list(code.co_lines())
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("folder", nargs="?", default=sysconfig.get_path("stdlib"))
    parser.add_argument("--every", type=int, default=4)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    spellings = {word: [value] if isinstance(value, str) else value for word, value in tomllib.loads(TABLE.read_text())["keywords"].items()}
    passed = failed = 0
    missing = set(keyword.kwlist + keyword.softkwlist) - set(spellings)
    if missing:
        failed += 1
        print("no French for", *missing)
    with tempfile.TemporaryDirectory() as folder:
        for text, message in BAD:
            table = pathlib.Path(folder, "bad.toml")
            table.write_text(text)
            run = subprocess.run([options.tool, "--keywords", table, "--check", TABLE], capture_output=True, text=True)
            if run.returncode != 0 and message in run.stderr:
                passed += 1
            else:
                failed += 1
                print(f"{text!r}: {run.stderr!r} does not say {message!r}")
        english, french = pathlib.Path(folder, "english"), pathlib.Path(folder, "french")
        names = []
        for path in sorted(pathlib.Path(options.folder).rglob("*.py"))[:: options.every]:
            try:
                source = path.read_text(encoding="utf-8")
                compile(path.read_bytes(), path, "exec", dont_inherit=True)
                translation = translated(source, spellings)
            except (OSError, SyntaxError, ValueError, RecursionError, tokenize.TokenError):
                continue
            # self-documenting f-strings keep the source's words as constants, annotations as strings too
            if translation is None or "=}" in source or "import annotations" in source or "t'" in source or 't"' in source:
                continue
            for target, text in ((english, source), (french, translation)):
                file = target / f"{len(names)}.py"
                file.parent.mkdir(exist_ok=True)
                file.write_text(text, encoding="utf-8")
            names.append(path)
        for target, flags in ((english, []), (french, ["--keywords", TABLE])):
            listing = pathlib.Path(folder, "files")
            listing.write_text("\n".join(str(target / f"{index}.py") for index in range(len(names))))
            subprocess.run([options.tool, *flags, "--name", "x.py", "--batch", listing])
        for index, path in enumerate(names):
            twins = [target / f"{index}.pyc" for target in (english, french)]
            if all(twin.exists() for twin in twins):
                codes = [contents(marshal.loads(twin.read_bytes()[16:])) for twin in twins]
                if codes[0] == codes[1]:
                    passed += 1
                    continue
            failed += 1
            print("differs:", path)
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
