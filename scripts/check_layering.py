"""Checks the layering by what the files include, and that every file says what it is for. Compiles nothing.

cli -> json, xtap.h | abi -> net -> auth, stream -> api -> (nothing). Only net knows curl and zlib, only auth OpenSSL; only abi
and cli know xtap.h. Only json knows nlohmann's JSON, which is slow to compile: neither do the tests.
"""
import pathlib
import re
import sys

BELOW = {
    "api": ("api",),
    "auth": ("auth", "api"),
    "stream": ("stream", "api"),
    "net": ("net", "auth", "stream", "api"),
    "abi": ("abi", "net", "auth", "stream", "api"),
    "json": ("json",),
    "cli": ("cli", "json"),
}
NLOHMANN = re.compile(r"nlohmann/")
RESERVED = (
    (re.compile(r"curl/"), ("net",)),
    (re.compile(r"zlib\.h"), ("net",)),
    (re.compile(r"openssl/"), ("auth",)),
    (re.compile(r"xtap/"), ("abi", "cli")),
    (NLOHMANN, ("json",)),
    (re.compile(r"(thread|mutex|shared_mutex|condition_variable|future|fstream|sys/socket\.h|unistd\.h|poll\.h)$"), ("net", "abi", "cli")),
)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
OPENING = ("//", "/*", "#", '"""', "<!--")


def includes_of(path):
    text = path.read_text(encoding="utf-8", errors="replace")
    for match in INCLUDE.finditer(text):
        quote, name = match.groups()
        yield text.count("\n", 0, match.start(2)) + 1, quote, name


def complaints_about(path, layer):
    for line, quote, name in includes_of(path):
        first = name.split("/")[0]
        if quote == '"' and first in BELOW and first not in BELOW[layer]:
            yield f"{path}:{line}: error: {layer} may not include {name}; below it: {', '.join(BELOW[layer])}"
        for pattern, allowed in RESERVED:
            if layer not in allowed and pattern.match(name):
                yield f"{path}:{line}: error: {layer} may not include {name}; only {', '.join(allowed)} may"


def complaints_about_json(path):
    for line, _, name in includes_of(path):
        if NLOHMANN.match(name):
            yield f"{path}:{line}: error: only src/json may include {name}; json/value.hpp is for all programs and tests"


def complaints_about_text(path):
    text = path.read_text(encoding="utf-8", errors="replace")
    if not text.startswith(OPENING):
        yield f"{path}:1: error: a file opens with a comment that says what it is for"
    for match in UNFINISHED.finditer(text):
        yield f"{path}:{text.count(chr(10), 0, match.start()) + 1}: error: unfinished: {match.group()}"


def main(root):
    suffixes = {".c", ".h", ".cpp", ".hpp"}
    found = []
    for layer in BELOW:
        for path in sorted((root / "src" / layer).rglob("*")):
            if path.suffix in suffixes:
                found += complaints_about(path, layer)
    for folder in ("tests", "examples", "bindings", "pkgconfig"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in suffixes:
                found += complaints_about_json(path)
    for folder in ("src", "include", "tests", "examples", "pkgconfig", "bindings", "scripts"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in suffixes | {".py", ".sh"} and path.name != "check_layering.py":
                found += complaints_about_text(path)
    print("\n".join(found))
    return 1 if found else 0


sys.exit(main(pathlib.Path(sys.argv[1])))
