"""Reads the definition of the ABI and refuses an entry that lacks a fact, contradicts another or has an odd layout.
It must not know what is generated from it."""

import tomllib


class Refused(Exception):
    """The definition is not acceptable; the text names the entry and the fact."""


# What every entry must say. A fact that does not apply is written "none", "no" or false: silence is never a default.
FACTS = {
    "library": ("version", "abi_major", "abi_minor", "node"),
    "constants": ("doc", "since", "type", "typedef", "cpp", "strip", "reserved", "values"),
    "macro": ("doc", "since", "value"),
    "handle": ("doc", "since", "ownership", "parent", "threads"),
    "struct": ("doc", "since", "ownership", "parent", "threads", "size", "init", "fields"),
    "callback": ("doc", "since", "ownership", "parent", "threads", "blocks", "calls_back", "trivial",
                 "returns", "returns_doc", "params"),
    "param": ("name", "type", "pass", "nullable", "length_of", "doc"),
    "group": ("title",),
    "function": ("doc", "since", "group", "ownership", "parent", "threads", "blocks", "calls_back", "trivial",
                 "fails", "returns", "returns_doc", "params"),
    "option": ("doc", "since", "scope", "type", "default"),
    "keys": ("doc", "since", "title", "keys"),
    "notice": ("doc", "since", "kind", "keys"),
    "stats": ("doc", "since", "title", "keys"),
}
CONSTANT_FACTS = ("name", "value", "since", "doc")
FIELD_FACTS = ("name", "type", "count", "nullable", "length_of", "doc")
KEY_FACTS = ("name", "type", "optional", "doc")
ALLOWED = {
    "scope": ("client", "stream"),
    "option type": ("text", "secret", "flag", "integer", "size", "choice"),
    "key type": ("text", "integer", "flag", "object", "list"),
    "pass": ("value", "handle", "consumed", "borrowed", "copied", "kept", "out", "in_out"),
}
SIZES = {"uint32_t": 4, "int32_t": 4, "uint64_t": 8, "int64_t": 8, "size_t": 8, "char": 1, "xtap_status": 4}
FLAG_WORDS = {"true": True, "on": True, "1": True, "yes": True, "false": False, "off": False, "0": False, "no": False}
UNITS = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def load(path):
    """The definition at `path`, checked and completed (shared parameters put in, offsets computed)."""
    with open(path, "rb") as file:
        try:
            return complete(tomllib.load(file))
        except tomllib.TOMLDecodeError as problem:
            raise Refused(f"{path}: {problem}") from None


def complete(raw):
    for section, facts in FACTS.items():
        if section not in raw:
            raise Refused(f"the definition has no [{section}]")
        entries = {"": raw[section]} if section == "library" else raw[section]
        for name, entry in entries.items():
            where = f"{section}.{name}" if name else section
            require(where, entry, facts)
            if name:
                entry.setdefault("name", name)
    unknown = sorted(set(raw) - set(FACTS))
    if unknown:
        raise Refused(f"[{unknown[0]}] is no section of the definition; sections are {', '.join(FACTS)}")
    for entry in raw["constants"].values():
        check_constants(entry)
    for entry in raw["struct"].values():
        lay_out(entry, raw)
    for section in ("callback", "function"):
        for entry in raw[section].values():
            check_callable(f"{section}.{entry['name']}", entry, raw)
    for section in ("handle", "struct", "callback", "function"):
        for entry in raw[section].values():
            one_of(f"{section}.{entry['name']}", "parent", entry["parent"], ("none", *raw["handle"]))
    for entry in raw["option"].values():
        check_option(entry, raw)
    check_keys(raw)
    return raw


def require(where, entry, facts):
    for fact in facts:
        if fact not in entry:
            raise Refused(f"{where} lacks the fact `{fact}`")
        value = entry[fact]
        # An empty list, number or default says something; an empty text is a fact that was forgotten.
        if isinstance(value, str) and not value.strip() and fact != "default":
            raise Refused(f"{where} has an empty `{fact}`")
        if isinstance(value, str):
            entry[fact] = value.strip()


def one_of(where, fact, value, allowed):
    if value not in allowed:
        raise Refused(f"{where}: `{fact}` is {value!r}; allowed: {', '.join(map(str, allowed))}")


def check_constants(entry):
    seen = {}
    for value in entry["values"]:
        where = f"constants.{entry['name']}.{value.get('name', '?')}"
        require(where, value, CONSTANT_FACTS)
        if "cpp" not in value:
            short = value["name"]
            for prefix in entry["strip"]:
                short = short.removeprefix(prefix)
            value["cpp"] = short.lower()
        for other in (*entry["reserved"], *seen.values()):
            if value["value"] == other["value"] or value["name"] == other["name"]:
                raise Refused(f"{where} = {value['value']:#x} is taken by {other['name']}")
        seen[value["name"]] = value


def lay_out(entry, raw):
    """Offsets on a 64-bit platform. Hidden padding is refused: it differs between compilers' readers and leaks."""
    offset, widest = 0, 1
    names = {field.get("name") for field in entry["fields"]}
    for field in entry["fields"]:
        where = f"struct.{entry['name']}.{field.get('name', '?')}"
        require(where, field, FIELD_FACTS)
        one_of(where, "length_of", field["length_of"], ("none", *sorted(names)))
        size = 8 if field["type"].endswith("*") else SIZES.get(field["type"])
        if size is None:
            raise Refused(f"{where}: `type` {field['type']!r} has no fixed size; known: {', '.join(SIZES)}")
        if offset % size:
            raise Refused(f"{where} would start at {offset} after hidden padding")
        field["offset"] = offset
        offset += size * field["count"]
        widest = max(widest, size)
    if offset != entry["size"] or offset % widest:
        raise Refused(f"struct.{entry['name']}: `size` says {entry['size']}, the fields make {offset}")


def check_callable(where, entry, raw):
    params = []
    for param in entry["params"]:
        if "use" in param:
            if param["use"] not in raw["param"]:
                raise Refused(f"{where}: there is no [param.{param['use']}] to use")
            param = {**raw["param"][param["use"]], **{k: v for k, v in param.items() if k != "use"}}
        require(f"{where}({param.get('name', '?')})", param, FACTS["param"])
        params.append(param)
    entry["params"] = params
    names = [param["name"] for param in params]
    for param in params:
        at = f"{where}({param['name']})"
        one_of(at, "pass", param["pass"], ALLOWED["pass"])
        one_of(at, "length_of", param["length_of"], ("none", *names))
    if entry["trivial"] and (entry["blocks"] != "no" or entry["calls_back"] != "no"):
        raise Refused(f"{where} is trivial and yet blocks or calls back")
    if "group" in entry:
        one_of(where, "group", entry["group"], tuple(raw["group"]))


def check_option(entry, raw):
    where = f"option.{entry['name']}"
    one_of(where, "scope", entry["scope"], ALLOWED["scope"])
    one_of(where, "type", entry["type"], ALLOWED["option type"])
    entry["default"] = default = entry["default"].replace("{version}", raw["library"]["version"])
    if entry["type"] in ("integer", "size"):
        require(where, entry, ("min", "max") if entry["type"] == "size" else ("min", "max", "unit"))
        number = size_of(default)
        if number is None or not entry["min"] <= number <= entry["max"]:
            raise Refused(f"{where}: `default` {default!r} is not between {entry['min']} and {entry['max']}")
    elif entry["type"] == "choice":
        require(where, entry, ("choices",))
        one_of(where, "default", default, tuple(entry["choices"]))
    elif entry["type"] == "flag":
        one_of(where, "default", default, tuple(FLAG_WORDS))
    elif entry["type"] == "secret" and default:
        raise Refused(f"{where}: a secret has no default")


def size_of(text):
    for unit, factor in UNITS.items():
        if text.endswith(unit):
            return int(text.removesuffix(unit)) * factor
    try:
        return int(text)
    except ValueError:
        return None


def check_keys(raw):
    kinds = {value["name"] for value in raw["constants"]["kind"]["values"]}
    for section in ("keys", "notice", "stats"):
        for entry in raw[section].values():
            where = f"{section}.{entry['name']}"
            if section == "notice":
                one_of(where, "kind", entry["kind"], sorted(kinds))
            names = set()
            for key in entry["keys"]:
                at = f"{where}.{key.get('name', '?')}"
                require(at, key, KEY_FACTS)
                one_of(at, "type", key["type"], ALLOWED["key type"])
                above = key["name"].rpartition(".")[0].removesuffix("[]")
                if above and above not in names:
                    raise Refused(f"{at}: there is no key {above!r} for it to be in")
                if key["name"] in names:
                    raise Refused(f"{at} is there twice")
                names.add(key["name"])
    told = {entry["kind"] for entry in raw["notice"].values()}
    for kind in sorted(kinds - told):
        if kind.startswith("XTAP_NOTICE_"):
            raise Refused(f"constants.kind.{kind} has no [notice] entry that lists its keys")
