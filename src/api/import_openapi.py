#!/usr/bin/env python3
"""Makes operations.json from an OpenAPI description of the X API and operations_overlay.json.

Facts are taken, sentences are not: summaries come from the overlay. Nothing ever leaves the table: what a newer
description no longer has stays, marked "dropped" with the version that lacked it. Prints what changed.
"""
import argparse
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import table_file

HERE = pathlib.Path(__file__).resolve().parent
METHODS = ("get", "post", "put", "patch", "delete")
SCHEMES = {"BearerToken": "bearer", "OAuth2UserToken": "oauth2", "UserToken": "oauth1"}
BODIES = {"application/json": "json", "multipart/form-data": "multipart"}
PAGE_PARAMETERS = ("pagination_token", "next_token")  # the first one wins: X documents both where it renamed one
PAGE_TOKEN = ("meta", "next_token")
PRESENCE = "is in the table"
STARTS, ENDS = ("start_time", "startTime"), ("end_time", "endTime")
OPERATION_KEYS = ("id", "aliases", "dropped", "summary", "method", "path", "security", "body", "body_required",
                  "response", "paging", "rate_limits", "streaming", "event_kind", "connect_budget", "partitions",
                  "recovers", "parameters")


class Refused(Exception):
    """The description or the overlay says something the table cannot hold."""


# ---- from the description ----

def described_operations(document):
    operations = []
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                shared = item.get("parameters", [])
                operations.append(described_operation(document, method, path, item[method], shared))
    return operations


def described_operation(document, method, path, entry, shared):
    operation = {"id": entry["operationId"], "method": method.upper(), "path": path,
                 "security": described_security(document, entry)}
    taken = resolve(document, entry.get("requestBody", {}))
    if taken.get("content"):
        operation["body"] = [body_kind(entry, kind) for kind in taken["content"]]
        if taken.get("required"):
            operation["body_required"] = True
    if any("application/octet-stream" in resolve(document, answer).get("content", {})
           for answer in entry["responses"].values()):
        operation["response"] = "bytes"
    operation["streaming"] = bool(entry.get("x-twitter-streaming"))
    operation["parameters"] = [described_parameter(document, resolve(document, parameter))
                               for parameter in shared + entry.get("parameters", [])]
    paging = described_paging(document, operation, entry)
    if paging:
        operation["paging"] = paging
    return operation


def body_kind(entry, media_type):
    if media_type not in BODIES:
        raise Refused(f'{entry["operationId"]}: a body of {media_type} is not one of {", ".join(BODIES)}')
    return BODIES[media_type]


def described_paging(document, operation, entry):
    """A parameter that takes a token and an answer that gives it; one without the other is no paging."""
    names = [parameter["name"] for parameter in operation["parameters"]]
    taker = next((name for name in PAGE_PARAMETERS if name in names), None)
    if taker and any(gives_page_token(document, answer) for answer in entry["responses"].values()):
        return {"parameter": taker, "token": "/" + "/".join(PAGE_TOKEN)}
    return None


def gives_page_token(document, answer):
    schema = resolve(document, answer).get("content", {}).get("application/json", {}).get("schema", {})
    for step in PAGE_TOKEN:
        schema = resolve(document, schema).get("properties", {}).get(step)
        if schema is None:
            return False
    return True


def described_security(document, entry):
    schemes = {}
    for alternative in entry.get("security", document.get("security", [])):
        for name, scopes in alternative.items():
            if name not in SCHEMES:
                raise Refused(f'{entry["operationId"]}: security scheme {name} is not one of {", ".join(SCHEMES)}')
            schemes[SCHEMES[name]] = sorted(scopes)
    return schemes


def described_parameter(document, entry):
    schema = resolve(document, entry["schema"])
    parameter = {"name": entry["name"], "in": entry["in"], "type": type_of(entry, schema)}
    if entry.get("required"):
        parameter["required"] = True
    facts = {"minimum": "minimum", "maximum": "maximum", "minLength": "min_length", "maxLength": "max_length",
             "maxItems": "max_items", "default": "default"}
    for theirs, ours in facts.items():
        if theirs in schema:
            parameter[ours] = schema[theirs]
    if isinstance(parameter.get("default"), list):  # as a caller would write it
        parameter["default"] = ",".join(parameter["default"])
    if schema.get("minItems", 1) > 1:
        parameter["min_items"] = schema["minItems"]
    item = resolve(document, schema.get("items", {})) if parameter["type"] == "list" else schema
    if "pattern" in item:
        parameter["pattern"] = item["pattern"].replace("\\d", "[0-9]")  # one spelling for the compiled table's matcher
    if "enum" in item:
        parameter["values"] = list(dict.fromkeys(item["enum"]))
    return parameter


def type_of(entry, schema):
    kind = schema.get("type")
    if kind == "string":
        return "date-time" if schema.get("format") == "date-time" else "text"
    types = {"integer": "integer", "boolean": "boolean", "array": "list"}
    if kind not in types:
        raise Refused(f'parameter {entry["name"]}: type {kind} is not one the table knows')
    return types[kind]


def resolve(document, entry):
    while "$ref" in entry:
        target = document
        for step in entry["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        entry = target
    return entry


# ---- nothing leaves the table ----

def keep_operations(old, new, version):
    """The new operations, each with what the old table knew beyond them; dropped ones at the end, marked."""
    known = {operation["id"]: operation for operation in old}
    for operation in new:
        if operation["id"] in known:
            keep_facts(known[operation["id"]], operation, version)
    present = {operation["id"] for operation in new}
    gone = [operation for operation in old if operation["id"] not in present]
    for operation in gone:
        operation.setdefault("dropped", version)
    return new + gone


def keep_facts(old, new, version):
    if old.get("aliases"):
        new["aliases"] = list(old["aliases"])
    known = {parameter["name"]: parameter for parameter in new["parameters"]}
    for parameter in old["parameters"]:
        if parameter["name"] in known:
            keep_values(parameter, known[parameter["name"]], version)
        else:
            parameter.setdefault("dropped", version)
            parameter.pop("required", None)
            new["parameters"].append(parameter)


def keep_values(old, new, version):
    for key in ("aliases", "value_aliases", "list_name"):
        if key in old:
            new[key] = old[key]
    if "values" not in new:
        return
    lost = [value for value in old.get("values", []) if value not in new["values"]]
    marks = old.get("dropped_values", {})
    if lost:  # at the end, so that a diff shows them as one block
        new["values"] += lost
        new["dropped_values"] = {value: marks.get(value, version) for value in lost}


def forget_renamed(operations):
    """What became an alias of something present is known by that name; its dropped twin is not needed."""
    aliases = {alias for operation in operations for alias in operation.get("aliases", [])}
    kept = [operation for operation in operations if operation["id"] not in aliases]
    for operation in kept:
        names = {alias for parameter in operation["parameters"] for alias in parameter.get("aliases", [])}
        operation["parameters"] = [parameter for parameter in operation["parameters"] if parameter["name"] not in names]
    return kept


# ---- the overlay ----

def apply_overlay(operations, overlay):
    for change in overlay.get("changes", []):
        if not change.get("reason"):
            raise Refused(f"overlay: a change without a reason: {json.dumps(change)}")
        if "add" in change:
            add_operation(operations, change["add"])
        elif not apply_change(operations, change):
            raise Refused(f"overlay: nothing in the description matches {json.dumps(change)}")
    for operation in operations:
        operation["summary"] = overlay.get("summaries", {}).get(operation["id"]) or words_of(operation["id"])
        extend(operation, "aliases", overlay.get("former_ids", {}).get(operation["id"], []))
        kind = overlay.get("event_kinds", {}).get(operation["id"])
        if kind:
            operation["event_kind"] = kind
        limits = overlay.get("rate_limits", {}).get(operation["id"])
        if limits:
            operation["rate_limits"] = [rate_limit(text) for text in limits]


def rate_limit(text):
    """"app 450/15min" as the table holds it."""
    form = re.fullmatch(r"(app|user) ([0-9]+)/([0-9]+)(s|min|h)", text)
    if not form:
        raise Refused(f'overlay: a rate limit is written "app 450/15min", not "{text}"')
    window = int(form[3]) * {"s": 1, "min": 60, "h": 3600}[form[4]]
    return {"per": form[1], "requests": int(form[2]), "window_s": window}


def add_operation(operations, added):
    """The description may have caught up since: then it wins and the overlay's entry is told to go."""
    for index, operation in enumerate(operations):
        if operation["id"] == added["id"]:
            if "dropped" not in operation:
                raise Refused(f'overlay: {added["id"]} is in the description now; remove the addition')
            operations[index] = added
            return
    operations.append(added)


def apply_change(operations, change):
    matched = False
    for operation in operations:
        if not selected(operation, change):
            continue
        if "parameter" not in change:
            operation.update(change.get("set", {}))
            extend(operation, "aliases", change.get("aliases", []))
            add_parameters(operation, change.get("add_parameters", []))
            matched = True
            continue
        for parameter in operation["parameters"]:
            if parameter["name"] == change["parameter"] and has_values(parameter, change):
                change_parameter(parameter, change)
                matched = True
    return matched


def add_parameters(operation, added):
    """As with operations: what the description has by now must not be added."""
    names = {parameter["name"] for parameter in added}
    for parameter in operation["parameters"]:
        if parameter["name"] in names and "dropped" not in parameter:
            raise Refused(f'overlay: {operation["id"]} has {parameter["name"]} in the description now; '
                          'remove the addition')
    kept = [parameter for parameter in operation["parameters"] if parameter["name"] not in names]
    operation["parameters"] = kept + added


def selected(operation, change):
    if "operations" in change:
        return operation["id"] in change["operations"]
    return operation["streaming"] or not change.get("streaming")


def has_values(parameter, change):
    """Lists of one name differ between operations: a value alias belongs only where its target exists, and a value
    that one of these lists lost only where its neighbours are."""
    needed = set(change.get("value_aliases", {}).values()) - set(change.get("values", []))
    if "where_value" in change:
        needed.add(change["where_value"])
    return needed <= set(parameter.get("values", []))


def change_parameter(parameter, change):
    parameter.update(change.get("set", {}))
    extend(parameter, "aliases", change.get("aliases", []))
    extend(parameter, "values", change.get("values", []))
    marks = parameter.pop("dropped_values", {})  # what is added here is not lost, whatever the description says
    left = {value: version for value, version in marks.items() if value not in change.get("values", [])}
    if left:
        parameter["dropped_values"] = left
    if "value_aliases" in change:
        parameter["value_aliases"] = parameter.get("value_aliases", {}) | change["value_aliases"]


def extend(owner, key, added):
    merged = list(dict.fromkeys(owner.get(key, []) + added))
    if merged:
        owner[key] = merged


def words_of(identifier):
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", identifier).lower()
    return words[:1].upper() + words[1:]


# ---- the table ----

def finish(operation):
    """Derived facts, and one order of keys and parameters whatever the sources had: required first."""
    parameters = operation["parameters"]
    parameters.sort(key=lambda parameter: ("dropped" in parameter, not parameter.get("required", False)))
    current = {parameter["name"]: parameter for parameter in parameters if "dropped" not in parameter}
    if operation["streaming"]:
        operation["partitions"] = current.get("partition", {}).get("maximum", 0)
        operation["recovers"] = any(name in current for name in STARTS) and any(name in current for name in ENDS)
    unknown = set(operation) - set(OPERATION_KEYS)
    if unknown:
        raise Refused(f'{operation["id"]}: the table has no fact named {", ".join(sorted(unknown))}')
    return {key: operation[key] for key in OPERATION_KEYS if key in operation}


def build(document, overlay, old, streaming_only):
    in_table = {operation["id"] for operation in old["operations"]}
    version = document["info"]["version"]
    operations = keep_operations(old["operations"], described_operations(document), version)
    apply_overlay(operations, overlay)
    operations = forget_renamed(operations)
    if streaming_only:
        operations = [operation for operation in operations if operation["streaming"] or operation["id"] in in_table]
    finished = sorted((finish(operation) for operation in operations), key=lambda operation: operation["id"])
    return {"source": {"title": document["info"]["title"], "version": version}, "operations": finished}


# ---- what changed ----

def facts_of(table):
    """Every fact of a table as {(what, fact): {operation: value}}, so that equal changes print as one line."""
    facts = {}

    def note(what, fact, operation, value):
        facts.setdefault((what, fact), {})[operation["id"]] = value

    for operation in table["operations"]:
        note("operation", PRESENCE, operation, True)
        for key, value in operation.items():
            if key not in ("id", "parameters"):
                note("operation", key, operation, json.dumps(value))
        for parameter in operation["parameters"]:
            what = f'parameter {parameter["name"]}'
            note(what, PRESENCE, operation, True)
            for key, value in parameter.items():
                if key == "values":
                    for each in value:
                        note(what, f"value {each}", operation, True)
                elif key not in ("name", "list_name"):
                    note(what, key, operation, json.dumps(value))
    return facts


def changes_between(old, new):
    before, after = facts_of(old), facts_of(new)
    lines = {}
    for what, fact in sorted(before.keys() | after.keys()):
        was, now = before.get((what, fact), {}), after.get((what, fact), {})
        for identifier in sorted(was.keys() | now.keys()):
            if was.get(identifier) != now.get(identifier) and is_news(before, what, fact, identifier):
                text = f"{what}: {fact}: {shown(was.get(identifier))} -> {shown(now.get(identifier))}"
                lines.setdefault(text, []).append(identifier)
    return [f'{text} ({", ".join(identifiers)})' for text, identifiers in lines.items()]


def is_news(before, what, fact, identifier):
    """A new operation or parameter is one line, not one line for each of its facts."""
    owners = [("operation", PRESENCE), (what, PRESENCE)]
    return all(identifier in before.get(owner, {}) for owner in owners if owner != (what, fact))


def shown(value):
    return {None: "absent", True: "present"}.get(value, value)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", type=pathlib.Path, help="an OpenAPI description of the X API, as JSON")
    parser.add_argument("--streaming", action="store_true", help="add streaming operations only")
    parser.add_argument("--dry-run", action="store_true", help="print what would change, write nothing")
    parser.add_argument("--table", type=pathlib.Path, default=HERE / "operations.json")
    parser.add_argument("--overlay", type=pathlib.Path, default=HERE / "operations_overlay.json")
    options = parser.parse_args(arguments)
    document = json.loads(options.document.read_text(encoding="utf-8"))
    overlay = json.loads(options.overlay.read_text(encoding="utf-8"))
    try:
        table = build(document, overlay, table_file.load(options.table), options.streaming)
    except Refused as refusal:
        sys.exit(f"import_openapi: {refusal}")
    changes = changes_between(table_file.load(options.table), table)
    print("\n".join(changes) if changes else "nothing changed")
    if not options.dry_run:
        table_file.save(table, options.table)


if __name__ == "__main__":
    main(sys.argv[1:])
