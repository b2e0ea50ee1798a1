"""What the README's timeline shows: two threads that compute and one that mostly waits, under one lock.

    krait -X gil-trace=trace.json Benchmarks/demos/timeline.py; krait -m krait.trace trace.json --svg timeline.svg
"""
import threading
import time


def compute():
    total = 0
    for number in range(4_000_000):
        total += number % 7
    return total


def wait():
    for _ in range(12):
        time.sleep(0.006)
        sum(range(20_000))


threads = [threading.Thread(target=compute) for _ in range(2)] + [threading.Thread(target=wait)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
