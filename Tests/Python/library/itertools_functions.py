# itertools: every function on small arguments, and errors.
import itertools as it

def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('list(it.accumulate([1, 2, 3])), list(it.accumulate([1, 2, 3], max, initial=5)), list(it.batched("abcde", 2)), list(it.chain("ab", [1])), list(it.chain.from_iterable(["ab", "c"])), list(it.combinations("abc", 2)), list(it.combinations_with_replacement("ab", 2)), list(it.compress("abc", [1, 0, 1]))', lambda: (list(it.accumulate([1, 2, 3])), list(it.accumulate([1, 2, 3], max, initial=5)), list(it.batched("abcde", 2)), list(it.chain("ab", [1])), list(it.chain.from_iterable(["ab", "c"])), list(it.combinations("abc", 2)), list(it.combinations_with_replacement("ab", 2)), list(it.compress("abc", [1, 0, 1]))))
show('list(it.islice(it.count(5, 2), 4)), list(it.islice(it.cycle("ab"), 5)), list(it.dropwhile(lambda x: x < 2, [1, 2, 1])), list(it.filterfalse(None, [0, 1])), [(k, list(g)) for k, g in it.groupby("aabbc")], list(it.islice("abcdef", 1, 5, 2)), list(it.pairwise("abc"))', lambda: (list(it.islice(it.count(5, 2), 4)), list(it.islice(it.cycle("ab"), 5)), list(it.dropwhile(lambda x: x < 2, [1, 2, 1])), list(it.filterfalse(None, [0, 1])), [(k, list(g)) for k, g in it.groupby("aabbc")], list(it.islice("abcdef", 1, 5, 2)), list(it.pairwise("abc"))))
show('list(it.permutations("abc", 2)), list(it.product("ab", [1, 2])), list(it.product("ab", repeat=2)), list(it.repeat(1, 3)), list(it.starmap(pow, [(2, 3)])), list(it.takewhile(bool, [1, 0, 1])), [list(t) for t in it.tee("ab")], list(it.zip_longest("ab", "c", fillvalue="-"))', lambda: (list(it.permutations("abc", 2)), list(it.product("ab", [1, 2])), list(it.product("ab", repeat=2)), list(it.repeat(1, 3)), list(it.starmap(pow, [(2, 3)])), list(it.takewhile(bool, [1, 0, 1])), [list(t) for t in it.tee("ab")], list(it.zip_longest("ab", "c", fillvalue="-"))))
show('list(it.batched("abc", 2, strict=True))', lambda: list(it.batched("abc", 2, strict=True)))
show('it.batched("a", 0)', lambda: it.batched("a", 0))
show('it.islice("a", -1)', lambda: it.islice("a", -1))
show('it.combinations("a", -1)', lambda: it.combinations("a", -1))
show('list(it.islice([1], "x"))', lambda: list(it.islice([1], "x")))
show('it.count("a")', lambda: it.count("a"))
show('it.repeat()', lambda: it.repeat())
show('it.repeat(1, 2), it.count(1.5, 0.5), it.count(3)', lambda: (it.repeat(1, 2), it.count(1.5, 0.5), it.count(3)))
show('next(it.chain(5))', lambda: next(it.chain(5)))
show('list(it.starmap(pow, [5]))', lambda: list(it.starmap(pow, [5])))
show('list(it.accumulate(["a", 1]))', lambda: list(it.accumulate(["a", 1])))
show('it.product("a", repeat=-1)', lambda: it.product("a", repeat=-1))
show('list(it.permutations(range(4)))[-3:], sum(1 for _ in it.product(range(5), repeat=4))', lambda: (list(it.permutations(range(4)))[-3:], sum(1 for _ in it.product(range(5), repeat=4))))
