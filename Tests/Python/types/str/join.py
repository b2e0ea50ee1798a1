# join over every kind of iterable and its errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class S(str): pass
show('"".join([]), ",".join([]), ",".join(["a"]), ",".join("abc"), ", ".join(("x", "y")), "-".join({"k": 1}), "".join(c for c in "abc"), "日".join(["é", "a"])', lambda: ("".join([]), ",".join([]), ",".join(["a"]), ",".join("abc"), ", ".join(("x", "y")), "-".join({"k": 1}), "".join(c for c in "abc"), "日".join(["é", "a"])))
show('",".join([1])', lambda: ",".join([1]))
show('",".join(["a", 1])', lambda: ",".join(["a", 1]))
show('",".join(["a", None, 2])', lambda: ",".join(["a", None, 2]))
show('",".join(["a", b"b"])', lambda: ",".join(["a", b"b"]))
show('",".join(5)', lambda: ",".join(5))
show('",".join(None)', lambda: ",".join(None))
show('",".join()', lambda: ",".join())
show('",".join("a", "b")', lambda: ",".join("a", "b"))
show('b",".join(["a"])', lambda: b",".join(["a"]))
show('type("".join([S("a")])), type(S("").join(["a"])), type("".join(("a",)))', lambda: (type("".join([S("a")])), type(S("").join(["a"])), type("".join(("a",)))))
show('",".join([S("a"), S("b")]), S(",").join(["1", "2"])', lambda: (",".join([S("a"), S("b")]), S(",").join(["1", "2"])))
def broken():
    yield "a"
    raise ValueError("in the middle")
show('",".join(broken())', lambda: ",".join(broken()))
show('len(("x" * 1000).join(["a"] * 100))', lambda: len(("x" * 1000).join(["a"] * 100)))
x = ["a"]
show('"".join(x) is x[0]', lambda: "".join(x) is x[0])
show('"".join(map(str, range(20))), ",".join(reversed("abc")), ",".join(sorted({"b", "a", "c"}))', lambda: ("".join(map(str, range(20))), ",".join(reversed("abc")), ",".join(sorted({"b", "a", "c"}))))
