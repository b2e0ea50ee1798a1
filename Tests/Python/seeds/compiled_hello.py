# The .pyc of a program that prints, taken apart byte by byte: header, then the code object by the type codes of marshal, and put together again.
import importlib.util
import marshal
import os
import py_compile
import struct
import sys
import tempfile

source = 'print("Hello")'
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "hello.py")
    with open(path, "w") as file:
        file.write(source)
    os.utime(path, (1_234_567_890, 1_234_567_890))
    compiled = py_compile.compile(path, os.path.join(folder, "hello.pyc"), dfile="hello.py")
    with open(compiled, "rb") as file:
        data = file.read()
    hashed = py_compile.compile(path, os.path.join(folder, "hashed.pyc"), dfile="hello.py", invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    with open(hashed, "rb") as file:
        by_hash = file.read()

for start in range(0, len(data), 16):
    row = data[start:start + 16]
    print(f"{start:08x}  {row.hex(' '):47}  {''.join(chr(byte) if 32 <= byte < 127 else '.' for byte in row)}")

magic, flags, seconds, size = struct.unpack("<4sIII", data[:16])
print(magic == importlib.util.MAGIC_NUMBER, struct.unpack("<H2s", magic), flags, seconds, size)
print(by_hash[4:16].hex(), by_hash[8:16] == importlib.util.source_hash(source.encode()), by_hash[16:] == data[16:])

NAMES = {0x61: "ascii", 0x41: "ascii interned", 0x7A: "short ascii", 0x5A: "short ascii interned", 0x75: "unicode", 0x74: "interned"}
FIELDS = ["argcount", "posonlyargcount", "kwonlyargcount", "stacksize", "flags"]
position = 16
references = []


def take(count):
    global position
    position += count
    return data[position - count:position]


def number():
    return struct.unpack("<i", take(4))[0]


def show(depth, text):
    print("  " * depth + f"{start:4}  {text}")


def read(depth=0, label=""):
    global start
    start = position
    byte = take(1)[0]
    flag, kind = byte & 0x80, byte & 0x7F
    mark = "*" if flag else " "
    place = None
    if flag:
        place = len(references)
        references.append(None)
    if kind == 0x63:
        show(depth, f"{mark}code {label}")
        value = {}
        for field in FIELDS:
            start = position
            value[field] = number()
            show(depth + 1, f" {field} = {value[field]:#x}")
        for field in ("code", "consts", "names", "localsplusnames", "localspluskinds", "filename", "name", "qualname"):
            value[field] = read(depth + 1, field)
        start = position
        value["firstlineno"] = number()
        show(depth + 1, f" firstlineno = {value['firstlineno']}")
        value["linetable"] = read(depth + 1, "linetable")
        value["exceptiontable"] = read(depth + 1, "exceptiontable")
    elif kind == 0x73:
        value = take(number())
        show(depth, f"{mark}bytes {label} = {value.hex(' ')}")
    elif kind in (0x7A, 0x5A):
        value = take(take(1)[0]).decode("ascii")
        show(depth, f"{mark}{NAMES[kind]} {label} = {value!r}")
    elif kind in (0x61, 0x41, 0x75, 0x74):
        value = take(number()).decode()
        show(depth, f"{mark}{NAMES[kind]} {label} = {value!r}")
    elif kind == 0x29:
        count = take(1)[0]
        show(depth, f"{mark}tuple {label} of {count}")
        value = tuple(read(depth + 1) for _ in range(count))
    elif kind == 0x69:
        value = number()
        show(depth, f"{mark}int {label} = {value}")
    elif kind == 0x4E:
        value = None
        show(depth, f"{mark}None {label}")
    elif kind == 0x72:
        place_of = number()
        value = references[place_of]
        show(depth, f"{mark}reference {label} to {place_of} = {value!r}")
    else:
        raise ValueError(f"type code {kind:#x} at {start}")
    if flag:
        references[place] = value
    return value


parts = read()
print(position == len(data), len(references))
code = marshal.loads(data[16:])
print(code.co_code == parts["code"], code.co_consts == parts["consts"], code.co_names == parts["names"], code.co_filename == parts["filename"])
print(marshal.dumps(code) == data[16:])
exec(code)
for opcode, argument in zip(parts["code"][::2], parts["code"][1::2]):
    import opcode as table
    print(opcode, table.opname[opcode], argument)
print(sys.implementation.cache_tag == importlib.util.cache_from_source("a/hello.py").split(".")[1])
