# The modules _codecs and _string, strs that grow, the properties of all code points.
import _codecs, _string
def t(f):
    try: return ascii(f())
    except UnicodeError as e: return type(e).__name__+": "+ascii(str(e))+" | %r %r %r %r"%(e.encoding,e.start,e.end,e.reason)
    except BaseException as e: return type(e).__name__+": "+ascii(str(e))
for e in ['_codecs.utf_8_decode(b"a\\xe2")','_codecs.utf_8_decode(b"a\\xe2","strict",True)','_codecs.utf_16_ex_decode(b"\\xff\\xfea\\0","strict",0,True)','_codecs.escape_encode(b"a\\n\\xff")','_codecs.charmap_decode(b"abc","strict",{97:"x",98:65})','_codecs.charmap_decode(b"abc","replace","xy")','_codecs.charmap_encode("abc","strict",{97:1,98:b"yy"})','_codecs.charmap_encode("abc","replace",{97:1,98:b"yy",63:63})','_codecs.charmap_encode("ab","strict",_codecs.charmap_build("ab"))','_codecs.lookup_error("zz")','_codecs.register_error("a",1)','_codecs.register(1)','_codecs.lookup_error("strict")(1)','_codecs.lookup_error("strict")(ValueError("x"))','_codecs.lookup_error("replace")(UnicodeTranslateError("ab",0,1,"r"))','_codecs.lookup_error("ignore")(5)','_codecs.lookup_error("backslashreplace")(UnicodeEncodeError("ascii","a\\xe9b",1,2,"r"))','_codecs.lookup_error("surrogateescape")(UnicodeDecodeError("ascii",b"a\\xe9b",1,2,"r"))','_codecs.lookup_error("surrogatepass")(UnicodeEncodeError("utf-8","\\ud800",0,1,"r"))','_codecs.lookup_error("surrogatepass")(UnicodeEncodeError("ascii","\\ud800",0,1,"r"))','_codecs.lookup_error("namereplace")(UnicodeEncodeError("ascii","\\u20ac",0,1,"r"))','_codecs.utf_8_encode("a\\u20ac")','_codecs.utf_16_encode("a","strict",1)','_codecs._unregister_error("strict")','_codecs._unregister_error("nope")',
 'list(_string.formatter_parser("a{b!r:c{d}}e{{f}}{}"))','list(_string.formatter_parser("{"))','_string.formatter_parser(1)','[_string.formatter_field_name_split("a.b[c][0]")[0], list(_string.formatter_field_name_split("a.b[c][0]")[1])]','_string.formatter_field_name_split("0")[0]','list(_string.formatter_field_name_split("0[")[1])','type(_string.formatter_parser("")).__name__']:
    print(ascii(e), "->", t(lambda: eval(e)))
for f in (lambda: str(a=1), lambda: str(1, object=2), lambda: str(b"a", encoding="utf8", errors="strict"), lambda: str(1,2,3,4), lambda: str(1,2,3,errors=4), lambda: str(1,encoding="utf8",errors="x",foo=1)): print(t(f))
s = ""
for i in range(200000): s += "x"
print(len(s), hash(s) == hash("x" * 200000))
s = ""
for i in range(50000): s += chr(0x400 + i % 100)
print(len(s), s[:5] == "".join(map(chr, range(0x400, 0x405))))
t2 = s; s += "!"; print(len(t2), len(s))
d = {}
for i in range(100000): d["k%d" % i] = i
print(sum(d["k%d" % i] for i in range(100000)))
print(all(chr(i).isprintable() == (repr(chr(i)) == "'" + chr(i) + "'") for i in range(0x110000) if i not in (0x27, 0x5c)))
import sys
h = 0
for i in range(0x110000):
    c = chr(i); h = (h * 31 + (c.isalpha() | c.isdecimal() << 1 | c.isdigit() << 2 | c.isnumeric() << 3 | c.isspace() << 4 | c.isupper() << 5 | c.islower() << 6 | c.istitle() << 7 | c.isidentifier() << 8 | c.isalnum() << 9) + sum(map(ord, c.upper() + c.lower() + c.title() + c.casefold() + c.swapcase() + c.capitalize()))) % 1000000007
print(h)
