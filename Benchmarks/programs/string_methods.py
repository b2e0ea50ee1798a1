# Methods of strings: split, join, replace, find, strip, case, translation and predicates.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


WORDS = "the quick brown fox jumps over the lazy dog while seventeen purple elephants quietly calculate eigenvalues".split()
text = " ".join(WORDS[(i * 7 + i // 11) % len(WORDS)] + (",", ".", "", "")[i % 4] for i in range(12000))
table = str.maketrans("aeiou", "AEIOU", ",.")
for _ in range(scaled(200)):
    counts = {}
    for word in text.split():
        word = word.strip(",.").lower()
        if word.isalpha() and not word.startswith("qu"):
            counts[word] = counts.get(word, 0) + 1
    positions = []
    at = text.find("fox")
    while at >= 0 and len(positions) < 3000:
        positions.append(at)
        at = text.find("fox", at + 1)
    changed = text.replace("dog", "wolf").translate(table).title().swapcase()
    lines = changed.split("o")
    joined = "-".join(line.center(len(line) + 4, "*").rstrip("*")[:20] for line in lines)
    mirrored = sum(1 for word in WORDS * 200 if word == word[::-1] or word.endswith("s") or "le" in word)
    ends = [word.partition("e")[2].zfill(8).upper() for word in text.split(" ")[:8000]]
    print(len(counts), max(counts.values()), len(positions), sum(positions), len(joined), joined.count("A"), mirrored, sum(e.isupper() for e in ends), sum(map(len, ends)))
