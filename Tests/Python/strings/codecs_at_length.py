# Codecs over texts long enough that many units are converted at once: every width of characters, every place of what is special, what is cut off, and the handlers.
import codecs
import hashlib
import io

alphabets = {
    "ascii": "abcdefghijklmnop",
    "latin": "caf\xe9 na\xefve \xff\x80",
    "greek": "Ελληνικά, English",
    "han": "漢字 and text",
    "astral": "emoji 🎉 and 漢 \xe9",
}
encodings = ["utf-8", "utf-8-sig", "latin-1", "ascii", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp1252", "cp1253", "koi8-r", "cp437", "utf-7", "unicode_escape", "raw_unicode_escape"]
handlers = ["strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "namereplace", "surrogateescape", "surrogatepass"]


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except UnicodeError as error:
        return type(error).__name__, str(error), error.start, error.end
    except TypeError as error:
        return str(error)


def digest(values):
    return hashlib.md5("\n".join(map(ascii, values)).encode()).hexdigest()


for name, alphabet in alphabets.items():
    for encoding in encodings:
        results = []
        for length in list(range(20)) + [31, 32, 33, 63, 64, 65, 100]:
            text = (alphabet * 10)[:length]
            results.append(outcome(text.encode, encoding))
            results += [outcome(text.encode, encoding, handler) for handler in handlers[1:]]
            data = text.encode(encoding, "ignore")
            results.append(data.decode(encoding))
            for cut in range(1, 4):
                results += [outcome(data[:-cut].decode, encoding, handler) for handler in handlers]
        print(name, encoding, digest(results))

# Something special at every place among what is plain.
for special in ("\udc80", "\ud800", "\udfff", "\xe9", "\u20ac", "\ufffe", "\U0010ffff"):
    results = []
    for place in range(0, 40):
        text = "x" * place + special + "y" * (40 - place)
        for encoding in encodings:
            results += [outcome(text.encode, encoding, handler) for handler in ("strict", "replace", "surrogateescape", "surrogatepass")]
    print(ascii(special), digest(results))
for bad in (b"\x80", b"\xc1", b"\xc2", b"\xe0\x80", b"\xed\xa0\x80", b"\xf0\x80", b"\xf4\x90\x80\x80", b"\xf5", b"\xff", b"\xe4\xb8", b"\xd8\x00", b"\x00\xd8\x00", b"\x00\xdc", b"\x00\x00\x11\x00"):
    results = []
    for place in range(0, 40):
        for around in (b"x", "é".encode(), "漢".encode(), "🎉".encode(), b"x\0", b"x\0\0\0"):
            data = around * place + bad + around * (20 - place // 2)
            for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "ascii", "cp1252"):
                results += [outcome(data.decode, encoding, handler) for handler in ("strict", "replace", "ignore", "backslashreplace", "surrogateescape", "surrogatepass")]
    print(bad, digest(results))

# Handlers in Python: replacements of all kinds, and places to go on at.
codecs.register_error("wide", lambda error: ("\U0001f389", error.end))
codecs.register_error("one by one", lambda error: ("?" if isinstance(error, UnicodeEncodeError) else "\u0100", error.start + 1))
codecs.register_error("bytes", lambda error: (b"\1\2\3\4", error.end))
for encoding in encodings:
    print(encoding, [outcome(("abc\udc80\udc81" + "漢" * 3 + "d" * 20).encode, encoding, handler) for handler in ("one by one", "bytes", "wide")])
    print(encoding, [outcome((b"abcdefgh" * 3 + b"\x81\xff\xfe" + b"ijklmnop" * 3).decode, encoding, handler) for handler in ("one by one", "wide", "bytes")])

# The handlers themselves take all or nothing; ASCII, Latin-1 and UTF-8 write what stands for bytes and complain of the rest.
escape = codecs.lookup_error("surrogateescape")
for text in ("\udc80\udcff", "\udc80x", "x\udc80", "\udc80\ud800"):
    print(ascii(text), outcome(escape, UnicodeEncodeError("ascii", text, 0, len(text), "")))
    print([outcome(("a" + text).encode, encoding, "surrogateescape") for encoding in ("ascii", "latin-1", "utf-8", "utf-16-le", "cp1252", "koi8-r")])

# The maps of codecs by tables.
table = "".join(map(chr, range(128))) + "".join(map(chr, range(0x400, 0x480)))
made = codecs.charmap_build(table)
print(type(made).__name__, codecs.charmap_encode("Привет, world", "strict", made), outcome(codecs.charmap_encode, "é", "strict", made))
print(codecs.charmap_encode("aéb漢🎉c", "replace", made), codecs.charmap_encode("aé漢c", "xmlcharrefreplace", made), codecs.charmap_encode("aé漢c", "ignore", made))
try:
    type(made)()
except TypeError as error:
    print(error)
print(outcome(codecs.charmap_build, ""))
for table in ("abc", "\0ab\ufffec", "\0a\U00010000", "\0a\0b", "\0" + "".join(chr(128 * n + 1) for n in range(1, 256)), "\0" + "".join(chr(n) for n in range(1, 300))):
    made = codecs.charmap_build(table)
    print(len(table), type(made).__name__, [outcome(codecs.charmap_encode, text, "strict", made) for text in ("a", "\0", "b", "\ufffe", "\u0101", "\U00010000")])
for table in ("", "ab", "a\ufffeb", "\u0100b\U0001f389"):
    print([outcome(codecs.charmap_decode, data, handler, table) for data in (b"\0\1\2", b"\2\1\0" * 9, b"\0" * 20) for handler in ("strict", "replace", "ignore")])

# Names of encodings, written in many ways, found and not found.
for name in ("UTF-8", "Utf 16", "  utf__16  le ", "LATIN1", "iso-8859-1", "CP1252", "cp-1252", "cp_1252", "windows-1252", "us-ascii", "ANSI_X3.4-1968", "", "no such", "utf-\xe9", "8859"):
    found = []
    for _ in range(2):
        try:
            found.append("aé".encode(name, "replace"))
        except LookupError as error:
            found.append(str(error))
    print(repr(name), found)

# Line ends.
for text in ("a\r\nb\rc\n\r\n\r\rd", "\r", "\n", "\r\n", "é\r\nλ\r漢\n🎉\r\n", "x" * 70 + "\r\n" + "y" * 70 + "\r" + "z" * 70):
    for newline in (None, "", "\n", "\r", "\r\n"):
        stream = io.StringIO(text, newline=newline)
        file = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", newline=newline)
        written = io.TextIOWrapper(raw := io.BytesIO(), encoding="utf-8", newline=newline)
        written.write(text)
        written.flush()
        print(ascii(newline), list(map(ascii, stream)), stream.newlines, list(map(ascii, file)), file.newlines, raw.getvalue())
    for piece in (1, 2, 3, 80):
        decoder = io.IncrementalNewlineDecoder(None, True)
        plain = io.IncrementalNewlineDecoder(None, False)
        parts = [text[n:n + piece] for n in range(0, len(text), piece)]
        print([ascii(decoder.decode(part)) for part in parts] + [ascii(decoder.decode("", True))], decoder.newlines)
        print([ascii(plain.decode(part)) for part in parts] + [ascii(plain.decode("", True))], plain.newlines)
