# encode and decode: codecs, error handlers and positions.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for s in ["abc", "é", "日本", "\U0001f600", "\ud800", "a\udc80b", "\x80\xff", ""]:
    for encoding in ["utf-8", "ascii", "latin-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"]:
        for errors in ["strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "surrogateescape", "surrogatepass"]:
            show(f"{s!a}.encode({encoding!r}, {errors!r})", lambda: s.encode(encoding, errors))
