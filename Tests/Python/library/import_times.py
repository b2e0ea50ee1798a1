"""`-X importtime`: each import is indented by those around it in its own interpreter, each interpreter tells what the columns are, and no thread disturbs another one."""
import os
import re
import subprocess
import sys
import tempfile

LINE = re.compile(r"import time: +\d+ \| +\d+ \| ( *)(\w+)")


def imports(program, *options):
    """The names of the program's own modules with how deep they are, and how many headers there are."""
    ended = subprocess.run([sys.executable, "-X", "importtime", *options, "-c", program], cwd=folder, capture_output=True, text=True)
    print("status", ended.returncode, ended.stdout.strip())
    lines = ended.stderr.splitlines()
    header = "import time: self [us] | cumulative | imported package"
    strange = [line for line in lines if line != header and not re.fullmatch(r"import time: +\d+ \| +\d+ \| +[\w.]+", line)]
    print("strange lines", strange)
    found = [LINE.fullmatch(line) for line in lines]
    return [(len(match[1]) // 2, match[2]) for match in found if match and match[2].startswith("own_")], lines.count(header)


with tempfile.TemporaryDirectory() as folder:
    for name, text in {
        "own_outer": "import own_middle, own_last",
        "own_middle": "import own_inner",
        "own_inner": "",
        "own_last": "",
        "own_failing": "import own_inner\n1 / 0",
        "own_elsewhere": "import _interpreters\ni = _interpreters.create()\n_interpreters.exec(i, 'import sys; sys.path.insert(0, \"\"); import own_outer')\n_interpreters.destroy(i)",
    }.items():
        with open(os.path.join(folder, name + ".py"), "w") as file:
            file.write(text)
    print(*imports("import own_outer"))
    print(*imports("try: import own_failing\nexcept ZeroDivisionError: pass\nimport own_last"))
    print(*imports("import own_elsewhere, own_last"))

    # Threads that begin interpreters, each of which imports beside the others'.
    found, headers = imports(
        """
import threading, _interpreters
def work():
    for _ in range(5):
        i = _interpreters.create()
        _interpreters.exec(i, 'import sys; sys.path.insert(0, ""); import own_outer')
        _interpreters.destroy(i)
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    )
    print({number: found.count(number) for number in sorted(set(found))}, headers)
