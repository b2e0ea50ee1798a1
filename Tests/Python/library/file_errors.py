# The errors of files: class, errno, file names, message; and nothing stays open.
import errno
import io
import os
import resource
import shutil
import stat
import sys
import tempfile

root = os.path.realpath(tempfile.mkdtemp())
os.chdir(root)


def shown(value):
    if isinstance(value, str):
        return value.replace(root, "ROOT")
    if isinstance(value, bytes):
        return value.replace(root.encode(), b"ROOT")
    return value


def attempt(label, function, *arguments, **keywords):
    try:
        result = function(*arguments, **keywords)
        if hasattr(result, "close"):
            result.close()
        print(f"{label}: no error, {type(result).__name__}")
    except OSError as error:
        print(f"{label}: {type(error).__name__} {errno.errorcode.get(error.errno, error.errno)} {shown(error.filename)!r} {shown(error.filename2)!r} | {shown(str(error))}")
        print("   ", type(error).__mro__[1].__name__, [shown(a) for a in error.args])
    except Exception as error:
        print(f"{label}: {type(error).__name__}: {shown(str(error))}")


def descriptors():
    return sorted(int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}"))


before = descriptors()
os.mkdir("folder")
os.mkdir("full")
with open("full/inner", "w") as file:
    file.write("text")
with open("plain", "w") as file:
    file.write("text")
os.symlink("loop", "loop")
os.symlink("nowhere", "dangling")
os.symlink("folder", "link")
long = "n" * 300
deep = "/".join(["d" * 200] * 25)

for name in ("missing", "missing/inner", "folder", "plain/inner", "loop", "dangling", long, deep, "", "nul\0byte", b"missing", b"plain/inner", b"nul\0byte", "\udc80missing", "caf\u00e9"):
    attempt(f"open {name[:20]!r}", open, name)
    attempt(f"open w {name[:20]!r}", open, name if name in ("folder", "plain/inner", "loop", long, "", "nul\0byte") else "folder", "w")
    attempt(f"FileIO {name[:20]!r}", io.FileIO, name)
    attempt(f"os.open {name[:20]!r}", os.open, name, os.O_RDONLY | os.O_DIRECTORY if name == "plain" else os.O_WRONLY)
    for function in (os.stat, os.lstat, os.listdir, os.scandir, os.rmdir, os.unlink, os.readlink, os.chdir, os.statvfs):
        if name in ("folder", "dangling", "loop", "") and function in (os.rmdir, os.unlink, os.chdir):
            continue
        if function is os.listdir and name == "":
            continue
        attempt(f"{function.__name__} {name[:20]!r}", function, name)

attempt("x existing", open, "plain", "x")
attempt("O_EXCL", os.open, "plain", os.O_CREAT | os.O_EXCL | os.O_WRONLY)
attempt("mkdir existing", os.mkdir, "folder")
attempt("mkdir over a file", os.mkdir, "plain")
attempt("mkdir below nothing", os.mkdir, "missing/new")
attempt("makedirs", os.makedirs, "folder")
attempt("makedirs below a file", os.makedirs, "plain/new/newer")
attempt("rmdir full", os.rmdir, "full")
attempt("rmdir of a file", os.rmdir, "plain")
attempt("unlink of a folder", os.unlink, "folder")
attempt("remove of a folder", os.remove, b"folder")
attempt("rename missing", os.rename, "missing", "new")
attempt("rename over full", os.rename, "folder", "full")
attempt("rename file over folder", os.rename, "plain", "folder")
attempt("rename folder over file", os.rename, "folder", "plain")
attempt("rename into itself", os.rename, "folder", "folder/inner")
attempt("replace missing", os.replace, b"missing", b"new")
attempt("link missing", os.link, "missing", "new")
attempt("link existing", os.link, "plain", "full/inner")
attempt("link to a folder", os.link, "folder", "new")
attempt("symlink existing", os.symlink, "target", "plain")
attempt("readlink of a file", os.readlink, "plain")
attempt("truncate of a folder", os.truncate, "folder", 0)
attempt("truncate negative", os.truncate, "plain", -1)
attempt("chmod missing", os.chmod, "missing", 0o600)
attempt("utime missing", os.utime, "missing")
attempt("utime in a loop", os.utime, "loop")
attempt("mkfifo existing", os.mkfifo, "plain")
attempt("execv missing", os.execv, "./missing", ["missing"])
attempt("execv of a folder", os.execv, "folder", ["folder"])
attempt("execve no permission bit", os.execve, "./plain", ["plain"], {})
attempt("chown missing", os.chown, "missing", 0, 0)
attempt("listxattr", os.listxattr, "missing")
attempt("scandir of a file", os.scandir, "plain")
attempt("open folder with dir_fd", os.open, "x", os.O_RDONLY, dir_fd=99)
attempt("stat with dir_fd", os.stat, "x", dir_fd=99)
attempt("copyfile", shutil.copyfile, "missing", "new")
attempt("copyfile to itself", shutil.copyfile, "plain", "plain")
attempt("copytree", shutil.copytree, "missing", "new")
attempt("rmtree", shutil.rmtree, "missing")
attempt("rmtree of a file", shutil.rmtree, "plain")
attempt("move", shutil.move, "missing", "new")
if os.path.isdir("/dev/shm") and os.stat("/dev/shm").st_dev != os.stat(".").st_dev:
    other = tempfile.mkdtemp(dir="/dev/shm")
    try:
        os.rename("plain", other + "/plain")
    except OSError as error:
        print(type(error).__name__, errno.errorcode[error.errno], error.filename, error.filename2 == other + "/plain")
    try:
        os.link("plain", other + "/plain")
    except OSError as error:
        print(type(error).__name__, errno.errorcode[error.errno], error.filename, error.filename2 == other + "/plain")
    os.rmdir(other)

for number in (-1, 99, 1_000_000, 2 ** 31, -(2 ** 31) - 1, 2 ** 70):
    for function, more in ((os.read, (1,)), (os.write, (b"x",)), (os.close, ()), (os.fstat, ()), (os.dup, ()), (os.lseek, (0, 0)), (os.fsync, ()), (os.ftruncate, (0,)), (os.isatty, ()),
                           (os.fdopen, ()), (open, ()), (os.get_inheritable, ()), (os.set_blocking, (True,)), (os.fchmod, (0o600,)), (os.dup2, (98,)), (os.listdir, ()), (os.ttyname, ()),
                           (os.tcgetpgrp, ()), (os.pread, (1, 0)), (os.fchdir, ()), (os.get_terminal_size, ()), (os.fpathconf, ("PC_NAME_MAX",))):
        if function is os.listdir and number == -1:
            continue
        attempt(f"{function.__name__} {number}", function, number, *more)

for number in (99, -2):
    attempt(f"truncate {number}", os.truncate, number, 0) if number > 0 else None
    attempt(f"readinto {number}", os.readinto, number, bytearray(1))
    attempt(f"getxattr {number}", os.getxattr, number, "user.name")
    attempt(f"setxattr {number}", os.setxattr, number, "user.name", b"value")
    attempt(f"removexattr {number}", os.removexattr, number, "user.name")
with open("plain", "rb") as file:
    attempt("truncate of a reader's descriptor", os.truncate, file.fileno(), 0)

reader, writer = os.pipe()
attempt("seek in a pipe", os.lseek, reader, 0, 0)
attempt("read of the writing end", os.read, writer, 1)
attempt("write of the reading end", os.write, reader, b"x")
attempt("get_terminal_size of a pipe", os.get_terminal_size, reader)
attempt("ttyname of a pipe", os.ttyname, reader)
os.set_blocking(reader, False)
attempt("nothing there yet", os.read, reader, 1)
with open(reader, "rb", buffering=0, closefd=False) as file:
    print(file.read(1), file.readall())
with open(reader, "rb", closefd=False) as file:
    attempt("buffered, nothing there yet", file.read, 1)
    attempt("peek", file.peek)
os.close(reader)
attempt("broken pipe", os.write, writer, b"x")
file = open(writer, "wb")
file.write(b"x")
attempt("broken pipe at flush", file.flush)
attempt("broken pipe at close", file.close)
print(file.closed)

with open("plain") as file:
    attempt("write to a reader", file.write, "x")
    attempt("seek from the end", file.seek, -1, 2)
    attempt("negative seek", file.seek, -1)
    attempt("bad whence", file.seek, 0, 9)
    attempt("truncate of a reader", file.truncate)
attempt("read when closed", file.read)
attempt("iterate when closed", next, file)
with open("plain", "w") as file:
    attempt("read of a writer", file.read)
    attempt("readline of a writer", file.readline)
    attempt("iterate over a writer", next, file)
    descriptor = file.fileno()
    os.close(descriptor)
    file.write("lost")
    try:
        file.close()
    except OSError as error:
        print(type(error).__name__, error)
with open("/dev/full", "wb", buffering=0) as file:
    attempt("no space, unbuffered", file.write, b"x")
file = open("/dev/full", "w")
file.write("x")
attempt("no space at flush", file.flush)
attempt("no space at close", file.close)
for arguments in (("plain", "q"), ("plain", "rw"), ("plain", "r+w"), ("plain", ""), ("plain", "rb", 0, "utf-8"), ("plain", "r", 0), ("plain", "r", 1, "no-such-encoding"), ("plain", "rb", -1, None, "strict"),
                  ("plain", "r", -1, None, None, "x"), (3.5,), (None,), ("plain", 5), ("plain", "rbt")):
    attempt(f"open{arguments}", open, *arguments)
attempt("opener", open, "plain", opener=lambda path, flags: -1)
attempt("opener that fails", open, "plain", opener=lambda path, flags: 1 / 0)
attempt("opener with no number", open, "plain", opener=lambda path, flags: "x")
attempt("opener with a bad number", open, "plain", opener=lambda path, flags: 99)
attempt("closefd", open, "plain", closefd=False)

limit = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (max(before) + 4, limit[1]))
held = []
try:
    while True:
        held.append(open("plain", "rb"))
except OSError as error:
    print(type(error).__name__, errno.errorcode[error.errno], error.filename, error)
print(len(held))
for function, arguments in ((open, ("plain",)), (os.open, ("plain", os.O_RDONLY)), (os.pipe, ()), (os.dup, (0,)), (os.scandir, (".",)), (os.listdir, (".",)), (os.memfd_create, ("m",)),
                            (tempfile.mkstemp, (None, None, root)), (tempfile.TemporaryFile, ()), (os.openpty, ()), (os.eventfd, (0,)), (os.fdopen, (99,)), (os.urandom, (2,))):
    try:
        result = function(*arguments)
        print(function.__name__, type(result).__name__)
    except OSError as error:
        print(function.__name__, type(error).__name__, error.errno, isinstance(error.filename, str) and os.path.basename(error.filename)[:3])
for file in held:
    file.close()
resource.setrlimit(resource.RLIMIT_NOFILE, limit)
os.chdir("/")
shutil.rmtree(root)
attempt("getcwd", os.getcwd)
print(descriptors() == before or (before, descriptors()))
