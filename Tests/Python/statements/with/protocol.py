# with: order, suppression, several managers, exceptions in each method.
def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

class M:
    def __init__(self, name, suppress=False, fail=None): self.name, self.suppress, self.fail = name, suppress, fail
    def __enter__(self):
        print("enter", self.name)
        if self.fail == "enter": raise RuntimeError("enter " + self.name)
        return self.name
    def __exit__(self, kind, value, trace):
        print("exit", self.name, kind and kind.__name__, value, trace is not None)
        if self.fail == "exit": raise RuntimeError("exit " + self.name)
        return self.suppress
def body(action, *managers):
    with managers[0] as a, managers[1] as b:
        print("body", a, b)
        if action: raise action
        return "returned"
    return "suppressed"
for action in [None, ValueError("v"), KeyError]:
    for first in [M("1"), M("1", True), M("1", 5), M("1", [], "exit"), M("1", fail="enter")]:
        for second in [M("2"), M("2", True), M("2", fail="enter"), M("2", fail="exit")]:
            print("->", attempt(body, action, first, second))
with (M("p") as x, M("q"),):
    print(x)
with M("loop"):
    for i in range(3):
        with M(i):
            if i == 1: continue
            if i == 2: break
class T:
    def __enter__(self): return 1, [2, 3]
    def __exit__(self, *a): return None
with T() as (a, [b, c]):
    print(a, b, c)
d = {}
with T() as d["k"]: print(d)
