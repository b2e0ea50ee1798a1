# KeyboardInterrupt while another exception is handled.
try:
    1 / 0
except ZeroDivisionError:
    raise KeyboardInterrupt("chained")
