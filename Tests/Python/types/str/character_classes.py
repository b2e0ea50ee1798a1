# Predicates and case mappings over the whole of Unicode, as check sums.
NAMES = ["isalnum", "isalpha", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper"]
totals = dict.fromkeys(NAMES, 0)
counts = dict.fromkeys(NAMES, 0)
case = [0, 0, 0, 0]
for code in list(range(0x3400)) + list(range(0xa000, 0xac80)) + list(range(0xf900, 0x10000)) + list(range(0x10000, 0x12000)) + list(range(0x1d000, 0x1f800)) + [0x2fa1d, 0x30000, 0xe0001, 0xe0100, 0x10ffff]:
    character = chr(code)
    for name in NAMES:
        if getattr(character, name)():
            counts[name] += 1
            totals[name] = (totals[name] * 31 + code) % 1000000007
    for index, text in enumerate((character.upper(), character.lower(), character.title(), character.casefold())):
        for c in text:
            case[index] = (case[index] * 33 + ord(c)) % 1000000007
for name in NAMES:
    print(name, counts[name], totals[name])
print(case)
