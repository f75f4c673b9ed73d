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
        self.assertIn('constexpr Operation table[] = {', text)
        self.assertIn('"Things \\"quoted\\""', text)
        self.assertIn('Kind::event_post, default_connect_budget, 2, true, false, ""', text)

    def test_refuses_a_fact_without_a_place_in_cpp(self):
        self.color["flavour"] = "sweet"
        self.assert_refused("streamThings, parameter color: the C\\+\\+ table has no place for flavour")

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
