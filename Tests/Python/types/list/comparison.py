# Comparison of lists: first difference, identity shortcut, errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

LISTS = [[], [1], [1, 2], [2], [1, 3], [1, "a"], [[]], [None], [1.0, 2]]
for a in LISTS:
    print(a, [attempt(lambda: a < b) for b in LISTS], [a == b for b in LISTS], [a != b for b in LISTS], [attempt(lambda: a >= b) for b in LISTS])
nan = float("nan")
print([nan] == [nan], [nan] < [nan], [nan] == [float("nan")], [1, 2] == (1, 2), [1] < [1, 2], [1, 2] > [1])
class E:
    def __eq__(self, other): print("eq"); return self is other
e = E()
print([e] == [e], [e] == [E()], e in [e], [1, e].index(e))
class Bad:
    def __eq__(self, other): raise ValueError("no equality")
show('[Bad()] == [Bad()]', lambda: [Bad()] == [Bad()])
show('Bad() in [1]', lambda: Bad() in [1])
b = Bad()
show('[b] == [b]', lambda: [b] == [b])
show('[1] < (1,)', lambda: [1] < (1,))
show('[1] < None', lambda: [1] < None)
