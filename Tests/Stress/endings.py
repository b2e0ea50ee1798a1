#!/usr/bin/env python3
"""Programs that end while threads run, start and wait: each must end by itself, with its own status and nothing on the standard error.

    krait -X gil=none Tests/Stress/endings.py [SECONDS [SEED]]
"""
import random
import subprocess
import sys
import time

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
PROGRAM = """
import atexit, random, sys, threading, time
state = random.Random(int(sys.argv[1]))
shared, lock, event = [], threading.Lock(), threading.Event()

def busy():
    while True:
        with lock:
            shared.append([len(shared)])
            if len(shared) > 100:
                shared.clear()

def raising():
    while True:
        try:
            raise ValueError(shared)
        except ValueError as error:
            shared.append(error.__traceback__)
            del shared[:50]

def waiting():
    event.wait()

def starting():
    while True:
        try:
            threading.Thread(target=len, args=([],), daemon=True).start()
        except RuntimeError:
            return

def late():
    try:
        threading.Thread(target=shared.append, args=(1,)).start()
    except RuntimeError:
        pass

for _ in range(state.randrange(1, 5)):
    threading.Thread(target=state.choice([busy, raising, waiting, starting]), daemon=True).start()
for _ in range(state.randrange(3)):
    threading.Timer(state.random() / 50, shared.append, ([1],)).start()
atexit.register(late)
time.sleep(state.random() / 50)
sys.exit(state.randrange(3, 6))
"""
model = "none" if not sys._is_gil_enabled() else None
switches = ["-X", "gil=none"] if model else []
state = random.Random(SEED)
end = time.monotonic() + SECONDS
count = 0
while time.monotonic() < end:
    number = state.randrange(1 << 30)
    ended = subprocess.run([sys.executable, *switches, "-c", PROGRAM, str(number)], capture_output=True, text=True, timeout=100)
    if ended.returncode not in (3, 4, 5) or ended.stderr:
        sys.exit(f"failed with {number}: status {ended.returncode}: {ended.stderr[-300:]}")
    count += 1
print(f"ok: {count} programs")
