# Which characters of Latin-1 a literal or a set takes when case is ignored: each is asked for, and the answers are the same in the middle of a text.
import re


def taken(pattern, flags, characters):
    compiled = re.compile(pattern, flags)
    alone = [c for c in characters if compiled.fullmatch(c)]
    inside = compiled.findall(characters[0][:0].join(characters))
    assert alone == inside, (pattern, alone, inside)
    return alone


TEXT = [chr(point) for point in range(256)]
BYTES = [bytes([byte]) for byte in range(256)]
PATTERNS = [r"k", r"K", r"s", r"\xb5", r"\xd7", r"\xf7", r"\xdf", r"\xc0", r"\xe0", r"\xde", r"\xfe", r"\xff", r"\u0178", r"\u017f", r"\u212a", r"_", r"@", r"\[", r"\{", r"`",
            r"[a-f]", r"[A-F]", r"[a-zA-Z]", r"[^a-y]", r"[^A-Y]", r"[^k]", r"[^\xe0-\xef]", r"[\xc0-\xde]", r"[\xe0-\xfe]", r"[\xd7\xf7]", r"[_\W]", r"[^\W_]", r"[\d@\[]", r"[aK\xc9\u0178\u017f]",
            r"[\u0100-\u017f]", r"[\u2100-\u2200x]", r"[^\u2100-\u2200x]", r"\w", r"\W", r".", r"[@-`]", r"[^@-`]", r"[\x80-\u0400]"]
for pattern in PATTERNS:
    for flags in (re.I, re.I | re.A, re.I | re.S, 0):
        found = taken(pattern, flags, TEXT)
        print(pattern, int(flags), len(found), ascii("".join(found)) if len(found) < 80 else sum(map(ord, found)))
for pattern in PATTERNS:
    if r"\u" not in pattern:
        found = taken(pattern.encode(), re.I, BYTES)
        print(pattern, len(found), b"".join(found) if len(found) < 80 else sum(map(ord, found)))
