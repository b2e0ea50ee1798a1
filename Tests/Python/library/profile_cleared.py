"""A profiler that what it makes its results of clears, and one whose labels are made while it looks for them."""
import _lsprof
import gc


class Clears:
    def __init__(self, profiler):
        self.profiler = profiler
        self.itself = self

    def __del__(self):
        self.profiler.clear()


def work(n):
    return sum(range(n))


for size in (0, 1, 50):
    profiler = _lsprof.Profiler()
    profiler.enable()
    for n in range(30):
        work(n)
        exec(f"def f{n}(): return {n}\nf{n}()")
    profiler.disable()
    rubbish = [Clears(profiler) for _ in range(size)]
    gc.set_threshold(5, 1, 1)
    del rubbish
    stats = profiler.getstats()
    gc.set_threshold(700)
    print(size, all(isinstance(entry.callcount, int) for entry in stats))
    profiler.clear()
    print(profiler.getstats())


class Receiver(list):
    def __repr__(self):
        self.append(1)
        return "receiver"


profiler = _lsprof.Profiler()
profiler.enable()
receiver = Receiver()
method = receiver.append
method(2)
method(3)
profiler.disable()
print(sorted(str(entry.code) for entry in profiler.getstats() if "append" in str(entry.code)), receiver)
