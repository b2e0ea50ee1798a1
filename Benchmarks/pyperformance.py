#!/usr/bin/env python3
"""pyperformance's benchmarks that need only the standard library, on Krait and on CPython in turns.

    pyperformance.py KRAIT [--peer PATH] [--benchmarks NAME...] [--rounds 3] [--minimum-mean 1.5] [--minimum-each 0.6]

The benchmarks are pyperformance's own files, run unedited by pyperf's worker mode; both packages are fetched with pip into a folder of the user's
cache at the first run. How many loops make a value of about --seconds is found on the peer; both Pythons then run that many. What counts is the
least time of all values. A script that measures several things runs each in a process of its own, and counts with their geometric mean. The table
shows the ratio (peer / Krait, more is better); what does not run is listed with the last line it printed.
"""

import argparse
import json
import math
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import tomllib
import zipfile

VERSIONS = ["pyperformance==1.14.0", "pyperf==2.10.0"]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "krait" / "pyperformance-1.14.0"
DEFAULT_PEER = "~/.cache/krait-peers/python3.14"


def fetched():
    """The folder with the packages pyperf and pyperformance."""
    if not (CACHE / "complete").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as wheels:
            subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", wheels, *VERSIONS], check=True)
            for wheel in pathlib.Path(wheels).glob("*.whl"):
                zipfile.ZipFile(wheel).extractall(CACHE)
        (CACHE / "complete").touch()
    return CACHE


def benchmarks(root):
    """(name, script, its options) of every benchmark without a dependency of its own, as the manifest lists them."""
    folder = root / "pyperformance" / "data-files" / "benchmarks"
    lines = (folder / "MANIFEST").read_text().partition("name\tmetafile")[2].splitlines()
    for line in lines:
        found = re.fullmatch(r"(\w+)\t<local(?::(\w+))?>", line)
        if not found:
            continue
        name, base = found[1], found[2] or found[1]
        home = folder / f"bm_{base}"
        project = tomllib.loads((home / "pyproject.toml").read_text())
        variant = home / f"bm_{name}.toml"
        settings = project["tool"]["pyperformance"] | (tomllib.loads(variant.read_text())["tool"]["pyperformance"] if variant.exists() else {})
        if project["project"]["dependencies"] == ["pyperf"] and not any((home / extra).exists() for extra in ("requirements.txt", "vendor")):
            yield name, home / settings.get("runscript", "run_benchmark.py"), settings.get("extra_opts", [])


def run(python, script, options, loops, values, timeout):
    """(name, seconds of each value) of everything that the script measures, or a text that tells why there are none."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= {"PYTHONPATH": str(CACHE), "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder, "report.json")
        command = [python, str(script), *options, "--worker", "--loops", str(loops), "--warmups", "1", "--values", str(values), "-o", str(report)]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder, env=environment,
                              start_new_session=True) as process:
            try:
                output, _ = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                return f"more than {timeout:.0f} seconds"
        if process.returncode != 0 or not report.exists():
            lines = output.decode(errors="replace").strip().splitlines()
            return f"status {process.returncode}: {lines[-1] if lines else 'no output'}"[:150]
        document = json.loads(report.read_text())
        shared = document.get("metadata", {})
        measured = []
        for benchmark in document["benchmarks"]:
            metadata = shared | benchmark.get("metadata", {})
            # A value is told for one of the loops that the benchmark makes of itself; what counts is the whole.
            inner = metadata.get("inner_loops", 1)
            measured.append((metadata["name"], [value * inner for run in benchmark["runs"] for value in run["values"]]))
        return measured


def compared(krait, peer, script, options, arguments):
    """(name, least seconds on Krait, on the peer) of everything that the script measures, or a text."""
    first = run(peer, script, options, 1, 1, arguments.timeout)
    if isinstance(first, str):
        return f"peer: {first}"
    results = []
    for task, (name, seconds) in enumerate(first):
        loops = max(1, round(arguments.seconds / max(seconds[0], 1e-9)))
        least = [math.inf, math.inf]
        for _ in range(arguments.rounds):
            for index, python in enumerate([krait, peer]):
                measured = run(python, script, [*options, f"--worker-task={task}"], loops, 3, arguments.timeout)
                if isinstance(measured, str):
                    return measured if index == 0 else f"peer: {measured}"
                least[index] = min(least[index], *measured[0][1])
        results.append((name, *least))
    return results


def geometric_mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else math.nan


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("krait")
    parser.add_argument("--peer", default=DEFAULT_PEER)
    parser.add_argument("--benchmarks", nargs="+", metavar="NAME", help="only these (default: all)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.1, help="how long one value takes on the peer, about")
    parser.add_argument("--timeout", type=float, default=120, help="seconds for one process")
    parser.add_argument("--minimum-mean", type=float)
    parser.add_argument("--minimum-each", type=float)
    arguments = parser.parse_args()
    krait, peer = (os.path.abspath(os.path.expanduser(path)) for path in (arguments.krait, arguments.peer))

    ratios, failures = {}, []
    print("| benchmark | krait ms | peer ms | times |\n|---|--:|--:|--:|")
    for name, script, options in benchmarks(fetched()):
        if arguments.benchmarks and name not in arguments.benchmarks:
            continue
        result = compared(krait, peer, script, options, arguments)
        if isinstance(result, str):
            failures.append(f"{name}: {result}")
            print(f"| {name} | - | - | - |", flush=True)
        else:
            ratios[name] = geometric_mean([theirs / ours for _, ours, theirs in result])
            if len(result) == 1:
                (_, ours, theirs), = result
                print(f"| {name} | {ours * 1e3:.3f} | {theirs * 1e3:.3f} | {ratios[name]:.2f} |", flush=True)
            else:
                print(f"| {name} | | | {ratios[name]:.2f} |", flush=True)
                for part, ours, theirs in result:
                    print(f"| · {part} | {ours * 1e3:.3f} | {theirs * 1e3:.3f} | {theirs / ours:.2f} |", flush=True)
    mean = geometric_mean(list(ratios.values()))
    print(f"| geometric mean of {len(ratios)} | | | **{mean:.2f}** |\n")
    print("\n".join(failures))

    missed = False
    if arguments.minimum_mean is not None and not mean >= arguments.minimum_mean:
        missed = True
        print(f"gate MISSED: geometric mean {mean:.2f}, at least {arguments.minimum_mean}")
    if arguments.minimum_each is not None:
        for name, ratio in sorted(ratios.items(), key=lambda item: item[1]):
            if ratio < arguments.minimum_each:
                missed = True
                print(f"gate MISSED: {name} {ratio:.2f}, at least {arguments.minimum_each}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
