# The programs of the errors of files, sockets and processes in development mode: nothing more is said of files left open, but what CPython says.
import os
import re
import subprocess
import sys

folder = os.path.dirname(os.path.abspath(__file__))
for name in ("file_errors.py", "socket_errors.py", "subprocess_errors.py"):
    done = subprocess.run([sys.executable, "-X", "dev", os.path.join(folder, name)], capture_output=True, text=True, errors="backslashreplace")
    print(name, done.returncode)
    print(done.stdout)
    for line in done.stderr.splitlines():
        # The module _tracemalloc is not there yet, nor is its advice.
        if "Enable tracemalloc" not in line:
            print("   ", re.sub(r"0x[0-9a-f]+|fd=\d+|pid=\d+|\('127.0.0.1', \d+\)|/\S*/python3.14/", "N", line))
