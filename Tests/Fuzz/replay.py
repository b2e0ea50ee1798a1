#!/usr/bin/env python3
"""Runs krait-compile on every seed of the fuzzers, former findings among them: it must neither crash nor use much memory.

    replay.py KRAIT-COMPILE
"""

import itertools
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

from pack import seeds

SEEDS = pathlib.Path(__file__).parent / "Seeds"
MODES = "exec", "single", "eval", "func_type"


def source_options(seed):
    """What the fuzzer's first byte asks for."""
    flags = seed[0]
    options = ["--check", "--mode", MODES[flags & 3], *["-O"] * ((flags >> 2 & 3) % 3)]
    if flags & 16:
        options.append("--type-comments")
    if flags & 32:
        options.append("--incomplete")
    if flags & 64:
        options.append("--top-level-await")
    return options


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))


def survives(command):
    run = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=limit, timeout=300,
        env={**os.environ, "SWIFT_BACKTRACE": "enable=no"})
    return run.returncode in (0, 1)


def main():
    tool, passed, failed = sys.argv[1], 0, 0
    cases = [(source_options(seed), seed[1:], "py") for seed in seeds(SEEDS / "source") if seed]
    cases += [(["--dis", "--show-caches", "--show-positions"], seed, "pyc") for seed in seeds(SEEDS / "compiled")]
    cases.sort(key=lambda case: case[0])
    with tempfile.TemporaryDirectory() as folder:
        for options, group in itertools.groupby(cases, key=lambda case: case[0]):
            paths = []
            for _, data, suffix in group:
                paths.append(os.path.join(folder, f"{len(paths)}.{suffix}"))
                pathlib.Path(paths[-1]).write_bytes(data)
            if survives([tool, *options, *paths]):
                passed += len(paths)
                continue
            for path in paths:
                if survives([tool, *options, path]):
                    passed += 1
                else:
                    failed += 1
                    print(f"krait-compile {' '.join(options)} does not survive {pathlib.Path(path).read_bytes()!r}")
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
