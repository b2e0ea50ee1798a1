# A project's tests run by pytest: passes, failures with explained asserts, fixtures, parameters, skips.
import os
import pathlib
import re
import sys
import tempfile

import pytest

TESTS = '''
import pytest

@pytest.fixture
def numbers(tmp_path):
    (tmp_path / "n.txt").write_text("1 2 3")
    yield [int(n) for n in (tmp_path / "n.txt").read_text().split()]

def test_sum(numbers):
    assert sum(numbers) == 6

@pytest.mark.parametrize("a, b", [(1, 2), (3, 3), (5, 4)])
def test_less(a, b):
    assert a < b

def test_words():
    left = {"name": "Ann", "age": 3}
    assert left == {"name": "Bob", "age": 3}

def test_raises():
    with pytest.raises(ZeroDivisionError, match="by zero"):
        1 / 0

@pytest.mark.skip(reason="not today")
def test_skipped():
    pass

@pytest.mark.xfail
def test_expected():
    assert False

def test_output(capsys, monkeypatch):
    monkeypatch.setenv("COLOUR", "red")
    print("hello")
    assert capsys.readouterr().out == "hello\\n"
'''
with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "test_project.py").write_text(TESTS)
    sys.dont_write_bytecode = True
    import contextlib
    import io

    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        # Its report names files relative to the working folder.
        os.chdir(folder)
        status = pytest.main(["-q", "-p", "no:cacheprovider", "--rootdir", folder, folder, "-rA"])
text = re.sub(r"in \d+\.\d+s", "in T", output.getvalue())
print(text.replace(folder, "FOLDER"))
print(status)
