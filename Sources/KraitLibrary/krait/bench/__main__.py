"""The command krait -m krait.bench."""

import argparse
import contextlib
import json
import os
import platform
import signal
import sys

from krait import bench
from krait.bench import _measure, _page, _report

#: What is measured where no script is named: arithmetic, objects, containers and texts.
SHIPPED = ["nbody", "richards", "dict_heavy", "string_building"]


def main():
    parser = argparse.ArgumentParser(
        prog="krait -m krait.bench", description=bench.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage="%(prog)s [options] [SCRIPT [ARGUMENT...]]")
    parser.add_argument("script", metavar="SCRIPT", nargs="?", help="the program to measure")
    parser.add_argument("arguments", metavar="ARGUMENT", nargs=argparse.REMAINDER, help="what it gets in sys.argv")
    parser.add_argument("--workers", metavar="N", type=int, default=os.process_cpu_count() or 1, help="1 to N workers are measured (default: %(default)s, the cores)")
    parser.add_argument("--rounds", metavar="N", type=int, default=3, help="how often each configuration runs (default: %(default)s)")
    parser.add_argument("--timeout", metavar="SECONDS", type=float, default=60, help="what one run may take (default: %(default)g)")
    parser.add_argument("--models", metavar="M", nargs="+", choices=["process", "interpreter", "none"], default=["interpreter", "none", "process"])
    parser.add_argument("--peer", metavar="PYTHON", action="append", default=[], help="another Python to measure beside; can be given several times")
    parser.add_argument("--no-peers", action="store_true", help="no other Pythons")
    parser.add_argument("--output", metavar="NAME", default="krait-bench", help="where NAME.json and NAME.html are written (default: %(default)s)")
    parser.add_argument("--svg", action="store_true", help="write NAME.svg, too: the chart of the speed-ups of the first script")
    options = parser.parse_args()
    for name in ("workers", "rounds", "timeout"):
        if getattr(options, name) <= 0:
            parser.error(f"--{name} must be more than 0")
    try:
        scripts = [options.script] if options.script else shipped()
        work(options, scripts)
    except _measure.Unusable as error:
        sys.exit(f"krait.bench: {error}")
    except KeyboardInterrupt:
        # The process that was measured is ended already.
        print("\nkrait.bench: interrupted; nothing was written", file=sys.stderr)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)


def shipped():
    import krait

    folder = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(krait.__path__[0]))), "Benchmarks", "programs")
    if not os.path.isdir(folder):
        raise _measure.Unusable("the programs that come with a checkout are not here: name a script")
    return [os.path.join(folder, f"{name}.py") for name in SHIPPED]


def counts(workers):
    """1, 2, 4 and so on, and the number itself; each number where there are few."""
    return list(range(1, workers + 1)) if workers <= 4 else sorted({1 << power for power in range(workers.bit_length()) if 1 << power <= workers} | {workers})


def work(options, scripts):
    for script in scripts:
        if not os.path.isfile(script):
            raise _measure.Unusable(f"{script}: there is no such file")
    outputs = [f"{options.output}.{kind}" for kind in ("json", "html", "svg")[:2 + options.svg]]
    for path in outputs:
        check_writable(path)
    peers = [] if options.no_peers else _measure.find_peers(options.peer)
    configurations = _measure.configurations(options.models, counts(options.workers), peers)
    machine = f"{platform.system()} {platform.machine()}, {os.process_cpu_count()} cores; {options.rounds} round{'s' * (options.rounds > 1)}, in turns"
    print(machine)
    noise = _measure.Noise()
    sections = []
    for script in scripts:
        with status_line() as tell:
            results = _measure.measure(script, options.arguments, configurations, options.rounds, options.timeout, tell)
        name = os.path.basename(script)
        sections.append((name, results))
        print(f"\n{name}\n{_report.table(results)}", flush=True)
    share = noise.share()
    warning = _report.noise([result for _, results in sections for result in results], share)
    sections = [(name, results, _report.verdict(results, warning is not None)) for name, results in sections]
    title = f"krait.bench: {', '.join(name for name, _, _ in sections)}"
    data = {
        "machine": machine, "others_share": share, "noise": warning,
        "scripts": [{"script": name, "arguments": options.arguments, "verdict": verdict, "results": [result.as_dict() for result in results]} for name, results, verdict in sections]}
    write(outputs[0], json.dumps(data, indent=2) + "\n")
    write(outputs[1], _page.page(title, sections, machine, warning))
    if options.svg:
        write(outputs[2], _page.picture(sections[0][1]))
    print(f"\nwritten: {', '.join(outputs)}")
    if warning:
        print(warning)
    for name, _, verdict in sections:
        print(f"{name}: {verdict}" if len(sections) > 1 else verdict)


def check_writable(path):
    """Before minutes are spent on measuring."""
    known = os.path.exists(path)
    try:
        with open(path, "a", encoding="utf-8"):
            pass
    except OSError as error:
        raise _measure.Unusable(f"{path} cannot be written: {error.strerror}; name another place with --output") from None
    if not known:
        os.unlink(path)


def write(path, text):
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise _measure.Unusable(f"{path} cannot be written: {error.strerror}") from None


@contextlib.contextmanager
def status_line():
    """On a terminal, what is running; elsewhere nothing."""
    stream = sys.stderr
    shows = stream is not None and stream.isatty()
    try:
        yield lambda text: shows and print(f"\r\x1b[K{text}", end="", file=stream, flush=True)
    finally:
        if shows:
            print("\r\x1b[K", end="", file=stream, flush=True)


if __name__ == "__main__":
    main()
