# Threads: start, end, locks, conditions, locals, exceptions, generators that wander between threads, the end of the program.
import sys
import threading
import time
import _thread

sys.setswitchinterval(1e-5)
assert sys._is_gil_enabled() == (sys.flags.gil == 1)

count = 0
lock = threading.Lock()


def add(n):
    global count
    for _ in range(n):
        with lock:
            count += 1


threads = [threading.Thread(target=add, args=(500,)) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(count, threading.active_count())

# Exceptions stay in their thread, and so does the context of those that are handled.
seen = {}


def fail(number):
    for index in range(30):
        try:
            try:
                raise KeyError(number)
            except KeyError:
                time.sleep(0)
                raise ValueError(number)
        except ValueError as error:
            assert error.__context__.args == (number,) == sys.exception().args
            seen[number] = seen.get(number, 0) + 1


threads = [threading.Thread(target=fail, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(seen.items()))

# Recursion in several threads at once.
def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


results = []
threads = [threading.Thread(target=lambda: results.append(depth(400))) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(results)

# One generator, resumed by turns; two at once are told.
def numbers():
    n = 0
    while True:
        yield n
        n += 1


source = numbers()
taken = []


def take():
    for _ in range(50):
        with lock:
            taken.append(next(source))


threads = [threading.Thread(target=take) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(taken == list(range(150)))

# Locals.
class Local(threading.local):
    kind = "class"

    def __init__(self, value):
        self.value = value


local = Local(7)
local.value += 1


def look():
    print(local.value, local.kind, sorted(vars(local)))
    local.extra = 1


thread = threading.Thread(target=look)
thread.start()
thread.join()
print(local.value, hasattr(local, "extra"))

# Waiting with a limit.
print(lock.acquire(timeout=0.01), lock.acquire(timeout=0.01), lock.acquire(False), lock.locked())
lock.release()
for wrong in (lambda: lock.release(), lambda: lock.acquire(False, 1), lambda: lock.acquire(True, -2), lambda: threading.RLock().release()):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error)
condition = threading.Condition()
ready = []


def produce():
    for n in range(3):
        with condition:
            ready.append(n)
            condition.notify()
        time.sleep(0.001)


thread = threading.Thread(target=produce)
with condition:
    thread.start()
    print(condition.wait_for(lambda: len(ready) == 3, timeout=5), ready)
thread.join()
barrier = threading.Barrier(3)
order = []
threads = [threading.Thread(target=lambda: order.append(barrier.wait())) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(order))

# Handles.
handle = _thread.start_joinable_thread(lambda: time.sleep(0.01), daemon=False)
print(handle.is_done())
handle.join()
print(handle.is_done())
try:
    _thread.start_joinable_thread(None)
except TypeError as error:
    print(error)

# What nobody catches.
threading.excepthook = lambda args: print("hook", args.exc_type.__name__, args.exc_value, args.thread.name)
thread = threading.Thread(target=lambda: 1 / 0, name="divider")
thread.start()
thread.join()
frames = sys._current_frames()
print(list(frames) == [threading.get_ident()], threading.main_thread() is threading.current_thread())


# The end waits for the one but not for the other.
def endless():
    while True:
        time.sleep(0.001)


printed = threading.Event()


def late():
    printed.wait()
    time.sleep(0.01)
    print("late")


threading.Thread(target=endless, daemon=True).start()
threading.Thread(target=late).start()
print("end")
printed.set()
