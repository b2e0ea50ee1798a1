#!/usr/bin/env python3
"""Signals that come while threads compute, wait and raise, and forks among them: every signal's handler runs in the main thread, and every child ends as it should.

    krait -X gil=none Tests/Stress/signals_and_forks.py [SECONDS [SEED]]
"""
import gc
import os
import random
import signal
import sys
import threading
import time
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
shared, lock = {}, threading.Lock()
handled = 0
may_raise = False
failures = []


class Woken(Exception):
    pass


def note(number, frame):
    global handled, may_raise
    handled += 1
    if threading.current_thread() is not threading.main_thread():
        failures.append("a handler runs in another thread")
    if number == signal.SIGUSR2 and may_raise:
        may_raise = False
        raise Woken


def busy(seed, end):
    state = random.Random(seed)
    while time.monotonic() < end and not failures:
        key = state.randrange(50)
        shared[key] = [key]
        shared.pop(state.randrange(50), None)
        try:
            raise KeyError(key)
        except KeyError as error:
            shared[key] = error
        if state.randrange(50) == 0:
            with lock:
                time.sleep(0.0002)


def sending(seed, end):
    state = random.Random(seed)
    while time.monotonic() < end and not failures:
        os.kill(os.getpid(), state.choice([signal.SIGUSR1, signal.SIGUSR2]))
        time.sleep(state.random() / 200)


def child(state):
    """What a forked child does: all of it must work beside what other threads have left behind."""
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    assert threading.active_count() == 1
    for key in list(shared):
        shared[key] = [key]
    if state.randrange(2):
        gc.collect()
    found = []
    threads = [threading.Thread(target=lambda: found.append([shared.get(1)])) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2


def main():
    global may_raise
    state = random.Random(SEED)
    signal.signal(signal.SIGUSR1, note)
    signal.signal(signal.SIGUSR2, note)
    end = time.monotonic() + SECONDS
    threads = [threading.Thread(target=busy, args=(SEED * 100 + number, end)) for number in range(2)]
    threads.append(threading.Thread(target=sending, args=(SEED, end)))
    for thread in threads:
        thread.start()
    forks = 0
    while time.monotonic() < end and not failures:
        try:
            may_raise = True
            with lock:
                sum(range(state.randrange(10000)))
            time.sleep(0.01)
            may_raise = False
        except Woken:
            pass
        process = os.fork()
        if process == 0:
            status = 1
            try:
                child(state)
                status = 7
            finally:
                os._exit(status)
        forks += 1
        _, status = os.waitpid(process, 0)
        if os.waitstatus_to_exitcode(status) != 7:
            failures.append(f"a child ends with {os.waitstatus_to_exitcode(status)}")
    for thread in threads:
        thread.join()
    assert handled > 0 and forks > 0
    if failures:
        sys.exit(f"failed: {failures[0]}")
    print(f"ok: {handled} signals, {forks} forks")


main()
