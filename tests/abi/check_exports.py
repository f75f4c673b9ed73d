"""The symbols a built libxtap.so exports must be those of the version script, under its node, and no others.
Usage: check_exports.py LIBRARY MAP. It knows nothing of what the symbols do."""

import re
import subprocess
import sys


def promised(path):
    """Every NAME@NODE of a version script."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    names = set()
    for node, body in re.findall(r"(\w+)\s*\{(.*?)\}", text, flags=re.S):
        exported = body.partition("global:")[2].partition("local:")[0]
        names |= {f"{name}@{node}" for name in re.findall(r"\w+", exported)}
    return names


def exported(path):
    """Every NAME@NODE that nm sees; the node itself is an absolute symbol and not counted."""
    listing = subprocess.run(["nm", "-D", "--defined-only", path], check=True, capture_output=True, text=True)
    rows = [line.split() for line in listing.stdout.splitlines()]
    return {row[-1].replace("@@", "@") for row in rows if len(row) == 3 and row[1] != "A"}


def main(library, script):
    want, have = promised(script), exported(library)
    if not want:
        print(f"{script} promises nothing: it could not be read as a version script")
        return 1
    for name in sorted(want - have):
        print(f"{name} is in {script} and not exported by {library}")
    for name in sorted(have - want):
        print(f"{name} is exported by {library} and not in {script}")
    return 0 if want == have else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
