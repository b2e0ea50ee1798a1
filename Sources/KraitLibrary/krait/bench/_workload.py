"""What krait.bench starts: a script, by some workers at once, on whatever Python runs this file. Works on Python 3.11 and newer.

    _workload.py REPORT KIND WORKERS SCRIPT [ARGUMENT...]

Each worker runs the script from its beginning to its end. KIND is `threads` or `interpreters`; one worker is the main thread. To the file descriptor REPORT go the peak of
the memory, in KiB, and how long the workers were ready to run but had no core, in nanoseconds. The exit status is not 0 when a worker's run failed.
"""
import os
import sys
import threading


def run_in_thread(code, script):
    exec(code, {"__name__": "__main__", "__file__": script, "__builtins__": __builtins__})


def run_in_interpreter(script, arguments):
    from concurrent import interpreters

    interpreter = interpreters.create()
    try:
        interpreter.exec(
            f"import runpy, sys\nsys.argv = {[script, *arguments]!r}\nsys.path.insert(0, {os.path.dirname(os.path.abspath(script))!r})\n"
            f"runpy.run_path({script!r}, run_name='__main__')")
    finally:
        interpreter.close()


def delay():
    """How long this thread was ready to run, but others ran."""
    try:
        with open("/proc/thread-self/schedstat") as file:
            return int(file.read().split()[1])
    except (OSError, IndexError):
        return 0


def main():
    report, kind, workers, script, *arguments = sys.argv[1:]
    sys.argv[:] = [script, *arguments]
    sys.path[0] = os.path.dirname(os.path.abspath(script))
    with open(script, "rb") as file:
        code = compile(file.read(), script, "exec", dont_inherit=True)
    failures = []
    delays = []

    def work():
        try:
            if kind == "interpreters" and workers != "1":
                run_in_interpreter(script, arguments)
            else:
                run_in_thread(code, script)
        except SystemExit as exit:
            if exit.code not in (None, 0):
                failures.append(f"SystemExit: {exit.code}")
        except BaseException as exception:
            failures.append(f"{type(exception).__name__}: {exception}".partition("\n")[0])
        finally:
            delays.append(delay())

    if workers == "1":
        work()
    else:
        threads = [threading.Thread(target=work) for _ in range(int(workers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with open("/proc/self/status") as file:
        peak = next((line.split()[1] for line in file if line.startswith("VmHWM:")), "0")
    os.write(int(report), f"{peak} {sum(delays)}".encode())
    if failures:
        print(failures[0], file=sys.stderr)
        sys.exit(1)


main()
