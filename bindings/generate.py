#!/usr/bin/python3
"""Writes everything that follows from src/abi/xtap.toml and src/api/operations.json: headers, export map, constants,
option table, documentation and the list of permanent names. `--check` writes nothing and exits 1 naming each file that
is stale."""

import argparse
import json
import pathlib
import re
import sys
import textwrap

import jinja2

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import c_types  # noqa: E402
import definition  # noqa: E402
import identifiers  # noqa: E402
import operations  # noqa: E402
import to_csharp  # noqa: E402
import to_go  # noqa: E402
import to_python  # noqa: E402
import to_rust  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
WIDTH = 110
DEFINITION = "src/abi/xtap.toml"
PERMANENT = "src/abi/permanent.txt"
OPERATIONS = "src/api/operations.json"
OUTPUTS = {  # file: its template in bindings/templates/
    "include/xtap/xtap.h": "xtap.h.j2",
    "include/xtap/operations.h": "operations.h.j2",
    "src/abi/xtap.map": "xtap.map.j2",
    "src/api/constants.hpp": "constants.hpp.j2",
    "src/api/constants.cpp": "constants.cpp.j2",
    "src/api/option_table.hpp": "option_table.hpp.j2",
    "src/api/option_table.cpp": "option_table.cpp.j2",
    "docs/CONFIGURATION.md": "CONFIGURATION.md.j2",
    "docs/OPERATIONS.md": "OPERATIONS.md.j2",
    "bindings/rust/xtap-sys/src/ffi.rs": "rust/ffi.rs.j2",
    "bindings/rust/xtap/src/constants.rs": "rust/constants.rs.j2",
    "bindings/rust/xtap/src/names.rs": "rust/names.rs.j2",
    "bindings/rust/xtap/src/setters.rs": "rust/setters.rs.j2",
    "bindings/python/xtap/_native.py": "python/_native.py.j2",
    "bindings/python/xtap/constants.py": "python/constants.py.j2",
    "bindings/python/xtap/names.py": "python/names.py.j2",
    "bindings/python/xtap/options.py": "python/options.py.j2",
    "bindings/go/native.h": "go/native.h.j2",
    "bindings/go/native.go": "go/native.go.j2",
    "bindings/go/constants.go": "go/constants.go.j2",
    "bindings/go/options.go": "go/options.go.j2",
    "bindings/go/names/names.go": "go/names.go.j2",
    "bindings/csharp/Xtap/Generated/NativeMethods.cs": "csharp/NativeMethods.cs.j2",
    "bindings/csharp/Xtap/Generated/Constants.cs": "csharp/Constants.cs.j2",
    "bindings/csharp/Xtap/Generated/Names.cs": "csharp/Names.cs.j2",
    "bindings/csharp/Xtap/Generated/Options.cs": "csharp/Options.cs.j2",
}
RAW_LAYERS = [path for path, template in OUTPUTS.items() if template in  # those that must have every function
              ("rust/ffi.rs.j2", "python/_native.py.j2", "go/native.go.j2", "csharp/NativeMethods.cs.j2")]
# What a constant loses where the name of its type says it anyway.
PREFIXES = {"status": ("XTAP_E_", "XTAP_"), "kind": ("XTAP_EVENT_", "XTAP_"), "flag": ("XTAP_FLAG_",),
            "column": ("XTAP_COLUMN_",)}


# ---- shapes of C text: filters of the templates ----

def fill(text, width=WIDTH, first="", rest=None):
    return textwrap.fill(" ".join(text.split()), width, initial_indent=first,
                         subsequent_indent=first if rest is None else rest,
                         break_long_words=False, break_on_hyphens=False)


def comment(text, indent=""):
    """A documentation comment: one line if it fits, paragraphs (separated by empty lines) otherwise."""
    one = f"{indent}/** {' '.join(text.split())} */"
    if "\n\n" not in text and len(one) <= WIDTH:
        return one
    paragraphs = [fill(part, first=f"{indent} * ") for part in text.split("\n\n")]
    return f"{indent}/**\n" + f"\n".join(paragraphs) + f"\n{indent} */"


def facts(entry):
    """The facts of a function, one flowing paragraph below its purpose."""
    said = [("Owns", entry["ownership"]), ("Threads", entry["threads"]), ("Blocks", entry["blocks"])]
    if entry["calls_back"] != "no":
        said.append(("Calls back", entry["calls_back"]))
    if entry.get("returns_doc", "none") not in ("none", "XTAP_OK or a failure."):
        said.append(("Returns", entry["returns_doc"]))
    if "fails" in entry:
        said.append(("Fails", entry["fails"]))
    said.append(("Since", entry["since"]))
    return " ".join(f"{word}: {fact.rstrip('.')}." for word, fact in said)


def declarator(kind, name):
    return f"{kind}{name}" if kind.endswith("*") else f"{kind} {name}"


def prototype(entry, callback=False):
    """A declaration with its parameters wrapped below the opening parenthesis."""
    name = entry["name"]
    head = (f"typedef {declarator(entry['returns'], f'(*{name})')}(" if callback
            else f"XTAP_API {declarator(entry['returns'], name)}(")
    lines, line = [], head
    params = [declarator(param["type"], param["name"]) for param in entry["params"]] or ["void"]
    for index, param in enumerate(params):
        piece = param + (");" if index == len(params) - 1 else ",")
        if len(line) + 1 + len(piece) > WIDTH:
            lines.append(line.rstrip())
            line = " " * len(head)
        line += piece if line.endswith("(") or not line.strip() else " " + piece
    return "\n".join([*lines, line])


def listing(rows, indent="    "):
    """Rows of (code, doc): docs stand behind the code in a column if all of them fit, above it otherwise."""
    column = max(len(code) for code, _ in rows)
    if all(len(indent) + column + len(doc) + 10 <= WIDTH for _, doc in rows):
        return "\n".join(f"{indent}{code:<{column}} /**< {doc} */" for code, doc in rows)
    return "\n".join(f"{comment(doc, indent)}\n{indent}{code}" for code, doc in rows)


def constant_rows(entry):
    return [(f"{value['name']} = {number(value['value'])},", value["doc"]) for value in entry["values"]]


def field_rows(entry):
    return [(declarator(f["type"], f["name"]) + (f"[{f['count']}];" if f["count"] > 1 else ";"), f["doc"])
            for f in entry["fields"]]


def number(value):
    return f"{value:#x}" if value >= 0x7f00 and value < 0x10000 else str(value)


def initialiser(entry):
    """The macro a caller starts a struct with: sizes of itself and of a record, everything else empty."""
    values = []
    for field in entry["fields"]:
        if c_types.is_size(field, entry):
            values.append(f"sizeof({c_types.size_type(field, entry)})")
        elif field["type"].endswith("*"):
            values.append("NULL")
        else:
            values.append('""' if field["count"] > 1 else "0")
    define, value = f"#define {entry['init']}", ", ".join(values)
    return f"{define:<{WIDTH - 1}}\\\n    {{ {value} }}"


def literal(text):
    """A C++ string literal."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def allowed(entry):
    """What an option accepts, for people."""
    if entry["type"] == "choice":
        return ", ".join(f"`{choice}`" for choice in entry["choices"])
    if entry["type"] == "flag":
        return "`on`, `off`"
    if entry["type"] in ("integer", "size"):
        return f"{entry['min']} to {entry['max']} {entry.get('unit', 'bytes')}"
    return "secret text" if entry["type"] == "secret" else "text"


# ---- names that never go away ----

def published(model, root):
    """Every permanent name of today's definition."""
    names = [f"option {name}" for name in model["option"]]
    names += [f"notice *.{key['name']}" for key in model["keys"]["notice"]["keys"]]
    for section, word in (("notice", "notice"), ("stats", "stats")):
        for entry in model[section].values():
            names += [f"{word} {entry['name']}.{key['name']}" for key in entry["keys"]]
    return names + operation_names(root / OPERATIONS)


def operation_names(path):
    """Operations and their parameters, with every alias: what X renamed stays as one."""
    if not path.exists():
        return []
    names = []
    for operation in json.loads(path.read_text())["operations"]:
        for name in (operation["id"], *operation.get("aliases", ())):
            names.append(f"operation {name}")
        for parameter in operation["parameters"]:
            for name in (parameter["name"], *parameter.get("aliases", ())):
                names.append(f"parameter {operation['id']}.{name}")
    return names


def permanent(model, root, text):
    """The committed list with the new names added; refuses when a committed name is gone."""
    now, kept = published(model, root), [line for line in text.splitlines() if line and not line.startswith("#")]
    gone = [name for name in kept if name not in set(now)]
    if gone:
        raise definition.Refused("these names are permanent and are gone: " + "; ".join(gone)
                                 + f" (keep the old name as an alias; {PERMANENT} is never shortened)")
    head = ("# Names that programs may rely on for ever: never removed, never reused. bindings/generate.py adds new\n"
            "# ones and refuses a definition in which one of these is missing.\n")
    return head + "".join(f"{name}\n" for name in sorted({*kept, *now}))


def check_version(model, root):
    build = root / "meson.build"
    found = re.search(r"\n\s*version:\s*'([^']+)'", build.read_text()) if build.exists() else None
    if found and found[1] != model["library"]["version"]:
        raise definition.Refused(f"library: `version` is {model['library']['version']!r}, meson.build says {found[1]!r}")


def check_names(model, table):
    """Refuses names that differ in C and would be one in a language whose identifiers have no underscores."""
    for way in (identifiers.pascal, identifiers.go_name):
        for set_name, prefixes in PREFIXES.items():
            values = model["constants"][set_name]["values"]
            identifiers.distinct([(way(identifiers.short(value, *prefixes)), value["name"]) for value in values], set_name)
        identifiers.distinct([(way(name), name) for name in model["option"]], "option")
        identifiers.distinct([(way(key), name) for key, name in table["parameters"].items()], "parameters")
        for parameter, values in table["values"].items():
            identifiers.distinct([(way(key), value) for key, value in values.items()], parameter)


def render(root):
    """Every output as {path: text}."""
    model = definition.load(root / DEFINITION)
    check_version(model, root)
    table = operations.load(root / OPERATIONS)
    templates = jinja2.Environment(loader=jinja2.FileSystemLoader(ROOT / "bindings" / "templates"),
                                   undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
                                   keep_trailing_newline=True)
    languages = [function for language in (to_rust, to_python, to_go, to_csharp) for function in language.filters(model)]
    for function in (allowed, comment, constant_rows, facts, field_rows, fill, initialiser, listing, literal,
                     number, prototype, c_types.is_size, c_types.size_type, *operations.FILTERS, *identifiers.FILTERS, *languages):
        templates.filters[function.__name__] = function
    templates.globals.update(size_of=definition.size_of, prefixes=PREFIXES, ends=c_types.ends(model))
    check_names(model, table)
    texts = {path: templates.get_template(template).render(**model, table=table, notice_common=model["keys"]["notice"])
             for path, template in OUTPUTS.items()}
    c_types.expressed(model, {path: texts[path] for path in RAW_LAYERS})
    listed = root / PERMANENT
    texts[PERMANENT] = permanent(model, root, listed.read_text() if listed.exists() else "")
    return texts


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 naming each stale file")
    parser.add_argument("--list", action="store_true", help="name the files that are generated")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="the project's folder (for tests)")
    options = parser.parse_args(arguments)
    if options.list:
        print("\n".join([*OUTPUTS, PERMANENT]))
        return 0
    try:
        texts = render(options.root)
    except (definition.Refused, operations.Refused) as refusal:
        print(f"{DEFINITION}: {refusal}", file=sys.stderr)
        return 1
    stale = [path for path, text in texts.items()
             if not (options.root / path).exists() or (options.root / path).read_text() != text]
    for path in stale:
        if options.check:
            print(f"{path} is stale: run bindings/generate.py", file=sys.stderr)
        else:
            (options.root / path).parent.mkdir(parents=True, exist_ok=True)
            (options.root / path).write_text(texts[path])
            print(f"wrote {path}")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
