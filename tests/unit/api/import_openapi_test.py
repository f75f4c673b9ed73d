"""The importer on a small made-up description: what it takes over, keeps, marks, derives, refuses and prints."""
import copy
import io
import json
import pathlib
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout

import import_openapi
import table_file

OVERLAY = {
    "summaries": {"streamThings": "Things as they happen"},
    "event_kinds": {"streamThings": "post"},
    "former_ids": {"streamThings": ["thingStream"]},
    "changes": [
        {"reason": "documented", "operations": ["streamThings"], "set": {"connect_budget": 7}},
        {"reason": "renamed", "streaming": True, "parameter": "thing.fields", "aliases": ["item.fields"],
         "value_aliases": {"tint": "color"}},
        {"reason": "only in the guide",
         "add": {"id": "streamExtra", "method": "GET", "path": "/2/extra", "security": {"bearer": []}, "streaming": True,
                 "parameters": [{"name": "startTime", "in": "query", "type": "date-time"},
                                {"name": "endTime", "in": "query", "type": "date-time"}]}},
    ],
}


def stream(identifier, parameters):
    return {"get": {"operationId": identifier, "summary": "A sentence of theirs", "x-twitter-streaming": True,
                    "security": [{"BearerToken": []}], "parameters": parameters, "responses": {}}}


def query(name, required=False, **schema):
    return {"name": name, "in": "query", "required": required, "description": "Another sentence", "schema": schema}


def description(version="1.0"):
    return {
        "info": {"title": "Things", "version": version},
        "components": {"parameters": {"Fields": query("thing.fields", type="array", minItems=1, items={
            "type": "string", "enum": ["id", "color", "size", "id"]})},
            "schemas": {"Id": {"type": "string", "pattern": "^[0-9]+$"}}},
        "paths": {
            "/2/things/stream": stream("streamThings", [
                query("since", type="string", format="date-time"),
                {"$ref": "#/components/parameters/Fields"},
                query("partition", required=True, type="integer", minimum=1, maximum=4)]),
            "/2/other/stream": stream("streamOther", [
                query("thing.fields", type="array", items={"type": "string", "enum": ["id", "color", "size"]}),
                query("flag", type="boolean"),
                query("start_time", type="string", format="date-time"),
                query("end_time", type="string", format="date-time")]),
            "/2/things/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True,
                                "schema": {"$ref": "#/components/schemas/Id"}}],
                "put": {"operationId": "putThing", "security": [{"OAuth2UserToken": ["b", "a"]}, {"UserToken": []}],
                        "requestBody": {"content": {"application/json": {}}},
                        "responses": {"200": {"content": {"application/octet-stream": {}}}},
                        "parameters": [query("n", type="integer", default=10, maximum=100)]}},
        },
    }


def empty():
    return {"source": {}, "operations": []}


def build(document, old=None, overlay=OVERLAY, streaming_only=True):
    return import_openapi.build(document, copy.deepcopy(overlay), copy.deepcopy(old or empty()), streaming_only)


def operation(table, identifier):
    return next(each for each in table["operations"] if each["id"] == identifier)


def parameter(table, identifier, name):
    return next(each for each in operation(table, identifier)["parameters"] if each["name"] == name)


class Facts(unittest.TestCase):
    def test_takes_facts_and_none_of_their_sentences(self):
        table = build(description())
        self.assertEqual([each["id"] for each in table["operations"]], ["streamExtra", "streamOther", "streamThings"])
        self.assertNotIn("sentence", table_file.render(table))
        things = operation(table, "streamThings")
        self.assertEqual(things["summary"], "Things as they happen")
        self.assertEqual((things["method"], things["path"], things["security"]),
                         ("GET", "/2/things/stream", {"bearer": []}))
        self.assertEqual(parameter(table, "streamThings", "thing.fields")["values"], ["id", "color", "size"])

    def test_makes_a_summary_from_the_id_where_none_was_written(self):
        self.assertEqual(operation(build(description()), "streamOther")["summary"], "Stream other")

    def test_puts_required_parameters_first(self):
        names = [each["name"] for each in operation(build(description()), "streamThings")["parameters"]]
        self.assertEqual(names, ["partition", "since", "thing.fields"])

    def test_derives_partitions_and_recovery(self):
        table = build(description())
        facts = {each["id"]: (each["partitions"], each["recovers"]) for each in table["operations"]}
        self.assertEqual(facts, {"streamExtra": (0, True), "streamOther": (0, True), "streamThings": (4, False)})

    def test_takes_other_operations_too_when_not_limited_to_streams(self):
        put = operation(build(description(), streaming_only=False), "putThing")
        self.assertEqual(put["security"], {"oauth2": ["a", "b"], "oauth1": []})
        self.assertEqual((put["body"], put["response"], put["streaming"]), (["json"], "bytes", False))
        self.assertEqual(put["parameters"], [
            {"name": "id", "in": "path", "type": "text", "required": True, "pattern": "^[0-9]+$"},
            {"name": "n", "in": "query", "type": "integer", "maximum": 100, "default": 10}])

    def test_applies_the_overlay(self):
        table = build(description())
        things = operation(table, "streamThings")
        self.assertEqual((things["connect_budget"], things["event_kind"], things["aliases"]), (7, "post", ["thingStream"]))
        for identifier in ("streamThings", "streamOther"):
            fields = parameter(table, identifier, "thing.fields")
            self.assertEqual((fields["aliases"], fields["value_aliases"]), (["item.fields"], {"tint": "color"}))


class Exchange(unittest.TestCase):
    """What goes out and what comes back: bodies, pages, limits."""

    def setUp(self):
        self.document = description()
        self.put = self.document["paths"]["/2/things/{id}"]["put"]

    def imported(self, overlay=OVERLAY):
        return operation(build(self.document, overlay=overlay, streaming_only=False), "putThing")

    def page(self, *parameters, answer):
        self.put["parameters"] += [query(name, type="string") for name in parameters]
        self.document["components"]["schemas"]["Answer"] = answer
        self.put["responses"] = {"200": {"content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/Answer"}}}}}
        return self.imported().get("paging")

    def test_takes_over_whether_a_body_is_required(self):
        self.assertNotIn("body_required", self.imported())
        self.put["requestBody"]["required"] = True
        self.put["requestBody"]["content"]["multipart/form-data"] = {}
        self.assertEqual((self.imported()["body"], self.imported()["body_required"]), (["json", "multipart"], True))

    def test_refuses_a_kind_of_body_it_does_not_know(self):
        self.put["requestBody"]["content"] = {"text/plain": {}}
        with self.assertRaisesRegex(import_openapi.Refused, "putThing: a body of text/plain is not one of"):
            self.imported()

    def test_pages_where_a_parameter_takes_the_token_that_the_answer_gives(self):
        meta = {"properties": {"meta": {"properties": {"next_token": {"type": "string"}}}}}
        self.assertEqual(self.page("next_token", "pagination_token", answer=meta),
                         {"parameter": "pagination_token", "token": "/meta/next_token"})
        self.setUp()
        self.assertEqual(self.page("next_token", answer=meta), {"parameter": "next_token", "token": "/meta/next_token"})

    def test_pages_nothing_where_one_of_the_two_is_missing(self):
        meta = {"properties": {"meta": {"properties": {"next_token": {"type": "string"}}}}}
        self.assertIsNone(self.page(answer=meta))
        self.setUp()
        self.assertIsNone(self.page("pagination_token", answer={"properties": {"meta": {"properties": {}}}}))

    def test_takes_over_lengths_counts_and_patterns_in_one_spelling(self):
        self.put["parameters"] = [
            query("ids", type="array", minItems=2, maxItems=9, items={"type": "string", "pattern": "^\\d+$"}),
            query("words", type="string", minLength=1, maxLength=8),
            query("kinds", type="array", items={"type": "string", "enum": ["a", "b"]}, default=["b", "a"])]
        self.assertEqual(self.imported()["parameters"][1:], [
            {"name": "ids", "in": "query", "type": "list", "max_items": 9, "min_items": 2, "pattern": "^[0-9]+$"},
            {"name": "words", "in": "query", "type": "text", "min_length": 1, "max_length": 8},
            {"name": "kinds", "in": "query", "type": "list", "default": "b,a", "values": ["a", "b"]}])

    def test_writes_the_overlays_rate_limits_out(self):
        overlay = dict(OVERLAY, rate_limits={"reason": "their page", "putThing": ["app 450/15min", "user 2000/24h", "user 1/1s"]})
        self.assertEqual(self.imported(overlay)["rate_limits"], [
            {"per": "app", "requests": 450, "window_s": 900}, {"per": "user", "requests": 2000, "window_s": 86400},
            {"per": "user", "requests": 1, "window_s": 1}])
        for text in ("450", "450/15min", "moon 1/1s", "app 1/1week"):
            with self.assertRaisesRegex(import_openapi.Refused, "a rate limit is written"):
                self.imported(dict(OVERLAY, rate_limits={"putThing": [text]}))


class AddedParameters(unittest.TestCase):
    ADDED = {"name": "tint", "in": "query", "type": "text", "dropped": "1.0"}

    def setUp(self):
        self.overlay = copy.deepcopy(OVERLAY)
        self.overlay["changes"].append({"reason": "lost", "operations": ["streamOther"], "add_parameters": [self.ADDED]})

    def test_are_in_the_table_once_however_often_it_is_made(self):
        table = build(description("2.0"), build(description(), overlay=self.overlay), overlay=self.overlay)
        names = [each["name"] for each in operation(table, "streamOther")["parameters"]]
        self.assertEqual(names.count("tint"), 1)
        self.assertEqual(parameter(table, "streamOther", "tint"), self.ADDED)

    def test_are_refused_when_the_description_has_them_by_now(self):
        document = description()
        document["paths"]["/2/other/stream"]["get"]["parameters"].append(query("tint", type="string"))
        with self.assertRaisesRegex(import_openapi.Refused, "streamOther has tint in the description now"):
            build(document, overlay=self.overlay)

    def test_add_values_only_to_the_lists_that_lost_them(self):
        self.overlay["changes"].append({"reason": "lost", "parameter": "thing.fields", "where_value": "weight",
                                        "values": ["mass"]})
        document = description()
        document["paths"]["/2/other/stream"]["get"]["parameters"][0]["schema"]["items"]["enum"] = ["id", "color", "weight"]
        table = build(document, overlay=self.overlay)
        self.assertIn("mass", parameter(table, "streamOther", "thing.fields")["values"])
        self.assertNotIn("mass", parameter(table, "streamThings", "thing.fields")["values"])


class NothingLeaves(unittest.TestCase):
    def setUp(self):
        self.first = build(description())
        self.newer = description("2.0")

    def test_keeps_a_dropped_operation_marked_with_the_version_that_lacked_it(self):
        del self.newer["paths"]["/2/other/stream"]
        table = build(self.newer, self.first)
        self.assertEqual(operation(table, "streamOther")["dropped"], "2.0")
        again = build(dict(self.newer, info={"title": "Things", "version": "3.0"}), table)
        self.assertEqual(operation(again, "streamOther")["dropped"], "2.0")

    def test_takes_the_mark_off_when_it_comes_back(self):
        del self.newer["paths"]["/2/other/stream"]
        table = build(description("3.0"), build(self.newer, self.first))
        self.assertNotIn("dropped", operation(table, "streamOther"))

    def test_keeps_a_dropped_parameter_which_is_required_no_more(self):
        self.newer["paths"]["/2/things/stream"]["get"]["parameters"].pop()
        table = build(self.newer, self.first)
        partition = parameter(table, "streamThings", "partition")
        self.assertEqual((partition["dropped"], partition.get("required")), ("2.0", None))
        self.assertEqual(operation(table, "streamThings")["partitions"], 0)

    def test_keeps_dropped_values_at_the_end_of_their_list(self):
        self.newer["components"]["parameters"]["Fields"]["schema"]["items"]["enum"] = ["id", "weight", "color"]
        fields = parameter(build(self.newer, self.first), "streamThings", "thing.fields")
        self.assertEqual(fields["values"], ["id", "weight", "color", "size"])
        self.assertEqual(fields["dropped_values"], {"size": "2.0"})

    def test_keeps_aliases_that_the_overlay_gives_no_more(self):
        bare = {"changes": [each for each in OVERLAY["changes"] if "add" in each]}
        table = build(self.newer, self.first, overlay=bare)
        self.assertEqual(operation(table, "streamThings")["aliases"], ["thingStream"])
        self.assertEqual(parameter(table, "streamThings", "thing.fields")["aliases"], ["item.fields"])

    def test_holds_a_renamed_parameter_once_when_the_overlay_makes_the_old_name_an_alias(self):
        self.newer["paths"]["/2/things/stream"]["get"]["parameters"][0]["name"] = "from"
        overlay = copy.deepcopy(OVERLAY)
        overlay["changes"].append({"reason": "renamed", "parameter": "from", "aliases": ["since"]})
        names = [each["name"] for each in operation(build(self.newer, self.first, overlay), "streamThings")["parameters"]]
        self.assertEqual(names, ["partition", "from", "thing.fields"])

    def test_leaves_operations_of_the_table_alone_that_are_no_streams(self):
        full = build(description(), streaming_only=False)
        table = build(self.newer, full, streaming_only=True)
        self.assertIn("putThing", [each["id"] for each in table["operations"]])


class Refusals(unittest.TestCase):
    def assert_refused(self, words, document=None, overlay=OVERLAY):
        with self.assertRaisesRegex(import_openapi.Refused, words):
            build(document or description(), overlay=overlay, streaming_only=False)

    def test_refuses_a_change_that_matches_nothing(self):
        self.assert_refused("nothing in the description matches",
                            overlay={"changes": [{"reason": "x", "operations": ["gone"], "set": {"connect_budget": 1}}]})

    def test_refuses_a_change_without_a_reason(self):
        self.assert_refused("without a reason", overlay={"changes": [{"operations": ["streamThings"]}]})

    def test_refuses_an_addition_that_the_description_has_by_now(self):
        document = description()
        document["paths"]["/2/extra"] = stream("streamExtra", [])
        self.assert_refused("streamExtra is in the description now", document)

    def test_refuses_types_and_security_it_does_not_know(self):
        document = description()
        document["paths"]["/2/other/stream"]["get"]["parameters"][0]["schema"] = {"type": "number"}
        self.assert_refused("type number", document)
        document = description()
        document["paths"]["/2/other/stream"]["get"]["security"] = [{"Magic": []}]
        self.assert_refused("Magic", document)

    def test_refuses_a_fact_the_table_has_no_key_for(self):
        overlay = {"changes": [{"reason": "x", "operations": ["streamThings"], "set": {"colour": 1}}]}
        self.assert_refused("no fact named colour", overlay=overlay)


class Command(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "overlay.json").write_text(json.dumps(OVERLAY))

    def run_import(self, document, *options):
        (self.folder / "description.json").write_text(json.dumps(document))
        printed = io.StringIO()
        with redirect_stdout(printed), redirect_stderr(printed):
            import_openapi.main([str(self.folder / "description.json"), "--streaming", "--overlay",
                                 str(self.folder / "overlay.json"), "--table", str(self.folder / "table.json"), *options])
        return printed.getvalue().splitlines()

    def table_text(self):
        return (self.folder / "table.json").read_text()

    def test_prints_new_operations_on_one_line_and_then_nothing(self):
        self.assertEqual(self.run_import(description()), [
            "operation: is in the table: absent -> present (streamExtra, streamOther, streamThings)"])
        text = self.table_text()
        self.assertEqual(self.run_import(description()), ["nothing changed"])
        self.assertEqual(self.table_text(), text)

    def test_prints_nothing_about_values_that_the_overlay_adds_again(self):
        overlay = copy.deepcopy(OVERLAY)
        overlay["changes"].append({"reason": "lost", "parameter": "thing.fields", "values": ["taste"]})
        (self.folder / "overlay.json").write_text(json.dumps(overlay))
        self.run_import(description())
        self.assertEqual(self.run_import(description("2.0")), ["nothing changed"])
        self.assertNotIn("dropped", self.table_text())

    def test_prints_each_change_once_with_the_operations_it_concerns(self):
        self.run_import(description())
        newer = description("2.0")
        newer["components"]["parameters"]["Fields"]["schema"]["items"]["enum"].append("weight")
        things, other = newer["paths"]["/2/things/stream"]["get"], newer["paths"]["/2/other/stream"]["get"]
        other["parameters"][0]["schema"]["items"]["enum"].append("weight")
        other["parameters"].append(query("limit", type="integer", minimum=1))
        things["parameters"][2]["schema"]["maximum"] = 8
        self.assertEqual(self.run_import(newer), [
            "operation: partitions: 4 -> 8 (streamThings)",
            "parameter limit: is in the table: absent -> present (streamOther)",
            "parameter partition: maximum: 4 -> 8 (streamThings)",
            "parameter thing.fields: value weight: absent -> present (streamOther, streamThings)"])

    def test_prints_what_a_new_version_changes_about_bodies_pages_and_patterns(self):
        document, newer = description(), description("2.0")
        meta = {"properties": {"meta": {"properties": {"next_token": {"type": "string"}}}}}
        for each, pattern in ((document, "^[0-9]+$"), (newer, "^[a-z]+$")):
            listing = stream("streamThings", [query("pagination_token", type="string", pattern=pattern)])
            each["paths"]["/2/things/stream"] = listing
        newer["paths"]["/2/things/stream"]["get"].update(
            requestBody={"required": True, "content": {"application/json": {}}},
            responses={"200": {"content": {"application/json": {"schema": meta}}}})
        overlay = dict(OVERLAY, changes=[each for each in OVERLAY["changes"] if each.get("parameter") is None])
        (self.folder / "overlay.json").write_text(json.dumps(overlay))
        self.run_import(document)
        self.assertEqual(self.run_import(newer), [
            'operation: body: absent -> ["json"] (streamThings)',
            "operation: body_required: absent -> true (streamThings)",
            'operation: paging: absent -> {"parameter": "pagination_token", "token": "/meta/next_token"} (streamThings)',
            'parameter pagination_token: pattern: "^[0-9]+$" -> "^[a-z]+$" (streamThings)'])

    def test_writes_nothing_on_a_dry_run(self):
        self.run_import(description(), "--dry-run")
        self.assertFalse((self.folder / "table.json").exists())

    def test_shares_equal_lists_and_names_different_ones_apart(self):
        document = description()
        other = document["paths"]["/2/other/stream"]["get"]["parameters"]
        self.run_import(document)
        self.assertEqual(list(json.loads(self.table_text())["lists"]), ["thing_fields"])
        other[0]["schema"]["items"]["enum"].append("weight")
        self.run_import(document)
        lists = json.loads(self.table_text())["lists"]
        self.assertEqual(sorted(lists), ["thing_fields", "thing_fields_streamThings"])
        self.assertIn("weight", lists["thing_fields"]["values"])

    def test_ends_with_one_clear_line_when_it_refuses(self):
        (self.folder / "overlay.json").write_text(json.dumps({"changes": [{"operations": []}]}))
        with self.assertRaisesRegex(SystemExit, "^import_openapi: overlay: a change without a reason"):
            self.run_import(description())


class TheCommittedTable(unittest.TestCase):
    path = pathlib.Path(import_openapi.__file__).parent

    def test_is_written_exactly_as_the_importer_writes_it(self):
        text = (self.path / "operations.json").read_text(encoding="utf-8")
        self.assertEqual(table_file.render(table_file.load(self.path / "operations.json")), text)

    def test_holds_everything_the_overlay_says(self):
        table = table_file.load(self.path / "operations.json")
        overlay = json.loads((self.path / "operations_overlay.json").read_text(encoding="utf-8"))
        overlay["changes"] = [change for change in overlay["changes"] if "add" not in change]
        again = copy.deepcopy(table["operations"])
        import_openapi.apply_overlay(again, overlay)
        self.assertEqual(again, table["operations"])

    def test_has_a_written_summary_for_every_operation(self):
        for each in table_file.load(self.path / "operations.json")["operations"]:
            self.assertNotEqual(each["summary"], import_openapi.words_of(each["id"]))


if __name__ == "__main__":
    unittest.main()
