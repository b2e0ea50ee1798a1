# The errors of programs that are started: class, errno, file name, message; pipes that break; and nothing stays open.
import _posixsubprocess
import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

root = os.path.realpath(tempfile.mkdtemp())
os.chdir(root)


def attempt(label, function, *arguments, **keywords):
    try:
        result = function(*arguments, **keywords)
        print(f"{label}: no error, {result if isinstance(result, (int, bytes, str)) else type(result).__name__}")
    except OSError as error:
        name = error.filename.replace(root, "ROOT") if isinstance(error.filename, str) else error.filename
        print(f"{label}: {type(error).__name__} {errno.errorcode.get(error.errno, error.errno)} {name!r} | {str(error).replace(root, 'ROOT')}")
    except Exception as error:
        print(f"{label}: {type(error).__name__}: {str(error).replace(root, 'ROOT').replace(sys.executable, 'PYTHON')}")


def descriptors():
    return len(os.listdir("/proc/self/fd"))


before = descriptors()
with open("plain", "w") as file:
    file.write("#!/bin/sh\nexit 0\n")
with open("bad", "w") as file:
    file.write("\x7fELFnothing")
os.chmod("bad", 0o755)
with open("orphan", "w") as file:
    file.write("#!/no/such/interpreter\n")
os.chmod("orphan", 0o755)
os.mkdir("folder")
os.symlink("loop", "loop")

for program in ("no-such-program", "./missing", "./plain", "./bad", "./orphan", "./folder", "./loop", "plain/inner", "", "x" * 300, b"./missing", "nul\0byte"):
    attempt(f"run {program[:20]!r}", subprocess.run, [program])
    attempt(f"call by fork {program[:20]!r}", subprocess.call, [program], preexec_fn=lambda: None)
attempt("cwd missing", subprocess.run, ["true"], cwd="missing")
attempt("cwd a file", subprocess.run, ["true"], cwd="plain")
attempt("cwd and program missing", subprocess.run, ["./missing"], cwd="missing")
attempt("cwd with NUL", subprocess.run, ["true"], cwd="nul\0byte")
attempt("input that is no descriptor", subprocess.run, ["true"], stdin=-5)
program = [b"/bin/true"]
attempt("pipe for errors among the first three", _posixsubprocess.fork_exec, program, program, True, (), None, None, -1, -1, -1, -1, -1, -1, -1, -1, True, False, -1, None, None, None, -1, None)
attempt("no tuple", _posixsubprocess.fork_exec, *[5] * 22)
attempt("executable missing", subprocess.run, ["true"], executable="./missing")
attempt("empty list", subprocess.run, [])
attempt("not a list", subprocess.run, 5)
attempt("item of a wrong type", subprocess.run, ["true", 5])
attempt("environment with =", subprocess.run, ["true"], env={"a=b": "c"})
attempt("environment with NUL", subprocess.run, ["true"], env={"a": "c\0"})
for groups in [-1], [2**32], [2**64], [1.5], [None], "ab", ["no-such-group"]:
    attempt(f"groups {groups}", subprocess.run, ["true"], extra_groups=groups)
AT_THE_END = """
from _posixsubprocess import fork_exec
class AtTheEnd:
    def __del__(self):
        program = [b"/bin/true"]
        try: fork_exec(program, program, True, (), None, None, -1, -1, -1, -1, -1, -1, -1, 3, True, False, -1, None, None, None, -1, int)
        except Exception as error: print(type(error).__name__, error, flush=True)
at_the_end = AtTheEnd()
"""
attempt("hook at the end", subprocess.run, [sys.executable, "-c", AT_THE_END])
attempt("environment of numbers", subprocess.run, ["true"], env={"a": 1})
attempt("preexec_fn that fails", subprocess.run, ["true"], preexec_fn=lambda: 1 / 0)
attempt("unknown user", subprocess.run, ["true"], user="no-such-user")
attempt("unknown group", subprocess.run, ["true"], group="no-such-group")
attempt("negative user", subprocess.run, ["true"], user=-5)
attempt("bad descriptor", subprocess.run, ["true"], stdin=99)
attempt("bad pass_fds", subprocess.run, ["true"], pass_fds=(-1,))
attempt("pass_fds of none", subprocess.run, ["true"], pass_fds=(99,))
attempt("check", subprocess.run, ["false"], check=True)
attempt("check_call", subprocess.check_call, "exit 3", shell=True)
attempt("check_output", subprocess.check_output, "echo out; exit 4", shell=True)
attempt("killed", subprocess.run, "kill -9 $$", shell=True, check=True)
attempt("unknown signal", subprocess.run, "kill -35 $$", shell=True, check=True)
attempt("shell, missing program", subprocess.run, "no-such-program 2>/dev/null", shell=True, check=True)
attempt("capture twice", subprocess.run, ["true"], capture_output=True, stdout=subprocess.PIPE)
attempt("input and stdin", subprocess.run, ["true"], input=b"", stdin=subprocess.PIPE)
attempt("text and universal_newlines", subprocess.run, ["true"], text=True, universal_newlines=False)
attempt("bufsize", subprocess.Popen, ["true"], bufsize="x")
attempt("timeout", subprocess.run, ["sleep", "5"], timeout=0.1)
attempt("timeout with output", subprocess.run, "echo early; sleep 5", shell=True, timeout=0.3, capture_output=True)
try:
    subprocess.run("echo early; echo late >&2; exec sleep 5", shell=True, timeout=0.3, capture_output=True)
except subprocess.TimeoutExpired as error:
    print(error.cmd, error.timeout, error.output, error.stdout, error.stderr)
attempt("input to who does not read", subprocess.run, ["true"], input=b"x" * 1_000_000)
attempt("undecodable output", subprocess.run, [sys.executable, "-c", "import sys; sys.stdout.buffer.write(b'\\xff')"], capture_output=True, text=True, encoding="ascii")
attempt("unknown encoding", subprocess.run, ["true"], capture_output=True, encoding="no-such-encoding")
with subprocess.Popen(["true"], stdin=subprocess.PIPE) as process:
    process.wait()
    process.stdin.write(b"x" * 100)
    attempt("broken pipe", process.stdin.flush)
    attempt("broken pipe at close", process.stdin.close)
process = subprocess.Popen(["sleep", "5"], stdout=subprocess.PIPE)
attempt("wait", process.wait, 0.05)
attempt("communicate", process.communicate, timeout=0.05)
process.kill()
print(process.wait(), process.poll(), process.communicate())
process.send_signal(signal.SIGTERM)
attempt("communicate after close", process.communicate)
attempt("waitpid of nobody", os.waitpid, process.pid, 0)
attempt("waitpid of no child", os.waitpid, 1, 0)
attempt("kill of nobody", os.kill, 2 ** 22 + 1, 0)
attempt("kill with a bad signal", os.kill, os.getpid(), 999)
attempt("posix_spawn", os.posix_spawn, "./missing", ["missing"], os.environ)
attempt("posix_spawnp", os.posix_spawnp, "no-such-program", ["missing"], os.environ)
attempt("waitstatus", os.waitstatus_to_exitcode, 0x137F)
attempt("pidfd_open", os.pidfd_open, 2 ** 22 + 1)
attempt("which", shutil.which, "no-such-program")
attempt("popen", os.popen, "x", "q")
with os.popen("exit 3") as stream:
    print(stream.read())
print(os.system("exit 5"), os.spawnv(os.P_WAIT, "./missing", ["missing"]))

limit = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (before + 2, limit[1]))
attempt("too many files", subprocess.run, ["true"], capture_output=True)
attempt("too many files, one pipe", subprocess.run, ["true"], stdout=subprocess.PIPE)
attempt("too many files, DEVNULL", subprocess.run, ["true"], stdin=subprocess.DEVNULL)
resource.setrlimit(resource.RLIMIT_NOFILE, limit)
print(subprocess.run(["true"], capture_output=True).returncode)
os.chdir("/")
shutil.rmtree(root)
print(descriptors() == before or (before, descriptors()))
