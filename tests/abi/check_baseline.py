"""The interface of a built library, its types and functions, must keep what the baseline of its major version promises.

Usage: check_baseline.py LIBRARY HEADERS BASELINE [--write]

LIBRARY has debug information, HEADERS is the folder whose types are public, BASELINE a file that --write made, whose name
ends with the interface's version (xtap-1.0.abi). What is added is welcome with a higher minor number and a new baseline.
Exits with 77 where abidiff and abidw (package abigail-tools) are not installed.
"""
import ctypes
import os
import re
import shutil
import subprocess
import sys
import tempfile

def version_of_library(path):
    version = ctypes.CDLL(path).xtap_abi_version()
    return version >> 16, version & 0xFFFF


def version_of_baseline(path):
    return tuple(int(part) for part in re.search(r"-(\d+)\.(\d+)\.abi$", path).groups())


def write(library, headers, baseline):
    # Nothing of the machine it was made on: no paths, no lines, no kind of processor.
    subprocess.run(["abidw", "--headers-dir", headers, "--drop-private-types", "--exported-interfaces-only",
                    "--no-show-locs", "--no-corpus-path", "--no-comp-dir-path", "--no-elf-needed", "--no-parameter-names",
                    "--type-id-style", "hash", "--out-file", baseline, library], check=True)
    with open(baseline, encoding="utf-8") as file:
        text = re.sub(r"path='[^']*?(src/abi/)", r"path='\1", file.read())
    text = re.sub(r" architecture='[^']*'", "", text)
    with open(baseline, "w", encoding="utf-8") as file:
        file.write(text)


def differs(baseline, present, *options):
    """Whether abidiff sees a difference; it prints which."""
    result = subprocess.run(["abidiff", "--no-architecture", *options, baseline, present], capture_output=True, text=True, check=False)
    if result.returncode & 3:  # it failed, or was misused
        raise RuntimeError(f"abidiff could not compare: {result.stdout}{result.stderr}")
    if result.returncode:
        print(result.stdout)
    return result.returncode != 0


def compare(library, headers, baseline):
    """What is wrong, in words; nothing when all is kept."""
    with tempfile.TemporaryDirectory() as folder:
        present = os.path.join(folder, "present.abi")
        write(library, headers, present)
        have, promised = version_of_library(library), version_of_baseline(baseline)
        if have[0] != promised[0]:
            return f"the library says {have}, and its baseline is {promised}: a new major number needs a baseline of its own"
        if differs(baseline, present, "--no-added-syms"):
            return f"the interface breaks the promise of {baseline}"
        if differs(baseline, present) and have <= promised:
            return f"the interface grew: raise abi_minor above {promised[1]} and write a new baseline"
    return None


def main(library, headers, baseline, mode=None):
    if not shutil.which("abidiff") or not shutil.which("abidw"):
        print("SKIPPED: abidiff (package abigail-tools) is not installed")
        return 77
    if mode == "--write":
        write(library, headers, baseline)
        return 0
    wrong = compare(library, headers, baseline)
    if wrong:
        print(wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
