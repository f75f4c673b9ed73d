"""Writes what clang-tidy is given: units of several sources each, so that the headers of all are read and matched once, with
a compile_commands.json of their own. Prints the units, one a line; fails when a source is in none of them, for that would be
analysed by nobody. Compiles nothing.

The analyser goes into the functions of a file that another includes only where the other's name holds "UnifiedSource".

Usage: analysed_units.py ROOT BUILD FOLDER
"""
import json
import pathlib
import shlex
import sys

from unity import united_in

# Where the product, the simulator and the examples are; tests speak GoogleTest's dialect.
ANALYSED = ("src", "examples", "tests/simulator")


def words_for(entry, unit):
    """The compiler's words for the unit, without those that say what is written where."""
    words, kept = shlex.split(entry["command"]), []
    while words:
        word = words.pop(0)
        if word in ("-o", "-MF", "-MQ"):
            words.pop(0)
        elif word not in ("-c", "-MD", entry["file"]):
            kept.append(word)
    return [*kept, "-c", str(unit)]


def main(root, build, folder):
    root, build, folder = (pathlib.Path(name).resolve() for name in (root, build, folder))
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {path for name in ANALYSED for path in (root / name).rglob("*") if path.suffix in (".c", ".cpp")}
    found, commands = set(), []
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        path = (pathlib.Path(entry["directory"]) / entry["file"]).resolve()
        # What another unit has already (the library is built once more, for its description) is not analysed twice.
        new = [source for source in united_in(path) if source in wanted and source not in found]
        if not new:
            continue
        found.update(new)
        unit = folder / f"UnifiedSource-{len(commands)}-{new[0].parent.name}{path.suffix}"
        unit.write_text("".join(f'#include "{source}"\n' for source in new), encoding="utf-8")
        commands.append({"directory": entry["directory"], "file": str(unit), "arguments": words_for(entry, unit)})
    (folder / "compile_commands.json").write_text(json.dumps(commands, indent=1), encoding="utf-8")
    print(*(command["file"] for command in commands), sep="\n")
    for path in sorted(wanted - found):
        print(f"{path}: error: no unit of {build} has this source", file=sys.stderr)
    return 1 if wanted - found else 0


sys.exit(main(*sys.argv[1:]))
