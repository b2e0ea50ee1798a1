# Every arithmetic operator on a grid of integers around the limits of machine words.
VALUES = [0, 1, -1, 2, -2, 7, -7, 10, 2**30 - 1, 2**30, -2**30, 2**31, 2**60 + 1, 2**62 - 1, 2**62, -2**62, -2**62 - 1, 2**63 - 1, 2**63, -2**63,
          2**64, -2**64 + 1, 10**30, -10**40 + 7, 3**200]
for a in VALUES:
    for b in VALUES:
        print(a, b, a + b, a - b, a * b, end=" ")
        if b:
            print(a // b, a % b, divmod(a, b) == (a // b, a % b), a == (a // b) * b + a % b)
        else:
            print("-")
