#!/usr/bin/env python3
"""Runs the programs of Tests/Stress under each threading model, each for some seconds: threads that change, append to and look at the same things and raise exceptions, interpreters that
are stopped and closed, programs that end while threads run, signals and forks.

    stress.py KRAIT [PROGRAM...] [--seconds 5] [--seed 1] [--models interpreter process none] [--heap debug]

A program passes when it ends by itself with status 0: without a crash, a hang or a lost update. `--heap debug` runs it with a heap that poisons what is freed.
The last line says "N passed, N failed".
"""
import argparse
import os
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent / "Stress"
# Beyond the seconds of the program itself: what a slow machine may take for a program's start, its last round and its end.
PATIENCE = 120


def run(krait, model, program, seconds, seed, heap):
    """None, or what went wrong."""
    environment = dict(os.environ, SWIFT_BACKTRACE="enable=no", **({"KRAIT_HEAP": heap} if heap else {}))
    command = [krait, "-X", f"gil={model}", program, str(seconds), str(seed)]
    try:
        ended = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=seconds + PATIENCE)
    except subprocess.TimeoutExpired:
        return "does not end"
    if ended.returncode != 0 or "krait: debug heap:" in ended.stderr:
        return f"status {ended.returncode}: {(ended.stderr or ended.stdout)[-400:].strip()}"
    return None


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("krait")
parser.add_argument("programs", nargs="*")
parser.add_argument("--seconds", type=float, default=5)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--models", nargs="+", default=["interpreter", "process", "none"])
parser.add_argument("--heap")
arguments = parser.parse_args()
programs = [FOLDER / f"{name}.py" for name in arguments.programs] or sorted(FOLDER.glob("*.py"))
failed = 0
for program in programs:
    for model in arguments.models:
        problem = run(arguments.krait, model, program, arguments.seconds, arguments.seed, arguments.heap)
        if problem:
            failed += 1
            print(f"{program.stem}, {model}: {problem}")
print(f"{len(programs) * len(arguments.models) - failed} passed, {failed} failed")
sys.exit(failed > 0)
