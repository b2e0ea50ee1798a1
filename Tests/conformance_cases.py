"""Runs one of CPython's test files on the Python that this runs on, and writes what becomes of each case; Tests/conformance.py starts it.

    conformance_cases.py NAME LOG [CASE...]

A line of LOG is a JSON list: ["begin", case], then ["passed" or "failed" or "skipped" or "expected failure", case, text]; ["end", "", ""] at the end.
An outcome without a case is that of the whole file, which could not be loaded. CASEs are left out.
"""

import importlib
import json
import os
import sys
import unittest
import warnings

from test import support


def run_cases(name, path, left_out):
    process = os.getpid()
    log = open(path, "w", buffering=1, encoding="utf-8", errors="backslashreplace")

    def tell(*event):
        if os.getpid() == process:
            log.write(json.dumps(event) + "\n")

    def name_of(test):
        # A test may have an attribute of that name.
        return test.id() if callable(test.id) else unittest.TestCase.id(test)

    def reason(error):
        return f"{error[0].__name__}: {error[1]}".split("\n")[0][:200]

    class Result(unittest.TestResult):
        def startTest(self, test):
            super().startTest(test)
            tell("begin", name_of(test))

        def addSuccess(self, test): tell("passed", name_of(test), "")
        def addFailure(self, test, error): tell("failed", name_of(test), reason(error))
        def addError(self, test, error): tell("failed", name_of(test), reason(error))
        def addSkip(self, test, text): tell("skipped", name_of(test), str(text))
        def addExpectedFailure(self, test, error): tell("expected failure", name_of(test), "")
        def addUnexpectedSuccess(self, test): tell("failed", name_of(test), "passes unexpectedly")

        def addSubTest(self, test, part, error):
            if error is not None:
                tell("failed", name_of(test), reason(error))

    def kept(suite):
        """The suite without the cases that are left out; its classes stay together, for their fixtures."""
        if not isinstance(suite, unittest.TestSuite):
            return suite
        return type(suite)([kept(test) for test in suite if isinstance(test, unittest.TestSuite) or name_of(test) not in left_out])

    try:
        support.use_resources = {resource: None for resource in ("cpu", "subprocess", "decimal", "walltime")}
        importlib.import_module(f"test.{name}")
        suite = kept(unittest.defaultTestLoader.loadTestsFromName(f"test.{name}"))
    except unittest.SkipTest as skip:
        tell("skipped", "", str(skip))
        return
    except BaseException as error:
        tell("failed", "", f"{type(error).__name__}: {error}".split("\n")[0][:200])
        return
    if not sys.warnoptions:
        warnings.simplefilter("default")
    suite.run(Result())
    tell("end", "", "")
    log.close()


if __name__ == "__main__":
    name, path, *left_out = sys.argv[1:]
    # As for `python -m unittest`: what the tests import comes from the working folder or the library, not from the folder of this program.
    sys.path[0] = os.getcwd()
    sys.argv[1:] = []
    run_cases(name, path, set(left_out))
