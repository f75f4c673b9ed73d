"""How the templates of the Python binding spell the definition. It must not know where the texts go."""

import c_types
import identifiers

SCALARS = {"uint32_t": "c_uint32", "int32_t": "c_int32", "uint64_t": "c_uint64", "int64_t": "c_int64",
           "size_t": "c_size_t", "char": "c_char", "int": "c_int"}
ARGUMENTS = {"text": "str", "secret": "str", "choice": "str", "flag": "bool", "integer": "int", "size": "int"}


def filters(model):
    reader = c_types.Reader(model)

    def scalar(shape):
        return f"ctypes.{SCALARS[reader.typedefs.get(shape.name, shape.name)]}"

    # Texts that go in are bytes; what the library writes to is an array of the caller's; handles are numbers.
    table = (
        (lambda s: s.kind in ("scalar", "typedef"), scalar),
        (lambda s: s.kind in ("struct", "callback"), lambda s: s.name),
        (lambda s: s.points_to("scalar") and s.to.name == "char" and s.to.const, "ctypes.c_char_p"),
        (lambda s: s.points_to("void", "handle"), "ctypes.c_void_p"),
        (lambda s: s.points_to("scalar", "struct"), lambda s: f"ctypes.POINTER({spelled(s.to)})"),
        (lambda s: s.points_to("pointer"), lambda s: f"ctypes.POINTER({spelled(s.to)})"),
    )

    def spelled(shape, where=""):
        return c_types.spell(table, shape, where, "Python")

    def python_type(text, where):
        return "None" if text == "void" else spelled(reader.shape(text, where), where)

    def python_field(field, struct):
        where = f"struct.{struct['name']}.{field['name']}"
        # Inside a struct every pointer is a number: the memory behind it is kept alive by whoever put it there.
        kind = "ctypes.c_void_p" if field["type"].endswith("*") else python_type(field["type"], where)
        return f"{kind} * {field['count']}" if field["count"] > 1 else kind

    def python_params(entry):
        return ", ".join(python_type(param["type"], entry["name"]) for param in entry["params"])

    return python_type, python_field, python_params, python_doc, python_argument


def python_doc(text, indent="    "):
    """A docstring; one line if it fits."""
    lines = identifiers.paragraphs(text.replace("\\", "\\\\"), 104 - len(indent))
    body = "\n".join(f"{indent}{line}".rstrip() for line in lines)
    return f'{indent}"""{body.strip()}"""' if len(lines) == 1 else f'{indent}"""{body.strip()}\n{indent}"""'


def python_argument(option):
    return ARGUMENTS[option["type"]]
