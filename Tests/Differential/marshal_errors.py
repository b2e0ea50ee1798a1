"""Damaged .pyc files: krait-compile must read them or refuse them as CPython's marshal does, and never crash or use much memory.

    marshal_errors.py KRAIT-COMPILE [--count N] [--seed N]
"""

import argparse
import importlib.util
import json
import marshal
import os
import pathlib
import random
import re
import resource
import subprocess
import sys
import sysconfig
import tempfile

HEADER = importlib.util.MAGIC_NUMBER + bytes(12)
SOURCES = ["abc.py", "ast.py", "dis.py", "enum.py", "keyword.py", "opcode.py", "test/test_grammar.py", "test/test_patma.py", "types.py"]
VALUES = [
    [1, 2**70, -(2**15), 1.5, 2j, "a", "é", "\ud800", b"x", (1, "a"), {"k": [None]}, {1, 2}, frozenset("ab"), ..., True, slice(1, 2)],
]
# A code object with such things in it is no code unit.
ONLY_KRAIT = re.compile(r"bad marshal data \((code objects cannot hold|a tuple that contains itself)|marshal data is not a code object")


def damaged(data, random):
    data = bytearray(data)
    kind = random.randrange(4)
    if kind == 0:
        return data[: random.randrange(len(data))]
    for _ in range(random.choice((1, 1, 2, 5))):
        place = random.randrange(len(data))
        if kind == 1:
            data[place] = random.randrange(256)
        elif kind == 2:
            data[place] = random.choice(b"0NFTSi.IlfgxysturR(){}[]<>:cazAZ") | random.choice((0, 0x80))
        else:
            data[place : place + 4] = random.choice((b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\0\0\0\0", b"\0\0\1\0"))
    return data


def expected(path):
    """What CPython makes of a file: an error's class and message, None, or a crash of its own. In another process, which may die."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        try:
            value = marshal.loads(pathlib.Path(path).read_bytes()[16:])
            result = None if isinstance(value, type(expected.__code__)) else ["TypeError", "marshal data is not a code object"]
        except Exception as error:
            result = [type(error).__name__, str(error)]
        os.write(writer, json.dumps([result]).encode())
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as stream:
        data = stream.read()
    os.waitpid(child, 0)
    return json.loads(data)[0] if data else ["crash", ""]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    generator = random.Random(options.seed)
    library = pathlib.Path(sysconfig.get_path("stdlib"))
    originals = [marshal.dumps(compile((library / name).read_bytes(), name, "exec")) for name in SOURCES]
    originals += [marshal.dumps(value) for value in VALUES] * 3
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for index in range(options.count):
            files.append(os.path.join(folder, f"{index}.pyc"))
            pathlib.Path(files[-1]).write_bytes(HEADER + damaged(generator.choice(originals), generator))
        listing = os.path.join(folder, "files")
        pathlib.Path(listing).write_text("\n".join(files))

        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))

        run = subprocess.run([options.tool, "--errors", "json", "--batch", listing], stdout=subprocess.PIPE, preexec_fn=limit)
        if run.returncode < 0:
            print(f"krait-compile died of signal {-run.returncode}")
        reports = {}
        for line in run.stdout.decode().splitlines():
            report = json.loads(line)
            reports[report["file"]] = report["error"] and [report["error"]["class"], report["error"]["message"]]
        for path in files:
            wanted = expected(path)
            actual = reports.get(path, "nothing")
            same = actual == wanted
            if wanted and wanted[0] in ("crash", "MemoryError"):
                same = actual != "nothing"
            elif wanted and actual and wanted[0] == "SystemError":
                # CPython names its source file.
                same = actual[0] == wanted[0] and wanted[1].endswith(actual[1])
            elif actual and actual != "nothing" and ONLY_KRAIT.match(actual[1]):
                same = wanted is None or wanted[1] == actual[1]
            if same:
                passed += 1
            else:
                failed += 1
                print(f"{path}: {actual} instead of {wanted}")
                if failed <= 20:
                    os.replace(path, os.path.join(tempfile.gettempdir(), f"damaged-{os.path.basename(path)}"))
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
