"""What happens to the process: fork, exit, a library that is not there, and memory that is used up."""

import ctypes
import multiprocessing
import os
import subprocess
import sys
import tempfile
import unittest

from simulator import WithSimulator, answer_of, take

import xtap
from xtap import _library, _native, batch

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def run_python(program, **environment):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "PYTHONPATH": PACKAGE, **environment})


def use_in_child(client, stream, answers):
    try:
        for use in (lambda: client.send("findMyUser"), lambda: take(1, stream), lambda: stream.read(xtap.Batch())):
            try:
                use()
                answers.put("worked")
            except xtap.UsageError as problem:
                answers.put(problem.name)
        with client, stream:
            pass
        answers.put("closed")
    finally:
        answers.close()


class Processes(WithSimulator):
    def test_what_a_parent_made_says_so_in_a_forked_child(self):
        context = multiprocessing.get_context("fork")
        client, answers = self.client(), context.SimpleQueue()
        stream = client.stream("streamPostsSample")
        take(10, stream)
        child = context.Process(target=use_in_child, args=(client, stream, answers))
        child.start()
        self.assertEqual([answer_of(child, answers) for _ in range(4)], ["XTAP_E_FORKED"] * 3 + ["closed"])
        child.join()
        self.assertEqual(child.exitcode, 0)
        self.assertEqual(len(take(10, stream)), 10)  # the parent's goes on

    def test_a_forked_child_can_make_its_own(self):
        context = multiprocessing.get_context("fork")
        take(1, self.stream())
        answers = context.SimpleQueue()
        child = context.Process(target=lambda: answers.put(len(take(5, self.client().stream("streamPostsSample")))))
        child.start()
        self.assertEqual(answer_of(child, answers), 5)
        child.join()


class Library(unittest.TestCase):
    def test_a_library_that_is_not_there_is_named_with_what_to_do(self):
        done = run_python("import xtap; xtap.version()", XTAP_LIBRARY="/nowhere/libxtap.so.1")
        self.assertIn("LibraryNotFound: could not load /nowhere/libxtap.so.1", done.stderr)
        self.assertIn("XTAP_LIBRARY", done.stderr)

    def test_a_file_that_is_no_libxtap_is_refused(self):
        done = run_python("import xtap; xtap.version()", XTAP_LIBRARY="libc.so.6")
        self.assertIn("libc.so.6 is no libxtap", done.stderr)

    def test_a_library_of_another_major_version_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([os.path.join(PACKAGE, "..", "tests", "other_library.sh"), folder], check=True)
            done = run_python("import xtap; xtap.version()", XTAP_LIBRARY=f"{folder}/libxtap.so.1")
        self.assertIn(f"has version 99.7 of the interface, and this module knows version {_native.ABI_MAJOR}:", done.stderr)

    def test_a_library_that_lacks_a_function_is_called_older(self):
        done = run_python("import xtap; from xtap import _native\n"
                          "_native.FUNCTIONS['xtap_future'] = (None, []); xtap.version()")
        self.assertIn("is older than this module", done.stderr)

    def test_the_constants_are_there_without_the_library(self):
        done = run_python("import xtap; print(xtap.names.Operation.STREAM_POSTS_SAMPLE)", XTAP_LIBRARY="/nowhere")
        self.assertEqual(done.stdout.strip(), "streamPostsSample")

    def test_structs_lie_in_memory_as_in_c(self):
        for struct, (size, offsets) in _native.LAYOUT.items():
            self.assertEqual(ctypes.sizeof(struct), size, struct)
            self.assertEqual({name: getattr(struct, name).offset for name in offsets}, offsets, struct)
        self.assertEqual(batch._RECORD.size, ctypes.sizeof(_native.xtap_record))
        self.assertEqual(batch._COLUMNS.size, ctypes.sizeof(_native.xtap_column))
        record = _native.xtap_record(1, (ctypes.c_uint64 * 2)(2, 3), 4, -5, 6, 7, 8, 9, 10, 11)
        self.assertEqual(batch._RECORD.unpack(bytes(record)), (1, 2, 3, 4, -5, 6, 7, 8, 9, 10, 11))

    def test_every_function_is_in_the_library(self):
        for name in _native.FUNCTIONS:
            self.assertTrue(hasattr(_library.library(), name), name)


if __name__ == "__main__":
    unittest.main()
