# -W and PYTHONWARNINGS: what reaches sys.warnoptions and the filters.
import os
import sys


def run(arguments, environment={}, program=""):
    """Standard output and errors of this Python with arguments, and its status."""
    read, write = os.pipe()
    sys.stdout.flush()
    process = os.fork()
    if process == 0:
        os.dup2(write, 1)
        os.dup2(write, 2)
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
        os.execve(sys.executable, [sys.executable, *arguments, "-c", program], kept | environment)
    os.close(write)
    text = b""
    while block := os.read(read, 10000):
        text += block
    os.close(read)
    print(arguments, environment, os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
    print(text.decode())


SHOW = "import sys, warnings; print(sys.warnoptions); print(*warnings.filters[:6], sep='\\n')"
WARN = """
import warnings
warnings.warn("old", DeprecationWarning)
for number in range(2): warnings.warn("user")
warnings.warn("slow", ResourceWarning)
print("end")
"""
for option in ("ignore", "error::DeprecationWarning", "always", "default::UserWarning:__main__:3", "once", "module", "ign"):
    run(["-W" + option], {}, SHOW + WARN)
for option in ("nothing", "error::NoSuch", "error:::::", "ignore:::x.y:abc", "error::os.NoSuch", "error::no.Such", ""):
    run(["-W", option], {}, SHOW)
run(["-Werror", "-Wignore::DeprecationWarning"], {}, WARN)
run([], {"PYTHONWARNINGS": "error::UserWarning,ignore::DeprecationWarning"}, SHOW)
run(["-Wdefault"], {"PYTHONWARNINGS": "error"}, SHOW + WARN)
run(["-E", "-Wdefault"], {"PYTHONWARNINGS": "error"}, SHOW)
run(["-I"], {"PYTHONWARNINGS": "error"}, SHOW)
run([], {"PYTHONWARNINGS": "wrong"}, SHOW)
run(["-Wignore:us.r"], {}, WARN)
run(["-Wignore:user:UserWarning:__main__"], {}, WARN)
run(["-X", "dev", "-bb", "-Wignore", "-Wignore"], {"PYTHONWARNINGS": "error"}, SHOW)
run(["-b"], {"PYTHONDEVMODE": "1"}, SHOW)
