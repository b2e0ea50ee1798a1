"""timedelta and floats whose as_integer_ratio() answers strangely."""
from datetime import timedelta


def bad(r):
    class BadFloat(float):
        def as_integer_ratio(self): return r
    return BadFloat(2)


for r in (1 << 1000, (), (42,), (1,2,3), (1.5, 2), (1, 2.5), (1, "b"), (0, 1), (1, 0), (None, None), [1,2], (True, 2)):
    for f in (lambda b: timedelta(3) / b, lambda b: timedelta(3) * b, lambda b: b * timedelta(3), lambda b: timedelta(days=b)):
        try: print(f(bad(r)))
        except Exception as e: print(type(e).__name__, e)
