# Every bitwise operator on a grid of integers of both signs and all sizes.
VALUES = [0, 1, -1, 5, -6, 255, -256, 2**30 - 1, -2**30, 2**62 - 1, 2**62, -2**62, 2**63, -2**63 - 1, 2**64 - 1, 2**100 + 12345, -2**100 + 9, 3**90, -3**77]
for a in VALUES:
    print("~", a, ~a, -a, +a, abs(a))
    for b in VALUES:
        print(a & b, a | b, a ^ b)
