"""What the command prints of itself: each implementation its own words, but where and of what."""
import subprocess
import sys


def answer(*arguments):
    ended = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    print(arguments, ended.returncode, repr(ended.stderr))
    return ended.stdout


options, environment, own = answer("--help"), answer("--help-env"), answer("--help-xoptions")
print(options.startswith("usage: "), environment.startswith("usage: "), own.startswith("usage: "))
print(answer("-h") == answer("-?") == options)
print([name for name in ("--help-env", "--help-xoptions", "--help-all", "-OO", "-X opt") if name not in options])
print([name for name in ("PYTHONPATH", "PYTHONHASHSEED", "PYTHONUTF8", "PYTHON_CPU_COUNT", "PYTHONDEVMODE") if name not in environment])
print([name for name in ("cpu_count", "dev", "faulthandler", "importtime", "int_max_str_digits", "no_debug_ranges", "pycache_prefix", "utf8", "warn_default_encoding") if f"-X {name}" not in own])
everything = answer("--help-all")
print([len(part.strip()) > 0 and part.strip() in everything for part in (options, environment, own)])
# The first that asks for an end is answered, whatever follows.
print(answer("--help-env", "-c", "print('run')") == environment)
