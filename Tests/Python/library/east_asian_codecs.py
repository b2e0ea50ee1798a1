# The encodings of East Asia: all code points and all sequences of two bytes, errors, incremental codecs, streams.
import codecs
import hashlib
import io

ENCODINGS = """gb2312 gbk gb18030 hz big5hkscs cp932 euc_jis_2004 euc_jisx0213 euc_jp shift_jis shift_jis_2004 shift_jisx0213 cp949 euc_kr johab big5 cp950
    iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext iso2022_kr""".split()
SETS = {"iso2022_jp": ["$B", "$@", "(J"], "iso2022_jp_2": ["$(D", "$(C", "$A", "(A"], "iso2022_jp_2004": ["$(Q", "$(P"], "iso2022_jp_3": ["$(O", "$(P"],
        "iso2022_jp_ext": ["(I"], "iso2022_kr": ["$)C\x0e"]}


def digest(data):
    return hashlib.md5(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")).hexdigest()


text = "".join(chr(point) for point in range(0x30000) if not 0xD800 <= point < 0xE000)
pairs = b"".join(bytes([a, b]) + b"\n" for a in range(256) for b in range(256))
triples = b"".join(bytes([0x8F, a, b]) + b"\n" for a in range(160, 256) for b in range(160, 256))
for encoding in ENCODINGS:
    encoded = text.encode(encoding, "ignore")
    print(encoding, digest(encoded), digest(encoded.decode(encoding, "replace")), digest(pairs.decode(encoding, "replace")), digest(triples.decode(encoding, "replace")))
for encoding, escapes in SETS.items():
    for escape in escapes:
        data = b"".join(b"\x1b" + escape.encode() + bytes([a, b]) + b"\x1b(B\n" for a in range(0x20, 0x80) for b in range(0x20, 0x80))
        print(encoding, ascii(escape), digest(data.decode(encoding, "replace")))


def attempt(function, *arguments):
    try:
        print(ascii(function(*arguments)))
    except (UnicodeError, TypeError, LookupError, AttributeError, OverflowError, IndexError) as error:
        print(type(error).__name__, ascii(str(error)))


for errors in "strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "surrogateescape", "nowhere":
    attempt("a\u3042\U0001F600\u20ac".encode, "shift_jis", errors)
    attempt(b"a\x82\xa0\x82\x01\xff\x82".decode, "shift_jis", errors)
    attempt("\u3042\U0001F600".encode, "iso2022_jp", errors)
    attempt(b"\x1b$B$\"\x1b(Zx\x1b$B$".decode, "iso2022_jp", errors)
codecs.register_error("test.bytes", lambda error: (b"<>", error.end))
codecs.register_error("test.back", lambda error: ("\u3044", -1))
codecs.register_error("test.bad", lambda error: ("x", 1000))
attempt("\u3042\U0001F600\u3042".encode, "euc_jp", "test.bytes")
attempt("\u3042\U0001F600\u3042".encode, "euc_jp", "test.back")
attempt("\u3042\U0001F600\u3042".encode, "euc_jp", "test.bad")
attempt(b"\xa4\xa2\xff\xa4\xa2".decode, "euc_jp", "test.bytes")
attempt("\uac02\ub620".encode, "euc_kr")
attempt(b"\xa4\xd4\xa4\xa1\xa4\xbf\xa4\xa2".decode, "euc_kr")

encoder = codecs.getincrementalencoder("euc_jis_2004")()
print(encoder.encode("\u00e6"), encoder.getstate(), encoder.encode("\u0300"), encoder.encode("\u304b", True))
encoder = codecs.getincrementalencoder("iso2022_jp")("replace")
print(encoder.encode("\u4e16"), encoder.getstate(), encoder.encode("\U0001F600"), encoder.encode("", True), encoder.errors)
decoder = codecs.getincrementaldecoder("iso2022_jp")()
for part in b"\x1b", b"$", b"B@", b"$", b"\x1b(", b"Bx":
    print(ascii(decoder.decode(part)), decoder.getstate())
attempt(decoder.decode, b"\x1b", True)
attempt(decoder.setstate, (b"123456789", 0))
attempt(decoder.setstate, 3)
reader = codecs.getreader("gb18030")(io.BytesIO("\u4f60\u597d\n\U0001F600x\n".encode("gb18030")))
print(ascii(reader.read(1)), ascii(reader.readline()), ascii(reader.readlines()))
stream = io.BytesIO()
writer = codecs.getwriter("hz")(stream)
writer.writelines(["\u4f60", "~", "\u597d"])
writer.reset()
print(stream.getvalue())
with io.TextIOWrapper(io.BytesIO("\u65e5\u672c\n\u8a9e".encode("shift_jis")), "shift_jis") as file:
    print([ascii(line) for line in file])
attempt(__import__("_codecs_jp").getcodec, "big5")
attempt(__import__("_codecs_jp").getcodec, 3)
decoder = codecs.getincrementaldecoder("iso2022_jp")()
attempt(decoder.decode, b"()\x1b)\x1b(\x80$$$\x1b")
