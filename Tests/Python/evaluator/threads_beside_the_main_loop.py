"""Loops of the main thread that began before there were other threads leave these room; classes that threads make are known to their bases."""
import threading

seen, done = 0, False


def count():
    global seen
    table = {}
    while not done:
        table.update(a=1)
        table.setdefault("b", []).append(seen)
        table.clear()
        seen += 1


thread = threading.Thread(target=count)
thread.start()
while seen < 100:
    pass


def wait(limit):
    number = 0
    while seen < limit:
        number += 1
    return number > 0


print(wait(seen + 100))
done = True
thread.join()


class Base:
    value = 1

    def name(self):
        return "base"


made = []


def make():
    class Derived(Base):
        pass

    made.append(Derived)
    Derived().name()


threads = [threading.Thread(target=make) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print([derived.__name__ for derived in Base.__subclasses__()], set(made) == set(Base.__subclasses__()))
Base.value = 2
Base.name = lambda self: "changed"
Base.__add__ = lambda self, other: ("added", other)
Base.__len__ = lambda self: 5
for derived in made:
    print(derived.value, derived().name(), derived() + 1, len(derived()))


def change():
    Base.value = 3
    Base.__len__ = lambda self: 6


thread = threading.Thread(target=change)
thread.start()
thread.join()
for derived in made:
    print(derived.value, derived().value, len(derived()))
