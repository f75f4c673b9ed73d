"""Checks the layering by what the files include, and that every file says what it is for. Compiles nothing.

cli -> json, xtap.h | abi -> tap -> client -> edge -> auth, stream -> api -> (nothing), and inside two of them
stream: session -> continuity -> event
cli:    main and the command line -> a folder for each command -> base; no command includes another's
Only edge knows curl, zlib and sockets, only auth OpenSSL; only abi and cli know xtap.h; only json, which is for
programs and tests, knows nlohmann's JSON. What is below edge does no I/O, reads no clock and knows no thread.
"""
import pathlib
import re
import sys

# What each place may include besides itself. A folder of src/cli that is not named here is a command's.
STREAM = ("stream/event", "stream/continuity", "stream/session")
BELOW = {
    "api": (),
    "auth": ("api",),
    "stream/event": ("api",),
    "stream/continuity": ("stream/event", "api"),
    "stream/session": ("stream/continuity", "stream/event", "api"),
    "edge": ("auth", *STREAM, "api"),
    "client": ("edge", "auth", *STREAM, "api"),
    "tap": ("client", "edge", "auth", *STREAM, "api"),
    "abi": ("tap", "client", "edge", "auth", *STREAM, "api"),
    "json": (),
    "cli": ("cli/*", "json"),
    "cli/base": ("json",),
    "cli/*": ("cli/base", "json"),
}
LAYERS = {place.split("/")[0] for place in BELOW}
THREADED = ("edge", "client", "tap", "abi", "cli")
NLOHMANN = re.compile(r"nlohmann/")
RESERVED = (
    (NLOHMANN, ("json",)),
    (re.compile(r"curl/"), ("edge",)),
    (re.compile(r"zlib\.h$"), ("edge",)),
    (re.compile(r"openssl/"), ("auth",)),
    (re.compile(r"xtap/"), ("abi", "cli")),
    (re.compile(r"(sys/(socket|eventfd|epoll|select|random)|poll|netdb|netinet/.*)(\.h)?$"), ("edge", "cli")),
    (re.compile(r"(unistd\.h|fcntl\.h|fstream|filesystem|iostream)$"), ("edge", "client", "abi", "cli")),
    (re.compile(r"(ctime|time\.h|sys/time\.h)$"), ("edge", "cli")),
    (re.compile(r"(thread|mutex|shared_mutex|condition_variable|future|semaphore|latch|barrier|pthread\.h)$"), THREADED),
)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
CLOCK = re.compile(r"\b((steady|system|high_resolution)_clock::now|clock_gettime|gettimeofday)\b")
USING = re.compile(r"^\s*using (?:\w*::)+(\w+);", re.MULTILINE)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
OPENING = ("//", "/*", "#", '"""', "<!--")


def place_of(parts):
    """Where a file is, by its path from src/: "edge", "stream/event", "cli" for the top of the command."""
    if len(parts) < 2:
        return None
    if parts[0] in ("stream", "cli") and len(parts) > 2:
        return "/".join(parts[:2])
    return parts[0]


def may_include(here, there):
    if here == there:
        return True
    row = BELOW.get(here, BELOW["cli/*"])
    return there in row or ("cli/*" in row and there.startswith("cli/"))


def complaints_about(path, parts):
    text = path.read_text(encoding="utf-8", errors="replace")
    here = place_of(parts)
    layer = parts[0]
    if here == "stream":
        yield f"{path}:1: error: src/stream has its files in {', '.join(STREAM)}"
        return
    for match in INCLUDE.finditer(text):
        quote, name = match.groups()
        line = text.count("\n", 0, match.start(2)) + 1
        there = place_of(name.split("/")) if quote == '"' else None
        if there and there.split("/")[0] in LAYERS and not may_include(here, there):
            allowed = ", ".join(BELOW.get(here, BELOW["cli/*"])) or "nothing"
            yield f"{path}:{line}: error: {here} may not include {name}; below it: {allowed}"
        for pattern, layers in RESERVED:
            if layer not in layers and pattern.match(name):
                yield f"{path}:{line}: error: {here} may not include {name}; only {', '.join(layers)} may"
    if layer not in THREADED:
        for match in CLOCK.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{path}:{line}: error: {here} reads no clock; the time comes in"


def complaints_about_json(path):
    text = path.read_text(encoding="utf-8", errors="replace")
    for match in INCLUDE.finditer(text):
        if NLOHMANN.match(match.group(2)):
            line = text.count("\n", 0, match.start(2)) + 1
            yield f"{path}:{line}: error: only src/json may include {match.group(2)}; json/value.hpp is for all programs and tests"


def complaints_about_text(path):
    text = path.read_text(encoding="utf-8", errors="replace")
    if not text.startswith(OPENING):
        yield f"{path}:1: error: a file opens with a comment that says what it is for"
    for match in UNFINISHED.finditer(text):
        yield f"{path}:{text.count(chr(10), 0, match.start()) + 1}: error: unfinished: {match.group()}"
    # clang-tidy sees it only in the file that it is given, which is one that includes the sources.
    for match in USING.finditer(text):
        if path.suffix == ".cpp" and len(re.findall(rf"\b{match.group(1)}\b", text)) == 1:
            line = text.count(chr(10), 0, match.start(1)) + 1
            yield f"{path}:{line}: error: {match.group(1)} is not used"


def main(root):
    sources = {".c", ".h", ".cpp", ".hpp", ".inc"}
    found = []
    for layer in sorted(LAYERS):
        for path in sorted((root / "src" / layer).rglob("*")):
            if path.suffix in sources:
                found += complaints_about(path, path.relative_to(root / "src").parts)
    for folder in ("tests", "examples", "bindings", "pkgconfig"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in sources:
                found += complaints_about_json(path)
    for folder in ("src", "include", "tests", "examples", "pkgconfig", "bindings", "scripts"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".c", ".h", ".cpp", ".hpp", ".py", ".sh"} and path.name != "check_layering.py":
                found += complaints_about_text(path)
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
