"""Names of the definition and of the table of operations as identifiers of other languages.
It must not know what is written with them."""

import keyword
import re
import textwrap

import definition
from operations import constant

INITIALS = {"ID": "ID", "IDS": "IDs", "URL": "URL", "DM": "DM", "OAUTH1": "OAuth1", "OAUTH2": "OAuth2", "API": "API",
            "CA": "CA", "TLS": "TLS", "JSON": "JSON", "HTTP": "HTTP", "URI": "URI", "DC": "DC",
            "OK": "OK"}

KEYWORDS = ("type", "use", "mod", "ref", "move", "match", "self", "super", "crate")  # of Rust, beside Python's


def upper(text):
    """An identifier in capitals: never empty, never beginning with a digit."""
    name = constant(text).strip("_")
    return f"V{name}" if name[0].isdigit() else name


def lower(text):
    """An identifier in small letters that is a keyword of none of the languages."""
    name = upper(text).lower()
    return f"{name}_" if keyword.iskeyword(name) or name in KEYWORDS else name


def words(text):
    return [word for word in constant(text).split("_") if word]


def pascal(text):
    """tweet.fields as TweetFields, 1.2 as 1_2: digits that meet keep a line between them."""
    return re.sub(r"(?<=\d) (?=\d)", "_", " ".join(word.capitalize() for word in words(text))).replace(" ", "")


def camel(text):
    """size_out as sizeOut."""
    name = pascal(text)
    return name[0].lower() + name[1:]


def go_name(text):
    """As pascal, with Go's habit of leaving initials in capitals."""
    named = " ".join(INITIALS.get(word, word.capitalize()) for word in words(text))
    return re.sub(r"(?<=\d) (?=\d)", "_", named).replace(" ", "")


def first_upper(text):
    """getOAuth2AuthorizeUrl as GetOAuth2AuthorizeUrl."""
    return text[0].upper() + text[1:]


def distinct(pairs, what):
    """{identifier: value} of [(identifier, value)]; refuses two values under one identifier."""
    found = {}
    for name, value in pairs:
        if found.setdefault(name, value) != value:
            raise definition.Refused(f"{what}: {found[name]!r} and {value!r} would both be {name}")
    return found


def short(value, *prefixes):
    """The constant XTAP_E_NETWORK without the prefix that its new type says anyway."""
    name = value["name"]
    for prefix in prefixes or ("XTAP_",):
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def paragraphs(text, width):
    """Lines of a documentation comment, paragraphs parted by an empty one."""
    lines = []
    for part in text.strip().split("\n\n"):
        lines += ([""] if lines else []) + textwrap.wrap(" ".join(part.split()), width, break_long_words=False,
                                                         break_on_hyphens=False)
    return lines


FILTERS = (camel, first_upper, go_name, lower, pascal, short, upper)
