# Variables of a module whose dict gets and loses names all the time, and texts that grow in place.
import sys

text = ""
other = ""
total = 0
for index in range(300):
    text += chr(97 + index % 26)
    if index % 50 == 49:
        other = text
        text += "|"
    try:
        if index % 3:
            raise KeyError(index)
        else:
            raise ValueError(index)
    except ValueError as error:
        total += error.args[0]
    except KeyError as problem:
        total -= problem.args[0]
    globals()[f"name{index}"] = index
    if index % 7 == 0:
        del globals()[f"name{index}"]
    if index == 150:
        len = lambda value: 42
    if index == 200:
        del len
    total += len(text)
print(total, len(text), text[-30:], other[-5:], other == text)
for name in ("error", "problem", "name7", "len"):
    print(name, name in globals())

alias = text
text += "end"
print(alias.endswith("end"), text.endswith("end"))
table = {text: 1}
text += "more"
print(table[text[:-4]], text in table)
wide = "a"
for index in range(5):
    wide += chr(0x3B1 + index)
    wide += "b"
print(ascii(wide), sys.intern("a"))


def grow():
    global shared
    for index in range(20):
        shared += "x"
        keep.append(shared)
    return shared


shared = ""
keep = []
print(grow(), [len(part) for part in keep])

scope = {"text": "s"}
code = compile("for i in range(3): text += 'y'\nseen = text", "<code>", "exec")
for turn in range(4):
    exec(code, scope)
    local = {}
    exec(code, scope, local)
    print(scope["text"], local["text"], scope["seen"], local["seen"])


def chain(depth):
    if depth == 0:
        raise LookupError("bottom")
    try:
        return chain(depth - 1)
    finally:
        order.append(depth)


order = []
for turn in range(3):
    try:
        chain(4)
    except LookupError as error:
        step = error.__traceback__
        lines = []
        while step:
            lines.append((step.tb_frame.f_code.co_name, step.tb_lineno - step.tb_frame.f_code.co_firstlineno))
            step = step.tb_next
        print(lines)
print(order)

numbers = {1, 2, 3, 1 << 70, -1, -2, "1"}
print([n in numbers for n in (True, 1.0, 2, 4, -1, -2.0, 1 << 70, 0, (1 << 61) - 1, False)])
zero = {0, (1 << 61) - 1}
print(0 in zero, (1 << 61) - 1 in zero, False in zero, 0.0 in zero, {False, 0, 0.0, 1, True})
numbers = {True, 2.0}
print(1 in numbers, 2 in numbers, 3 in numbers)
numbers.discard(1)
numbers.add(2)
print(numbers, 1 in numbers)
