#!/usr/bin/env python3
"""Run mutants of code objects on Krait (bytecode_mutants.py): a mutant that ends the process by a signal is a finding.

    bytecode.py KRAIT [--seeds FIRST-LAST] [--count 200] [--seconds N] [--options "-X gil=none"]

With --seconds, seeds go on from LAST until the time is over. A mutant that runs for ever is no finding: the rest of its seed is left out.
The closing line counts seeds: "N passed, N failed".
"""

import argparse
import collections
import os
import pathlib
import resource
import shlex
import subprocess
import sys
import time

PROGRAM = pathlib.Path(__file__).resolve().parent / "bytecode_mutants.py"


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("krait")
    parser.add_argument("--seeds", default="0-30")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--options", default="")
    parser.add_argument("--statistics", action="store_true")
    options = parser.parse_args()
    first, last = (int(part) for part in options.seeds.split("-"))
    end = time.monotonic() + options.seconds
    outcomes = collections.Counter()
    passed = failed = 0
    seed = first
    while seed <= last or time.monotonic() < end:
        command = [options.krait, *shlex.split(options.options), str(PROGRAM), str(seed), str(options.count)]
        environment = dict(os.environ, SWIFT_BACKTRACE="enable=no")
        try:
            process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=10, preexec_fn=limit, env=environment)
            output, status = process.stdout, process.returncode
        except subprocess.TimeoutExpired as expired:
            output, status = expired.stdout or b"", None
        lines = output.decode(errors="replace").splitlines()
        for line in lines:
            outcomes[" ".join(line.split()[2:])] += 1
        if status is None or (status == 0 and lines and lines[-1] == "done"):
            passed += 1
        else:
            failed += 1
            print(f"seed {seed}: status {status} after: {lines[-1] if lines else '(nothing)'}", flush=True)
        seed += 1
    if options.statistics:
        for outcome, count in outcomes.most_common(40):
            print(f"{count:8} {outcome}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
