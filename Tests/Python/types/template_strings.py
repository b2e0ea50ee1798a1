# Template strings: parts, interpolations, conversions, formats, concatenation, errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def run(source, mode="exec"):
    print(repr(source))
    try:
        exec(compile(source, "<text>", mode), {"__name__": "text"})
    except SyntaxError as error:
        print("   ", type(error).__name__, error.msg, (error.lineno, error.offset, error.end_lineno, error.end_offset), repr(error.text))
    except BaseException as error:
        print("   ", type(error).__name__ + ":", error)

name, n = "x", 3.14159
t = t"hello {name!r:>10} and {n:.2f}{n + 1 = } end"
print(t.strings, t.values, [(i.value, i.expression, i.conversion, i.format_spec) for i in t.interpolations], list(t) != [], type(t).__name__, type(t).__module__)
print(t"".strings, t"{name}".strings, t"{name}{n}".strings, (t"a" + t"b{n}").strings, rt"\n{n}".strings, t"{{}}".strings, t"{t"inner {n}"}".values[0].strings, t"{n:{name}}".interpolations[0].format_spec, t'''multi
{n
}'''.interpolations[0].expression, [type(x).__name__ for x in t"a{n}b{n}"])
show('t"a" + "b"', lambda: t"a" + "b")
show('"b" + t"a"', lambda: "b" + t"a")
show('t"a" == t"a"', lambda: t"a" == t"a")
show('t"{undefined}"', lambda: t"{undefined}")
show('t"{1/0}"', lambda: t"{1/0}")
show('t.x', lambda: t.x)
show('setattr(t, "strings", ())', lambda: setattr(t, "strings", ()))
Template, Interpolation = type(t), type(t.interpolations[0])
show('Template("a", Interpolation(5, "five", None, ""), "b", "c").strings, Template().strings', lambda: (Template("a", Interpolation(5, "five", None, ""), "b", "c").strings, Template().strings))
show('Template(5)', lambda: Template(5))
show('Interpolation(1, "e", "x")', lambda: Interpolation(1, "e", "x"))
show('Interpolation(1), Interpolation(1, "e", "r", "s")', lambda: (Interpolation(1), Interpolation(1, "e", "r", "s")))
show('Interpolation()', lambda: Interpolation())
show('t"{n}", t""', lambda: (t"{n}", t""))
show('hash(t"") is not None', lambda: hash(t"") is not None)
for source in ["t'{}'", "t'{'", "t'}'", "t'a' 'b'", "'a' t'b'", "t'a' f'b'", "t'a' t'b'", "t'{x!y}'", "bt'a'", "ut'a'", "t'{x!}'", "tf'a'", "t'{a b}'", "match 1:\n case t'a': pass"]:
    run(source) if source != "t'a' t'b'" else print((t'a' t'b').strings)
