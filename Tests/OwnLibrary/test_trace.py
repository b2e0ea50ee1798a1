"""-X gil-trace and krait.trace: who held which lock when."""
import collections
import json
import os
import shutil
import subprocess
import xml.etree.ElementTree

import support

PROGRAM = '''
import gc, os, threading, time
from concurrent import interpreters
import krait

def compute():
    total = 0
    for number in range(1_500_000):
        total += number
    time.sleep(0.05)

interpreter = interpreters.create()
threads = [threading.Thread(target=compute) for _ in range(2)] + [threading.Thread(target=interpreter.exec, args=("print(sum(range(100000)))",))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
interpreter.close()
gc.collect()
if os.fork() == 0:
    os._exit(0)
os.wait()
'''


class Trace(support.Case):
    def trace(self, model):
        program = self.write("program.py", PROGRAM)
        result = self.krait("-X", "gil-trace=trace.json", program, model=model)
        self.assertEqual((result.stderr, result.returncode, result.stdout), ("", 0, "4999950000\n"))
        with open(os.path.join(self.folder, "trace.json")) as file:
            return json.load(file)["traceEvents"]

    def test_threads_that_compute(self):
        for model in ("interpreter", "process"):
            events = self.trace(model)
            names = {event["name"] for event in events}
            self.assertEqual(names, {"holds the lock", "waits for the lock", "hands over", "collection"})
            holds = collections.defaultdict(list)
            for event in events:
                self.assertGreaterEqual(event["dur"], 0)
                if event["name"] == "holds the lock":
                    holds[event["pid"] if model == "interpreter" else 0].append((event["ts"], event["ts"] + event["dur"]))
            # A lock has one holder at a time.
            for intervals in holds.values():
                intervals.sort()
                for (_, end), (start, _) in zip(intervals, intervals[1:]):
                    self.assertGreaterEqual(start, end - 0.01)
            times = collections.Counter()
            for event in events:
                if event["pid"] == 0 and event["name"] == "holds the lock":
                    times[event["tid"]] += event["dur"]
            self.assertGreaterEqual(len(times), 3)

    def test_without_a_lock_threads_run_side_by_side(self):
        events = [event for event in self.trace("none") if event["pid"] == 0]
        self.assertLessEqual({"runs", "collection"}, {event["name"] for event in events})
        self.assertGreaterEqual(len({event["tid"] for event in events if event["name"] == "runs"}), 3)
        result = self.krait("-m", "krait.trace", "trace.json")
        self.assertEqual((result.stderr, result.returncode), ("", 0))

    def test_the_page(self):
        self.trace("interpreter")
        result = self.krait("-m", "krait.trace", "trace.json", "--svg", "trace.svg")
        self.assertEqual((result.stderr, result.returncode), ("", 0))
        self.assertIn("written: trace.json.html, trace.svg", result.stdout)
        drawing = xml.etree.ElementTree.parse(os.path.join(self.folder, "trace.svg")).getroot()
        colours = {element.get("fill") for element in drawing}
        self.assertLessEqual({"#2da44e", "#e5534b", "#8b949e"}, colours)
        browser = shutil.which("chromium") or shutil.which("chromium-browser")
        self.assertIsNotNone(browser, "Scripts/setup --browser installs Chromium")
        picture = os.path.join(self.folder, "page.png")
        finished = subprocess.run(
            [browser, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={self.folder}/browser", "--enable-logging=stderr", "--window-size=600,600",
             f"--screenshot={picture}", "file://" + os.path.join(self.folder, "trace.json.html")], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        self.assertNotIn("CONSOLE", finished.stderr)
        counts = collections.Counter(support.read_png(picture)[2])
        for colour in ((0x2d, 0xa4, 0x4e), (0xe5, 0x53, 0x4b), (0x8b, 0x94, 0x9e)):
            self.assertGreater(counts[colour], 100)

    def test_what_is_not_there(self):
        for arguments, message, status in [
            (["-X", "gil-trace", "-c", "pass"], "krait: -X gil-trace: a file must be named: -X gil-trace=FILE", 2),
            (["-X", "gil-trace=none/file", "-c", "pass"], "krait: -X gil-trace: none/file cannot be written", 2),
            (["-m", "krait.trace", "none"], "krait.trace: none: No such file or directory", 1),
            (["-m", "krait.trace", self.write("text", "{}")], f"krait.trace: {self.folder}/text: this is no trace of -X gil-trace", 1),
        ]:
            result = self.krait(*arguments)
            self.assertEqual((result.stderr, result.returncode), (message + "\n", status))
