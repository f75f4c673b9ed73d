"""Reads and writes operations.json: the table's format, and nothing about OpenAPI or C++.

In the file, value lists are shared by name ("values": "$tweet_fields"); in memory each parameter carries its own
"values", "value_aliases" and "dropped_values", so that callers need not know about the sharing.
"""
import copy
import json
import textwrap

WIDTH = 110
SHARED = ("values", "value_aliases", "dropped_values")


def load(path):
    """The table with every list put back into the parameters that use it; an empty table when there is no file."""
    try:
        with open(path, encoding="utf-8") as file:
            table = json.load(file)
    except FileNotFoundError:
        return {"source": {}, "operations": []}
    for operation in table["operations"]:
        for parameter in operation["parameters"]:
            if "values" in parameter:
                name = parameter["values"].removeprefix("$")
                parameter.update(copy.deepcopy(table["lists"][name]))
                parameter["list_name"] = name
    return {"source": table["source"], "operations": table["operations"]}


def save(table, path):
    with open(path, "w", encoding="utf-8") as file:
        file.write(render(table))


def render(table):
    lists, operations = share_lists(table["operations"])
    parts = [f'"source": {compact(table["source"])}',
             '"lists": {\n' + ",\n".join(render_list(name, lists[name]) for name in sorted(lists)) + "\n}",
             '"operations": [\n' + ",\n".join(render_operation(operation) for operation in operations) + "\n]"]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def share_lists(operations):
    """Equal lists become one. A list keeps the name it had; a new one is named after its parameter."""
    names, lists, written = {}, {}, []
    for operation in operations:
        operation = copy.deepcopy(operation)
        for parameter in operation["parameters"]:
            known_as = parameter.pop("list_name", None)
            if "values" not in parameter:
                continue
            shared = {key: parameter.pop(key) for key in SHARED if parameter.get(key)}
            identity = json.dumps(shared, sort_keys=True)
            if identity not in names:
                base = parameter["name"].replace(".", "_")
                name = next(candidate for candidate in (known_as, base, f'{base}_{operation["id"]}')
                            if candidate and candidate not in lists)
                names[identity], lists[name] = name, shared
            parameter["values"] = "$" + names[identity]
        written.append(operation)
    return lists, written


def render_list(name, shared):
    values = textwrap.fill(", ".join(compact(value) for value in shared["values"]), WIDTH,
                           initial_indent="    ", subsequent_indent="    ",
                           break_long_words=False, break_on_hyphens=False)
    rest = "".join(f',\n   "{key}": {compact(shared[key])}' for key in SHARED[1:] if key in shared)
    return f' "{name}": {{"values": [\n{values}]{rest}}}'


def render_operation(operation):
    facts = [f' "{key}": {compact(value)}' for key, value in operation.items() if key != "parameters"]
    parameters = ",\n".join("   " + compact(parameter) for parameter in operation["parameters"])
    facts.append(f' "parameters": [\n{parameters}]' if parameters else ' "parameters": []')
    return " {" + ",\n ".join(facts).lstrip() + "}"


def compact(value):
    return json.dumps(value, ensure_ascii=False)
