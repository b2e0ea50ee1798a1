#!/usr/bin/env python3
"""Tests of the Python files of Sources/KraitLibrary/krait, and of the programs in Benchmarks/demos; ends with "N passed, N failed".

    run.py KRAIT [--peer PYTHON] [--packages FOLDER] [NAME...]

NAME is a file test_NAME.py of this folder; without any, all run. PYTHON is a CPython 3.14 that the tools are to find beside KRAIT; FOLDER has `requests`.
"""
import argparse
import os
import pathlib
import signal
import sys
import unittest

import support

FOLDER = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("krait")
    parser.add_argument("--peer")
    parser.add_argument("--packages")
    parser.add_argument("names", nargs="*")
    options = parser.parse_intermixed_args()
    support.KRAIT = os.path.abspath(options.krait)
    support.PEER = options.peer and os.path.abspath(options.peer)
    support.PACKAGES = options.packages and os.path.abspath(options.packages)
    # A shell's background jobs are deaf to SIGINT, and so would be the programs that are interrupted here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    names = options.names or sorted(path.stem.removeprefix("test_") for path in FOLDER.glob("test_*.py"))
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromName(f"test_{name}") for name in names)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad - len(result.skipped)} passed, {bad} failed")
    sys.exit(bad != 0)


main()
