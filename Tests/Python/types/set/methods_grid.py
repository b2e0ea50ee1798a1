# Methods and operators of sets on every pair of operands.
def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

SETS = [set(), {1}, {1, 2, 3}, frozenset({2, 3, 4}), [3, 4], (1,), "ab", {1: 2}, range(2), 5, None, [[]]]
def text(value):
    return type(value).__name__ + str(sorted(value, key=repr)) if isinstance(value, (set, frozenset)) else repr(value)
for a in SETS[:4]:
    for b in SETS:
        print(text(a), text(b))
        for name in ["union", "intersection", "difference", "symmetric_difference", "issubset", "issuperset", "isdisjoint", "__or__", "__and__", "__sub__", "__xor__", "__le__", "__lt__", "__eq__", "__ne__", "__ror__", "__rsub__"]:
            print("   ", name, attempt(lambda: text(getattr(a, name)(b))))
        for name in ["update", "intersection_update", "difference_update", "symmetric_difference_update", "__ior__", "__iand__", "__isub__", "__ixor__"]:
            copy = set(a)
            print("   ", name, attempt(lambda: text(getattr(copy, name)(b))), text(copy))
print(text({1}.union([2], (3,), {4: 5})), text({1, 2}.intersection([1], {1, 5})), text({1, 2, 3}.difference([1], [2])), text(set().union()), text({1, 2}.intersection()))
