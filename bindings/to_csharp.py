"""How the templates of the C# binding spell the definition. It must not know where the texts go."""

import html

import c_types
import identifiers

SCALARS = {"uint32_t": "uint", "int32_t": "int", "uint64_t": "ulong", "int64_t": "long", "size_t": "nuint",
           "char": "byte", "int": "int"}
ARGUMENTS = {"text": "string", "secret": "string", "choice": "string", "flag": "bool", "integer": "long",
             "size": "long"}

KEYWORDS = ("event", "string", "object", "params", "ref", "out", "in", "base", "lock", "checked", "fixed", "default")


def filters(model):
    reader, ended = c_types.Reader(model), c_types.ends(model)

    def scalar(shape):
        return SCALARS[reader.typedefs.get(shape.name, shape.name)]

    table = (
        (lambda s: s.kind == "void", "void"),
        (lambda s: s.kind in ("scalar", "typedef"), scalar),
        (lambda s: s.kind == "struct", lambda s: native_name(s.name)),
        (lambda s: s.kind == "callback", lambda s: pointer_to(model["callback"][s.name])),
        (lambda s: s.points_to("handle"), "nint"),
        (lambda s: s.kind == "pointer", lambda s: f"{spelled(s.to)}*"),
    )

    def spelled(shape, where=""):
        return c_types.spell(table, shape, where, "C#")

    def csharp_type(text, where):
        return spelled(reader.shape(text, where), where)

    def pointer_to(entry):
        """A function pointer, so that no delegate has to be kept alive."""
        kinds = [csharp_type(param["type"], entry["name"]) for param in entry["params"]]
        return f"delegate* unmanaged[Cdecl]<{', '.join([*kinds, csharp_type(entry['returns'], entry['name'])])}>"

    def csharp_param(param, entry):
        shape, name = reader.shape(param["type"], entry["name"]), parameter_name(param["name"])
        if (shape.points_to("handle") and param["pass"] in ("handle", "copied", "borrowed") and not param["nullable"]
                and shape.to.name in ended):
            return f"{handle_name(shape.to.name)} {name}"  # the marshaller holds it while the call runs
        if (shape.points_to("scalar") and shape.to.name == "char" and shape.to.const
                and not c_types.length_of(entry, param["name"])):
            return f"string{'?' if param['nullable'] else ''} {name}"
        return f"{spelled(shape, entry['name'])} {name}"

    def csharp_params(entry):
        return ", ".join(csharp_param(param, entry) for param in entry["params"])

    def csharp_field(field, struct):
        kind = csharp_type(field["type"], f"struct.{struct['name']}.{field['name']}")
        name = identifiers.pascal(field["name"])
        return (f"public fixed {kind} {name}[{field['count']}];" if field["count"] > 1 else f"public {kind} {name};")

    def handles_with_an_end(handles):
        return [(name, ended[name]) for name in handles if name in ended]

    return handles_with_an_end, csharp_type, csharp_params, csharp_field, native_name, handle_name, csharp_doc, csharp_argument, member_name


def parameter_name(text):
    """size_out as sizeOut, event as @event."""
    name = identifiers.camel(text)
    return f"@{name}" if name in KEYWORDS else name


def native_name(name):
    """xtap_batch as NativeBatch."""
    return "Native" + identifiers.pascal(name.removeprefix("xtap_"))


def handle_name(name):
    """xtap_stream as StreamHandle."""
    return identifiers.pascal(name.removeprefix("xtap_")) + "Handle"


def member_name(text, within):
    """A member may not be called as the class that it is in."""
    name = identifiers.pascal(text)
    return f"{name}Value" if name == within else name


def csharp_doc(text, indent=""):
    lines = identifiers.paragraphs(html.escape(text, quote=False), 100 - len(indent))
    lines = [line or "<para/>" for line in lines]
    if len(lines) == 1:
        return f"{indent}/// <summary>{lines[0]}</summary>"
    return "\n".join(f"{indent}/// {line}" for line in ("<summary>", *lines, "</summary>"))


def csharp_argument(option):
    return ARGUMENTS[option["type"]]
