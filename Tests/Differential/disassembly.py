"""krait-compile --dis of every .pyc of CPython's library must print what CPython's own dis prints, but for addresses.

    disassembly.py KRAIT-COMPILE [FOLDER]
"""

import dis
import importlib.util
import io
import marshal
import pathlib
import re
import subprocess
import sys
import sysconfig
import tempfile
import warnings

OPTIONS = [
    ([], {}),
    (["--show-caches", "--show-offsets"], {"show_caches": True, "show_offsets": True}),
    (["--show-positions"], {"show_positions": True}),
]


def normalized(text):
    text = re.sub(r" at 0x[0-9a-f]+", " at 0x…", text)
    # The order of a set depends on the hashes of one process.
    return re.sub(r"frozenset\(\{(.*?)\}\)", lambda match: "frozenset({%s})" % ", ".join(sorted(match[1].split(", "))), text)


def main():
    tool = sys.argv[1]
    library = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else sysconfig.get_path("stdlib")).resolve()
    warnings.simplefilter("ignore")
    passed = failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        codes = {}
        for source in sorted(path for path in library.rglob("*.py") if path.is_file()):
            target = scratch / "pyc" / source.relative_to(library).with_suffix(".pyc")
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                code = compile(source.read_bytes(), str(source), "exec", dont_inherit=True)
            except (SyntaxError, ValueError, RecursionError):
                continue
            header = importlib.util.MAGIC_NUMBER + bytes(12)
            target.write_bytes(header + marshal.dumps(code))
            codes[target] = code
        listing = scratch / "files"
        listing.write_text("".join(f"{file}\n" for file in codes))
        for index, (flags, options) in enumerate(OPTIONS):
            outputs = scratch / f"dis{index}"
            subprocess.run([tool, "--dis", *flags, "--batch", listing, "-o", outputs])
            for number, (file, code) in enumerate(codes.items()):
                # The first form is checked everywhere, the others on a sample.
                if index and number % 8:
                    continue
                expected = io.StringIO()
                dis.dis(code, file=expected, **options)
                result = (outputs / str(file).lstrip("/")).with_suffix(".dis")
                text = result.read_text(errors="surrogateescape") if result.exists() else ""
                # Above the code stand the fields of the header.
                actual = normalized(text.partition("\n\n")[2])
                wanted = normalized(expected.getvalue().encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape"))
                if actual == wanted:
                    passed += 1
                    continue
                failed += 1
                pairs = zip(actual.splitlines() + [""], wanted.splitlines() + [""])
                first = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
                print("differs:", file.relative_to(scratch / "pyc"), *flags, *map(ascii, first), sep="\n    ")
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
