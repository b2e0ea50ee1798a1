# match: sequence patterns with stars, nesting, and what counts as a sequence.
def test(x):
    match x:
        case []: return "empty"
        case [1]: return "one"
        case [1, 2]: return "one two"
        case (1, [2, *rest]): return "nested", rest
        case [first, *_, "end"]: return "to end", first
        case [*start, 0]: return "zero last", start
        case [int() as a, str(b) | float(b)]: return "int and", a, b
        case [_, _]: return "pair"
        case [a, b, *c] if c: return "long", a, b, c
        case (_,): return "single"
        case [*all]: return "all", all
    return "not a sequence"
class S(list): pass
class Like:
    def __len__(self): return 2
    def __getitem__(self, i): return i
class T(tuple): pass
for x in [[], (), [1], (1,), [1, 2], (1, (2, 3, 4)), [5, 6, "end"], [9, 0], [1, "b"], [2, 2.5], "ab", b"ab", bytearray(b"a"), {1, 2}, {1: 2}, range(2), range(5), S([1]), T((7, 8)), Like(), memoryview(b"xy"), iter([1]), 5, None, [[]]]:
    print(x if not isinstance(x, (Like, memoryview)) and "iterator" not in repr(x) else type(x).__name__, test(x))
match 1, 2, 3:
    case a, *b: print(a, b)
match [1, [2, [3, [4]]]]:
    case [a, [b, [c, [d]]]]: print(a, b, c, d)
match (x := 5), :
    case (5,): print("walrus", x)
