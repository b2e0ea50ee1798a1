#!/usr/bin/env python3
"""What the library's native modules cost: JSON, struct, text codecs, files, regular expressions and their like, on Krait and on CPython.

    library.py KRAIT [--peer PATH] [--only PATTERN...] [--rounds 5] [--seconds 0.02] [--maximum 1.3]

Each line of CASES is timed by timeit in a process of either Python; the two take turns, round by round, with as many loops as the peer needs for
--seconds. What counts is the least processor time of the rounds. The table shows Krait's time divided by the peer's (less is better); the gate
`--maximum` looks at every line.
"""

import argparse
import math
import os
import re
import subprocess
import sys
import tempfile
import timeit
import time

DEFAULT_PEER = "~/.cache/krait-peers/python3.14"

SETUP = """
import io, os, re, csv, json, array, base64, binascii, codecs, hashlib, struct, zlib
record = {"name": "Ada Lovelace", "id": 1815, "tags": ["first", "second", "third"], "score": 0.75, "active": True, "parent": None, "size": {"w": 10, "h": 20}}
records = [dict(record, id=n, score=n / 7) for n in range(200)]
floats, integers = [n / 7 for n in range(2000)], [n * 104729 for n in range(2000)]
words = "The quick brown fox jumps over the lazy dog. " * 400
latin, greek, wide = "café naïve Ångström " * 800, "Ελληνικά, English; " * 800, "emoji 🎉 and 漢字 " * 800
lines = [f"line {n} of the text file, with some words in it\\n" for n in range(2000)]
class Sink(io.RawIOBase):
    def writable(self): return True
    def write(self, data): return len(data)
with open("text", "w") as f: f.writelines(lines)
with open("text-crlf", "w", newline="\\r\\n") as f: f.writelines(lines)
with open("text-wide", "w", encoding="utf-8") as f: f.write((greek + "\\n") * 8 + "🎉\\n")
"""

# (group, what, set-up of its own, statement)
CASES = [
    ("json", "dumps records", "", "json.dumps(records)"),
    ("json", "dumps, indent", "", "json.dumps(records, indent=2)"),
    ("json", "dumps, sort_keys", "", "json.dumps(records, sort_keys=True)"),
    ("json", "dumps, separators", "", "json.dumps(records, separators=(',', ':'))"),
    ("json", "dumps, ensure_ascii off", "", "json.dumps([greek, wide, words], ensure_ascii=False)"),
    ("json", "dumps, texts escaped", "", "json.dumps([greek, wide, latin])"),
    ("json", "dumps, ASCII texts", "", "json.dumps([words] * 4)"),
    ("json", "dumps floats", "", "json.dumps(floats)"),
    ("json", "dumps integers", "", "json.dumps(integers)"),
    ("json", "dumps, small", "", "json.dumps(record)"),
    ("json", "dumps, integer keys", "d = {n: str(n) for n in range(1000)}", "json.dumps(d)"),
    ("json", "dumps, default=", "d = [1j] * 500", "json.dumps(d, default=str)"),
    ("json", "dump to a file", "", "json.dump(records[:20], io.StringIO())"),
    ("json", "iterencode", "", "for _ in json.JSONEncoder().iterencode(records[:20]): pass"),
    ("json", "loads records", "d = json.dumps(records)", "json.loads(d)"),
    ("json", "loads, indented", "d = json.dumps(records, indent=2)", "json.loads(d)"),
    ("json", "loads bytes", "d = json.dumps(records).encode()", "json.loads(d)"),
    ("json", "loads floats", "d = json.dumps(floats)", "json.loads(d)"),
    ("json", "loads integers", "d = json.dumps(integers)", "json.loads(d)"),
    ("json", "loads, long texts", "d = json.dumps([words] * 4)", "json.loads(d)"),
    ("json", "loads, escaped texts", "d = json.dumps([greek, wide, latin])", "json.loads(d)"),
    ("json", "loads, wide texts", "d = json.dumps([greek, wide, latin], ensure_ascii=False)", "json.loads(d)"),
    ("json", "loads, object_hook", "d = json.dumps(records)", "json.loads(d, object_hook=lambda o: o)"),
    ("json", "loads, object_pairs_hook", "d = json.dumps(records)", "json.loads(d, object_pairs_hook=lambda o: o)"),
    ("json", "loads, parse_float", "d = json.dumps(floats)", "json.loads(d, parse_float=str)"),
    ("json", "loads, small", "d = json.dumps(record)", "json.loads(d)"),
    ("json", "loads, one number", "", "json.loads('12')"),

    ("struct", "pack <I", "", "struct.pack('<I', 7)"),
    ("struct", "pack >bHiQ", "", "struct.pack('>bHiQ', 1, 2, 3, 4)"),
    ("struct", "pack native lists", "", "struct.pack('100i', *integers[:100])"),
    ("struct", "pack doubles", "p = struct.Struct('<100d').pack", "p(*floats[:100])"),
    ("struct", "pack 10s?x5p", "", "struct.pack('10s?x5p', b'bytes', True, b'abc')"),
    ("struct", "unpack <I", "d = b'abcd'", "struct.unpack('<I', d)"),
    ("struct", "unpack >bHiQ", "d = struct.pack('>bHiQ', 1, 2, 3, 4)", "struct.unpack('>bHiQ', d)"),
    ("struct", "unpack doubles", "u, d = struct.Struct('<100d').unpack, struct.pack('<100d', *floats[:100])", "u(d)"),
    ("struct", "unpack shorts", "u, d = struct.Struct('>200h').unpack, bytes(400)", "u(d)"),
    ("struct", "unpack floats", "u, d = struct.Struct('100f').unpack, bytes(400)", "u(d)"),
    ("struct", "unpack 16s8sc", "u, d = struct.Struct('16s8sc').unpack, bytes(25)", "u(d)"),
    ("struct", "iter_unpack", "s, d = struct.Struct('<HIb'), bytes(7 * 300)", "for a, b, c in s.iter_unpack(d): pass"),
    ("struct", "pack_into", "s, b = struct.Struct('<HIb'), bytearray(100)", "s.pack_into(b, 20, 1, 2, 3)"),
    ("struct", "unpack_from", "s, b = struct.Struct('<HIb'), bytearray(100)", "s.unpack_from(b, 20)"),
    ("struct", "half and complex", "s = struct.Struct('<eeFD')", "s.pack(1.5, 2.5, 1j, 2j)"),
    ("struct", "calcsize", "", "struct.calcsize('<4sIHb')"),

    *[("encode", f"{codec} {name}", f"t = {name}", f"t.encode({codec!r})") for codec, names in {
        "utf-8": ("words", "latin", "greek", "wide"), "latin-1": ("words", "latin"), "ascii": ("words",), "utf-16": ("words", "greek", "wide"),
        "utf-16-be": ("latin",), "utf-32": ("words", "wide"), "cp1252": ("words", "latin"), "iso8859-7": ("words",), "cp1253": ("greek",),
        "koi8-r": ("words",), "utf-7": ("words", "greek"), "raw_unicode_escape": ("latin", "wide"), "unicode_escape": ("words", "wide"),
        "utf-8-sig": ("latin",)}.items() for name in names],
    *[("decode", f"{codec} {name}", f"t = {name}.encode({codec!r})", f"t.decode({codec!r})") for codec, names in {
        "utf-8": ("words", "latin", "greek", "wide"), "latin-1": ("words", "latin"), "ascii": ("words",), "utf-16": ("words", "greek", "wide"),
        "utf-16-be": ("latin",), "utf-32": ("words", "wide"), "cp1252": ("words", "latin"), "iso8859-7": ("words",), "cp1253": ("greek",),
        "koi8-r": ("words",), "utf-7": ("words", "greek"), "raw_unicode_escape": ("latin", "wide"), "unicode_escape": ("words", "wide"),
        "utf-8-sig": ("latin",)}.items() for name in names],
    ("encode", "ascii, ignore", "", "greek.encode('ascii', 'ignore')"),
    ("encode", "ascii, replace", "", "greek.encode('ascii', 'replace')"),
    ("encode", "latin-1, xmlcharrefreplace", "", "greek.encode('latin-1', 'xmlcharrefreplace')"),
    ("encode", "ascii, backslashreplace", "", "wide.encode('ascii', 'backslashreplace')"),
    ("encode", "ascii, namereplace", "", "greek[:500].encode('ascii', 'namereplace')"),
    ("encode", "utf-8, surrogateescape", "t = bytes(range(128, 256)).decode('ascii', 'surrogateescape') * 40", "t.encode('utf-8', 'surrogateescape')"),
    ("encode", "utf-8, surrogatepass", "t = chr(0xD800) * 4000", "t.encode('utf-8', 'surrogatepass')"),
    ("encode", "cp1252, replace", "", "greek.encode('cp1252', 'replace')"),
    ("encode", "handler in Python", "codecs.register_error('own', lambda e: ('?', e.end))", "greek[:2000].encode('ascii', 'own')"),
    ("encode", "short, utf-8", "", "'café'.encode()"),
    ("encode", "short, latin-1", "", "'café'.encode('latin-1')"),
    ("encode", "short, cp1252", "", "'café'.encode('cp1252')"),
    ("encode", "idna", "", "'bücher.example.org'.encode('idna')"),
    ("encode", "punycode", "", "greek[:60].encode('punycode')"),
    ("encode", "charmap", "m = codecs.charmap_build(bytes(range(256)).decode('cp437'))", "codecs.charmap_encode(words, 'strict', m)"),
    ("encode", "shift_jis", "t = '漢字とかな ' * 500", "t.encode('shift_jis')"),
    ("encode", "gb18030", "t = '漢字 text ' * 500", "t.encode('gb18030')"),
    ("encode", "incremental utf-8", "e = codecs.getincrementalencoder('utf-8')()", "for l in lines: e.encode(l)"),
    ("encode", "incremental utf-16", "e = codecs.getincrementalencoder('utf-16')()", "for l in lines: e.encode(l)"),
    ("decode", "ascii, ignore", "t = greek.encode()", "t.decode('ascii', 'ignore')"),
    ("decode", "ascii, replace", "t = greek.encode()", "t.decode('ascii', 'replace')"),
    ("decode", "ascii, backslashreplace", "t = greek.encode()", "t.decode('ascii', 'backslashreplace')"),
    ("decode", "utf-8, surrogateescape", "t = bytes(range(128, 256)) * 40", "t.decode('utf-8', 'surrogateescape')"),
    ("decode", "utf-8, replace", "t = latin.encode('latin-1')", "t.decode('utf-8', 'replace')"),
    ("decode", "handler in Python", "codecs.register_error('own', lambda e: ('?', e.end)); t = greek[:2000].encode()", "t.decode('ascii', 'own')"),
    ("decode", "short, utf-8", "t = 'café'.encode()", "t.decode()"),
    ("decode", "short, latin-1", "t = 'café'.encode('latin-1')", "t.decode('latin-1')"),
    ("decode", "short, cp1252", "t = 'café'.encode('cp1252')", "t.decode('cp1252')"),
    ("decode", "idna", "t = 'bücher.example.org'.encode('idna')", "t.decode('idna')"),
    ("decode", "shift_jis", "t = ('漢字とかな ' * 500).encode('shift_jis')", "t.decode('shift_jis')"),
    ("decode", "gb18030", "t = ('漢字 text ' * 500).encode('gb18030')", "t.decode('gb18030')"),
    ("decode", "incremental utf-8", "d, parts = codecs.getincrementaldecoder('utf-8')(), [l.encode() for l in lines]", "for l in parts: d.decode(l)"),
    ("decode", "incremental utf-8, split", "d, t = codecs.getincrementaldecoder('utf-8')(), greek[:1000].encode()", "for n in range(len(t)): d.decode(t[n:n + 1])"),
    ("decode", "incremental utf-16", "d, t = codecs.getincrementaldecoder('utf-16')(), greek[:1000].encode('utf-16')", "d.reset()\nfor n in range(0, len(t), 3): d.decode(t[n:n + 3])"),
    ("decode", "StreamReader", "t = greek.encode()", "codecs.getreader('utf-8')(io.BytesIO(t)).read()"),

    ("io", "BytesIO, write", "", "f = io.BytesIO()\nfor _ in range(500): f.write(b'some bytes')\nf.getvalue()"),
    ("io", "BytesIO, read", "f = io.BytesIO(bytes(8000))", "f.seek(0)\nwhile f.read(16): pass"),
    ("io", "BytesIO, lines", "t = ''.join(lines).encode()", "for l in io.BytesIO(t): pass"),
    ("io", "BytesIO, readinto", "f, b = io.BytesIO(bytes(8000)), bytearray(16)", "f.seek(0)\nwhile f.readinto(b): pass"),
    ("io", "StringIO, write", "", "f = io.StringIO()\nfor _ in range(500): f.write('some text ')\nf.getvalue()"),
    ("io", "StringIO, write wide", "", "f = io.StringIO()\nfor _ in range(500): f.write('漢字 text ')\nf.getvalue()"),
    ("io", "StringIO, read", "f = io.StringIO(words)", "f.seek(0)\nwhile f.read(16): pass"),
    ("io", "StringIO, lines", "t = ''.join(lines)", "for l in io.StringIO(t): pass"),
    ("io", "StringIO, newline=None", "t = '\\r\\n'.join(lines)", "for l in io.StringIO(t, newline=None): pass"),
    ("io", "print to StringIO", "f = io.StringIO()", "f.seek(0)\nfor n in range(300): print('line', n, file=f)"),
    ("io", "open and close", "", "open('text', 'rb').close()"),
    ("io", "open and close, text", "", "open('text').close()"),
    ("io", "text, iterate lines", "", "with open('text') as f:\n    for l in f: pass"),
    ("io", "text, readlines", "", "with open('text') as f: f.readlines()"),
    ("io", "text, readline", "", "with open('text') as f:\n    while f.readline(): pass"),
    ("io", "text, read", "", "with open('text') as f: f.read()"),
    ("io", "text, read(1)", "", "with open('text') as f:\n    for _ in range(3000): f.read(1)"),
    ("io", "text, read(100)", "", "with open('text') as f:\n    while f.read(100): pass"),
    ("io", "text, latin-1 lines", "", "with open('text', encoding='latin-1') as f:\n    for l in f: pass"),
    ("io", "text, CRLF lines", "", "with open('text-crlf') as f:\n    for l in f: pass"),
    ("io", "text, CRLF read", "", "with open('text-crlf') as f: f.read()"),
    ("io", "text, newline=''", "", "with open('text-crlf', newline='') as f:\n    for l in f: pass"),
    ("io", "text, newline='\\n'", "", "with open('text', newline='\\n') as f:\n    for l in f: pass"),
    ("io", "text, wide read", "", "with open('text-wide', encoding='utf-8') as f: f.read()"),
    ("io", "text, wide lines", "", "with open('text-wide', encoding='utf-8') as f:\n    for l in f: pass"),
    ("io", "text, tell and seek", "f = open('text')", "f.seek(0)\nfor _ in range(20): f.readline(); f.tell()\nf.seek(f.tell())"),
    ("io", "text, write lines", "", "with open('out', 'w') as f:\n    for l in lines: f.write(l)"),
    ("io", "text, writelines", "", "with open('out', 'w') as f: f.writelines(lines)"),
    ("io", "text, write small", "", "with open('out', 'w') as f:\n    for _ in range(3000): f.write('ab')"),
    ("io", "text, write CRLF", "", "with open('out', 'w', newline='\\r\\n') as f:\n    for l in lines: f.write(l)"),
    ("io", "text, write wide", "", "with open('out', 'w', encoding='utf-16') as f:\n    for l in lines: f.write(l)"),
    ("io", "text, print", "", "with open('out', 'w') as f:\n    for n in range(1000): print('line', n, 1.5, sep=',', file=f)"),
    ("io", "text, line buffered", "f = io.TextIOWrapper(Sink(), line_buffering=True)", "for l in lines[:300]: f.write(l)"),
    ("io", "binary, lines", "", "with open('text', 'rb') as f:\n    for l in f: pass"),
    ("io", "binary, readline", "", "with open('text', 'rb') as f:\n    while f.readline(): pass"),
    ("io", "binary, read", "", "with open('text', 'rb') as f: f.read()"),
    ("io", "binary, read(16)", "", "with open('text', 'rb') as f:\n    while f.read(16): pass"),
    ("io", "binary, readinto", "b = bytearray(64)", "with open('text', 'rb') as f:\n    while f.readinto(b): pass"),
    ("io", "binary, peek", "", "with open('text', 'rb') as f:\n    for _ in range(500): f.peek(4); f.read(4)"),
    ("io", "binary, write small", "", "with open('out', 'wb') as f:\n    for _ in range(3000): f.write(b'ab')"),
    ("io", "binary, unbuffered", "", "with open('text', 'rb', buffering=0) as f:\n    while f.read(1000): pass"),
    ("io", "binary, random", "f = open('out2', 'w+b'); f.write(bytes(100000))", "for n in range(0, 2000, 40): f.seek(n * 37 % 90000); f.read(8); f.seek(-8, 1); f.write(b'12345678')"),
    ("io", "BufferedReader of BytesIO", "t = ''.join(lines).encode()", "for l in io.BufferedReader(io.BytesIO(t)): pass"),
    ("io", "TextIOWrapper of BytesIO", "t = ''.join(lines).encode()", "for l in io.TextIOWrapper(io.BytesIO(t)): pass"),
    ("io", "os.read and os.write", "a, b = os.pipe()", "os.write(b, b'x' * 64)\nos.read(a, 64)"),
    ("io", "os.scandir", "", "for e in os.scandir('.'): e.is_dir()"),
    ("io", "os.stat", "", "os.stat('text')"),

    ("re", "words", "r = re.compile(r'\\w+')", "r.findall(words)"),
    ("re", "search, literal", "r = re.compile('lazy cat')", "r.search(words)"),
    ("re", "search, IGNORECASE", "r = re.compile('LAZY CAT', re.I)", "r.search(words)"),
    ("re", "alternatives", "r = re.compile('fox|dog|cat')", "r.findall(words)"),
    ("re", "groups", "r = re.compile(r'line (\\d+) of (?P<what>.*?), with')", "for l in lines[:200]: r.match(l).group('what')"),
    ("re", "lazy and backtracking", "r = re.compile(r'(\\w+?)\\s+(?:\\w+\\s+)*?dog')", "r.findall(words[:900])"),
    ("re", "sub", "r = re.compile('o(.)')", "r.sub(r'[\\1]', words)"),
    ("re", "sub, function", "r = re.compile('o(.)')", "r.sub(lambda m: m[1], words[:4000])"),
    ("re", "split", "r = re.compile(r'[\\s.]+')", "r.split(words)"),
    ("re", "finditer", "r = re.compile(r'\\b\\w')", "for m in r.finditer(words[:4000]): m.start()"),
    ("re", "look-around", "r = re.compile(r'(?<=quick )\\w+(?= fox)')", "r.findall(words)"),
    ("re", "back reference", "r = re.compile(r'(.)\\1')", "r.findall(words)"),
    ("re", "class", "r = re.compile(r'[^aeiou\\s]{2,}')", "r.findall(words)"),
    ("re", "bytes", "r, t = re.compile(rb'[a-z]+'), words.encode()", "r.findall(t)"),
    ("re", "wide", "r = re.compile(r'[α-ω]+')", "r.findall(greek)"),
    ("re", "fullmatch, short", "r = re.compile(r'[a-z_]\\w*')", "r.fullmatch('identifier_1')"),
    ("re", "re.match, cached", "", "re.match(r'(\\d+)-(\\d+)', '12-34')"),
    ("re", "compile", "", "re._compiler.compile(r'(?P<a>\\w+)\\s*=\\s*(\"[^\"]*\"|[0-9]+)', 0)"),

    ("csv", "reader", "t = [f'{n},text {n},\"quoted, {n}\",{n / 7}\\n' for n in range(500)]", "for r in csv.reader(t): pass"),
    ("csv", "reader, numbers", "t = ['1,2.5,3,4\\n'] * 500", "list(csv.reader(t, quoting=csv.QUOTE_NONNUMERIC))"),
    ("csv", "DictReader", "t = ['a,b,c\\n'] + ['1,2,3\\n'] * 300", "for r in csv.DictReader(t): pass"),
    ("csv", "writer", "rows = [(n, f'text {n}', 'quoted, text', n / 7) for n in range(300)]", "csv.writer(io.StringIO()).writerows(rows)"),
    ("csv", "DictWriter", "rows = [{'a': n, 'b': 'x'} for n in range(300)]", "csv.DictWriter(io.StringIO(), ['a', 'b']).writerows(rows)"),
    ("binascii", "b64encode", "t = bytes(range(256)) * 40", "base64.b64encode(t)"),
    ("binascii", "b64decode", "t = base64.b64encode(bytes(range(256)) * 40)", "base64.b64decode(t)"),
    ("binascii", "b64decode, short", "t = base64.b64encode(b'user:secret')", "base64.b64decode(t)"),
    ("binascii", "urlsafe_b64encode", "t = bytes(range(256)) * 4", "base64.urlsafe_b64encode(t)"),
    ("binascii", "b32encode", "t = bytes(range(256))", "base64.b32encode(t)"),
    ("binascii", "a85encode", "t = bytes(range(256))", "base64.a85encode(t)"),
    ("binascii", "hexlify", "t = bytes(range(256)) * 40", "binascii.hexlify(t)"),
    ("binascii", "hexlify, separator", "t = bytes(range(256)) * 4", "t.hex(':', 4)"),
    ("binascii", "unhexlify", "t = (bytes(range(256)) * 40).hex()", "binascii.unhexlify(t)"),
    ("binascii", "fromhex", "t = (bytes(range(256)) * 40).hex(' ')", "bytes.fromhex(t)"),
    ("binascii", "b2a_qp", "t = latin.encode()", "binascii.b2a_qp(t)"),
    ("binascii", "a2b_qp", "t = binascii.b2a_qp(latin.encode())", "binascii.a2b_qp(t)"),
    ("binascii", "crc32", "t = bytes(range(256)) * 40", "binascii.crc32(t)"),
    ("binascii", "crc_hqx", "t = bytes(range(256)) * 40", "binascii.crc_hqx(t, 0)"),
    *[("hashlib", name, "t = bytes(range(256)) * 40", f"hashlib.{name}(t).digest()") for name in
      ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b", "blake2s")],
    ("hashlib", "sha256, short", "", "hashlib.sha256(b'short').hexdigest()"),
    ("hashlib", "shake_128", "t = bytes(range(256)) * 40", "hashlib.shake_128(t).digest(64)"),
    ("hashlib", "update", "h = hashlib.sha256()", "h.update(b'some bytes')"),
    ("zlib", "compress", "t = ''.join(lines).encode()", "zlib.compress(t)"),
    ("zlib", "decompress", "t = zlib.compress(''.join(lines).encode())", "zlib.decompress(t)"),
    ("zlib", "compressobj", "", "c = zlib.compressobj()\nfor l in lines[:200]: c.compress(l.encode())\nc.flush()"),
    ("zlib", "decompressobj", "t = zlib.compress(''.join(lines).encode())", "d = zlib.decompressobj()\nwhile t: d.decompress(t, 1000); t = d.unconsumed_tail\nt = zlib.compress(b'')"),
    ("zlib", "adler32", "t = bytes(range(256)) * 40", "zlib.adler32(t)"),
]


def worker():
    """Answers "case loops" lines with seconds, or with what was raised."""
    timers, answers = {}, os.fdopen(os.dup(1), "w", buffering=1)
    for line in sys.stdin:
        case, loops = map(int, line.split())
        try:
            if case not in timers:
                _, _, own, statement = CASES[case]
                timers[case] = timeit.Timer(statement, SETUP + own, timer=time.process_time)
            print(timers[case].timeit(loops), file=answers)
        except Exception as error:
            print(repr(error).replace("\n", " "), file=answers)


class Python:
    def __init__(self, path, folder):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {"PYTHONHASHSEED": "0"}
        self.process = subprocess.Popen([path, "-S", "-E", os.path.abspath(__file__), "--worker"], cwd=folder, env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1)

    def seconds(self, case, loops):
        print(case, loops, file=self.process.stdin)
        answer = self.process.stdout.readline()
        try:
            return float(answer)
        except ValueError:
            sys.exit(f"{self.process.args[0]}: {' '.join(CASES[case][:2])}: {answer.strip() or 'ended'}")

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("krait")
    parser.add_argument("--peer", default=DEFAULT_PEER)
    parser.add_argument("--only", nargs="+", metavar="PATTERN", help="the cases whose group and name have one of these")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.02, help="the peer's time for one round")
    parser.add_argument("--maximum", type=float)
    arguments = parser.parse_args()
    chosen = [n for n, case in enumerate(CASES) if not arguments.only or any(re.search(pattern, " ".join(case[:2])) for pattern in arguments.only)]
    ratios, slow = {}, []
    print("| group | what | krait µs | peer µs | ratio |\n|---|---|--:|--:|--:|")
    for case in chosen:
        group, name = CASES[case][:2]
        # Workers of their own for every case: what one leaves in the heap is no matter of the next.
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            krait, peer = (Python(os.path.abspath(os.path.expanduser(path)), folder) for path, folder in ((arguments.krait, first), (arguments.peer, second)))
            loops = 1
            while (spent := peer.seconds(case, loops)) < arguments.seconds / 2:
                loops = max(loops * 2, int(loops * min(100, arguments.seconds / max(spent, 1e-6))))
            own = others = math.inf
            for _ in range(arguments.rounds):
                own, others = min(own, krait.seconds(case, loops)), min(others, peer.seconds(case, loops))
            krait.close()
            peer.close()
        ratio = own / others
        ratios.setdefault(group, []).append(ratio)
        if arguments.maximum is not None and ratio > arguments.maximum:
            slow.append(f"{group} {name} {ratio:.2f}")
        print(f"| {group} | {name} | {own / loops * 1e6:.3f} | {others / loops * 1e6:.3f} | {ratio:.2f} |", flush=True)
    print("\n" + ", ".join(f"{group} {math.exp(sum(map(math.log, each)) / len(each)):.2f}" for group, each in ratios.items()))
    if slow:
        sys.exit(f"gate MISSED: more than {arguments.maximum} times the peer's time: {', '.join(slow)}")


if __name__ == "__main__":
    worker() if sys.argv[1:] == ["--worker"] else main()
