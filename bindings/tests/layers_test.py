"""The generated layers: what a definition must say before a binding can be written, and that each has everything."""

import copy
import pathlib
import re
import sys
import tomllib
import unittest

BINDINGS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BINDINGS))
import c_types  # noqa: E402
import definition  # noqa: E402
import generate  # noqa: E402
import identifiers  # noqa: E402
import to_csharp  # noqa: E402
import to_python  # noqa: E402

RAW = tomllib.loads((BINDINGS.parent / generate.DEFINITION).read_text())


class Types(unittest.TestCase):
    MODEL = definition.complete(copy.deepcopy(RAW))

    def refusal(self, type_text):
        with self.assertRaises(definition.Refused) as refused:
            c_types.Reader(self.MODEL).shape(type_text, "xtap_new")
        return str(refused.exception)

    def test_every_type_of_the_definition_is_read(self):
        reader = c_types.Reader(self.MODEL)
        inner = reader.shape("const char *const *", "here")
        self.assertEqual((inner.kind, inner.to.kind, inner.to.const, inner.to.to.const), ("pointer", "pointer", True, True))

    def test_a_type_that_no_language_knows_is_refused_by_name(self):
        for text in ("long double", "xtap_nothing *", "uint32_t uint32_t", ""):
            self.assertIn("xtap_new", self.refusal(text))

    def test_a_type_that_one_language_cannot_say_is_refused(self):
        with self.assertRaisesRegex(definition.Refused, "the Python binding has no words for pointer to xtap_log_cb"):
            python_type = to_python.filters(self.MODEL)[0]
            python_type("xtap_log_cb *", "xtap_new")

    def test_a_function_that_a_template_forgot_is_refused(self):
        with self.assertRaisesRegex(definition.Refused, "function.xtap_abi_version does not occur in some.rs"):
            c_types.expressed(self.MODEL, {"some.rs": "nothing"})

    def test_text_goes_to_csharp_as_a_string_only_where_no_length_goes_with_it(self):
        spelled = next(f for f in to_csharp.filters(self.MODEL) if f.__name__ == "csharp_params")
        self.assertIn("string name, string? value", spelled(self.MODEL["function"]["xtap_config_set"]))
        self.assertIn("byte* json, nuint size", spelled(self.MODEL["function"]["xtap_request_body"]))


class Versions(unittest.TestCase):
    def test_every_package_has_the_version_of_the_library(self):
        for path, line in (("rust/xtap-sys/Cargo.toml", 'version = "{}"'), ("rust/xtap/Cargo.toml", 'version = "{}"'),
                           ("rust/xtap/Cargo.toml", 'version = "={}"'), ("csharp/Xtap/Xtap.csproj", "<Version>{}</Version>"),
                           ("python/xtap/constants.py", 'VERSION = "{}"'), ("go/constants.go", 'LibraryVersion = "{}"')):
            self.assertIn(line.format(RAW["library"]["version"]), (BINDINGS / path).read_text(), path)

    def test_every_raw_layer_knows_the_major_version_of_the_interface(self):
        for path, line in (("rust/xtap-sys/src/ffi.rs", "XTAP_ABI_MAJOR: u32 = {};"), ("python/xtap/_native.py", "ABI_MAJOR = {} "),
                           ("go/native.go", "abiMajor = {}\n"), ("csharp/Xtap/Generated/NativeMethods.cs", "AbiMajor = {};")):
            self.assertIn(line.format(RAW["library"]["abi_major"]), (BINDINGS / path).read_text(), path)


class Names(unittest.TestCase):
    def test_identifiers_read_as_each_language_writes_them(self):
        for text, wanted in (("tweet.fields", ("TweetFields", "TweetFields", "TWEET_FIELDS", "tweet_fields")),
                             ("ca_file", ("CaFile", "CAFile", "CA_FILE", "ca_file")),
                             ("1.2", ("1_2", "1_2", "V1_2", "v1_2")),
                             ("type", ("Type", "Type", "TYPE", "type_"))):
            self.assertEqual((identifiers.pascal(text), identifiers.go_name(text), identifiers.upper(text),
                              identifiers.lower(text)), wanted)

    def test_two_names_that_would_be_one_are_refused(self):
        with self.assertRaisesRegex(definition.Refused, "'a_b' and 'ab' would both be AB"):
            identifiers.distinct([("AB", "a_b"), ("AB", "ab")], "option")

    def test_a_member_is_not_called_as_its_class(self):
        self.assertEqual(to_csharp.member_name("scope", "Scope"), "ScopeValue")


class Layers(unittest.TestCase):
    def test_every_raw_layer_has_every_function_of_the_header(self):
        header = (BINDINGS.parent / "include/xtap/xtap.h").read_text()
        declared = re.findall(r"^XTAP_API .*?\b(xtap_\w+)\(", header, flags=re.M)
        for path in generate.RAW_LAYERS:
            text = (BINDINGS.parent / path).read_text()
            for name in declared:
                self.assertRegex(text, rf"\b{name}\b", path)

    def test_every_operation_has_its_constant_in_every_language(self):
        header = (BINDINGS.parent / "include/xtap/operations.h").read_text()
        values = set(re.findall(r'^#define XTAP_\w+ "([^"]+)"$', header, flags=re.M))
        for path in ("rust/xtap/src/names.rs", "python/xtap/names.py", "go/names/names.go",
                     "csharp/Xtap/Generated/Names.cs"):
            found = set(re.findall(r'= "([^"]+)"', (BINDINGS / path).read_text()))
            self.assertLessEqual(values, found, path)

    def test_every_option_has_a_setter_in_every_language(self):
        for name in RAW["option"]:
            for path, setter in (("rust/xtap/src/setters.rs", f"pub fn set_{name}("), ("python/xtap/options.py", f"    {name} = "),
                                 ("go/options.go", f"func With{identifiers.go_name(name)}("),
                                 ("csharp/Xtap/Generated/Options.cs", f"? {identifiers.pascal(name)} {{ get; set; }}")):
                self.assertIn(setter, (BINDINGS / path).read_text())


if __name__ == "__main__":
    unittest.main()
