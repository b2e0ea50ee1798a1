# Escape sequences in literals, raw strings, and those refused.
def run(source, mode="exec"):
    print(repr(source))
    try:
        exec(compile(source, "<text>", mode), {"__name__": "text"})
    except SyntaxError as error:
        print("   ", type(error).__name__, error.msg, (error.lineno, error.offset, error.end_lineno, error.end_offset), repr(error.text))
    except BaseException as error:
        print("   ", type(error).__name__ + ":", error)

print(ascii("\a\b\f\n\r\t\v\\\'\"\0\1\12\123\377\x41\xff\u0041\u20ac\U0001f600\N{LATIN SMALL LETTER A}\N{EURO SIGN}\N{LF}\
joined"), ascii(r"\n\x\u\N\'"), ascii('\'"'), ascii("""a"b'c
d"""), len(r"\\"), b"\a\x00\xff\377\'\"\\", br"\x", ascii(u"é"))
for source in [r"'\x'", r"'\x4'", r"'\xg0'", r"'\u123'", r"'\U1234567'", r"'\U00110000'", r"'\N'", r"'\N{'", r"'\N{}'", r"'\N{nope}'", r"'\N{LATIN SMALL LETTER A'", r"b'\x'", r"b'\xg'", "b'é'", "'a\nb'", "'abc", "'''abc", r"r'\'", r"'\'", "ur'a'", "bu'a'", "'\\ud800'", "'a' b'b'", "b'a' 'b'", "r'''\\'''", '"\\N{ZERO WIDTH SPACE}"', "'\\N{latin small letter e with acute}'"]:
    run(source)
