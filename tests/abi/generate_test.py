"""The generator refuses what is incomplete or contradicts itself, and notices what is stale. It writes only below a
temporary folder."""

import contextlib
import copy
import io
import pathlib
import re
import shutil
import sys
import tempfile
import tomllib
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bindings"))
import definition  # noqa: E402
import generate  # noqa: E402
import operations  # noqa: E402

RAW = tomllib.loads((ROOT / generate.DEFINITION).read_text())


class Definition(unittest.TestCase):
    def refusal(self, change):
        """The words with which the definition is refused once `change` was made to it."""
        raw = copy.deepcopy(RAW)
        change(raw)
        with self.assertRaises(definition.Refused) as caught:
            definition.complete(raw)
        return str(caught.exception)

    def test_an_entry_that_lacks_any_fact_is_refused_by_name_and_fact(self):
        for section, facts in definition.FACTS.items():
            name = next(iter(RAW[section]))
            where = "library" if section == "library" else f"{section}.{name}"
            for fact in facts:
                if section == "param" and fact == "name" or section != "library" and fact == "name":
                    continue
                with self.subTest(entry=where, fact=fact):
                    def drop(raw):
                        entry = raw[section] if section == "library" else raw[section][name]
                        del entry[fact]
                    self.assertEqual(self.refusal(drop), f"{where} lacks the fact `{fact}`")

    def test_an_empty_text_is_a_fact_forgotten(self):
        words = self.refusal(lambda raw: raw["function"]["xtap_version"].update(doc="  "))
        self.assertEqual(words, "function.xtap_version has an empty `doc`")

    def test_facts_of_parameters_fields_constants_and_keys_are_demanded_too(self):
        def parameter(raw):
            del raw["function"]["xtap_operation_id"]["params"][0]["nullable"]

        def field(raw):
            del raw["struct"]["xtap_text"]["fields"][1]["length_of"]

        def constant(raw):
            del raw["constants"]["status"]["values"][3]["since"]

        def key(raw):
            del raw["notice"]["oversized"]["keys"][0]["doc"]

        for change, words in ((parameter, "function.xtap_operation_id(index) lacks the fact `nullable`"),
                              (field, "struct.xtap_text.size lacks the fact `length_of`"),
                              (constant, "constants.status.XTAP_INTERRUPTED lacks the fact `since`"),
                              (key, "notice.oversized.size lacks the fact `doc`")):
            self.assertEqual(self.refusal(change), words)

    def test_a_reserved_or_used_value_is_not_given_again(self):
        values = RAW["constants"]["kind"]["values"]
        for number in (0x8005, 0x8000):
            def add(raw):
                raw["constants"]["kind"]["values"].append({**values[-1], "name": "XTAP_NOTICE_NEW", "value": number})
            self.assertIn(f"XTAP_NOTICE_NEW = {number:#x} is taken", self.refusal(add))

    def test_hidden_padding_and_a_wrong_size_are_refused(self):
        def shrink(raw):
            raw["struct"]["xtap_record"]["fields"].pop()

        def pad(raw):
            raw["struct"]["xtap_record"]["fields"][1]["type"] = "uint32_t"
            raw["struct"]["xtap_record"]["fields"][1]["count"] = 1
        self.assertIn("`size` says 64, the fields make 60", self.refusal(shrink))
        self.assertIn("struct.xtap_record.id would start at 12 after hidden padding", self.refusal(pad))

    def test_contradictions_are_refused(self):
        def trivial(raw):
            raw["function"]["xtap_stream_run"]["trivial"] = True

        def length(raw):
            raw["param"]["capacity"]["length_of"] = "buffers"

        def default(raw):
            raw["option"]["stall_timeout_ms"]["default"] = "0"

        def secret(raw):
            raw["option"]["bearer_token"]["default"] = "AAAA"

        def nested(raw):
            raw["notice"]["oversized"]["keys"][0]["name"] = "line.size"

        def untold(raw):
            del raw["notice"]["lagging"]

        for change, words in ((trivial, "xtap_stream_run is trivial and yet blocks"),
                              (length, "(capacity): `length_of` is 'buffers'; allowed: none, "),
                              (default, "option.stall_timeout_ms: `default` '0' is not between 1 and 3600000"),
                              (secret, "option.bearer_token: a secret has no default"),
                              (nested, "there is no key 'line' for it to be in"),
                              (untold, "XTAP_NOTICE_LAGGING has no [notice] entry")):
            self.assertIn(words, self.refusal(change))


class Generated(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for path in (*generate.OUTPUTS, generate.PERMANENT, generate.DEFINITION, "meson.build"):
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, self.root / path)
        if (ROOT / generate.OPERATIONS).exists():
            shutil.copy(ROOT / generate.OPERATIONS, self.root / generate.OPERATIONS)

    def run_generator(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = generate.main([*arguments, "--root", str(self.root)])
        return code, out.getvalue() + err.getvalue()

    def edit(self, path, old, new):
        text = (self.root / path).read_text()
        self.assertIn(old, text)
        (self.root / path).write_text(text.replace(old, new))

    def test_check_passes_on_fresh_files_and_names_each_stale_one(self):
        self.assertEqual(self.run_generator("--check"), (0, ""))
        self.edit("src/abi/xtap.map", "xtap_version;", "")
        (self.root / "docs/CONFIGURATION.md").unlink()
        code, said = self.run_generator("--check")
        self.assertEqual(code, 1)
        self.assertEqual(said.splitlines(), ["src/abi/xtap.map is stale: run bindings/generate.py",
                                             "docs/CONFIGURATION.md is stale: run bindings/generate.py"])
        self.assertEqual(self.run_generator()[0], 0)
        self.assertEqual(self.run_generator("--check"), (0, ""))

    def test_an_option_a_notice_key_or_a_statistics_key_that_disappears_is_refused(self):
        for section, old, new, gone in (
                ("option", "[option.read_linger_ms]", "[option.linger_ms]", "option read_linger_ms"),
                ("notice", '{ name = "delay_ms"', '{ name = "wait_ms"', "notice backing_off.delay_ms"),
                ("stats", '{ name = "wire_bytes"', '{ name = "raw_bytes"', "stats stream.wire_bytes")):
            with self.subTest(section=section):
                self.edit(generate.DEFINITION, old, new)
                for arguments in (("--check",), ()):
                    code, said = self.run_generator(*arguments)
                    self.assertEqual(code, 1)
                    self.assertIn(f"these names are permanent and are gone: {gone} (", said)
                self.edit(generate.DEFINITION, new, old)

    def test_a_new_name_joins_the_permanent_list(self):
        self.edit(generate.DEFINITION, '{ name = "log_dropped"',
                  '{ name = "threads", type = "integer", optional = false, doc = "how many" },\n'
                  '  { name = "log_dropped"')
        self.assertIn("src/abi/permanent.txt is stale", self.run_generator("--check")[1])
        self.assertEqual(self.run_generator()[0], 0)
        self.assertIn("\nstats client.threads\n", (self.root / generate.PERMANENT).read_text())

    def test_a_version_that_differs_from_the_build_is_refused(self):
        self.edit("meson.build", "version: '0.1.0'", "version: '0.2.0'")
        code, said = self.run_generator("--check")
        self.assertEqual(code, 1)
        self.assertIn("'0.1.0', meson.build says '0.2.0'", said)

    def test_a_definition_that_is_no_toml_is_one_clear_error(self):
        (self.root / generate.DEFINITION).write_text("[library\n")
        code, said = self.run_generator("--check")
        self.assertEqual((code, said.count("\n")), (1, 1))
        self.assertIn("xtap.toml", said)

    def test_list_names_every_output(self):
        code, said = self.run_generator("--list")
        self.assertEqual((code, said.split()), (0, [*generate.OUTPUTS, generate.PERMANENT]))

    def test_header_and_map_hold_the_same_functions(self):
        header = (ROOT / "include/xtap/xtap.h").read_text()
        script = (ROOT / "src/abi/xtap.map").read_text()
        declared = re.findall(r"^XTAP_API .*?\b(xtap_\w+)\(", header, flags=re.M)
        self.assertEqual(declared, re.findall(r"^ +(xtap_\w+);", script, flags=re.M))
        self.assertEqual(len(declared), len(RAW["function"]))


class Operations(unittest.TestCase):
    """The constants of operations.h and what docs/OPERATIONS.md says."""

    TABLE = operations.load(ROOT / generate.OPERATIONS)

    @staticmethod
    def operation(identifier, *parameters, **facts):
        return {"id": identifier, "path": "/2/x", "parameters": list(parameters), **facts}

    def test_names_read_as_constants_do(self):
        for name, wanted in (("getOAuth2AuthorizeUrl", "GET_OAUTH2_AUTHORIZE_URL"), ("tweet.fields", "TWEET_FIELDS"),
                             ("streamPostsSample10", "STREAM_POSTS_SAMPLE10"), ("MessageCreate", "MESSAGE_CREATE"),
                             ("referenced_tweets.id.author_id", "REFERENCED_TWEETS_ID_AUTHOR_ID")):
            self.assertEqual(operations.constant(name), wanted)

    def test_the_header_has_every_operation_and_parameter_and_each_constant_once(self):
        header = (ROOT / "include/xtap/operations.h").read_text()
        constants = dict(re.findall(r'^#define (XTAP_\w+) "([^"]+)"$', header, flags=re.M))
        self.assertEqual(len(constants), header.count("#define XTAP_") - 1)
        for operation in self.TABLE["operations"]:
            self.assertEqual(constants["XTAP_OP_" + operations.constant(operation["id"])], operation["id"])
            for parameter in operation["parameters"]:
                name = constants["XTAP_PARAM_" + operations.constant(parameter["name"])]
                self.assertIn(name, [parameter["name"], *parameter.get("aliases", [])])
                for value in parameter.get("values", []):
                    key = operations.constant(f'{parameter["name"]}_{value}')
                    self.assertEqual(constants["XTAP_VALUE_" + key].lower(), value.lower())

    def test_the_page_has_a_heading_for_every_operation_and_says_what_each_takes(self):
        page = (ROOT / "docs/OPERATIONS.md").read_text()
        for operation in self.TABLE["operations"]:
            _, found, said = page.partition(f'\n### {operation["id"]}\n')
            said = said.partition("\n### ")[0]
            self.assertTrue(found, operation["id"])
            self.assertIn(f'`{operation["method"]} {operation["path"]}`', said)
            for parameter in operation["parameters"]:
                self.assertIn(f'- `{parameter["name"]}`', said)

    def test_two_spellings_are_one_constant_only_where_all_take_the_plain_one(self):
        camel = self.operation("a", {"name": "startTime", "aliases": ["start_time"]})
        snake = self.operation("b", {"name": "start_time"})
        self.assertEqual(operations.parameter_constants([camel, snake]), {"START_TIME": "start_time"})
        del camel["parameters"][0]["aliases"]
        with self.assertRaisesRegex(operations.Refused, "a has startTime and does not take start_time"):
            operations.parameter_constants([camel, snake])

    def test_two_values_are_one_constant_only_where_x_dropped_one(self):
        old = self.operation("a", {"name": "size", "values": ["Big"]})
        new = self.operation("b", {"name": "size", "values": ["big"]})
        with self.assertRaisesRegex(operations.Refused, "the values Big and big would be one constant"):
            operations.value_constants([old, new])
        old["dropped"] = "1.0"
        self.assertEqual(operations.value_constants([old, new]), {"size": {"BIG": "big"}})

    def test_what_a_parameter_takes_is_said_in_words(self):
        for parameter, words in (
                ({"type": "integer", "minimum": 1, "maximum": 100, "default": 10}, "integer, 1 to 100, `10` if not given"),
                ({"type": "text", "min_length": 1, "max_length": 9}, "text, up to 9 characters"),
                ({"type": "text", "min_length": 16}, "text, 16 characters or more"),
                ({"type": "list", "max_items": 100, "pattern": "^x$"}, "list, up to 100 items, each matching `^x$`"),
                ({"type": "text", "values": ["a", "b"], "value_aliases": {"c": "a"}},
                 "text, one of `a`, `b`; `c` is sent as `a`"),
                ({"type": "list", "values": list("abcdefghij"), "list_name": "Letters.x"},
                 "list, of [Letters.x](#lettersx)")):
            self.assertEqual(operations.taken(parameter), words)


if __name__ == "__main__":
    unittest.main()
