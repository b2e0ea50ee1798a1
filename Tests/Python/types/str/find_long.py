# Searching long strings with repetitive needles.
hay = "ab" * 5000 + "aab" + "ba" * 3000
for needle in ["aab", "bb", "ab" * 100, "ba" * 100, "aa", "baa", "ab" * 5000 + "a", "ba" * 3000, "x", "abb", "aabb", "a" * 50, ("ab" * 60) + "aab"]:
    print(len(needle), hay.find(needle), hay.rfind(needle), hay.count(needle), needle in hay, hay.split(needle).__len__(), len(hay.replace(needle, "-")))
wide = "日本" * 3000 + "日日本" + "é" * 100
for needle in ["日日", "本日" * 50, "é" * 99, "日本" * 2999 + "日日", "a", "\U0001f600"]:
    print(len(needle), wide.find(needle), wide.rfind(needle), wide.count(needle))
print(("a" * 10000).find("a" * 5000 + "b"), ("a" * 10000 + "b").find("a" * 5000 + "b"), ("b" + "a" * 10000).rfind("b" + "a" * 5000))
