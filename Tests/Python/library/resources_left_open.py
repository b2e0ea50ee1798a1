# What -X dev says of files, sockets, processes, folders and loops that nobody closed.
import re
import subprocess
import sys

PROGRAMS = {
    "file": "open('/dev/null')",
    "text": "f = open('/dev/null', 'w'); f.write('x'); del f",
    "raw": "import io; io.FileIO('/dev/null')",
    "buffered": "import os; f = os.fdopen(os.open('/dev/null', 1), 'wb'); del f; print('on')",
    "in a function": "def f():\n    file = open('/dev/null', encoding='utf-8'); file = 5\n    return file\nprint(f())",
    "in a cycle": "import gc\nl = [open('/dev/null', encoding='utf-8')]\nl.append(l)\ndel l\ngc.collect()",
    "at the end": "f = open('/dev/null')",
    "encoding": "import io; io.TextIOWrapper(io.BytesIO()); open('/dev/null').close(); import os; os.popen('true').close()",
    "socket": "import socket; socket.socket(); a, b = socket.socketpair()",
    "socket file": "import socket; a, b = socket.socketpair(); f = a.makefile(); a.close(); b.close()",
    "process": "import subprocess, time; p = subprocess.Popen(['sleep', '0.2']); del p; time.sleep(.4)",
    "scandir": "import os; i = os.scandir('/'); next(i); del i",
    "temporary": "import tempfile; tempfile.TemporaryDirectory()",
    "temporary file": "import tempfile; tempfile.NamedTemporaryFile(); tempfile.TemporaryFile()",
    "loop": "import asyncio; l = asyncio.new_event_loop(); del l",
    "coroutine": "async def f(): pass\nf()",
    "bad descriptor": "import os; f = open('/dev/null', 'rb'); os.close(f.fileno()); del f",
    "bad descriptor, written": "import os; f = open('/dev/null', 'w', encoding='utf-8'); f.write('x'); os.close(f.fileno()); del f",
    "epoll, mmap": "import select, mmap; select.epoll(); mmap.mmap(-1, 10)",
    "selector": "import selectors; s = selectors.DefaultSelector(); del s",
    "zip": "import zipfile, io; z = zipfile.ZipFile(io.BytesIO(), 'w'); del z",
    "pool": "import concurrent.futures as c; p = c.ThreadPoolExecutor(1); print(p.submit(int, 5).result())",
    "dev mode": "import sys, warnings; print(sys.flags.dev_mode, sys.warnoptions, [f[:3:2] for f in warnings.filters[:2]]); b'x'.decode(errors='no such handler')",
    "encoding errors": "open('/dev/null', errors='no such handler')",
    "str errors": "str(b'x', errors='no such handler', encoding='ascii')",
}
for name, program in PROGRAMS.items():
    for options in (["-X", "dev"], ["-W", "error::ResourceWarning"])[:1 + (name in ("file", "buffered", "in a cycle", "socket"))]:
        done = subprocess.run([sys.executable, *options, "-c", program], capture_output=True, text=True)
        print(f"== {name} {options[1]}: {done.returncode}")
        print(done.stdout, end="")
        lines = done.stderr.splitlines()
        for line in lines:
            # The module _tracemalloc is not there yet, nor is its advice.
            if "Enable tracemalloc" in line:
                continue
            line = re.sub(r'"?/\S*/python3.14/', "LIB/", line)
            line = re.sub(r"0x[0-9a-f]+", "0x0", line)
            line = re.sub(r"fd=\d+|pid=\d+|subprocess \d+|/tmp/tmp\w+|tmp\w{8}|name=\d+|, \d+\), raddr|closefd=True", "N", line)
            print("   ", line)
