"""Run CPython's own test files on a standard library that holds nothing but `.pyc` files written by krait-compile.

usage: python3.14 run_compiled.py KRAIT-COMPILE [TEST...]

A copy of the library is made with every source removed, first compiled by CPython and then by Krait. A test file counts as passed
when it ends in the same way on both (`test_x` may need its own source: then it fails on both), and as failed otherwise.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile

TESTS = """test_grammar test_generators test_patma test_with test_except_star test_type_params test_tstring test_fstring test_coroutines
test_descr test_dataclasses test_json""".split()


def copy_library(source, target):
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))


def remove_sources(library):
    """Delete each source that has a compiled file beside it; those that do not compile on purpose stay."""
    for source in library.rglob("*.py"):
        if source.with_suffix(".pyc").exists():
            source.unlink()


def compile_with_cpython(library):
    subprocess.run([sys.executable, "-m", "compileall", "-b", "-q", str(library)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def compile_with_krait(library, krait_compile):
    sources = sorted(str(path) for path in library.rglob("*.py"))
    listing = library.parent / "sources.txt"
    listing.write_text("\n".join(sources) + "\n")
    # One after the other into the source's own folder, under the name that an import without source looks for.
    subprocess.run([krait_compile, "--batch", str(listing)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def modules_of(library, test):
    """A package's test modules one by one: it would look for its own sources to find them."""
    folder = library / "test" / test
    if not folder.is_dir():
        return [f"test.{test}"]
    return [f"test.{test}.{path.stem}" for path in sorted(folder.glob("test_*.py*"))]


def result_of(prefix, test):
    environment = dict(os.environ, PYTHONHOME=str(prefix), PYTHONDONTWRITEBYTECODE="1")
    library = prefix / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    run = subprocess.run([sys.executable, "-X", "frozen_modules=off", "-m", "unittest", "-q", *modules_of(library, test)],
                         env=environment, cwd=prefix, capture_output=True, text=True, errors="replace", timeout=900)
    ran = re.search(r"^Ran (\d+) tests?", run.stderr, re.M)
    ending = run.stderr.strip().splitlines()[-1:] or ["nothing printed"]
    return (run.returncode, ran and int(ran.group(1)), ending[0]), run.stderr


def main(krait_compile, tests):
    library = pathlib.Path(sysconfig.get_path("stdlib"))
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        prefixes = {}
        for name in ("cpython", "krait"):
            prefix = pathlib.Path(folder) / name
            target = prefix / "lib" / library.name
            copy_library(library, target)
            if name == "cpython":
                compile_with_cpython(target)
            else:
                compile_with_krait(target, krait_compile)
            remove_sources(target)
            prefixes[name] = prefix
        left = {name: sum(1 for _ in prefix.rglob("*.py")) for name, prefix in prefixes.items()}
        print(f"sources that do not compile: {left['cpython']} with CPython, {left['krait']} with Krait")
        for test in tests:
            expected, _ = result_of(prefixes["cpython"], test)
            found, output = result_of(prefixes["krait"], test)
            print(f"{test}: {found[2]} ({found[1]} cases; CPython's: {expected[2]}, {expected[1]} cases)")
            if found == expected:
                passed += 1
            else:
                failed += 1
                print(output[-4000:])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1]), sys.argv[2:] or TESTS))
