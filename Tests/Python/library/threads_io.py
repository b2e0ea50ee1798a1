# Streams that several threads use: nothing is lost, doubled or torn.
import os
import queue
import sys
import tempfile
import threading

sys.setswitchinterval(1e-5)
assert sys._is_gil_enabled() == (sys.flags.gil == 1)

# Lines of one text stream.
path = tempfile.mktemp()
with open(path, "w", buffering=64) as stream:
    def write(number):
        for index in range(150):
            stream.write(f"{number}:{index:04}\n")

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
with open(path) as stream:
    lines = stream.read().split("\n")
print(len(lines), sorted(set(map(len, lines))))
for number in range(4):
    own = [line for line in lines if line.startswith(f"{number}:")]
    print(own == [f"{number}:{index:04}" for index in range(150)])

# Bytes of a buffered reader.
with open(path, "wb") as stream:
    stream.write(bytes(range(250)) * 40)
got = []
with open(path, "rb", buffering=32) as stream:
    def read():
        while data := stream.read(25):
            got.append(data)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(len(got), sorted(b"".join(got)) == sorted(bytes(range(250)) * 40))
os.unlink(path)

# A pipe: the reader waits without keeping the writer from running.
r, w = os.pipe()
with open(r, "rb") as source, open(w, "wb", buffering=0) as target:
    def feed():
        for index in range(5):
            target.write(b"%d\n" % index)
        target.close()

    thread = threading.Thread(target=feed)
    thread.start()
    print(source.readlines())
    thread.join()

# Queues.
for kind in (queue.Queue, queue.SimpleQueue):
    jobs, results = kind(), kind()

    def work():
        while (job := jobs.get()) is not None:
            results.put(job * job)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for job in range(200):
        jobs.put(job)
    for _ in threads:
        jobs.put(None)
    for thread in threads:
        thread.join()
    print(sorted(results.get() for _ in range(200)) == [n * n for n in range(200)], results.empty())
q = queue.SimpleQueue()
for attempt in (lambda: q.get(False), lambda: q.get(timeout=0.01), lambda: q.get(timeout=-1)):
    try:
        attempt()
    except Exception as error:
        print(type(error).__name__, error)
