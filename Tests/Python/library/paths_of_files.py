# Paths and names of files: ASCII and not, str and bytes and path-like, and what stat tells of them.

import os
import pathlib
import tempfile
import time

NAMES = ["a.py", "b", "caf\xe9.txt", "\u65e5\u672c", "\U0001f600.py", "with space"]


class Text(str):
    pass


class Like:
    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return self.path


with tempfile.TemporaryDirectory() as folder:
    for name in NAMES:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(name.encode())
    with open(os.path.join(os.fsencode(folder), b"raw\xff"), "wb"):
        pass
    print(ascii(sorted(os.listdir(folder))))
    print(sorted(os.listdir(os.fsencode(folder))))
    for given in (folder, folder + "/", Text(folder), Like(folder), Like(os.fsencode(folder)), os.fsencode(folder)):
        plain = os.fspath(given)
        with os.scandir(given) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                status = entry.stat()
                print(ascii(entry.name), entry.path == os.path.join(plain, entry.name), status.st_size, entry.is_file(), entry.is_dir(), type(entry.path).__name__)
    print(ascii([path.name for path in sorted(pathlib.Path(folder).iterdir())]))
    print(ascii([path.name for path in sorted(pathlib.Path(folder).glob("*.py"))]))

    path = os.path.join(folder, "a.py")
    os.utime(path, ns=(1_500_000_000_123_456_789, -1_500_000_000))
    status = os.stat(path)
    print(len(status), status[:1] == (status.st_mode,), status[6], status[7:9], status.st_atime, status.st_mtime, status.st_atime_ns, status.st_mtime_ns)
    print(status == os.stat(Text(path)) == os.stat(Like(path)) == os.stat(os.fsencode(path)), status.n_fields, status.n_sequence_fields)
    print([type(item).__name__ for item in status.__reduce__()[1]], status.__reduce__()[1][1]["st_mtime_ns"])
    with open(path, "rb") as file:
        print(os.fstat(file.fileno()).st_size, os.stat(file.fileno()).st_ino == status.st_ino)
    for given in (path + "x", os.fsencode(path + "x"), Like(path + "x"), Text(path + "\xe9")):
        try:
            os.stat(given)
        except OSError as error:
            print(type(error).__name__, error.filename == os.fspath(given), type(error.filename).__name__)

for given in ("a\0b", b"a\0b", "\xe9\0", 1.5, Like(1), None):
    for call in (os.stat, os.unlink, os.listdir if given is not None else os.rmdir):
        try:
            call(given)
        except (TypeError, ValueError) as error:
            print(type(error).__name__, error)

print(len(os.uname()), len(os.times()), len(os.statvfs("/")), time.gmtime(0), time.gmtime(0).tm_zone)
