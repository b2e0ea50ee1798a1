# Every search and strip method of bytes and bytearray over shared arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

ARGUMENTS = [(), (b"a",), (b"",), (b"ab",), (bytearray(b"a"),), (memoryview(b"b"),), (97,), (256,), (-1,), ("a",), (None,), (1.5,), (b"a", 1), (b"a", 1, 3), (b"a", -2), (b"a", None, None), (b"a", "x"), ((b"a", b"b"),), ((b"x", "a"),), ([b"a"],), (b"a", b"b"), (b"a", b"b", 1), (5, b"*"), (5, "*"), (5, b"**"), (b"a", 0, 1, 2)]
NAMES = ["find", "rfind", "index", "rindex", "count", "startswith", "endswith", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix", "partition", "rpartition", "split", "rsplit", "replace", "center", "ljust", "rjust", "zfill", "expandtabs", "join", "__contains__"]
for kind in (bytes, bytearray):
    for name in NAMES:
        for arguments in ARGUMENTS:
            value = kind(b"abcab")
            if "partition" in name and arguments and isinstance(arguments[0], memoryview):
                continue
            shown = [bytes(a) if isinstance(a, (bytearray, memoryview)) else a for a in arguments]
            show(f"{kind.__name__}.{name}{shown}", lambda: getattr(value, name)(*arguments))
