"""Benchmarks/demos: the downloads, and the server that answers them."""
import pathlib
import signal
import subprocess
import unittest
import urllib.error
import urllib.request

import support

DEMOS = pathlib.Path(__file__).resolve().parents[2] / "Benchmarks" / "demos"


class Downloads(support.Case):
    def downloads(self, *arguments):
        peer = ["--peer", support.PEER] if support.PEER else ["--peer", support.KRAIT]
        result = self.krait(str(DEMOS / "downloads.py"), "--delay", "0.002", *peer, *arguments)
        self.assertEqual((result.stderr, result.returncode), ("", 0), result.stdout)
        return result.stdout.splitlines()

    def test_threads(self):
        if not support.PACKAGES:
            raise unittest.SkipTest("without --packages there is no requests")
        lines = self.downloads("--packages", support.PACKAGES)
        self.assertEqual([line[:20].strip() for line in lines[2:5]], ["krait interpreter", "krait none", "krait process"])
        for line in lines[2:]:
            self.assertRegex(line, r"\d\.\d\d s +\d+\.\d\d s +-?\d+\.\d %   yes$")

    def test_asyncio(self):
        lines = self.downloads("--asyncio", "--models", "interpreter")
        self.assertEqual(len(lines), 4)
        for line in lines[2:]:
            self.assertRegex(line, r"\d\.\d\d s +\d+\.\d\d s +-?\d+\.\d %   yes$")

    def test_missing_packages_are_named(self):
        result = self.krait(str(DEMOS / "downloads.py"), "--packages", self.folder)
        self.assertEqual(result.returncode, 1)
        self.assertIn("has no `requests`: run Scripts/setup --packages", result.stderr)


class Server(support.Case):
    def test_answers(self):
        for python in filter(None, [support.KRAIT, support.PEER]):
            with subprocess.Popen([python, DEMOS / "server.py", "--delay", "0", "--size", "50"], stdout=subprocess.PIPE, text=True) as process:
                try:
                    address = process.stdout.readline().strip()
                    with urllib.request.urlopen(f"{address}/name", timeout=20) as answer:
                        self.assertEqual(answer.read(), b"name 4 417\nname 4 417\nname 4 417\nname 4 417\nname 4")
                    with self.assertRaises(urllib.error.HTTPError) as caught:
                        urllib.request.urlopen(f"{address}/", timeout=20)
                    self.assertEqual(caught.exception.code, 404)
                    caught.exception.close()
                finally:
                    process.send_signal(signal.SIGINT)
                self.assertEqual(process.wait(20), 130)
