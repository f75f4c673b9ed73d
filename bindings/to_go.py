"""How the templates of the Go binding spell the definition. It must not know where the texts go."""

import c_types
import identifiers

SCALARS = {"uint32_t": "uint32", "int32_t": "int32", "uint64_t": "uint64", "int64_t": "int64"}
ARGUMENTS = {"text": "string", "secret": "string", "choice": "string", "flag": "bool", "integer": "int64",
             "size": "int64"}


def filters(model):
    reader = c_types.Reader(model)

    def redeclared(entry):
        """The prototype once more: the C compiler refuses it where the installed header says otherwise. Go calls C
        directly, so every type must be one that the reader knows."""
        for text in (entry["returns"], *(param["type"] for param in entry["params"])):
            reader.shape(text, entry["name"])
        params = ", ".join(declared(param["type"], param["name"]) for param in entry["params"]) or "void"
        return f"{declared(entry['returns'], entry['name'])}({params});"

    def callback_setters(functions):
        """[(function, callback)] of the functions that keep a callback of a client; those of a stream are for run, and
        Go reads."""
        found = []
        for entry in functions.values():
            for param in entry["params"]:
                shape = reader.shape(param["type"], entry["name"])
                if shape.kind == "callback" and model["callback"][shape.name]["parent"] == "xtap_client":
                    found.append((entry, model["callback"][shape.name]))
        return found

    def memory_takers(functions):
        """[(function, parameter, struct)] of the functions that take a struct with pointers to the caller's memory."""
        found = []
        for entry in functions.values():
            for param in entry["params"]:
                shape = reader.shape(param["type"], entry["name"])
                if shape.points_to("struct") and not shape.to.const:
                    struct = model["struct"][shape.to.name]
                    if any(field["type"].endswith("*") for field in struct["fields"]):
                        found.append((entry, param, struct))
        return found

    return redeclared, callback_setters, memory_takers, declared, flat, go_doc, go_argument, go_scalar, go_export


def declared(kind, name):
    return f"{kind}{name}" if kind.endswith("*") else f"{kind} {name}"


def flat(entry):
    """The parameters of a flat wrapper around the setter of a callback: whether there is to be one, and user_data as a
    number, because Go must not make a pointer of one."""
    return ", ".join({"callback": "int wanted", "user_data": "uintptr_t user_data"}.get(
        param["name"], declared(param["type"], param["name"])) for param in entry["params"])


def go_export(name):
    """xtap_log_cb as xtapGoLog: the function of callbacks.go that C calls."""
    return "xtapGo" + identifiers.pascal(name.removeprefix("xtap_").removesuffix("_cb"))


def go_scalar(text):
    return SCALARS[text]


def go_doc(text, indent=""):
    return "\n".join(f"{indent}// {line}".rstrip() for line in identifiers.paragraphs(text, 96 - len(indent)))


def go_argument(option):
    return ARGUMENTS[option["type"]]
