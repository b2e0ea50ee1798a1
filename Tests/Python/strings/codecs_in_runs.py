# Codecs take runs of characters at once: every place where a run may begin, end or be interrupted, at lengths around those that are taken at once.

import binascii
import codecs
import io
import json
import warnings
import zlib

warnings.simplefilter("ignore")
PIECES = ["a", "plain text ", "\\", "+-", "~\x7f", "\x00\n\r\t", "é", "ÿ\x80", "αβγ", "߿ࠀ", "かか゚", "漢字", "한글", "\uffff", "🎉", "\U00010000\U0010ffff", '"', "_="]
CODECS = ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-7", "unicode_escape", "raw_unicode_escape", "latin-1", "ascii",
          "gb18030", "gbk", "big5hkscs", "shift_jis", "shift_jis_2004", "euc_jp", "euc_jis_2004", "euc_kr", "cp949", "johab"]


def texts():
    for length in (0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 66, 100):
        for piece in PIECES:
            yield "x" * length + piece
            yield "x" * length + piece + "y" * 40 + piece
            yield piece * max(length, 1)
    for first in PIECES:
        for second in PIECES:
            yield (first * 3 + "between" + second) * 3


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except UnicodeError as error:
        return type(error).__name__, str(error), error.args[2:]


everything = list(texts())
for codec in CODECS:
    check = 0
    for text in everything:
        for errors in "strict", "replace", "backslashreplace":
            made = outcome(text.encode, codec, errors)
            check = zlib.crc32(repr(made).encode(), check)
            if type(made) is bytes:
                check = zlib.crc32(repr(outcome(made.decode, codec, errors)).encode("utf-8", "backslashreplace"), check)
                for end in range(max(0, len(made) - 5), len(made)):
                    check = zlib.crc32(repr(outcome(made[:end].decode, codec, errors)).encode("utf-8", "backslashreplace"), check)
                wrong = bytearray(made)
                if wrong:
                    wrong[len(wrong) * 2 // 3] ^= 0xC0
                check = zlib.crc32(repr(outcome(bytes(wrong).decode, codec, "replace")).encode("utf-8", "backslashreplace"), check)
    print(codec, check)

# Pieces that end anywhere.
for codec in CODECS:
    encoded = "".join(PIECES).encode(codec, "replace")
    for size in 1, 2, 3, 5, 16:
        decoder = codecs.getincrementaldecoder(codec)("replace")
        parts = [decoder.decode(encoded[place:place + size]) for place in range(0, len(encoded), size)] + [decoder.decode(b"", True)]
        print(codec, size, ascii("".join(parts)), len(parts))

# Everything else that goes through runs.
for ensure in True, False:
    print(zlib.crc32("".join(json.dumps(text, ensure_ascii=ensure) for text in everything).encode("utf-8", "surrogatepass")))
print(all(json.loads(json.dumps(text)) == text for text in everything))
check = 0
for text in everything:
    data = text.encode()
    for header in False, True:
        quoted = binascii.b2a_qp(data, header=header)
        check = zlib.crc32(binascii.a2b_qp(quoted, header=header) + binascii.a2b_qp(data, header=header) + quoted, check)
    digits = data.hex(" "), data.hex(), data.hex(":"), data.hex()[:-1], data.hex(" ") + " ", data.hex(" ", 2)
    for given in digits:
        try:
            check = zlib.crc32(bytes.fromhex(given), check)
        except ValueError as error:
            check = zlib.crc32(str(error).encode(), check)
    check = zlib.crc32(repr([text.find(point) for point in "xy\n漢🎉\U0010ffff"]).encode(), check)
    lines = io.StringIO(text, newline="").readlines(), io.StringIO(text, newline=None).readlines()
    check = zlib.crc32(repr(lines).encode(), check)
print(check)

# A handler gets one exception for a text, and sees it changed from error to error.
seen = []


def handler(error):
    seen.append(error)
    place = error.start, error.end, error.reason
    if isinstance(error, UnicodeDecodeError) and error.start == 6:
        error.object = b"abc\xff\xfe-\xff other bytes\xff"
    error.reason = "changed"
    return f"<{place}>", error.end


codecs.register_error("tests.runs", handler)
for text, codec in ("aéb漢c", "ascii"), ("aéb漢c", "latin-1"), ("a\ud800b\udfffc", "utf-8"), ("a\ud800b\udfffc", "utf-16-le"), ("a漢bcδ", "cp1252"):
    seen.clear()
    print(outcome(text.encode, codec, "tests.runs"), len(set(map(id, seen))), len(seen))
for data, codec in (b"abc\xff\xfe-\xff", "utf-8"), (b"abc\xff-\xe9", "ascii"), (b"a+\xff+A\xff", "utf-7"), (b"\\x1\\u12", "unicode_escape"), (b"\0\xd8a\0\0\xdc", "utf-16-le"):
    seen.clear()
    print(outcome(data.decode, codec, "tests.runs"), len(set(map(id, seen))), len(seen), seen[-1].object if seen else None)
