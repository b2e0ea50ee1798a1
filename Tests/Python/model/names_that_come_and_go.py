# Attribute names that are made at run time come and go: each is found while somebody has it, under any object with its text.
import weakref


class Holder:
    pass


def name(number):
    return "".join(["attribute_", str(number)])


holder = Holder()
for turn in range(300):
    for number in range(12):
        setattr(holder, name(number), (turn, number))
    assert all(getattr(holder, name(number)) == (turn, number) for number in range(12))
    assert not hasattr(holder, name(12))
    for number in range(0, 12, 2):
        delattr(holder, name(number))
    assert sorted(vars(holder)) == sorted(name(number) for number in range(1, 12, 2))
    for number in range(1, 12, 2):
        delattr(holder, name(number))
print(vars(holder))

for number in range(20000):
    setattr(holder, name(number), number)
    if number >= 100:
        delattr(holder, name(number - 100))
print(len(vars(holder)), getattr(holder, name(19950)), hasattr(holder, name(19899)))

# A name that a program has before the module whose function takes it as a keyword, and one of a class of str's own.
keywords = {"".join(["sep", "arators"]): (",", ":"), "".join(["sort", "_keys"]): True}
import json

print(json.dumps({"b": 1, "a": [1, 2]}, **keywords))


class Text(str):
    pass


print(sorted([3, 1, 2], **{Text("reverse"): True}), int(**{}) if False else int("7", **{"".join(["ba", "se"]): 8}))
for call in (lambda: int("7", **{Text("bases"): 8}), lambda: int("7", 8, **{"".join(["ba", "se"]): 8}), lambda: sorted([], **{"".join(["rev", "ersed"]): 1})):
    try:
        print(call())
    except TypeError as error:
        print(type(error).__name__, error)


# Keywords that are handed on, none of them too.
def inner(*args, **kw):
    return args, kw


def outer(function, *args, **kw):
    return function(*args, **kw), function(*args, last=1, **kw)


print(outer(inner), outer(inner, 1, a=2))
try:
    outer(inner, last=2)
except TypeError as error:
    print(error)


# Weak references without a callback are one.
class Plain:
    pass


thing = Plain()
references = [weakref.ref(thing) for _ in range(3)]
own = weakref.ref(thing, lambda _: print("gone"))
print(references[0] is references[1] is references[2], own is references[0], weakref.getweakrefcount(thing), weakref.ref(Plain) is weakref.ref(Plain))
del references
for _ in range(3):
    reference = weakref.ref(thing)
    assert reference() is thing and reference is not own
    del reference
del thing
print(own())

# A heap that grows and shrinks, over and over.
for turn in range(4):
    lists = [[number, turn] for number in range(400000)]
    print(sum(item[0] for item in lists), lists[-1])
    kept = lists[::100000]
    del lists
    print(kept)
