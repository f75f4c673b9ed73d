"""Which Meson tests a filter means. Prints "tests" or "cases", then the names of the tests to run, one a line.

"tests": the filter is part of their own names. "cases": it is part of no test's name, so it names cases inside the
GoogleTest programmes, which are listed. Runs no test.
"""
import json
import subprocess
import sys


def programs(tests):
    """The GoogleTest programmes, each once, or once for each of its shards: some are listed again for their slow cases."""
    found = {}
    for test in tests:
        if test["protocol"] == "gtest":
            found.setdefault((test["cmd"][0], test["env"].get("GTEST_SHARD_INDEX")), test["name"])
    return found.values()


def main(meson, folder, wanted):
    listed = subprocess.run([meson, "introspect", "--tests", folder], check=True, stdout=subprocess.PIPE)
    tests = json.loads(listed.stdout)
    named = [test["name"] for test in tests if wanted.lower() in test["name"].lower()]
    if named:
        print("tests", *named, sep="\n")
    else:
        print("cases", *programs(tests), sep="\n")


main(*sys.argv[1:])
