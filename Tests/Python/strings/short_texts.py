# Methods of str on texts of every small length, against their definition: what is done in words of eight bytes, or at sixteen places at once, ends somewhere.
import string

ALPHABET = string.ascii_letters + string.digits + string.punctuation + " \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x00\x7f@[`{"


def texts():
    """Texts of each length, with each character of the alphabet at several places."""
    for length in range(36):
        for start in range(0, len(ALPHABET), 31):
            yield "".join(ALPHABET[(start + place * 3) % len(ALPHABET)] for place in range(length))


def swap(text, first, other):
    return "".join(chr(ord(c) - ord(first) + ord(other)) if first <= c <= chr(ord(first) + 25) else c for c in text)


def find(text, part):
    for place in range(len(text) - len(part) + 1):
        if all(text[place + index] == part[index] for index in range(len(part))):
            return place
    return -1


def split(text):
    words, word = [], ""
    for c in text + " ":
        if c in " \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f":
            if word:
                words.append(word)
            word = ""
        else:
            word += c
    return words


count = 0
for text in texts():
    assert text.lower() == swap(text, "A", "a"), ascii(text)
    assert text.upper() == swap(text, "a", "A"), ascii(text)
    assert text.split() == split(text), ascii(text)
    assert text.isalpha() == (bool(text) and all(c in string.ascii_letters for c in text)), ascii(text)
    cased = [c for c in text if c in string.ascii_letters]
    assert text.isupper() == (bool(cased) and all(c in string.ascii_uppercase for c in cased)), ascii(text)
    assert text.islower() == (bool(cased) and all(c in string.ascii_lowercase for c in cased)), ascii(text)
    for start in range(0, len(text), 3):
        for end in range(start, len(text) + 1):
            part = text[start:end]
            assert list(part) == list(text)[start:end]
            assert text.startswith(part) == (list(text)[: end - start] == list(part))
            assert text.endswith(part) == (list(text)[len(text) - len(part) :] == list(part))
            if end - start < 20:
                assert text.find(part) == find(text, part), (text, part)
                assert (part in text) and text.count(part) >= 1
            # One character differs.
            if part:
                other = part[:-1] + chr(ord(part[-1]) ^ 1)
                assert text.startswith(other) == (list(text)[: len(other)] == list(other))
                assert text.find(other) == find(text, other), (text, other)
            count += 1
print(count)

# Places before, at and behind what is looked at in one step, with near misses before.
for length in range(2, 20):
    part = "x" + "y" * (length - 2) + "z"
    miss = "x" + "y" * (length - 3) + "!z" if length > 2 else "xx"
    for place in (0, 1, 7, 8, 14, 15, 16, 17, 31, 32, 33, 100):
        text = (miss * 20)[:place] + part + "x" * 5
        assert text.find(part) == find(text, part), (length, place)
        assert text.replace(part, "-") == text[: find(text, part)] + "-" + "x" * 5
        assert text.count(part) == 1 and text[:-6].find(part) == -1
print("aaa".count("aa"), ("ab" * 40).count("ab"), ("ab" * 40).replace("ba", "").count("a"), ("a" * 50).find("aaab"), ("a" * 50 + "b").find("aaab"))
print("é" * 30 + "ab", ("é" * 30 + "ab").find("ab"), ("é" * 30 + "éa").find("éa"), ("é€" * 20).find("€é"), "Éa".lower(), "éA".upper())


class Table:
    """A table that tells what it was asked for."""

    def __init__(self, items):
        self.items = items
        self.asked = []

    def __getitem__(self, key):
        self.asked.append(key)
        return self.items[key]


table = Table({97: "A", 98: None, 99: "xyz", 100: 0x20AC, 101: 102, 102: "é"})
print(ascii("abcabcdefgdefa".translate(table)), sorted(set(table.asked)))
print(ascii("".translate(table)), ascii("bbb".translate(table)), ascii("bab".translate(table)), ascii("ggg".translate({})), ascii("a\x7fb\x7f".translate({0x7F: 0x7E, 97: 0x7F})))
print(("abc" * 30).translate({97: None}), ("abc" * 3).translate({97: "aa", 98: None}), ("é" + "abc" * 3).translate({97: 98, 233: None}))
for bad in ({97: -1}, {97: 0x110000}, {97: 1.5}):
    try:
        print("xxa".translate(bad))
    except Exception as error:
        print(type(error).__name__, error)

for text in ("x", "", "1" * 20 + "x", "'", 'a"b\'c', "é", "\ud800", "x" * 300):
    for call in (int, float, lambda text: int(text, 36), lambda text: int(text, 0)):
        try:
            call(text + "!")
        except ValueError as error:
            print(ascii(str(error)))
