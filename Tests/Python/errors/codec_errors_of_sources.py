# What codecs refuse inside of sources and marshalled data is raised with the codec's own exception and its arguments.
import marshal

for data in (b"u\3\0\0\0a\xffb", b"u\3\0\0\0a\xe2\x82", b"u\2\0\0\0\x80a", b"u\4\0\0\0\xf0\x9f\x98a"):
    try:
        print(marshal.loads(data))
    except UnicodeError as error:
        print(type(error).__name__, error.args, error)
for source in ("x = 1\n# \ud800\udfff!", r"'\ud800 and \ud801\ud802'", r'f"{1:\x}"', 'f"{1:é\\x1}"', 'f"{1:\\é\\u12}"', "def f():\n  '''a\\udc80'''"):
    try:
        compile(source, "<text>", "exec")
        print("compiled")
    except UnicodeError as error:
        print(type(error).__name__, error.encoding, ascii(error.object), error.start, error.end, error.reason, error)
