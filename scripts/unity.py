"""Reads Meson's units: files that include several sources, which are compiled in their place. Compiles nothing."""
import pathlib
import re

UNIT = re.compile(r"-unity\d+\.\w+$")
INCLUDED = re.compile(r"#include\s*<([^>]+)>")


def united_in(path):
    """The sources that a file unites; the file itself when it is none that does."""
    if not UNIT.search(path.name):
        return [path]
    return [pathlib.Path(name).resolve() for name in INCLUDED.findall(path.read_text(encoding="utf-8"))]
