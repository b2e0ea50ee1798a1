# How many lines the tokenizer has asked for when it gives each token, and its errors.
import _tokenize


def show(lines, **options):
    asked = 0

    def readline():
        nonlocal asked
        asked += 1
        return lines[asked - 1] if asked <= len(lines) else type(lines[0])() if lines else ""

    try:
        for token in _tokenize.TokenizerIter(readline, **options):
            print(asked, *map(repr, token))
    except SyntaxError as error:
        print(asked, type(error).__name__, error.args)
        print(error.msg, error.filename, error.lineno, error.offset, repr(error.text), error.end_lineno, error.end_offset)
    except Exception as error:
        print(asked, type(error).__name__, error)


TEXTS = [
    "x = 1\ny = 2\n", "x=1\n# c\n\n  # d\ny=2\n", "def f():\n    pass\n\n\n# x\ng()\n", "x = (1,\n  2, # c\n\n 3)\nz\n", "s='''a\nb\nc'''\nt=1\n",
    "s=f'''a{x\n+1}b\n{y}\nc'''\nt=1\n", "x = 1 \\\n + 2\ny\n", "if x:\n  a\n  if y:\n    b\nc\n", "x=(\n", "'''abc\nd\n", "f'''abc\nd\n", "x='abc\ny\nz\n",
    "if a:\n    b\n  c\nd\n", "x = 1 \\\n", "x = 1 \\\n y \\\n", "\\\n x\n", "a\n\\\n\nb\n", "", "\n", "# c", "x", "x\n  ", "if a:\n\tb\n        c\n", "x=1\n\ty\nz\nw\n",
    "é='ü'\nb\n", "0_\nx\ny\n", "a $ b\nc\n", "x?\n", "(a\n]\n", "f'{a\n}'\nb\n", "f'{a!r:{w}}' f'''{\nx=}'''\nend\n", "a;b\nc\n", "async def f():\n  await x\n",
    "if 1:\n  x\n# c\n  y\n#d\n", "a\r\nb\r\n", "x='''a\r\nb'''\r\ny\r\n", "class A:\n  '''d\n  e\n  '''\n  def f(): pass\n\nx\n", "x=(\n#c\n  ééé", "if a:\n  b\n\\\n",
    "a = (\n\\\n", "é = \\\n", "t'''{a\n}b\n{c:\n>{d}}'''\n", "'a\\\nb'\nc\n", "'a\\\n", "f'{'''a\nb'''}'\nc\n", "'''" + "line\n" * 40 + "'''\nend\n",
    "f'''{" + "\n" * 5 + "x" + "\n" * 5 + "}" + "ä\n" * 30 + "{y}\n'''\nend\n",
]
for extra in (True, False):
    for text in TEXTS if extra else TEXTS[:8]:
        print(repr(text)[:40])
        show([line + "\n" for line in text.split("\n")[:-1]] + [line for line in text.split("\n")[-1:] if line], extra_tokens=extra)
    for lines in (
        ["a=1", "b=2"], ["a=(1\n", "2)"], ["a\n", "", "b\n"], ['x="""a', 'b"""\n'], ['f"""a', 'b"""'], ["a\n", "b\0\n", "c\n"], ["\0"], ["'''a\n", "é\0b\n"],
        ["x = (\n", "  é y \0 z\n"], [1], [None], ["a\n", b"b\n"],
    ):
        print(lines)
        show(lines, extra_tokens=extra)
show([b"a=1\n", b"b='\xc3\xa9'\n", b"c\xff\n"], encoding="utf-8", extra_tokens=True)
show(["a\n"], encoding="utf-8", extra_tokens=True)

# What readline raises comes through when the line is wanted.
numbers = iter(range(2))
tokens = _tokenize.TokenizerIter(lambda: f"a{next(numbers)}\n" if numbers else "", extra_tokens=True)
print([token[1] for token in tokens])


def fails():
    raise KeyError("line")


given = iter(["a\n", "(b\n"])
tokens = _tokenize.TokenizerIter(lambda: next(given, None) or fails(), extra_tokens=True)
try:
    for token in tokens:
        print(token[1])
except KeyError as error:
    print(error)
