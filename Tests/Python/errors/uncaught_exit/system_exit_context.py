# SystemExit while an exception is handled.
try:
    1 / 0
except ZeroDivisionError:
    raise SystemExit(8)
