"""Every package has the version of the library. Usage: versions_test.py VERSION (of meson.build)"""

import pathlib
import re
import sys
import unittest

BINDINGS = pathlib.Path(__file__).resolve().parent.parent
VERSION = sys.argv.pop(1) if len(sys.argv) > 1 else None
# Where a version stands, and how: each pattern must be found there, and every time it is that version.
PLACES = {
    "rust/xtap/Cargo.toml": [r'^version = "(.*)"', r'xtap-sys = .*version = "=(.*)"'],
    "rust/xtap-sys/Cargo.toml": [r'^version = "(.*)"'],
    "rust/bench/Cargo.toml": [r'^version = "(.*)"'],
    "rust/Cargo.lock": [r'name = "xtap"\nversion = "(.*)"', r'name = "xtap-sys"\nversion = "(.*)"'],
    "rust/xtap-sys/src/ffi.rs": [r'XTAP_VERSION: &str = "(.*)"'],
    "go/constants.go": [r'LibraryVersion = "(.*)"'],
    "csharp/Xtap/Xtap.csproj": [r"<Version>(.*)</Version>"],
    "python/xtap/constants.py": [r'VERSION = "(.*)"'],
}


class Versions(unittest.TestCase):
    def test_every_package_has_the_version_of_the_library(self):
        for place, patterns in PLACES.items():
            text = (BINDINGS / place).read_text()
            for pattern in patterns:
                with self.subTest(place, pattern=pattern):
                    self.assertEqual(set(re.findall(pattern, text, re.M)), {VERSION})


if __name__ == "__main__":
    unittest.main()
