"""A generator expression whose innermost iterator is replaced by what is none."""
import types


def attempt(generator):
    try:
        print(list(generator))
    except TypeError as e:
        print(e)


def make(iterable):
    return (x for x in iterable)


function = types.FunctionType(make([]).gi_code, {})
attempt(function(range(3)))
for replacement in (3, None, 2.5, "text", range(2), [1], {}, object(), iter([4, 5]), iter({6: 7}), iter(()), zip("ab", "cd")):
    generator = make(range(10))
    generator.gi_frame.f_locals[".0"] = replacement
    if type(replacement) is object:
        replacement = None
    attempt(generator)
    attempt(function(range(3)))
    attempt(function(iter(range(3))))
    attempt(function({1, 2}))
