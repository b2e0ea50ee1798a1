# Interning: equal identifiers, sys.intern, and what is shared.
import sys

def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

a = "name_like"
b = "name" + "_" + "like"
c = "".join(["name", "_like"])
print(a is b, a == c, sys.intern(c) is a, sys.intern(a) is a)
empty, letter, accent = "", "a", "é"
print(empty is "".join([]), letter is "abc"[0], chr(97) is letter, "é"[0] is chr(233), accent is "xé"[1])
show('sys.intern(5)', lambda: sys.intern(5))
show('sys.intern(b"a")', lambda: sys.intern(b"a"))
class S(str): pass
show('sys.intern(S("x"))', lambda: sys.intern(S("x")))
show('sys._is_interned(a), sys._is_interned("".join(["un", "known 123"]))', lambda: (sys._is_interned(a), sys._is_interned("".join(["un", "known 123"]))))
s = "abc"
print(s[:] is s, s.strip() is s, str(s) is s, s.replace("x", "y") is s, (s + "") is s, s * 1 is s, "%s" % s is s, f"{s}" is s)
