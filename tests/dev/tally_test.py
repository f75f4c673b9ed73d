"""The end of a test run must name a language that was not tested, whatever form Meson gives a test's name.

Usage: tally_test.py TALLY
"""
import json
import subprocess
import sys
import tempfile
import unittest

TALLY = sys.argv[1]
# Of Meson before 1.10, and from it on.
NAMES = ("libxtap:bindings+slow / the Go binding", "bindings+slow - libxtap:the Go binding")


def tallied(name, result, output, *suite):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as log:
        json.dump({"name": name, "result": result, "stdout": "", "stderr": output, "returncode": 77}, log)
        log.flush()
        return subprocess.run([sys.executable, TALLY, log.name, *suite], capture_output=True, text=True, check=True).stdout


class Tally(unittest.TestCase):
    def test_a_language_that_was_skipped_is_named_with_the_reason(self):
        for name in NAMES:
            said = tallied(name, "SKIP", "SKIPPED: Go is not installed\n").splitlines()
            self.assertEqual((said[0], said[-1]), ("0 0 1", "NOT RUN: the Go binding: Go is not installed"))

    def test_a_language_that_had_to_be_tested_fails_when_it_was_skipped(self):
        for name in NAMES:
            said = tallied(name, "SKIP", "SKIPPED: Go is not installed\n", "bindings")
            self.assertEqual(said.splitlines()[0], "0 1 0")

    def test_what_is_no_language_is_skipped_without_being_named(self):
        for name in ("libxtap:docs / every link leads somewhere", "docs - libxtap:every link leads somewhere", "alone"):
            said = tallied(name, "SKIP", "SKIPPED: no bindings\n", "bindings")
            self.assertEqual(said.splitlines()[0], "0 0 1")
            self.assertNotIn("NOT RUN", said)

    def test_a_language_that_passed_is_counted_and_nothing_is_said(self):
        for name in NAMES:
            self.assertEqual(tallied(name, "OK", "").splitlines(), ["1 0 0"])

    def test_a_part_that_could_not_be_tried_is_named_though_the_rest_passed(self):
        for name in NAMES:
            said = tallied(name, "OK", "+ echo 'NOT TRIED: x'\nNOT TRIED: packing, since there is no packer\n", "bindings")
            self.assertEqual(said.splitlines(), ["1 0 0", "NOT RUN: the Go binding: packing, since there is no packer"])

    def test_what_ran_smaller_than_it_can_is_named_once(self):
        said = tallied("libxtap:fuzz / classify_fuzz", "OK", "REDUCED: rounds: 2 of 9\nREDUCED: rounds: 2 of 9\n")
        self.assertEqual(said.splitlines(), ["1 0 0", "REDUCED: classify_fuzz: rounds: 2 of 9"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
