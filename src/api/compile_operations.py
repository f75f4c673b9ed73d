#!/usr/bin/env python3
"""Turns operations.json into constant C++ data (operations_data.cpp), so that the table costs nothing at start.

Refuses a table that contradicts itself or holds a fact the C++ structs have no place for: nothing is lost on the way.
"""
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import table_file

OPERATION_KEYS = {"id", "aliases", "dropped", "summary", "method", "path", "security", "streaming", "event_kind",
                  "connect_budget", "partitions", "recovers", "body", "body_required", "response", "paging", "rate_limits",
                  "parameters"}
PARAMETER_KEYS = {"name", "aliases", "dropped", "in", "type", "required", "minimum", "maximum", "values",
                  "value_aliases", "dropped_values", "default", "list_name", "pattern", "min_length", "max_length",
                  "min_items", "max_items"}
TYPES = {"integer": "integer", "date-time": "date_time", "text": "text", "list": "list", "boolean": "boolean"}
PLACES = {"query": "query", "path": "path", "form": "form"}
BODIES = {"json": "json", "multipart": "multipart", "form": "form"}
ANSWERS = {"json": "json", "bytes": "bytes", "local": "local"}
SCHEMES = {"bearer", "oauth2", "oauth1", "client", "app"}
# The patterns that src/api/pattern.cpp can match: it never looks again whether one is of this form.
CLASS = r"\[(?:[A-Za-z0-9_.~' ]-[A-Za-z0-9]|[A-Za-z0-9_.~' -])+\]"
SEQUENCE = rf"(?:(?:{CLASS}|[A-Za-z0-9_-])(?:\{{[0-9]{{1,4}}(?:,[0-9]{{0,4}})?\}}|[+*?])?)+"
PATTERN = re.compile(rf"\^(?:(?:\({SEQUENCE}\)|{SEQUENCE})+|\({SEQUENCE}(?:\|{SEQUENCE})+\))\$")
KINDS = {"post", "like", "post_compliance", "user_compliance", "like_compliance", "label", "activity"}
LOWEST, HIGHEST = "std::numeric_limits<std::int64_t>::min()", "std::numeric_limits<std::int64_t>::max()"


class Refused(Exception):
    """The table cannot become C++ data."""


class Pool:
    """Arrays in the order they are needed; equal ones are written once."""

    def __init__(self):
        self.names, self.lines = {}, []

    def array(self, kind, prefix, items):
        if not items:
            return "{}"
        body = ", ".join(items)
        if (kind, body) not in self.names:
            name = f"{prefix}_{len(self.names)}"
            self.names[kind, body] = name
            self.lines.append(f"constexpr {kind} {name}[] = {{{body}}};")
        return self.names[kind, body]


def quoted(text):
    """A C++ literal; JSON's escapes are C++'s, except that bytes beyond ASCII stay as they are."""
    return json.dumps(text, ensure_ascii=False)


def texts(pool, prefix, values):
    return pool.array("std::string_view", prefix, [quoted(value) for value in values])


def parameter_data(pool, owner, parameter):
    where = f'{owner}, parameter {parameter["name"]}'
    refuse_unknown(where, parameter, PARAMETER_KEYS)
    if parameter["in"] == "path" and not parameter.get("required"):
        raise Refused(f"{where}: a path parameter must be required")
    check_shape(where, parameter)
    aliases = parameter.get("value_aliases", {})
    for target in aliases.values():
        if target not in parameter["values"]:
            raise Refused(f"{where}: a value alias leads to {target}, which is not a value")
    renamed = [f"{{{quoted(given)}, {quoted(sent)}}}" for given, sent in aliases.items()]
    default = parameter.get("default", "")
    fields = [quoted(parameter["name"]), texts(pool, "names", parameter.get("aliases", [])),
              "Place::" + choice(where, PLACES, parameter["in"]), "Type::" + choice(where, TYPES, parameter["type"]),
              cpp_bool(parameter.get("required", False)),
              str(parameter.get("minimum", LOWEST)), str(parameter.get("maximum", HIGHEST)),
              texts(pool, "values", parameter.get("values", [])), pool.array("ValueAlias", "renamed", renamed),
              quoted(default if isinstance(default, str) else json.dumps(default)),
              quoted(parameter.get("dropped", "")), quoted(parameter.get("pattern", "")),
              *(str(parameter.get(key, 0)) for key in ("min_length", "max_length", "min_items", "max_items"))]
    return "{" + ", ".join(fields) + "}"


def check_shape(where, parameter):
    """Facts that belong to some types only, and a pattern that the library can match."""
    belongs = {"pattern": ("text", "list"), "min_length": ("text",), "max_length": ("text",),
               "min_items": ("list",), "max_items": ("list",), "values": ("text", "list"),
               "minimum": ("integer",), "maximum": ("integer",)}
    choice(where, TYPES, parameter["type"])
    for key, types in belongs.items():
        if key in parameter and parameter["type"] not in types:
            raise Refused(f'{where}: {key} does not belong to the type {parameter["type"]}')
    if "pattern" in parameter and not PATTERN.fullmatch(parameter["pattern"]):
        raise Refused(f'{where}: the library cannot match {parameter["pattern"]}')


def operation_data(pool, operation):
    name = operation["id"]
    refuse_unknown(name, operation, OPERATION_KEYS)
    check_path(operation)
    check_stream(operation)
    check_exchange(operation)
    security = [f'{{{quoted(choice(name, {key: key for key in SCHEMES}, scheme))}, {texts(pool, "scopes", scopes)}}}'
                for scheme, scopes in operation["security"].items()]
    parameters = [parameter_data(pool, name, parameter) for parameter in operation["parameters"]]
    budget = "default_connect_budget" if operation["streaming"] else "0"
    fields = [quoted(name), texts(pool, "names", operation.get("aliases", [])), quoted(operation["summary"]),
              quoted(operation["method"]), quoted(operation["path"]), pool.array("Security", "security", security),
              pool.array("Parameter", "parameters", parameters),
              "Kind::event_" + operation.get("event_kind", "unread"),
              str(operation.get("connect_budget", budget)), str(operation.get("partitions", 0)),
              cpp_bool(operation["streaming"]), cpp_bool(operation.get("recovers", False)),
              quoted(operation.get("dropped", "")), *exchange_data(pool, operation)]
    return "    {" + ", ".join(fields) + "},"


def exchange_data(pool, operation):
    """What goes out and what comes back, beside the parameters."""
    name, paging = operation["id"], operation.get("paging", {"parameter": "", "token": ""})
    bodies = ["Body::" + choice(name, BODIES, body) for body in operation.get("body", [])]
    limits = [f'{{{quoted(choice(name, {"app": "app", "user": "user"}, limit["per"]))}, {limit["requests"]}, '
              f'{limit["window_s"]}}}' for limit in operation.get("rate_limits", [])]
    return [pool.array("Body", "bodies", bodies), cpp_bool(operation.get("body_required", False)),
            "Answer::" + choice(name, ANSWERS, operation.get("response", "json")),
            quoted(paging["parameter"]), quoted(paging["token"]), pool.array("RateLimit", "limits", limits)]


def check_exchange(operation):
    name, parameters = operation["id"], operation["parameters"]
    if operation.get("body_required") and not operation.get("body"):
        raise Refused(f"{name}: a body is required, of no kind")
    if any(parameter["in"] == "form" for parameter in parameters) and operation.get("body") != ["form"]:
        raise Refused(f"{name}: form parameters make its body, which must be of the kind form alone")
    if "paging" in operation:
        page = operation["paging"]["parameter"]
        if not any(parameter["name"] == page and parameter["in"] == "query" for parameter in parameters):
            raise Refused(f"{name}: {page}, which takes the next page, is not a parameter of its query")


def check_path(operation):
    places = re.findall(r"\{([^}]*)\}", operation["path"])
    parts = [parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "path"]
    if sorted(places) != sorted(parts):
        raise Refused(f'{operation["id"]}: {operation["path"]} does not match its path parameters')


def check_stream(operation):
    if not operation["streaming"]:
        return
    name = operation["id"]
    choice(name, {kind: kind for kind in KINDS}, operation.get("event_kind"))
    partition = next((parameter for parameter in operation["parameters"] if parameter["name"] == "partition"), {})
    if partition and (partition.get("minimum") != 1 or not partition.get("required")):
        raise Refused(f"{name}: partition must be required and start at 1")
    if operation["partitions"] != partition.get("maximum", 0):
        raise Refused(f"{name}: partitions is not the highest partition")


def choice(where, known, given):
    if given not in known:
        raise Refused(f'{where}: {given} is not one of {", ".join(sorted(known))}')
    return known[given]


def refuse_unknown(where, facts, known):
    unknown = sorted(set(facts) - known)
    if unknown:
        raise Refused(f'{where}: the C++ table has no place for {", ".join(unknown)}')


def refuse_repeated(operations):
    seen = {}
    for operation in operations:
        for name in [operation["id"], *operation.get("aliases", [])]:
            if name in seen:
                raise Refused(f'{name} names both {seen[name]} and {operation["id"]}')
            seen[name] = operation["id"]
        names = [name for parameter in operation["parameters"]
                 for name in [parameter["name"], *parameter.get("aliases", [])]]
        if len(names) != len(set(names)):
            raise Refused(f'{operation["id"]}: a parameter name is used twice')


def cpp_bool(value):
    return "true" if value else "false"


def generate(table):
    refuse_repeated(table["operations"])
    pool = Pool()
    rows = [operation_data(pool, operation) for operation in table["operations"]]
    return "\n".join(["// Generated by src/api/compile_operations.py from operations.json: the operations as constant data.",
                      '#include "api/operation.hpp"', "", "#include <limits>", "", "namespace xtap::api {", "namespace {",
                      *pool.lines, "constexpr Operation operation_table[] = {", *rows, "};", "} // namespace", "",
                      "std::span<const Operation> operations() noexcept { return operation_table; }", "} // namespace xtap::api", ""])


if __name__ == "__main__":
    try:
        pathlib.Path(sys.argv[2]).write_text(generate(table_file.load(sys.argv[1])), encoding="utf-8")
    except Refused as refusal:
        sys.exit(f"compile_operations: {sys.argv[1]}: {refusal}")
