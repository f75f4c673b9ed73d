"""What ./dev test NAME builds and runs, asked of a made-up build: two programs of GoogleTest, one of them in two shards, and a
binding.

Usage: matching_tests_test.py MATCHING_TESTS
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

MATCHING = sys.argv[1]
FRAMES = """// A comment about parsers, which names no case.
TEST(Framer, HoldsAHalfEvent) {}
TEST_P(Parsed, AreAll) {}
INSTANTIATE_TEST_SUITE_P(Of, Parsed, testing::Values(Wrong{"NoColon"}));
"""
LISTED = """Framer.
  HoldsAHalfEvent
Of/Parsed.
  AreAll/NoColon  # GetParam() = 1
"""


def test(name, program, depends, suite="libxtap:unit", protocol="gtest", **env):
    return {"name": name, "cmd": [str(program)], "depends": depends, "suite": [suite], "protocol": protocol, "env": env}


class Matching(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()
        self.build = self.root / "build"
        self.build.mkdir()
        self.file("frames_test.cpp", FRAMES)
        self.file("world_test.cpp", "TEST_F(World, IsRound) {}\n")
        self.file("build/frames-unity0.cpp", f"#include<{self.root}/frames_test.cpp>\n")
        self.file("snake/test.sh", "#!/bin/sh\n")
        self.file("snake/tests/test_a.py", "def test_a_closed_stream_says_so(self):\n    pass\n")
        self.program("frames", LISTED)
        self.program("world", "World.\n  IsRound\n")
        targets = [
            {"id": "frames@exe", "filename": [str(self.build / "frames")],
             "target_sources": [{"sources": [], "generated_sources": [str(self.build / "frames-unity0.cpp")]}]},
            {"id": "world@exe", "filename": [str(self.build / "world")],
             "target_sources": [{"sources": [str(self.root / "world_test.cpp")], "generated_sources": []}]},
            {"id": "sim@exe", "filename": [str(self.build / "sim")], "target_sources": []},
        ]
        tests = [
            test("unit_frames", self.build / "frames", ["frames@exe"]),
            test("e2e_world 0", self.build / "world", ["world@exe", "sim@exe"], GTEST_SHARD_INDEX="0"),
            test("e2e_world 1", self.build / "world", ["world@exe", "sim@exe"], GTEST_SHARD_INDEX="1"),
            test("e2e_world_slow", self.build / "world", ["world@exe", "sim@exe"]),
            test("the Snake binding", self.root / "snake/test.sh", ["sim@exe"], "libxtap:bindings", "exitcode"),
        ]
        self.file("targets.json", json.dumps(targets))
        self.file("tests.json", json.dumps(tests))
        self.meson = self.file("meson", f'#!/bin/sh\ncat "{self.root}/${{2#--}}.json"\n')

    def file(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def program(self, name, listed):
        self.file(f"build/{name}", f"#!/bin/sh\ncat <<'E'\n{listed}E\n")

    def asked(self, step, name):
        words = [sys.executable, MATCHING, step, str(self.meson), str(self.build), name]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()

    def test_the_name_of_a_test_builds_and_runs_that_test_with_all_its_parts(self):
        self.assertEqual(self.asked("targets", "E2E_world"), ["sim", "world"])
        self.assertEqual(" ".join(self.asked("tests", "E2E_world")), "e2e_world 0 e2e_world 1 e2e_world_slow")

    def test_the_name_of_cases_builds_only_the_programs_that_define_them(self):
        for name in ("framer", "Framer.Holds", "nocolon", "of/parsed"):
            self.assertEqual(self.asked("targets", name), ["frames"], name)

    def test_what_a_comment_says_is_no_case(self):
        self.assertEqual(self.asked("targets", "parsers"), [])

    def test_capitals_make_no_difference_and_the_filter_has_those_of_the_cases(self):
        self.assertEqual(self.asked("tests", "framer"), ["unit_frames", "--test-args=--gtest_filter=*Framer*"])
        self.assertEqual(self.asked("tests", "areall/NOCOLON")[1], "--test-args=--gtest_filter=*AreAll/NoColon*")

    def test_a_case_of_a_program_that_is_listed_several_times_runs_once_for_each_shard(self):
        said = " ".join(self.asked("tests", "isround"))
        self.assertEqual(said, "e2e_world 0 e2e_world 1 e2e_world_slow --test-args=--gtest_filter=*IsRound*")

    def test_a_test_of_a_binding_is_found_and_its_runner_told(self):
        self.assertEqual(self.asked("targets", "closed_stream"), ["sim"])
        self.assertEqual(" ".join(self.asked("tests", "Closed_Stream")), "BINDING_CASES=closed_stream the Snake binding")

    def test_a_name_that_nothing_has_builds_and_runs_nothing(self):
        self.assertEqual(self.asked("targets", "nobody"), [])
        self.assertEqual(self.asked("tests", "nobody"), [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
