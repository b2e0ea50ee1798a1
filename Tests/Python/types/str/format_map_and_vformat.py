# format_map with mappings of every kind.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class D(dict):
    def __missing__(self, key): return f"<{key}>"
class G:
    def __getitem__(self, key):
        if key == "bad": raise RuntimeError("no")
        return key * 2
show('"{a} {b}".format_map(D(a=1)), "{x}{yy}".format_map(G()), "{a.real}".format_map({"a": 5}), "{a[0]}".format_map({"a": "xyz"})', lambda: ("{a} {b}".format_map(D(a=1)), "{x}{yy}".format_map(G()), "{a.real}".format_map({"a": 5}), "{a[0]}".format_map({"a": "xyz"})))
show('"{bad}".format_map(G())', lambda: "{bad}".format_map(G()))
show('"{}".format_map({})', lambda: "{}".format_map({}))
show('"{0}".format_map({"0": 1})', lambda: "{0}".format_map({"0": 1}))
show('"{a}".format_map({})', lambda: "{a}".format_map({}))
show('"{a}".format_map(5)', lambda: "{a}".format_map(5))
show('"{a}".format_map()', lambda: "{a}".format_map())
show('"{a}".format_map({"a": 1}, {})', lambda: "{a}".format_map({"a": 1}, {}))
show('"text".format_map(None)', lambda: "text".format_map(None))
show('"{a:{w}}|".format_map({"a": 1, "w": 5})', lambda: "{a:{w}}|".format_map({"a": 1, "w": 5}))
