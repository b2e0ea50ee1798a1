#!/usr/bin/env python3
"""Interpreters that are made, stopped and closed at random by several threads while messages fly between them; what comes back must be what was sent.

    krait Tests/Stress/interpreters.py [SECONDS [SEED]]
"""
import collections
import random
import sys
import threading
import time
from concurrent import interpreters

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
KINDS = [None, True, 17, 1 << 80, 2.5, "text", "ä€" * 30, b"bytes" * 40, (1, "two", (3.0, None)), [1, [2]], {"key": [3]}]


def echo(requests, answers):
    while True:
        message = requests.get()
        if message == "end":
            return
        answers.put((message, len(repr(message))))


def spin():
    total = 0
    while True:
        total += 1


def fill(count):
    return [str(number) for number in range(count)][-1]


def fail(text):
    raise ValueError(text)


def talk(state):
    interp = interpreters.create()
    requests, answers = interpreters.create_queue(), interpreters.create_queue()
    thread = interp.call_in_thread(echo, requests, answers)
    sent = collections.deque()
    for _ in range(state.randrange(1, 40)):
        sent.append(state.choice(KINDS))
        requests.put(sent[-1])
        while len(sent) > state.randrange(5):
            message = sent.popleft()
            assert answers.get(timeout=60) == (message, len(repr(message))), message
    requests.put("end")
    thread.join()
    interp.close()


def stop(state):
    interp = interpreters.create()
    ending = []

    def run():
        try:
            interp.call(spin)
        except interpreters.ExecutionFailed as error:
            ending.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(state.random() / 100)
    # Before the call has begun there is nothing to stop.
    while thread.is_alive():
        if hasattr(interp, "terminate"):
            interp.terminate()
        thread.join(0.01)
    try:
        interp.close()
    except interpreters.InterpreterError:
        pass


def work(state):
    interp = interpreters.create()
    for _ in range(state.randrange(1, 4)):
        count = state.randrange(1, 3000)
        assert interp.call(fill, count) == str(count - 1)
        try:
            interp.call(fail, "wanted")
        except interpreters.ExecutionFailed as error:
            assert "wanted" in str(error)
    interp.exec("import gc, json; data = [{} for _ in range(2000)]; data.append(data); gc.collect()")
    interp.close()


failures = []


def run(seed, end):
    state = random.Random(seed)
    ways = [talk, work] + ([stop] if hasattr(interpreters.Interpreter, "terminate") else [])
    try:
        while time.monotonic() < end and not failures:
            state.choice(ways)(state)
    except BaseException as error:
        failures.append(error)
        raise


before = len(interpreters.list_all())
end = time.monotonic() + SECONDS
threads = [threading.Thread(target=run, args=(SEED * 100 + number, end)) for number in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
if failures:
    sys.exit(f"failed: {failures[0]!r}")
assert len(interpreters.list_all()) == before, interpreters.list_all()
