# Errors raised inside f-strings and refused f-strings.
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

show('f"{1/0}"', lambda: f"{1/0}")
show('f"{undefined_name}"', lambda: f"{undefined_name}")
show('f"{5:s}"', lambda: f"{5:s}")
show('f"{\'a\':d}"', lambda: f"{'a':d}")
show('f"{[]:5}"', lambda: f"{[]:5}")
show('f"{object.x}"', lambda: f"{object.x}")
class B:
    def __format__(self, spec): return 5
    def __repr__(self): return 6
show('f"{B()}"', lambda: f"{B()}")
show('f"{B()!r}"', lambda: f"{B()!r}")
show('f"{1:{\'d\' * 2}}"', lambda: f"{1:{'d' * 2}}")
for source in ['f"{"', 'f"}"', 'f"{}"', 'f"{ }"', 'f"{!r}"', 'f"{1!x}"', 'f"{1!}"', 'f"{1!rr}"', 'f"{1:{2:{3}}}"', 'f"{lambda x: 1}"', 'f"{a b}"', 'f"{1 = 2}"', 'f"{*a}"', 'f"{**a}"', 'f"{a.}"', 'f"{(}"', 'f"{)}"', 'f"{a[}"', "f'{a!r:'", 'f"{#}"', 'f"{1 #}"', 'f"{=}"', 'f"{:x}"', 'f"{a\\n}"', 'f"{for}"', 'f"{a:{}}"', 'f"{a $ b}"', 'f"{\'"', 'fb"a"', 'uf"a"', 'f"a" b"b"', 'f"{1!r :>3}"', 'f"{1! r}"', 'f"{x=!}"', "f'''{\n", 'f"{a:{b:{c:{d}}}}"', 'f"{a:b}}"', 'f"{{}"', 'f"{None = }" ""']:
    run(source)
