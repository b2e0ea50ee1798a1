#!/usr/bin/env python3
"""Runs CPython's own test files on Krait and compares each case with conformance.toml, which tells what is expected of which file.

    conformance.py KRAIT [--oracle PYTHON3.14] [--quick | --all] [--update] [-j N] [-t SECONDS] [NAME...]

NAME is a test file or package without its ending (`test_int`). `--quick` takes the files that conformance.toml lists as quick, `--all` every file of the
oracle's `test` package. Each file runs in a process and a folder of its own. What a file must do is what it does on the oracle (CPython 3.14), which runs
once and is kept in the ignored folder .build-cache. A case fails when it passes on the oracle and not here, or when it fails here alone. What is worse than
conformance.toml says fails the run, and so does what is better: `--update` writes the file anew. There, a file is

    whole     no case fails; those that skip themselves here are counted by the reason that they give
    partly    `failing` names the cases and why; `left_out` those that are not run: they end or stop the process, or pass by chance
    not run   for a `reason`: it cannot be imported (which is tried each time), skips itself as a whole, or has no meaning here
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent
STATES = FOLDER / "conformance.toml"
CASES = FOLDER / "conformance_cases.py"
CACHE = FOLDER.parent / ".build-cache" / "conformance"
DEFAULT_ORACLES = [FOLDER.parent / ".python/oracle/python3.14", pathlib.Path("~/.cache/krait-peers/python3.14").expanduser()]
UNLOADABLE = "cannot be imported: "
PASSED = ("passed", "expected failure")

# What a file did: outcomes by case, where each is (kind, text); how the process ended if not well; why it did not run at all.
Report = collections.namedtuple("Report", "outcomes ending obstacle")


def prepare():
    """In the child: no memory images, and interrupts arrive even where whoever started this ignores them, as shells have their background jobs do."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Python:
    """A Python that runs test files of a library."""

    def __init__(self, command, home, timeout):
        self.command = command
        self.timeout = timeout
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        self.environment.update(PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1", NO_COLOR="1", LANG="C.UTF-8")
        if home:
            self.environment["PYTHONHOME"] = home

    def run(self, name, left_out=()):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            log = os.path.join(folder, "outcomes")
            work = os.path.join(folder, "work")
            os.mkdir(work)
            process = subprocess.Popen(
                [*self.command, str(CASES), name, log, *left_out], cwd=work, env=dict(self.environment, TMPDIR=work),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                preexec_fn=prepare)
            try:
                status = process.wait(self.timeout)
            except subprocess.TimeoutExpired:
                status = "timeout"
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
            try:
                lines = open(log, encoding="utf-8").read().splitlines()
            except OSError:
                lines = []
        return report_of(name, [json.loads(line) for line in lines if line.endswith("]")], status)


def report_of(name, events, status):
    outcomes, running, ended = {}, None, False
    for kind, case, *text in events:
        case = case.removeprefix(f"test.{name}.")
        if kind == "end":
            ended = True
        elif kind == "begin":
            running = case
        elif not case:
            return Report({}, None, f"{UNLOADABLE}{text[0]}" if kind == "failed" else f"skips itself: {text[0]}")
        else:
            running = None
            if outcomes.get(case, ("passed",))[0] in PASSED or kind == "failed":
                outcomes.setdefault(case, (kind, *text)) if outcomes.get(case, ("",))[0] == "failed" else outcomes.update({case: (kind, *text)})
    if ended:
        if len(outcomes) == 1:
            [(case, (_, text))] = outcomes.items()
            if case.startswith("unittest.loader._FailedTest"):
                return Report({}, None, f"{UNLOADABLE}{text}")
        return Report(outcomes, None, None)
    ending = "hangs" if status == "timeout" else f"ends by {signal.Signals(-status).name}" if status < 0 else f"ends with status {status}"
    if not outcomes and running is None:
        return Report({}, None, f"{UNLOADABLE}{ending}")
    return Report(outcomes, (running, ending), None)


def reference(oracle, library, name):
    """The oracle's report of a file, kept as long as the oracle, the file and the program that runs its cases are the same."""
    source = library / "test" / name
    files = sorted(source.rglob("*.py")) if source.is_dir() else [source.with_suffix(".py")]
    key = hashlib.sha256(b"\0".join([oracle.version, CASES.read_bytes(), *(file.read_bytes() for file in files)])).hexdigest()
    kept = CACHE / f"{name}.{key[:16]}.json"
    if kept.exists():
        return Report(*json.loads(kept.read_text()))
    report = oracle.run(name)
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in CACHE.glob(f"{name}.*.json"):
        old.unlink()
    kept.write_text(json.dumps(report))
    return report


def told(text):
    """A reason without what differs from machine to machine: addresses, and the folders of paths."""
    return re.sub(r"0x[0-9a-f]{6,}", "0x…", re.sub(r"(?<![\w.])/(?:[\w.+-]+/)+", "…/", text))


def state_of(report, wanted, left_out):
    """What conformance.toml would say of a report, given the oracle's; and how many of the oracle's cases pass here."""
    good = {case for case, outcome in wanted.outcomes.items() if outcome[0] in PASSED}
    bad = {case for case, outcome in wanted.outcomes.items() if outcome[0] == "failed"}
    passed = {case for case, outcome in report.outcomes.items() if outcome[0] in PASSED}
    if report.obstacle:
        return {"state": "not run", "reason": report.obstacle}, len(good), 0
    failing, skipped = {}, collections.Counter()
    for case in sorted(good | set(report.outcomes)):
        kind, text = report.outcomes.get(case, ("failed", "does not run"))
        if kind == "failed" and case not in bad and case not in left_out:
            failing[case] = told(text)
        elif kind == "skipped" and case in good:
            skipped[told(text)] += 1
    if report.ending:
        failing[report.ending[0] or "after the last case"] = report.ending[1]
    state = {"state": "partly" if failing or left_out else "whole"}
    if skipped:
        state["skipped"] = dict(sorted(skipped.items()))
    if left_out:
        state["left_out"] = dict(left_out)
    if failing:
        state["failing"] = failing
    return state, len(good), len(good & passed)


def differences(expected, actual):
    """Lines that tell how a file's state differs from conformance.toml; those of cases with their reason."""
    if expected["state"] == "not run" or actual["state"] == "not run":
        return [] if expected["state"] == actual["state"] else [f"{actual['state']} ({actual.get('reason', 'runs')}), expected: {expected['state']}"]
    before, after = expected.get("failing", {}), actual.get("failing", {})
    lines = [f"fails: {case}: {after[case]}" for case in after if case not in before]
    lines += [f"passes now: {case}" for case in before if case not in after]
    if expected.get("skipped", {}) != actual.get("skipped", {}):
        lines.append(f"skips {actual.get('skipped', {})}, expected: {expected.get('skipped', {})}")
    return lines


def examine(krait, oracle, library, name, expected, update):
    """A file's state here, its figures, and how it differs from what is expected."""
    wanted = reference(oracle, library, name)
    if wanted.obstacle:
        return {"state": "not run", "reason": f"on CPython too: {wanted.obstacle}"}, 0, 0, []
    left_out = dict(expected.get("left_out", {})) if expected and not update else {}

    def attempt():
        report = krait.run(name, [f"test.{name}.{case}" for case in left_out])
        while update and report.ending and report.ending[0] and len(left_out) < 20:
            left_out[report.ending[0]] = report.ending[1]
            report = krait.run(name, [f"test.{name}.{case}" for case in left_out])
        return state_of(report, wanted, left_out)

    if expected is None:
        state, good, passed = attempt()
        return state, good, passed, ["has no entry"]
    if expected["state"] == "not run" and not expected["reason"].startswith(UNLOADABLE):
        return expected, sum(outcome[0] in PASSED for outcome in wanted.outcomes.values()), 0, []
    state, good, passed = attempt()
    lines = differences(expected, state)
    if lines and not update:
        # Once more: a case that looks at the clock may have met a busy machine.
        state, good, passed = attempt()
        lines = differences(expected, state)
    return state, good, passed, lines


# conformance.toml

def read_states():
    import tomllib
    if not STATES.exists():
        return [], {}
    states = tomllib.loads(STATES.read_text())
    return states.pop("quick", []), states


def write_states(quick, states):
    text = ["# What Krait makes of CPython's test files; written by Tests/conformance.py --update, which keeps the reasons that stand here.\n"]
    text.append("quick = [" + "".join(f"\n  {json.dumps(name)}," for name in quick) + "\n]\n")
    for name, state in sorted(states.items()):
        text.append(f"[{name}]")
        text += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in state.items() if not isinstance(value, dict)]
        for part in ("skipped", "left_out", "failing"):
            if part in state:
                text.append(f"[{name}.{part}]")
                text += [f"{json.dumps(key, ensure_ascii=False)} = {json.dumps(value, ensure_ascii=False)}" for key, value in state[part].items()]
        text.append("")
    STATES.write_text("\n".join(text))


def merged(old, new):
    """The new state with the reasons that the old one gives for the same cases."""
    for part in ("left_out", "failing"):
        if old and part in new:
            new[part] = {case: old.get(part, {}).get(case, reason) for case, reason in new[part].items()}
    return new


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("krait")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--krait-arguments", default="", help="switches of Krait, such as '-X gil=none'")
    parser.add_argument("--oracle")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    parser.add_argument("-t", "--timeout", type=float, default=300)
    options = parser.parse_intermixed_args()

    program = options.oracle or next((str(path) for path in DEFAULT_ORACLES if path.exists()), "python3.14")
    # Test files run in folders of their own.
    program = os.path.abspath(program) if os.sep in program else program
    oracle = Python([program], None, options.timeout)
    oracle.version = subprocess.check_output([program, "-VV"])
    place = subprocess.check_output([program, "-c", "import os, sys; print(sys.prefix); print(os.path.dirname(os.__file__))"], text=True).splitlines()
    library = pathlib.Path(place[1])
    krait = Python([os.path.abspath(options.krait), *options.krait_arguments.split()], place[0], options.timeout)
    quick, states = read_states()
    if options.all:
        found = (path for path in (library / "test").glob("test_*") if path.suffix == ".py" or (path / "__init__.py").exists())
        names = sorted({path.stem for path in found})
    else:
        names = options.names or (quick if options.quick else sorted(states))

    failed, whole, cases, passing = 0, 0, 0, 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        examined = pool.map(lambda name: examine(krait, oracle, library, name, states.get(name), options.update), names)
        for name, (state, good, passed, lines) in zip(names, examined, strict=True):
            whole += state["state"] == "whole"
            cases += good
            passing += passed
            failed += bool(lines)
            print(f"{name:32} {passed:5} of {good:5} {state['state']}", *lines, sep="\n    ", flush=True)
            if options.update:
                states[name] = merged(states.get(name), state)
                write_states(quick, states)
    print(f"{whole} of {len(names)} files whole; {passing} of the oracle's {cases} cases pass")
    if options.update:
        return 0
    print(f"{len(names) - failed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
