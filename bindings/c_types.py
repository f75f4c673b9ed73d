"""What a C type of the definition is made of, for the languages that must say the same in their own words.
It must not know any of those languages."""

import dataclasses
import typing

import definition

SCALARS = ("uint32_t", "int32_t", "uint64_t", "int64_t", "size_t", "char", "int")


@dataclasses.dataclass(frozen=True)
class Shape:
    """kind: void, scalar, typedef, handle, struct, callback or pointer; `to` is what a pointer points to."""
    kind: str
    name: str
    const: bool = False
    to: typing.Optional["Shape"] = None

    def points_to(self, *kinds):
        return self.kind == "pointer" and self.to.kind in kinds


class Reader:
    """Reads the types of one definition; refuses what is neither in it nor a scalar above."""

    def __init__(self, model):
        self.kinds = {name: "scalar" for name in SCALARS}
        self.kinds["void"] = "void"
        for section in ("handle", "struct", "callback"):
            self.kinds.update({name: section for name in model[section]})
        self.typedefs = {entry["typedef"]: entry["type"] for entry in model["constants"].values()
                         if entry["typedef"] != "none"}
        self.kinds.update({name: "typedef" for name in self.typedefs})

    def shape(self, text, where):
        words = text.replace("*", " * ").split()
        const, shape = False, None
        for word in words:
            if word == "const" and shape is None:
                const = True
            elif word == "const":
                shape = dataclasses.replace(shape, const=True)
            elif word == "*" and shape is not None:
                shape = Shape("pointer", "*", False, shape)
            elif shape is None and word in self.kinds:
                shape, const = Shape(self.kinds[word], word, const), False
            else:
                raise definition.Refused(f"{where}: no binding can say the type {text!r}")
        if shape is None:
            raise definition.Refused(f"{where}: {text!r} is no type")
        return shape


def spell(table, shape, where, language):
    """The first spelling in `table` ([(test, words)]) whose test accepts the shape."""
    for accepts, words in table:
        if accepts(shape):
            return words(shape) if callable(words) else words
    raise definition.Refused(f"{where}: the {language} binding has no words for {described(shape)}")


def described(shape):
    const = "const " if shape.const else ""
    return f"{const}{shape.name}" if shape.to is None else f"pointer to {described(shape.to)}"


def length_of(entry, name):
    """The parameter that gives the length of the one called `name`, or None."""
    return next((param for param in entry["params"] if param["length_of"] == name and param["pass"] == "value"), None)


def is_size(field, struct):
    """Whether a caller fills in the size of a struct here."""
    return struct["init"] != "none" and field["name"].endswith("_size") and field["type"] == "uint32_t"


def size_type(field, struct):
    """The struct whose size it is."""
    return struct["name"] if field["name"] == "struct_size" else "xtap_" + field["name"].removesuffix("_size")


def ends(model):
    """{handle: the function that ends it} for every handle that has one."""
    found = {}
    for function in model["function"].values():
        for param in function["params"]:
            if param["pass"] == "consumed":
                found[param["type"].rstrip(" *")] = function["name"]
    return found


def expressed(model, texts):
    """Refuses a layer in which a function of the definition does not occur: a template forgot it."""
    for path, text in texts.items():
        for name in model["function"]:
            if name not in text:
                raise definition.Refused(f"function.{name} does not occur in {path}: its template cannot express it")
