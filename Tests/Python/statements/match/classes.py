# match: class patterns, __match_args__, keywords, built-in types and errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class P:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y
class Q(P): __match_args__ = ()
class Prop:
    @property
    def v(self): print("property"); return 3
    @property
    def bad(self): raise ValueError("bad property")
def test(o):
    match o:
        case Q(x=1): return "Q 1"
        case P(0, 0): return "origin"
        case P(x, y=0): return "on x", x
        case P(x=P(a, b), y=c): return "nested", a, b, c
        case P(int() | float() as x, _): return "number", x
        case Prop(v=3, missing=_): return "never"
        case Prop(v=v): return "prop", v
        case bool(b): return "bool", b
        case int(i): return "int", i
        case str(s) | bytes(s): return "text", s
        case list([a, *_]): return "list", a
        case dict({"a": a}): return "dict", a
        case tuple((a, b)): return "tuple", a, b
        case set(s): return "set", len(s)
        case type(): return "type"
    return "nothing"
for o in [P(0, 0), P(5, 0), P(P(1, 2), 3), P(1.5, 9), P("a", "b"), Q(1, 2), Q(0, 0), Prop(), True, 7, "s", b"b", [1, 2], [], {"a": 1}, (1, 2), {1}, int, None]:
    print(type(o).__name__, test(o))
class Short: __match_args__ = ("a",)
class BadArgs: __match_args__ = ["a"]
class BadName: __match_args__ = (5,)
class NoArgs: pass
def two(o, C):
    match o:
        case C(a, b): return "two"
def dup(o):
    match o:
        case P(x, x=y): return "dup"
def bad(o):
    match o:
        case Prop(bad=_): return 1
def notype(o):
    match o:
        case thing.attribute(): return 1
class thing: attribute = 5
show('two(Short(), Short)', lambda: two(Short(), Short))
show('two(BadArgs(), BadArgs)', lambda: two(BadArgs(), BadArgs))
show('two(BadName(), BadName)', lambda: two(BadName(), BadName))
show('two(NoArgs(), NoArgs)', lambda: two(NoArgs(), NoArgs))
show('two(5, int)', lambda: two(5, int))
show('two([], list)', lambda: two([], list))
show('dup(P(1, 2))', lambda: dup(P(1, 2)))
show('bad(Prop())', lambda: bad(Prop()))
show('notype(5)', lambda: notype(5))
show('two(5, Short)', lambda: two(5, Short))
show('P.__match_args__, Short.__match_args__', lambda: (P.__match_args__, Short.__match_args__))
