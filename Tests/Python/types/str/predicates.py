# The is… predicates over one character of each kind and over strings.
NAMES = ["isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper"]
SAMPLES = ["", "a", "A", "1", " ", "\n", "_", "²", "½", "Ⅷ", "ⅷ", "٣", "㊿", "一", "ª", "ǅ", "\x85", "\xa0", "\u2028", "\u200b", "\xad", "\U0001f600", "\ud800", "\x7f", "\x00", "aB", "Ab", "Ab Cd", "AB", "ab1", "1ab", "a b", "class", "x y", "é", "ß", "ʰ", "\u0345", "A\u0301", "·a", "a·", "℘", "℮", "゛", "Ⓐ", "$", "A1", "1A", "a_b", "_1", "ﬁ"]
for s in SAMPLES:
    print(ascii(s), "".join("1" if getattr(s, name)() else "." for name in NAMES))
