"""Counts the cases in a Meson test log: a GoogleTest programme counts by its cases, any other test as one.

Prints "PASSED FAILED SKIPPED" and, on the lines after it, what failed and what was skipped; of the suite "bindings" also
"NOT RUN: NAME: WHY", and "REDUCED: NAME: HOW" of what ran smaller than it can. Runs nothing.

Usage: tally.py LOG [SUITE]; of SUITE, nothing may be skipped: what was counts as failed.
"""
import json
import re
import sys

PASSED = re.compile(r"\[ +OK \] (.+?) \(\d+ ms\)")
FAILED = re.compile(r"\[ +FAILED +\] (.+?) \(\d+ ms\)")
SKIPPED = re.compile(r"\[ +SKIPPED +\] (.+?) \(\d+ ms\)")
DISABLED = re.compile(r"YOU HAVE (\d+) DISABLED TEST")
GOOGLETEST = re.compile(r"\[={10}\] Running \d+ tests?")
FINISHED = re.compile(r"\[={10}\] \d+ tests? from \d+ test suites? ran")
NEWER_NAME = re.compile(r"(?P<suites>[\w.+-]+) - [\w.-]+:(?P<own>.+)")
OLDER_NAME = re.compile(r"[\w.-]+:(?P<suites>[\w.+-]+) / (?P<own>.+)")
SKIPPED_WHY = re.compile(r"^SKIPPED: (.+)$", re.MULTILINE)
REDUCED = re.compile(r"^REDUCED: (.+)$", re.MULTILINE)
NOT_TRIED = re.compile(r"^NOT TRIED: (.+)$", re.MULTILINE)
TAIL_LINES = 40


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as log:
            return [json.loads(line) for line in log if line.strip()]
    except FileNotFoundError:
        return []


def tail(text):
    lines = text.rstrip().splitlines()
    return "\n".join("      " + line for line in lines[-TAIL_LINES:])


def part_of(text, case, ending):
    """What one GoogleTest case wrote, between its RUN line and the line that says how it ended."""
    name = case.split(",")[0]
    start = text.find("[ RUN      ] " + name)
    end = text.find(ending + name, start)
    return text[start:end].partition("\n")[2] if 0 <= start < end else text


def remark(what, name, case, output, ending):
    return f"    {what}: {name}: {case}\n{tail(part_of(output, case, ending))}"


def parts_of(name):
    """(suites, the test's own name). Meson writes "libxtap:bindings+slow / the Go binding" before 1.10, and from it on
    "bindings+slow - libxtap:the Go binding"."""
    found = NEWER_NAME.match(name) or OLDER_NAME.match(name)
    return (found["suites"].split("+"), found["own"]) if found else ([], name)


def not_run(own, output):
    """A language that was left out must not pass for one that was tested."""
    why = SKIPPED_WHY.findall(output)
    return f"NOT RUN: {own}: {why[-1] if why else 'it was skipped'}"


def reduced(test):
    """A short trial must not pass for a long one."""
    _, own = parts_of(test["name"])
    found = REDUCED.findall((test.get("stdout") or "") + (test.get("stderr") or ""))
    return [f"REDUCED: {own}: {what}" for what in dict.fromkeys(found)]


def count(test, required):
    """(passed, failed, skipped, remarks) of one line of the log."""
    name, result = test["name"], test["result"]
    suites, own = parts_of(name)
    output = (test.get("stdout") or "") + (test.get("stderr") or "")
    if GOOGLETEST.search(output):
        failed = list(dict.fromkeys(FAILED.findall(output)))
        skipped = list(dict.fromkeys(SKIPPED.findall(output)))
        disabled = sum(int(n) for n in DISABLED.findall(output))
        remarks = [remark("failed", name, case, output, "[  FAILED  ] ") for case in failed]
        remarks += [remark("skipped", name, case, output, "[  SKIPPED ] ") for case in skipped]
        ended = FINISHED.search(output)
        broke = result not in ("OK", "EXPECTEDFAIL", "SKIP") and not (failed and ended)
        if broke:
            remarks.append(f"    failed: {name}: {result.lower()}, exit {test.get('returncode')}\n{tail(output)}")
        return len(set(PASSED.findall(output))), len(failed) + broke, len(skipped) + disabled, remarks
    if result in ("OK", "EXPECTEDFAIL"):
        # A part that could not be tried must not pass for one that was, either.
        return 1, 0, 0, [f"NOT RUN: {own}: {part}" for part in NOT_TRIED.findall(output)]
    if result == "SKIP" and required in suites:
        return 0, 1, 0, [f"    failed: {name}: skipped, and all of {required} are to be run\n{tail(output)}"]
    if result == "SKIP":
        remarks = [f"    skipped: {name}\n{tail(output)}"]
        return 0, 0, 1, remarks + [not_run(own, output)] * ("bindings" in suites)
    return 0, 1, 0, [f"    failed: {name}: {result.lower()}, exit {test.get('returncode')}\n{tail(output)}"]


def main(path, required=None):
    totals, remarks = [0, 0, 0], []
    for test in read(path):
        passed, failed, skipped, said = count(test, required)
        totals = [totals[0] + passed, totals[1] + failed, totals[2] + skipped]
        remarks += said + reduced(test)
    print(*totals)
    for remark in remarks:
        print(remark)


main(*sys.argv[1:])
