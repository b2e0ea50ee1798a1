"""After gc.collect() young garbage is found soon, however often the collector had found nothing before."""
import gc
import weakref


class Loop:
    def __init__(self):
        self.loop = self


kept = []
for number in range(20_000):
    kept.append([number])

for _ in range(3):
    gc.collect()
    gone = []
    reference = weakref.ref(Loop(), lambda _: gone.append(True))
    new = 0
    while not gone and new < 20_000:
        kept.append([])
        new += 1
    print(bool(gone))
    for number in range(12_000):
        kept.append([number])
