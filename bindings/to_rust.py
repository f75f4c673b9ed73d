"""How the templates of the Rust binding spell the definition. It must not know where the texts go."""

import re

import c_types
import identifiers

SCALARS = {"uint32_t": "u32", "int32_t": "i32", "uint64_t": "u64", "int64_t": "i64", "size_t": "usize",
           "char": "c_char", "int": "c_int"}
ARGUMENTS = {"text": "&str", "secret": "&str", "choice": "&str", "flag": "bool", "integer": "i64", "size": "u64"}


def filters(model):
    reader = c_types.Reader(model)

    def spelled(shape):
        if shape.kind == "pointer":
            return f"*{'const' if shape.to.const else 'mut'} {spelled(shape.to)}"
        return "c_void" if shape.kind == "void" else SCALARS.get(shape.name, shape.name)

    def rust_type(text, where):
        return spelled(reader.shape(text, where))

    def rust_field(field, struct):
        kind = rust_type(field["type"], f"struct.{struct['name']}.{field['name']}")
        return f"[{kind}; {field['count']}]" if field["count"] > 1 else kind

    def rust_params(entry):
        return ", ".join(f"{param['name']}: {rust_type(param['type'], entry['name'])}" for param in entry["params"])

    def rust_returns(entry):
        return "" if entry["returns"] == "void" else f" -> {rust_type(entry['returns'], entry['name'])}"

    def initial(field, struct):
        """The value a field of a struct starts with: sizes are those of the structs, everything else is empty."""
        if c_types.is_size(field, struct):
            return f"std::mem::size_of::<{c_types.size_type(field, struct)}>() as u32"
        if field["type"].endswith("*"):
            return "std::ptr::null_mut()"
        return f"[0; {field['count']}]" if field["count"] > 1 else "0"

    return rust_type, rust_field, rust_params, rust_returns, rust_doc, rust_argument, initial


def rust_doc(text, indent=""):
    # A bracket outside of code would be a link.
    parts = [part if index % 2 else re.sub(r"([\[\]<>])", r"\\\1", part) for index, part in enumerate(text.split("`"))]
    lines = identifiers.paragraphs("`".join(parts), 96 - len(indent))
    return "\n".join(f"{indent}/// {line}".rstrip() for line in lines)


def rust_argument(option):
    """The type of a setter's argument: text wherever a later version may allow more."""
    return ARGUMENTS[option["type"]]
