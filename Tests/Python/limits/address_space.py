"""Programs under limits of address space and of data: they run as without, and what is too large is a MemoryError."""
import resource
import subprocess
import sys

PROGRAM = """
import sys, threading

def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)

sys.setrecursionlimit(20000)
print(deep(15000))
try:
    deep(30000)
except RecursionError as error:
    print(error)
done = []
threads = [threading.Thread(target=lambda: done.append(deep(900))) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(done)
kept = [bytearray(1 << 20) for _ in range(30)]
print(sum(map(len, kept)))
for make in (lambda: bytearray(3 << 30), lambda: bytes(3 << 30), lambda: [0] * (1 << 29), lambda: "x" * (3 << 30), lambda: (0,) * (1 << 29)):
    try:
        print(len(make()))
    except MemoryError as error:
        print("MemoryError", error.args)
print(len([str(n) for n in range(100000)]))
"""

for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
    for size in (1024, 512, 384):
        limits = (size << 20, size << 20)
        finished = subprocess.run([sys.executable, "-c", PROGRAM], preexec_fn=lambda: resource.setrlimit(kind, limits), capture_output=True, text=True)
        print(size, finished.returncode)
        print(finished.stdout)
        print(finished.stderr)

_, most = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (640 << 20, most))
try:
    bytearray(1 << 30)
except MemoryError:
    print("MemoryError")
print(len([str(n) for n in range(100000)]))
