# An error in finally while another is handled.
try:
    raise KeyError("body")
finally:
    1 / 0
