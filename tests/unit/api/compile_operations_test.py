"""The compiler of the table: what it refuses. What it accepts is tested in C++, on the table itself."""
import copy
import unittest

import compile_operations

TABLE = {"operations": [{
    "id": "streamThings", "aliases": ["things"], "summary": "Things \"quoted\"", "method": "GET", "path": "/2/things/{id}",
    "security": {"bearer": []}, "streaming": True, "event_kind": "post", "partitions": 2, "recovers": False,
    "parameters": [{"name": "partition", "in": "query", "type": "integer", "required": True, "minimum": 1, "maximum": 2},
                   {"name": "id", "in": "path", "type": "text", "required": True},
                   {"name": "color", "in": "query", "type": "list", "values": ["red"], "value_aliases": {"crimson": "red"}}],
}]}


class Compile(unittest.TestCase):
    def setUp(self):
        self.table = copy.deepcopy(TABLE)
        self.operation = self.table["operations"][0]
        self.partition, self.identifier, self.color = self.operation["parameters"]

    def assert_refused(self, words):
        with self.assertRaisesRegex(compile_operations.Refused, words):
            compile_operations.generate(self.table)

    def test_writes_constant_data_with_the_default_budget(self):
        text = compile_operations.generate(self.table)
        self.assertIn('constexpr Operation operation_table[] = {', text)
        self.assertIn('"Things \\"quoted\\""', text)
        self.assertIn('Kind::event_post, default_connect_budget, 2, true, false, ""', text)

    def test_refuses_a_fact_without_a_place_in_cpp(self):
        self.color["flavour"] = "sweet"
        self.assert_refused("streamThings, parameter color: the C\\+\\+ table has no place for flavour")

    def test_writes_what_goes_out_and_what_comes_back(self):
        self.operation.update(body=["json", "multipart"], body_required=True, response="bytes",
                              paging={"parameter": "color", "token": "/meta/next_token"},
                              rate_limits=[{"per": "app", "requests": 450, "window_s": 900}])
        self.color.update(pattern="^[0-9]{1,19}$", max_items=100)
        text = compile_operations.generate(self.table)
        self.assertIn("Body::json, Body::multipart", text)
        self.assertIn('true, Answer::bytes, "color", "/meta/next_token"', text)
        self.assertIn('{"app", 450, 900}', text)
        self.assertIn('"^[0-9]{1,19}$", 0, 0, 0, 100', text)

    def test_refuses_bodies_answers_and_pages_that_contradict_the_rest(self):
        for change, words in (({"body": ["poem"]}, "is not one of"), ({"response": "poem"}, "is not one of"),
                              ({"body_required": True}, "a body is required, of no kind"),
                              ({"paging": {"parameter": "page", "token": "/t"}}, "page, which takes the next page"),
                              ({"paging": {"parameter": "id", "token": "/t"}}, "id, which takes the next page"),
                              ({"rate_limits": [{"per": "moon", "requests": 1, "window_s": 1}]}, "is not one of")):
            self.setUp()
            self.operation.update(change)
            self.assert_refused(words)
        self.setUp()
        self.color["in"] = "form"
        self.assert_refused("form parameters make its body")

    def test_refuses_facts_that_do_not_belong_to_the_type(self):
        for parameter, key in (("partition", "pattern"), ("partition", "max_length"), ("color", "min_length"),
                               ("identifier", "max_items"), ("identifier", "minimum"), ("partition", "values")):
            self.setUp()
            getattr(self, parameter)[key] = ["x"] if key == "values" else "^x$" if key == "pattern" else 1
            self.assert_refused(f"{key} does not belong to the type")

    def test_knows_which_patterns_the_library_can_match(self):
        for pattern in ("^[0-9]{1,19}$", "^([0-9]+)_([0-9]+)$", "^([0-9]{1,19}|g[0-9]{1,19})$", "^[A-Za-z0-9._~-]{43,128}$",
                        "^[A-Za-z0-9_' ]{1,50}$", "^a?b*$", "^[0-9]{2,}$"):
            self.identifier["pattern"] = pattern
            compile_operations.generate(self.table)
        for pattern in ("[0-9]+", "^[0-9]+", "^.+$", "^[^a]$", "^(a|b)c$", "^(ab)+$", r"^\d+$", "^a|b$", "^((a|b))$", "^[a$",
                        "^(?:a)$", "^[a-z]{1,2$", "^é$"):
            self.identifier["pattern"] = pattern
            self.assert_refused("the library cannot match")

    def test_refuses_a_name_used_twice(self):
        self.table["operations"].append(dict(self.operation, id="things", aliases=[]))
        self.assert_refused("things names both streamThings and things")
        self.setUp()
        self.color["aliases"] = ["partition"]
        self.assert_refused("a parameter name is used twice")

    def test_refuses_partitions_that_contradict_the_parameter(self):
        self.operation["partitions"] = 3
        self.assert_refused("partitions is not the highest partition")
        self.setUp()
        del self.partition["required"]
        self.assert_refused("partition must be required and start at 1")

    def test_refuses_a_path_that_does_not_match_its_parameters(self):
        self.operation["path"] = "/2/things/{other}"
        self.assert_refused("does not match its path parameters")
        self.setUp()
        del self.identifier["required"]
        self.assert_refused("a path parameter must be required")

    def test_refuses_kinds_types_places_and_schemes_it_does_not_know(self):
        for change in (lambda: self.operation.pop("event_kind"), lambda: self.operation.update(event_kind="poem"),
                       lambda: self.operation.update(security={"magic": []}), lambda: self.color.update(type="number"),
                       lambda: self.color.update({"in": "cookie"})):
            self.setUp()
            change()
            self.assert_refused("is not one of")

    def test_refuses_a_value_alias_that_leads_nowhere(self):
        self.color["value_aliases"] = {"crimson": "scarlet"}
        self.assert_refused("a value alias leads to scarlet")


if __name__ == "__main__":
    unittest.main()
