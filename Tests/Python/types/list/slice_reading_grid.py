# Reading every slice of lists and tuples.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for i in [None, 0, 1, 3, 5, 9, -1, -3, -5, -6, -9]:
    for j in [None, 0, 2, 4, 5, 9, -1, -4, -9]:
        print(i, j, [([0, 1, 2, 3, 4][i:j:k], (0, 1, 2)[i:j:k]) for k in (None, 1, 2, 3, 7, -1, -2, -7)])
show('[1][::0]', lambda: [1][::0])
show('(1,)[::0]', lambda: (1,)[::0])
show('[1]["a":]', lambda: [1]["a":])
show('[1][1.0:]', lambda: [1][1.0:])
show('[1, 2, 3][-2**100:2**100:2**99]', lambda: [1, 2, 3][-2**100:2**100:2**99])
show('[1, 2, 3][2**100:-2**100:-1]', lambda: [1, 2, 3][2**100:-2**100:-1])
