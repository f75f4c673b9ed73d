"""Which tests a name means, in two steps, because their programs need not be built yet. Builds and runs nothing but lists.

A name is part of a test's own name ("e2e_stream"), or of cases ("Framer", "framer.holds"), whose programs are found by what
their sources define. Capitals make no difference. Step "targets" prints what has to be built, one a line; step "tests" prints
the arguments of `meson test` that run what is meant, and for bindings "BINDING_CASES=..." first.

Usage: matching_tests.py targets|tests MESON FOLDER NAME
"""
import json
import pathlib
import re
import subprocess
import sys

from unity import united_in

# What names cases in a GoogleTest source: the macros, and the names that parameters are given.
CASE = re.compile(r"\b(?:TYPED_)?TEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)")
INSTANCES = re.compile(r"\bINSTANTIATE_TEST_SUITE_P\(\s*(\w+)\s*,\s*(\w+)")
LABEL = re.compile(r'"(\w+)"')
# A test of a binding, in the words of its language.
FUNCTIONS = {
    ".py": re.compile(r"\bdef (test_\w+)"),
    ".rs": re.compile(r"#\[test\]\s*(?:#\[[^\]]*\]\s*)*fn (\w+)"),
    ".go": re.compile(r"\bfunc (Test\w+)"),
    ".cs": re.compile(r"\[(?:Fact|Theory)[^\n]*\]\s*(?:\[[^\n]*\]\s*)*public (?:async )?\w+ (\w+)"),
}


def introspect(meson, folder, what):
    answer = subprocess.run([meson, "introspect", what, folder], check=True, stdout=subprocess.PIPE)
    return json.loads(answer.stdout)


class Build:
    def __init__(self, meson, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.tests = introspect(meson, folder, "--tests")
        targets = introspect(meson, folder, "--targets")
        self.files = {target["id"]: [self.relative(name) for name in target["filename"]] for target in targets}
        self.sources = {name: list(self.sources_of(target)) for target in targets for name in target["filename"]}

    def relative(self, name):
        return str(pathlib.Path(name).resolve().relative_to(self.folder))

    def sources_of(self, target):
        for group in target["target_sources"]:
            for name in group.get("sources", []) + group.get("generated_sources", []):
                if (self.folder / name).exists():  # what a build has still to generate holds no tests
                    yield from united_in(self.folder / name)

    def targets_of(self, tests):
        wanted = [name for test in tests for depended in test["depends"] for name in self.files.get(depended, [])]
        return sorted(dict.fromkeys(wanted))


def is_program(test):
    return test["protocol"] == "gtest"


def is_binding(test):
    return "libxtap:bindings" in test["suite"] and test["cmd"][0].endswith(".sh")


def defined_in(path):
    """The names of the cases that a source defines, as far as a text tells."""
    text = path.read_text(encoding="utf-8", errors="replace")
    cases = {f"{suite}.{case}" for suite, case in CASE.findall(text)}
    if not cases:
        return set()
    return cases | {f"{prefix}/{suite}" for prefix, suite in INSTANCES.findall(text)} | set(LABEL.findall(text))


def may_have(build, test, wanted):
    """Whether a program's sources define such cases. Of a name over several parts each part is looked for alone, since the
    parts of one name stand apart in the sources."""
    names = {name.lower() for path in build.sources.get(test["cmd"][0], []) for name in defined_in(path)}
    return all(any(part in name for name in names) for part in re.split(r"[./]", wanted.lower()) if part)


def binding_cases(test, wanted):
    """The spelling of the name in the tests of a binding; none when it is in none of theirs."""
    folder = pathlib.Path(test["cmd"][0]).parent
    spelled = set()
    for path in folder.rglob("*"):
        if path.suffix in FUNCTIONS and "target" not in path.parts and path.is_file():
            for name in FUNCTIONS[path.suffix].findall(path.read_text(encoding="utf-8", errors="replace")):
                at = name.lower().find(wanted.lower())
                if at >= 0:
                    spelled.add(name[at:at + len(wanted)])
    return spelled


def cases_of(program, wanted):
    """The ways in which the name is spelled in the cases of a built program, for GoogleTest minds capitals."""
    listed = subprocess.run([program, "--gtest_list_tests"], check=True, stdout=subprocess.PIPE, text=True).stdout
    suite, spelled = "", set()
    for line in listed.splitlines():
        name = line.split("#")[0].rstrip()
        if not name.startswith(" "):
            suite = name
            continue
        full = suite + name.strip()
        at = full.lower().find(wanted.lower())
        if at >= 0:
            spelled.add(full[at:at + len(wanted)])
    return spelled


def once_each(tests):
    """A program is listed again for its slow cases, which a filter of our own finds in any of its entries; its shards are
    parts of one whole."""
    found = {}
    for test in tests:
        found.setdefault((test["cmd"][0], test["env"].get("GTEST_SHARD_INDEX")), test)
    return list(found.values())


def main(step, meson, folder, wanted):
    build = Build(meson, folder)
    named = [test for test in build.tests if wanted.lower() in test["name"].lower()]
    if named:
        print(*(build.targets_of(named) if step == "targets" else [test["name"] for test in named]), sep="\n")
        return
    programs = [test for test in build.tests if is_program(test) and may_have(build, test, wanted)]
    languages = {test["name"]: binding_cases(test, wanted) for test in build.tests
                 if is_binding(test) and "libxtap:slow" not in test["suite"]}
    chosen = [test for test in build.tests if languages.get(test["name"])]
    if step == "targets":
        print(*build.targets_of(programs + chosen), sep="\n")
        return
    spelled = {test["cmd"][0]: cases_of(test["cmd"][0], wanted) for test in once_each(programs)}
    programs = [test for test in once_each(programs) if spelled[test["cmd"][0]]]
    if chosen:
        print("BINDING_CASES=" + min(set().union(*(languages[test["name"]] for test in chosen))))
    print(*(test["name"] for test in programs + chosen), sep="\n")
    ways = sorted(set().union(*(spelled[test["cmd"][0]] for test in programs))) if programs else []
    if ways:
        # The last word about it counts: programs whose list of cases is split have a filter of their own.
        print("--test-args=--gtest_filter=" + ":".join(f"*{way}*" for way in ways))


main(*sys.argv[1:])
