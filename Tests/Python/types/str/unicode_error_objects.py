# The attributes and texts of UnicodeError and its subclasses.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

try:
    "aéb".encode("ascii")
except UnicodeEncodeError as error:
    print(error.encoding, ascii(error.object), error.start, error.end, error.reason, error.args == ("ascii", "aéb", 1, 2, "ordinal not in range(128)"), str(error), repr(error)[:20])
    error.start = 0; error.end = 3; error.reason = "changed"
    print(error)
try:
    b"ab\xff\xfec".decode("utf-8")
except UnicodeDecodeError as error:
    print(error.encoding, error.object, error.start, error.end, error.reason, error)
show('UnicodeEncodeError("e", "abc", 0, 1, "r"), str(UnicodeEncodeError("e", "abc", 0, 1, "r")), str(UnicodeEncodeError("e", "abc", 0, 2, "r")), str(UnicodeEncodeError("e", "", 5, 9, "r")), str(UnicodeEncodeError("e", "a\\u1234\\U0001f600", 2, 3, "r")), str(UnicodeEncodeError("e", "a\\u1234", 1, 2, "r"))', lambda: (UnicodeEncodeError("e", "abc", 0, 1, "r"), str(UnicodeEncodeError("e", "abc", 0, 1, "r")), str(UnicodeEncodeError("e", "abc", 0, 2, "r")), str(UnicodeEncodeError("e", "", 5, 9, "r")), str(UnicodeEncodeError("e", "a\u1234\U0001f600", 2, 3, "r")), str(UnicodeEncodeError("e", "a\u1234", 1, 2, "r"))))
show('str(UnicodeDecodeError("e", b"abc", 0, 1, "r")), str(UnicodeDecodeError("e", b"abc", 1, 3, "r")), str(UnicodeDecodeError("e", b"", 1, 3, "r"))', lambda: (str(UnicodeDecodeError("e", b"abc", 0, 1, "r")), str(UnicodeDecodeError("e", b"abc", 1, 3, "r")), str(UnicodeDecodeError("e", b"", 1, 3, "r"))))
show('str(UnicodeTranslateError("abc", 0, 1, "r")), str(UnicodeTranslateError("abc", 0, 3, "r"))', lambda: (str(UnicodeTranslateError("abc", 0, 1, "r")), str(UnicodeTranslateError("abc", 0, 3, "r"))))
show('UnicodeEncodeError()', lambda: UnicodeEncodeError())
show('UnicodeEncodeError("e", b"abc", 0, 1, "r")', lambda: UnicodeEncodeError("e", b"abc", 0, 1, "r"))
show('UnicodeDecodeError("e", "abc", 0, 1, "r")', lambda: UnicodeDecodeError("e", "abc", 0, 1, "r"))
show('UnicodeDecodeError("e", bytearray(b"abc"), 0, 1, "r").object', lambda: UnicodeDecodeError("e", bytearray(b"abc"), 0, 1, "r").object)
show('UnicodeTranslateError("e", 1)', lambda: UnicodeTranslateError("e", 1))
show('str(UnicodeError("plain", 1))', lambda: str(UnicodeError("plain", 1)))
