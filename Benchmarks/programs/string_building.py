# Building text: concatenation, join, formatting and slices.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


def row(index):
    return f"{index:06d}|{index * 3.5:10.2f}|{'item' + str(index):>12}|{index:x}|{index % 7 == 0}"


checksum = 0
for turn in range(scaled(13)):
    text = ""
    for index in range(40000):
        text += chr(97 + index % 26)
        if index % 60 == 59:
            text += "\n"
    lines = [row(index) for index in range(40000)]
    page = "\n".join(lines)
    for index in range(30000):
        piece = "%s-%d-%r" % (lines[index][:6], index, index * 0.5)
        checksum = (checksum * 31 + len(piece) + ord(piece[-1])) % 1000000007
    for index in range(0, len(page), 37):
        checksum = (checksum * 31 + ord(page[index])) % 1000000007
    parts = []
    for character in text:
        if character != "\n":
            parts.append(character.upper())
    checksum = (checksum + len("".join(parts)) + len("{} {} {}".format(len(text), len(page), turn))) % 1000000007
print(checksum)
