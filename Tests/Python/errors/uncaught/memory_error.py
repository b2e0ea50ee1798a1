# MemoryError at the top.
x = [0] * (2 ** 62)
