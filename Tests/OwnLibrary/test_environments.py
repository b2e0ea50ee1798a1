"""Virtual environments of Krait (PEP 405), and what is installed in them and beside them."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import support

TELL = "import json, sys; print(json.dumps([sys.prefix, sys.exec_prefix, sys.base_prefix, sys.executable, sys._base_executable, sys.path]))"


def run(*command, **variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(command, env=environment | variables, capture_output=True, text=True, timeout=120)


class Environments(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()

    def make(self, *options):
        place = self.folder / "environment"
        made = run(support.KRAIT, "-m", "venv", "--without-pip", *options, str(place))
        self.assertEqual((made.returncode, made.stderr), (0, ""))
        return place

    def told(self, program, *options, **variables):
        told = run(str(program), *options, "-c", TELL, **variables)
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        return json.loads(told.stdout)

    def check(self, place):
        outside = self.told(support.KRAIT)
        packages = place / "lib" / "python3.14" / "site-packages"
        (packages / "installed.py").write_text("number = 6 * 7\n")
        program = place / "bin" / "python"
        for options in ([], ["-I"], ["-E"], ["-S"]):
            prefix, own, base, executable, start, path = self.told(program, *options)
            self.assertEqual((prefix, own, base, executable), (str(place), str(place), outside[2], str(program)))
            self.assertTrue(os.access(start, os.X_OK) and not start.startswith(str(place)), start)
            self.assertEqual(str(packages) in path, options != ["-S"])
        found = run(str(program), "-c", "import installed, threading, json; print(installed.number, installed.__file__)")
        self.assertEqual((found.stdout, found.stderr), (f"42 {packages}/installed.py\n", ""))
        # PYTHONHOME says where the library is.
        prefix, _, base, _, start, path = self.told(program, PYTHONHOME=outside[2])
        self.assertEqual((prefix, base, start), (str(place), outside[2], str(program)))
        self.assertIn(str(packages), path)

    def test_links(self):
        self.check(self.make())

    def test_copies(self):
        self.check(self.make("--copies"))

    def test_packages_of_the_system(self):
        place = self.make("--system-site-packages")
        path = self.told(place / "bin" / "python3")[5]
        self.assertIn(str(place / "lib" / "python3.14" / "site-packages"), path)

    def test_environment_within(self):
        inner = self.folder / "inner"
        made = run(str(self.make() / "bin" / "python"), "-m", "venv", "--without-pip", str(inner))
        self.assertEqual((made.returncode, made.stderr), (0, ""))
        prefix, _, base, _, start, _ = self.told(inner / "bin" / "python")
        self.assertEqual((prefix, base), (str(inner), self.told(support.KRAIT)[2]))
        self.assertFalse(start.startswith(str(self.folder)), start)

    def test_file_without_home(self):
        (self.folder / "bin").mkdir()
        (self.folder / "pyvenv.cfg").write_text("version = 3.14.8\nno line of the kind\n= \n")
        program = self.folder / "bin" / "python"
        program.symlink_to(support.KRAIT)
        told = run(str(program), "-S", "-c", "import sys; print(sys.prefix == sys.base_prefix)")
        self.assertEqual(told.stdout, "True\n")

    def test_target_folder(self):
        target = self.folder / "target"
        (target / "package").mkdir(parents=True)
        (target / "package" / "__init__.py").write_text("from .part import value\n")
        (target / "package" / "part.py").write_text("value = 'part'\n")
        information = target / "package-1.5.dist-info"
        information.mkdir()
        (information / "METADATA").write_text("Metadata-Version: 2.1\nName: package\nVersion: 1.5\n")
        told = run(support.KRAIT, "-c", "import package; from importlib import metadata; print(package.value, metadata.version('package'))", PYTHONPATH=str(target))
        self.assertEqual((told.stdout, told.stderr), ("part 1.5\n", ""))


if __name__ == "__main__":
    unittest.main()
