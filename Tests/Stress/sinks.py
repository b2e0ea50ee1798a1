"""Threads whose native functions take what generators yield: into lists and sets of their own and such as all of them know, sums, and answers; and generators that two threads want at once."""
import sys
import threading
import time

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
END = time.monotonic() + SECONDS
THREADS = 3
failed = []
known_list = []
known_set = set()


class Key:
    """Found equal by code of its own."""

    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return self.value

    def __eq__(self, other):
        return self.value == (other.value if isinstance(other, Key) else other)


def check_own():
    assert list(k for k in range(300)) == list(range(300))
    assert tuple([k] for k in range(50)) == tuple([[k] for k in range(50)])
    assert sum(k for k in range(300)) == 44850
    assert sum(k * 0.5 for k in range(100)) == 2475
    assert any(k > 250 for k in range(300)) and all(k < 300 for k in range(300))
    assert max(k for k in range(99)) == 98 and min(-k for k in range(99)) == -98
    assert set(str(k) for k in range(200)) == {str(k) for k in range(200)}
    mixed = {Key(k) for k in range(30)}
    mixed.update(k for k in range(60))
    assert len(mixed) == 60


def change_known():
    known_list.extend(k for k in range(50))
    known_list.extend([k] for k in range(20))
    known_set.update(k for k in range(100))
    known_set.update(Key(k) for k in range(20))
    if len(known_list) > 5000:
        del known_list[:4000]


def contend():
    """One of the two gets on; the other is told that the generator runs, or finds it ended."""
    generator = (k for k in range(1000))
    found = []

    def collect():
        try:
            found.extend(list(generator))
        except ValueError:
            pass

    other = threading.Thread(target=collect)
    other.start()
    collect()
    other.join()
    assert len(found) <= 1000


def worker(number):
    try:
        while time.monotonic() < END:
            check_own()
            change_known()
            contend()
    except BaseException:
        failed.append(number)
        raise


threads = [threading.Thread(target=worker, args=(number,)) for number in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failed
assert known_set == set(range(100))
print("ok")
