"""Blocks that are larger than the machine's memory are refused at once, not filled."""
import resource

size = 10**13
for make in (
    lambda: "x" * size, lambda: "é" * size, lambda: b"x" * size, lambda: [None] * size, lambda: (1,) * size, lambda: bytearray(size), lambda: bytes(size), lambda: b"\0".ljust(size),
    lambda: "x".center(size), lambda: bytearray(b"x").rjust(size), lambda: int.to_bytes(1, size, "big"), lambda: list(range(size)), lambda: "%s" % ("x" * size), lambda: [1, 2] * size,
    lambda: list(range(2**62)), lambda: [1].extend(range(2**62)), lambda: sorted(range(2**62)),
):
    try:
        made = make()
    except MemoryError as error:
        print("MemoryError", error)
    else:
        print(len(made))
        del made
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1 << 20)
