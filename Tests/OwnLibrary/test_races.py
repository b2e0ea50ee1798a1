"""Benchmarks/demos/races.py and primes.py."""
import pathlib
import re
import subprocess

import support

DEMOS = pathlib.Path(__file__).resolve().parents[2] / "Benchmarks" / "demos"
LINE = re.compile(r"^(krait \w+|cpython) +([\d,]+) +([\d,]+) +([\d,]+) +\d+\.\d\d( +\d+\.\d\d)?\s*$", re.M)


class Races(support.Case):
    def test_nothing_is_lost_with_a_lock(self):
        result = self.krait(str(DEMOS / "races.py"), "--count", "20000", "--threads", "3")
        self.assertEqual((result.stderr, result.returncode), ("", 0))
        lines = LINE.findall(result.stdout)
        self.assertEqual([line[0] for line in lines], ["krait process", "krait interpreter", "krait none"])
        self.assertEqual([line[3] for line in lines], ["0"] * 3)
        self.assertIn("BINARY_OP 13 (+=)", result.stdout)

    def test_on_another_python(self):
        if not support.PEER:
            self.skipTest("no --peer")
        result = subprocess.run([support.PEER, DEMOS / "races.py", "--count", "20000"], capture_output=True, text=True, timeout=120)
        self.assertEqual((result.stderr, result.returncode), ("", 0))
        self.assertEqual([line[3] for line in LINE.findall(result.stdout)], ["0"])

    def test_primes(self):
        result = self.krait("-m", "krait.parallel", str(DEMOS / "primes.py"), "0", "100000")
        self.assertEqual((result.stderr, result.stdout), ("", "  9592 primes from 0 to 99,999\n  8392 primes from 100,000 to 199,999\n"))
