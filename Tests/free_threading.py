#!/usr/bin/env python3
"""Runs CPython's tests of builds without a lock (`test_free_threading`) on Krait in the model `none`, each file in a process of its own.

    free_threading.py KRAIT [--oracle PYTHON3.14] [--rounds N] [NAME...]

The tests skip themselves unless the configuration data of the build says `Py_GIL_DISABLED`, which Krait's, being one build for all models, does not: here a module made for
`_PYTHON_SYSCONFIGDATA_NAME` says so. Each process asserts that it runs without a lock. Files that need the C API, or a module that the oracle lacks as well, are named in NEEDS.
The last line says "N passed, N failed".
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
NEEDS = {
    "test_capi": "the C API, by ctypes",
    "test_code": "the C API, by ctypes",
    "test_dbm_gnu": "_gdbm, which the oracle lacks as well",
    "test_dict_watcher": "_testcapi",
    "test_slots": "_testcapi",
}
DATA = """
import importlib, sys
own = importlib.import_module(f"_sysconfigdata_{sys.abiflags}_{sys.platform}_{sys.implementation._multiarch}")
build_time_vars = dict(own.build_time_vars, Py_GIL_DISABLED=1)
"""
PROGRAM = "import sys, unittest; assert not sys._is_gil_enabled(); unittest.main(module=None, argv=['unittest', 'test.test_free_threading.' + sys.argv[1]])"
PATIENCE = 300


def run(krait, environment, name):
    """None, or what went wrong."""
    command = [krait, "-X", "gil=none", "-c", PROGRAM, name]
    try:
        ended = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return "does not end"
    # unittest's last line; a file without a test ends with status 5.
    return None if ended.returncode == 0 else f"status {ended.returncode}: {ended.stderr[-600:].strip()}"


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("krait")
parser.add_argument("names", nargs="*")
parser.add_argument("--oracle", default=str(ROOT / ".python/oracle/python3.14"))
parser.add_argument("--rounds", type=int, default=1)
arguments = parser.parse_args()
prefix, library = subprocess.check_output([arguments.oracle, "-c", "import os, sys; print(sys.prefix); print(os.path.dirname(os.__file__))"], text=True).splitlines()
names = arguments.names or sorted({path.stem for path in pathlib.Path(library, "test/test_free_threading").glob("test_*.py")} - NEEDS.keys())
passed = failed = 0
with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "build_without_a_lock.py").write_text(DATA)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment.update(PYTHONHOME=prefix, PYTHONPATH=folder, _PYTHON_SYSCONFIGDATA_NAME="build_without_a_lock")
    for _ in range(arguments.rounds):
        for name in names:
            problem = run(os.path.abspath(arguments.krait), environment, name)
            failed += problem is not None
            passed += problem is None
            if problem:
                print(f"{name}: {problem}")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0 or passed == 0)
