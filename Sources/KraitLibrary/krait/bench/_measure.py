"""Runs configurations in turns, each run in a process group of its own, of which nothing is left behind."""

import collections
import contextlib
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

WORKLOAD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_workload.py")
PEER_NAMES = ["python3.12", "python3.13", "python3.13t", "python3.14", "python3.14t", "pypy3"]

#: One way to run a script: the Python's name as it is shown, its command, how workers are made, and how many.
Configuration = collections.namedtuple("Configuration", "name command kind workers")


class Unusable(Exception):
    """Something that was asked for cannot be done; the message says what, why, and what to do."""


class Result:
    """What the rounds of one configuration measured."""

    def __init__(self, configuration):
        self.configuration = configuration
        self.times, self.processor_times, self.peaks, self.switches, self.delays = [], [], [], [], []
        self.failure = None
        #: What a traced run told of the locks: seconds that threads waited for one, and hand-overs. None where there is none, or no trace.
        self.lock_waits = self.hand_overs = None

    @property
    def is_good(self):
        return self.failure is None and bool(self.times)

    @property
    def time(self):
        return statistics.median(self.times)

    @property
    def processor_time(self):
        return statistics.median(self.processor_times)

    @property
    def spread(self):
        return (max(self.times) - min(self.times)) / 2 / self.time

    @property
    def memory(self):
        """MiB"""
        return statistics.median(self.peaks) / 1024

    @property
    def without_core(self):
        """The share of the workers' time in which they could have run, had there been a core for them."""
        return self._share(statistics.median(self.delays))

    @property
    def waiting(self):
        """The share of the workers' time in which they waited for a lock, or for input and output."""
        return max(0.0, 1 - self._share(self.processor_time) - self.without_core)

    def _share(self, seconds):
        return min(1.0, seconds / (self.time * self.configuration.workers))

    def as_dict(self):
        own = {"python": self.configuration.name, "workers": self.configuration.workers, "made_of": self.configuration.kind, "failure": self.failure}
        if not self.is_good:
            return own
        return own | {
            "time": self.time, "spread": self.spread, "cpu": self.processor_time, "memory_mib": self.memory, "waiting": self.waiting, "without_core": self.without_core,
            "switches": statistics.median(self.switches), "lock_waits": self.lock_waits, "hand_overs": self.hand_overs, "rounds": {"time": self.times, "cpu": self.processor_times}}


def find_peers(given):
    """Names and commands of other Pythons: those that are given, else those on the PATH and the checkout's."""
    import krait

    checkout = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(krait.__path__[0]))), ".python", "oracle", "python3.14")
    candidates = given or [checkout, *(path for name in PEER_NAMES if (path := shutil.which(name)))]
    found, seen = [], {os.path.realpath(sys.executable)}
    for candidate in candidates:
        path = candidate if os.sep in candidate else shutil.which(candidate) or candidate
        if os.path.realpath(path) in seen:
            continue
        seen.add(os.path.realpath(path))
        name = _name_of(path)
        if name is not None and name not in [known for known, _ in found]:
            found.append((name, [path]))
        elif name is None and given:
            raise Unusable(f"{candidate}: this is no Python 3.11 or newer that starts")
    return found


def _name_of(path):
    program = (
        "import platform, sys, sysconfig; assert sys.version_info >= (3, 11); "
        "print(platform.python_implementation(), platform.python_version() + ('t' if sysconfig.get_config_var('Py_GIL_DISABLED') else ''))")
    try:
        finished = subprocess.run([path, "-c", program], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return finished.stdout.strip() if finished.returncode == 0 and finished.stdout.strip() else None


def configurations(models, worker_counts, peers):
    pythons = [(f"krait {model}", [sys.executable, "-X", f"gil={model}"], "interpreters" if model == "interpreter" else "threads") for model in models]
    pythons += [(name, command, "threads") for name, command in peers]
    return [Configuration(name, command, kind, workers) for name, command, kind in pythons for workers in worker_counts]


def measure(script, arguments, configurations, rounds, timeout, tell):
    """The results of the configurations. `tell` is called with a text before each run. Raises Unusable when the very first does not end in time or fails."""
    results = [Result(configuration) for configuration in configurations]
    total = rounds * len(results)
    for round in range(rounds):
        for number, result in enumerate(results):
            if result.failure is not None:
                continue
            configuration = result.configuration
            tell(f"{round * len(results) + number + 1}/{total}  {configuration.name}, {configuration.workers} worker{'s' * (configuration.workers > 1)}")
            _run(result, script, arguments, timeout)
            if result.failure is not None:
                if round == 0 and number == 0:
                    raise Unusable(
                        f"{script}: {result.failure} (under {configuration.name}, one worker)"
                        + ("; if it only needs longer, give --timeout SECONDS" if "stopped" in result.failure else ""))
                # More workers of the same would fail in the same way, and take as long.
                for other in results:
                    if other.configuration.name == configuration.name and other.configuration.workers > configuration.workers:
                        other.failure = other.failure or f"not run: {result.failure}"
    for result in results:
        if result.is_good and result.configuration.name in ("krait interpreter", "krait process"):
            tell(f"locks  {result.configuration.name}, {result.configuration.workers} worker{'s' * (result.configuration.workers > 1)}")
            _trace(result, script, arguments, timeout)
    return results


def _trace(result, script, arguments, timeout):
    """One more run, that only tells of the locks."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "trace")
        configuration = result.configuration
        traced = Result(configuration._replace(command=[*configuration.command, "-X", f"gil-trace={path}"]))
        _run(traced, script, arguments, timeout)
        if not traced.is_good or not os.path.exists(path):
            return
        result.lock_waits, result.hand_overs = 0.0, 0
        # Each interval has a line of its own.
        with open(path, encoding="utf-8") as file:
            for line in file:
                if '"waits for the lock"' in line:
                    result.lock_waits += float(line.rpartition('"dur": ')[2].rstrip("},\n")) / 1e6
                elif '"hands over"' in line:
                    result.hand_overs += 1


def _run(result, script, arguments, timeout):
    configuration = result.configuration
    reading, writing = os.pipe()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        command = [*configuration.command, WORKLOAD, str(writing), configuration.kind, str(configuration.workers), script, *arguments]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment, pass_fds=[writing], start_new_session=True)
        os.close(writing)
        try:
            process.wait(timeout)
            seconds = time.perf_counter() - start
        except subprocess.TimeoutExpired:
            result.failure = f"did not end within {timeout:g} s, and was stopped"
        finally:
            _end(process)
        errors.seek(0)
        last = errors.read().decode(errors="replace").strip().rpartition("\n")[2]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(reading, "rb") as file:
        os.set_blocking(reading, False)
        report = (file.read() or b"0 0").split()
    if result.failure is None and process.returncode != 0:
        result.failure = _told(process.returncode, last)
    elif result.failure is None:
        result.times.append(seconds)
        result.processor_times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        result.peaks.append(int(report[0]))
        result.delays.append(int(report[1]) / 1e9)
        result.switches.append(after.ru_nvcsw - before.ru_nvcsw)


def _told(status, last):
    if status < 0:
        with contextlib.suppress(ValueError):
            return f"crashed: {signal.Signals(-status).name}"
        return f"crashed: signal {-status}"
    return f"failed: {last}" if last else f"failed with status {status}"


def _end(process):
    """Ends the process and what it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Noise:
    """How much of the machine other programs took."""

    def __init__(self):
        self.start = self._busy()
        self.own = self._own()

    @staticmethod
    def _own():
        usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(one.ru_utime + one.ru_stime for one in usage)

    @staticmethod
    def _busy():
        """Seconds of all cores: all, busy, and taken by other virtual machines."""
        with open("/proc/stat") as file:
            fields = [int(field) / os.sysconf("SC_CLK_TCK") for field in file.readline().split()[1:9]]
        return sum(fields), sum(fields) - fields[3] - fields[4], fields[7]

    def share(self):
        """Of all cores' time, what went to others since the start."""
        everything, busy, _ = (present - former for present, former in zip(self._busy(), self.start))
        return max(0.0, min(1.0, (busy - (self._own() - self.own)) / everything)) if everything else 0.0
