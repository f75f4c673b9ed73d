"""The package: it builds, it is whole, and its examples and README work."""

import importlib.util
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile

from simulator import WithSimulator

import xtap

HERE = pathlib.Path(__file__).resolve().parent.parent


class Package(unittest.TestCase):
    @unittest.skipUnless(importlib.util.find_spec("setuptools") and importlib.util.find_spec("wheel")
                         and importlib.util.find_spec("pip"), "pip, setuptools or wheel is not installed")
    def test_a_wheel_has_every_module_and_the_version_of_the_library(self):
        with tempfile.TemporaryDirectory() as folder:
            # Built from a copy: setuptools leaves its intermediate files beside the sources.
            subprocess.run(["cp", "-r", HERE / "xtap", HERE / "pyproject.toml", HERE / "README.md", folder], check=True)
            subprocess.run([sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "wheel", "--no-build-isolation",
                            "--no-deps", "--no-index", "-w", folder, folder], check=True, capture_output=True, timeout=120)
            wheel = next(pathlib.Path(folder).glob("*.whl"))
            names = zipfile.ZipFile(wheel).namelist()
        self.assertEqual(wheel.name, f"xtap-{xtap.version()}-py3-none-any.whl")
        for module in (HERE / "xtap").glob("*.py"):
            self.assertIn(f"xtap/{module.name}", names)

    @unittest.skipUnless(importlib.util.find_spec("setuptools"), "setuptools is not installed")
    def test_a_source_package_has_every_module_and_what_it_is_built_with(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["cp", "-r", HERE / "xtap", HERE / "pyproject.toml", HERE / "README.md", folder], check=True)
            subprocess.run([sys.executable, "-c", "from setuptools import build_meta; build_meta.build_sdist('.')"], cwd=folder,
                           check=True, capture_output=True, timeout=120)
            archive = next(pathlib.Path(folder).glob("*.tar.gz"))
            names = tarfile.open(archive).getnames()
        self.assertEqual(archive.name, f"xtap-{xtap.version()}.tar.gz")
        for name in ("pyproject.toml", "README.md", *(f"xtap/{module.name}" for module in (HERE / "xtap").glob("*.py"))):
            self.assertIn(f"xtap-{xtap.version()}/{name}", names)

    def test_the_module_and_the_library_are_of_one_version(self):
        self.assertEqual(xtap.constants.VERSION, xtap.version())


class Examples(WithSimulator):
    ENVIRONMENT = {"XTAP_BEARER_TOKEN": "token", "XTAP_OAUTH2_ACCESS_TOKEN": "user", "XTAP_CREDENTIAL": "auto"}

    def run_program(self, *arguments, source=None):
        environment = {**os.environ, **self.ENVIRONMENT, "XTAP_BASE_URL": self.simulator.url, "PYTHONPATH": str(HERE)}
        program = ["-c", source] if source else [str(HERE / "examples" / arguments[0])]
        return subprocess.run([sys.executable, "-B", *program, *arguments[0 if source else 1:]], capture_output=True,
                              text=True, env=environment, timeout=60)

    def test_the_firehose_is_tailed(self):
        done = self.run_program("firehose.py", "1", "20")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual([int(line.rpartition(" ")[2]) for line in lines], list(range(1, 21)))

    def test_direct_messages_are_paged(self):
        done = self.run_program("dm_events.py", "123123123-2244994945")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 1000)

    def test_activity_is_subscribed_to_and_given_up(self):
        done = self.run_program("activity.py", "2244994945", "post.create", "3")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["subscription", "post.create", "post.create", "post.create", "deleted"])

    def test_a_mistake_is_one_clear_line(self):
        done = self.run_program("firehose.py", "1000")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("partition", done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_the_programs_in_the_readme_run(self):
        programs = re.findall(r"```python\n(.*?)```", (HERE / "README.md").read_text(), flags=re.S)
        self.assertGreaterEqual(len(programs), 4)
        for program in programs:
            # The programs run for ever, so they are let run until they have printed something or come to their end.
            quit_soon = "import os, builtins\nbuiltins.print = lambda *_, **__: os._exit(0)\n"
            done = self.run_program(source=quit_soon + program + "\nos._exit(0)\n")
            self.assertEqual((done.returncode, done.stderr), (0, ""), program)


if __name__ == "__main__":
    unittest.main()
