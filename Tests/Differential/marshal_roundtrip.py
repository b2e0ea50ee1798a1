"""Every .pyc that CPython writes for its library, read and written again by krait-compile, must have the same bytes.

    marshal_roundtrip.py KRAIT-COMPILE [FOLDER]
"""

import pathlib
import py_compile
import subprocess
import sys
import sysconfig
import tempfile
import warnings


def main():
    tool = sys.argv[1]
    library = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else sysconfig.get_path("stdlib")).resolve()
    warnings.simplefilter("ignore")
    passed = failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        originals, copies = pathlib.Path(scratch, "originals"), pathlib.Path(scratch, "copies")
        files = []
        modes = list(py_compile.PycInvalidationMode)
        sources = sorted(path for path in library.rglob("*.py") if path.is_file())
        for index, source in enumerate(sources):
            target = originals / source.relative_to(library).with_suffix(".pyc")
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                py_compile.compile(source, target, doraise=True, invalidation_mode=modes[index % len(modes)])
            except (py_compile.PyCompileError, ValueError, RecursionError):
                continue
            files.append(target)
        listing = pathlib.Path(scratch, "files")
        listing.write_text("".join(f"{file}\n" for file in files))
        subprocess.run([tool, "--batch", listing, "-o", copies])
        for original in files:
            copy = copies / str(original).lstrip("/")
            if copy.exists() and copy.read_bytes() == original.read_bytes():
                passed += 1
            else:
                failed += 1
                print("differs:", original.relative_to(originals))
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
