# Booleans under every operator, alone and with other numbers.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

VALUES = [True, False, 0, 1, 2, 1.5, 1j]
OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "&", "|", "^", "<<", ">>", "==", "<", "and", "or", "is"]
for a in [True, False]:
    for operator in OPERATORS:
        for b in VALUES:
            if operator != "is" or isinstance(b, bool):
                show(f"{a} {operator} {b}", lambda: eval(f"a {operator} b", {"a": a, "b": b}))
                show(f"{b} {operator} {a}", lambda: eval(f"b {operator} a", {"a": a, "b": b}))
    print(not a, -a, +a, repr(a), str(a), hash(a), int(a), float(a), f"{a:5}|{a:d}|{a!s:>7}|{a:<3}|", "%d %s %r %5s" % (a, a, a, a))
