# Functions of more-itertools.
import more_itertools as m

print(list(m.chunked(range(7), 3)), list(m.windowed([1, 2, 3, 4], 3)), list(m.divide(3, range(7))[0]))
print(list(m.interleave_longest([1, 2, 3], "ab")), m.first([], "none"), m.one([5]), list(m.collapse([1, [2, (3, [4])]])))
peek = m.peekable(range(5))
print(peek.peek(), next(peek), peek[1:3], list(peek))
print(list(m.distinct_permutations("aab")), list(m.set_partitions([1, 2, 3]))[:3], m.nth_permutation(range(5), 3, 17))
print(m.bucket(["a1", "b1", "a2"], key=lambda s: s[0])["a"].__class__.__name__, list(m.split_at("abcXdef", lambda c: c == "X")))
print(list(m.run_length.encode("aaabccd")), list(m.sliding_window(range(5), 2)), m.ilen(x for x in range(1000) if x % 7 == 0))
print(list(m.partition(lambda x: x % 2, range(6))[1]), list(m.consecutive_groups([1, 2, 4, 5, 9]).__next__()), list(m.powerset([1, 2, 3])))
try:
    m.one([])
except ValueError as error:
    print(error)
