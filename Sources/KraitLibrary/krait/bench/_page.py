"""The page: charts as SVG in one HTML file that needs nothing else, readable on a phone, dark and light."""

import html

from krait import _style
from krait.bench import _report

#: Of the Pythons, in the order in which they appear; each readable on white and on black.
COLOURS = ["#2f81f7", "#2da44e", "#d4731a", "#a371f7", "#d6409f", "#0d9488", "#b59a00", "#8b949e"]

STYLE = _style.COLOURS + _style.CHART + """
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; } h2 { font-size: 1.2rem; overflow-wrap: anywhere; } h3 { font-size: 1rem; margin: 0 0 .5rem; }
.verdict { border-left: .25rem solid #2f81f7; padding: .5rem 1rem; background: var(--card); font-size: 1.05rem; }
.noisy { border-left-color: #d4731a; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; margin: 1rem 0; }
figure { margin: 0; padding: .75rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
svg { display: block; width: 100%; height: auto; }
.table { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; } th:first-child, td:first-child { text-align: left; }
.soft { color: var(--soft); font-size: .9rem; }
"""


def page(title, sections, machine, noise):
    """The whole page. A section is a script's name, its results, and its verdict."""
    parts = [
        "<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">', '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{html.escape(title)}</title>", f"<style>{STYLE}</style>", "</head>", "<body>", f"<h1>{html.escape(title)}</h1>", f'<p class="soft">{html.escape(machine)}</p>']
    if noise:
        parts.append(f'<p class="verdict noisy">{html.escape(noise)}</p>')
    for name, results, verdict in sections:
        parts += [f"<h2>{html.escape(name)}</h2>", f'<p class="verdict">{html.escape(verdict)}</p>', '<div class="charts">']
        parts += [f"<figure><h3>{heading}</h3>{chart}</figure>" for heading, chart in _charts(results) if chart]
        parts += ["</div>", _table(results)]
    parts += [f'<p class="soft">{line}</p>' for line in (
        "Time: the median of the rounds, from the start of the process to its end; the thin lines reach from the fastest round to the slowest. "
        "N workers do N times the work of one: the speed-up is N times the time of one through the time of N.",
        "Waiting: the share of the workers' time in which they waited for the lock, or for input and output. "
        "No core: the share in which they could have run, but other threads or programs had the cores. "
        "Lock waits and hand-overs come from one more run each, which is traced: all that threads waited for a lock, and how often one gave it up because another had asked.")]
    return "\n".join([*parts, "</body>", "</html>", ""])


def picture(results):
    """The chart of the speed-ups as SVG; with one worker, that of the times."""
    charts = dict(_charts(results))
    return _style.picture(charts.get("Speed-up by workers") or charts["Time of 1 worker"])


def _charts(results):
    good = [result for result in results if result.is_good]
    if not good:
        return []
    names = list(dict.fromkeys(result.configuration.name for result in good))
    colours = {name: COLOURS[index % len(COLOURS)] for index, name in enumerate(names)}
    counts = sorted({result.configuration.workers for result in good})
    charts = []
    for workers in (counts[0], counts[-1]) if len(counts) > 1 else counts:
        shown = [result for result in good if result.configuration.workers == workers]
        label = f"Time of {workers} worker{'s' * (workers > 1)}"
        charts.append((label, _bars(label, [
            (result.configuration.name, colours[result.configuration.name], result.time, min(result.times), max(result.times), f"{result.time:.2f} s")
            for result in shown])))
    if len(counts) > 1:
        charts.append(("Speed-up by workers", _lines(results, colours, counts)))
        label = f"Waiting for the lock, or for input and output, of {counts[-1]} workers' time"
        charts.append((label, _bars(label, [
            (result.configuration.name, colours[result.configuration.name], result.waiting, None, None, f"{result.waiting * 100:.0f} %")
            for result in good if result.configuration.workers == counts[-1]], 1.0)))
    return charts


def _bars(label, rows, most=None):
    """Bars that lie: name, colour, value, least, most, text."""
    most = most or max(row[3 + 1] or row[2] for row in rows) or 1
    left, right, step = 132, 64, 30
    width = 420 - left - right
    height = step * len(rows) + 6
    parts = [f'<svg viewBox="0 0 420 {height}" role="img" aria-label="{html.escape(label)}">', f'<path class="axis" d="M{left} 0V{height}"/>']
    for index, (name, colour, value, least, greatest, text) in enumerate(rows):
        y = index * step + 6
        length = width * value / most
        parts.append(f'<text x="{left - 6}" y="{y + 14}" text-anchor="end">{html.escape(name)}</text>')
        parts.append(f'<rect class="bar" x="{left}" y="{y}" width="{length:.1f}" height="20" rx="2" fill="{colour}"><title>{html.escape(f"{name}: {text}")}</title></rect>')
        end = length
        if least is not None and greatest > least:
            end = width * greatest / most
            parts.append(f'<path class="error" d="M{left + width * least / most:.1f} {y + 10}H{left + end:.1f}"/>')
        parts.append(f'<text x="{left + max(length, end) + 5:.1f}" y="{y + 14}">{text}</text>')
    return "".join([*parts, "</svg>"])


def _lines(results, colours, counts):
    """The speed-ups against the ideal."""
    most = counts[-1]
    series = {
        name: points for name, by_workers in _report.speed_ups(results).items()
        if len(points := [(workers, factor) for workers, (_, factor) in by_workers.items() if factor]) > 1}
    if not series:
        return ""
    top = max(most, *(factor for points in series.values() for _, factor in points))
    left, bottom, width, height = 34, 190, 215, 176

    def place(workers, factor):
        return f"{left + width * (workers - 1) / (most - 1):.1f} {bottom - height * factor / top:.1f}"

    parts = ['<svg viewBox="0 0 420 220" role="img" aria-label="Speed-up by workers">', f'<path class="axis" d="M{left} 8V{bottom}H{left + width}"/>']
    ticks = counts if len(counts) <= 8 else [counts[0], counts[len(counts) // 2], counts[-1]]
    for count in ticks:
        x, y = place(count, count).split()
        parts.append(f'<text class="soft" x="{x}" y="{bottom + 18}" text-anchor="middle">{count}</text>')
        parts.append(f'<text class="soft" x="{left - 6}" y="{float(y) + 4:.1f}" text-anchor="end">{count}</text>')
    parts.append(f'<path class="ideal" d="M{place(1, 1)}L{place(most, most)}"><title>ideal</title></path>')
    for name, points in series.items():
        parts.append(f'<path class="line" fill="none" stroke="{colours[name]}" stroke-width="2.5" d="M{"L".join(place(*point) for point in points)}"/>')
        for workers, factor in points:
            x, y = place(workers, factor).split()
            parts.append(f'<circle class="mark" cx="{x}" cy="{y}" r="4" fill="{colours[name]}"><title>{html.escape(f"{name}, {workers} workers: {factor:.2f}")}</title></circle>')
    # A legend, the best first.
    for index, (name, points) in enumerate(sorted(series.items(), key=lambda item: -item[1][-1][1])):
        y = 14 + 18 * index
        parts.append(f'<rect x="{left + width + 10}" y="{y - 9}" width="10" height="10" rx="2" fill="{colours[name]}"/>')
        parts.append(f'<text x="{left + width + 24}" y="{y}">{html.escape(_short(name))} {points[-1][1]:.2f}</text>')
    y = 14 + 18 * len(series)
    parts.append(f'<path class="ideal" d="M{left + width + 8} {y - 4}h14"/><text class="soft" x="{left + width + 24}" y="{y}">ideal {most}</text>')
    return "".join([*parts, "</svg>"])


def _short(name):
    return name.removeprefix("krait ")[:15]


def _table(results):
    lines = ["<thead><tr>" + "".join(f"<th>{name}</th>" for name in ("Python", "workers", "time", "spread", "speed-up", "CPU", "memory", "waiting", "no core", "lock waits", "hand-overs")) + "</tr></thead><tbody>"]
    for name, by_workers in _report.speed_ups(results).items():
        for workers, (result, factor) in by_workers.items():
            if result.is_good:
                cells = [
                    f"{result.time:.3f} s", f"± {result.spread * 100:.0f} %", f"{factor:.2f}" if factor else "", f"{result.processor_time:.3f} s", f"{result.memory:.1f} MiB",
                    f"{result.waiting * 100:.0f} %", f"{result.without_core * 100:.0f} %", "" if result.lock_waits is None else f"{result.lock_waits:.3f} s",
                    "" if result.hand_overs is None else str(result.hand_overs)]
                rest = "".join(f"<td>{cell}</td>" for cell in cells)
            else:
                rest = f'<td colspan="9" style="text-align: left">{html.escape(result.failure or "")}</td>'
            lines.append(f"<tr><td>{html.escape(name)}</td><td>{workers}</td>{rest}</tr>")
    return f'<div class="table"><table>{"".join(lines)}</tbody></table></div>'
