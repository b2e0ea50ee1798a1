"""The command krait -m krait.parallel: a script, once for each input, on all cores."""

import argparse
import os
import signal
import sys

import krait
from krait import parallel

DESCRIPTION = """\
Runs a Python script once for each INPUT, several at a time, each in an interpreter of its own: what
    for input in INPUT...; do krait SCRIPT "$input"; done
does, on all cores. A run has the input in sys.argv[1], and nothing on standard input. What the runs write appears in the order of the inputs."""

EPILOG = """\
The exit status is that of the first run that failed, in the order of the inputs; the others run all the same. 130 after Ctrl-C, which ends all at once."""


def main():
    parser = argparse.ArgumentParser(
        prog="krait -m krait.parallel", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("script", metavar="SCRIPT", help="the program")
    parser.add_argument("inputs", metavar="INPUT", nargs="*", help="what a run gets as its argument; behind -- what begins with a hyphen, too")
    parser.add_argument("-j", "--workers", metavar="N", type=int, help="how many run at a time (the cores that this process may use: %(default)s)", default=os.process_cpu_count())
    parser.add_argument("-i", "--input-file", metavar="FILE", help="more inputs, one a line; - is standard input")
    parser.add_argument("--model", choices=["process", "interpreter", "none"], help="the threading model (what krait was started with; `interpreter` without)")
    options = parser.parse_intermixed_args()
    if options.workers < 1:
        parser.error("-j must be at least 1")
    if options.model and options.model != krait.threading_model():
        start_again(options.model)
    inputs = list(options.inputs)
    if options.input_file:
        try:
            # Standard input stays open: its number would go to the next file, and each new interpreter makes a stream of that.
            is_standard = options.input_file == "-"
            with open(0 if is_standard else options.input_file, encoding="utf-8", closefd=not is_standard) as file:
                inputs += file.read().splitlines()
        except OSError as error:
            parser.error(f"cannot read {options.input_file}: {error.strerror}")
    if not inputs:
        parser.error("there are no inputs: name them behind the script, or take them from a file with -i")
    if not os.path.isfile(options.script):
        sys.exit(f"krait.parallel: {options.script}: there is no such file")
    failed = []

    def finished(run):
        sys.stdout.buffer.write(run.stdout)
        sys.stdout.flush()
        sys.stderr.buffer.write(run.stderr)
        sys.stderr.flush()
        if run.status:
            failed.append(run)

    try:
        parallel.run(options.script, inputs, workers=options.workers, on_finish=finished)
    except KeyboardInterrupt:
        # As a program that does nothing about it: who started this one sees that it was the signal.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(1)
    if failed:
        names = ", ".join(f"{run.input} (status {run.status})" for run in failed[:10]) + (", …" if len(failed) > 10 else "")
        print(f"krait.parallel: {len(failed)} of {len(inputs)} runs failed: {names}", file=sys.stderr)
        sys.exit(failed[0].status)


def start_again(model):
    """The threading model is chosen when the process starts."""
    import subprocess

    flags = [flag for flag in subprocess._args_from_interpreter_flags() if not flag.startswith("gil=")]
    flags = [flag for index, flag in enumerate(flags) if flag != "-X" or (index + 1 < len(flags) and flags[index + 1] != "-X")]
    os.execv(sys.executable, [sys.executable, *flags, "-X", f"gil={model}", "-m", "krait.parallel", *sys.argv[1:]])


if __name__ == "__main__":
    main()
