"""The comparison with the baseline must see what is broken and what is new. Usage: check_baseline_test.py LIBRARY HEADERS BASELINE"""
import os
import re
import shutil
import sys
import tempfile
import unittest

import check_baseline

LIBRARY, HEADERS, BASELINE = sys.argv[1:]


def without(function, text):
    """A baseline from before the function was there."""
    text = re.sub(rf"    <elf-symbol name='{function}' .*\n", "", text)
    return re.sub(rf"    <function-decl name='{function}'(?:.|\n)*?</function-decl>\n", "", text)


class Baseline(unittest.TestCase):
    def told(self, edit, name=os.path.basename(BASELINE)):
        """What the comparison says of a baseline that was edited."""
        with tempfile.TemporaryDirectory() as folder, open(BASELINE, encoding="utf-8") as file:
            text = file.read()
            edited = edit(text)
            self.assertTrue(edited != text or name != os.path.basename(BASELINE), "the edit found nothing")
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as out:
                out.write(edited)
            return check_baseline.compare(LIBRARY, HEADERS, path)

    def test_a_function_that_is_gone_breaks_it(self):
        self.assertRegex(self.told(lambda text: text.replace("'xtap_stream_wake'", "'xtap_stream_rouse'")), "breaks the promise")

    def test_a_field_that_moved_breaks_it(self):
        def moved(text):
            return text.replace("layout-offset-in-bits='64'", "layout-offset-in-bits='128'")
        self.assertRegex(self.told(moved), "breaks the promise")

    def test_a_function_that_returns_another_type_breaks_it(self):
        def other(text):
            before, begin, rest = text.partition("<function-decl name='xtap_abi_version'")
            return before + begin + re.sub(r"<return type-id='\w+'/>", "<return type-id='" + self.type_of_counts(text) + "'/>",
                                           rest, count=1)
        self.assertRegex(self.told(other), "breaks the promise")

    def type_of_counts(self, text):
        return re.search(r"name='xtap_operation_count'(?:.|\n)*?<return type-id='(\w+)'/>", text).group(1)

    def test_the_baseline_of_another_kind_of_processor_is_kept(self):
        self.assertIsNone(self.told(lambda text: text.replace("<abi-corpus ", "<abi-corpus architecture='elf-arm-aarch64' ")))

    def test_a_function_that_is_new_asks_for_a_minor_number(self):
        self.assertRegex(self.told(lambda text: without("xtap_stream_wake", text)), "raise abi_minor")

    def test_a_library_of_another_major_number_asks_for_its_own_baseline(self):
        self.assertRegex(self.told(lambda text: text, "xtap-9.0.abi"), "a baseline of its own")


if __name__ == "__main__":
    if not shutil.which("abidiff"):
        print("SKIPPED: abidiff (package abigail-tools) is not installed")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
