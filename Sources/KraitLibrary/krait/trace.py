"""Makes a timeline that a person can read of what `krait -X gil-trace=FILE` recorded.

    krait -X gil-trace=FILE SCRIPT
    krait -m krait.trace FILE [-o PAGE] [--svg PICTURE]        # writes FILE.html without -o, and prints the totals of each thread

The page needs nothing else: a row for each thread, grouped by interpreter, coloured by what the thread did. The wheel (or two fingers) zooms, dragging pans, a double click
shows all. FILE itself can be opened in Perfetto or chrome://tracing, too.

Running is holding the lock; waiting is asking for it in vain; blocked is everything between that a thread does without it: waiting for input and output, sleeping, long
work outside of Python. Under `-X gil=none` threads run side by side: waiting is asking for the lock that native code and changes of shared objects take, and stopped is
standing still for another thread, as while that collects.
"""

import argparse
import json
import math
import os
import sys

from krait import _style

RUNNING, WAITING, HANDING, BLOCKED, COLLECTING, STOPPED = range(6)
KINDS = {
    "holds the lock": RUNNING, "runs": RUNNING, "waits for the lock": WAITING, "hands over": HANDING, "collection": COLLECTING, "stopped": STOPPED}
COLOURS = ["#2da44e", "#e5534b", "#d4731a", "#8b949e", "#a371f7", "#d6409f"]
#: Of a row of 26, the first line and the height of what is drawn, by kind.
PLACES = [(2, 20), (2, 20), (2, 20), (9, 4), (14, 8), (2, 20)]
NAMES = ["running", "waiting for the lock", "handing over", "blocked", "collecting", "stopped"]


class Unusable(Exception):
    """A file that is no trace."""


def read(path):
    """The rows of a trace: {(interpreter, thread): [(start, length, kind), ...]}, in microseconds since the first event, and how many events were left out."""
    with open(path, encoding="utf-8") as file:
        try:
            data = json.load(file)
            events = [(event["ts"], event["dur"], KINDS[event["name"]], event["pid"], event["tid"]) for event in data["traceEvents"]]
        except (ValueError, KeyError, TypeError):
            raise Unusable(f"{path}: this is no trace of -X gil-trace") from None
    if not events:
        raise Unusable(f"{path}: nothing was recorded")
    events.sort()
    first = events[0][0]
    rows = {}
    for start, length, kind, interpreter, thread in events:
        rows.setdefault((interpreter, thread), []).append((start - first, length, kind))
    return {key: with_gaps(with_cuts(row)) for key, row in sorted(rows.items())}, data.get("otherData", {}).get("left out", 0)


def with_cuts(row):
    """Without a lock, a thread runs from when it attaches until it detaches: what it waits in between is taken out."""
    inner = [(start, start + length) for start, length, kind in row if kind in (WAITING, STOPPED)]
    cut, next_inner = [], 0
    for start, length, kind in row:
        if kind != RUNNING:
            cut.append((start, length, kind))
            continue
        end = start + length
        while next_inner < len(inner) and inner[next_inner][0] < end:
            from_, to = inner[next_inner]
            if from_ > start:
                cut.append((start, from_ - start, kind))
            start = max(start, to)
            next_inner += 1
        if end > start:
            cut.append((start, end - start, kind))
    return sorted(cut)


def with_gaps(row):
    """What lies between two intervals of a thread is time that it spent without the lock, of its own accord."""
    filled, end = [], None
    for start, length, kind in row:
        if kind != COLLECTING:
            if end is not None and start - end > 0.5:
                filled.append((end, start - end, BLOCKED))
            end = max(end or 0, start + length)
        filled.append((start, length, kind))
    return filled


def totals(row):
    """Microseconds by kind."""
    found = [0.0] * len(NAMES)
    for _, length, kind in row:
        found[kind] += length
    return found


def table(rows):
    lines = [f"{'interpreter':>11} {'thread':>8}" + "".join(f"{name:>22}" for name in NAMES)]
    for (interpreter, thread), row in rows.items():
        lines.append(f"{interpreter:>11} {thread:>8}" + "".join(f"{time / 1000:>19.2f} ms" for time in totals(row)))
    return "\n".join(lines)


PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>@title@</title>
<style>@colours@* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
h1 { font-size: 1.3rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
.legend span { display: inline-block; margin-right: 1rem; white-space: nowrap; } .legend i { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-right: .35rem; }
canvas { display: block; width: 100%; touch-action: none; cursor: grab; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
.table { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; margin-top: 1rem; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
.soft { color: var(--soft); font-size: .9rem; }
</style>
</head>
<body>
<h1>@title@</h1>
<p class="legend" id="legend"></p>
<canvas id="timeline"></canvas>
<p class="soft" id="status">The wheel or two fingers zoom, dragging pans, a double click shows all.@left out@</p>
<div class="table"><table id="totals"></table></div>
<script>
"use strict";
const names = @names@, rows = @rows@, colours = @kinds@, insides = @places@;
const canvas = document.getElementById("timeline"), context = canvas.getContext("2d");
const left = 92, head = 24, step = 26, gap = 20;
let end = 0;
for (const row of rows) for (const [start, length] of row.intervals) end = Math.max(end, start + length);
let from = 0, to = end;
const style = name => getComputedStyle(document.documentElement).getPropertyValue(name);

function places() {
  let y = head, last = null;
  return rows.map(row => { if (row.interpreter !== last) { y += gap; last = row.interpreter; row.isFirst = true; } const place = y; y += step; return place; });
}
function timeText(value, unit) {
  return unit >= 1e6 ? (value / 1e6).toFixed(0) + " s" : unit >= 1e5 ? (value / 1e6).toFixed(1) + " s" : unit >= 1e3 ? (value / 1e3).toFixed(0) + " ms"
    : unit >= 1e2 ? (value / 1e3).toFixed(1) + " ms" : value.toFixed(0) + " µs";
}
function draw() {
  const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth, ys = places(), height = ys[ys.length - 1] + step + 8;
  canvas.style.height = height + "px";
  canvas.width = width * ratio; canvas.height = height * ratio;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = "12px system-ui, sans-serif";
  const scale = (width - left - 8) / (to - from), x = time => left + (time - from) * scale;
  let unit = Math.pow(10, Math.floor(Math.log10(70 / scale)));
  for (const factor of [1, 2, 5, 10]) if (unit * factor * scale >= 70) { unit *= factor; break; }
  for (let time = Math.ceil(from / unit) * unit; time <= to; time += unit) {
    context.fillStyle = style("--line"); context.fillRect(x(time), head - 4, 1, height);
    context.fillStyle = style("--soft"); context.fillText(timeText(time, unit), x(time) + 2, head - 8);
  }
  rows.forEach((row, index) => {
    const y = ys[index];
    context.fillStyle = style("--text");
    if (row.isFirst) context.fillText("interpreter " + row.interpreter, 8, y - 5);
    context.fillStyle = style("--soft"); context.fillText(row.thread, 20, y + 15);
    context.save(); context.beginPath(); context.rect(left, y, width - left - 8, step); context.clip();
    // Intervals of the same kind that fall on one pixel are drawn once.
    const drawn = names.map(() => -1);
    for (const [start, length, kind] of row.intervals) {
      if (start > to) break;
      if (start + length < from) continue;
      const x0 = x(start), x1 = Math.max(x(start + length), x0 + 0.7);
      if (x1 < drawn[kind]) continue;
      drawn[kind] = Math.ceil(x1);
      context.fillStyle = colours[kind];
      context.fillRect(x0, y + insides[kind][0], x1 - x0, insides[kind][1]);
    }
    context.restore();
  });
}
function zoom(factor, at) {
  const time = from + (at - left) / (canvas.clientWidth - left - 8) * (to - from), length = Math.min(end, Math.max(1, (to - from) * factor));
  from = Math.max(0, Math.min(end - length, time - (time - from) / (to - from) * length)); to = from + length; draw();
}
function pan(pixels) {
  const length = to - from;
  from = Math.max(0, Math.min(end - length, from - pixels / (canvas.clientWidth - left - 8) * length)); to = from + length; draw();
}
const pointers = new Map();
canvas.addEventListener("wheel", event => { event.preventDefault(); zoom(Math.exp(event.deltaY / 400), event.offsetX); }, { passive: false });
canvas.addEventListener("pointerdown", event => { canvas.setPointerCapture(event.pointerId); pointers.set(event.pointerId, event.offsetX); });
canvas.addEventListener("pointermove", event => {
  if (!pointers.has(event.pointerId)) return;
  const before = pointers.get(event.pointerId), others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, x]) => x);
  pointers.set(event.pointerId, event.offsetX);
  if (others.length) { const now = Math.abs(event.offsetX - others[0]); if (now > 10) zoom(Math.abs(before - others[0]) / now, (event.offsetX + others[0]) / 2); }
  else pan(event.offsetX - before);
});
for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, event => pointers.delete(event.pointerId));
canvas.addEventListener("dblclick", () => { from = 0; to = end; draw(); });
window.addEventListener("resize", draw);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
document.getElementById("legend").innerHTML = names.map((name, kind) => `<span><i style="background:${colours[kind]}"></i>${name}</span>`).join("");
document.getElementById("totals").innerHTML = "<tr><th>interpreter</th><th>thread</th>" + names.map(name => `<th>${name}</th>`).join("") + "</tr>"
  + rows.map(row => `<tr><td>${row.interpreter}</td><td>${row.thread}</td>` + row.totals.map(time => `<td>${(time / 1000).toFixed(2)} ms</td>`).join("") + "</tr>").join("");
draw();
</script>
</body>
</html>
"""


def page(title, rows, left_out):
    data = [
        {"interpreter": interpreter, "thread": thread, "totals": [round(time, 1) for time in totals(row)],
         "intervals": [(round(start, 1), round(length, 1), kind) for start, length, kind in row]}
        for (interpreter, thread), row in rows.items()]
    values = {
        "title": title.replace("&", "&amp;").replace("<", "&lt;"), "colours": _style.COLOURS, "names": json.dumps(NAMES), "kinds": json.dumps(COLOURS), "places": json.dumps(PLACES), "rows": json.dumps(data, separators=(",", ":")),
        "left out": f" {left_out:,} later events found no room." if left_out else ""}
    text = PAGE
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def picture(rows):
    """The whole timeline as SVG. Intervals of one kind that fall on the same pixel are drawn once."""
    left, width, step, gap = 92, 860, 26, 20
    end = max(start + length for row in rows.values() for start, length, _ in row)
    parts, y, last = [], 0, None
    for (interpreter, thread), row in rows.items():
        if interpreter != last:
            y, last = y + gap, interpreter
            parts.append(f'<text x="8" y="{y - 5}">interpreter {interpreter}</text>')
        parts.append(f'<text class="soft" x="20" y="{y + 17}">{thread}</text>')
        drawn = [-1.0] * len(NAMES)
        for start, length, kind in row:
            first, behind = left + start / end * width, left + (start + length) / end * width
            behind = max(behind, first + 0.7)
            if behind >= drawn[kind]:
                drawn[kind] = math.ceil(behind)
                top, height = PLACES[kind]
                parts.append(f'<rect x="{first:.1f}" y="{y + top}" width="{behind - first:.1f}" height="{height}" fill="{COLOURS[kind]}"/>')
        y += step
    y += 22
    for kind, name in enumerate(NAMES):
        parts.append(f'<rect x="{left + 150 * kind}" y="{y - 10}" width="11" height="11" rx="2" fill="{COLOURS[kind]}"/><text x="{left + 150 * kind + 16}" y="{y}">{name}</text>')
    parts.append(f'<text class="soft" x="{left + width}" y="14" text-anchor="end">{end / 1000:.0f} ms</text>')
    return _style.picture("".join([f'<svg viewBox="0 0 {left + width + 8} {y + 12}" role="img" aria-label="Who held the lock">', *parts, "</svg>"]))


def main():
    parser = argparse.ArgumentParser(prog="krait -m krait.trace", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="FILE", help="what -X gil-trace=FILE wrote")
    parser.add_argument("-o", "--output", metavar="PAGE", help="the page (FILE.html)")
    parser.add_argument("--svg", metavar="PICTURE", help="the whole timeline as a picture, too")
    options = parser.parse_args()
    output = options.output or options.file + ".html"
    try:
        rows, left_out = read(options.file)
        text = page(f"Who held the lock: {os.path.basename(options.file)}", rows, left_out)
        texts = {output: text, options.svg: picture(rows)} if options.svg else {output: text}
        for path, text in texts.items():
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        sys.exit(f"krait.trace: {error.filename}: {error.strerror}")
    except Unusable as error:
        sys.exit(f"krait.trace: {error}")
    print(table(rows))
    print(f"written: {', '.join(texts)}")


if __name__ == "__main__":
    main()
