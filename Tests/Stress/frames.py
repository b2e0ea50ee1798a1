# Frames of threads that run meanwhile, without a lock: their lines, variables and callers are read again and again.
#
#     krait -X gil=none Tests/Stress/frames.py [SECONDS]
import sys, threading, time, traceback
stop = False
def inner(n):
    x = [n, str(n), {n: n}]
    y = x[1] + "a"
    z = {k: v for k, v in enumerate(range(n % 7))}
    return len(y) + len(x) + len(z)
def gen(n):
    for i in range(n):
        yield inner(i)
def work():
    t = 0
    while not stop:
        for v in gen(20): t += v
        try:
            if t % 3 == 0: raise ValueError(t)
        except ValueError as e:
            t += 1
ts = [threading.Thread(target=work) for _ in range(3)]
for t in ts: t.start()
end = time.monotonic() + float(sys.argv[1] if len(sys.argv) > 1 else 10)
n = 0
while time.monotonic() < end:
    for ident, frame in sys._current_frames().items():
        while frame is not None:
            frame.f_lineno, frame.f_lasti, frame.f_code.co_name, frame.f_globals
            d = dict(frame.f_locals)
            repr(d)[:100]
            frame = frame.f_back
        n += 1
    sys._current_exceptions()
    for f in list(sys._current_frames().values()): traceback.extract_stack(f); traceback.format_stack(f)
stop = True
for t in ts: t.join()
print("ok", n > 10)
