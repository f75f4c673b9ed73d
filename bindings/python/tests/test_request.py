"""Requests: values, pages, bodies, failures, and configs."""

import datetime
import os
import threading
import unittest
import weakref
from unittest import mock

from simulator import WithSimulator, take

import xtap
from xtap import _calls
from xtap.names import Operation, Parameter


class Handles(WithSimulator):
    def test_a_request_that_nobody_has_is_gone_without_the_collector(self):
        request = self.client().request(Operation.GET_USERS_ME)
        request.options.read_ahead_bytes = 0
        gone = weakref.ref(request)
        del request
        self.assertIsNone(gone())

    def test_a_closed_handle_says_so_when_others_may_be_closed_again(self):
        # An exception is memory, which may start the collector, which closes handles.
        client = self.client()
        client.close()
        said = lambda *_: self.assertFalse(_calls._lock.locked()) or xtap.UsageError(*_)
        with mock.patch.object(_calls, "UsageError", said), self.assertRaisesRegex(xtap.UsageError, "the client is closed"):
            client.request(Operation.GET_USERS_ME)


class Requests(WithSimulator):
    def test_a_body_is_written_as_json(self):
        response = self.client().send(Operation.CREATE_POSTS, body={"text": "hello ✓"})
        self.assertEqual(response.json()["data"]["text"], "hello ✓")
        self.assertEqual(response.http_status, 201)
        self.assertIn("json", response.header("content-type"))
        self.assertIsNone(response.header("x-nothing"))

    def test_times_flags_and_lists_become_text(self):
        zone = datetime.timezone(datetime.timedelta(hours=2))
        client = self.client(validate="off")
        self.simulator.control("POST", "/record", {"on": True})
        self.addCleanup(self.simulator.control, "POST", "/record", {"on": False})
        client.send("searchPostsRecent", {Parameter.QUERY: "no"}, start_time=datetime.datetime(2026, 1, 1, tzinfo=zone),
                    flag=True, post_fields=("id", "text"))
        asked = dict(self.simulator.control("GET", "/requests")["list"][-1]["parameters"])
        self.assertEqual(asked, {"query": "no", "start_time": "2025-12-31T22:00:00Z", "flag": "true",
                                 "post.fields": "id,text"})

    def test_wrong_names_and_values_are_refused_before_anything_is_sent(self):
        client = self.client()
        for wrong, said in (((lambda: client.stream("streamPostsSampl")), "streamPostsSample"),
                            ((lambda: client.request("streamPostsSample", partitions=1)), "partitions"),
                            ((lambda: client.request("searchPostsRecent", max_results=1000)), "max_results"),
                            ((lambda: client.request("searchPostsRecent", query="a\0b")), "NUL"),
                            ((lambda: client.request("searchPostsRecent", start_time=datetime.datetime(2026, 1, 1))), "zone"),
                            ((lambda: client.request("searchPostsRecent", options={"index": "some"})), "index")):
            with self.assertRaisesRegex(xtap.UsageError, said):
                wrong()

    def test_a_refusal_has_the_problems_facts_and_the_response(self):
        self.simulator.fault("http_403", path="/2/*")
        with self.assertRaises(xtap.HttpError) as raised:
            self.client().send("getPostsById", id="1")
        problem = raised.exception
        self.assertEqual((problem.status, problem.http_status, problem.retriable), (xtap.Status.FORBIDDEN, 403, False))
        self.assertTrue(problem.problem_title)
        self.assertTrue(problem.request_id)
        self.assertEqual(problem.response.json()["status"], 403)
        self.assertIn("XTAP_E_FORBIDDEN", str(problem))

    def test_a_refused_connection_is_an_error_of_the_network(self):
        client = xtap.Client(base_url="http://127.0.0.1:1", bearer_token="x", max_retries=0, log_level="off")
        with self.assertRaises(ConnectionError) as raised:
            client.send("getPostsById", id="1")
        self.assertEqual(raised.exception.name, "XTAP_E_NETWORK")

    def test_cancel_from_another_thread_ends_the_send(self):
        self.simulator.fault("no_response", path="/2/*")
        request = self.client().request("getPostsById", id="1")
        asked = len(self.simulator.control("GET", "/requests")["list"])

        def cancel():
            self.simulator.control("GET", f"/requests?after={asked}&min={asked + 1}")
            request.cancel()

        thread = threading.Thread(target=cancel)
        thread.start()
        with self.assertRaises(xtap.Cancelled):
            request.send()
        thread.join()

    def test_what_happens_in_threads_other_than_the_main_one_is_the_same(self):
        client, got = self.client(), []
        threads = [threading.Thread(target=lambda: got.append(client.send("findMyUser").http_status)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(got, [200] * 8)


class Configs(WithSimulator):
    def test_options_are_attributes_and_secrets_are_not_shown(self):
        config = xtap.Config(read_ahead_bytes="1MiB")
        config.bearer_token, config.compression = "very-secret", False
        self.assertEqual((config.read_ahead_bytes, config.bearer_token, config.compression), ("1MiB", "***", "false"))
        config.read_ahead_bytes = None
        self.assertEqual(config.read_ahead_bytes, "64MiB")
        with self.assertRaisesRegex(xtap.UsageError, "tls_min"):
            config.tls_min = "0.9"

    def test_the_environment_gives_options(self):
        with mock.patch.dict(os.environ, {"MINE_BEARER_TOKEN": "x", "MINE_BASE_URL": self.simulator.url}):
            client = xtap.Client.from_env("MINE", log_level="off")
        self.assertEqual(len(take(2, client.stream("streamPostsSample"))), 2)

    def test_lines_of_the_log_go_to_the_receiver(self):
        lines = []
        client = self.client(log_level="debug", on_log=lambda level, line: lines.append((level, line)))
        take(1, client.stream("streamPostsSample"))
        self.assertTrue(lines)
        self.assertNotIn("token", " ".join(line for _, line in lines))

    def test_a_new_token_goes_to_on_token_and_one_that_cannot_be_stored_fails_the_request(self):
        def refuse(*_):
            raise OSError("disk full")

        for on_token in (None, refuse):
            given = self.simulator.control("POST", "/tokens/give", {"client_id": "sim-public-client"})
            stored = []
            client = self.client(oauth2_access_token=given["access_token"], oauth2_refresh_token=given["refresh_token"],
                                 oauth2_client_id="sim-public-client", oauth2_expires_at=1, bearer_token=None,
                                 on_token=on_token or (lambda *pair: stored.append(pair)))
            if on_token:
                with self.assertRaises(xtap.Error) as raised:
                    client.send("findMyUser")
                self.assertEqual(str(raised.exception.__cause__), "disk full")
            else:
                self.assertEqual(client.send("findMyUser").http_status, 200)
                self.assertNotEqual(stored[0][0], given["access_token"])
                self.assertGreater(stored[0][2], 0)

    def test_the_table_of_operations_describes_itself(self):
        self.assertIn("streamPostsFirehoseJa", xtap.operations())
        self.assertEqual(xtap.describe("streamPostsFirehoseJa")["path"], "/2/tweets/firehose/stream/lang/ja")

    def test_statistics_of_the_client_are_a_dict(self):
        client = self.client()
        client.send("findMyUser")
        self.assertEqual(client.stats()["requests"]["sent"], 1)


if __name__ == "__main__":
    unittest.main()
