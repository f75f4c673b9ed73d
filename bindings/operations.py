"""The table of operations as the templates want it: groups, names of constants, what is allowed, in words.
It must not know where the table comes from or what is written from it."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "src" / "api"))
import table_file  # noqa: E402

FEW = 8  # lists up to this long stand where they are used; longer ones have a heading of their own
TYPES = {"integer": "integer", "date-time": "UTC time as `YYYY-MM-DDTHH:MM:SSZ`", "text": "text", "list": "list",
         "boolean": "`true` or `false`"}
WINDOWS = {1: "second", 900: "15 minutes", 86400: "24 hours"}


class Refused(Exception):
    """Two names of the table would be one constant."""


def load(path):
    """{operations, groups, parameters, values, lists}; everything empty where there is no table."""
    operations = table_file.load(path)["operations"] if path.exists() else []
    groups = {}
    for operation in operations:
        groups.setdefault(group_of(operation), []).append(operation)
    return {"operations": operations, "groups": dict(sorted(groups.items())),
            "parameters": parameter_constants(operations), "values": value_constants(operations),
            "lists": long_lists(operations)}


def group_of(operation):
    """The first segment of the path that is no version."""
    return next(part for part in operation["path"].split("/")[1:] if part != "2")


def constant(text):
    """"getOAuth2AuthorizeUrl" as GET_OAUTH2_AUTHORIZE_URL, "tweet.fields" as TWEET_FIELDS."""
    return re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)).upper()


def parameter_constants(operations):
    """{constant: name}. Where two spellings meet (backfillMinutes, backfill_minutes), the one without capitals: every
    operation that has the other one takes it too."""
    names = {}
    for operation in operations:
        for parameter in operation["parameters"]:
            names.setdefault(constant(parameter["name"]), set()).add(parameter["name"])
    chosen = {}
    for key, spellings in sorted(names.items()):
        chosen[key] = next((name for name in sorted(spellings) if name == name.lower()), min(spellings))
        for operation in operations:
            for parameter in operation["parameters"]:
                if parameter["name"] in spellings and chosen[key] not in [parameter["name"], *parameter.get("aliases", [])]:
                    raise Refused(f'{operation["id"]} has {parameter["name"]} and does not take {chosen[key]}, '
                                  f"so XTAP_PARAM_{key} cannot name both")
    return chosen


def value_constants(operations):
    """{parameter: {constant: value}}. What X dropped keeps its constant unless a value of today has the same one."""
    found, sources = {}, sorted(operations, key=lambda operation: "dropped" in operation)
    for operation in sources:
        for parameter in operation["parameters"]:
            for value in parameter.get("values", []):
                values = found.setdefault(parameter["name"], {})
                if values.setdefault(constant(value), value) != value and "dropped" not in operation:
                    raise Refused(f'parameter {parameter["name"]}: the values {values[constant(value)]} and {value} '
                                  "would be one constant")
    return {name: dict(sorted(values.items())) for name, values in sorted(found.items())}


def long_lists(operations):
    """{name: {values, value_aliases, dropped_values}} of the lists that have a heading of their own."""
    lists = {}
    for operation in operations:
        for parameter in operation["parameters"]:
            if is_long(parameter):
                lists[parameter["list_name"]] = parameter
    return dict(sorted(lists.items()))


def is_long(parameter):
    return len(parameter.get("values", [])) > FEW


# ---- words: filters of the templates ----

def code(values):
    return ", ".join(f"`{value}`" for value in values)


def between(least, most, of):
    if least is None and most is None:
        return ""
    if most is None:
        return f"{least}{of} or more"
    if least is None:
        return f"up to {most}{of}"
    return f"{least}{of}" if least == most else f"{least} to {most}{of}"


def more_than_one(least):
    """No text may be empty, so one character goes without saying."""
    return least if least != 1 else None


def slug(heading):
    """The anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def taken(parameter):
    """What a parameter takes: "integer, 1 to 100, 10 if not given"."""
    words = [TYPES[parameter["type"]], between(parameter.get("minimum"), parameter.get("maximum"), ""),
             between(more_than_one(parameter.get("min_length")), parameter.get("max_length"), " characters"),
             between(parameter.get("min_items"), parameter.get("max_items"), " items")]
    if "pattern" in parameter:
        words.append(("each " if parameter["type"] == "list" else "") + f'matching `{parameter["pattern"]}`')
    if parameter.get("default") is not None:
        default = parameter["default"]
        words.append(f"`{str(default).lower() if isinstance(default, bool) else default}` if not given")
    text = ", ".join(word for word in words if word)
    if is_long(parameter):
        name = parameter["list_name"]
        return f"{text}, of [{name}](#{slug(name)})"
    if "values" in parameter:
        text += (", of " if parameter["type"] == "list" else ", one of ") + code(parameter["values"])
        text += "".join(f"; `{given}` is sent as `{sent}`" for given, sent in parameter.get("value_aliases", {}).items())
    return text


def credentials(operation):
    ways = [scheme + (f" with {code(scopes)}" if scopes else "") for scheme, scopes in operation["security"].items()]
    return " or ".join(ways) or "none"


def limits(operation):
    return ", ".join(f'{limit["requests"]} in {WINDOWS[limit["window_s"]]} per {limit["per"]}'.replace("in second", "a second")
                     for limit in operation["rate_limits"])


FILTERS = (code, constant, credentials, limits, slug, taken)
