#!/usr/bin/env python3
"""Exceptions that threads raise, handle, raise again and hand to one another, with what their tracebacks hold; nobody's own may be anything but what its thread made it.

    krait -X gil=none Tests/Stress/raising.py [SECONDS [SEED]]
"""
import collections
import random
import sys
import threading
import time
import traceback

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
OPEN = collections.deque(maxlen=200)


class Plain(Exception):
    pass


class Coded(Exception):
    def __init__(self, code, *rest):
        super().__init__(*rest)
        self.code = code
        self.seen = []


class Bare(LookupError):
    def __init__(self, code):
        self.code = code


class Dying(Exception):
    ended = 0

    def __del__(self):
        type(self).ended += 1


class Suite:
    def __init__(self, taken):
        self.taken = taken

    def __enter__(self):
        return self

    def __exit__(self, kind, value, entry):
        self.taken.append(kind)
        return kind is Bare


def deep(depth, state, own):
    """Raises at the bottom of some frames, each with a list of its own."""
    mine = [depth, own]
    if depth:
        try:
            deep(depth - 1, state, mine)
        finally:
            mine.append("left")
    kind = state.randrange(8)
    if kind == 0:
        raise Plain
    if kind == 1:
        raise Plain(f"text {depth}", mine)
    if kind == 2:
        raise Coded(depth, mine)
    if kind == 3:
        raise Bare(depth)
    if kind == 4:
        raise Dying(depth)
    if kind == 5:
        return {}[depth]
    if kind == 6:
        return mine[10 + depth]
    raise ValueError(depth)


def numbers(own):
    try:
        for number in range(5):
            yield number
    except Plain as error:
        own.append(error)
        raise Bare(1) from error


def look(error):
    """Reads and changes an exception that may be any thread's, and what its tracebacks hold."""
    entry = error.__traceback__
    while entry is not None:
        frame = entry.tb_frame
        dict(frame.f_locals)
        frame.f_back, frame.f_lasti, entry.tb_lineno
        mine = frame.f_locals.get("mine")
        if isinstance(mine, list):
            mine.append("seen")
        entry = entry.tb_next
    error.args, error.__context__, error.__cause__
    if isinstance(error, Coded):
        error.seen.append(1)
    error.note = [error.__suppress_context__]


def again(error):
    raise error


def one(state, counts):
    own, taken = [], []
    depth = state.randrange(5)
    try:
        try:
            deep(depth, state, own)
        except (TypeError, Plain) as error:
            counts["plain"] += 1
            assert type(error) is Plain and len(traceback.extract_tb(error.__traceback__)) == depth + 2
            if state.randrange(4) == 0:
                raise Coded(7) from error
            if state.randrange(4) == 0:
                raise
        except Coded as error:
            counts["coded"] += 1
            # A clean-up in between raised nothing; the list of the innermost frame is the argument.
            assert error.seen == [] and error.args[0][1] is not None
            error.code += 1
            if state.randrange(4) == 0:
                OPEN.append(error)
        except LookupError as error:
            try:
                raise ValueError(depth)
            except ValueError as second:
                assert second.__context__ is error and second.__cause__ is None
                if state.randrange(3) == 0:
                    OPEN.append(second)
            assert isinstance(error, (Bare, KeyError, IndexError))
    except Exception as error:
        counts["outer"] += 1
        assert isinstance(error, (Plain, Coded, Dying, ValueError)), error
        if state.randrange(5) == 0:
            OPEN.append(error)
        if state.randrange(5) == 0:
            try:
                again(error)
            except Exception as same:
                assert same is error
    with Suite(taken):
        raise Bare(0)
    assert taken == [Bare] and own == []
    generator = numbers(own)
    next(generator)
    try:
        generator.throw(Plain("thrown"))
    except Bare as error:
        assert error.__cause__ is own[0]
    if state.randrange(3) == 0 and OPEN:
        try:
            look(OPEN[state.randrange(len(OPEN))])
        except (IndexError, ValueError, RuntimeError):
            pass
    if state.randrange(20) == 0:
        try:
            again(OPEN.popleft())
        except Exception as error:
            traceback.format_exception(error)


failures = []


def run(seed, end):
    state, counts = random.Random(seed), collections.Counter()
    try:
        while time.monotonic() < end and not failures:
            for _ in range(50):
                one(state, counts)
        assert counts["plain"] and counts["coded"] and counts["outer"]
    except BaseException as error:
        failures.append(error)
        raise


end = time.monotonic() + SECONDS
threads = [threading.Thread(target=run, args=(SEED * 100 + number, end)) for number in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.exit(f"failed: {failures[0]!r}" if failures else 0)
