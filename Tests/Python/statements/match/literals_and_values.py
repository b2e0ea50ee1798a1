# match: literals, value patterns, alternatives, guards and captures.
class Colour:
    RED = 1
    GREEN = "g"
class Deep: colour = Colour
def test(x):
    match x:
        case 0: return "zero"
        case -1: return "minus one"
        case 1.5: return "float"
        case 2 + 3j: return "complex"
        case -1.5 - 2j: return "negative complex"
        case "text" "more": return "joined"
        case b"bytes": return "bytes"
        case None: return "none"
        case True: return "true"
        case Colour.GREEN: return "green"
        case Deep.colour.RED: return "deep red"
        case 10 | 20 | 30 as n: return "tens", n
        case int(n) if n > 1000: return "big", n
        case str() as s if s: return "str", s
        case float() | complex(): return "number"
    return "no match"
for x in [0, 0.0, False, -1, -1.0, 1.5, 2 + 3j, -1.5 - 2j, "textmore", b"bytes", None, True, 1, "g", 10, 20.0, 1001, 5, "", "x", 7.5, 9j, [], ()]:
    print(repr(x), test(x))
class Eq:
    def __eq__(self, other): print("compared with", other); return other == "text" "more"
print(test(Eq()))
match 5:
    case x if x < 0: pass
    case _ as y: print(x, y)
match = case = _ = 3
print(match, case, _)
match (match):
    case case: print(case)
