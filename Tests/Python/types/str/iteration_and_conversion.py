# Iterating strings, converting to containers, unpacking.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('list("aé日\\U0001f600"), tuple("ab"), sorted("hello"), sorted(set("hello")), dict.fromkeys("aab"), list(enumerate("ab")), list(zip("ab", "cd")), list(reversed("abc")), max("hello"), min("hello")', lambda: (list("aé日\U0001f600"), tuple("ab"), sorted("hello"), sorted(set("hello")), dict.fromkeys("aab"), list(enumerate("ab")), list(zip("ab", "cd")), list(reversed("abc")), max("hello"), min("hello")))
it = iter("ab")
print(next(it), it.__length_hint__(), list(it), next(it, "end"), type(it).__name__, it.__length_hint__())
it2 = iter("日本語")
next(it2)
print(it2.__reduce__()[1:], list(it2))
a, *b = "xyz"
print(a, b, *"pq", [*"rs"], {*"t"})
show('iter("a").__setstate__(1)', lambda: iter("a").__setstate__(1))
show('"a" "b"', lambda: "a" "b")
show('sum(["a"], "")', lambda: sum(["a"], ""))
show('len("日本\\U0001f600"), ord("é"), chr(233), ord("\\U0001f600")', lambda: (len("日本\U0001f600"), ord("é"), chr(233), ord("\U0001f600")))
show('ord("ab")', lambda: ord("ab"))
show('ord("")', lambda: ord(""))
show('ord(5)', lambda: ord(5))
show('chr(-1)', lambda: chr(-1))
show('chr(0x110000)', lambda: chr(0x110000))
show('chr("a")', lambda: chr("a"))
show('"x".__getnewargs__(), "x".__sizeof__() > 0, "abc".__contains__("b"), "abc".__len__(), "a".__mul__(3), "a".__rmul__(2), "%s".__mod__(5), "a".__rmod__("%s"), "a".__eq__(1), "a".__add__("b")', lambda: ("x".__getnewargs__(), "x".__sizeof__() > 0, "abc".__contains__("b"), "abc".__len__(), "a".__mul__(3), "a".__rmul__(2), "%s".__mod__(5), "a".__rmod__("%s"), "a".__eq__(1), "a".__add__("b")))
show('"a".__add__(1)', lambda: "a".__add__(1))
show('"a".__mul__("b")', lambda: "a".__mul__("b"))
show('"a".__getitem__(0), "abc".__iter__().__next__()', lambda: ("a".__getitem__(0), "abc".__iter__().__next__()))
