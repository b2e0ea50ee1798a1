"""What the measurements say: a table, a verdict, JSON."""

import statistics

#: More than this of the machine's time to other programs, or a typical spread above the other figure, and the times mean little.
NOISY_SHARE, NOISY_SPREAD = 0.10, 0.08


def speed_ups(results):
    """For each Python its results by workers, and the speed-ups."""
    found = {}
    for result in results:
        name, workers = result.configuration.name, result.configuration.workers
        found.setdefault(name, {})
        one = found[name].get(1, (result,))[0]
        factor = workers * one.time / result.time if result.is_good and one.is_good and one.configuration.workers == 1 else None
        found[name][workers] = (result, factor)
    return found


def table(results):
    header = ["", "workers", "time", "spread", "speed-up", "CPU", "memory", "waiting", "no core", "switches", "lock waits", "hand-overs"]
    rows = [header]
    failures = []
    for name, by_workers in speed_ups(results).items():
        for workers, (result, factor) in by_workers.items():
            if not result.is_good:
                failures.append(f"{name}, {workers} worker{'s' * (workers > 1)}: {result.failure}")
                rows.append([name, str(workers), "–", "", "", "", "", "", "", "", "", ""])
                continue
            rows.append([
                name, str(workers), f"{result.time:.3f} s", f"± {result.spread * 100:.0f} %", f"{factor:.2f}" if factor else "", f"{result.processor_time:.3f} s",
                f"{result.memory:.1f} MiB", f"{result.waiting * 100:.0f} %", f"{result.without_core * 100:.0f} %",
                f"{statistics.median(result.switches):.0f}", "" if result.lock_waits is None else f"{result.lock_waits:.3f} s",
                "" if result.hand_overs is None else str(result.hand_overs)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    lines = ["  ".join(cell.ljust(width) if not column else cell.rjust(width) for column, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in rows]
    return "\n".join(lines + failures)


def noise(results, share):
    """A sentence when the machine was too noisy to rely on the times; None otherwise."""
    spreads = [result.spread for result in results if result.is_good and len(result.times) > 1]
    typical = statistics.median(spreads) if spreads else 0.0
    reasons = []
    if share > NOISY_SHARE:
        reasons.append(f"other programs took {share * 100:.0f} % of its time")
    if typical > NOISY_SPREAD:
        reasons.append(f"the rounds of a configuration differ by ± {typical * 100:.0f} %")
    return f"The machine was too noisy: {' and '.join(reasons)}. Take the figures as a hint, or measure again when it is idle." if reasons else None


def verdict(results, is_noisy=False):
    """Which model suits the script, and why."""
    text = _verdict(results)
    return f"As far as a noisy machine tells: {text}" if is_noisy else text


def _verdict(results):
    found = speed_ups(results)
    most = max(result.configuration.workers for result in results)
    own = {name.removeprefix("krait "): by_workers for name, by_workers in found.items() if name.startswith("krait ")}
    one = {model: by_workers[1][0] for model, by_workers in own.items() if by_workers[1][0].is_good}
    if not one:
        return "It ran under no model: see the failures above."
    first = one.get("interpreter") or next(iter(one.values()))
    factors = {model: by_workers[most][1] for model, by_workers in own.items() if most in by_workers and by_workers[most][1]}
    if most == 1 or not factors:
        fastest = min(one, key=lambda model: one[model].time)
        text = f"With one worker use -X gil={fastest}: it takes {one[fastest].time:.2f} s"
        text += f", {_beside(one[fastest].time, one)}." if len(one) > 1 else "."
    elif first.waiting > 0.5:
        times = {model: own[model][most][0].time for model in factors}
        best = min(times, key=times.get)
        if max(times.values()) < min(times.values()) * 1.15:
            best = "interpreter" if "interpreter" in times else best
            text = f"This script waits {first.waiting * 100:.0f} % of its time, so the lock hardly matters: stay with -X gil={best}, and start more workers."
        else:
            text = f"This script waits {first.waiting * 100:.0f} % of its time, and {most} workers end soonest with -X gil={best} ({times[best]:.2f} s)."
    else:
        times = {model: own[model][most][0].time for model in factors}
        best = min(times, key=times.get)
        # What isolates is preferred where it costs next to nothing; and a lock for all is no way to share work, whatever a few rounds happen to say.
        if best != "interpreter" and "interpreter" in times and times["interpreter"] <= times[best] * 1.05:
            best = "interpreter"
        how = "interpreters" if best == "interpreter" else "threads"
        if factors[best] < 1 + 0.25 * (most - 1):
            text = f"No model makes {most} workers worth it here (at best {factors[best]:.2f} times the work of one, with -X gil={best}): run this script with one worker."
        else:
            others = ", ".join(f"{factor:.2f} under {model}" for model, factor in factors.items() if model != best)
            text = f"Use -X gil={best} with {most} {how}: they do {factors[best]:.2f} times the work of one worker in the same time" + (f" ({others})." if others else ".")
    return text + _against_peers(found, first, most, own)


def _beside(time, one):
    return ", ".join(f"{result.time:.2f} s under {model}" for model, result in one.items() if result.time != time)


def _against_peers(found, first, most, own):
    parts = []
    for name, by_workers in found.items():
        if name.startswith("krait ") or not by_workers[1][0].is_good:
            continue
        ratio = by_workers[1][0].time / first.time
        parts.append(f"{name} takes {ratio:.2f} times as long with one worker")
        if most > 1 and most in by_workers and by_workers[most][0].is_good:
            best = min((other[most][0].time for other in own.values() if other[most][0].is_good), default=None)
            if best:
                parts[-1] += f" and {by_workers[most][0].time / best:.2f} times with {most}"
    return f" {'; '.join(parts)}." if parts else ""
