# True division rounds correctly, also for huge integers.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

PAIRS = [(1, 3), (2, 3), (-1, 3), (1, -3), (10, 2), (0, 5), (0, -5), (2**53 + 1, 1), (2**53 + 1, 2), (10**30, 3), (10**400, 10**399), (10**400, 10**100), (1, 10**330), (1, 10**320), (-1, 10**400), (3**700, 7**300),
         (2**1074, 2**2148), (1, 2**1074), (1, 2**1075), (3, 2**1076), (2**1024 - 1, 1), (2**1024, 2), (9007199254740993, 9007199254740992), (-7, 2), (7, True)]
for a, b in PAIRS:
    show(f"{str(a)[:30]}/{str(b)[:30]}", lambda: a / b)
show('1 / 0', lambda: 1 / 0)
show('0 / 0', lambda: 0 / 0)
show('10**400 / 1', lambda: 10**400 / 1)
show('10**400 / 3.0', lambda: 10**400 / 3.0)
show('3.0 / 10**400', lambda: 3.0 / 10**400)
show('1 / 0.0', lambda: 1 / 0.0)
show('True / False', lambda: True / False)
