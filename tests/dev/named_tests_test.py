"""./dev test NAME must not look green when it could not find out which tests that means, or could not build them.

Usage: named_tests_test.py SCRIPTS
"""
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = sys.argv[1]
# The real functions, over stand-ins for what configures, builds, looks for tests and runs them.
PROGRAM = """
set -u -o pipefail
DEV_ROOT=$1/.. DEV_BUILD=$2 DEV_PYTHON=python3
for part in say build testing named_tests; do source "$1/$part.sh"; done
runner_of() { return 0; }
configure() { return 0; }
up_to_date() { return 0; }
build() { [[ $2 != broken ]]; }
run_tests() { count "$1" 1 0 0; }
matching() { %s; }
start_tally
test_named wanted 1
"""


def ran(matching):
    with tempfile.TemporaryDirectory() as folder:
        words = ["bash", "-c", PROGRAM % matching, "bash", SCRIPTS, folder]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout.strip().splitlines()[-1:], done.stderr


class Named(unittest.TestCase):
    def test_what_was_found_and_built_runs_in_each_configuration(self):
        status, last, _ = ran("echo found")
        self.assertEqual((status, last), (0, ["2 passed, 0 failed, 0 skipped"]))

    def test_a_search_that_fails_in_one_configuration_fails_the_run(self):
        status, last, _ = ran("[[ $2 != asan ]] && echo found")
        self.assertEqual((status, last), (1, ["1 passed, 1 failed, 0 skipped"]))

    def test_a_search_that_fails_after_the_build_fails_the_run(self):
        status, last, _ = ran("[[ $1 != tests ]] && echo found")
        self.assertEqual((status, last), (1, ["0 passed, 2 failed, 0 skipped"]))

    def test_what_cannot_be_built_fails_the_run(self):
        status, last, _ = ran("[[ $2 == asan ]] && echo found || echo broken")
        self.assertEqual((status, last), (1, ["1 passed, 1 failed, 0 skipped"]))

    def test_a_name_that_nothing_has_is_said(self):
        status, _, said = ran("return 0")
        self.assertEqual(status, 1)
        self.assertIn("no test's name contains 'wanted'", said)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
