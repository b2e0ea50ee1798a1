#!/usr/bin/env python3
"""Threads make interpreters and run programs in them while another destroys whatever it finds in the list, ready or not.

    krait Tests/Stress/destroyers.py [SECONDS]
"""
import _interpreters
import sys
import threading
import time

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
# Three make what one destroys: they wait for it when so many are alive, or there would be more and more of them.
MANY = 100
REFUSALS = {"unrecognized interpreter ID", "interpreter running", "interpreter already running", "cannot destroy the current interpreter"}

failures = []
numbers = []


def watched(body):
    def run():
        try:
            while time.monotonic() < end and not failures:
                body()
        except BaseException as error:
            failures.append(error)
            raise

    return run


def expect(error):
    assert any(str(error).startswith(refusal) for refusal in REFUSALS), error


def make():
    if len(_interpreters.list_all()) > MANY:
        return time.sleep(0.001)
    number = _interpreters.create()
    numbers.append(number)
    try:
        assert _interpreters.run_string(number, "answer = [number * 2 for number in range(100)]; assert answer[-1] == 198") is None
    except _interpreters.InterpreterError as error:
        expect(error)


def destroy():
    for number, *_ in _interpreters.list_all():
        if number:
            try:
                _interpreters.destroy(number)
            except _interpreters.InterpreterError as error:
                expect(error)
    time.sleep(0)


end = time.monotonic() + SECONDS
threads = [threading.Thread(target=watched(body)) for body in (destroy, make, make, make)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
if failures:
    sys.exit(f"failed: {failures[0]!r}")
destroy()
assert len(_interpreters.list_all()) == 1, _interpreters.list_all()
assert len(set(numbers)) == len(numbers) > 0
