"""Which Meson tests a filter means. Prints "tests" or "cases", then the names of the tests to run, one a line.

"tests": the filter is part of their own names. "cases": it is part of no test's name, so it names cases inside the
GoogleTest programmes, which are listed. Runs no test.
"""
import json
import subprocess
import sys


def main(meson, folder, wanted):
    listed = subprocess.run([meson, "introspect", "--tests", folder], check=True, stdout=subprocess.PIPE)
    tests = json.loads(listed.stdout)
    named = [test["name"] for test in tests if wanted.lower() in test["name"].lower()]
    if named:
        print("tests", *named, sep="\n")
    else:
        print("cases", *(test["name"] for test in tests if test["protocol"] == "gtest"), sep="\n")


main(*sys.argv[1:])
