# match: mapping patterns, rest, missing keys and own mappings.
def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

def test(x):
    match x:
        case {"kind": "a", "value": int(v)}: return "a", v
        case {"kind": "b", **rest}: return "b", rest
        case {"nested": {"x": [first, *_]}}: return "nested", first
        case {1: one, 2.0: two}: return one, two
        case {None: n}: return "none", n
        case {"k": None}: return "null"
        case {}: return "any mapping"
    return "no mapping"
class D(dict):
    def __missing__(self, key): print("missing", key); return 5
    def get(self, key, default=None): print("get", key); return super().get(key, default)
for x in [{"kind": "a", "value": 3}, {"kind": "a", "value": "x"}, {"kind": "b", "p": 1, "q": 2}, {"nested": {"x": [1, 2]}}, {"nested": {}}, {1: "i", 2: "f", 3: "z"}, {None: 0}, {"k": None}, {}, D(), D(kind="b", z=1), [], "kind", 5]:
    print(x, test(x))
class K: A, B = "k", "k"
def duplicate(x):
    match x:
        case {K.A: a, K.B: b}: return a, b
print(attempt(duplicate, {"k": 1}), attempt(duplicate, 5))
match {"a": 1, "b": 2}:
    case {"a": 1, **others}: print(others)
