"""krait.bench: what it says of scripts that compute, wait, fail, crash and do not end."""
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import xml.etree.ElementTree

import support

COMPUTES = "total = 0\nfor number in range(2_000_000):\n    total += number * number % 7\nprint(total)\n"


class Bench(support.Case):
    def bench(self, *arguments, status=0, output="out"):
        result = self.krait("-m", "krait.bench", "--rounds", "1", "--output", output, *arguments, timeout=300)
        self.assertEqual(result.returncode, status, result.stderr)
        if not status:
            self.data = json.loads(self.read("out.json"))
            self.page = self.read("out.html")
        return result

    def read(self, name):
        return (pathlib.Path(self.folder) / name).read_text()

    def test_a_script_that_computes(self):
        peer = ["--peer", support.PEER] if support.PEER else ["--no-peers"]
        result = self.bench("--workers", "2", "--svg", *peer, self.write("computes.py", COMPUTES))
        self.assertEqual(result.stderr, "")
        results = self.data["scripts"][0]["results"]
        names = ["krait interpreter", "krait none", "krait process"]
        self.assertEqual([one["python"] for one in results][:6], [name for name in names for _ in range(2)])
        self.assertEqual(len(results), 8 if support.PEER else 6)
        for one in results:
            self.assertIsNone(one["failure"])
            self.assertGreater(one["memory_mib"], 3)
            self.assertGreater(one["time"], one["cpu"] / one["workers"] * 0.9)
            self.assertIn(one["workers"], (1, 2))
            self.assertEqual(one["lock_waits"] is None, one["python"] not in ("krait interpreter", "krait process"))
        shared = next(one for one in results if (one["python"], one["workers"]) == ("krait process", 2))
        self.assertGreater(shared["hand_overs"], 0)
        self.assertGreater(shared["lock_waits"], 0.01)
        self.assertTrue(result.stdout.rstrip().endswith("."))
        self.assertEqual(result.stdout.rstrip().splitlines()[-1], self.data["scripts"][0]["verdict"])
        self.check_page(bars=4 if support.PEER else 3)
        drawing = xml.etree.ElementTree.fromstring(self.read("out.svg"))
        self.assertEqual(len(drawing.findall("{http://www.w3.org/2000/svg}circle")), 8 if support.PEER else 6)
        self.check_picture()

    def check_picture(self):
        """What a browser draws of the page: the bars' colours on a phone, no error."""
        browser = shutil.which("chromium") or shutil.which("chromium-browser")
        self.assertIsNotNone(browser, "Scripts/setup --browser installs Chromium")
        picture = os.path.join(self.folder, "page.png")
        for is_dark in (False, True):
            finished = subprocess.run(
                [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={self.folder}/browser", "--enable-logging=stderr",
                 "--window-size=390,1500", f"--blink-settings=preferredColorScheme={0 if is_dark else 1}", f"--screenshot={picture}", "file://" + os.path.join(self.folder, "out.html")],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
            self.assertNotIn("CONSOLE", finished.stderr)
            width, height, pixels = support.read_png(picture)
            self.assertEqual((width, height), (390, 1500))
            counts = collections.Counter(pixels)
            for colour in ((0x2f, 0x81, 0xf7), (0x2d, 0xa4, 0x4e), (0xd4, 0x73, 0x1a)):
                self.assertGreater(counts[colour], 300)
            self.assertEqual(pixels[0], (0x0d, 0x11, 0x17) if is_dark else (0xff, 0xff, 0xff))

    def check_page(self, bars):
        self.assertNotRegex(self.page, r"(src|href)=|url\(|@import|<script")
        self.assertIn('<meta name="viewport" content="width=device-width', self.page)
        self.assertIn("prefers-color-scheme: dark", self.page)
        charts = [xml.etree.ElementTree.fromstring(text) for text in re.findall("<svg.*?</svg>", self.page, re.S)]
        self.assertEqual(len(charts), 4)
        for chart in charts:
            width, height = map(float, chart.get("viewBox").split()[2:])
            for element in chart.iter():
                self.assertLessEqual(float(element.get("x", 0)) + float(element.get("width", 0)), width + 0.1)
                self.assertLessEqual(float(element.get("y", 0)), height)
        self.assertEqual([len(chart.findall("rect[@class='bar']")) for chart in charts], [bars, bars, 0, bars])
        self.assertEqual(len(charts[2].findall("circle")), 2 * bars)

    def test_a_script_that_waits(self):
        self.bench("--workers", "2", "--models", "interpreter", "process", "--no-peers", self.write("waits.py", "import time; time.sleep(3)"))
        self.assertIn("This script waits", self.data["scripts"][0]["verdict"])

    def test_one_worker_and_arguments(self):
        script = self.write("script.py", "import sys\nassert sys.argv[1:] == ['-x', '2'] and __name__ == '__main__', sys.argv\n")
        self.bench("--workers", "1", "--no-peers", script, "-x", "2")
        self.assertIn("With one worker use", self.data["scripts"][0]["verdict"])

    def test_a_script_without_an_end(self):
        script = self.write("endless.py", "while True:\n    pass\n")
        result = self.bench("--timeout", "1", script, status=1)
        self.assertEqual(
            result.stderr, f"krait.bench: {script}: did not end within 1 s, and was stopped (under krait interpreter, one worker); if it only needs longer, give --timeout SECONDS\n")
        self.assertNotIn(script, subprocess.run(["ps", "-ef"], capture_output=True, text=True).stdout)

    def test_a_script_that_fails(self):
        result = self.bench(self.write("fails.py", "1 / 0"), status=1)
        self.assertIn("fails.py: failed: ZeroDivisionError: division by zero (under krait interpreter, one worker)", result.stderr)

    def test_a_peer_that_crashes(self):
        text = '#!/bin/sh\n[ "$1" = -c ] && { echo Crash 3.14; exit; }\nkill -SEGV $$\n'
        peer = self.write("peer", text)
        os.chmod(peer, 0o755)
        result = self.bench("--workers", "2", "--models", "interpreter", "--peer", peer, self.write("script.py", "pass"))
        self.assertIn("Crash 3.14, 1 worker: crashed: SIGSEGV\nCrash 3.14, 2 workers: not run: crashed: SIGSEGV\n", result.stdout)
        self.assertIn("crashed: SIGSEGV", self.page)

    def test_what_is_not_there(self):
        script = self.write("script.py", "pass")
        for arguments, message in [
            (["none.py"], "none.py: there is no such file"), (["--peer", "./none", script], "./none: this is no Python 3.11 or newer that starts"),
            (["--output", "none/out", script], "none/out.json cannot be written: No such file or directory; name another place with --output"),
        ]:
            result = self.krait("-m", "krait.bench", *arguments)
            self.assertEqual((result.stderr, result.returncode), (f"krait.bench: {message}\n", 1))

    def test_interrupted(self):
        script = self.write("endless.py", "open('started', 'w').close()\nwhile True:\n    pass\n")
        status, seconds, output, errors = self.interrupted("-m", "krait.bench", "--no-peers", script)
        self.assertEqual((status, errors), (-2, "\nkrait.bench: interrupted; nothing was written\n"))
        self.assertLess(seconds, 10)
        self.assertNotIn(script, subprocess.run(["ps", "-ef"], capture_output=True, text=True).stdout)
        self.assertNotIn("krait-bench.json", os.listdir(self.folder))
