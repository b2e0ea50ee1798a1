# Where the arguments of a call go whose keywords are strs that the program made, and what a function may do with a dict of keywords.


def plain(first, second=2, /, third=3, *, fourth, fifth=5):
    return first, second, third, fourth, fifth


def taking(first, *rest, last=None, **more):
    return first, rest, last, more


def name(text):
    return "".join(list(text))


for _ in range(3):
    print(plain(1, **{name("fourth"): 4}))
    print(plain(1, **{name("third"): 3.5, name("fourth"): 4, name("fifth"): 5.5}))
    print(taking(**{name("first"): 1, name("other"): 2}))
    print(taking(1, 2, 3, **{name("last"): 4, name("more"): 5, name("rest"): 6}))
    print(taking(*"abc", **dict.fromkeys(map(name, ["last", "x", "y"]), 0)))


class Text(str):
    pass


def attempt(function, *arguments, **keywords):
    try:
        print(function(*arguments, **keywords))
    except TypeError as error:
        print("TypeError:", error)


attempt(plain, 1)
attempt(plain)
attempt(plain, 1, 2, 3, 4)
attempt(plain, 1, third=3)
attempt(plain, 1, **{name("second"): 2}, fourth=4)
attempt(plain, 1, **{name("forth"): 4})
attempt(plain, 1, 2, 3, third=3, fourth=4)
attempt(plain, 1, fourth=4, **{Text("fifth"): 5})
attempt(taking)
attempt(taking, rest=1)
attempt(taking, 1, first=2)
attempt(lambda a, b, c=3, *, d, e, f=6: (a, b, c, d, e, f), b=2)
attempt(lambda a, b, c=3, *, d, e, f=6: (a, b, c, d, e, f), b=2, a=1)
attempt(lambda a, b, c=3, *, d, e, f=6: (a, b, c, d, e, f), 1, e=5, b=2, d=4)
attempt(lambda a, b=1, c=2: (a, b, c), c=5, a=1)

try:
    taking(1, **{1: 2})
except TypeError as error:
    print("TypeError:", error)
try:
    taking(1, last=1, **{name("last"): 2})
except TypeError as error:
    print("TypeError:", error)
try:
    taking(1, **{name("last"): 1}, **{name("last"): 2})
except TypeError as error:
    print("TypeError:", error)


# The function's dict is its own.
def change(**keywords):
    keywords["added"] = 1
    keywords.pop("gone", None)
    return keywords


given = {"gone": 1, "kept": 2}
for _ in range(3):
    print(change(**given), given)
many = {f"key{index}": index for index in range(40)}
for index in range(30):
    del many[f"key{index}"]
print(change(**many), len(many))


class Mapping(dict):
    def keys(self):
        return ["b", "a"]

    def __iter__(self):
        return iter(["a", "b"])

    def __getitem__(self, key):
        return key * 2


print(change(**Mapping(x=1)))


class Defaults:
    def method(self, *, a=1, b=2):
        return a, b


print(Defaults().method(**{name("b"): 5}))
Defaults.method.__kwdefaults__ = {name("a"): 10, name("b"): 20}
print(Defaults().method(), Defaults().method(a=3))
Defaults.method.__kwdefaults__ = None
attempt(Defaults().method, b=1)
